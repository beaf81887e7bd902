//! The fastest over each distance, in each of the last years and ever.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};
use domain::activities::{Record, YearRecord};
use domain::units::{distance_name, duration};
use leptos::prelude::*;

use crate::ui::units;

/// The table; nothing without records.
#[component]
pub(super) fn Records(
    /// The best ever, the shortest distance first.
    records: Vec<Record>,
    /// The best of the last years.
    by_year: Vec<YearRecord>,
    /// Today.
    today: NaiveDate,
) -> impl IntoView {
    (!records.is_empty()).then(|| {
        let years: Vec<i32> = by_year.iter().map(|r| r.year).collect::<BTreeSet<_>>().into_iter().rev().collect();
        let earliest = years.last().copied().unwrap_or(today.year() + 1);
        // What was set before the years that are shown has a column of its own.
        let older = records.iter().any(|r| r.day.year() < earliest);
        let rows = records.into_iter().map(|best| {
            let of = |year: i32| by_year.iter().find(|r| r.year == year && (r.distance_m - best.distance_m).abs() < 0.5).copied();
            let cells = years.iter().map(|year| {
                let found = of(*year);
                let is_best = found.is_some_and(|found| found.activity == best.activity);
                view! {
                    <td class="r" class:best=is_best>
                        {found.map(|found| view! { <a href=format!("/activities/{}", found.activity)>{duration(found.elapsed_s)}</a> })}
                        {is_best.then(|| view! { <span class="visually-hidden">", the best there is"</span> })}
                    </td>
                }
            });
            let before = (best.day.year() < earliest).then(|| {
                view! {
                    <a href=format!("/activities/{}", best.activity)>{duration(best.elapsed_s)}</a>
                    <span class="tiny">" " {best.day.year().to_string()}</span>
                }
            });
            let is_older = before.is_some();
            view! {
                <tr>
                    <td>{distance_name(best.distance_m)}</td>
                    {cells.collect_view()}
                    {older.then(|| view! { <td class="r" class:best=is_older>{before}</td> })}
                    <td class="r muted hide-s">{units().pace(best.elapsed_s / best.distance_m * 1000.0)}</td>
                    <td class="hide-s">
                        <span class="tiny">{best.title} " " {units().short_date(best.day)}</span>
                    </td>
                </tr>
            }
        });
        let rows = rows.collect_view();
        view! {
            <section class="card records">
                <h2 class="h3">"Records"</h2>
                <div class="scroll">
                    <table>
                        <thead>
                            <tr>
                                <th>"Distance"</th>
                                {years.iter().map(|year| view! { <th class="r">{year.to_string()}</th> }).collect_view()}
                                {older.then(|| view! { <th class="r">"Before"</th> })}
                                <th class="r hide-s">"Best pace"</th>
                                <th class="hide-s">"Set in"</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
                <p class="tiny">"Dot: the best there is. Each opens its run. Times with all stops."</p>
            </section>
        }
    })
}
