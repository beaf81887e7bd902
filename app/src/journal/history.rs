//! How a measure went: a sentence, the calendar, the mean in its band beside the load, and the table.

use chrono::{NaiveDate, TimeDelta};
use leptos::prelude::*;

use super::HistoryView;
use super::band::{Smoothed, sentence, smoothed};
use super::heat::Heat;
use crate::ui::charts::{Axis, Plot, band, dots, line, month_ticks};
use crate::ui::{Highlighted, units};

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
    let Some(HistoryView { today, mut measures, measure, numbers, loads }) = view else {
        return view! {
            <section class="card">
                <h2 class="h3">"How it went"</h2>
                <p class="muted small">"After a few answers, this is where they become a picture: a calendar of each measure, and its usual beside your load."</p>
            </section>
        }
        .into_any();
    };
    let measure = measure.in_units(units());
    let sentence = sentence(&measure, &numbers, today);
    let chip = |(key, label): &(String, String)| {
        let current = (*key == measure.key).then_some("true");
        let href = format!("/journal/{day}?measure={key}");
        let class = if current.is_some() { "fchip on" } else { "fchip" };
        view! { <a class=class href=href aria-current=current>{label.clone()}</a> }
    };
    // The chosen one is always among the first.
    if let Some(at) = measures.iter().position(|(key, _)| *key == measure.key).filter(|at| *at >= OFFERED) {
        measures.swap(at, OFFERED - 1);
    }
    let (first, rest) = measures.split_at(OFFERED.min(measures.len()));
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
    // Ticks at round numbers of the unit that is read.
    let axis = Axis::around(shown.iter().map(|(_, number)| measure.as_shown(*number)), 4, steps);
    let y_axis = axis.clone();
    let scale = measure.as_shown(1.0);
    let top = move |number: f64| 100.0 - y_axis.percent(number * scale);
    let dots = dots(shown.iter().map(|(day, number)| (left(*day), top(*number))));
    let areas: Vec<String> = bands(&curve).iter().map(|part| band(part.iter().map(|(day, low, high)| (left(*day), top(*high), top(*low))))).collect();
    let mean = line(curve.iter().map(|s| (left(s.day), s.mean.map(&top))));
    let y_ticks = axis.ticks.iter().map(|tick| (top(*tick / scale), measure.show_number(*tick / scale))).collect::<Vec<_>>();
    let last = curve.iter().rev().find_map(|s| s.mean);
    let largest = loads.iter().map(|(_, load)| *load).fold(1.0, f64::max);
    let bars = line(loads.iter().filter(|(day, _)| *day >= from).flat_map(|(day, load)| {
        let x = left(*day);
        [(x, Some(100.0)), (x, Some(100.0 - load / largest * 100.0)), (x, None)]
    }));
    let x_ticks = month_ticks(from, today, left);
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

/// A day, and the ends of what is usual.
type Usual = (NaiveDate, f64, f64);

/// The stretches of days that have a band.
fn bands(curve: &[Smoothed]) -> Vec<Vec<Usual>> {
    let stretches =
        curve.split(|s| s.usual.is_none()).map(|part| part.iter().filter_map(|s| s.usual.map(|(low, high)| (s.day, low, high))).collect());
    stretches.filter(|part: &Vec<Usual>| part.len() > 1).collect()
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
                                        <a href=format!("/journal/{day}") rel="external">{format!("{} {}", day.format("%a"), units().day_and_month(day))}</a>
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
