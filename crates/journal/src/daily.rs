//! What the journal offers to discovery: every answer.

use domain::discovery::{Gap, Input};
use domain::journal::Field;
use futures::FutureExt;
use platform::Error;
use platform::feature::daily::{Daily, DayValues};

use crate::queries::Day;
use crate::service::{all, fingerprint};

/// The answers as inputs, in the order of the page.
fn inputs() -> Vec<Input> {
    vec![
        journal(
            Field::SleepHours,
            "Sleep",
            "sleep, hours",
            1.0,
            "An extra hour of sleep",
            "per extra hour",
            0,
            "Go to bed.",
            "Odd, and worth another look.",
        ),
        journal(
            Field::SleepQuality,
            "Sleep quality",
            "sleep quality, 1 to 5",
            1.0,
            "A step better sleep",
            "per step",
            0,
            "Your pillow knows.",
            "Odd, and worth another look.",
        ),
        journal(
            Field::RestingHr,
            "Resting heart rate",
            "resting heart rate, bpm",
            5.0,
            "A resting heart rate 5\u{a0}beats higher",
            "per 5\u{a0}bpm",
            0,
            "Interesting.",
            "The body says it first.",
        ),
        journal(Field::Hrv, "HRV", "HRV, ms", 10.0, "10\u{a0}ms more HRV", "per 10\u{a0}ms", 0, "The body says it first.", "Interesting."),
        journal(
            Field::Soreness,
            "Soreness",
            "soreness, 1 to 5",
            1.0,
            "A step sorer",
            "per step",
            0,
            "You seem to like it.",
            "The legs keep the books.",
        ),
        journal(Field::Mood, "Mood", "mood, 1 to 5", 1.0, "A step better mood", "per step", 1, "Cheer up, it pays.", "Grumpy runs well, it seems."),
        journal(
            Field::Stress,
            "Stress",
            "stress, 1 to 5",
            1.0,
            "A step more stress",
            "per step",
            1,
            "You run well on it.",
            "The calendar runs with you.",
        ),
        journal(Field::WorkHours, "Work", "work, hours", 2.0, "Two more hours of work", "per 2 hours", 1, "Work suits you.", "Send the invoice."),
        journal(
            Field::Alcohol,
            "Alcohol",
            "drinks the night before",
            1.0,
            "Each drink the night before",
            "per drink",
            0,
            "Do not tell anybody.",
            "You knew that. Now it is a number.",
        ),
        journal(
            Field::Caffeine,
            "Caffeine",
            "caffeine, cups",
            1.0,
            "Each cup of coffee",
            "per cup",
            1,
            "Keep the machine clean.",
            "Blame the beans.",
        ),
    ]
}

#[expect(clippy::too_many_arguments, reason = "a table of labels reads best as one line each")]
fn journal(field: Field, label: &str, axis: &str, step: f64, more: &str, per: &str, first_lag: usize, when_good: &str, when_bad: &str) -> Input {
    Input {
        key: field.name().into(),
        label: label.into(),
        axis: axis.into(),
        step,
        more: more.into(),
        per: per.into(),
        first_lag,
        gap: Gap::Unknown,
        when_good: when_good.into(),
        when_bad: when_bad.into(),
    }
}

pub(crate) const DAILY: Daily = Daily {
    inputs,
    changed_by: &["journal.changed"],
    fingerprint: |tx| fingerprint(tx).boxed(),
    values: |tx| async { Ok::<_, Error>(daily_values(&all(tx).await?)) }.boxed(),
    ..Daily::NONE
};

/// What discovery gets of these days.
#[must_use]
pub fn daily_values(days: &[Day]) -> Vec<DayValues> {
    let fields: Vec<Option<Field>> = inputs().iter().map(|input| Field::parse(&input.key)).collect();
    days.iter().map(|(day, entry)| (*day, fields.iter().map(|field| entry.get((*field)?)).collect())).collect()
}
