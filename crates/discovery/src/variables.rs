//! The outcomes that the app tests, with their labels and units, and what is asked first. The inputs are those that features declare.

use activities::LOAD;
use domain::measures::keys;

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
        key: keys::RESTING_HR,
        label: "Resting heart rate",
        axis: "resting heart rate, bpm from your usual",
        unit: "bpm resting",
        scale: 1.0,
        more_is_better: false,
        words: ("higher resting heart rate", "lower resting heart rate"),
        smallest: 0.5,
    },
    Outcome {
        key: keys::HRV,
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
pub(crate) const EXCLUDED_PAIRS: [(&str, &str); 2] = [(keys::RESTING_HR, keys::HRV), (keys::HRV, keys::RESTING_HR)];

/// What most athletes ask first, declared before any data: a test family of their own, not corrected for the other pairs.
pub(crate) const PRIORITY_PAIRS: [(&str, &str); 10] = [
    (keys::SLEEP_HOURS, EFFICIENCY),
    (keys::SLEEP_QUALITY, EFFICIENCY),
    (keys::ALCOHOL, EFFICIENCY),
    (keys::STRESS, EFFICIENCY),
    (keys::SORENESS, EFFICIENCY),
    (keys::HRV, EFFICIENCY),
    (keys::RESTING_HR, EFFICIENCY),
    (LOAD, EFFICIENCY),
    (keys::ALCOHOL, keys::HRV),
    (keys::SLEEP_HOURS, keys::RESTING_HR),
];
