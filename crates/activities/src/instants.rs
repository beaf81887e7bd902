//! Instants, and the clocks of recordings.

use chrono::{DateTime, NaiveDateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use recordings::Recording;

/// The recording at the date that the athlete gave it: its clock shifted by `shift_ms`, at `utc_offset_s` from UTC.
pub(crate) fn with_start(mut recording: Recording, shift_ms: Option<i64>, utc_offset_s: Option<i32>) -> Recording {
    if let Some(shift_ms) = shift_ms {
        recording.utc_offset_s = utc_offset_s;
        recording = shifted(recording, shift_ms);
    }
    recording
}

/// The recording `shift_ms` milliseconds later.
pub(crate) fn shifted(mut recording: Recording, shift_ms: i64) -> Recording {
    recording.started_at_ms = recording.started_at_ms.map(|start| start.saturating_add(shift_ms));
    recording
}

/// An instant `seconds` later; `None` beyond the calendar's range.
pub(crate) fn later(at: DateTime<Utc>, seconds: f64) -> Option<DateTime<Utc>> {
    if !seconds.is_finite() {
        return None;
    }
    at.checked_add_signed(TimeDelta::try_milliseconds((seconds * 1000.0).round() as i64)?)
}

/// The instant at which the local clock shows `local`. For an hour that daylight saving skips it is an hour later, for one that it repeats the
/// earlier of the two.
#[must_use]
pub fn moment(local: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    let at = |local: NaiveDateTime| zone.from_local_datetime(&local).earliest();
    at(local).or_else(|| at(local + TimeDelta::hours(1))).map_or_else(|| local.and_utc(), |t| t.with_timezone(&Utc))
}
