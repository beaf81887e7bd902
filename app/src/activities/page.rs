//! One activity: statistics, charts linked with the route, splits.

use chrono::NaiveDateTime;
use domain::activities::{Decoupling, Detail, Filter, Provenance, Sort, Split, Start, address};
use domain::units::{NBSP, decimal, duration, pluralize, signed};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use uuid::Uuid;

use super::get_activity;
use super::laps::{Efforts, Laps, Zones};
use super::run_charts::{Route, RunCharts};
use crate::ui::pages::PageView;
use crate::ui::{Badge, Field, FilledInUnits, PageHeader, Rate, Stat, await_page, reading, units, validate};

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
    let units = units();
    let mut eyebrow = units.weekday_and_moment(a.local_start);
    if let Some(device) = &detail.device {
        eyebrow = format!("{eyebrow} · {device}");
    }
    let title = a.title.clone();
    // The sample under the pointer: shared by all charts and the route.
    let at = RwSignal::new(None::<usize>);
    let rounded = |v: Option<f64>, decimals: usize| v.map(|v| decimal(v, decimals));
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
                <Stat name="Distance" value=a.distance_m.map(|m| units.distance_number(m, 2)) unit=units.distance_unit() />
                <Stat name="Moving time" value=a.moving_s.map(duration) />
                <Stat name="Elapsed time" value=a.elapsed_s.map(duration) />
                <Rate name=units.rate_name(&a.sport) sport=a.sport.clone() s_per_km=a.pace_s_per_km() />
                <Rate name="GAP" sport=a.sport.clone() s_per_km=a.gap_s_per_km />
                <Stat name="Heart rate" value=rounded(a.avg_hr_bpm, 0) unit="bpm" />
                <Stat name="Elevation gain" value=a.elevation_gain_m.map(|m| units.height_number(m)) unit=units.height_unit() />
                <Stat name="Efficiency" value=rounded(a.efficiency_factor, 3) unit="m/beat" />
                <Stat name="Load" value=rounded(a.trimp, 0) />
            </dl>
        </section>
        <div class="grid side">
            <div class="grid">
                <RunCharts series=detail.series.clone() at=at />
                <Laps laps=detail.laps.clone() />
                <Splits splits=detail.splits.clone() />
                <div class="grid cols-2">
                    <LoadCard detail=detail.clone() />
                    <Efforts efforts=detail.efforts.clone() />
                </div>
            </div>
            <div class="grid">
                <Route series=detail.series.clone() at=at />
                <Zones zones=detail.zones.clone() />
                {a.decoupling_pct.map(|pct| view! { <DecouplingCard percent=pct lag_s=detail.hr_lag_s interval_s=detail.hr_lag_interval_s /> })}
                <BaselineComparison days_28=detail.ef_vs_28_day_mean days_90=detail.ef_vs_90_day_mean />
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
fn DecouplingCard(percent: f64, lag_s: Option<f64>, interval_s: Option<(f64, f64)>) -> impl IntoView {
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
                    (Some(s), None) => format!(" This run does not show how fast your heart rate follows your pace: {s:.0}{NBSP}s is assumed."),
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

#[component]
fn BaselineComparison(days_28: Option<f64>, days_90: Option<f64>) -> impl IntoView {
    let row = |name: &'static str, value: Option<f64>| {
        value.map(|v| {
            view! {
                <tr>
                    <td>{name}</td>
                    <td class="r">
                        <b>{format!("{}{NBSP}%", signed(v, 1))}</b>
                    </td>
                </tr>
            }
        })
    };
    (days_28.is_some() || days_90.is_some()).then(|| {
        view! {
            <section class="card">
                <h2 class="h3">"Against yourself"</h2>
                <p class="muted small">"Efficiency, compared with your mean before this run."</p>
                <table>
                    <tbody>{row("28 days before", days_28)} {row("90 days before", days_90)}</tbody>
                </table>
            </section>
        }
    })
}

#[component]
fn Repairs(repairs: Vec<(String, u32)>) -> impl IntoView {
    let total: u32 = repairs.iter().map(|(_, n)| n).sum();
    (total > 0).then(|| {
        view! {
            <details class="card">
                <summary>{format!("{} repaired", pluralize(total as usize, "sample", "samples"))}</summary>
                <p class="muted small">"A value that cannot be true becomes a gap. Nothing is invented."</p>
                <ul class="plain">
                    {repairs
                        .into_iter()
                        .map(|(rule, n)| view! { <li>{describe_rule(&rule)} ": " {n.to_string()}</li> })
                        .collect_view()}
                </ul>
            </details>
        }
    })
}

fn describe_rule(rule: &str) -> String {
    match rule {
        "heart_rate_zero" => "Heart rate of zero".into(),
        "heart_rate_impossible" => "Impossible heart rate".into(),
        "heart_rate_spike" => "Strap spikes".into(),
        "gps_spike" => "GPS spikes".into(),
        "altitude_jump" => "Altitude jumps".into(),
        "altitude_drift" => "Altitude drifting with the weather".into(),
        "time_backwards" => "Time going backwards".into(),
        "same_second" => "Several records in one second".into(),
        "time_jump" => "Clock set during the recording".into(),
        "time_impossible" => "Time more than a year from the start".into(),
        "negative_time" => "Time before the start".into(),
        "clock_set" => "Time after the clock was set".into(),
        "cadence_doubled" => "Cadence counted for both legs".into(),
        "distance_restarted" => "Distance counted from zero again".into(),
        "distance_impossible" => "Impossible distances".into(),
        "distance_backwards" => "Distance going backwards".into(),
        other => other.replace('_', " "),
    }
}

#[component]
pub fn Splits(splits: Vec<Split>) -> impl IntoView {
    let paces: Vec<f64> = splits.iter().map(|s| s.moving_s / s.distance_m * 1000.0).collect();
    let (fast, slow) = paces.iter().fold((f64::MAX, f64::MIN), |(a, b), p| (a.min(*p), b.max(*p)));
    let width = move |p: f64| if slow > fast { 25.0 + 75.0 * (slow - p) / (slow - fast) } else { 60.0 };
    let units = units();
    let heart = splits.iter().any(|s| s.avg_hr_bpm.is_some());
    (!splits.is_empty()).then(|| {
        view! {
            <section class="card">
                <h2 class="h3">"Splits, by kilometre"</h2>
                <table class="splits">
                    <thead>
                        <tr>
                            <th>"km"</th>
                            <th class="r">{format!("Pace, {}", units.pace_unit())}</th>
                            <th class="r">"GAP"</th>
                            {heart.then(|| view! { <th class="r">"HR"</th> })}
                            <th class="r hide-s">"Elev. gain"</th>
                            <th class="bar-cell">
                                <span class="visually-hidden">"Pace as a bar"</span>
                            </th>
                        </tr>
                    </thead>
                    <tbody>
                        {splits
                            .into_iter()
                            .zip(paces)
                            .enumerate()
                            .map(|(i, (s, p))| {
                                let name = if s.distance_m < 999.0 { format!("{:.2}", s.distance_m / 1000.0) } else { (i + 1).to_string() };
                                view! {
                                    <tr>
                                        <td>{name}</td>
                                        <td class="r">{units.pace_number(p)}</td>
                                        <td class="r">{s.gap_s_per_km.map_or_else(|| "–".into(), |p| units.pace_number(p))}</td>
                                        {heart
                                            .then(|| view! { <td class="r">{s.avg_hr_bpm.map_or_else(|| "–".into(), |h| format!("{h:.0}"))}</td> })}
                                        <td class="r muted hide-s">
                                            {s.elevation_gain_m.map_or_else(|| "–".into(), |c| units.signed_height(c))}
                                        </td>
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
