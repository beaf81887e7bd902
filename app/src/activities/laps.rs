//! Laps, zones, best efforts: tables of an activity.

use domain::activities::{Assumed, Effort, Lap, SportStyle};
use domain::units::{NBSP, distance_name, duration};
use leptos::prelude::*;

use super::assumed::AssumedLine;
use super::tracks::Linked;
use crate::ui::{or_dash, units};

/// Laps. Time, pace and GAP use moving time; elapsed time stands next to them. What no lap has is no column.
#[component]
pub(super) fn Laps(
    /// In order.
    laps: Vec<Lap>,
    /// The words and units of its sport.
    style: SportStyle,
    /// Which of them the picked stretch holds.
    linked: Linked,
) -> impl IntoView {
    let ends: Vec<f64> = laps
        .iter()
        .scan(0.0, |end, lap| {
            *end += lap.distance_m.unwrap_or_default();
            Some(*end)
        })
        .collect();
    let units = units();
    let rate = move |s_per_km: f64| units.rate_of(style.sport, s_per_km).0;
    let pace = |l: &Lap| l.distance_m.filter(|m| *m > 0.0 && l.moving_s > 0.0).map(|m| l.moving_s / m * 1000.0);
    let has = |value: &dyn Fn(&Lap) -> bool| laps.iter().any(value);
    let swum = has(&|l| l.strokes.is_some() || l.stroke.is_some());
    let (far, paced) = (has(&|l| style.distance_number(units, l.distance_m).is_some()), has(&|l| pace(l).is_some()));
    let graded = style.graded && has(&|l| l.gap_s_per_km.is_some());
    let (heart, highest) = (has(&|l| l.avg_hr_bpm.is_some()), has(&|l| l.max_hr_bpm.is_some()));
    let gain = style.has_heights && has(&|l| l.elevation_gain_m.is_some());
    view! {
        <div class="scroll">
            <table>
            <caption class="visually-hidden">"Laps"</caption>
                <thead>
                    <tr>
                        <th>"Lap"</th>
                        {far.then(|| view! { <th class="r">{style.unit(units)}</th> })}
                        <th class="r">"Moving"</th>
                        {paced.then(|| view! { <th class="r">{format!("{}, {}", units.rate_name(style.sport), units.rate_unit(style.sport))}</th> })}
                        {graded.then(|| view! { <th class="r">"GAP"</th> })}
                        {heart.then(|| view! { <th class="r">"HR"</th> })}
                        {highest.then(|| view! { <th class="r hide-s">"Max HR"</th> })}
                        <th class="r hide-s">"Elapsed"</th>
                        {swum.then(|| view! { <th>"Stroke"</th><th class="r">"Strokes"</th><th class="r">"SWOLF"</th> })}
                        {gain.then(|| view! { <th class="r hide-s">"Elev. gain"</th> })}
                    </tr>
                </thead>
                <tbody>
                    {laps
                        .into_iter()
                        .enumerate()
                        .map(|(i, l)| {
                            let own = pace(&l);
                            let to = ends[i];
                            let from = to - l.distance_m.unwrap_or_default();
                            let beats = |bpm: Option<f64>| or_dash(bpm.map(|h| format!("{h:.0}")));
                            view! {
                                <tr class:picked=move || linked.holds(from, to)>
                                    <td>{(i + 1).to_string()} {l.rest.then(|| view! { <span class="tiny">" rest"</span> })}</td>
                                    {far.then(|| view! { <td class="r">{or_dash(style.distance_number(units, l.distance_m))}</td> })}
                                    <td class="r">{duration(l.moving_s)}</td>
                                    {paced.then(|| view! { <td class="r">{or_dash(own.map(rate))}</td> })}
                                    {graded.then(|| view! { <td class="r">{or_dash(l.gap_s_per_km.map(rate))}</td> })}
                                    {heart.then(|| view! { <td class="r">{beats(l.avg_hr_bpm)}</td> })}
                                    {highest.then(|| view! { <td class="r hide-s">{beats(l.max_hr_bpm)}</td> })}
                                    <td class="r muted hide-s">{duration(l.elapsed_s)}</td>
                                    {swum
                                        .then(|| {
                                            view! {
                                                <td>{or_dash(l.stroke)}</td>
                                                <td class="r">{or_dash(l.strokes.map(|n| format!("{n:.0}")))}</td>
                                                <td class="r">{or_dash(l.swolf.map(|n| format!("{n:.0}")))}</td>
                                            }
                                        })}
                                    {gain
                                        .then(|| {
                                            view! {
                                                <td class="r muted hide-s">{or_dash(l.elevation_gain_m.map(|c| units.signed_height(c)))}</td>
                                            }
                                        })}
                                </tr>
                            }
                        })
                        .collect_view()}
                </tbody>
            </table>
        </div>
    }
}

/// Time in five zones of heart rate, and of pace where the athlete has a threshold pace.
#[component]
pub(super) fn Zones(
    /// Lower bound in beats per minute and seconds.
    zones: Vec<(f64, f64)>,
    /// Lower bound in metres per second and seconds.
    pace_zones: Vec<(f64, f64)>,
    /// What the bounds of heart rate rest on, where the athlete said nothing.
    assumed: Assumed,
    /// The words and units of its sport.
    style: SportStyle,
) -> impl IntoView {
    let units = units();
    let beats = |low: f64, high: Option<f64>| match high {
        Some(high) if low < 1.0 => format!("under {high:.0}"),
        Some(high) => format!("{low:.0}–{:.0}", high - 1.0),
        None => format!("from {low:.0}"),
    };
    let pace = move |low: f64, high: Option<f64>| {
        let rate = |mps: f64| units.rate_of(style.sport, 1000.0 / mps).0;
        match high {
            Some(high) if low <= 0.0 => format!("slower than {}", rate(high)),
            Some(high) => format!("{}–{}", rate(low), rate(high)),
            None => format!("from {}", rate(low)),
        }
    };
    let by_heart = is_known(&zones).then(|| view! { <ZoneTable zones title="Heart rate" unit="bpm" range=beats /> });
    let by_pace =
        is_known(&pace_zones).then(|| view! { <ZoneTable zones=pace_zones title="Graded pace" unit=units.rate_unit(style.sport) range=pace /> });
    (by_heart.is_some() || by_pace.is_some()).then(|| {
        view! {
            <section class="card">
                <h2 class="h3">"Time in zones"</h2>
                {by_heart}
                <AssumedLine assumed />
                {by_pace}
            </section>
        }
    })
}

fn is_known(zones: &[(f64, f64)]) -> bool {
    zones.len() == 5 && zones.iter().map(|z| z.1).sum::<f64>() > 0.0
}

/// Zones: bars first, numbers next to them.
#[component]
fn ZoneTable(
    zones: Vec<(f64, f64)>,
    /// What is measured.
    title: &'static str,
    /// Its unit.
    unit: &'static str,
    /// The bounds of a zone in words.
    range: impl Fn(f64, Option<f64>) -> String + 'static,
) -> impl IntoView {
    let total: f64 = zones.iter().map(|z| z.1).sum();
    let longest = zones.iter().map(|z| z.1).fold(1.0, f64::max);
    let upper: Vec<Option<f64>> = zones.iter().skip(1).map(|z| Some(z.0)).chain([None]).collect();
    let rows = zones.into_iter().zip(upper).enumerate().map(|(i, ((low, seconds), high))| {
        view! {
            <tr>
                <td>
                    <b>{(i + 1).to_string()}</b>
                </td>
                <td class="muted small">{range(low, high)}</td>
                <td class="bar-cell">
                    <div class=format!("bar z{}", i + 1) style=format!("width:{:.1}%", seconds / longest * 100.0)></div>
                </td>
                <td class="r muted">{format!("{:.0}{NBSP}%", seconds / total * 100.0)}</td>
                <td class="r">{duration(seconds)}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <table class="zones">
            <caption class="small muted">{format!("{title}, {unit}")}</caption>
            <thead class="visually-hidden">
                <tr>
                    <th>"Zone"</th>
                    <th>{title}</th>
                    <th>"Bar"</th>
                    <th>"Share"</th>
                    <th>"Time"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

/// Best efforts, marked if they are among the athlete's three best.
#[component]
pub(super) fn Efforts(efforts: Vec<Effort>) -> impl IntoView {
    view! {
        <table>
            <caption class="visually-hidden">"Best efforts"</caption>
            <thead>
                <tr>
                    <th>"Distance"</th>
                    <th class="r">"Elapsed"</th>
                    <th class="r">"Pace"</th>
                    <th>
                        <span class="visually-hidden">"Rank"</span>
                    </th>
                </tr>
            </thead>
            <tbody>
                {efforts
                    .into_iter()
                    .map(|e| {
                        let rank = match e.rank {
                            Some(1) => "your best",
                            Some(2) => "second best",
                            Some(_) => "third best",
                            None => "",
                        };
                        view! {
                            <tr>
                                <td>{distance_name(e.distance_m)}</td>
                                <td class="r">{duration(e.elapsed_s)}</td>
                                <td class="r">{units().pace(e.elapsed_s / e.distance_m * 1000.0)}</td>
                                <td class="small">{if e.rank == Some(1) { view! { <mark>{rank}</mark> }.into_any() } else { rank.into_any() }}</td>
                            </tr>
                        }
                    })
                    .collect_view()}
            </tbody>
        </table>
    }
}
