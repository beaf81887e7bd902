//! The trend of noisy mornings, and how regular bedtimes are.

use chrono::NaiveDate;

/// Standard deviation of the weights of neighbouring days, in days.
const BANDWIDTH_DAYS: f64 = 7.0;
/// Fewer values are no trend.
const LEAST: usize = 5;
/// Fewer nights have no spread.
const LEAST_NIGHTS: usize = 5;

/// A smoothed line, and how far single values lie from it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Trend {
    /// One for each day from the first value to the last day.
    pub(super) points: Vec<(NaiveDate, f64)>,
    /// The standard deviation of values around the line.
    pub(super) noise: f64,
}

/// A straight line through the neighbours of each day, weighted by a normal curve of a week: local linear regression (Fan and Gijbels 1996), which
/// does not bend at the ends as a moving mean does. `None` for too few values.
pub(super) fn trend(numbers: &[(NaiveDate, f64)], from: NaiveDate, to: NaiveDate) -> Option<Trend> {
    if numbers.len() < LEAST {
        return None;
    }
    let first = numbers.first()?.0.max(from);
    let points: Vec<(NaiveDate, f64)> = first.iter_days().take_while(|day| *day <= to).map(|day| (day, smoothed(numbers, day))).collect();
    let residuals = numbers.iter().map(|(day, value)| value - smoothed(numbers, *day));
    let noise = (residuals.map(|residual| residual * residual).sum::<f64>() / numbers.len() as f64).sqrt();
    Some(Trend { points, noise })
}

/// The line at a day.
fn smoothed(numbers: &[(NaiveDate, f64)], day: NaiveDate) -> f64 {
    let (mut w, mut wx, mut wxx, mut wy, mut wxy) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (other, value) in numbers {
        let x = (*other - day).num_days() as f64;
        let weight = (-0.5 * (x / BANDWIDTH_DAYS).powi(2)).exp();
        w += weight;
        wx += weight * x;
        wxx += weight * x * x;
        wy += weight * value;
        wxy += weight * x * value;
    }
    let determinant = w * wxx - wx * wx;
    // Where all neighbours lie on one day, or too far away, there is no slope.
    if determinant > 1e-9 * w * w { (wxx * wy - wx * wxy) / determinant } else { nearest(numbers, day) }
}

fn nearest(numbers: &[(NaiveDate, f64)], day: NaiveDate) -> f64 {
    numbers.iter().min_by_key(|(other, _)| (*other - day).num_days().abs()).map(|(_, value)| *value).unwrap_or_default()
}

/// The standard deviation of bedtimes in minutes; they are minutes around midnight, so none wraps.
pub(super) fn spread(bedtimes: &[f64]) -> Option<f64> {
    let n = bedtimes.len() as f64;
    if bedtimes.len() < LEAST_NIGHTS {
        return None;
    }
    let mean = bedtimes.iter().sum::<f64>() / n;
    Some((bedtimes.iter().map(|minutes| (minutes - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt())
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn day(n: i64) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 1, 1).expect("a date") + TimeDelta::days(n)
    }

    #[test]
    fn a_straight_line_stays_one_and_its_ends_do_not_bend() {
        let numbers: Vec<_> = (0..40).filter(|n| n % 3 != 1).map(|n| (day(n), 72.0 - 0.05 * n as f64)).collect();
        let trend = trend(&numbers, day(0), day(45)).expect("a trend");
        for (at, kg) in &trend.points {
            let expected = 72.0 - 0.05 * (*at - day(0)).num_days() as f64;
            assert!((kg - expected).abs() < 1e-9, "{at}: {kg}, not {expected}");
        }
        assert!(trend.noise < 1e-9);
    }

    #[test]
    fn noise_is_how_far_mornings_lie_from_the_line() {
        let numbers: Vec<_> = (0..60).map(|n| (day(n), 70.0 + if n % 2 == 0 { 0.5 } else { -0.5 })).collect();
        let trend = trend(&numbers, day(0), day(59)).expect("a trend");
        assert!((trend.noise - 0.5).abs() < 0.02 && trend.points.iter().all(|(_, kg)| (kg - 70.0).abs() < 0.1), "{}", trend.noise);
        assert_eq!(super::trend(&numbers[..4], day(0), day(3)), None);
        // A long gap has a finite line.
        assert!(super::trend(&numbers, day(0), day(400)).expect("a trend").points.iter().all(|(_, kg)| kg.is_finite()));
    }

    #[test]
    fn bedtimes_around_midnight_are_close_to_each_other() {
        assert_eq!(spread(&[-20.0, 20.0, -20.0, 20.0, 0.0]).map(f64::round), Some(20.0));
        assert_eq!(spread(&[0.0; 4]), None);
    }
}
