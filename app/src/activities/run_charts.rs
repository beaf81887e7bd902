//! Pace or speed, heart rate and altitude by distance, or by time where there is none, and the route; the pointer on one marks all.

use domain::activities::{ChartSeries, Line, LineKind, SportStyle};
use domain::units::{NBSP, Rate, Units, decimal, duration, format_significant};
use leptos::ev;
use leptos::prelude::*;

use crate::ui::charts::{Axis, Plot, area, line};
use crate::ui::units;

type Values = Vec<Option<f32>>;

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
        move || at.get().map(|i| read_out(&shown, i, units))
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
            {chart(shown.rate_title(style, units), &shown.rate, Some(&shown.graded).filter(|g| known(g)), Kind::Rate)}
            {chart("Heart rate, bpm".to_owned(), &shown.heart_rate, None, Kind::HeartRate)}
            {chart(format!("Altitude, {}", units.height_unit()), &shown.altitude, None, Kind::Altitude)}
            {more.collect_view()}
            <DataTable shown=shown.clone() />
        </section>
    }
    .into_any()
}

/// What is drawn, in the units of whoever reads it.
#[derive(Debug, Clone, PartialEq)]
struct Shown {
    /// How far from the start, in `unit`.
    along: Vec<f32>,
    /// Kilometres or miles, of a swim metres or yards; minutes where no distance is known.
    unit: &'static str,
    /// Whether it is minutes.
    timed: bool,
    /// Seconds from the start.
    time_s: Vec<f32>,
    /// How fast, in the sport's unit.
    rate: Values,
    /// The same on the flat for the same effort.
    graded: Values,
    /// How fast is said of the sport.
    sport: &'static str,
    /// Beats per minute.
    heart_rate: Values,
    /// Metres or feet.
    altitude: Values,
    /// Other measurements along the way.
    lines: Vec<ShownLine>,
}

/// Another measurement along the way.
#[derive(Debug, Clone, PartialEq)]
struct ShownLine {
    kind: LineKind,
    /// How far from the start, and the value; temperatures in degrees Celsius or Fahrenheit.
    points: Vec<(f32, f32)>,
}

fn known(values: &Values) -> bool {
    values.iter().any(Option::is_some)
}

impl Shown {
    fn new(series: ChartSeries, style: SportStyle, units: Units) -> Self {
        let timed = series.km.is_empty();
        let along = |at: f32| if timed { at / 60.0 } else { (f64::from(at) * 1000.0 / style.unit_m(units)) as f32 };
        let all = |values: Values, show: &dyn Fn(f64) -> f64| -> Values {
            values.into_iter().map(|value| value.map(|value| show(f64::from(value)) as f32)).collect()
        };
        let line = |line: Line| {
            let value = |value: f32| if line.kind == LineKind::Temperature { units.degrees(f64::from(value)) as f32 } else { value };
            ShownLine { kind: line.kind, points: line.points.iter().map(|(x, at)| (along(*x), value(*at))).collect() }
        };
        let of_sport = |wanted: bool, values: Values| if wanted { values } else { Vec::new() };
        let rate = |s_per_km: f64| units.rate_value(style.sport, s_per_km);
        Self {
            along: if timed { &series.time_s } else { &series.km }.iter().map(|at| along(*at)).collect(),
            unit: if timed { "min" } else { style.unit(units) },
            timed,
            time_s: series.time_s,
            rate: all(series.pace, &rate),
            graded: all(of_sport(style.graded, series.graded), &rate),
            sport: style.sport,
            heart_rate: series.heart_rate,
            altitude: all(of_sport(style.has_heights, series.altitude), &|metres| units.height_value(metres)),
            lines: series.lines.into_iter().map(line).collect(),
        }
    }

    /// The charts that there is something to draw for, from the top.
    fn kinds(&self) -> Vec<Kind> {
        let charts = [(Kind::Rate, &self.rate), (Kind::HeartRate, &self.heart_rate), (Kind::Altitude, &self.altitude)];
        charts.into_iter().filter(|(_, values)| known(values)).map(|(kind, _)| kind).collect()
    }

    /// What the first chart draws, and in which unit.
    fn rate_title(&self, style: SportStyle, units: Units) -> String {
        let unit = match units.rate(style.sport) {
            Rate::Pace => format!("min{}", units.rate_unit(style.sport)),
            Rate::Speed => units.rate_unit(style.sport).to_owned(),
        };
        let name = units.rate_name(style.sport);
        if known(&self.graded) { format!("{name} (line) and the same on the flat, GAP (shade), {unit}") } else { format!("{name}, {unit}") }
    }
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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Rate,
    HeartRate,
    Altitude,
}

impl Kind {
    const fn class(self) -> &'static str {
        match self {
            Self::Rate => "chart pace",
            Self::HeartRate => "chart heart",
            Self::Altitude => "chart altitude",
        }
    }

    const fn height(self) -> u32 {
        match self {
            Self::Rate => 130,
            Self::HeartRate => 110,
            Self::Altitude => 80,
        }
    }
}

/// Without the slowest and fastest fiftieth: a stop at a light would flatten everything else.
fn rate_axis(values: impl Iterator<Item = f64>, steps: &[f64]) -> Axis {
    let mut sorted: Vec<f64> = values.collect();
    sorted.sort_by(f64::total_cmp);
    let cut = sorted.len() / 50;
    Axis::around(sorted[cut..sorted.len() - cut].iter().copied(), 4, steps)
}

/// How far from the start a point is: `3.42`; of a swim whole metres.
fn along(shown: &Shown, i: usize, decimals: usize) -> String {
    let whole = shown.sport == "swimming";
    decimal(f64::from(shown.along[i]), if whole { 0 } else { decimals })
}

fn read_out(shown: &Shown, i: usize, units: Units) -> String {
    let rate = |v: f32| format!("{}{NBSP}{}", units.rate_number(shown.sport, f64::from(v)), units.rate_unit(shown.sport));
    let mut parts = Vec::new();
    parts.extend((!shown.timed).then(|| format!("{}{NBSP}{}", along(shown, i, 2), shown.unit)));
    parts.push(duration(f64::from(shown.time_s[i])));
    parts.extend(shown.rate[i].map(rate));
    parts.extend(shown.heart_rate[i].map(|h| format!("{h:.0}{NBSP}bpm")));
    parts.extend(shown.altitude.get(i).copied().flatten().map(|a| format!("{a:.0}{NBSP}{}", units.height_unit())));
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
    .filter(|(_, values, _)| known(values))
    .collect();
    let rows = (0..shown.time_s.len()).step_by(every).map(|i| {
        let cells = columns.iter().map(|(_, values, show)| values[i].map_or_else(|| "–".to_owned(), show));
        view! {
            <tr>
                {(!shown.timed).then(|| view! { <td class="r">{along(&shown, i, 1)}</td> })}
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

#[cfg(test)]
mod tests {
    use super::*;

    fn near(shown: f32, expected: f32) {
        assert!((shown - expected).abs() < 1e-3, "{shown}, not {expected}");
    }

    #[test]
    fn a_mile_of_a_recording_is_a_mile_and_stays_a_kilometre() {
        let line = Line { kind: LineKind::Temperature, points: vec![(1.609_344, 10.0)] };
        let series =
            ChartSeries { km: vec![1.609_344], pace: vec![Some(300.0)], altitude: vec![Some(30.48)], lines: vec![line], ..ChartSeries::default() };
        let run = SportStyle::of("running", None);
        let miles = Shown::new(series.clone(), run, Units::AMERICAN);
        near(miles.along[0], 1.0);
        near(miles.rate[0].expect("a pace"), 482.803);
        near(miles.altitude[0].expect("an altitude"), 100.0);
        near(miles.lines[0].points[0].0, 1.0);
        near(miles.lines[0].points[0].1, 50.0);
        let metric = Shown::new(series.clone(), run, Units::default());
        assert_eq!((metric.along, metric.rate, metric.altitude), (series.km, series.pace, series.altitude));
    }

    #[test]
    fn a_ride_has_a_speed_a_swim_a_pace_of_a_hundred_and_neither_is_graded() {
        let some = |value| vec![Some(value)];
        let series = ChartSeries {
            km: vec![1.5],
            time_s: vec![180.0],
            pace: some(120.0),
            graded: some(110.0),
            heart_rate: some(140.0),
            altitude: some(30.0),
            ..ChartSeries::default()
        };
        let shown = |sport, units| {
            let style = SportStyle::of(sport, None);
            let shown = Shown::new(series.clone(), style, units);
            (shown.rate_title(style, units), read_out(&shown, 0, units).replace(NBSP, " "), shown.kinds())
        };
        let (ride, read, kinds) = shown("cycling", Units::default());
        assert_eq!((ride.as_str(), read.as_str()), ("Speed, km/h", "1.50 km · 3:00 · 30.0 km/h · 140 bpm · 30 m"));
        assert_eq!(kinds, [Kind::Rate, Kind::HeartRate, Kind::Altitude]);
        assert!(shown("cycling", Units::AMERICAN).1.contains("18.6 mph"));
        let (swim, read, kinds) = shown("swimming", Units::default());
        assert_eq!((swim.as_str(), read.as_str()), ("Pace, min/100\u{a0}m", "1500 m · 3:00 · 0:12 /100 m · 140 bpm"));
        assert_eq!(kinds, [Kind::Rate, Kind::HeartRate]);
        assert!(shown("running", Units::default()).0.contains("GAP"));
    }

    #[test]
    fn a_recording_without_distance_is_drawn_against_minutes() {
        let nothing = vec![None, None];
        let series = ChartSeries {
            time_s: vec![60.0, 180.0],
            pace: nothing.clone(),
            graded: nothing.clone(),
            heart_rate: vec![Some(120.0), Some(130.0)],
            altitude: nothing,
            lines: vec![Line { kind: LineKind::Power, points: vec![(120.0, 200.0)] }],
            ..ChartSeries::default()
        };
        let shown = Shown::new(series, SportStyle::of("other", Some("strength_training")), Units::AMERICAN);
        assert_eq!((shown.unit, shown.timed, shown.kinds()), ("min", true, vec![Kind::HeartRate]));
        assert_eq!((shown.along.clone(), shown.lines[0].points.clone()), (vec![1.0, 3.0], vec![(2.0, 200.0)]));
        assert_eq!(read_out(&shown, 1, Units::default()), "3:00 · 130\u{a0}bpm");
    }
}
