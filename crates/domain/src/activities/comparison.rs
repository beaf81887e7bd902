//! A run against the athlete's own earlier ones.

use serde::{Deserialize, Serialize};

use crate::units::{Units, decimal, spell_number};

/// What kind of run it was, by what anybody can see of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunKind {
    /// Ten metres of elevation gain a kilometre, or more.
    Hilly,
    /// An hour and a half, or longer.
    Long,
    /// Neither.
    Everyday,
}

impl RunKind {
    /// Of a run; hills count first.
    #[must_use]
    pub fn of(distance_m: f64, moving_s: f64, elevation_gain_m: Option<f64>) -> Self {
        const HILLY_M_PER_KM: f64 = 10.0;
        const LONG_S: f64 = 5400.0;
        if elevation_gain_m.is_some_and(|gain| distance_m > 0.0 && gain / distance_m * 1000.0 >= HILLY_M_PER_KM) {
            Self::Hilly
        } else if moving_s >= LONG_S {
            Self::Long
        } else {
            Self::Everyday
        }
    }
}

/// The earlier runs that a run is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Baseline {
    /// All runs of so many days before it.
    Days {
        /// 28, 90 or 365.
        days: u16,
    },
    /// All earlier runs on the same route, in the same direction.
    Route,
    /// Runs of the same kind in the year before it.
    Kind {
        /// Its kind.
        kind: RunKind,
    },
    /// Runs at nearly the same temperature in the year before it.
    Temperature {
        /// Degrees Celsius.
        from_c: f64,
        /// Degrees Celsius.
        to_c: f64,
    },
}

impl Baseline {
    /// Its name in a list: `28 days`, `This route`, `Hilly runs`, `At 5 to 9 °C`.
    #[must_use]
    pub fn label(self, units: Units) -> String {
        match self {
            Self::Days { days } => format!("{days} days"),
            Self::Route => "This route".into(),
            Self::Kind { kind: RunKind::Hilly } => "Hilly runs".into(),
            Self::Kind { kind: RunKind::Long } => "Long runs".into(),
            Self::Kind { kind: RunKind::Everyday } => "Everyday runs".into(),
            Self::Temperature { from_c, to_c } => format!("At {} to {}", decimal(units.degrees(from_c), 0), units.temperature(to_c)),
        }
    }
}

/// Where a run stands among earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Which ones.
    pub baseline: Baseline,
    /// How many there are.
    pub runs: u32,
    /// The numbers; `None` if there are too few.
    pub standing: Option<Standing>,
    /// How many more are wanted; 0 if there are enough.
    pub wanted: u32,
}

/// The numbers of a comparison. Efficiency is in metres a heartbeat.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// The median of the earlier runs.
    pub middle: f64,
    /// What nine of ten ordinary days lie between.
    pub band: (f64, f64),
    /// This run.
    pub value: f64,
    /// This run against the middle, per cent.
    pub percent: f64,
    /// Whether it lies outside the band: more than an ordinary day explains.
    pub outside: bool,
    /// Its place among them and itself, 1 for the best.
    pub rank: u32,
}

impl Comparison {
    /// What to say where there are too few runs: `Two more runs, and there is a band.`
    #[must_use]
    pub fn shortage(&self) -> Option<String> {
        match self.wanted {
            0 => None,
            1 => Some("One more run, and there is a band.".into()),
            n => Some(format!("{} more runs, and there is a band.", spell_number(n as usize))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_hills_then_by_time() {
        assert_eq!(RunKind::of(10_000.0, 3000.0, Some(118.0)), RunKind::Hilly);
        assert_eq!(RunKind::of(20_000.0, 6000.0, Some(300.0)), RunKind::Hilly);
        assert_eq!(RunKind::of(20_000.0, 6000.0, Some(50.0)), RunKind::Long);
        assert_eq!(RunKind::of(10_000.0, 3000.0, None), RunKind::Everyday);
    }

    #[test]
    fn baselines_have_names() {
        let units = Units::default();
        assert_eq!(Baseline::Days { days: 28 }.label(units), "28 days");
        assert_eq!(Baseline::Kind { kind: RunKind::Hilly }.label(units), "Hilly runs");
        assert_eq!(Baseline::Temperature { from_c: 5.0, to_c: 9.0 }.label(units), "At 5 to 9\u{a0}°C");
        assert_eq!(Baseline::Temperature { from_c: 5.0, to_c: 9.0 }.label(Units::AMERICAN), "At 41 to 48\u{a0}°F");
        let few = Comparison { baseline: Baseline::Route, runs: 6, standing: None, wanted: 2 };
        assert_eq!(few.shortage().as_deref(), Some("Two more runs, and there is a band."));
    }
}
