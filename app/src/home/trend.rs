//! The trend of efficiency: one dot per run, the fitted line, and its confidence band.

use chrono::{NaiveDate, TimeDelta};
use domain::activities::EfficiencyPoint;
use domain::units::pluralize;
use leptos::prelude::*;

use crate::ui::charts::{Axis, Plot, band, dots, line, month_ticks};

/// How efficiency changed over the days shown.
pub(super) struct TrendEstimate {
    /// From the first run to the last, along the line.
    pub(super) percent: f64,
    /// Day of the first run.
    pub(super) since: NaiveDate,
    /// Whether it is more than chance (|t| over 2.5: neighbouring runs are correlated, so the usual 2 would be too lenient).
    pub(super) certain: bool,
    intercept: f64,
    slope: f64,
    /// Standard error of the line at its mean, and of its slope.
    errors: (f64, f64),
    mean_x: f64,
}

impl TrendEstimate {
    fn at(&self, x: f64) -> (f64, f64) {
        let error = (self.errors.0.powi(2) + (self.errors.1 * (x - self.mean_x)).powi(2)).sqrt();
        (self.intercept + self.slope * x, 2.0 * error)
    }
}

/// Fewer runs than this do not make a trend.
pub(super) const MIN_RUNS: usize = 10;
/// Nor do fewer days.
pub(super) const MIN_DAYS: i64 = 14;

/// Least squares over the days. `None` for too few runs or days.
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
    let rss: f64 = x.iter().zip(points).map(|(x, p)| (p.efficiency_factor - intercept - slope * x).powi(2)).sum();
    let sigma = (rss / (n - 2.0)).sqrt();
    let error = sigma / xx.sqrt();
    Some(TrendEstimate {
        percent: 100.0 * slope * span as f64 / intercept,
        since: first,
        certain: (slope / error.max(1e-12)).abs() > 2.5,
        intercept,
        slope,
        errors: (sigma / n.sqrt(), error),
        mean_x,
    })
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
                <p class="muted small">"Runs with a heart rate show up here: metres per heartbeat, hills taken into account."</p>
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
    let label = format!("Efficiency of {} in the last {} days", pluralize(points.len(), "run", "runs"), (to - from + TimeDelta::days(0)).num_days());
    view! {
        <section class="card trend">
            <div class="between">
                <h2 class="h3">"Efficiency"</h2>
                <p class="tiny">{format!("metres per heartbeat, grade-adjusted, {}", pluralize(points.len(), "run", "runs"))}</p>
            </div>
            <Plot label=label height=170 y_ticks=y_ticks x_ticks=x_ticks>
                {fitted.as_ref().map(|(band, _)| view! { <path class="area" d=band.clone() /> })}
                <path class="dots" d=path />
                {fitted.map(|(_, line)| view! { <path class="line" d=line /> })}
            </Plot>
        </section>
    }
    .into_any()
}
