//! The course from the side with the pace of the plan along it, and from above.

use domain::race::Plan;
use domain::units::{Units, decimal, pace};
use leptos::prelude::*;

use crate::ui::charts::{Axis, Plot, area, line, tick_decimals};
use crate::ui::path::Pen;
use crate::ui::units;

/// Seconds between the labels of a pace.
const PACE_STEPS: [f64; 10] = [1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 180.0, 300.0];
/// Whoever runs within so many seconds per kilometre runs the same pace.
const SAME_PACE_S: f32 = 1.0;

/// The charts; nothing for a distance on the flat.
#[component]
pub(super) fn Chart(plan: Plan) -> impl IntoView {
    let units = units();
    let pace = |better: fn(f32, f32) -> f32| plan.pace.iter().map(|(_, pace)| *pace).reduce(better).unwrap_or_default();
    let varies = pace(f32::max) - pace(f32::min) > SAME_PACE_S;
    let x_ticks = x_ticks(plan.distance_m, units);
    let of_altitude = if varies { Vec::new() } else { x_ticks.clone() };
    (!plan.altitude.is_empty()).then(|| {
        view! {
            <figure class="race-chart">
                <Altitude plan=plan.clone() x_ticks=of_altitude />
                {varies.then(|| view! { <Pace plan=plan.clone() x_ticks=x_ticks /> })}
                {(!varies).then(|| view! { <figcaption class="tiny">"The pace is the same all the way."</figcaption> })}
            </figure>
        }
    })
}

/// Round distances from the left, in per cent.
fn x_ticks(distance_m: f64, units: Units) -> Vec<(f64, String)> {
    let far = distance_m / units.unit_m();
    let axis = Axis::around([0.0, far].into_iter(), 5, &[]);
    let decimals = tick_decimals(&axis);
    let ticks = axis.ticks.iter().filter(|tick| **tick <= far * 0.98);
    ticks.map(|tick| (tick / far * 100.0, if *tick > 0.0 { decimal(*tick, decimals) } else { format!("0\u{a0}{}", units.distance_unit()) })).collect()
}

#[component]
fn Altitude(plan: Plan, x_ticks: Vec<(f64, String)>) -> impl IntoView {
    let units = units();
    let points: Vec<(f64, f64)> =
        plan.altitude.iter().map(|(at, m)| (f64::from(*at) / plan.distance_m * 100.0, units.height_value(f64::from(*m)))).collect();
    let axis = Axis::around(points.iter().map(|point| point.1), 3, &[]);
    let top = |height: f64| 100.0 - axis.percent(height);
    let along = || points.iter().map(|(x, height)| (*x, Some(top(*height))));
    let (shade, edge) = (area(along()), line(along()));
    let y_ticks = axis.ticks.iter().map(|tick| (top(*tick), decimal(*tick, 0))).collect::<Vec<_>>();
    view! {
        <p class="track-head">
            <span>{format!("Altitude, {}", units.height_unit())}</span>
        </p>
        <Plot label="Altitude along the course" height=110 y_ticks=y_ticks x_ticks=x_ticks>
            <path class="area altitude" d=shade />
            <path class="curve freshness" d=edge />
        </Plot>
    }
}

#[component]
fn Pace(plan: Plan, x_ticks: Vec<(f64, String)>) -> impl IntoView {
    let units = units();
    let points: Vec<(f64, f64)> = plan.pace.iter().map(|(at, s)| (f64::from(*at) / plan.distance_m * 100.0, units.per_unit(f64::from(*s)))).collect();
    // Fast ones at the top.
    let axis = Axis::around(points.iter().map(|point| point.1), 3, &PACE_STEPS);
    let top = |pace: f64| axis.percent(pace);
    let curve = line(points.iter().map(|(x, pace)| (*x, Some(top(*pace)))));
    // Nobody takes no time.
    let y_ticks = axis.ticks.iter().filter(|tick| **tick > 0.0).map(|tick| (top(*tick), pace(*tick))).collect::<Vec<_>>();
    view! {
        <p class="track-head">
            <span>{format!("Pace of the plan, {}", units.pace_unit())}</span>
        </p>
        <Plot label="Pace of the plan along the course; the table below has the splits" height=96 y_ticks=y_ticks x_ticks=x_ticks>
            <path class="curve fitness" d=curve />
        </Plot>
    }
}

/// The course from above, with a dot at its start.
#[component]
pub(super) fn Outline(points: Vec<(f32, f32)>) -> impl IntoView {
    (points.len() > 1).then(|| {
        let inset = |v: f32| f64::from(4.0 + v * 92.0);
        let start = points.first().map(|(x, y)| (format!("{:.1}", inset(*x)), format!("{:.1}", inset(*y))));
        let path = Pen::tenths().line(points.into_iter().map(|(x, y)| (inset(x), Some(inset(y)))));
        view! {
            <svg class="race-outline" viewBox="0 0 100 100" role="img" aria-label="The course from above, north at the top">
                <path d=path />
                {start.map(|(x, y)| view! { <circle cx=x cy=y r="3.5" /> })}
            </svg>
        }
    })
}
