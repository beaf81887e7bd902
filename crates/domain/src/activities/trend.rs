//! How efficiency changed over time: a line through the runs, with its interval.

use super::EfficiencyPoint;
use crate::statistics::t_975;
use crate::units::spell_number;

/// Fewer runs than this do not make a trend.
pub const MIN_TREND_RUNS: usize = 10;
/// Nor do fewer days.
pub const MIN_TREND_DAYS: i64 = 14;

/// How efficiency changed over the days shown.
#[derive(Debug, Clone, PartialEq)]
pub struct TrendEstimate {
    /// From the first run to the last, along the line, in per cent.
    pub percent: f64,
    /// Half of the 95 % interval of that.
    pub give_or_take: f64,
    /// Days from the first run to the last.
    pub span: i64,
    intercept: f64,
    slope: f64,
    /// Standard error of the line at its mean, and of its slope.
    errors: (f64, f64),
    mean_x: f64,
    /// Standard errors to either side of a 95 % interval.
    quantile: f64,
}

impl TrendEstimate {
    /// Least squares over the days. Neighbouring runs are alike, so the runs count as the independent ones that they are worth: `n (1 − r) / (1 + r)`, with the
    /// autocorrelation r of neighbouring residuals (Bartlett 1935). `None` for too few runs or days.
    #[must_use]
    pub fn of(points: &[EfficiencyPoint]) -> Option<Self> {
        let (first, last) = (points.first()?.day, points.last()?.day);
        let span = (last - first).num_days();
        if points.len() < MIN_TREND_RUNS || span < MIN_TREND_DAYS {
            return None;
        }
        let n = points.len() as f64;
        let x: Vec<f64> = points.iter().map(|p| (p.day - first).num_days() as f64).collect();
        let mean_x = x.iter().sum::<f64>() / n;
        let mean_y = points.iter().map(|p| p.efficiency_factor).sum::<f64>() / n;
        let (mut xx, mut xy) = (0.0, 0.0);
        for (x, p) in x.iter().zip(points) {
            xx += (x - mean_x).powi(2);
            xy += (x - mean_x) * (p.efficiency_factor - mean_y);
        }
        if xx <= 0.0 {
            return None;
        }
        let slope = xy / xx;
        let intercept = mean_y - slope * mean_x;
        let residuals: Vec<f64> = x.iter().zip(points).map(|(x, p)| p.efficiency_factor - intercept - slope * x).collect();
        let squares: f64 = residuals.iter().map(|r| r * r).sum();
        let neighbours: f64 = residuals.windows(2).map(|pair| pair[0] * pair[1]).sum();
        let alike = if squares > 0.0 { (neighbours / squares).clamp(0.0, 0.8) } else { 0.0 };
        let worth = (1.0 + alike) / (1.0 - alike);
        let sigma = (squares / (n - 2.0) * worth).sqrt();
        let errors = (sigma / n.sqrt(), sigma / xx.sqrt());
        let quantile = t_975((n / worth - 2.0).max(3.0));
        // The change is b·s over the line's start a; the error of both, by the delta method. Their covariance is −mean_x·var(b).
        let (reach, ratio) = (span as f64, slope / intercept);
        let (var_slope, var_start) = (errors.1.powi(2), errors.0.powi(2) + (errors.1 * mean_x).powi(2));
        let variance = var_slope + ratio.powi(2) * var_start + 2.0 * ratio * mean_x * var_slope;
        Some(Self {
            percent: 100.0 * ratio * reach,
            give_or_take: 100.0 * quantile * (reach / intercept).abs() * variance.max(0.0).sqrt(),
            span,
            intercept,
            slope,
            errors,
            mean_x,
            quantile,
        })
    }

    /// The line and half of its 95 % band, so many days after the first run.
    #[must_use]
    pub fn at(&self, x: f64) -> (f64, f64) {
        let error = (self.errors.0.powi(2) + (self.errors.1 * (x - self.mean_x)).powi(2)).sqrt();
        (self.intercept + self.slope * x, self.quantile * error)
    }

    /// Whether the interval of the change excludes zero.
    #[must_use]
    pub fn is_certain(&self) -> bool {
        self.percent.abs() > self.give_or_take
    }

    /// From the first run to the last: `four months`.
    #[must_use]
    pub fn span_in_words(&self) -> String {
        let (one, many, count) = match self.span {
            ..49 => ("a week", "weeks", (self.span as f64 / 7.0).round() as usize),
            _ => ("a month", "months", (self.span as f64 / 30.4).round() as usize),
        };
        if count == 1 { one.to_owned() } else { format!("{} {many}", spell_number(count).to_lowercase()) }
    }
}

#[cfg(test)]
mod tests {
    use chrono::{NaiveDate, TimeDelta};

    use super::*;

    /// A run every third day, from 1.5 metres per beat on.
    fn runs(count: i64, change_a_day: f64, noise: fn(i64) -> f64) -> Vec<EfficiencyPoint> {
        let day = |k: i64| NaiveDate::from_ymd_opt(2026, 7, 1).expect("a date") + TimeDelta::days(3 * k);
        let run = |k: i64| EfficiencyPoint {
            id: uuid::Uuid::from_u128(k.unsigned_abs().into()),
            day: day(k),
            efficiency_factor: 1.5 + change_a_day * (3 * k) as f64 + noise(k),
        };
        (0..count).map(run).collect()
    }

    #[test]
    fn a_change_has_the_interval_of_its_line() {
        // Noise of ±0.03 that is independent from run to run: its standard error is known in closed form.
        let noise = |k: i64| if (k * 7919) % 4 < 2 { 0.03 } else { -0.03 };
        let trend = TrendEstimate::of(&runs(40, 0.0006, noise)).expect("enough runs");
        assert!((trend.percent - 4.7).abs() < 1.5, "{}", trend.percent);
        // σ / √Σ(x − x̄)² · span · t(38) / 1.5, with Σ(x − x̄)² = 9 n (n² − 1) / 12.
        let expected = 100.0 * 0.0308 / (9.0 * 40.0 * 1599.0_f64 / 12.0).sqrt() * 117.0 * 2.024 / 1.5;
        assert!((trend.give_or_take / expected - 1.0).abs() < 0.15, "{} against {expected}", trend.give_or_take);
        assert_eq!((trend.is_certain(), trend.span_in_words().as_str()), (trend.percent > trend.give_or_take, "four months"));
    }

    #[test]
    fn nothing_is_said_of_a_change_that_may_be_none() {
        let flat = TrendEstimate::of(&runs(40, 0.0, |k| if k % 2 == 0 { 0.05 } else { -0.05 })).expect("enough runs");
        assert!(!flat.is_certain());
        // The same spread in long spells is worth fewer runs, and the interval is wider.
        let spells = TrendEstimate::of(&runs(40, 0.0, |k| if (k / 8) % 2 == 0 { 0.05 } else { -0.05 })).expect("enough runs");
        assert!(spells.give_or_take > 1.5 * flat.give_or_take, "{} {}", spells.give_or_take, flat.give_or_take);
    }

    #[test]
    fn the_past_is_named_by_how_far_the_runs_go_back() {
        let since = |count| TrendEstimate::of(&runs(count, 0.001, |k| (k % 3) as f64 / 100.0)).expect("enough runs").span_in_words();
        assert_eq!([since(10), since(20), since(32), since(41)], ["four weeks", "two months", "three months", "four months"]);
    }
}
