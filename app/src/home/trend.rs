//! The trend of efficiency: one dot per run, the fitted line, and its confidence band.

use chrono::{NaiveDate, TimeDelta};
use domain::activities::{EfficiencyPoint, TrendEstimate};
use domain::units::{decimal, pluralize};
use leptos::prelude::*;

use crate::ui::charts::{Axis, Plot, band, dots, line, month_ticks};
use crate::ui::units;

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
    let fitted = TrendEstimate::of(&points).map(|c| {
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
        format!("No recorded run with a heart rate in the last {days} days.")
    } else {
        format!("One recorded run with a heart rate in the last {days} days.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_without_runs_says_so() {
        assert_eq!(too_few(0, 120), "No recorded run with a heart rate in the last 120 days.");
    }
}
