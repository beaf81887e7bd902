//! An activity as others may see it: the parts that the athlete shows, and a route that does not point at their front door.

use chrono::{DateTime, Utc};
use domain::ProblemKind;
use domain::sharing::{PrivacyZone, TrackPoint, VisibleParts, hidden_m, jitter, metres, seen, shift, start};
use platform::{Error, Platform, Tx};
use recordings::{Pause, Recording};
use uuid::Uuid;

use crate::queries::sharing::{self as queries, NewZone, Shifted};
pub use crate::queries::sharing::{privacy_zones, save_sharing, sharing};
use crate::recording::effective_recording;

/// Privacy zones of one athlete.
const MAX_ZONES: i64 = 20;
/// Zones around locations closer together than this, in metres, get the same shift: a zone that is removed and created again, or with another
/// radius, gives nothing to compare.
const SAME_SHIFT_M: f64 = 1500.0;

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
    let name: String = name.trim().chars().take(80).collect();
    let name = if name.is_empty() { "Home".to_owned() } else { name };
    if queries::count_zones(tx).await? >= MAX_ZONES {
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
    let zone = NewZone {
        id: platform.ids.uuid(now),
        name: &name,
        latitude_deg,
        longitude_deg,
        radius_m,
        hidden_m: hidden_m(radius_m, shift),
        shift,
        everything,
        created_at: now,
    };
    queries::insert_zone(tx, &zone).await
}

/// The shift of an earlier zone near a location, removed or not.
async fn earlier_shift(tx: &mut Tx, location: (f64, f64)) -> Result<Option<(f64, f64)>, Error> {
    let distance = |z: &Shifted| metres(jitter(z.latitude_deg, z.longitude_deg, (-z.north_m, -z.east_m)), location);
    Ok(queries::shifted_zones(tx)
        .await?
        .into_iter()
        .filter(|zone| distance(zone) < SAME_SHIFT_M)
        .min_by(|a, b| distance(a).total_cmp(&distance(b)))
        .map(|zone| (zone.north_m, zone.east_m)))
}

/// Removes a zone. Its shift is kept for when a zone is created there again.
pub async fn remove_privacy_zone(tx: &mut Tx, id: Uuid, now: DateTime<Utc>) -> Result<(), Error> {
    if queries::remove_zone(tx, id, now).await? { Ok(()) } else { Err(Error::not_found("zone")) }
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
    for id in queries::last_ten(tx).await? {
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
