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
    /// Of a pace: its axis and its unit for whoever reads miles.
    pub(crate) by_mile: Option<(&'static str, &'static str)>,
}

impl Outcome {
    /// The same for an athlete of a usual pace, in seconds per kilometre. The column of a pace is a share of the usual speed: a heart rate is a line of the
    /// speed, and not of the pace. A share more of it is the same share of the pace less.
    pub(crate) fn of(self, usual_pace: Option<f64>) -> Self {
        match usual_pace.filter(|_| self.by_mile.is_some()) {
            Some(pace) => Self { scale: -pace, ..self },
            None => self,
        }
    }
}

pub(crate) const EFFICIENCY: &str = "efficiency";
pub(crate) const DECOUPLING: &str = "decoupling";
/// How hard a run felt (RPE), with its pace held constant.
pub(crate) const EFFORT: &str = "effort_at_pace";
/// The graded pace of a run, with its heart rate held constant: efficiency once more, by the athlete's own relation of the two. See decision 31.
pub(crate) const PACE: &str = "pace_at_hr";
/// The outcomes of runs.
pub(crate) const OF_RUNS: [&str; 4] = [EFFICIENCY, EFFORT, PACE, DECOUPLING];

/// All outcomes in the order of the page.
pub(crate) const OUTCOMES: [Outcome; 6] = [
    Outcome {
        key: EFFICIENCY,
        label: "Efficiency",
        axis: "efficiency, % from your usual",
        unit: "% efficiency",
        scale: 100.0,
        more_is_better: true,
        words: ("more efficient", "less efficient"),
        smallest: 0.01,
        by_mile: None,
    },
    Outcome {
        key: EFFORT,
        label: "Effort at fixed pace",
        axis: "effort at the same pace, points (RPE) from your usual",
        unit: "points of effort",
        scale: 1.0,
        more_is_better: false,
        words: ("harder at the same pace", "easier at the same pace"),
        // An answer is a whole point: half of one is another answer for every second run.
        smallest: 0.5,
        by_mile: None,
    },
    Outcome {
        key: PACE,
        label: "Pace at fixed heart rate",
        axis: "pace at the same heart rate, s/km from your usual",
        unit: "s/km",
        // Of 5:00 /km; see `Outcome::of`.
        scale: -300.0,
        more_is_better: false,
        words: ("slower at the same heart rate", "faster at the same heart rate"),
        // As of efficiency.
        smallest: 0.01,
        by_mile: Some(("pace at the same heart rate, s/mi from your usual", "s/mi")),
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
        by_mile: None,
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
        by_mile: None,
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
        by_mile: None,
    },
];

/// Two measures of the same thing: whether one explains the other is not a question.
pub(crate) const EXCLUDED_PAIRS: [(&str, &str); 2] = [(keys::RESTING_HR, keys::HRV), (keys::HRV, keys::RESTING_HR)];

/// What most athletes ask first, declared before any data: a test family of their own, not corrected for the other pairs.
pub(crate) const PRIORITY_PAIRS: [(&str, &str); 12] = [
    (keys::SLEEP_HOURS, EFFICIENCY),
    (keys::SLEEP_QUALITY, EFFICIENCY),
    (keys::ALCOHOL, EFFICIENCY),
    (keys::STRESS, EFFICIENCY),
    (keys::SORENESS, EFFICIENCY),
    (keys::HRV, EFFICIENCY),
    (keys::RESTING_HR, EFFICIENCY),
    (LOAD, EFFICIENCY),
    (keys::SLEEP_HOURS, EFFORT),
    (keys::STRESS, EFFORT),
    (keys::ALCOHOL, keys::HRV),
    (keys::SLEEP_HOURS, keys::RESTING_HR),
];
