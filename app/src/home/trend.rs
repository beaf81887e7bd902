//! The trend of efficiency: one dot per run, the fitted line, and its confidence band.

use chrono::{NaiveDate, TimeDelta};
use domain::activities::EfficiencyPoint;
use domain::units::{decimal, pluralize, spell_number};
use leptos::prelude::*;

use crate::ui::charts::{Axis, Plot, band, dots, line, month_ticks};
use crate::ui::units;

/// How efficiency changed over the days shown.
pub(super) struct TrendEstimate {
    /// From the first run to the last, along the line, in per cent.
    pub(super) percent: f64,
    /// Half of the 95 % interval of that.
    pub(super) give_or_take: f64,
    /// Days from the first run to the last.
    pub(super) span: i64,
    intercept: f64,
    slope: f64,
    /// Standard error of the line at its mean, and of its slope.
    errors: (f64, f64),
    mean_x: f64,
    /// Standard errors to either side of a 95 % interval.
    quantile: f64,
}

impl TrendEstimate {
    /// The line and half of its 95 % band, so many days after the first run.
    fn at(&self, x: f64) -> (f64, f64) {
        let error = (self.errors.0.powi(2) + (self.errors.1 * (x - self.mean_x)).powi(2)).sqrt();
        (self.intercept + self.slope * x, self.quantile * error)
    }

    /// Whether the interval of the change excludes zero.
    pub(super) fn is_certain(&self) -> bool {
        self.percent.abs() > self.give_or_take
    }

    /// From the first run to the last: `four months`.
    pub(super) fn span_in_words(&self) -> String {
        let (one, many, count) = match self.span {
            ..49 => ("a week", "weeks", (self.span as f64 / 7.0).round() as usize),
            _ => ("a month", "months", (self.span as f64 / 30.4).round() as usize),
        };
        if count == 1 { one.to_owned() } else { format!("{} {many}", spell_number(count).to_lowercase()) }
    }
}

/// Fewer runs than this do not make a trend.
pub(super) const MIN_RUNS: usize = 10;
/// Nor do fewer days.
pub(super) const MIN_DAYS: i64 = 14;

/// Least squares over the days. Neighbouring runs are alike, so the runs count as the independent ones that they are worth: `n (1 − r) / (1 + r)`, with the
/// autocorrelation r of neighbouring residuals (Bartlett 1935). `None` for too few runs or days.
pub(super) fn estimate_trend(points: &[EfficiencyPoint]) -> Option<TrendEstimate> {
    let (first, last) = (points.first()?.day, points.last()?.day);
    let span = (last - first).num_days();
    if points.len() < MIN_RUNS || span < MIN_DAYS {
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
    Some(TrendEstimate {
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

/// The 97.5 % point of t by its expansion at the normal one (Abramowitz and Stegun 26.7.5), within 0.01 from 3 degrees of freedom on.
fn t_975(df: f64) -> f64 {
    let z = 1.959_963_985_f64;
    let (z2, d) = (z * z, 1.0 / df);
    let terms = [
        (z2 + 1.0) * z / 4.0,
        ((5.0 * z2 + 16.0) * z2 + 3.0) * z / 96.0,
        (((3.0 * z2 + 19.0) * z2 + 17.0) * z2 - 15.0) * z / 384.0,
        ((((79.0 * z2 + 776.0) * z2 + 1482.0) * z2 - 1920.0) * z2 - 945.0) * z / 92_160.0,
    ];
    z + d * (terms[0] + d * (terms[1] + d * (terms[2] + d * terms[3])))
}

/// The card.
#[component]
pub(super) fn TrendCard(points: Vec<EfficiencyPoint>, from: NaiveDate, to: NaiveDate) -> impl IntoView {
    let span = (to - from).num_days().max(1) as f64;
    let left = move |day: NaiveDate| (day - from).num_days() as f64 / span * 100.0;
    if points.len() < 2 {
        return view! {
            <section class="card">
                <h2 class="h3">"Efficiency"</h2>
                <p class="muted small">{too_few(points.len(), (to - from).num_days())}</p>
            </section>
        }
        .into_any();
    }
    let axis = Axis::around(points.iter().map(|p| p.efficiency_factor), 4, &[]);
    let top = |v: f64| 100.0 - axis.percent(v);
    let path = dots(points.iter().map(|p| (left(p.day), top(p.efficiency_factor))));
    let fitted = estimate_trend(&points).map(|c| {
        let reach = (points[points.len() - 1].day - points[0].day).num_days() as f64;
        let steps: Vec<(f64, f64, f64)> = (0..=20)
            .map(|k| {
                let x = reach * f64::from(k) / 20.0;
                let (v, e) = c.at(x);
                (left(points[0].day) + x / span * 100.0, v, e)
            })
            .collect();
        let band = band(steps.iter().map(|s| (s.0, top(s.1 + s.2), top(s.1 - s.2))));
        let trend = line(steps.iter().map(|s| (s.0, Some(top(s.1)))));
        (band, trend)
    });
    let decimals = if axis.ticks.len() > 1 && axis.ticks[1] - axis.ticks[0] < 0.0999 { 2 } else { 1 };
    let y_ticks = axis.ticks.iter().map(|t| (top(*t), format!("{t:.decimals$}"))).collect::<Vec<_>>();
    let x_ticks = month_ticks(from, to, left);
    let runs = points.iter().map(|p| (*p, format!("{:.1} {:.1}", left(p.day), top(p.efficiency_factor)))).collect::<Vec<_>>();
    let label = format!("Efficiency of {} in the last {} days", pluralize(points.len(), "run", "runs"), (to - from + TimeDelta::days(0)).num_days());
    view! {
        <section class="card trend" data-runs="">
            <div class="between">
                <h2 class="h3">"Efficiency"</h2>
                <p class="tiny">{format!("metres per heartbeat, grade-adjusted, {}", pluralize(points.len(), "run", "runs"))}</p>
            </div>
            <Plot label=label height=170 y_ticks=y_ticks x_ticks=x_ticks>
                {fitted.as_ref().map(|(band, _)| view! { <path class="area" d=band.clone() /> })}
                <path class="dots" d=path />
                {fitted.map(|(_, line)| view! { <path class="line" d=line /> })}
            </Plot>
            <Runs runs=runs to=to />
        </section>
    }
    .into_any()
}

/// The runs behind the chart, the last first. With a script, a tap on a dot opens its run: where it is on the chart stands in its link.
#[component]
fn Runs(runs: Vec<(EfficiencyPoint, String)>, to: NaiveDate) -> impl IntoView {
    let units = units();
    view! {
        <details class="trend-runs">
            <summary class="small">"The runs behind it"</summary>
            <ul>
                {runs
                    .into_iter()
                    .rev()
                    .map(|(run, at)| {
                        let words = format!("{}: {}", units.weekday(run.day, to), decimal(run.efficiency_factor, 2));
                        view! {
                            <li>
                                <a href=format!("/activities/{}", run.id) data-at=at>
                                    {words}
                                </a>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </details>
    }
}

/// What stands in place of a chart without two runs.
fn too_few(runs: usize, days: i64) -> String {
    if runs == 0 {
        format!("No run with a heart rate in the last {days} days.")
    } else {
        format!("One run with a heart rate in the last {days} days.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A run every third day, from 1.5 metres per beat on.
    fn runs(count: i64, change_a_day: f64, noise: fn(i64) -> f64) -> Vec<EfficiencyPoint> {
        let day = |k: i64| NaiveDate::from_ymd_opt(2026, 7, 1).expect("a date") + TimeDelta::days(3 * k);
        (0..count)
            .map(|k| EfficiencyPoint {
                id: uuid::Uuid::from_u128(k.unsigned_abs().into()),
                day: day(k),
                efficiency_factor: 1.5 + change_a_day * (3 * k) as f64 + noise(k),
            })
            .collect()
    }

    #[test]
    fn a_change_has_the_interval_of_its_line() {
        // Noise of ±0.03 that is independent from run to run: its standard error is known in closed form.
        let noise = |k: i64| if (k * 7919) % 4 < 2 { 0.03 } else { -0.03 };
        let trend = estimate_trend(&runs(40, 0.0006, noise)).expect("enough runs");
        assert!((trend.percent - 4.7).abs() < 1.5, "{}", trend.percent);
        // σ / √Σ(x − x̄)² · span · t(38) / 1.5, with Σ(x − x̄)² = 9 n (n² − 1) / 12.
        let expected = 100.0 * 0.0308 / (9.0 * 40.0 * 1599.0_f64 / 12.0).sqrt() * 117.0 * 2.024 / 1.5;
        assert!((trend.give_or_take / expected - 1.0).abs() < 0.15, "{} against {expected}", trend.give_or_take);
        assert_eq!((trend.is_certain(), trend.span_in_words().as_str()), (trend.percent > trend.give_or_take, "four months"));
    }

    #[test]
    fn nothing_is_said_of_a_change_that_may_be_none() {
        let flat = estimate_trend(&runs(40, 0.0, |k| if k % 2 == 0 { 0.05 } else { -0.05 })).expect("enough runs");
        assert!(!flat.is_certain());
        // The same spread in long spells is worth fewer runs, and the interval is wider.
        let spells = estimate_trend(&runs(40, 0.0, |k| if (k / 8) % 2 == 0 { 0.05 } else { -0.05 })).expect("enough runs");
        assert!(spells.give_or_take > 1.5 * flat.give_or_take, "{} {}", spells.give_or_take, flat.give_or_take);
    }

    #[test]
    fn the_past_is_named_by_how_far_the_runs_go_back() {
        let since = |count| estimate_trend(&runs(count, 0.001, |k| (k % 3) as f64 / 100.0)).expect("enough runs").span_in_words();
        assert_eq!([since(10), since(20), since(32), since(41)], ["four weeks", "two months", "three months", "four months"]);
    }

    #[test]
    fn the_quantile_is_that_of_the_tables() {
        for (df, expected) in [(3.0, 3.182), (8.0, 2.306), (38.0, 2.024), (1000.0, 1.962)] {
            assert!((t_975(df) - expected).abs() < 0.01, "{df}: {}", t_975(df));
        }
    }

    #[test]
    fn a_window_without_runs_says_so() {
        assert_eq!(too_few(0, 120), "No run with a heart rate in the last 120 days.");
    }
}
