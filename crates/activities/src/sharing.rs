//! An activity as others may see it: the parts that the athlete shows, and a route that does not point at the door.

use chrono::{DateTime, Utc};
use domain::ProblemKind;
use domain::sharing::{Audience, PrivacyZone, Sharing, TrackPoint, VisibleParts, hidden_m, jitter, metres, seen, shift, start};
use platform::{Error, Platform, Tx};
use recordings::{Pause, Recording};
use uuid::Uuid;

use crate::recompute::effective_recording;

/// Zones of one athlete.
const MAX_ZONES: i64 = 20;
/// Zones about places that are nearer to each other than this, in metres, are moved alike: a zone that is removed and made again, or with
/// another radius, gives nothing to compare.
const ALIKE_M: f64 = 1500.0;

/// What the viewer shows; nothing until they say so.
pub async fn sharing(session: &mut Tx) -> Result<Sharing, Error> {
    let athlete = session.viewer()?;
    let row = sqlx::query!("select training, map, heart_rate from visibility_settings where athlete_id = $1", athlete)
        .fetch_optional(session.connection())
        .await?;
    let part = Audience::parse;
    Ok(row.map_or_else(Sharing::default, |r| Sharing { training: part(&r.training), map: part(&r.map), heart_rate: part(&r.heart_rate) }))
}

/// Stores what the viewer shows.
pub async fn save_sharing(session: &mut Tx, sharing: Sharing) -> Result<(), Error> {
    let athlete = session.viewer()?;
    sqlx::query!(
        "insert into visibility_settings (athlete_id, training, map, heart_rate) values ($1, $2, $3, $4)
         on conflict (athlete_id) do update set training = excluded.training, map = excluded.map, heart_rate = excluded.heart_rate",
        athlete,
        sharing.training.key(),
        sharing.map.key(),
        sharing.heart_rate.key()
    )
    .execute(session.connection())
    .await?;
    Ok(())
}

/// The viewer's home zones.
pub async fn privacy_zones(session: &mut Tx) -> Result<Vec<PrivacyZone>, Error> {
    let athlete = session.viewer()?;
    Ok(sqlx::query_as!(
        PrivacyZone,
        r#"select id, name, latitude_deg, longitude_deg, radius_m, hidden_m as "hidden_m!", coalesce(everything, false) as "everything!", created_at
           from privacy_zones where athlete_id = $1 and removed_at is null order by created_at, id"#,
        athlete
    )
    .fetch_all(session.connection())
    .await?)
}

/// Makes a zone around where the viewer's last activity with a route began; with `everything` it also hides what only passes.
pub async fn add_privacy_zone(
    platform: &Platform,
    session: &mut Tx,
    name: &str,
    radius_m: f64,
    everything: bool,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let athlete = session.viewer()?;
    let name: String = name.trim().chars().take(80).collect();
    let name = if name.is_empty() { "Home".to_owned() } else { name };
    let there = sqlx::query_scalar!(r#"select count(*) as "there!" from privacy_zones where athlete_id = $1 and removed_at is null"#, athlete)
        .fetch_one(session.connection())
        .await?;
    if there >= MAX_ZONES {
        return Err(Error::problem(ProblemKind::TooLarge, format!("{MAX_ZONES} zones are enough for anybody. Remove one first.")));
    }
    let place = last_start(session)
        .await?
        .ok_or_else(|| Error::problem(ProblemKind::NotFound, "None of your last activities has a route. Import one that began at home first."))?;
    let shift = if let Some(shift) = earlier_shift(session, place).await? {
        shift
    } else {
        let random = |bytes: [u8; 4]| f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX);
        shift(random(platform.ids.bytes()), random(platform.ids.bytes()))
    };
    let (latitude_deg, longitude_deg) = jitter(place.0, place.1, shift);
    sqlx::query!(
        "insert into privacy_zones (id, athlete_id, name, latitude_deg, longitude_deg, radius_m, hidden_m, shift_north_m, shift_east_m, everything,
           created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        platform.ids.uuid(now),
        athlete,
        name,
        latitude_deg,
        longitude_deg,
        radius_m,
        hidden_m(radius_m, shift),
        shift.0,
        shift.1,
        everything,
        now
    )
    .execute(session.connection())
    .await?;
    Ok(())
}

/// How a zone near a place was moved before, whether it is still there or not.
async fn earlier_shift(session: &mut Tx, place: (f64, f64)) -> Result<Option<(f64, f64)>, Error> {
    let athlete = session.viewer()?;
    let rows = sqlx::query!(
        r#"select latitude_deg, longitude_deg, shift_north_m as "north_m!", shift_east_m as "east_m!" from privacy_zones
           where athlete_id = $1 order by created_at, id"#,
        athlete
    )
    .fetch_all(session.connection())
    .await?;
    let far = |r: &(f64, f64, f64, f64)| metres(jitter(r.0, r.1, (-r.2, -r.3)), place);
    Ok(rows
        .into_iter()
        .map(|r| (r.latitude_deg, r.longitude_deg, r.north_m, r.east_m))
        .filter(|r| far(r) < ALIKE_M)
        .min_by(|a, b| far(a).total_cmp(&far(b)))
        .map(|r| (r.2, r.3)))
}

/// Removes a zone. How it was moved is remembered, for when it is made again.
pub async fn remove_privacy_zone(session: &mut Tx, id: Uuid, now: DateTime<Utc>) -> Result<(), Error> {
    let athlete = session.viewer()?;
    let gone = sqlx::query!("update privacy_zones set removed_at = $3 where id = $1 and athlete_id = $2 and removed_at is null", id, athlete, now)
        .execute(session.connection())
        .await?;
    if gone.rows_affected() == 0 { Err(Error::not_found("zone")) } else { Ok(()) }
}

/// A recording with the parts that are shown, without what lies at home. `None` when nothing is left.
pub(crate) fn cut(recording: Recording, parts: VisibleParts, zones: &[PrivacyZone]) -> Option<Recording> {
    let mut shared = if zones.is_empty() { recording } else { outside(recording, zones)? };
    // What is left begins at zero, so that it does not tell how long the way from the door was.
    let distance = &mut shared.samples.distance_m;
    if let Some(first) = distance.iter().copied().find(|d| d.is_finite()) {
        for metres in distance {
            *metres -= first;
        }
    }
    let unknown = |column: &mut Vec<f64>| column.fill(f64::NAN);
    if !parts.map {
        unknown(&mut shared.samples.latitude_deg);
        unknown(&mut shared.samples.longitude_deg);
        unknown(&mut shared.samples.altitude_m);
        shared.totals.elevation_gain_m = None;
    }
    if !parts.heart_rate {
        unknown(&mut shared.samples.heart_rate_bpm);
        shared.totals.avg_hr_bpm = None;
        shared.totals.max_hr_bpm = None;
        for lap in &mut shared.laps {
            lap.avg_hr_bpm = None;
            lap.max_hr_bpm = None;
        }
    }
    // Breathing, dynamics and the names of sensors are nobody's business, whatever is shown.
    shared.samples.extra.clear();
    shared.sensors.clear();
    shared.description = None;
    shared.gear = None;
    Some(shared)
}

/// What lies outside the zones, in the order in which it happened: laps or parts that were written newest first have their door in the
/// middle of the file. `None` when nothing does.
fn outside(recording: Recording, zones: &[PrivacyZone]) -> Option<Recording> {
    let recorded_s = recording.samples.time_s.clone();
    let (recording, sources) = physiology::in_order(recording);
    let route = route(&recording, &recorded_s, &sources);
    let seen = seen(&route, zones);
    if seen.len() == route.len() {
        return Some(recording);
    }
    if seen.is_empty() {
        return None;
    }
    let mut part = recording.part(&seen);
    // Laps and lengths end where the device counted from the door: the first one that is left would tell how far that was.
    part.laps.clear();
    part.lengths.clear();
    skip_holes(&mut part, &seen);
    Some(part)
}

/// Where a recording that was put in order was, at the times that its clock said: what was set right by guessing is no witness.
fn route(ordered: &Recording, recorded_s: &[f64], sources: &[usize]) -> Vec<TrackPoint> {
    let s = &ordered.samples;
    let point = |(k, &i): (usize, &usize)| TrackPoint { time_s: recorded_s[i], latitude_deg: s.latitude_deg[k], longitude_deg: s.longitude_deg[k] };
    sources.iter().enumerate().map(point).collect()
}

/// Takes the way through a hole out of the distance, and counts its time as a pause.
fn skip_holes(part: &mut Recording, seen: &[usize]) {
    let samples = &mut part.samples;
    let (mut hidden, mut last) = (0.0, f64::NAN);
    for k in 0..seen.len() {
        let counted = samples.distance_m[k];
        if k > 0 && seen[k] != seen[k - 1] + 1 {
            if (counted - last).is_finite() {
                hidden += counted - last;
            }
            part.pauses.push(Pause { from_s: samples.time_s[k - 1], to_s: samples.time_s[k] });
        }
        if counted.is_finite() {
            last = counted;
        }
        samples.distance_m[k] = counted - hidden;
    }
    part.pauses.sort_by(|a, b| a.from_s.total_cmp(&b.from_s));
}

/// Where the last activity with a route began. One of an impossible day is not the last.
async fn last_start(session: &mut Tx) -> Result<Option<(f64, f64)>, Error> {
    let athlete = session.viewer()?;
    let last = sqlx::query_scalar!(
        "select id from activities where athlete_id = $1 and merged_into is null and is_possible_day(local_date, created_at)
         order by started_at desc limit 10",
        athlete
    )
    .fetch_all(session.connection())
    .await?;
    for id in last {
        // One that was typed in has no samples.
        let Ok(recording) = effective_recording(session, id).await else { continue };
        let recorded_s = recording.samples.time_s.clone();
        let place = platform::compute(move || {
            let (recording, sources) = physiology::in_order(recording);
            start(&route(&recording, &recorded_s, &sources))
        });
        if let Some(place) = place.await? {
            return Ok(Some(place));
        }
    }
    Ok(None)
}
