//! The usual of a measure: the mean of seven days, and the middle half of twenty-eight.

use chrono::{NaiveDate, TimeDelta};
use domain::discovery::HighlightedText;
use domain::measures::Measure;
use domain::statistics::quantile;
use domain::units::lowercase_label;

/// Days of the mean.
const WEEK: i64 = 7;
/// Days of the band.
const USUAL: i64 = super::history::USUAL_DAYS;
/// Answers that a mean needs.
const MIN_WEEK: usize = 3;
/// Answers that a band needs.
const MIN_USUAL: usize = 10;

/// The mean and the usual of a day; each only with enough answers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Smoothed {
    pub(super) day: NaiveDate,
    /// The mean of the seven days up to the day.
    pub(super) mean: Option<f64>,
    /// The middle half of the twenty-eight days up to the day.
    pub(super) usual: Option<(f64, f64)>,
}

/// Each day from `from` to `to`, of numbers in the order of their days.
pub(super) fn smoothed(numbers: &[(NaiveDate, f64)], from: NaiveDate, to: NaiveDate) -> Vec<Smoothed> {
    from.iter_days()
        .take_while(|day| *day <= to)
        .map(|day| {
            let mut usual = last(numbers, day, USUAL);
            usual.sort_by(f64::total_cmp);
            let quarter = |q: f64| quantile(&usual, q);
            Smoothed {
                day,
                mean: mean(&last(numbers, day, WEEK), MIN_WEEK),
                usual: (usual.len() >= MIN_USUAL).then(|| (quarter(0.25), quarter(0.75))),
            }
        })
        .collect()
}

/// The numbers of the `days` days up to and including `day`.
fn last(numbers: &[(NaiveDate, f64)], day: NaiveDate, days: i64) -> Vec<f64> {
    let first = day - TimeDelta::days(days - 1);
    let start = numbers.partition_point(|(d, _)| *d < first);
    numbers[start..].iter().take_while(|(d, _)| *d <= day).map(|(_, number)| *number).collect()
}

fn mean(numbers: &[f64], least: usize) -> Option<f64> {
    (numbers.len() >= least).then(|| numbers.iter().sum::<f64>() / numbers.len() as f64)
}

/// What the last seven days say beside the twenty-eight before them.
pub(super) fn sentence(measure: &Measure, numbers: &[(NaiveDate, f64)], today: NaiveDate) -> HighlightedText {
    let label = lowercase_label(&measure.label);
    let week = mean(&last(numbers, today, WEEK), MIN_WEEK);
    let usual = mean(&last(numbers, today - TimeDelta::days(WEEK), USUAL), MIN_USUAL);
    let plain = |before: String| HighlightedText { before, marked: String::new(), after: String::new() };
    let (Some(week), Some(usual)) = (week, usual) else {
        return plain(format!(
            "{}: {} so far. A usual takes a few weeks.",
            measure.label,
            domain::units::pluralize(numbers.len(), "answer", "answers")
        ));
    };
    let change = week - usual;
    if change.abs() < measure.notable / 10.0 {
        return plain(format!("{} was as usual in the last seven days.", measure.label));
    }
    HighlightedText {
        before: format!("In the last seven days, {label} was "),
        marked: difference(measure, change.abs()),
        after: format!(" {} your usual.", if change > 0.0 { "above" } else { "below" }),
    }
}

/// An amount of a measure: `24 min`, `0.6 steps`, `3 bpm`.
fn difference(measure: &Measure, amount: f64) -> String {
    use domain::measures::Kind;
    let number = domain::units::format_significant((amount * 10.0).round() / 10.0);
    match &measure.kind {
        Kind::Scale { .. } => format!("{number}\u{a0}steps"),
        Kind::Clock { .. } => format!("{amount:.0}\u{a0}min"),
        Kind::YesNo => format!("{:.0}\u{a0}% of days", amount * 100.0),
        _ => measure.show_number(amount.max(1.0 / 60.0)),
    }
}

#[cfg(test)]
mod tests {
    use domain::measures::built_in;

    use super::*;

    fn day(n: i64) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 1, 1).expect("a date") + TimeDelta::days(n)
    }

    fn sleep() -> &'static Measure {
        built_in().iter().find(|measure| measure.key == "sleep_hours").expect("sleep")
    }

    #[test]
    fn the_band_is_the_middle_half_and_missing_days_are_no_zeros() {
        let numbers: Vec<_> = (0..28).filter(|n| n % 2 == 0).map(|n| (day(n), n as f64)).collect();
        let last = smoothed(&numbers, day(27), day(27))[0];
        // 0, 2, … 26: the seven days have 22, 24 and 26; a quarter of 14 numbers lies at 6.5, three quarters at 19.5.
        assert_eq!(last, Smoothed { day: day(27), mean: Some(24.0), usual: Some((6.5, 19.5)) });
        let early = smoothed(&numbers, day(3), day(3))[0];
        assert_eq!((early.mean, early.usual), (None, None), "two answers are neither");
    }

    #[test]
    fn a_week_is_compared_with_the_weeks_before_it() {
        let hours = |n: i64| if n > 27 { 7.5 } else { 7.1 };
        let numbers: Vec<_> = (0..35).map(|n| (day(n), hours(n))).collect();
        let said = sentence(sleep(), &numbers, day(34));
        assert_eq!((said.marked.as_str(), said.after.as_str()), ("24\u{a0}min", " above your usual."));
        let same: Vec<_> = (0..35).map(|n| (day(n), 7.0)).collect();
        assert_eq!(sentence(sleep(), &same, day(34)).before, "Sleep was as usual in the last seven days.");
        assert_eq!(sentence(sleep(), &same[..4], day(3)).before, "Sleep: 4\u{a0}answers so far. A usual takes a few weeks.");
    }
}
