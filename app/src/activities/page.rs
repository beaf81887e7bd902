//! One activity: statistics, charts linked with the route, splits.

use chrono::NaiveDateTime;
use domain::activities::{
    Baseline, Decoupling, Detail, Filter, Provenance, Sort, Split, SportStyle, Start, address, describe_repair, summarise_repairs,
};
use domain::units::{NBSP, duration, signed};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use uuid::Uuid;

use super::assumed::AssumedLine;
use super::get_activity;
use super::laps::{Efforts, Laps, Zones};
use super::run_charts::{Route, RunCharts};
use crate::ui::pages::PageView;
use crate::ui::{Badge, Field, FilledInUnits, PageHeader, Stat, await_page, reading, units, validate};

/// The page of the activity in the address.
pub struct ActivityPage;

impl PageView for ActivityPage {
    fn view() -> AnyView {
        let params = use_params_map();
        let id = Memo::new(move |_| params.read().get("activity").and_then(|id| id.parse::<Uuid>().ok()).unwrap_or_default());
        await_page(reading(move || id.get(), get_activity), show).into_any()
    }
}

fn show(detail: Detail) -> impl IntoView {
    let a = detail.summary.clone();
    let style = SportStyle::of_kind(detail.kind, detail.sub_sport.as_deref());
    let units = units();
    let mut eyebrow = units.weekday_and_moment(a.local_start);
    if let Some(device) = &detail.device {
        eyebrow = format!("{eyebrow} · {device}");
    }
    let title = a.title.clone();
    // The sample under the pointer: shared by all charts and the route.
    let at = RwSignal::new(None::<usize>);
    let heights = detail.series.altitude.iter().any(Option::is_some);
    view! {
        <div class="head">
            <PageHeader title=title.clone() eyebrow=eyebrow>
                {title}
            </PageHeader>
            <a class="btn" href=format!("/activities/{}/edit", a.id)>
                "Edit"
            </a>
        </div>
        {detail
            .history
            .stale
            .then(|| view! { <p class="notice" role="note">"Your thresholds changed. The numbers of this activity are waiting to be recomputed."</p> })}
        <p class="labels">
            <a class="chip plain" href=address(&Filter { kinds: [detail.kind].into(), ..Filter::default() }, Sort::default())>
                {detail.kind.name()}
            </a>
            {detail.sport_guessed.then(|| view! { <span class="chip none">"sport is our guess"</span> })}
            {detail.hidden.then(|| view! { <span class="chip plain">"only you see it"</span> })}
            {detail
                .tags
                .iter()
                .map(|tag| {
                    let href = address(&Filter { tag: Some(tag.clone()), ..Filter::default() }, Sort::default());
                    view! {
                        <a class="chip plain" href=href>
                            {tag.clone()}
                        </a>
                    }
                })
                .collect_view()}
            {(!a.route_preview.is_empty())
                .then(|| {
                    view! {
                        <a class="chip plain" href=address(&Filter { near: Some(a.id), ..Filter::default() }, Sort::default())>
                            "Others near here"
                        </a>
                    }
                })}
        </p>
        {(!detail.description.is_empty()).then(|| view! { <p class="intro description">{detail.description.clone()}</p> })}
        {(!detail.warnings.is_empty())
            .then(|| view! { <p class="notice" role="note">{detail.warnings.join(" ")}</p> })}
        {detail.history.impossible_day.then(|| view! { <WrongClock id=a.id start=a.local_start /> })}
        <section class="card" aria-label="Numbers">
            <dl class="stats">
                {style.numbers(&a, heights, units).into_iter().map(|(name, value, unit)| view! { <Stat name value=Some(value) unit /> }).collect_view()}
            </dl>
        </section>
        <div class="grid side">
            <div class="grid">
                <RunCharts series=detail.series.clone() style at=at />
                <Laps laps=detail.laps.clone() style />
                <Splits splits=detail.splits.clone() style />
                <div class="grid cols-2">
                    <LoadCard detail=detail.clone() />
                    <Efforts efforts=detail.efforts.clone() />
                </div>
            </div>
            <div class="grid">
                <Route series=detail.series.clone() at=at />
                <Zones zones=detail.zones.clone() assumed=detail.zones_assumed />
                {a.decoupling_pct.map(|pct| view! { <DecouplingCard style percent=pct lag_s=detail.hr_lag_s interval_s=detail.hr_lag_interval_s /> })}
                <BaselineComparison style days_28=detail.against_28_days days_90=detail.against_90_days />
                <Repairs repairs=detail.repairs.clone() />
                <ProvenanceCard id=a.id history=detail.history.clone() gear=detail.gear.clone() />
            </div>
        </div>
    }
}

/// The date is impossible: asks for the right one.
#[component]
fn WrongClock(id: Uuid, start: NaiveDateTime) -> impl IntoView {
    let sentence =
        format!("The clock said {}, which cannot be right. Until it has a date, it counts in no week and no trend.", units().date(start.date()));
    view! {
        <form class="card form wrong-clock" method="post" action=format!("/activities/{id}/start") data-validated="" on:submit:capture=validate(|typed| Start::parse_any_day(|name| typed.get(name)))>
            <h2 class="h3">"When was it?"</h2>
            <p class="muted small">{sentence}</p>
            <FilledInUnits units=units() />
            <div class="fields">
                <Field name="day" label="Day" kind="date" />
                <Field name="time" label="Start time" kind="time" value=start.format("%H:%M").to_string() />
            </div>
            <button class="btn primary" r#type="submit">
                "Set the date"
            </button>
        </form>
    }
}

#[component]
fn DecouplingCard(style: SportStyle, percent: f64, lag_s: Option<f64>, interval_s: Option<(f64, f64)>) -> impl IntoView {
    let kind = match Decoupling::of(percent) {
        Decoupling::Good => "works",
        Decoupling::Fair => "none",
        Decoupling::High => "costs",
    };
    let word = format!("{}{NBSP}%, {}", signed(percent, 1).trim_start_matches('+'), Decoupling::of(percent).label());
    let drift = if percent.abs() < 0.05 {
        "Your heart rate kept to your pace in the second half.".to_owned()
    } else if percent > 0.0 {
        format!("Your heart rate drifted {percent:.1}{NBSP}% against pace in the second half.")
    } else {
        format!("Your heart rate fell {:.1}{NBSP}% against pace in the second half. A slow start or a cool wind does that.", -percent)
    };
    view! {
        <section class="card">
            <div class="between">
                <h2 class="h3">"Decoupling"</h2>
                <Badge kind=kind word=word />
            </div>
            <p class="muted small">
                {drift} " Under 5" {NBSP} "% is the usual sign of a solid base. It is a convention, not a law."
                {match (lag_s, interval_s) {
                    (Some(s), Some((low, high))) => format!(" Your heart rate follows your pace with a lag of about {s:.0}{NBSP}s, between {low:.0} and {high:.0}."),
                    (Some(s), None) => format!(" This {} does not show how fast your heart rate follows your pace: {s:.0}{NBSP}s is assumed.", style.noun),
                    _ => String::new(),
                }}
            </p>
        </section>
    }
}

/// The load of the run, by each method that the data allows.
#[component]
fn LoadCard(detail: Detail) -> impl IntoView {
    let rows: Vec<(&str, Option<String>, &str)> = vec![
        ("TRIMP", detail.summary.trimp.map(|v| format!("{v:.0}")), "Banister"),
        ("Edwards TRIMP", detail.edwards.map(|v| format!("{v:.0}")), "weighted minutes in zones"),
        ("HRSS", detail.hr_stress.map(|v| format!("{v:.0}")), "an hour at threshold heart rate is 100"),
        ("Running stress score", detail.running_stress.map(|v| format!("{v:.0}")), "an hour at threshold pace is 100"),
        ("Normalised graded pace", detail.ngp_s_per_km.map(|v| units().pace(v)), "hard parts weigh more"),
        ("VO\u{2082}max", detail.vo2max.map(|v| format!("{v:.0} ± 5")), "an estimate from pace and heart rate, ml/kg/min"),
    ];
    let known: Vec<_> = rows.into_iter().filter_map(|(name, value, note)| Some((name, value?, note))).collect();
    // Only running stress and paces know no heart rate.
    let by_heart = detail.summary.trimp.is_some() || detail.vo2max.is_some();
    let lacks_threshold = detail.running_stress.is_none() && detail.summary.sport == "running";
    (!known.is_empty()).then(|| {
        view! {
            <section class="card">
                <h2 class="h3">"Load"</h2>
                <table>
                    <tbody>
                        {known
                            .into_iter()
                            .map(|(name, value, note)| {
                                view! {
                                    <tr>
                                        <td>{name} <span class="tiny">" " {note}</span></td>
                                        <td class="r">
                                            <b>{value}</b>
                                        </td>
                                    </tr>
                                }
                            })
                            .collect_view()}
                    </tbody>
                </table>
                {by_heart.then(|| view! { <AssumedLine assumed=detail.assumed /> })}
                {lacks_threshold
                    .then(|| {
                        view! {
                            <p class="muted small">
                                "The running stress score needs your threshold pace. " <a href="/settings/thresholds">"Enter it"</a>
                            </p>
                        }
                    })}
            </section>
        }
    })
}

/// Provenance: source, merges and splits, and downloads.
#[component]
fn ProvenanceCard(id: Uuid, history: Provenance, gear: Option<String>) -> impl IntoView {
    let from = match (&history.split_from, history.manual) {
        (Some(_), _) => "Split off from another activity.".to_owned(),
        (None, true) => "Entered by hand.".to_owned(),
        (None, false) => format!("From {}.", history.source_name),
    };
    let first_part = history.split_from.clone();
    view! {
        <section class="card">
            <h2 class="h3">"Recording"</h2>
            <p class="muted small">
                {from} {gear.map(|g| format!(" Gear: {g}."))}
                {history.dated.then_some(" You set its date.")}
                {history.cropped.then(|| history.whole_s.map(|s| format!(" Only part of its {} counts.", duration(s))))}
                {format!(" Computed with formula version {}.", history.formula_version)}
            </p>
            {first_part.map(|w| view! { <p class="small"><a href=format!("/activities/{}", w.id)>"The first part: " {w.title}</a></p> })}
            {history
                .split_off
                .iter()
                .map(|o| view! { <p class="small"><a href=format!("/activities/{}", o.id)>"Split off: " {o.title.clone()}</a></p> })
                .collect_view()}
            {(!history.merged.is_empty())
                .then(|| {
                    let list = history.merged.iter().map(|m| m.source.clone()).collect::<Vec<_>>().join(", ");
                    view! { <p class="small">{format!("The better of each stream, merged with {list}.")}</p> }
                })}
            <ul class="downloads">
                {(!history.manual && history.split_from.is_none())
                    .then(|| {
                        view! {
                            <li>
                                <a href=format!("/activities/{id}/original") rel="external" download="">
                                    "Original file"
                                </a>
                            </li>
                        }
                    })}
                {["fit", "gpx", "tcx"]
                    .map(|format| {
                        view! {
                            <li>
                                <a href=format!("/activities/{id}/export/{format}") rel="external" download="">
                                    {format!("As {}", format.to_uppercase())}
                                </a>
                            </li>
                        }
                    })
                    .collect_view()}
                <li>
                    <a href=format!("/shared/{id}")>"As others see it"</a>
                </li>
            </ul>
        </section>
    }
}

/// Efficiency against what the athlete usually does, and how much that differs from one time to the next.
#[component]
fn BaselineComparison(style: SportStyle, days_28: Option<Baseline>, days_90: Option<Baseline>) -> impl IntoView {
    let row = |name: &'static str, value: Option<Baseline>| {
        value.map(|v| {
            view! {
                <tr>
                    <td>{name} <span class="tiny">" " {v.basis(style.noun)}</span></td>
                    <td class="r">
                        <b>{v.verdict()}</b>
                    </td>
                </tr>
            }
        })
    };
    (days_28.is_some() || days_90.is_some()).then(|| {
        view! {
            <section class="card">
                <h2 class="h3">"Against yourself"</h2>
                <p class="muted small">{format!("Efficiency, compared with your mean of the same kind before this {}.", style.noun)}</p>
                <table>
                    <tbody>{row("28 days before", days_28)} {row("90 days before", days_90)}</tbody>
                </table>
            </section>
        }
    })
}

#[component]
fn Repairs(repairs: Vec<(String, u32)>) -> impl IntoView {
    summarise_repairs(&repairs).map(|summary| {
        view! {
            <details class="card">
                <summary>{summary}</summary>
                <p class="muted small">"No value is made up. Each rule does one thing."</p>
                <ul class="plain">{repairs.into_iter().map(|(rule, n)| view! { <li>{describe_repair(&rule, n)}</li> }).collect_view()}</ul>
            </details>
        }
    })
}

/// Splits of a length that the sport and the units choose, numbered by how far each ends.
#[component]
pub fn Splits(splits: Vec<Split>, style: SportStyle) -> impl IntoView {
    let paces: Vec<f64> = splits.iter().map(|s| s.moving_s / s.distance_m * 1000.0).collect();
    let (fast, slow) = paces.iter().fold((f64::MAX, f64::MIN), |(a, b), p| (a.min(*p), b.max(*p)));
    let width = move |p: f64| if slow > fast { 25.0 + 75.0 * (slow - p) / (slow - fast) } else { 60.0 };
    let units = units();
    let heart = splits.iter().any(|s| s.avg_hr_bpm.is_some());
    let graded = style.graded && splits.iter().any(|s| s.gap_s_per_km.is_some());
    let gain = style.has_heights && splits.iter().any(|s| s.elevation_gain_m.is_some());
    let rate = move |s_per_km: f64| units.rate_of(style.sport, s_per_km).0;
    let or_dash = |value: Option<String>| value.unwrap_or_else(|| "–".to_owned());
    let ends = splits.iter().scan(0.0, |end, s| {
        *end += s.distance_m;
        Some(*end)
    });
    let ends: Vec<f64> = ends.collect();
    (!splits.is_empty()).then(|| {
        view! {
            <section class="card">
                <h2 class="h3">{style.splits_heading(units)}</h2>
                <table class="splits">
                    <thead>
                        <tr>
                            <th>{style.unit(units)}</th>
                            <th class="r">{format!("{}, {}", units.rate_name(style.sport), units.rate_unit(style.sport))}</th>
                            {graded.then(|| view! { <th class="r">"GAP"</th> })}
                            {heart.then(|| view! { <th class="r">"HR"</th> })}
                            {gain.then(|| view! { <th class="r hide-s">"Elev. gain"</th> })}
                            <th class="bar-cell">
                                <span class="visually-hidden">{format!("{} as a bar", units.rate_name(style.sport))}</span>
                            </th>
                        </tr>
                    </thead>
                    <tbody>
                        {splits
                            .into_iter()
                            .zip(paces)
                            .zip(ends)
                            .map(|((s, p), end)| {
                                view! {
                                    <tr>
                                        <td>{style.split_end(units, end)}</td>
                                        <td class="r">{rate(p)}</td>
                                        {graded.then(|| view! { <td class="r">{or_dash(s.gap_s_per_km.map(rate))}</td> })}
                                        {heart.then(|| view! { <td class="r">{or_dash(s.avg_hr_bpm.map(|h| format!("{h:.0}")))}</td> })}
                                        {gain
                                            .then(|| {
                                                view! { <td class="r muted hide-s">{or_dash(s.elevation_gain_m.map(|c| units.signed_height(c)))}</td> }
                                            })}
                                        <td class="bar-cell">
                                            <div class="bar" style=format!("width:{:.0}%", width(p))></div>
                                        </td>
                                    </tr>
                                }
                            })
                            .collect_view()}
                    </tbody>
                </table>
            </section>
        }
    })
}
