//! The fastest over each distance, in each of the last years and ever; the farthest in some durations; and the most of other sports.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};
use domain::activities::{Most, MostOf, Record, SportRecords, YearRecord, sport_plural};
use domain::units::{NBSP, Units, distance_name, duration, pluralize};
use leptos::prelude::*;
use uuid::Uuid;

use crate::ui::units;

/// Years beside each other, at most.
const YEARS: usize = 5;

/// A row of the table: what it is, the best ever, and the best of each year.
struct Line {
    name: String,
    /// Year, activity and how much.
    by_year: Vec<(i32, Uuid, String)>,
    best: (i32, Uuid, String),
    pace: String,
    set_in: String,
}

/// The table; nothing without records.
#[component]
pub(super) fn Records(
    /// The best ever, the shortest distance first.
    records: Vec<Record>,
    /// The best of the last years.
    by_year: Vec<YearRecord>,
    /// The longest run of each year, the latest first.
    longest: Vec<YearRecord>,
    /// Today.
    today: NaiveDate,
) -> impl IntoView {
    let units = units();
    let mut lines: Vec<Line> = records.into_iter().map(|best| over_distance(&best, &by_year, units)).collect();
    lines.extend(longest_run(&longest, units));
    (!lines.is_empty()).then(|| {
        let years: BTreeSet<i32> = lines.iter().flat_map(|line| line.by_year.iter().map(|(year, ..)| *year)).collect();
        let years: Vec<i32> = years.into_iter().rev().filter(|year| *year > today.year() - YEARS as i32).collect();
        let earliest = years.last().copied().unwrap_or(today.year() + 1);
        // What was set before the years that are shown has a column of its own.
        let older = lines.iter().any(|line| line.best.0 < earliest);
        let rows = lines.into_iter().map(|line| row(line, &years, earliest, older)).collect_view();
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

fn over_distance(best: &Record, by_year: &[YearRecord], units: Units) -> Line {
    let of_distance = by_year.iter().filter(|r| (r.distance_m - best.distance_m).abs() < 0.5);
    Line {
        name: distance_name(best.distance_m),
        by_year: of_distance.map(|r| (r.year, r.activity, duration(r.elapsed_s))).collect(),
        best: (best.day.year(), best.activity, duration(best.elapsed_s)),
        pace: units.pace(best.elapsed_s / best.distance_m * 1000.0),
        set_in: format!("{} {}", best.title, units.short_date(best.day)),
    }
}

/// The longest run of each year, of which the longest is the best.
fn longest_run(longest: &[YearRecord], units: Units) -> Option<Line> {
    let far = |r: &YearRecord| (r.year, r.activity, format!("{}{NBSP}{}", units.distance_number(r.distance_m, 1), units.distance_unit()));
    let best = longest.iter().max_by(|a, b| a.distance_m.total_cmp(&b.distance_m))?;
    let pace = (best.elapsed_s > 0.0).then(|| units.pace(best.elapsed_s / best.distance_m * 1000.0));
    Some(Line {
        name: "Longest run".to_owned(),
        by_year: longest.iter().map(far).collect(),
        best: far(best),
        pace: pace.unwrap_or_default(),
        set_in: String::new(),
    })
}

fn row(line: Line, years: &[i32], earliest: i32, older: bool) -> impl IntoView + use<> {
    let Line { name, by_year, best, pace, set_in } = line;
    let best_activity = best.1;
    let cells = years.iter().map(|year| {
        let found = by_year.iter().find(|(of, ..)| of == year).map(|(_, activity, much)| (*activity, much.clone()));
        let is_best = found.as_ref().is_some_and(|(activity, _)| *activity == best_activity);
        view! {
            <td class="r" class:best=is_best>
                {found.map(|(activity, much)| view! { <a href=format!("/activities/{activity}")>{much}</a> })}
                {is_best.then(|| view! { <span class="visually-hidden">", the best there is"</span> })}
            </td>
        }
    });
    let cells = cells.collect_view();
    let is_older = best.0 < earliest;
    let before = is_older.then(|| {
        view! {
            <a href=format!("/activities/{}", best.1)>{best.2}</a>
            <span class="tiny">" " {best.0.to_string()}</span>
        }
    });
    view! {
        <tr>
            <td>{name}</td>
            {cells}
            {older.then(|| view! { <td class="r" class:best=is_older>{before}</td> })}
            <td class="r muted hide-s">{pace}</td>
            <td class="hide-s">
                <span class="tiny">{set_in}</span>
            </td>
        </tr>
    }
}

/// The farthest run in some durations; nothing without any.
#[component]
pub(super) fn Durations(
    /// The shortest first.
    records: Vec<Record>,
) -> impl IntoView {
    let units = units();
    (!records.is_empty()).then(|| {
        let rows = records.into_iter().map(|best| {
            let minutes = pluralize((best.elapsed_s / 60.0).round() as usize, "minute", "minutes");
            let far = if best.distance_m < 1000.0 { units.short_distance(best.distance_m) } else { units.distance(best.distance_m) };
            view! {
                <tr>
                    <td>{minutes}</td>
                    <td class="r">
                        <a href=format!("/activities/{}", best.activity)>{far}</a>
                    </td>
                    <td class="r muted">{units.pace(best.elapsed_s / best.distance_m * 1000.0)}</td>
                    <td class="hide-s">
                        <span class="tiny">{best.title} " " {units.short_date(best.day)}</span>
                    </td>
                </tr>
            }
        });
        let rows = rows.collect_view();
        view! {
            <section class="card records">
                <h2 class="h3">"Farthest in a time"</h2>
                <table>
                    <thead>
                        <tr>
                            <th>"In"</th>
                            <th class="r">"Distance"</th>
                            <th class="r">"Pace"</th>
                            <th class="hide-s">"Set in"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
                <p class="tiny">"The best window of any run, with all stops in it. Each opens its run."</p>
            </section>
        }
    })
}

/// What the activities of another sport were the most in.
#[component]
pub(super) fn OfSport(
    /// The sport.
    records: SportRecords,
) -> impl IntoView {
    let units = units();
    let sport = records.sport.clone();
    let speed = records.most.iter().any(|most| most.what == Most::Speed);
    let rows = records.most.into_iter().map(|most| {
        let (name, much) = written(&most, &sport, units);
        view! {
            <tr>
                <td>{name}</td>
                <td class="r">
                    <a href=format!("/activities/{}", most.activity)>{much}</a>
                </td>
                <td class="hide-s">
                    <span class="tiny">{most.title} " " {units.short_date(most.day)}</span>
                </td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let far = match records.sport.as_str() {
        "cycling" => units.distance(20_000.0),
        _ => units.short_distance(1000.0),
    };
    view! {
        <section class="card records">
            <h2 class="h3">{sport_plural(&records.sport)}</h2>
            <table>
                <thead>
                    <tr>
                        <th>{format!("Of {}", records.activities)}</th>
                        <th class="r">"Best"</th>
                        <th class="hide-s">"Set in"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            {speed.then(|| view! { <p class="tiny">{format!("Fastest: the mean of a whole activity of {far} or more, while moving.")}</p> })}
        </section>
    }
}

/// What it is the most in, and how much.
fn written(most: &MostOf, sport: &str, units: Units) -> (&'static str, String) {
    match most.what {
        Most::Distance if sport == "swimming" => ("Farthest", units.short_distance(most.value)),
        Most::Distance => ("Farthest", units.distance(most.value)),
        Most::Time => ("Longest", duration(most.value)),
        Most::Climb => ("Most climb", units.height(most.value)),
        Most::Speed => {
            let (number, unit) = units.rate_of(sport, 1000.0 / most.value);
            ("Fastest", format!("{number}{NBSP}{unit}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_run_of_each_year_is_a_line_of_the_table() {
        let year = |year: i32, distance_m: f64| YearRecord { distance_m, year, elapsed_s: distance_m / 3.0, activity: Uuid::from_u128(year as u128) };
        let line = longest_run(&[year(2026, 24_100.0), year(2025, 26_000.0), year(2021, 18_400.0)], Units::default()).expect("a line");
        assert_eq!((line.best.0, line.best.2.as_str(), line.by_year.len()), (2025, "26.0\u{a0}km", 3));
        assert!(longest_run(&[], Units::default()).is_none());
    }

    #[test]
    fn each_sport_is_told_in_its_own_units() {
        let most = |what, value| MostOf { what, value, activity: Uuid::nil(), title: String::new(), day: NaiveDate::default() };
        let units = Units::default();
        assert_eq!(written(&most(Most::Speed, 8.0), "cycling", units), ("Fastest", "28.8\u{a0}km/h".to_owned()));
        assert_eq!(written(&most(Most::Distance, 2500.0), "swimming", units), ("Farthest", "2500\u{a0}m".to_owned()));
        assert_eq!(written(&most(Most::Time, 5400.0), "walking", units), ("Longest", "1:30:00".to_owned()));
    }
}
