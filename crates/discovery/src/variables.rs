//! The variables: the inputs and outcomes that the app tests, with their labels and units.

use domain::journal::Field;

/// Something that might have an effect.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Input {
    /// Column of the table, and part of the card's key.
    pub(crate) key: &'static str,
    /// Label on badges and axes.
    pub(crate) label: &'static str,
    /// Axis of the scatter chart.
    pub(crate) axis: &'static str,
    /// Amount that a sentence is about, in the column's unit.
    pub(crate) step: f64,
    /// That amount, at the start of a sentence.
    pub(crate) more: &'static str,
    /// After the unit of the effect.
    pub(crate) per: &'static str,
    /// The earliest lag that makes sense: 1 for what may be recorded after the run.
    pub(crate) first_lag: usize,
    /// What to say when it helps.
    pub(crate) when_good: &'static str,
    /// What to say when it costs.
    pub(crate) when_bad: &'static str,
}

/// Something that might be affected.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outcome {
    pub(crate) key: &'static str,
    pub(crate) label: &'static str,
    /// Axis of the scatter chart.
    pub(crate) axis: &'static str,
    /// Unit of the effect as shown.
    pub(crate) unit: &'static str,
    /// From the column's unit to the shown one.
    pub(crate) scale: f64,
    /// Whether more of it is better.
    pub(crate) more_is_better: bool,
    /// Wording when it goes up, and when it goes down.
    pub(crate) words: (&'static str, &'static str),
    /// The smallest effect of interest, in the column's unit.
    pub(crate) smallest: f64,
}

/// Training impulse (TRIMP) of a day; tested from lag 1.
pub(crate) const LOAD: &str = "load";

/// Whether a day had no training.
pub(crate) const REST_DAY: &str = "rest_day";

/// All inputs in the order of the page. Journal fields carry their field's name.
pub(crate) const INPUTS: [Input; 12] = [
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
    journal(Field::Soreness, "Soreness", "soreness, 1 to 5", 1.0, "A step sorer", "per step", 0, "You seem to like it.", "The legs keep the books."),
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
    journal(Field::Caffeine, "Caffeine", "caffeine, cups", 1.0, "Each cup of coffee", "per cup", 1, "Keep the machine clean.", "Blame the beans."),
    Input {
        key: LOAD,
        label: "Load",
        axis: "training load",
        step: 50.0,
        more: "50 points more load",
        per: "per 50 points",
        first_lag: 1,
        when_good: "Training works. Who knew.",
        when_bad: "Easy days work. Annoying, but there it is.",
    },
    Input {
        key: REST_DAY,
        label: "Rest day",
        axis: "rest day: 0 no, 1 yes",
        step: 1.0,
        more: "A day of rest",
        per: "after a rest day",
        first_lag: 1,
        when_good: "Do nothing. Then run.",
        when_bad: "You rust when you rest.",
    },
];

#[expect(clippy::too_many_arguments, reason = "a table of labels reads best as one line each")]
const fn journal(
    field: Field,
    label: &'static str,
    axis: &'static str,
    step: f64,
    more: &'static str,
    per: &'static str,
    first_lag: usize,
    when_good: &'static str,
    when_bad: &'static str,
) -> Input {
    Input { key: field.name(), label, axis, step, more, per, first_lag, when_good, when_bad }
}

pub(crate) const EFFICIENCY: &str = "efficiency";
pub(crate) const DECOUPLING: &str = "decoupling";

/// All outcomes in the order of the page.
pub(crate) const OUTCOMES: [Outcome; 4] = [
    Outcome {
        key: EFFICIENCY,
        label: "Efficiency",
        axis: "efficiency, % from your usual",
        unit: "% efficiency",
        scale: 100.0,
        more_is_better: true,
        words: ("more efficient", "less efficient"),
        smallest: 0.01,
    },
    Outcome {
        key: DECOUPLING,
        label: "Decoupling",
        axis: "decoupling, points from your usual",
        unit: "points of decoupling",
        scale: 1.0,
        more_is_better: false,
        words: ("more drift", "less drift"),
        smallest: 0.5,
    },
    Outcome {
        key: Field::RestingHr.name(),
        label: "Resting heart rate",
        axis: "resting heart rate, bpm from your usual",
        unit: "bpm resting",
        scale: 1.0,
        more_is_better: false,
        words: ("higher resting heart rate", "lower resting heart rate"),
        smallest: 0.5,
    },
    Outcome {
        key: Field::Hrv.name(),
        label: "HRV",
        axis: "HRV, ms from your usual",
        unit: "ms HRV",
        scale: 1.0,
        more_is_better: true,
        words: ("more HRV", "less HRV"),
        smallest: 2.0,
    },
];

/// Two measures of the same thing: whether one explains the other is not a question.
pub(crate) const EXCLUDED_PAIRS: [(&str, &str); 2] = [(Field::RestingHr.name(), Field::Hrv.name()), (Field::Hrv.name(), Field::RestingHr.name())];

/// What most athletes ask first, declared before any data: a test family of their own, not corrected for the other pairs.
pub(crate) const PRIORITY_PAIRS: [(&str, &str); 10] = [
    (Field::SleepHours.name(), EFFICIENCY),
    (Field::SleepQuality.name(), EFFICIENCY),
    (Field::Alcohol.name(), EFFICIENCY),
    (Field::Stress.name(), EFFICIENCY),
    (Field::Soreness.name(), EFFICIENCY),
    (Field::Hrv.name(), EFFICIENCY),
    (Field::RestingHr.name(), EFFICIENCY),
    (LOAD, EFFICIENCY),
    (Field::Alcohol.name(), Field::Hrv.name()),
    (Field::SleepHours.name(), Field::RestingHr.name()),
];
