//! The interactive chart, as an `ECharts` option. It is built here with charming and sent as JSON, so that the browser downloads no chart builder;
//! colours are names of the page's design tokens, which the browser resolves for its theme.

use chrono::NaiveDate;

use charming::Chart;
use charming::component::{Axis, Grid};
use charming::datatype::{CompositeValue, DataPoint};
use charming::element::{AxisLine, AxisTick, AxisType, ItemStyle, LineStyle, NameLocation, SplitLine, Symbol, TextStyle, Tooltip, Trigger};
use charming::series::{Custom, Scatter};
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

/// Days as dots, each with its date, the line of the effect, and its band: the same as the server draws. `scripts/charts.js` fills the band, by its name.
pub(crate) fn scatter(days: &[(NaiveDate, f32, f32)], band: &[[f64; 4]], input: &Input, y_axis: &str, works: Option<bool>) -> String {
    let colour = match works {
        Some(true) => "var(--works)",
        Some(false) => "var(--costs)",
        None => "var(--none)",
    };
    let values = |of: &[f64]| DataPoint::from(of.iter().copied().map(CompositeValue::from).collect::<CompositeValue>());
    let dot = |(day, x, y): &(NaiveDate, f32, f32)| {
        let (x, y) = (rounded(f64::from(*x)), rounded(f64::from(*y)));
        DataPoint::from(
            [CompositeValue::from(x), CompositeValue::from(y), CompositeValue::from(day.to_string())].into_iter().collect::<CompositeValue>(),
        )
    };
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
        .grid(Grid::new().left(58).right(12).top(12).bottom(44))
        .tooltip(Tooltip::new().trigger(Trigger::Item))
        .x_axis(axis(&input.axis))
        .y_axis(axis(y_axis))
        .series(
            // The interval, which is drawn first.
            Custom::new()
                .name("95\u{a0}% band")
                .item_style(ItemStyle::new().color(colour).opacity(0.13))
                .data(band.iter().map(|[x, _, low, high]| values(&[*x, *low, *high])).collect::<Vec<_>>()),
        )
        .series(
            Scatter::new()
                .name("days")
                .symbol_size(7)
                .item_style(ItemStyle::new().color(colour).opacity(0.45))
                .data(days.iter().map(dot).collect::<Vec<_>>()),
        )
        .series(
            charming::series::Line::new()
                .name("effect")
                .symbol(Symbol::None)
                .line_style(LineStyle::new().color(colour).width(2.5))
                .data(band.iter().map(|[x, middle, ..]| values(&[*x, *middle])).collect::<Vec<_>>()),
        );
    serde_json::to_string(&chart).unwrap_or_default()
}

/// Three decimals are more than a screen shows.
fn rounded(v: f64) -> f64 {
    (v * 1000.0).round() / 1000.0
}
