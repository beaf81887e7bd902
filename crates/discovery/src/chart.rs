//! The interactive chart, as an `ECharts` option. It is built here with charming and sent as JSON, so that the browser downloads no chart builder;
//! colours are names of the page's design tokens, which the browser resolves for its theme.

use charming::Chart;
use charming::component::{Axis, Grid};
use charming::datatype::{CompositeValue, DataPoint};
use charming::element::{AxisLine, AxisTick, AxisType, ItemStyle, LineStyle, NameLocation, SplitLine, Symbol, TextStyle, Tooltip, Trigger};
use charming::series::Scatter;

use domain::discovery::Input;

/// The line of the effect through the mean of the days, with the band of its interval.
pub(crate) struct Line {
    low: f64,
    high: f64,
    x: f64,
    y: f64,
    slope: f64,
    /// Half-width of the slope's 95 % interval, and of that of the height at the mean.
    half_slope: f64,
    half_height: f64,
}

impl Line {
    pub(crate) fn new(points: &[(f32, f32)], slope: f64, half_slope: f64) -> Self {
        let n = points.len().max(1) as f64;
        let mean = |of: fn(&(f32, f32)) -> f32| points.iter().map(|p| f64::from(of(p))).sum::<f64>() / n;
        let (x, y) = (mean(|p| p.0), mean(|p| p.1));
        let rest: f64 = points.iter().map(|p| (f64::from(p.1) - y - slope * (f64::from(p.0) - x)).powi(2)).sum();
        let (low, high) = points.iter().fold((f64::MAX, f64::MIN), |(low, high), p| (low.min(f64::from(p.0)), high.max(f64::from(p.0))));
        Self { low, high, x, y, slope, half_slope, half_height: 1.96 * (rest / n).sqrt() / n.sqrt() }
    }

    /// x, line, lower and upper edge at a few points: the edges are curved.
    pub(crate) fn band_points(&self) -> Vec<[f64; 4]> {
        const STEPS: usize = 12;
        let point = |i: usize| {
            let x = self.low + (self.high - self.low) * i as f64 / STEPS as f64;
            let at = self.y + self.slope * (x - self.x);
            let half = self.half_height.hypot(self.half_slope * (x - self.x));
            [rounded(x), rounded(at), rounded(at - half), rounded(at + half)]
        };
        (0..=STEPS).map(point).collect()
    }
}

/// Days as dots, the line of the effect, and its band.
pub(crate) fn scatter(points: &[(f32, f32)], band: &[[f64; 4]], input: &Input, works: Option<bool>) -> String {
    let colour = match works {
        Some(true) => "var(--works)",
        Some(false) => "var(--costs)",
        None => "var(--none)",
    };
    let edge = |at: usize| band.iter().map(|p| DataPoint::from(CompositeValue::from(vec![p[0], p[at]]))).collect::<Vec<_>>();
    let line_series = |name: &str, width: f64, at: usize| {
        charming::series::Line::new()
            .name(name)
            .symbol(Symbol::None)
            .line_style(LineStyle::new().color(colour).width(width).opacity(if at == 1 { 1.0 } else { 0.5 }))
            .data(edge(at))
    };
    let pair = |x: f64, y: f64| vec![rounded(x), rounded(y)];
    let axis = |name: &str| {
        Axis::new()
            .type_(AxisType::Value)
            .scale(true)
            .name(name)
            .name_location(NameLocation::Middle)
            .name_gap(28)
            .name_text_style(TextStyle::new().color("var(--ink-2)").font_size(12))
            .axis_label(charming::element::AxisLabel::new().color("var(--ink-3)").font_size(12))
            .axis_line(AxisLine::new().show(false))
            .axis_tick(AxisTick::new().show(false))
            .split_line(SplitLine::new().line_style(LineStyle::new().color("var(--line)")))
    };
    let chart = Chart::new()
        .grid(Grid::new().left(44).right(12).top(12).bottom(44))
        .tooltip(Tooltip::new().trigger(Trigger::Item))
        .x_axis(axis(&input.axis))
        .y_axis(axis(""))
        .series(
            Scatter::new()
                .name("days")
                .symbol_size(7)
                .item_style(ItemStyle::new().color(colour).opacity(0.45))
                .data(points.iter().map(|&(x, y)| pair(f64::from(x), f64::from(y))).collect::<Vec<_>>()),
        )
        .series(line_series("effect", 2.5, 1))
        .series(line_series("95\u{a0}% low", 1.0, 2))
        .series(line_series("95\u{a0}% high", 1.0, 3));
    serde_json::to_string(&chart).unwrap_or_default()
}

/// Three decimals are more than a screen shows.
fn rounded(v: f64) -> f64 {
    (v * 1000.0).round() / 1000.0
}
