//! What is worth a line about a run: codes with numbers, and the words for them.

use serde::{Deserialize, Serialize};

use crate::units::{NBSP, Units, decimal, distance_name, duration, signed, spell_number};

/// Something about a run that an ordinary day does not explain.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Insight {
    /// The first run in the log.
    First,
    /// The first run over a racing distance.
    FirstOver {
        /// The racing distance in metres.
        over_m: f64,
        /// This run in metres.
        distance_m: f64,
        /// The longest run before in metres.
        before_m: f64,
    },
    /// The longest run so far.
    Longest {
        /// This run in metres.
        distance_m: f64,
        /// The longest before in metres.
        before_m: f64,
        /// Runs before.
        runs: u32,
    },
    /// A best effort inside this run is the best of all.
    Record {
        /// Its distance in metres.
        distance_m: f64,
        /// Its seconds.
        seconds: f64,
        /// The seconds of the best before.
        before_s: f64,
    },
    /// Nearly that.
    RecordNearly {
        /// Its distance in metres.
        distance_m: f64,
        /// Its seconds.
        seconds: f64,
        /// The seconds of the best.
        best_s: f64,
    },
    /// One of the best three on this route, and faster than an ordinary day.
    RoutePlace {
        /// 1 to 3.
        place: u32,
        /// Runs on the route, with this one.
        runs: u32,
        /// Moving seconds per kilometre.
        pace_s_per_km: f64,
        /// The fast and the slow end of ordinary days, in seconds per kilometre.
        usual_s_per_km: (f64, f64),
        /// Heart rate less that of the best other run here, in beats a minute, if they differ.
        beats: Option<f64>,
    },
    /// Climbs cost no more than the flat, which is not usual.
    HillAtFlatPace {
        /// Graded pace on the climbs less that on the flat, seconds per kilometre.
        difference_s_per_km: f64,
        /// The middle of earlier runs.
        usual_s_per_km: f64,
        /// Half the width of what is ordinary.
        give_or_take: f64,
        /// Earlier runs with climbs.
        runs: u32,
    },
    /// A second half that was faster than usual, graded.
    NegativeSplit {
        /// By how much, per cent.
        percent: f64,
        /// What is ordinary, per cent.
        usual: (f64, f64),
    },
    /// The heart drifted against the pace more or less than on an ordinary day.
    Decoupling {
        /// Per cent.
        percent: f64,
        /// What is ordinary, per cent.
        usual: (f64, f64),
    },
    /// Warmer than the weeks before, and an efficiency that is low, but not for that heat.
    Heat {
        /// Degrees Celsius.
        temperature_c: f64,
        /// The middle of four weeks.
        usual_c: f64,
        /// Efficiency against the middle of 90 days, per cent, negative.
        percent: f64,
        /// Whether runs at this temperature are known, and this one is ordinary among them.
        ordinary_for_it: bool,
    },
}

impl Insight {
    /// The insight itself, a sentence.
    #[must_use]
    pub fn headline(self) -> String {
        match self {
            Self::First => "Your first run here.".into(),
            Self::FirstOver { over_m, .. } => format!("Your first {}.", distance_name(over_m)),
            Self::Longest { .. } => "Your longest run so far.".into(),
            Self::Record { distance_m, .. } => format!("Your fastest {} so far.", distance_name(distance_m)),
            Self::RecordNearly { distance_m, seconds, best_s, .. } => match (seconds.round() - best_s.round()) as usize {
                0 => format!("Level with your best {}.", distance_name(distance_m)),
                1 => format!("One second from your best {}.", distance_name(distance_m)),
                n => format!("{} seconds from your best {}.", spell_number(n), distance_name(distance_m)),
            },
            Self::RoutePlace { place, runs, beats, .. } => {
                let place = match place {
                    1 => "Best",
                    2 => "Second best",
                    _ => "Third best",
                };
                let than = if place == "Best" { "the one before" } else { "the best" };
                let beats = beats.map_or_else(String::new, |b| {
                    let n = spell_number(b.abs().round() as usize).to_lowercase();
                    format!(", at {n} {} {} than {than}", if b.abs() < 1.5 { "beat" } else { "beats" }, if b < 0.0 { "less" } else { "more" })
                });
                format!("{place} of {} on this route{beats}.", spell_number(runs as usize).to_lowercase())
            }
            Self::HillAtFlatPace { difference_s_per_km, .. } if difference_s_per_km < -5.0 => "You ran the hill faster than the flat, graded.".into(),
            Self::HillAtFlatPace { .. } => "You ran the hill at your flat pace, graded.".into(),
            Self::NegativeSplit { .. } => "The second half was the quicker one.".into(),
            Self::Decoupling { percent, usual } if percent > usual.1 => "Your heart drifted more than usual.".into(),
            Self::Decoupling { .. } => "Your heart drifted less than usual.".into(),
            Self::Heat { .. } => "Warm, and it shows.".into(),
        }
    }

    /// Why it is said: the numbers behind it.
    #[must_use]
    pub fn reason(self, units: Units) -> String {
        let range = |(low, high): (f64, f64)| format!("{} and {}{NBSP}%", signed(low, 1), signed(high, 1));
        match self {
            Self::First => "From now on there is something to compare with.".into(),
            Self::FirstOver { distance_m, before_m, .. } => {
                format!("{}. The longest run before was {}.", units.distance(distance_m), units.distance(before_m))
            }
            Self::Longest { distance_m, before_m, runs } => {
                format!("{}. The longest of the {runs} before was {}.", units.distance(distance_m), units.distance(before_m))
            }
            Self::Record { seconds, before_s, .. } => format!("{}. The best before was {}.", duration(seconds), duration(before_s)),
            Self::RecordNearly { seconds, best_s, .. } => format!("{} inside this run. Your best is {}.", duration(seconds), duration(best_s)),
            Self::RoutePlace { pace_s_per_km, usual_s_per_km: (fast, slow), .. } => {
                format!("{}. Ordinary days here lie between {} and {}.", units.pace(pace_s_per_km), units.pace_number(fast), units.pace(slow))
            }
            Self::HillAtFlatPace { difference_s_per_km, usual_s_per_km, give_or_take, runs } => format!(
                "Graded pace on the climb was {} {} than on the flat. On your last {runs} runs with climbs it was {} {}, give or take {}.",
                units.pace_difference(difference_s_per_km),
                if difference_s_per_km < 0.0 { "faster" } else { "slower" },
                units.pace_difference(usual_s_per_km),
                if usual_s_per_km < 0.0 { "faster" } else { "slower" },
                units.pace_difference(give_or_take)
            ),
            Self::NegativeSplit { percent, usual } => {
                format!("By {}{NBSP}%, graded. Your second halves usually lie between {}.", decimal(percent, 1), range(usual))
            }
            Self::Decoupling { percent, usual } => {
                format!("Decoupling {}{NBSP}%. Your ordinary runs lie between {}.", signed(percent, 1), range(usual))
            }
            Self::Heat { temperature_c, usual_c, percent, ordinary_for_it } => format!(
                "{}, and {} in the four weeks before. Efficiency was {}{NBSP}% under the middle of 90 days.{}",
                units.temperature(temperature_c),
                units.temperature(usual_c),
                decimal(percent.abs(), 1),
                if ordinary_for_it { " For this temperature that is ordinary." } else { "" }
            ),
        }
    }
}
