//! What the recordings say of an athlete's thresholds: found in the kilometres of a year, offered, and used by nothing until it is confirmed.

use chrono::{Days, NaiveDate};
use domain::activities::{FoundMaximum, FoundNumber, FoundThresholds, Split};
use physiology::thresholds::{Estimate, Stretch, hardest_effort, highest_hr, thresholds};
use platform::{Error, Tx};

use crate::queries::performance::{self as queries, Recorded};

/// Efforts older than this say little about today.
const YEAR_DAYS: u64 = 365;

/// What the runs of the last year say of the thresholds.
pub async fn found_thresholds(tx: &mut Tx, today: NaiveDate) -> Result<FoundThresholds, Error> {
    let runs = queries::recorded_after(tx, today - Days::new(YEAR_DAYS)).await?;
    Ok(find(&runs))
}

fn find(runs: &[Recorded]) -> FoundThresholds {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let maxima: Vec<(f64, &Recorded)> = runs.iter().filter_map(|run| Some((run.max_hr_bpm?, run))).collect();
    let found = FoundThresholds { runs: count(runs.len()), runs_with_hr: count(maxima.len()), ..FoundThresholds::default() };
    let Some(highest) = highest_hr(&maxima.iter().map(|(bpm, _)| *bpm).collect::<Vec<_>>()) else { return found };
    // Of several, the latest.
    let run = maxima.iter().rfind(|(bpm, _)| bpm.total_cmp(&highest.bpm).is_eq()).map(|(_, run)| *run);
    let hr_max = run.map(|run| FoundMaximum { bpm: highest.bpm, seen: count(highest.seen), day: run.local_date, title: run.title.clone() });
    let efforts: Vec<_> = runs.iter().filter_map(|run| hardest_effort(&run.splits.iter().map(stretch).collect::<Vec<_>>())).collect();
    let both = thresholds(&efforts, highest.bpm);
    let number = |e: Estimate| FoundNumber { value: e.value, low: e.low, high: e.high, efforts: count(e.efforts) };
    // The slower end of a speed is the higher number of a pace.
    let pace = |e: Estimate| FoundNumber { value: 1000.0 / e.value, low: 1000.0 / e.high, high: 1000.0 / e.low, efforts: count(e.efforts) };
    FoundThresholds { hr_max, threshold_hr: both.map(|both| number(both.hr_bpm)), threshold_s_per_km: both.map(|both| pace(both.speed_mps)), ..found }
}

/// A kilometre. Without its grade it was flat.
fn stretch(split: &Split) -> Stretch {
    let graded_m = split.gap_s_per_km.filter(|pace| *pace > 0.0).map_or(split.distance_m, |pace| split.moving_s * 1000.0 / pace);
    Stretch { seconds: split.moving_s, graded_m, hr_bpm: split.avg_hr_bpm }
}

#[cfg(test)]
mod tests {
    use sqlx::types::Json;

    use super::*;

    fn run(day: u32, pace: f64, hr: Option<f64>, max_hr_bpm: Option<f64>) -> Recorded {
        let split = Split { distance_m: 1000.0, moving_s: pace, gap_s_per_km: Some(pace), avg_hr_bpm: hr, elevation_gain_m: None };
        let local_date = NaiveDate::from_ymd_opt(2026, 7, day).expect("a date");
        Recorded { title: format!("Run {day}"), local_date, max_hr_bpm, splits: Json(vec![split; 8]) }
    }

    #[test]
    fn three_numbers_are_found_with_what_they_rest_on() {
        let mut runs: Vec<Recorded> = (1..=20).map(|day| run(day, 340.0, Some(138.0), Some(152.0))).collect();
        runs.extend(
            [(21, 252.0, 163.0, 184.0), (22, 255.0, 165.0, 186.0), (23, 254.0, 166.0, 185.0)].map(|(d, p, h, m)| run(d, p, Some(h), Some(m))),
        );
        let found = find(&runs);
        let (hr, pace) = (found.threshold_hr.expect("a heart rate"), found.threshold_s_per_km.expect("a pace"));
        assert_eq!((found.runs, found.runs_with_hr, hr.efforts, pace.efforts), (23, 23, 3, 3));
        assert!((hr.value - 165.0).abs() < 1e-9 && hr.low <= hr.value && hr.value <= hr.high);
        assert!(pace.low < pace.value && pace.value < pace.high && (254.0..266.0).contains(&pace.value), "{pace:?}");
        let highest = found.hr_max.expect("a maximum");
        assert_eq!((highest.bpm as u32, highest.seen, highest.title.as_str()), (186, 3, "Run 22"));
    }

    #[test]
    fn little_says_little() {
        assert_eq!(find(&[]), FoundThresholds::default());
        let easy: Vec<Recorded> = (1..=20).map(|day| run(day, 340.0, Some(138.0), Some(180.0))).collect();
        let found = find(&easy);
        assert!(found.hr_max.is_some() && found.threshold_hr.is_none() && found.threshold_s_per_km.is_none());
        let bare: Vec<Recorded> = (1..=20).map(|day| run(day, 250.0, None, None)).collect();
        assert_eq!(find(&bare), FoundThresholds { runs: 20, ..FoundThresholds::default() });
    }
}
