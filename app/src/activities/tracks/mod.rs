//! One linked set of tracks: pace or speed, heart rate, altitude and what else was measured, over the distance or the time. A cursor reads all of them
//! and the route, and a stretch that is picked has its own numbers.

mod keys;
mod linked;
mod picked;
mod scale;
mod shown;
mod table;

use std::sync::Arc;

use domain::activities::SportStyle;
use domain::units::{NBSP, format_significant};
use leptos::ev;
use leptos::prelude::*;

pub(super) use linked::Linked;
pub(super) use picked::PickedPart;
pub(super) use scale::PACE_STEPS;
use scale::{Across, axis};
use shown::Kind;
pub(super) use shown::{Shown, is_known};
use table::DataTable;

use crate::ui::charts::{Plot, area, line};
use crate::ui::units;

/// So many tracks are drawn at first: more are a tap away.
const FIRST: usize = 5;

/// The card with the tracks.
#[component]
pub(super) fn Tracks(
    /// The words and units of its sport.
    style: SportStyle,
    /// What the tracks share with the route.
    linked: Linked,
) -> impl IntoView {
    let whole = linked.whole();
    if whole.time_s.len() < 2 {
        return view! {
            <section class="card">
                <h2 class="h3">{style.heading}</h2>
                <p class="muted small">"Nothing was recorded along the way, so there is nothing to draw."</p>
            </section>
        }
        .into_any();
    }
    let units = units();
    let kinds = whole.kinds();
    let off = RwSignal::new(kinds.iter().copied().skip(FIRST).collect::<Vec<Kind>>());
    let read_out = move || linked.at.get().map(|along| linked.drawn().read_out(along, units));
    let timed = whole.timed;
    let drawn = move || {
        let (shown, by_time) = (linked.drawn(), linked.by_time.get());
        let across = Arc::new(Across::new(&shown, by_time));
        let on: Vec<Kind> = shown.kinds().into_iter().filter(|kind| !off.read().contains(kind)).collect();
        let last = on.last().copied();
        linked.across.set_value(Some(Arc::clone(&across)));
        on.into_iter()
            .map(|kind| view! { <Track kind shown=Arc::clone(&shown) across=Arc::clone(&across) linked labelled={last == Some(kind)} /> })
            .collect_view()
    };
    let name = whole.timed;
    view! {
        <section class="card tracks" tabindex="0" aria-label="Charts. Arrow keys move the cursor, with Shift they pick a stretch, Escape clears it." on:keydown=move |e| keys::pressed(&e, linked) on:keyup=move |e| keys::released(&e, linked)>
            <div class="between">
                <h2 class="h3">{style.heading}</h2>
                <div class="track-tools">
                    {(!name).then(|| view! { <ByTime linked /> })}
                    {(kinds.len() > 1).then(|| view! { <Chooser kinds=kinds.clone() whole=Arc::clone(&whole) off /> })}
                </div>
            </div>
            <p class="tiny readout" aria-live="polite">
                {read_out}
            </p>
            <div
                class="linked"
                on:pointerdown=move |e| linked.press(&e)
                on:pointermove=move |e| linked.follow(&e)
                on:pointerup=move |_| linked.release()
                on:pointercancel=move |_| linked.release()
            >
                {drawn}
            </div>
            <div class="track-foot tiny">
                {linked
                    .can_pick()
                    .then(|| {
                        view! {
                            <span class="by-mouse">"Drag to pick a stretch. " <kbd>"←"</kbd> <kbd>"→"</kbd> " move the cursor, " <kbd>"Shift"</kbd> " picks."</span>
                            <button class="btn by-touch live" r#type="button" aria-pressed=move || linked.picking.get().to_string() on:click=move |_| linked.picking.update(|on| *on = !*on)>
                                {move || if linked.picking.get() { "Now drag over the charts" } else { "Pick a stretch" }}
                            </button>
                        }
                    })}
            </div>
            <DataTable shown=whole timed />
        </section>
    }
    .into_any()
}

/// Over the distance, or over the time.
#[component]
fn ByTime(linked: Linked) -> impl IntoView {
    let choice = move |by_time: bool, word: &'static str| {
        view! {
            <button r#type="button" aria-pressed=move || (linked.by_time.get() == by_time).to_string() on:click=move |_| linked.by_time.set(by_time)>
                {word}
            </button>
        }
    };
    view! { <span class="seg live" role="group" aria-label="Drawn over">{choice(false, "Distance")} {choice(true, "Time")}</span> }
}

/// Which tracks are drawn.
#[component]
fn Chooser(kinds: Vec<Kind>, whole: Arc<Shown>, off: RwSignal<Vec<Kind>>) -> impl IntoView {
    let (units, n) = (units(), kinds.len());
    let tick = move |kind: Kind| {
        let name = whole.name(kind, units);
        let toggle = move |_| off.update(|off| if off.contains(&kind) { off.retain(|k| *k != kind) } else { off.push(kind) });
        view! {
            <label class="tick-line">
                <input r#type="checkbox" prop:checked=move || !off.read().contains(&kind) on:change=toggle />
                {name}
            </label>
        }
    };
    view! {
        <details class="track-menu live">
            <summary class="btn quiet">{move || format!("Tracks, {} of {n}", n - off.read().len())}</summary>
            <div class="card">{kinds.into_iter().map(tick).collect_view()}</div>
        </details>
    }
}

/// One track: its name with the reading at the cursor, and its line.
#[component]
fn Track(
    kind: Kind,
    shown: Arc<Shown>,
    across: Arc<Across>,
    linked: Linked,
    /// Whether the axis below belongs to it.
    labelled: bool,
) -> impl IntoView {
    let units = units();
    let scale = axis(&shown, kind, units);
    // Less is faster of a pace, and faster is higher.
    let down = shown.is_pace(kind, units);
    let top = |v: f64| if down { scale.percent(v) } else { 100.0 - scale.percent(v) }.clamp(0.0, 100.0);
    let place = |points: Vec<(f32, Option<f32>)>| -> Vec<(f64, Option<f64>)> {
        points.into_iter().map(|(along, v)| (across.percent(along), v.map(|v| top(f64::from(v))))).collect()
    };
    let points = place(shown.points(kind));
    let shade = match kind {
        Kind::Rate if is_known(&shown.graded) => Some(place(shown.along.iter().copied().zip(shown.graded.iter().copied()).collect())),
        Kind::Altitude => Some(points.clone()),
        _ => None,
    };
    // No pace is faster than none at all.
    let possible = scale.ticks.iter().filter(|t| !down || **t > 0.0);
    let tick = |t: f64| if down { units.rate_number(shown.sport, t) } else { format_significant(t) };
    let y_ticks = possible.map(|t| (top(*t), tick(*t))).collect::<Vec<_>>();
    let minutes = shown.timed || linked.by_time.get_untracked();
    let along_unit = if minutes { "min" } else { shown.unit };
    let labels = if labelled { across.ticks(minutes) } else { Vec::new() };
    let labels = labels.into_iter().map(|(at, t)| (at, format!("{}{NBSP}{along_unit}", format_significant(t)))).collect();
    let (name, unit) = (shown.name(kind, units), shown.unit_of(kind, units));
    let label = format!("{name}, {unit}");
    let reading = {
        let shown = Arc::clone(&shown);
        move || linked.at.get().map_or_else(|| unit.clone(), |along| shown.reading(kind, along, units))
    };
    let at = |place: f32| across.percent(place).clamp(0.0, 100.0);
    let intervals = linked.intervals().into_iter().map(|(from, to)| (at(from), at(to))).filter(|(from, to)| to > from);
    let intervals =
        intervals.map(|(from, to)| view! { <span class="interval-part" style=format!("left:{from:.2}%;width:{:.2}%", to - from)></span> });
    let intervals = intervals.collect_view();
    let left = {
        let across = Arc::clone(&across);
        move || linked.at.get().map(|along| format!("left:{:.2}%", across.percent(along)))
    };
    let picked = move || {
        let (from, to) = linked.picked.get()?;
        let (from, to) = (across.percent(from).clamp(0.0, 100.0), across.percent(to).clamp(0.0, 100.0));
        Some(format!("left:{from:.2}%;width:{:.2}%", to - from))
    };
    view! {
        <figure class=kind.class()>
            <figcaption class="track-head"><span>{name}</span> <b>{reading}</b></figcaption>
            <div class="track-plot">
                <Plot label=label height=kind.height() y_ticks=y_ticks x_ticks=labels>
                    {shade.map(|shade| view! { <path class="area" d=area(shade.into_iter()) /> })}
                    <path class="line" d=line(points.into_iter()) />
                </Plot>
                <span class="cross-track" aria-hidden="true">
                    {intervals}
                    <span class="picked-part" style=picked hidden=move || linked.picked.get().is_none()></span>
                    <span class="cross" style=left hidden=move || linked.at.get().is_none()></span>
                </span>
            </div>
        </figure>
    }
}

/// How far from the left the pointer is over the tracks, 0 to 1.
#[cfg(feature = "hydrate")]
pub(super) fn share(event: &ev::PointerEvent) -> Option<f64> {
    use wasm_bindgen::JsCast;
    let target = event.current_target()?.dyn_into::<web_sys::Element>().ok()?;
    // The plot leaves room for its axis labels; only the drawn area counts.
    let area = target.query_selector(".plot-area svg").ok()??.get_bounding_client_rect();
    Some(((f64::from(event.client_x()) - area.left()) / area.width()).clamp(0.0, 1.0))
}

#[cfg(not(feature = "hydrate"))]
pub(super) fn share(_: &ev::PointerEvent) -> Option<f64> {
    None
}
