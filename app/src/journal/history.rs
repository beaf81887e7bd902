//! How a measure went: a sentence, the calendar, the mean in its band beside the load, and the table.

use chrono::{Datelike, NaiveDate, TimeDelta};
use leptos::prelude::*;

use super::HistoryView;
use super::band::{Smoothed, sentence, smoothed};
use super::heat::Heat;
use crate::ui::Highlighted;
use crate::ui::charts::{Axis, Plot, dots, line};

/// Days of the calendar.
#[cfg(feature = "ssr")]
pub(super) const DAYS: i64 = 26 * 7;
/// Days of the charts.
pub(super) const CHART_DAYS: i64 = 90;
/// Days of what is usual.
pub(super) const USUAL_DAYS: i64 = 28;
/// Measures that are offered at first; the rest is behind one more tap.
const OFFERED: usize = 7;

/// The history of the chosen measure.
#[component]
pub(super) fn History(view: Option<HistoryView>, day: NaiveDate) -> impl IntoView {
    let Some(HistoryView { today, measures, measure, numbers, loads }) = view else {
        return view! {
            <section class="card">
                <h2 class="h3">"How it went"</h2>
                <p class="muted small">"After a few answers, this is where they become a picture: a calendar of each measure, and its usual beside your load."</p>
            </section>
        }
        .into_any();
    };
    let sentence = sentence(&measure, &numbers, today);
    let chip = |(key, label): &(String, String)| {
        let current = (*key == measure.key).then_some("true");
        let href = format!("/journal/{day}?measure={key}");
        let class = if current.is_some() { "fchip on" } else { "fchip" };
        view! { <a class=class href=href aria-current=current>{label.clone()}</a> }
    };
    // The chosen one is always among the first.
    let (mut first, mut rest) = (measures.clone(), Vec::new());
    if measures.len() > OFFERED {
        first.sort_by_key(|(key, _)| usize::from(*key != measure.key && measures.iter().position(|(k, _)| k == key) >= Some(OFFERED - 1)));
        rest = first.split_off(OFFERED);
    }
    view! {
        <section class="card measure-history">
            <h2>
                <Highlighted sentence=sentence />
            </h2>
            <nav class="fchips" aria-label="Measures">
                {first.iter().map(chip).collect_view()}
                {(!rest.is_empty())
                    .then(|| {
                        view! {
                            <details>
                                <summary class="fchip">{format!("All {}", measures.len())}</summary>
                                <div class="fchips">{rest.iter().map(chip).collect_view()}</div>
                            </details>
                        }
                    })}
            </nav>
            <Heat measure=measure.clone() numbers=numbers.clone() day=day today=today />
            <Bands measure=measure.clone() numbers=numbers.clone() loads=loads today=today />
            <Table measure=measure numbers=numbers today=today />
        </section>
    }
    .into_any()
}

/// The numbers of ninety days, their mean in the band of what is usual, and the load of each day under them.
#[component]
fn Bands(measure: domain::measures::Measure, numbers: Vec<(NaiveDate, f64)>, loads: Vec<(NaiveDate, f64)>, today: NaiveDate) -> impl IntoView {
    let from = today - TimeDelta::days(CHART_DAYS - 1);
    let left = move |day: NaiveDate| (day - from).num_days() as f64 / (CHART_DAYS - 1) as f64 * 100.0;
    let curve = smoothed(&numbers, from, today);
    let shown: Vec<(NaiveDate, f64)> = numbers.iter().copied().filter(|(day, _)| *day >= from).collect();
    if shown.len() < 3 {
        return ().into_any();
    }
    let steps: &[f64] = if matches!(measure.kind, domain::measures::Kind::Clock { .. }) { &[30.0, 60.0, 120.0, 240.0] } else { &[] };
    let axis = Axis::around(shown.iter().map(|(_, number)| *number), 4, steps);
    let y_axis = axis.clone();
    let top = move |number: f64| 100.0 - y_axis.percent(number);
    let dots = dots(shown.iter().map(|(day, number)| (left(*day), top(*number))));
    let areas: Vec<String> = bands(&curve).iter().map(|part| outline(part, left, &top)).collect();
    let mean = line(curve.iter().map(|s| (left(s.day), s.mean.map(&top))));
    let y_ticks = axis.ticks.iter().map(|tick| (top(*tick), measure.show_number(*tick))).collect::<Vec<_>>();
    let last = curve.iter().rev().find_map(|s| s.mean);
    let largest = loads.iter().map(|(_, load)| *load).fold(1.0, f64::max);
    let bars = line(loads.iter().filter(|(day, _)| *day >= from).flat_map(|(day, load)| {
        let x = left(*day);
        [(x, Some(100.0)), (x, Some(100.0 - load / largest * 100.0)), (x, None)]
    }));
    let x_ticks = x_ticks(from, today, left);
    view! {
        <div class="track">
            <span>"7-day mean in the middle half of 28 days"</span>
            {last.map(|mean| view! { <span class="push"><b>{measure.show_number((mean * 10.0).round() / 10.0)}</b></span> })}
        </div>
        <Plot label=format!("{} over ninety days, with the mean of seven days and the middle half of twenty-eight", measure.label) height=150 y_ticks=y_ticks x_ticks=Vec::new()>
            {areas.into_iter().map(|area| view! { <path class="area" d=area /> }).collect_view()}
            <path class="dots" d=dots />
            <path class="line" d=mean />
        </Plot>
        <div class="track"><span>"Load"</span></div>
        <Plot label="Training load of the same days" height=48 y_ticks=vec![(0.0, format!("{largest:.0}"))] x_ticks=x_ticks>
            <path class="bars" d=bars />
        </Plot>
    }
    .into_any()
}

/// The stretches of days that have a band.
fn bands(curve: &[Smoothed]) -> Vec<Vec<Smoothed>> {
    curve.split(|s| s.usual.is_none()).filter(|part| part.len() > 1).map(<[Smoothed]>::to_vec).collect()
}

fn outline(part: &[Smoothed], left: impl Fn(NaiveDate) -> f64, top: impl Fn(f64) -> f64) -> String {
    let upper = part.iter().filter_map(|s| Some((left(s.day), Some(top(s.usual?.1)))));
    let lower = part.iter().rev().filter_map(|s| Some((left(s.day), Some(top(s.usual?.0)))));
    line(upper.chain(lower))
}

fn x_ticks(from: NaiveDate, today: NaiveDate, left: impl Fn(NaiveDate) -> f64) -> Vec<(f64, String)> {
    let months = from.iter_days().take_while(|day| *day <= today).filter(|day| day.day() == 1);
    let months = months.map(|day| (left(day), day.format("%b").to_string())).filter(|(at, _)| *at < 94.0);
    months.chain(std::iter::once((100.0, "now".to_owned()))).collect()
}

/// The same as a table.
#[component]
fn Table(measure: domain::measures::Measure, numbers: Vec<(NaiveDate, f64)>, today: NaiveDate) -> impl IntoView {
    let from = today - TimeDelta::days(CHART_DAYS - 1);
    let shown: Vec<(NaiveDate, f64)> = numbers.into_iter().rev().filter(|(day, _)| *day >= from).collect();
    let answers = domain::units::pluralize(shown.len(), "answer", "answers");
    view! {
        <details class="as-table">
            <summary>{format!("{CHART_DAYS} days, {answers}: as a table")}</summary>
            <table>
                <thead>
                    <tr>
                        <th scope="col">"Day"</th>
                        <th scope="col">{measure.label.clone()}</th>
                    </tr>
                </thead>
                <tbody>
                    {shown
                        .into_iter()
                        .map(|(day, number)| {
                            view! {
                                <tr>
                                    <th scope="row">
                                        <a href=format!("/journal/{day}") rel="external">{day.format("%a %-d %B").to_string()}</a>
                                    </th>
                                    <td>{measure.show_number(number)}</td>
                                </tr>
                            }
                        })
                        .collect_view()}
                </tbody>
            </table>
        </details>
    }
}
