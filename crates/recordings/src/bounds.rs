//! Limits of a recording. Every reader stops at the same limits and reports it: no file becomes more than these.

/// Samples of all recordings of a file: twelve days at one a second.
pub(crate) const SAMPLES: usize = 1 << 20;
/// Values of all extra columns together: eight columns of [`SAMPLES`], or sixty-four of a day and a half.
pub(crate) const CELLS: usize = 1 << 23;
/// Extra columns of a merged recording.
pub(crate) const EXTRA: usize = 64;
/// Sensors and devices that took part.
pub(crate) const SENSORS: usize = 100;
/// Sensors in the header of a stored recording: more than a merge keeps, since a file may name more.
pub(crate) const STORED_SENSORS: usize = 10_000;
/// Recordings in one file: years of runs in one GPX.
pub(crate) const RECORDINGS: usize = 1_000;
/// Sessions of a FIT file; a triathlon has five.
pub(crate) const SESSIONS: usize = 100;
/// Laps of a file: a hundred kilometres by the fiftieth part.
pub(crate) const LAPS: usize = 5_000;
/// Pool lengths: days in the water.
pub(crate) const LENGTHS: usize = 20_000;
/// Starts and stops of the timer.
pub(crate) const TIMER_EVENTS: usize = 20_000;
/// Heart beats that a strap sent after the activity.
pub(crate) const READINGS: usize = 1 << 21;
/// Characters of a name or title.
pub(crate) const TITLE: usize = 200;
/// Characters of what an athlete wrote about it.
pub(crate) const DESCRIPTION: usize = 10_000;
/// Sentences about the damage of one file.
pub(crate) const WARNINGS: usize = 20;
/// Bytes of the header of a stored recording: all its laps, lengths and pauses in JSON.
pub(crate) const STORED_HEAD: usize = 4 << 20;

/// Uses up one of the remaining; `false` if none is left.
pub(crate) fn one_of(left: &mut usize) -> bool {
    let some = *left > 0;
    *left = left.saturating_sub(1);
    some
}

/// The beginning of a text.
pub(crate) fn clipped(text: &str, characters: usize) -> String {
    text.chars().take(characters).collect()
}
