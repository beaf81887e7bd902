//! Where a finding stands on the page: what may be said of it follows from its interval and its q, whatever it is called elsewhere.

use serde::{Deserialize, Serialize};

use super::{Q_SUPPORTED, Tier};

/// What is measured of a body and answers to everything else that happens to it: it goes along with good and bad runs and is no cause of them.
const SIGNS: [&str; 7] = ["resting_hr", "hrv", "hrv_sdnn", "respiration", "spo2", "skin_temp_delta", "readiness"];

/// Whether an input is a sign, not something to do more or less of.
#[must_use]
pub fn is_sign(input: &str) -> bool {
    SIGNS.contains(&input)
}

/// A section of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// It holds, and more of it is good for the athlete.
    Helps,
    /// It holds, and more of it is bad for the athlete.
    Costs,
    /// It holds or is watched, and is no cause.
    Sign,
    /// Notable by itself, but not among so many questions.
    Watching,
    /// The interval excludes zero also after correction, and lies within the smallest effect that matters.
    SmallButReal,
    /// The interval excludes zero and lies within the smallest effect that matters, and it might be chance among so many questions.
    SmallOrChance,
    /// The interval contains zero and lies within the smallest effect that matters.
    NoEffect,
    /// Neither an effect nor its absence can be shown.
    Unknown,
    /// Too few days.
    FewDays,
}

/// What a group is chosen by.
#[derive(Debug, Clone, Copy)]
pub struct Evidence {
    /// How sure.
    pub tier: Tier,
    /// Whether the input is a sign.
    pub sign: bool,
    /// Whether more of the input is good for the athlete.
    pub is_beneficial: Option<bool>,
    /// Both ends of the 95 % interval.
    pub interval: Option<(f64, f64)>,
    /// The smallest effect that matters, in the same unit.
    pub smallest: f64,
    /// q value over all pairs.
    pub q: Option<f64>,
}

impl Group {
    /// The group of a finding.
    #[must_use]
    pub fn of(evidence: Evidence) -> Self {
        let Evidence { tier, sign, is_beneficial, interval, smallest, q } = evidence;
        match (tier, is_beneficial, interval) {
            (Tier::NotEnoughData, ..) => Self::FewDays,
            (Tier::Confirmed | Tier::Supported | Tier::Watching, ..) if sign => Self::Sign,
            (Tier::Confirmed | Tier::Supported, Some(true), _) => Self::Helps,
            (Tier::Confirmed | Tier::Supported, Some(false), _) => Self::Costs,
            (Tier::Watching, ..) => Self::Watching,
            (Tier::NoEffect | Tier::TooSmall, _, Some((low, high))) if low.abs().max(high.abs()) <= smallest * (1.0 + 1e-9) => {
                if low <= 0.0 && high >= 0.0 {
                    Self::NoEffect
                } else if q.is_some_and(|q| q <= Q_SUPPORTED) {
                    Self::SmallButReal
                } else {
                    Self::SmallOrChance
                }
            }
            _ => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_says_what_its_interval_says() {
        let of = |tier, low, high, q| {
            Group::of(Evidence { tier, sign: false, is_beneficial: Some(true), interval: Some((low, high)), smallest: 1.0, q: Some(q) })
        };
        assert_eq!(of(Tier::NoEffect, -0.4, 0.6, 0.9), Group::NoEffect);
        // What the correction calls real while zero fits is not said to exclude it.
        assert_eq!(of(Tier::TooSmall, -0.1, 0.6, 0.01), Group::NoEffect);
        assert_eq!(of(Tier::TooSmall, 0.1, 0.6, 0.01), Group::SmallButReal);
        assert_eq!(of(Tier::TooSmall, 0.1, 0.6, 0.4), Group::SmallOrChance);
        assert_eq!(of(Tier::NoEffect, -0.4, 1.2, 0.9), Group::Unknown, "something that matters is not ruled out");
        assert_eq!((of(Tier::Supported, 0.5, 2.0, 0.01), of(Tier::Watching, 0.5, 2.0, 0.3)), (Group::Helps, Group::Watching));
        assert_eq!((of(Tier::Unknown, -3.0, 2.0, 0.9), of(Tier::NotEnoughData, 0.0, 0.0, 1.0)), (Group::Unknown, Group::FewDays));
    }

    #[test]
    fn a_sign_neither_helps_nor_costs() {
        let of = |tier, is_beneficial| {
            Group::of(Evidence { tier, sign: true, is_beneficial: Some(is_beneficial), interval: Some((0.5, 2.0)), smallest: 1.0, q: Some(0.01) })
        };
        assert_eq!([of(Tier::Confirmed, true), of(Tier::Supported, false), of(Tier::Watching, false)], [Group::Sign; 3]);
        assert!(is_sign("hrv") && is_sign("resting_hr") && !is_sign("sleep_hours"));
    }
}
