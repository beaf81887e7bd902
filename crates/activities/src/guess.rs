//! The sport of a recording that does not say it: from its name, else from its speed. A guess is marked as one, until the athlete says what it was.

use std::sync::Arc;

use domain::activities::{DatedThresholds, Unusable};
use recordings::{Recording, Sport};

use crate::analyse::{AnalysedActivity, analyse_recording};

/// Shorter ones say nothing, in metres.
const FAR_ENOUGH_M: f64 = 500.0;
/// Mean speeds in motion of most walks, runs and rides, in metres a second. Between the last two it may be either.
const WALKS: std::ops::Range<f64> = 0.5..1.9;
const RUNS: std::ops::Range<f64> = 1.9..4.2;
const RIDES: std::ops::Range<f64> = 5.2..13.0;

/// Analyses a recording that is new here, as [`analyse_recording`] does; where the file says nothing of the sport, with our guess.
///
/// # Errors
/// Those of [`analyse_recording`].
pub fn analyse_new(recording: Recording, thresholds: &[DatedThresholds], time_zone: &str) -> Result<AnalysedActivity, Unusable> {
    let says_nothing = recording.sport == Sport::Other && recording.sub_sport.is_none();
    let analysed = analyse_recording(recording, thresholds, time_zone)?;
    if !says_nothing {
        return Ok(analysed);
    }
    let (distance_m, moving_s) = (analysed.analysis.distance_m, analysed.analysis.moving_s);
    let Some(sport) = guess(analysed.recording.title.as_deref(), distance_m, moving_s) else { return Ok(analysed) };
    let mut recording = Arc::unwrap_or_clone(analysed.recording);
    recording.sport = sport;
    Ok(AnalysedActivity { sport_guessed: true, ..analyse_recording(recording, thresholds, time_zone)? })
}

fn guess(title: Option<&str>, distance_m: Option<f64>, moving_s: Option<f64>) -> Option<Sport> {
    let named = title.and_then(|title| title.to_lowercase().split(|c: char| !c.is_alphanumeric()).find_map(named));
    if named.is_some() {
        return named;
    }
    let far = distance_m.filter(|m| *m >= FAR_ENOUGH_M)?;
    let speed_mps = far / moving_s.filter(|s| *s > 0.0)?;
    let by_speed = [(WALKS, Sport::Walking), (RUNS, Sport::Running), (RIDES, Sport::Cycling)];
    by_speed.into_iter().find(|(range, _)| range.contains(&speed_mps)).map(|(_, sport)| sport)
}

/// The sport that a word of a title names.
fn named(word: &str) -> Option<Sport> {
    match word {
        "run" | "running" | "jog" | "jogging" | "parkrun" => Some(Sport::Running),
        "ride" | "cycling" | "bike" | "biking" => Some(Sport::Cycling),
        "walk" | "walking" | "hike" | "hiking" => Some(Sport::Walking),
        "swim" | "swimming" => Some(Sport::Swimming),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_goes_before_the_speed_and_neither_is_pressed() {
        assert_eq!(guess(Some("Walk with the dog"), Some(5000.0), Some(1500.0)), Some(Sport::Walking));
        // Part of a word is no word.
        assert_eq!(guess(Some("Brunch"), Some(4800.0), Some(3730.0)), Some(Sport::Walking));
        assert_eq!(guess(None, Some(8000.0), Some(2400.0)), Some(Sport::Running));
        assert_eq!(guess(None, Some(30_000.0), Some(4000.0)), Some(Sport::Cycling));
        for unclear in
            [(Some(4800.0), Some(1000.0)), (Some(400.0), Some(300.0)), (Some(90_000.0), Some(3600.0)), (None, Some(600.0)), (Some(5000.0), None)]
        {
            assert_eq!(guess(Some("Lunch"), unclear.0, unclear.1), None, "{unclear:?}");
        }
    }

    #[test]
    fn only_what_says_nothing_is_guessed() {
        let recording = |sport, sub_sport: Option<&str>| {
            let mut recording =
                Recording { sport, started_at_ms: Some(1_780_000_000_000), sub_sport: sub_sport.map(ToOwned::to_owned), ..Recording::default() };
            for i in 0..1200_usize {
                recording.samples.push(i as f64);
                recording.samples.distance_m[i] = 3.0 * i as f64;
            }
            recording
        };
        let new = |sport, sub_sport| analyse_new(recording(sport, sub_sport), &[], "UTC").expect("an activity");
        let guessed = new(Sport::Other, None);
        assert_eq!((guessed.recording.sport, guessed.sport_guessed), (Sport::Running, true));
        assert!(guessed.made_title.ends_with("run"), "{}", guessed.made_title);
        for (sport, sub_sport) in [(Sport::Walking, None), (Sport::Other, Some("tennis"))] {
            let said = new(sport, sub_sport);
            assert_eq!((said.recording.sport, said.sport_guessed), (sport, false));
        }
    }
}
