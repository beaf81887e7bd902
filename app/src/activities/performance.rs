//! What all runs add up to: fitness, fatigue and form (TSB), race predictions, and records.

use chrono::TimeDelta;
use domain::activities::{Assumed, Capacity, FORM_IS, FormState, Performance, PerformanceQuery, PmcDay, Week, sport_plural};
use domain::units::{NBSP, distance_name, duration, pace, pluralize, signed};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::assumed::AssumedLine;
use super::balance::Balance;
use super::get_performance;
use super::records::{Durations, OfSport, Records};
use super::seasons::{Own, Seasons};
use super::tracks::PACE_STEPS;
use crate::ui::charts::{Axis, Plot, line};
use crate::ui::pages::PageView;
use crate::ui::{EmptyState, PageHeader, Stat, await_page, reading, units};

/// Days without load after which fitness and fatigue have decayed to nothing, so there is no curve to speak of.
const FADED_DAYS: i64 = 90;

/// The page.
pub struct PerformancePage;

impl PageView for PerformancePage {
    fn view() -> AnyView {
        let query = use_query_map();
        let wanted = Memo::new(move |_| {
            let query = query.read();
            let of = |name: &str| query.get(name).unwrap_or_default();
            PerformanceQuery::of(&of("range"), &of("constants"), &of("sport"))
        });
        await_page(reading(move || wanted.get(), get_performance), show).into_any()
    }
}

fn show(p: Performance) -> impl IntoView {
    let today = p.balance.iter().find(|d| d.day == p.today).copied();
    let (Some(now), None) = (today, faded(&p)) else {
        let (headline, sentence) = faded(&p).unwrap_or_else(|| {
            ("Nothing to add up yet.".to_owned(), "Runs with a heart rate make a fitness curve. Three weeks of them make a useful one.")
        });
        return view! {
            <div class="head">
                <PageHeader title="Fitness">{headline}</PageHeader>
            </div>
            <div class="grid performance">
                <EmptyState sentence=sentence href="/imports" step="Import runs" />
                <AllRecords p=p />
            </div>
        }
        .into_any();
    };
    let alone = p.query.sport.as_deref().map(|sport| format!("{} alone", sport_plural(sport)));
    view! {
        <div class="head">
            <PageHeader title="Fitness" eyebrow=alone.clone().unwrap_or_default()>
                {headline(&now, p.week.as_ref())}
            </PageHeader>
            <a class="btn" href="/settings/thresholds">
                "Thresholds"
            </a>
        </div>
        <section class="card" aria-label="Today">
            <dl class="stats">
                <Stat name="Fitness" value=Some(format!("{:.0}", now.fitness)) />
                <Stat name="Fatigue" value=Some(format!("{:.0}", now.fatigue)) />
                <Stat name="Form" value=Some(signed(now.form, 0)) />
                <Stat name="Load, 7 days" value=p.week.map(|w| format!("{:.0}", w.load)) />
                <Stat name="Weekly ramp" value=p.week.and_then(|w| w.ramp).map(|r| signed(r, 1)) />
                <Stat name="Monotony" value=p.week.and_then(|w| w.monotony).map(|m| format!("{m:.2}")) />
                <Stat name="Strain" value=p.week.and_then(|w| w.strain).map(|s| format!("{s:.0}")) />
            </dl>
            {alone.map(|words| view! { <p class="small">{format!("{words}: these numbers leave out every other sport.")}</p> })}
            <p class="muted small">{FORM_IS}</p>
            <AssumedLine assumed=p.assumed />
        </section>
        <div class="grid performance">
            <Balance days=p.balance.clone() today=p.today planned=p.planned query=p.query.clone() sports=p.sports.clone() own=p.own />
            <div class="grid cols-2">
                <Races capacity=p.capacity.clone() />
                <Critical capacity=p.capacity.clone() assumed=p.assumed />
            </div>
            <div class="grid cols-2">
                <Own own=p.own query=p.query.clone() />
                <Seasons seasons=p.seasons.clone() today=p.today />
            </div>
            <AllRecords p=p />
        </div>
    }
    .into_any()
}

/// Records of runs and of other sports.
#[component]
fn AllRecords(p: Performance) -> impl IntoView {
    let more = !p.by_duration.is_empty() || !p.other_sports.is_empty();
    view! {
        <Records records=p.records by_year=p.by_year longest=p.longest today=p.today />
        {more
            .then(|| {
                view! {
                    <div class="grid cols-2 top">
                        <Durations records=p.by_duration />
                        {p.other_sports.into_iter().map(|sport| view! { <OfSport records=sport /> }).collect_view()}
                    </div>
                }
            })}
    }
}

/// What to show instead of a curve whose last load is long ago, or that never had any.
fn faded(p: &Performance) -> Option<(String, &'static str)> {
    match p.last_load {
        Some(day) => (day < p.today - TimeDelta::days(FADED_DAYS)).then(|| {
            let headline = format!("Nothing to add up since {}.", units().weekday(day, p.today));
            (headline, "Fitness and fatigue have faded since. A few runs with a heart rate start the curve again.")
        }),
        None => (!p.records.is_empty())
            .then(|| ("No heart rate, no load.".to_owned(), "Records need no heart rate. Fitness does: runs with one make the curve.")),
    }
}

/// The one sentence worth knowing.
fn headline(now: &PmcDay, week: Option<&Week>) -> AnyView {
    let trend = match week.and_then(|w| w.ramp) {
        Some(r) if r >= 1.0 => format!("up {r:.1} in a week"),
        Some(r) if r <= -1.0 => format!("down {:.1} in a week", -r),
        Some(_) => "steady".to_owned(),
        None => "just begun".to_owned(),
    };
    // A few days do not say whether training is in balance.
    let balance = if trend == "just begun" { String::new() } else { format!("{}. ", FormState::of(now.form).word()) };
    view! {
        {format!("{balance}Fitness {:.0}, ", now.fitness)}
        <mark>{trend}</mark>
        "."
    }
    .into_any()
}

/// Predicted races with their ranges.
#[component]
fn Races(capacity: Capacity) -> impl IntoView {
    let basis = capacity.vdot.map(|(level, ..)| {
        let n = pluralize(capacity.behind.len(), "effort", "efforts");
        format!("From {n} of the last 90 days, the best of them a VDOT of {level:.1}. The range covers nine in ten runners like you, on a flat course and a good day.")
    });
    let behind = capacity.behind.iter().map(|r| {
        view! {
            <li>
                <a href=format!("/activities/{}", r.activity)>{format!("{} in {}", distance_name(r.distance_m), duration(r.elapsed_s))}</a>
                <span class="tiny">{format!(" {}, {}", r.title, units().short_date(r.day))}</span>
            </li>
        }
    });
    let behind = behind.collect_view();
    view! {
        <section class="card">
            <div class="between">
                <h2 class="h3">"Races"</h2>
                <a class="btn small" href="/performance/race">
                    "Race planner"
                </a>
            </div>
            {match basis {
                None => {
                    view! { <p class="muted small">"Needs a recorded run of three kilometres or more in the last 90 days. A hard one says the most."</p> }.into_any()
                }
                Some(basis) => {
                    view! {
                        <table>
                            <thead>
                                <tr>
                                    <th>"Race"</th>
                                    <th class="r">"Time"</th>
                                    <th class="r">"Range"</th>
                                    <th class="r hide-s">"Pace"</th>
                                </tr>
                            </thead>
                            <tbody>
                                {capacity
                                    .predictions
                                    .into_iter()
                                    .map(|p| {
                                        view! {
                                            <tr>
                                                <td>
                                                    <a href=format!("/performance/race?on={}", p.distance_m)>{distance_name(p.distance_m)}</a>
                                                </td>
                                                <td class="r">
                                                    <b>{duration(p.seconds)}</b>
                                                </td>
                                                <td class="r muted">{format!("{} to {}", duration(p.low_s), duration(p.high_s))}</td>
                                                <td class="r hide-s">{units().pace(p.seconds / p.distance_m * 1000.0)}</td>
                                            </tr>
                                        }
                                    })
                                    .collect_view()}
                            </tbody>
                        </table>
                        <p class="muted small">{basis}</p>
                        <details class="data">
                            <summary>"The efforts behind it"</summary>
                            <ul class="plain">{behind}</ul>
                        </details>
                    }
                        .into_any()
                }
            }}
        </section>
    }
}

/// Critical speed with the efforts it is fitted to.
#[component]
fn Critical(capacity: Capacity, assumed: Assumed) -> impl IntoView {
    let Some((speed, d_prime)) = capacity.critical_speed_mps.zip(capacity.d_prime_m) else {
        return view! {
            <section class="card">
                <h2 class="h3">"Critical speed"</h2>
                <p class="muted small">"Needs hard efforts of two to twenty minutes on three different days of the last 90. The best pieces of one run say how that run was."</p>
            </section>
        }
        .into_any();
    };
    // The dots are the efforts, the line is the model d = CS·t + D′.
    let units = units();
    // Paces per kilometre or mile, fast ones at the top.
    let points: Vec<(f64, f64)> =
        capacity.curve.iter().filter(|(s, _)| (60.0..=1800.0).contains(s)).map(|(s, m)| (*s, s / m * units.unit_m())).collect();
    let model = |s: f64| units.unit_m() / (speed + d_prime / s);
    let axis = Axis::around(points.iter().map(|p| p.1), 4, &PACE_STEPS);
    let left = |s: f64| (s.ln() - 60_f64.ln()) / (1800_f64.ln() - 60_f64.ln()) * 96.0 + 2.0;
    let top = |v: f64| axis.percent(v);
    let curve = line((0..=40).map(|k| 120.0 * (1200.0_f64 / 120.0).powf(f64::from(k) / 40.0)).map(|s| (left(s), Some(top(model(s))))));
    let dots = crate::ui::charts::dots(points.iter().map(|p| (left(p.0), top(p.1))));
    let y_ticks = axis.ticks.iter().map(|t| (top(*t), pace(*t))).collect::<Vec<_>>();
    let x_ticks =
        [(60.0, "1 min"), (180.0, "3"), (300.0, "5"), (720.0, "12"), (1200.0, "20"), (1800.0, "30")].map(|(s, w)| (left(s), w.to_owned())).to_vec();
    let pace_at = |speed: f64| units.pace_number(1000.0 / speed);
    let range = capacity.critical_speed_range.filter(|(low, _)| *low > 0.0);
    let range = range.map(|(low, high)| format!(" ({} to {}, nine times in ten)", pace_at(high), pace_at(low))).unwrap_or_default();
    let sentence = format!("Critical speed {}{range}, and about {} above it.", units.pace(1000.0 / speed), units.short_distance(d_prime));
    let rows = points.clone();
    view! {
        <section class="card critical">
            <h2 class="h3">"Critical speed"</h2>
            <Plot label="Best pace over durations from one to thirty minutes, and the critical-speed model" height=150 y_ticks=y_ticks x_ticks=x_ticks>
                <path class="line" d=curve />
                <path class="dots" d=dots />
            </Plot>
            <p class="muted small">
                {sentence} " The line is fitted to your best two to twenty minutes of the last 90 days. If those were not all hard, it is too slow."
                {capacity.vo2max.map(|(v, n)| format!(" VO\u{2082}max by heart rate and pace: about {v:.0} ± 5, the middle of {n} runs."))}
            </p>
            {capacity.vo2max.is_some().then(|| view! { <AssumedLine assumed=assumed.of_maximum() /> })}
            <details class="data">
                <summary>"As a table"</summary>
                <table>
                    <tbody>
                        {rows
                            .into_iter()
                            .map(|(s, v)| {
                                view! {
                                    <tr>
                                        <td>{duration(s)}</td>
                                        <td class="r">{units.short_distance(s / v * units.unit_m())}</td>
                                        <td class="r">{format!("{}{NBSP}{}", pace(v), units.pace_unit())}</td>
                                    </tr>
                                }
                            })
                            .collect_view()}
                    </tbody>
                </table>
            </details>
        </section>
    }
    .into_any()
}
