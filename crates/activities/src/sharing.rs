//! An activity as others may see it: the parts that the athlete shows, and a route that does not point at their front door.

use chrono::{DateTime, Utc};
use domain::ProblemKind;
use domain::sharing::{Audience, PrivacyZone, Sharing, TrackPoint, VisibleParts, hidden_m, jitter, metres, seen, shift, start};
use platform::{Error, Platform, Tx};
use recordings::{Pause, Recording};
use uuid::Uuid;

use crate::recompute::effective_recording;

/// Privacy zones of one athlete.
const MAX_ZONES: i64 = 20;
/// Zones around locations closer together than this, in metres, get the same shift: a zone that is removed and created again, or with another
/// radius, gives nothing to compare.
const SAME_SHIFT_M: f64 = 1500.0;

/// The viewer's visibility settings; nothing is shared by default.
pub async fn sharing(tx: &mut Tx) -> Result<Sharing, Error> {
    let athlete = tx.viewer()?;
    let row = sqlx::query!("select training, map, heart_rate from visibility_settings where athlete_id = $1", athlete)
        .fetch_optional(tx.connection())
        .await?;
    let audience = Audience::parse;
    Ok(row.map_or_else(Sharing::default, |r| Sharing { training: audience(&r.training), map: audience(&r.map), heart_rate: audience(&r.heart_rate) }))
}

/// Stores the viewer's visibility settings.
pub async fn save_sharing(tx: &mut Tx, sharing: Sharing) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    sqlx::query!(
        "insert into visibility_settings (athlete_id, training, map, heart_rate) values ($1, $2, $3, $4)
         on conflict (athlete_id) do update set training = excluded.training, map = excluded.map, heart_rate = excluded.heart_rate",
        athlete,
        sharing.training.key(),
        sharing.map.key(),
        sharing.heart_rate.key()
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// The viewer's privacy zones.
pub async fn privacy_zones(tx: &mut Tx) -> Result<Vec<PrivacyZone>, Error> {
    let athlete = tx.viewer()?;
    Ok(sqlx::query_as!(
        PrivacyZone,
        r#"select id, name, latitude_deg, longitude_deg, radius_m, hidden_m as "hidden_m!", coalesce(everything, false) as "everything!", created_at
           from privacy_zones where athlete_id = $1 and removed_at is null order by created_at, id"#,
        athlete
    )
    .fetch_all(tx.connection())
    .await?)
}

/// Creates a privacy zone around where the viewer's latest activity with a route began; with `everything` it also hides routes that only pass
/// through.
pub async fn add_privacy_zone(
    platform: &Platform,
    tx: &mut Tx,
    name: &str,
    radius_m: f64,
    everything: bool,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    let name: String = name.trim().chars().take(80).collect();
    let name = if name.is_empty() { "Home".to_owned() } else { name };
    let count = sqlx::query_scalar!(r#"select count(*) as "there!" from privacy_zones where athlete_id = $1 and removed_at is null"#, athlete)
        .fetch_one(tx.connection())
        .await?;
    if count >= MAX_ZONES {
        return Err(Error::problem(ProblemKind::TooLarge, format!("{MAX_ZONES} zones are enough for anyone. Remove one first.")));
    }
    let start = last_start(tx)
        .await?
        .ok_or_else(|| Error::problem(ProblemKind::NotFound, "None of your last activities has a route. Import one that began at home first."))?;
    let shift = if let Some(shift) = earlier_shift(tx, start).await? {
        shift
    } else {
        let random = |bytes: [u8; 4]| f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX);
        shift(random(platform.ids.bytes()), random(platform.ids.bytes()))
    };
    let (latitude_deg, longitude_deg) = jitter(start.0, start.1, shift);
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
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// The shift of an earlier zone near a location, removed or not.
async fn earlier_shift(tx: &mut Tx, location: (f64, f64)) -> Result<Option<(f64, f64)>, Error> {
    let athlete = tx.viewer()?;
    let rows = sqlx::query!(
        r#"select latitude_deg, longitude_deg, shift_north_m as "north_m!", shift_east_m as "east_m!" from privacy_zones
           where athlete_id = $1 order by created_at, id"#,
        athlete
    )
    .fetch_all(tx.connection())
    .await?;
    let distance = |r: &(f64, f64, f64, f64)| metres(jitter(r.0, r.1, (-r.2, -r.3)), location);
    Ok(rows
        .into_iter()
        .map(|r| (r.latitude_deg, r.longitude_deg, r.north_m, r.east_m))
        .filter(|r| distance(r) < SAME_SHIFT_M)
        .min_by(|a, b| distance(a).total_cmp(&distance(b)))
        .map(|r| (r.2, r.3)))
}

/// Removes a zone. Its shift is kept for when a zone is created there again.
pub async fn remove_privacy_zone(tx: &mut Tx, id: Uuid, now: DateTime<Utc>) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    let removed = sqlx::query!("update privacy_zones set removed_at = $3 where id = $1 and athlete_id = $2 and removed_at is null", id, athlete, now)
        .execute(tx.connection())
        .await?;
    if removed.rows_affected() == 0 { Err(Error::not_found("zone")) } else { Ok(()) }
}

/// Redacts a recording to the parts that are shown, without what the privacy zones hide. `None` when nothing is left.
pub(crate) fn redact(recording: Recording, parts: VisibleParts, zones: &[PrivacyZone]) -> Option<Recording> {
    let mut shared = if zones.is_empty() { recording } else { trim_to_visible(recording, zones)? };
    // What is left begins at zero, so that it does not reveal how far it is from the front door.
    let distance = &mut shared.samples.distance_m;
    if let Some(first) = distance.iter().copied().find(|d| d.is_finite()) {
        for metres in distance {
            *metres -= first;
        }
    }
    let erase = |column: &mut Vec<f64>| column.fill(f64::NAN);
    if !parts.map {
        erase(&mut shared.samples.latitude_deg);
        erase(&mut shared.samples.longitude_deg);
        erase(&mut shared.samples.altitude_m);
        shared.totals.elevation_gain_m = None;
    }
    if !parts.heart_rate {
        erase(&mut shared.samples.heart_rate_bpm);
        shared.totals.avg_hr_bpm = None;
        shared.totals.max_hr_bpm = None;
        for lap in &mut shared.laps {
            lap.avg_hr_bpm = None;
            lap.max_hr_bpm = None;
        }
    }
    // Respiration, running dynamics and sensor names are never shared.
    shared.samples.extra.clear();
    shared.sensors.clear();
    shared.description = None;
    shared.gear = None;
    Some(shared)
}

/// What lies outside the zones, in chronological order: a file whose laps or segments were written newest first has the front door in its middle.
/// `None` when nothing lies outside.
fn trim_to_visible(recording: Recording, zones: &[PrivacyZone]) -> Option<Recording> {
    let recorded_s = recording.samples.time_s.clone();
    let (recording, sources) = physiology::in_order(recording);
    let route = route(&recording, &recorded_s, &sources);
    let visible = seen(&route, zones);
    if visible.len() == route.len() {
        return Some(recording);
    }
    if visible.is_empty() {
        return None;
    }
    let mut trimmed = recording.part(&visible);
    // Laps and lengths end where the device counted from the front door: the first one left would reveal how far that was.
    trimmed.laps.clear();
    trimmed.lengths.clear();
    skip_holes(&mut trimmed, &visible);
    Some(trimmed)
}

/// The route of a recording that was put in order, with the times that its clock recorded: a time that was repaired by guessing proves nothing.
fn route(ordered: &Recording, recorded_s: &[f64], sources: &[usize]) -> Vec<TrackPoint> {
    let s = &ordered.samples;
    let point = |(k, &i): (usize, &usize)| TrackPoint { time_s: recorded_s[i], latitude_deg: s.latitude_deg[k], longitude_deg: s.longitude_deg[k] };
    sources.iter().enumerate().map(point).collect()
}

/// Takes the stretch across a hole out of the distance, and counts its time as a pause.
fn skip_holes(trimmed: &mut Recording, visible: &[usize]) {
    let samples = &mut trimmed.samples;
    let (mut hidden, mut last) = (0.0, f64::NAN);
    for k in 0..visible.len() {
        let counted = samples.distance_m[k];
        if k > 0 && visible[k] != visible[k - 1] + 1 {
            if (counted - last).is_finite() {
                hidden += counted - last;
            }
            trimmed.pauses.push(Pause { from_s: samples.time_s[k - 1], to_s: samples.time_s[k] });
        }
        if counted.is_finite() {
            last = counted;
        }
        samples.distance_m[k] = counted - hidden;
    }
    trimmed.pauses.sort_by(|a, b| a.from_s.total_cmp(&b.from_s));
}

/// Where the latest activity with a route began, activities of impossible days left out.
async fn last_start(tx: &mut Tx) -> Result<Option<(f64, f64)>, Error> {
    let athlete = tx.viewer()?;
    let last = sqlx::query_scalar!(
        "select id from activities where athlete_id = $1 and merged_into is null and is_possible_day(local_date, created_at)
         order by started_at desc limit 10",
        athlete
    )
    .fetch_all(tx.connection())
    .await?;
    for id in last {
        // An activity entered by hand has no samples.
        let Ok(recording) = effective_recording(tx, id).await else { continue };
        let recorded_s = recording.samples.time_s.clone();
        let began = platform::compute(move || {
            let (recording, sources) = physiology::in_order(recording);
            start(&route(&recording, &recorded_s, &sources))
        });
        if let Some(began) = began.await? {
            return Ok(Some(began));
        }
    }
    Ok(None)
}
