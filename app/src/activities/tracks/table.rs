//! The tracks as a table.

use std::sync::Arc;

use domain::units::{decimal, duration};
use leptos::prelude::*;

use super::shown::{Shown, Values, is_known};
use crate::ui::units;

/// A column of the table: its name, its values, and how each is written.
type Column<'a> = (&'static str, &'a Values, &'a dyn Fn(f32) -> String);

/// The same numbers as a table, to read or copy: a column for each that is known.
#[component]
pub(super) fn DataTable(
    /// The whole recording.
    shown: Arc<Shown>,
    /// Whether it has no distance.
    timed: bool,
) -> impl IntoView {
    let every = (shown.time_s.len() / 20).max(1);
    let units = units();
    let number = |v: f32| decimal(f64::from(v), 0);
    let sport = shown.sport;
    let rate = move |v: f32| units.rate_number(sport, f64::from(v));
    let columns: Vec<Column<'_>> = [
        (units.rate_name(shown.sport), &shown.rate, &rate as &dyn Fn(f32) -> String),
        ("GAP", &shown.graded, &rate),
        ("HR", &shown.heart_rate, &number),
        ("Altitude", &shown.altitude, &number),
    ]
    .into_iter()
    .filter(|(_, values, _)| is_known(values))
    .collect();
    let rows = (0..shown.time_s.len()).step_by(every).map(|i| {
        let cells = columns.iter().map(|(_, values, show)| values[i].map_or_else(|| "–".to_owned(), show));
        view! {
            <tr>
                {(!timed).then(|| view! { <td class="r">{shown.how_far(shown.along[i], 1)}</td> })}
                <td class="r">{duration(f64::from(shown.time_s[i]))}</td>
                {cells.map(|cell| view! { <td class="r">{cell}</td> }).collect_view()}
            </tr>
        }
    });
    view! {
        <details class="data">
            <summary>"As a table"</summary>
            <table>
                <thead>
                    <tr>
                        {(!timed).then(|| view! { <th class="r">{shown.unit}</th> })}
                        <th class="r">"Time"</th>
                        {columns.iter().map(|(name, ..)| view! { <th class="r">{*name}</th> }).collect_view()}
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </details>
    }
}
