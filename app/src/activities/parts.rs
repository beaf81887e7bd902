//! The parts of an activity, one table at a time: splits, laps, climbs, best efforts.

use domain::RefusedForm;
use domain::activities::{ClimbRow, Detail, Split, SportStyle};
use domain::units::{NBSP, decimal, duration, signed};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::intervals::{Intervals, Session};
use super::laps::{Efforts, Laps};
use super::tracks::Linked;
use crate::ui::{or_dash, units};

/// The field of the address that chooses a table.
const PARTS: &str = "parts";
/// Elapsed time is said where it differs from moving time by as many seconds.
const STOOD_S: f64 = 5.0;

/// The card with the tables; none if there is nothing in any. One is chosen without a script, too.
#[component]
pub(super) fn Parts(
    /// The activity.
    detail: Detail,
    /// The words and units of its sport.
    style: SportStyle,
    /// Which parts the picked stretch holds.
    linked: Linked,
    /// A correction of intervals that was refused.
    form: Option<RefusedForm>,
) -> impl IntoView {
    let chosen = if form.is_some() { Some("intervals".to_owned()) } else { use_query_map().with_untracked(|query| query.get(PARTS)) };
    let Detail { splits, laps, climbs, efforts, summary, intervals, intervals_corrected: corrected, .. } = detail;
    let moving = summary.moving_s.zip(summary.elapsed_s).filter(|(moving, elapsed)| elapsed - moving >= STOOD_S).map(|(_, elapsed)| elapsed);
    let tables: Vec<(&'static str, String, AnyView)> = [
        (!splits.is_empty()).then(|| ("splits", "Splits".to_owned(), view! { <Splits splits style linked /> }.into_any())),
        (corrected || !intervals.is_empty() || form.is_some()).then(|| {
            let label = format!("Intervals, {}", intervals.len());
            let session = Session { id: summary.id, intervals, corrected, whole_s: summary.elapsed_s.unwrap_or_default(), form };
            ("intervals", label, view! { <Intervals session style linked /> }.into_any())
        }),
        (laps.len() > 1).then(|| ("laps", format!("Laps, {}", laps.len()), view! { <Laps laps style linked /> }.into_any())),
        (!climbs.is_empty()).then(|| ("climbs", format!("Climbs, {}", climbs.len()), view! { <Climbs climbs style linked /> }.into_any())),
        (!efforts.is_empty()).then(|| ("efforts", "Best efforts".to_owned(), view! { <Efforts efforts /> }.into_any())),
    ]
    .into_iter()
    .flatten()
    .collect();
    if tables.is_empty() {
        return None;
    }
    let first = tables.iter().position(|(name, ..)| chosen.as_deref() == Some(*name)).unwrap_or(0);
    let choices = tables.iter().enumerate().map(|(i, (name, label, _))| {
        view! {
            <label>
                <input r#type="radio" name="parts" value=*name id=format!("parts-{name}") checked={i == first} />
                <span>{label.clone()}</span>
            </label>
        }
    });
    let choices = choices.collect_view();
    let one = tables.len() == 1;
    let heading = tables.first().map(|(_, label, _)| label.clone());
    Some(view! {
        <section id="parts" class="card parts" aria-label="Parts">
            {if one {
                view! { <h2 class="h3">{heading}</h2> }.into_any()
            } else {
                view! {
                    <fieldset class="seg">
                        <legend class="visually-hidden">"Parts by"</legend>
                        {choices}
                    </fieldset>
                }
                    .into_any()
            }}
            {tables
                .into_iter()
                .map(|(name, _, table)| view! { <div class="panel" data-part=(!one).then_some(name)>{table}</div> })
                .collect_view()}
            {moving.map(|elapsed| view! { <p class="tiny">{format!("Moving times. With all stops it took {}.", duration(elapsed))}</p> })}
        </section>
    })
}

/// Splits of a length that the sport and the units choose, numbered by how far each ends. A bar shows how fast, and a line in it the same on the flat.
#[component]
pub(super) fn Splits(
    /// In order.
    splits: Vec<Split>,
    /// The words and units of its sport.
    style: SportStyle,
    /// Which of them the picked stretch holds.
    linked: Linked,
) -> impl IntoView {
    let paces: Vec<f64> = splits.iter().map(|s| s.moving_s / s.distance_m * 1000.0).collect();
    let of_graded = splits.iter().filter_map(|s| s.gap_s_per_km.filter(|_| style.graded));
    let (fast, slow) = paces.iter().copied().chain(of_graded).fold((f64::MAX, f64::MIN), |(a, b), p| (a.min(p), b.max(p)));
    let width = move |p: f64| if slow > fast { 25.0 + 75.0 * (slow - p) / (slow - fast) } else { 60.0 };
    let units = units();
    let heart = splits.iter().any(|s| s.avg_hr_bpm.is_some());
    let graded = style.graded && splits.iter().any(|s| s.gap_s_per_km.is_some());
    let gain = style.has_heights && splits.iter().any(|s| s.elevation_gain_m.is_some());
    let rate = move |s_per_km: f64| units.rate_of(style.sport, s_per_km).0;
    let ends = splits.iter().scan(0.0, |end, s| {
        *end += s.distance_m;
        Some(*end)
    });
    let ends: Vec<f64> = ends.collect();
    let name = units.rate_name(style.sport);
    view! {
        <table class="splits">
            <caption class="visually-hidden">{style.splits_heading(units)}</caption>
            <thead>
                <tr>
                    <th>{style.unit(units)}</th>
                    <th class="r">{format!("{name}, {}", units.rate_unit(style.sport))}</th>
                    {graded.then(|| view! { <th class="r">"GAP"</th> })}
                    {heart.then(|| view! { <th class="r">"HR"</th> })}
                    {gain.then(|| view! { <th class="r hide-s">"Climb"</th> })}
                    <th class="bar-cell tiny">
                        {if graded { "Bar: pace. Line: GAP".into_any() } else { view! { <span class="visually-hidden">{format!("{name} as a bar")}</span> }.into_any() }}
                    </th>
                </tr>
            </thead>
            <tbody>
                {splits
                    .into_iter()
                    .zip(paces)
                    .zip(ends)
                    .map(|((s, p), end)| {
                        let from = end - s.distance_m;
                        view! {
                            <tr class:picked=move || linked.holds(from, end)>
                                <td>{style.split_end(units, end)}</td>
                                <td class="r">{rate(p)}</td>
                                {graded.then(|| view! { <td class="r">{or_dash(s.gap_s_per_km.map(rate))}</td> })}
                                {heart.then(|| view! { <td class="r">{or_dash(s.avg_hr_bpm.map(|h| format!("{h:.0}")))}</td> })}
                                {gain
                                    .then(|| {
                                        view! { <td class="r muted hide-s">{or_dash(s.elevation_gain_m.map(|c| units.signed_height(c)))}</td> }
                                    })}
                                <td class="bar-cell">
                                    <div class="bar-way">
                                        <div class="bar" style=format!("width:{:.0}%", width(p))></div>
                                        {s.gap_s_per_km.filter(|_| graded).map(|g| view! { <i style=format!("left:{:.0}%", width(g))></i> })}
                                    </div>
                                </td>
                            </tr>
                        }
                    })
                    .collect_view()}
            </tbody>
        </table>
    }
}

/// Climbs, with how steep and how long they are.
#[component]
fn Climbs(climbs: Vec<ClimbRow>, style: SportStyle, linked: Linked) -> impl IntoView {
    let units = units();
    let heart = climbs.iter().any(|c| c.avg_hr_bpm.is_some());
    let graded = style.graded && climbs.iter().any(|c| c.gap_s_per_km.is_some());
    let rate = move |s_per_km: f64| units.rate_of(style.sport, s_per_km).0;
    let rows = climbs.into_iter().map(|c| {
        let length_m = c.to_m - c.from_m;
        let pace = (length_m > 0.0 && c.moving_s > 0.0).then(|| c.moving_s / length_m * 1000.0);
        view! {
            <tr class:picked=move || linked.holds(c.from_m, c.to_m)>
                <td>{style.distance_number(units, Some(c.from_m.max(1.0)))}</td>
                <td class="r">{style.distance_number(units, Some(length_m))}</td>
                <td class="r">{units.signed_height(c.elevation_gain_m)}</td>
                <td class="r">{format!("{}{NBSP}%", signed(c.grade * 100.0, 1))}</td>
                <td class="r hide-s">{duration(c.moving_s)}</td>
                <td class="r">{or_dash(pace.map(rate))}</td>
                {graded.then(|| view! { <td class="r">{or_dash(c.gap_s_per_km.map(rate))}</td> })}
                {heart.then(|| view! { <td class="r">{or_dash(c.avg_hr_bpm.map(|h| decimal(h, 0)))}</td> })}
            </tr>
        }
    });
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label="Climbs in numbers">
            <table>
                <caption class="visually-hidden">"Climbs"</caption>
                <thead>
                    <tr>
                        <th>{format!("From {}", style.unit(units))}</th>
                        <th class="r">"Length"</th>
                        <th class="r">"Up"</th>
                        <th class="r">"Grade"</th>
                        <th class="r hide-s">"Moving"</th>
                        <th class="r">{format!("{}, {}", units.rate_name(style.sport), units.rate_unit(style.sport))}</th>
                        {graded.then(|| view! { <th class="r">"GAP"</th> })}
                        {heart.then(|| view! { <th class="r">"HR"</th> })}
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
}
