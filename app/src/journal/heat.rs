//! A measure by day of the week: one hue, more of it for more. A day without an answer is an outline.

use chrono::{Datelike, NaiveDate, TimeDelta};
use domain::measures::Measure;
use domain::statistics::quantile;
use leptos::prelude::*;

use crate::ui::units;

/// Weeks on a desk; a phone shows the last half of them.
const WEEKS: i64 = 26;

/// The calendar of a measure. Each day is a link to it.
#[component]
pub(super) fn Heat(measure: Measure, numbers: Vec<(NaiveDate, f64)>, day: NaiveDate, today: NaiveDate) -> impl IntoView {
    let units = units();
    let first = units.week_of(today) - TimeDelta::days(7 * (WEEKS - 1));
    let (low, high) = ends(&numbers, first);
    let share = |number: f64| if high > low { 6.0 + 86.0 * ((number - low) / (high - low)).clamp(0.0, 1.0) } else { 50.0 };
    let cell = |date: NaiveDate| {
        let number = numbers.binary_search_by_key(&date, |(day, _)| *day).ok().map(|at| numbers[at].1);
        let class = match (number.is_some(), date == day) {
            (true, false) => "",
            (true, true) => "sel",
            (false, false) => "no",
            (false, true) => "no sel",
        };
        let words = number.map_or_else(|| "no answer".to_owned(), |number| measure.show_number(number));
        let words = format!("{}: {words}", units.day_and_month(date));
        let style = number.map(|number| format!("--v:{:.0}%", share(number)));
        // One tab stop, from which arrow keys lead to every day.
        let stop = if date == today { "0" } else { "-1" };
        view! { <a href=format!("/journal/{date}") rel="external" class=class style=style title=words.clone() aria-label=words tabindex=stop></a> }
    };
    let days: Vec<NaiveDate> = first.iter_days().take_while(|date| *date <= today).collect();
    let months = months(first);
    let weekdays = first
        .iter_days()
        .take(7)
        .enumerate()
        .map(|(n, day)| view! { <span>{(n % 2 == 0).then(|| day.format("%a").to_string())}</span> })
        .collect_view();
    view! {
        <div class="heatx">
            <div class="dw" aria-hidden="true">
                {weekdays}
            </div>
            <div class="heat" role="group" aria-label="Days; arrow keys lead from one to the next" data-grid="7" data-by-column="">{days.into_iter().map(cell).collect_view()}</div>
            <div class="mo" aria-hidden="true">
                {months
                    .into_iter()
                    .map(|(week, name)| view! { <span class=if week < WEEKS / 2 { "hide-s" } else { "" } style=format!("--w:{week}")>{name}</span> })
                    .collect_view()}
            </div>
        </div>
        <div class="heat-key tiny" aria-hidden="true">
            <span>{measure.show_number(low)}</span>
            {[8, 30, 52, 74, 92].map(|v| view! { <i style=format!("--v:{v}%")></i> }).into_iter().collect_view()}
            <span>{measure.show_number(high)}</span>
            <i class="no"></i>
            <span>"no answer"</span>
            <span class="push hide-s">"Choose a day to read or change it"</span>
        </div>
    }
}

/// What is palest and what is darkest: nearly all numbers lie between, and one odd day does not fade the others.
fn ends(numbers: &[(NaiveDate, f64)], first: NaiveDate) -> (f64, f64) {
    let mut shown: Vec<f64> = numbers.iter().filter(|(day, _)| *day >= first).map(|(_, number)| *number).collect();
    shown.sort_by(f64::total_cmp);
    if shown.is_empty() { (0.0, 0.0) } else { (quantile(&shown, 0.05), quantile(&shown, 0.95)) }
}

/// The weeks in which months begin, and their names.
fn months(first: NaiveDate) -> Vec<(i64, String)> {
    let starts = (0..WEEKS).filter_map(|week| {
        let first_day = first + TimeDelta::days(7 * week);
        let begins = (0..7).map(|d| first_day + TimeDelta::days(d)).find(|date| date.day() == 1)?;
        Some((week, begins.format("%b").to_string()))
    });
    starts.collect()
}
