//! The day as a line: meals are dots, runs are bars.

use domain::nutrition::DayView;
use domain::units::{Clock, pluralize};
use leptos::prelude::*;

use crate::ui::units;

const DAY_MINUTES: f64 = 1440.0;
/// Percent of the line that a bar has at least, to be seen.
const LEAST: f64 = 0.6;

/// The line.
#[component]
pub(super) fn Strip(view: DayView) -> impl IntoView {
    let percent = |minutes: f64| (minutes / DAY_MINUTES * 100.0).clamp(0.0, 100.0);
    let runs: Vec<(f64, f64)> = view
        .runs
        .iter()
        .filter(|run| run.local_start.date() == view.day)
        .map(domain::nutrition::RunView::span)
        .map(|(start, end)| (percent(start), (percent(end) - percent(start)).max(LEAST)))
        .collect();
    let meals: Vec<f64> = view.entries.iter().map(|entry| percent(f64::from(entry.minute))).collect();
    let label = words(&view);
    let hours = match units().clock {
        Clock::Hours24 => [(2.5, "00"), (25.0, "06"), (50.0, "12"), (75.0, "18"), (97.5, "24")],
        Clock::Hours12 => [(4.0, "12 am"), (25.0, "6 am"), (50.0, "12 pm"), (75.0, "6 pm"), (96.0, "12 am")],
    };
    view! {
        <div class="hours" role="img" aria-label=label>
            {runs.into_iter().map(|(left, width)| view! { <b style=format!("left:{left:.2}%;width:{width:.2}%")></b> }).collect_view()}
            {meals.into_iter().map(|left| view! { <s style=format!("left:{left:.2}%")></s> }).collect_view()}
            {hours
                .into_iter()
                .map(|(left, hour)| view! { <i style=format!("left:{left}%")>{hour}</i> })
                .collect_view()}
        </div>
    }
}

/// The same in words.
fn words(view: &DayView) -> String {
    let units = units();
    let times = view.entries.iter().map(|entry| units.time_at(entry.minute)).collect::<Vec<_>>().join(", ");
    let eaten = if view.entries.is_empty() { "Nothing written down".to_owned() } else { format!("Food at {times}") };
    let runs = view.runs.iter().filter(|run| run.local_start.date() == view.day).count();
    if runs == 0 { format!("{eaten}.") } else { format!("{eaten}; {}.", pluralize(runs, "run", "runs")) }
}
