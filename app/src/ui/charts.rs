//! Charts that the server draws: lines and dots in a stretched SVG whose strokes keep their width, labels in HTML so that they keep
//! their size. They fill the available width without a script.

use chrono::{Datelike, NaiveDate};
use domain::units::{decimals_of_interval, signed};
use leptos::prelude::*;

use super::path::Pen;

/// A range of values with round ticks.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// Smallest value shown.
    pub low: f64,
    /// Largest value shown.
    pub high: f64,
    /// Positions of grid lines and labels.
    pub ticks: Vec<f64>,
}

impl Axis {
    /// Around the values, with about `wanted` ticks at steps of 1, 2 or 5, or at the multiples of `steps` when given.
    #[must_use]
    pub fn around(values: impl Iterator<Item = f64>, wanted: usize, steps: &[f64]) -> Self {
        let (mut low, mut high) = (f64::MAX, f64::MIN);
        for v in values.filter(|v| v.is_finite()) {
            low = low.min(v);
            high = high.max(v);
        }
        if low > high {
            (low, high) = (0.0, 1.0);
        }
        if high - low < 1e-9 {
            low -= 1.0;
            high += 1.0;
        }
        let rough = (high - low) / wanted.max(1) as f64;
        let power = 10_f64.powf(rough.log10().floor());
        let round = [1.0, 2.0, 5.0, 10.0].map(|m| m * power);
        let step = if steps.is_empty() { &round[..] } else { steps }
            .iter()
            .copied()
            .find(|s| *s >= rough * 0.999)
            .unwrap_or_else(|| steps.last().copied().unwrap_or(round[3]));
        let (first, last) = ((low / step).floor(), (high / step).ceil());
        let ticks = (0..=((last - first) as usize).min(40)).map(|i| (first + i as f64) * step).collect();
        Self { low: first * step, high: last * step, ticks }
    }

    /// Per cent from the low end.
    #[must_use]
    pub fn percent(&self, v: f64) -> f64 {
        ((v - self.low) / (self.high - self.low) * 100.0).clamp(-5.0, 105.0)
    }
}

/// The path of a line through `(x, y)` in per cent; a gap is where `y` is missing.
#[must_use]
pub fn line(points: impl Iterator<Item = (f64, Option<f64>)>) -> String {
    Pen::hundredths().line(points)
}

/// The area between an upper and a lower line through `(x, upper, lower)` in per cent.
#[must_use]
pub fn band(points: impl DoubleEndedIterator<Item = (f64, f64, f64)> + Clone) -> String {
    let upper = points.clone().map(|(x, upper, _)| (x, Some(upper)));
    line(upper.chain(points.rev().map(|(x, _, lower)| (x, Some(lower)))))
}

/// The months that begin within a span of days, by their position from the left in per cent, and `now` at its end; none stands too close to it.
#[must_use]
pub fn month_ticks(from: NaiveDate, to: NaiveDate, left: impl Fn(NaiveDate) -> f64) -> Vec<(f64, String)> {
    let months = from.iter_days().take_while(|day| *day <= to).filter(|day| day.day() == 1);
    let months = months.map(|day| (left(day), day.format("%b").to_string())).filter(|(at, _)| *at < 94.0);
    months.chain(std::iter::once((100.0, "now".to_owned()))).collect()
}

/// The area between a line and the bottom of a square of 100 by 100; a gap in the line is one in the area.
#[must_use]
pub fn area(points: impl Iterator<Item = (f64, Option<f64>)>) -> String {
    let mut pen = Pen::hundredths();
    let mut last = None;
    for (x, y) in points.chain([(0.0, None)]) {
        match (y, last) {
            (Some(y), None) => {
                pen.move_to(x, 100.0);
                pen.line_to(x, y);
            }
            (Some(y), Some(_)) => pen.line_to(x, y),
            (None, Some(end)) => {
                pen.line_to(end, 100.0);
                pen.close();
            }
            (None, None) => {}
        }
        last = y.map(|_| x);
    }
    pen.finish()
}

/// The path of dots at `(x, y)` in per cent.
#[must_use]
pub fn dots(points: impl Iterator<Item = (f64, f64)>) -> String {
    let mut pen = Pen::hundredths();
    points.for_each(|(x, y)| pen.dot(x, y));
    pen.finish()
}

/// A plot: grid lines and labels of the y axis, labels of the x axis, and the paths between them.
#[component]
pub fn Plot(
    /// What a screen reader announces.
    #[prop(into)]
    label: String,
    /// Height in pixels.
    height: u32,
    /// Position from the top in per cent, and label, of each horizontal line.
    y_ticks: Vec<(f64, String)>,
    /// Position from the left in per cent, and label.
    x_ticks: Vec<(f64, String)>,
    /// Paths in a square of 100 by 100.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="plot" role="img" aria-label=label>
            <div class="plot-area" style=format!("height:{height}px")>
                {y_ticks
                    .into_iter()
                    .map(|(top, label)| view! { <span class="y-tick" style=format!("top:{top:.2}%")><span>{label}</span></span> })
                    .collect_view()}
                <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
                    {children()}
                </svg>
            </div>
            <div class="x-ticks" aria-hidden="true">
                {x_ticks.into_iter().map(|(left, label)| view! { <span style=format!("left:{left:.2}%")>{label}</span> }).collect_view()}
            </div>
        </div>
    }
}

/// How many decimals the labels of an axis need to differ from each other.
#[must_use]
pub fn tick_decimals(axis: &Axis) -> usize {
    let whole = |scale: f64| axis.ticks.iter().all(|t| (t * scale - (t * scale).round()).abs() < 1e-6);
    (0..3).find(|decimals| whole(10_f64.powi(*decimals))).unwrap_or(3) as usize
}

/// An effect with its interval on a line with a visible zero.
#[component]
pub fn Interval(
    /// The estimate.
    effect: f64,
    /// Lower end.
    low: f64,
    /// Upper end.
    high: f64,
    /// Under the line.
    #[prop(into)]
    unit: String,
    /// `works`, `costs` or `none`.
    #[prop(into)]
    kind: String,
) -> impl IntoView {
    let reach = [effect, low, high].iter().fold(0.0_f64, |m, v| m.max(v.abs())).max(1e-9);
    let axis = Axis::around([-reach, reach].into_iter(), 4, &[]);
    let exact = decimals_of_interval(low, high);
    let label = format!("{} {unit}, between {} and {}", signed(effect, exact), signed(low, exact), signed(high, exact));
    let (from, to, at) = (axis.percent(low), axis.percent(high), axis.percent(effect));
    let decimals = tick_decimals(&axis);
    view! {
        <div class=format!("interval {kind}") role="img" aria-label=label>
            <div class="interval-area">
                {axis
                    .ticks
                    .iter()
                    .map(|t| {
                        let class = if t.abs() < 1e-9 { "tick zero" } else { "tick" };
                        view! {
                            <span class=class style=format!("left:{:.2}%", axis.percent(*t))>
                                <span>{signed(*t, decimals)}</span>
                            </span>
                        }
                    })
                    .collect_view()}
                <span class="band" style=format!("left:{from:.2}%;width:{:.2}%", to - from)></span>
                <span class="dot" style=format!("left:{at:.2}%")></span>
            </div>
            <p class="tiny">{unit}</p>
        </div>
    }
}
