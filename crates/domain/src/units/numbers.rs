//! Number formatting. A no-break space stands between number and unit, so that a line never breaks there.

/// Goes between a number and its unit.
pub const NBSP: char = '\u{a0}';

/// Minutes and seconds of a pace in seconds per kilometre: `5:08`.
#[must_use]
pub fn pace(s_per_km: f64) -> String {
    if !s_per_km.is_finite() || s_per_km <= 0.0 || s_per_km > 5999.0 {
        return "–".into();
    }
    let s = s_per_km.round() as u64;
    format!("{}:{:02}", s / 60, s % 60)
}

/// A duration in seconds: `51:38`, `1:02:05`.
#[must_use]
pub fn duration(seconds: f64) -> String {
    if !seconds.is_finite() || seconds < 0.0 {
        return "–".into();
    }
    let s = seconds.round() as u64;
    let (h, m, s) = (s / 3600, s % 3600 / 60, s % 60);
    if h > 0 { format!("{h}:{m:02}:{s:02}") } else { format!("{m}:{s:02}") }
}

/// Hours and minutes of a sum in seconds: `56:04`, `0:45`.
#[must_use]
pub fn hours_and_minutes(seconds: f64) -> String {
    let minutes = (seconds.max(0.0) / 60.0).round() as u64;
    format!("{}:{:02}", minutes / 60, minutes % 60)
}

/// A number with `decimals` decimals and a true minus sign, but never a minus before zero: an empty sum is −0 in floating point.
#[must_use]
pub fn decimal(value: f64, decimals: usize) -> String {
    let text = signed(value, decimals);
    text.strip_prefix('+').map(ToOwned::to_owned).unwrap_or(text)
}

/// A racing distance by its name: `400 m`, `1 km`, `mile`, `half marathon`.
#[must_use]
pub fn distance_name(metres: f64) -> String {
    let near = |other: f64| (metres - other).abs() < 1.0;
    if near(1609.344) {
        "mile".to_owned()
    } else if near(21_097.5) {
        "half marathon".to_owned()
    } else if near(42_195.0) {
        "marathon".to_owned()
    } else if metres < 1000.0 || metres % 1000.0 > 0.5 {
        format!("{metres:.0}{NBSP}m")
    } else {
        format!("{:.0}{NBSP}km", metres / 1000.0)
    }
}

/// A number with its sign, a true minus for negatives: `+6`, `−3.1`.
#[must_use]
pub fn signed(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    if text.chars().all(|c| matches!(c, '0' | '.')) {
        return text;
    }
    format!("{}{text}", if value < 0.0 { '−' } else { '+' })
}

/// Three significant digits at most, without an exponent for everyday sizes.
#[must_use]
pub fn format_significant(value: f64) -> String {
    let decimals = match value.abs() {
        v if v >= 100.0 || v == 0.0 => 0,
        v if v >= 10.0 => 1,
        v if v >= 0.095 => 2,
        _ => 3,
    };
    let text = format!("{value:.decimals$}").replace('-', "−");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// The decimals to which an estimate and its error are written, so that neither claims more than the other: the error has two significant digits where
/// they are 10 to 35 and one otherwise, and the estimate ends at the same place (Particle Data Group, Review of Particle Physics 2024, section 5.3).
/// `3.6` and `2.1`, `0.40` and `0.12`, `1.2` and `0.4`. Zeros are kept.
#[must_use]
pub fn decimals_of_error(error: f64) -> usize {
    let error = error.abs();
    if !error.is_finite() || error <= 0.0 {
        return 2;
    }
    let place = error.log10().floor();
    let leading = error / 10_f64.powf(place);
    // Whatever rounds up to a one is written with its zero: 0.97 as 1.0.
    let last = if leading < 3.55 { place - 1.0 } else { place };
    (-last).clamp(0.0, 6.0) as usize
}

/// The decimals of an estimate and its error in a sentence: those of the error, and never more than two significant digits of the larger of both, unless the
/// error would vanish. `3.6` and `2.1`, `1.0` and `0.1`, `12` and `1`.
#[must_use]
pub fn decimals_of_estimate(value: f64, error: f64) -> usize {
    let (exact, larger) = (decimals_of_error(error), value.abs().max(error.abs()));
    if !larger.is_finite() || larger <= 0.0 {
        return exact;
    }
    let two_digits = (1.0 - larger.log10().floor()).clamp(0.0, 6.0) as usize;
    let vanishes = |decimals: usize| error != 0.0 && (error.abs() * 10_f64.powi(decimals as i32)).round() < 1.0;
    (two_digits.min(exact)..=exact).find(|decimals| !vanishes(*decimals)).unwrap_or(exact)
}

/// The decimals of an effect with its 95 % interval: those of half the interval's width, and more where an end that is not zero would be written as one.
#[must_use]
pub fn decimals_of_interval(low: f64, high: f64) -> usize {
    let least = decimals_of_error((high - low) / 2.0);
    let vanishes = |value: f64, decimals: usize| value != 0.0 && (value.abs() * 10_f64.powi(decimals as i32)).round() < 1.0;
    (least..4).find(|&decimals| !vanishes(low, decimals) && !vanishes(high, decimals)).unwrap_or(4)
}

/// A p or q value: `0.004`, `< 0.001`.
#[must_use]
pub fn probability(p: f64) -> String {
    if p < 0.001 {
        format!("<{NBSP}0.001")
    } else if p < 0.0995 {
        format!("{p:.3}")
    } else {
        format!("{p:.2}")
    }
}

/// A label for use within a sentence: `sleep quality`; abbreviations such as `HRV` keep their capitals.
#[must_use]
pub fn lowercase_label(label: &str) -> String {
    if label.chars().all(|c| c.is_uppercase() || !c.is_alphabetic()) { label.to_owned() } else { label.to_lowercase() }
}

/// A small number as a word at the start of a sentence: `Three`; larger ones as digits.
#[must_use]
pub fn spell_number(n: usize) -> String {
    const WORDS: [&str; 13] = ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve"];
    WORDS.get(n).map_or_else(|| n.to_string(), |w| (*w).to_owned())
}

/// A count with its noun: `1 run`, `12 runs`.
#[must_use]
pub fn pluralize(n: usize, one: &str, many: &str) -> String {
    format!("{n}{NBSP}{}", if n == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_formatted_as_people_write_them() {
        assert_eq!(pace(308.2), "5:08");
        assert_eq!(pace(f64::NAN), "–");
        assert_eq!(duration(3725.0), "1:02:05");
        assert_eq!(duration(3098.0), "51:38");
        assert_eq!((hours_and_minutes(201_840.0), hours_and_minutes(29.0)), ("56:04".into(), "0:00".into()));
        assert_eq!(signed(-3.12, 1), "−3.1");
        assert_eq!(signed(-0.04, 1), "0.0");
        assert_eq!(signed(6.0, 0), "+6");
        assert_eq!(
            (decimal(-0.0, 1), decimal(-0.004, 2), decimal(-1.25, 1), decimal(7.0, 0)),
            ("0.0".into(), "0.00".into(), "−1.2".into(), "7".into())
        );
        assert_eq!(decimal(Vec::<f64>::new().iter().sum(), 2), "0.00");
        assert_eq!(format_significant(0.25), "0.25");
        assert_eq!(format_significant(0.467), "0.47");
        assert_eq!((lowercase_label("HRV"), lowercase_label("Sleep quality")), ("HRV".to_owned(), "sleep quality".to_owned()));
        assert_eq!(format_significant(-12.34), "−12.3");
        assert_eq!(format_significant(150.0), "150");
        let both = |value: f64, error: f64| (signed(value, decimals_of_error(error)), decimal(error, decimals_of_error(error)));
        assert_eq!(both(3.58, 2.08), ("+3.6".into(), "2.1".into()));
        assert_eq!(both(0.4, 0.118), ("+0.40".into(), "0.12".into()));
        assert_eq!(both(-1.234, 0.43), ("−1.2".into(), "0.4".into()));
        assert_eq!(both(12.3, 0.97), ("+12.3".into(), "1.0".into()));
        assert_eq!(both(152.4, 43.0), ("+152".into(), "43".into()));
        assert_eq!(both(0.031, 0.0042), ("+0.031".into(), "0.004".into()));
        let said = |value: f64, error: f64| (signed(value, decimals_of_estimate(value, error)), decimal(error, decimals_of_estimate(value, error)));
        assert_eq!(said(3.58, 2.08), ("+3.6".into(), "2.1".into()));
        assert_eq!(said(1.0, 0.14), ("+1.0".into(), "0.1".into()));
        assert_eq!(said(0.4, 0.118), ("+0.40".into(), "0.12".into()));
        assert_eq!(said(-12.3, 0.97), ("−12".into(), "1".into()));
        assert_eq!(said(5.04, 0.04), ("+5.04".into(), "0.04".into()));
        assert_eq!(said(0.02, 0.31), ("+0.02".into(), "0.31".into()));
        assert_eq!((decimals_of_interval(1.5, 5.7), decimals_of_interval(-0.2, 0.3), decimals_of_interval(0.04, 0.95)), (1, 2, 2));
        assert_eq!(probability(0.0001), "<\u{a0}0.001");
        assert_eq!(pluralize(1, "run", "runs"), "1\u{a0}run");
    }
}
