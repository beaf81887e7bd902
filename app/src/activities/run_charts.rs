//! Pace, heart rate and altitude by distance, and the route; the pointer on one marks all.

use domain::activities::{ChartSeries, Line, LineKind};
use domain::units::{NBSP, Units, decimal, duration, pace};
use leptos::ev;
use leptos::prelude::*;

use crate::ui::charts::{Axis, Plot, area, line};
use crate::ui::units;

type Values = Vec<Option<f32>>;

/// Steps of a pace axis, in seconds per kilometre or mile.
pub(super) const PACE_STEPS: [f64; 7] = [10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0];

/// The three charts.
#[component]
pub fn RunCharts(
    /// What is drawn.
    series: ChartSeries,
    /// The index under the pointer.
    at: RwSignal<Option<usize>>,
) -> impl IntoView {
    if series.km.len() < 2 {
        return view! {
            <section class="card">
                <h2 class="h3">"The run"</h2>
                <p class="muted small">"This recording has no distance in it, so there is nothing to draw."</p>
            </section>
        }
        .into_any();
    }
    let (n, units) = (series.km.len(), units());
    let shown = Shown::new(series, units);
    let total = f64::from(shown.distance.last().copied().unwrap_or(1.0));
    let along = Axis::around([0.0, total].into_iter(), 5, &[]);
    let labels: Vec<(f64, String)> = along
        .ticks
        .iter()
        .filter(|t| **t <= total * 1.001)
        .map(|t| (t / total * 100.0, format!("{}{NBSP}{}", domain::units::format_significant(*t), units.distance_unit())))
        .collect();
    let readout = {
        let shown = shown.clone();
        move || at.get().map(|i| read_out(&shown, i))
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
    let chart = |title: String, values: &Values, shade: Option<&Values>, kind: Kind, last: bool| {
        values.iter().any(Option::is_some).then(|| {
            let all = values.iter().chain(shade.into_iter().flatten()).flatten().map(|v| f64::from(*v));
            let axis = if kind == Kind::Pace { pace_axis(all) } else { Axis::around(all, 3, &[]) };
            let down = kind == Kind::Pace;
            let top = move |v: f64, axis: &Axis| if down { axis.percent(v) } else { 100.0 - axis.percent(v) };
            let points = |values: &Values| {
                let at = |(i, v): (usize, &Option<f32>)| ((i as f64 + 0.5) / n as f64 * 100.0, v.map(|v| top(f64::from(v), &axis)));
                values.iter().enumerate().map(at).collect::<Vec<_>>()
            };
            // No pace is faster than none at all.
            let possible = axis.ticks.iter().filter(|t| kind != Kind::Pace || **t > 0.0);
            let ticks = possible.map(|t| (top(*t, &axis), if kind == Kind::Pace { pace(*t) } else { decimal(*t, 0) })).collect::<Vec<_>>();
            let main = line(points(values).into_iter());
            let area = area(points(shade.unwrap_or(values)).into_iter());
            let filled = shade.is_some() || kind == Kind::Altitude;
            view! {
                <figure class=kind.class()>
                    <figcaption class="tiny">{title.clone()}</figcaption>
                    <div class="linked" on:pointermove=move |e| fraction(&e).map(hover).unwrap_or_default() on:pointerleave=move |_| at.set(None)>
                        <Plot label=title height=kind.height() y_ticks=ticks x_ticks=if last { labels.clone() } else { Vec::new() }>
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
    view! {
        <section class="card run-charts" tabindex="0" aria-label="Charts by distance. Arrow keys move the marker." on:keydown=keys>
            <div class="between">
                <h2 class="h3">"The run"</h2>
                <p class="tiny readout" aria-live="polite">
                    {readout}
                </p>
            </div>
            {chart(format!("Pace (line) and grade-adjusted pace, GAP (shade), min{}", units.pace_unit()), &shown.pace, Some(&shown.graded).filter(|g| g.iter().any(Option::is_some)), Kind::Pace, false)}
            {chart("Heart rate, bpm".to_owned(), &shown.heart_rate, None, Kind::HeartRate, false)}
            {chart(format!("Altitude, {}", units.height_unit()), &shown.altitude, None, Kind::Altitude, true)}
            {shown.lines.iter().map(|l| view! { <More line=l.clone() total=total /> }).collect_view()}
            <DataTable shown=shown.clone() />
        </section>
    }
    .into_any()
}

/// What is drawn, in the units of whoever reads it.
#[derive(Debug, Clone, PartialEq)]
struct Shown {
    /// Kilometres or miles from the start.
    distance: Vec<f32>,
    /// Seconds from the start.
    time_s: Vec<f32>,
    /// Seconds per kilometre or mile.
    pace: Values,
    /// The same on the flat for the same effort.
    graded: Values,
    /// Beats per minute.
    heart_rate: Values,
    /// Metres or feet.
    altitude: Values,
    /// Other measurements along the distance.
    lines: Vec<ShownLine>,
}

/// Another measurement along the distance.
#[derive(Debug, Clone, PartialEq)]
struct ShownLine {
    kind: LineKind,
    /// Kilometres or miles from the start, and the value; temperatures in degrees Celsius or Fahrenheit.
    points: Vec<(f32, f32)>,
}

impl Shown {
    fn new(series: ChartSeries, units: Units) -> Self {
        let distance = |km: f32| (f64::from(km) * 1000.0 / units.unit_m()) as f32;
        let all = |values: Values, show: &dyn Fn(f64) -> f64| -> Values {
            values.into_iter().map(|value| value.map(|value| show(f64::from(value)) as f32)).collect()
        };
        let line = |line: Line| {
            let value = |value: f32| if line.kind == LineKind::Temperature { units.degrees(f64::from(value)) as f32 } else { value };
            ShownLine { kind: line.kind, points: line.points.iter().map(|(km, at)| (distance(*km), value(*at))).collect() }
        };
        Self {
            distance: series.km.into_iter().map(distance).collect(),
            time_s: series.time_s,
            pace: all(series.pace, &|s_per_km| units.per_unit(s_per_km)),
            graded: all(series.graded, &|s_per_km| units.per_unit(s_per_km)),
            heart_rate: series.heart_rate,
            altitude: all(series.altitude, &|metres| units.height_value(metres)),
            lines: series.lines.into_iter().map(line).collect(),
        }
    }
}

/// A measurement other than pace, heart rate and altitude.
#[component]
fn More(line: ShownLine, total: f64) -> impl IntoView {
    let axis = Axis::around(line.points.iter().map(|p| f64::from(p.1)), 2, &[]);
    let d = crate::ui::charts::line(
        line.points.iter().map(|(distance, v)| (f64::from(*distance) / total * 100.0, Some(100.0 - axis.percent(f64::from(*v))))),
    );
    let ticks = axis.ticks.iter().map(|t| (100.0 - axis.percent(*t), domain::units::format_significant(*t))).collect::<Vec<_>>();
    let name = if line.kind == LineKind::Temperature { format!("Temperature, {}", units().temperature_unit()) } else { line.kind.label().to_owned() };
    view! {
        <figure class="chart more">
            <figcaption class="tiny">{name.clone()}</figcaption>
            <Plot label=name height=64 y_ticks=ticks x_ticks=Vec::new()>
                <path class="line" d=d />
            </Plot>
        </figure>
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Pace,
    HeartRate,
    Altitude,
}

impl Kind {
    const fn class(self) -> &'static str {
        match self {
            Self::Pace => "chart pace",
            Self::HeartRate => "chart heart",
            Self::Altitude => "chart altitude",
        }
    }

    const fn height(self) -> u32 {
        match self {
            Self::Pace => 130,
            Self::HeartRate => 110,
            Self::Altitude => 80,
        }
    }
}

/// Without the slowest and fastest fiftieth: a stop at a light would flatten everything else.
fn pace_axis(values: impl Iterator<Item = f64>) -> Axis {
    let mut sorted: Vec<f64> = values.collect();
    sorted.sort_by(f64::total_cmp);
    let cut = sorted.len() / 50;
    Axis::around(sorted[cut..sorted.len() - cut].iter().copied(), 4, &PACE_STEPS)
}

fn read_out(shown: &Shown, i: usize) -> String {
    let units = units();
    let mut parts = vec![format!("{:.2}{NBSP}{}", shown.distance[i], units.distance_unit()), duration(f64::from(shown.time_s[i]))];
    parts.extend(shown.pace[i].map(|p| format!("{}{NBSP}{}", pace(f64::from(p)), units.pace_unit())));
    parts.extend(shown.heart_rate[i].map(|h| format!("{h:.0}{NBSP}bpm")));
    parts.extend(shown.altitude[i].map(|a| format!("{a:.0}{NBSP}{}", units.height_unit())));
    parts.join(" · ")
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

/// The same numbers as a table, to read or copy.
#[component]
fn DataTable(shown: Shown) -> impl IntoView {
    let every = (shown.distance.len() / 20).max(1);
    let cell = |v: Option<f32>, show: fn(f64) -> String| v.map_or_else(|| "–".to_owned(), |v| show(f64::from(v)));
    view! {
        <details class="data">
            <summary>"As a table"</summary>
            <table>
                <thead>
                    <tr>
                        <th class="r">{units().distance_unit()}</th>
                        <th class="r">"Time"</th>
                        <th class="r">"Pace"</th>
                        <th class="r">"GAP"</th>
                        <th class="r">"HR"</th>
                        <th class="r">"Altitude"</th>
                    </tr>
                </thead>
                <tbody>
                    {(0..shown.distance.len())
                        .step_by(every)
                        .map(|i| {
                            view! {
                                <tr>
                                    <td class="r">{format!("{:.1}", shown.distance[i])}</td>
                                    <td class="r">{duration(f64::from(shown.time_s[i]))}</td>
                                    <td class="r">{cell(shown.pace[i], pace)}</td>
                                    <td class="r">{cell(shown.graded[i], pace)}</td>
                                    <td class="r">{cell(shown.heart_rate[i], |v| format!("{v:.0}"))}</td>
                                    <td class="r">{cell(shown.altitude[i], |v| format!("{v:.0}"))}</td>
                                </tr>
                            }
                        })
                        .collect_view()}
                </tbody>
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mile_of_a_recording_is_a_mile_and_stays_a_kilometre() {
        let line = Line { kind: LineKind::Temperature, points: vec![(1.609_344, 10.0)] };
        let series =
            ChartSeries { km: vec![1.609_344], pace: vec![Some(300.0)], altitude: vec![Some(30.48)], lines: vec![line], ..ChartSeries::default() };
        let near = |shown: f32, expected: f32| assert!((shown - expected).abs() < 1e-3, "{shown}, not {expected}");
        let miles = Shown::new(series.clone(), Units::AMERICAN);
        near(miles.distance[0], 1.0);
        near(miles.pace[0].expect("a pace"), 482.803);
        near(miles.altitude[0].expect("an altitude"), 100.0);
        near(miles.lines[0].points[0].0, 1.0);
        near(miles.lines[0].points[0].1, 50.0);
        let metric = Shown::new(series.clone(), Units::default());
        assert_eq!((metric.distance, metric.pace, metric.altitude), (series.km, series.pace, series.altitude));
    }
}
