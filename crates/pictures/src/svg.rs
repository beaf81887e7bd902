//! The drawing, in the colours of the light pages (`style/_tokens.scss`).

use std::fmt::Write;

use domain::units::signed;

use crate::text::{SANS, SERIF, Word, drawable, lines, sans_width, serif_width, words};
use crate::{Interval, Picture, SIZE, Tone};

const PAPER: &str = "#faf8f4";
const INK: &str = "#1b1916";
const INK_2: &str = "#57524a";
const LINE: &str = "#e3ded3";
const MARKER: &str = "#e6f95a";

/// Pixels to the left and right of everything.
const MARGIN: f32 = 72.0;
/// Sizes of the sentence in pixels, the largest that fits is taken.
const SIZES: [f32; 6] = [60.0, 54.0, 48.0, 42.0, 37.0, 33.0];
/// Where the sentence begins and what height it has, with an interval below and without.
const SENTENCE_TOP: f32 = 150.0;
const SENTENCE_HEIGHT: (f32, f32) = (236.0, 380.0);
/// Between the feet of two lines, in sizes.
const LEADING: f32 = 1.24;
/// Characters of a label and of a part of a sentence, at most.
const LABEL: usize = 60;
const PART: usize = 320;

fn colours(tone: Tone) -> (&'static str, &'static str) {
    match tone {
        Tone::Works => ("#0b6e69", "#d6ecea"),
        Tone::Costs => ("#a83a1b", "#f8e0d7"),
        Tone::None => ("#625d54", "#ece8df"),
    }
}

/// The picture as an SVG.
pub(crate) fn svg(picture: &Picture) -> String {
    let (width, height) = SIZE;
    let mut out = format!("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">");
    rect(&mut out, (0.0, 0.0), (width as f32, height as f32), 0.0, PAPER);
    head(&mut out, picture);
    sentence(&mut out, picture);
    if let Some(interval) = &picture.interval {
        axis(&mut out, interval, picture.tone);
    }
    word_mark(&mut out);
    out.push_str("</svg>");
    out
}

fn rect(out: &mut String, (x, y): (f32, f32), (width, height): (f32, f32), radius: f32, fill: &str) {
    let _ = write!(out, "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"{radius}\" fill=\"{fill}\"/>");
}

/// Text at the foot of its line. It is escaped here, and only here.
fn text(out: &mut String, (x, y): (f32, f32), size: f32, family: &str, fill: &str, words: &str) {
    let _ = write!(
        out,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" font-family=\"{family}\" font-size=\"{size}\" font-weight=\"500\" fill=\"{fill}\" xml:space=\"preserve\">"
    );
    for c in words.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out.push_str("</text>");
}

/// How sure it is, with the dot whose shape says the same as its colour, and what it is about.
fn head(out: &mut String, picture: &Picture) {
    let (strong, soft) = colours(picture.tone);
    let badge = drawable(&picture.badge, LABEL);
    let long = sans_width(&badge, 26.0);
    rect(out, (MARGIN, 66.0), (long + 66.0, 48.0), 24.0, soft);
    dot(out, (MARGIN + 26.0, 90.0), 8.0, picture.tone, strong);
    text(out, (MARGIN + 44.0, 99.0), 26.0, SANS, strong, &badge);
    text(out, (MARGIN + long + 88.0, 99.0), 26.0, SANS, INK_2, &drawable(&picture.about, LABEL));
}

fn dot(out: &mut String, (x, y): (f32, f32), radius: f32, tone: Tone, fill: &str) {
    match tone {
        Tone::Works => {
            let _ = write!(out, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius}\" fill=\"{fill}\"/>");
        }
        Tone::Costs => rect(out, (x - radius, y - radius), (2.0 * radius, 2.0 * radius), 2.0, fill),
        Tone::None => {
            let _ = write!(out, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius}\" fill=\"{PAPER}\" stroke=\"{fill}\" stroke-width=\"3\"/>");
        }
    }
}

fn sentence(out: &mut String, picture: &Picture) {
    let parts = picture.sentence.each_ref().map(|part| drawable(part, PART));
    let all = words(parts.each_ref().map(String::as_str));
    let width = SIZE.0 as f32 - 2.0 * MARGIN;
    let height = if picture.interval.is_some() { SENTENCE_HEIGHT.0 } else { SENTENCE_HEIGHT.1 };
    let fits = |size: &f32| lines(&all, *size, width).len() as f32 * size * LEADING <= height;
    let size = SIZES.into_iter().find(fits).unwrap_or(SIZES[SIZES.len() - 1]);
    let room = (height / (size * LEADING)) as usize;
    for (at, line) in lines(&all, size, width).iter().take(room).enumerate() {
        line_of(out, line, size, SENTENCE_TOP + size + at as f32 * size * LEADING);
    }
}

/// A line, with the pen under its marked words first.
fn line_of(out: &mut String, line: &[Word], size: f32, foot: f32) {
    let space = serif_width(" ", size);
    let mut x = MARGIN;
    for word in line {
        let long = serif_width(&word.text, size);
        if word.marked {
            rect(out, (x - 5.0, foot - size * 0.62), (long + 10.0, size * 0.72), 0.0, MARKER);
        }
        x += long + space;
    }
    let mut x = MARGIN;
    for word in line {
        text(out, (x, foot), size, SERIF, INK, &word.text);
        x += serif_width(&word.text, size) + space;
    }
}

/// The interval first, then the estimate, on a line with a zero that can be seen.
fn axis(out: &mut String, interval: &Interval, tone: Tone) {
    let Interval { effect, low, high, unit } = interval;
    if ![effect, low, high].iter().all(|value| value.is_finite()) {
        return;
    }
    let reach = [effect, low, high].iter().fold(0.0_f64, |most, value| most.max(value.abs())).max(1e-9);
    let step = step(reach / 2.0);
    let reach = (reach / step).ceil() * step;
    let (left, right, y) = (MARGIN + 24.0, SIZE.0 as f32 - MARGIN - 24.0, 444.0);
    let x = |value: f64| left + (right - left) * ((value + reach) / (2.0 * reach)) as f32;
    let decimals = (0..6).find(|decimals| (step * 10_f64.powi(*decimals)).fract().abs() < 1e-6).unwrap_or(6) as usize;
    let ticks = (reach / step).round() as i32;
    for tick in -ticks..=ticks {
        let value = f64::from(tick) * step;
        let (colour, dash) = if tick == 0 { (INK_2, " stroke-dasharray=\"5 5\"") } else { (LINE, "") };
        let at = x(value);
        let _ = write!(
            out,
            "<line x1=\"{at:.1}\" y1=\"{:.1}\" x2=\"{at:.1}\" y2=\"{:.1}\" stroke=\"{colour}\" stroke-width=\"2\"{dash}/>",
            y - 30.0,
            y + 30.0
        );
        let label = signed(value, decimals);
        text(out, (at - sans_width(&label, 22.0) / 2.0, y + 60.0), 22.0, SANS, INK_2, &label);
    }
    let (strong, soft) = colours(tone);
    let (from, to) = (x(*low), x(*high));
    rect(out, (from, y - 10.0), ((to - from).max(4.0), 20.0), 10.0, soft);
    rect(out, (from, y - 2.0), ((to - from).max(4.0), 4.0), 1.0, strong);
    dot(out, (x(*effect), y), 13.0, tone, strong);
    text(out, (left, y + 98.0), 22.0, SANS, INK_2, &drawable(unit, LABEL));
}

/// The next of 1, 2 and 5 times a power of ten.
fn step(rough: f64) -> f64 {
    let power = 10_f64.powf(rough.log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|times| times * power).find(|step| *step >= rough * 0.999).unwrap_or(10.0 * power)
}

/// The name, as the pages have it: the second half is marked.
fn word_mark(out: &mut String) {
    let (size, foot) = (40.0, SIZE.1 as f32 - 44.0);
    let (first, second) = (serif_width("leg", size), serif_width("work", size));
    let x = SIZE.0 as f32 - MARGIN - first - second;
    rect(out, (x + first, foot - size * 0.86), (second + 4.0, size * 1.1), 3.0, MARKER);
    text(out, (x, foot), size, SERIF, INK, "leg");
    text(out, (x + first + 2.0, foot), size, SERIF, INK, "work");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_leave_its_element() {
        let picture = Picture {
            badge: "<b>".into(),
            about: "\"&\u{1}".into(),
            sentence: ["</text><image/>".into(), "<1>".into(), String::new()],
            tone: Tone::None,
            interval: None,
        };
        let drawn = svg(&picture);
        assert!(!drawn.contains("<image") && !drawn.contains("<b>") && !drawn.contains('\u{1}'), "{drawn}");
        assert!(drawn.contains("&lt;1&gt;") && drawn.contains("\"&amp;"), "{drawn}");
    }

    #[test]
    fn ticks_are_round() {
        for (rough, round) in [(0.4, 0.5), (0.9, 1.0), (1.3, 2.0), (4.0, 5.0), (60.0, 100.0)] {
            assert!((step(rough) - round).abs() < 1e-9, "{rough}: {}", step(rough));
        }
    }
}
