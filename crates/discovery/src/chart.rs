//! The chart that can be explored, as an `ECharts` option. It is built here with charming and sent as JSON, so that the browser
//! downloads no chart builder; colours are names of the page's tokens, which the browser fills in for its theme.

use charming::Chart;
use charming::component::{Axis, Grid};
use charming::datatype::{CompositeValue, DataPoint};
use charming::element::{AxisLine, AxisTick, AxisType, ItemStyle, LineStyle, NameLocation, SplitLine, Symbol, TextStyle, Tooltip, Trigger};
use charming::series::{Line, Scatter};

use crate::questions::Input;

/// Days as dots, and the line of the effect through their middle.
pub(crate) fn scatter(points: &[(f32, f32)], slope: f64, input: &Input, works: Option<bool>) -> String {
    let colour = match works {
        Some(true) => "var(--works)",
        Some(false) => "var(--costs)",
        None => "var(--none)",
    };
    let (mut low, mut high, mut sum_x, mut sum_y) = (f64::MAX, f64::MIN, 0.0, 0.0);
    for &(x, y) in points {
        let (x, y) = (f64::from(x), f64::from(y));
        low = low.min(x);
        high = high.max(x);
        sum_x += x;
        sum_y += y;
    }
    let n = points.len().max(1) as f64;
    let at = |x: f64| sum_y / n + slope * (x - sum_x / n);
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
        .x_axis(axis(input.axis))
        .y_axis(axis(""))
        .series(
            Scatter::new()
                .name("days")
                .symbol_size(7)
                .item_style(ItemStyle::new().color(colour).opacity(0.45))
                .data(points.iter().map(|&(x, y)| pair(f64::from(x), f64::from(y))).collect::<Vec<_>>()),
        )
        .series(
            Line::new()
                .name("effect")
                .symbol(Symbol::None)
                .line_style(LineStyle::new().color(colour).width(2.5))
                .data(vec![DataPoint::from(CompositeValue::from(pair(low, at(low)))), DataPoint::from(CompositeValue::from(pair(high, at(high))))]),
        );
    serde_json::to_string(&chart).unwrap_or_default()
}

/// Four digits are more than a screen shows.
fn rounded(v: f64) -> f64 {
    (v * 1000.0).round() / 1000.0
}
