//! Pace or speed, heart rate and altitude by distance, or by time where there is none, and the route; the pointer on one marks all.

use domain::activities::{ChartSeries, LineKind, SportStyle};
use domain::units::{NBSP, Rate, decimal, duration, format_significant};
use leptos::ev;
use leptos::prelude::*;

use super::shown::{Kind, Shown, ShownLine, Values, is_known};
use crate::ui::charts::{Axis, Plot, area, line};
use crate::ui::units;

/// Steps of a pace axis, in seconds per kilometre, mile or hundred metres.
pub(super) const PACE_STEPS: [f64; 8] = [5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0];
/// Steps of an axis of time, in minutes.
const MINUTE_STEPS: [f64; 9] = [1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 240.0];

/// The three charts.
#[component]
pub fn RunCharts(
    /// What is drawn.
    series: ChartSeries,
    /// The words and units of its sport.
    style: SportStyle,
    /// The index under the pointer.
    at: RwSignal<Option<usize>>,
) -> impl IntoView {
    if series.time_s.len() < 2 {
        return view! {
            <section class="card">
                <h2 class="h3">{style.heading}</h2>
                <p class="muted small">"Nothing was recorded along the way, so there is nothing to draw."</p>
            </section>
        }
        .into_any();
    }
    let (n, units) = (series.time_s.len(), units());
    let shown = Shown::new(series, style, units);
    let total = f64::from(shown.along.last().copied().unwrap_or(1.0));
    let along = Axis::around([0.0, total].into_iter(), 5, if shown.timed { &MINUTE_STEPS } else { &[] });
    let labels: Vec<(f64, String)> = along
        .ticks
        .iter()
        .filter(|t| **t <= total * 1.001)
        .map(|t| (t / total * 100.0, format!("{}{NBSP}{}", format_significant(*t), shown.unit)))
        .collect();
    let readout = {
        let shown = shown.clone();
        move || at.get().map(|i| shown.read_out(i, units))
    };
    let hover = move |fraction: f64| at.set(Some(((fraction * n as f64) as usize).min(n - 1)));
    let keys = move |event: ev::KeyboardEvent| {
        let now = at.get_untracked().unwrap_or(0);
        match event.key().as_str() {
            "ArrowRight" => at.set(Some((now + n / 100 + 1).min(n - 1))),
            "ArrowLeft" => at.set(Some(now.saturating_sub(n / 100 + 1))),
            "Escape" => at.set(None),
            _ => return,
        }
        event.prevent_default();
    };
    let cross = move || at.get().map(|i| format!("left:{:.2}%", (i as f64 + 0.5) / n as f64 * 100.0));
    let last = shown.kinds().last().copied();
    let chart = |title: String, values: &Values, shade: Option<&Values>, kind: Kind| {
        values.iter().any(Option::is_some).then(|| {
            let all = values.iter().chain(shade.into_iter().flatten()).flatten().map(|v| f64::from(*v));
            let rate = match kind {
                Kind::Rate => Some(units.rate(style.sport)),
                Kind::HeartRate | Kind::Altitude => None,
            };
            // Less is faster of a pace, and faster is higher.
            let down = rate == Some(Rate::Pace);
            let axis = match rate {
                Some(Rate::Pace) => rate_axis(all, &PACE_STEPS),
                Some(Rate::Speed) => rate_axis(all, &[]),
                None => Axis::around(all, 3, &[]),
            };
            let top = move |v: f64, axis: &Axis| if down { axis.percent(v) } else { 100.0 - axis.percent(v) };
            let points = |values: &Values| {
                let at = |(i, v): (usize, &Option<f32>)| ((i as f64 + 0.5) / n as f64 * 100.0, v.map(|v| top(f64::from(v), &axis)));
                values.iter().enumerate().map(at).collect::<Vec<_>>()
            };
            // No pace is faster than none at all.
            let possible = axis.ticks.iter().filter(|t| !down || **t > 0.0);
            let tick = |t: f64| if down { units.rate_number(style.sport, t) } else { format_significant(t) };
            let ticks = possible.map(|t| (top(*t, &axis), tick(*t))).collect::<Vec<_>>();
            let main = line(points(values).into_iter());
            let area = area(points(shade.unwrap_or(values)).into_iter());
            let filled = shade.is_some() || kind == Kind::Altitude;
            view! {
                <figure class=kind.class()>
                    <figcaption class="tiny">{title.clone()}</figcaption>
                    <div class="linked" on:pointermove=move |e| fraction(&e).map(hover).unwrap_or_default() on:pointerleave=move |_| at.set(None)>
                        <Plot label=title height=kind.height() y_ticks=ticks x_ticks=if last == Some(kind) { labels.clone() } else { Vec::new() }>
                            {filled.then(|| view! { <path class="area" d=area /> })}
                            <path class="line" d=main />
                        </Plot>
                        <span class="cross-track" aria-hidden="true">
                            <span class="cross" style=cross hidden=move || at.get().is_none()></span>
                        </span>
                    </div>
                </figure>
            }
        })
    };
    let by = if shown.timed { "time" } else { "distance" };
    let more = shown.lines.iter().enumerate().map(|(i, l)| {
        let labels = if last.is_none() && i + 1 == shown.lines.len() { labels.clone() } else { Vec::new() };
        view! { <More line=l.clone() total=total labels /> }
    });
    view! {
        <section class="card run-charts" tabindex="0" aria-label=format!("Charts by {by}. Arrow keys move the marker.") on:keydown=keys>
            <div class="between">
                <h2 class="h3">{style.heading}</h2>
                <p class="tiny readout" aria-live="polite">
                    {readout}
                </p>
            </div>
            {chart(shown.rate_title(style, units), &shown.rate, Some(&shown.graded).filter(|g| is_known(g)), Kind::Rate)}
            {chart("Heart rate, bpm".to_owned(), &shown.heart_rate, None, Kind::HeartRate)}
            {chart(format!("Altitude, {}", units.height_unit()), &shown.altitude, None, Kind::Altitude)}
            {more.collect_view()}
            <DataTable shown=shown.clone() />
        </section>
    }
    .into_any()
}

/// A measurement other than pace, heart rate and altitude.
#[component]
fn More(
    line: ShownLine,
    total: f64,
    /// Of the axis below it.
    labels: Vec<(f64, String)>,
) -> impl IntoView {
    let axis = Axis::around(line.points.iter().map(|p| f64::from(p.1)), 2, &[]);
    let d =
        crate::ui::charts::line(line.points.iter().map(|(along, v)| (f64::from(*along) / total * 100.0, Some(100.0 - axis.percent(f64::from(*v))))));
    let ticks = axis.ticks.iter().map(|t| (100.0 - axis.percent(*t), format_significant(*t))).collect::<Vec<_>>();
    let name = if line.kind == LineKind::Temperature { format!("Temperature, {}", units().temperature_unit()) } else { line.kind.label().to_owned() };
    view! {
        <figure class="chart more">
            <figcaption class="tiny">{name.clone()}</figcaption>
            <Plot label=name height=64 y_ticks=ticks x_ticks=labels>
                <path class="line" d=d />
            </Plot>
        </figure>
    }
}

/// Without the slowest and fastest fiftieth: a stop at a light would flatten everything else.
fn rate_axis(values: impl Iterator<Item = f64>, steps: &[f64]) -> Axis {
    let mut sorted: Vec<f64> = values.collect();
    sorted.sort_by(f64::total_cmp);
    let cut = sorted.len() / 50;
    Axis::around(sorted[cut..sorted.len() - cut].iter().copied(), 4, steps)
}

/// How far from the left the pointer is on the element that listens, 0 to 1.
#[cfg(feature = "hydrate")]
fn fraction(event: &ev::PointerEvent) -> Option<f64> {
    use wasm_bindgen::JsCast;
    let target = event.current_target()?.dyn_into::<web_sys::Element>().ok()?;
    // The plot leaves room for its axis labels; only the drawn area counts.
    let area = target.query_selector(".plot-area svg").ok()??.get_bounding_client_rect();
    let share = (f64::from(event.client_x()) - area.left()) / area.width();
    Some(share.clamp(0.0, 0.999_999))
}

#[cfg(not(feature = "hydrate"))]
fn fraction(_: &ev::PointerEvent) -> Option<f64> {
    None
}

/// A column of the table: its name, its values, and how each is written.
type Column<'a> = (&'static str, &'a Values, &'a dyn Fn(f32) -> String);

/// The same numbers as a table, to read or copy: a column for each that is known.
#[component]
fn DataTable(shown: Shown) -> impl IntoView {
    let every = (shown.time_s.len() / 20).max(1);
    let units = units();
    let number = |v: f32| decimal(f64::from(v), 0);
    let rate = move |v: f32| units.rate_number(shown.sport, f64::from(v));
    let columns: Vec<Column<'_>> = [
        (units.rate_name(shown.sport), &shown.rate, &rate as &dyn Fn(f32) -> String),
        ("GAP", &shown.graded, &rate),
        ("HR", &shown.heart_rate, &number),
        ("Altitude", &shown.altitude, &number),
    ]
    .into_iter()
    .filter(|(_, values, _)| is_known(values))
    .collect();
    let rows = (0..shown.time_s.len()).step_by(every).map(|i| {
        let cells = columns.iter().map(|(_, values, show)| values[i].map_or_else(|| "–".to_owned(), show));
        view! {
            <tr>
                {(!shown.timed).then(|| view! { <td class="r">{shown.how_far(i, 1)}</td> })}
                <td class="r">{duration(f64::from(shown.time_s[i]))}</td>
                {cells.map(|cell| view! { <td class="r">{cell}</td> }).collect_view()}
            </tr>
        }
    });
    view! {
        <details class="data">
            <summary>"As a table"</summary>
            <table>
                <thead>
                    <tr>
                        {(!shown.timed).then(|| view! { <th class="r">{shown.unit}</th> })}
                        <th class="r">"Time"</th>
                        {columns.iter().map(|(name, ..)| view! { <th class="r">{*name}</th> }).collect_view()}
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </details>
    }
}

/// The route, with a dot where the pointer is on the charts.
#[component]
pub fn Route(
    /// What is drawn.
    series: ChartSeries,
    /// The index under the pointer.
    at: RwSignal<Option<usize>>,
) -> impl IntoView {
    let scale = |p: (f32, f32)| (f64::from(p.0) * 300.0 + 20.0, f64::from(p.1) * 300.0 + 20.0);
    let known: Vec<(f64, f64)> = series.route.iter().flatten().map(|p| scale(*p)).collect();
    let (top, bottom) = known.iter().fold((f64::MAX, f64::MIN), |(a, b), p| (a.min(p.1), b.max(p.1)));
    let (left, right) = known.iter().fold((f64::MAX, f64::MIN), |(a, b), p| (a.min(p.0), b.max(p.0)));
    let start = known.first().copied();
    let path = line(series.route.iter().map(|p| p.map(scale)).map(|p| (p.map_or(0.0, |p| p.0), p.map(|p| p.1))));
    let route = series.route.clone();
    let here = Memo::new(move |_| at.get().and_then(|i| route.get(i).copied().flatten()).map(scale));
    start.map(|(x, y)| {
        let view_box = format!("{:.0} {:.0} {:.0} {:.0}", left - 20.0, top - 20.0, right - left + 40.0, (bottom - top + 40.0).max(120.0));
        view! {
            <section class="card route-card">
                <svg class="route" viewBox=view_box role="img" aria-label="The route">
                    <path class="way" d=path />
                    <circle class="start" cx=format!("{x:.1}") cy=format!("{y:.1}") r="5" />
                    <circle
                        class="here"
                        cx=move || here.get().map(|p| format!("{:.1}", p.0))
                        cy=move || here.get().map(|p| format!("{:.1}", p.1))
                        r=move || if here.get().is_some() { "6" } else { "0" }
                    />
                </svg>
            </section>
        }
    })
}
