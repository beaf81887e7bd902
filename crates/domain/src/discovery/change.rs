//! What changed between two reports, of which a summary of each finding is kept.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Group, Tier};

/// A finding as it was on an earlier day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FindingSnapshot {
    /// [`super::Card::key`].
    pub key: String,
    /// How sure.
    pub tier: Tier,
    /// Where it stood on the page; of an older summary, what its tier says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Group>,
    /// Whether more of the input is good for the athlete.
    #[serde(rename = "works")]
    pub is_beneficial: Option<bool>,
    /// In the unit of the card.
    pub effect: Option<f64>,
    /// Both ends of its 95 % interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<(f64, f64)>,
    /// q value over all pairs.
    pub q: Option<f64>,
}

impl FindingSnapshot {
    /// Where it stood on the page. A summary of an older version knows no group; its tier says enough to compare.
    #[must_use]
    pub fn stood(&self) -> Group {
        self.group.unwrap_or(match (self.tier, self.is_beneficial) {
            (Tier::NotEnoughData, _) => Group::FewDays,
            (Tier::Watching, _) => Group::Watching,
            (Tier::Confirmed | Tier::Supported, Some(false)) => Group::Costs,
            (Tier::Confirmed | Tier::Supported, _) => Group::Helps,
            (Tier::NoEffect, _) => Group::NoEffect,
            (Tier::TooSmall, _) => Group::SmallButReal,
            (Tier::Unknown, _) => Group::Unknown,
        })
    }
}

/// How a finding differs from an earlier report.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Difference {
    /// It has an answer, and had none or was not asked.
    Appeared {
        /// Where it stands.
        now: Group,
    },
    /// It had an answer, and has none any more or is not asked.
    Vanished {
        /// Where it stood.
        before: Group,
    },
    /// It has another answer.
    Moved {
        /// Where it stood.
        before: Group,
        /// Where it stands.
        now: Group,
    },
    /// The same answer, and the effect lies outside of the interval that it had.
    Resized {
        /// The effect as it was.
        before: f64,
        /// The effect as it is.
        now: f64,
    },
    /// The same answer, which has held on days that the search never saw.
    Confirmed,
    /// The same answer, which no longer holds on those days.
    Unconfirmed,
}

/// A finding that differs from an earlier report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Changed {
    /// [`super::Card::key`].
    pub key: String,
    /// How.
    pub difference: Difference,
}

/// What changed since an earlier report, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct News {
    /// The day of the earlier report.
    pub since: NaiveDate,
    /// Whether another version of the method computed that: then the data need not be the reason.
    pub other_method: bool,
    /// Each change.
    pub items: Vec<NewsItem>,
}

/// A change in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewsItem {
    /// [`super::Card::key`], where the finding still has a place on the page.
    pub key: Option<String>,
    /// [`super::Card::outcome_key`].
    pub outcome_key: String,
    /// The pair.
    pub pair: String,
    /// What changed of it, as a sentence.
    pub sentence: String,
}

impl Group {
    /// Whether it is an answer: something can be said, be it that there is nothing.
    #[must_use]
    pub const fn is_answer(self) -> bool {
        !matches!(self, Self::FewDays | Self::Unknown | Self::Watching)
    }

    /// Whether an effect is per step of the input: then two of the same finding can be compared. What is small is told over the athlete's usual range,
    /// which changes itself.
    const fn is_per_step(self) -> bool {
        matches!(self, Self::Helps | Self::Costs | Self::Sign)
    }
}

/// What changed from one report to the next: findings in the order of the new one, then those that it no longer has. What has no answer in either is no
/// news.
#[must_use]
pub fn changes(before: &[FindingSnapshot], now: &[FindingSnapshot]) -> Vec<Changed> {
    let find = |all: &[FindingSnapshot], key: &str| all.iter().position(|one| one.key == key);
    let of_now = now.iter().enumerate().filter(|(at, one)| find(now, &one.key) == Some(*at)).filter_map(|(_, one)| {
        let earlier = find(before, &one.key).map(|at| &before[at]);
        Some(Changed { key: one.key.clone(), difference: difference(earlier, Some(one))? })
    });
    let gone = before.iter().enumerate().filter(|(at, one)| find(before, &one.key) == Some(*at) && find(now, &one.key).is_none());
    let gone = gone.filter_map(|(_, one)| Some(Changed { key: one.key.clone(), difference: difference(Some(one), None)? }));
    of_now.chain(gone).collect()
}

fn difference(before: Option<&FindingSnapshot>, now: Option<&FindingSnapshot>) -> Option<Difference> {
    let answer = |one: Option<&FindingSnapshot>| one.map(FindingSnapshot::stood).filter(|group| group.is_answer());
    match (answer(before), answer(now)) {
        (None, None) => None,
        (None, Some(now)) => Some(Difference::Appeared { now }),
        (Some(before), None) => Some(Difference::Vanished { before }),
        (Some(before), Some(now)) if before != now => Some(Difference::Moved { before, now }),
        (Some(group), Some(_)) => {
            let (before, now) = before.zip(now)?;
            let outside = |effect: f64, (low, high): (f64, f64)| effect < low || effect > high;
            let effects = before.effect.zip(now.effect).filter(|_| group.is_per_step());
            match (effects, before.interval) {
                (Some((was, is)), Some(interval)) if outside(is, interval) => Some(Difference::Resized { before: was, now: is }),
                _ => match (before.tier, now.tier) {
                    (Tier::Supported, Tier::Confirmed) => Some(Difference::Confirmed),
                    (Tier::Confirmed, Tier::Supported) => Some(Difference::Unconfirmed),
                    _ => None,
                },
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GROUPS: [Group; 9] = [
        Group::Helps,
        Group::Costs,
        Group::Sign,
        Group::Watching,
        Group::SmallButReal,
        Group::SmallOrChance,
        Group::NoEffect,
        Group::Unknown,
        Group::FewDays,
    ];
    const TIERS: [Tier; 7] = [Tier::NotEnoughData, Tier::Watching, Tier::Supported, Tier::Confirmed, Tier::NoEffect, Tier::TooSmall, Tier::Unknown];

    fn snapshot(key: &str, group: Group, tier: Tier, effect: f64, half: f64) -> FindingSnapshot {
        FindingSnapshot {
            key: key.into(),
            tier,
            group: Some(group),
            is_beneficial: Some(effect > 0.0),
            effect: Some(effect),
            interval: Some((effect - half, effect + half)),
            q: Some(0.01),
        }
    }

    fn of(before: &[FindingSnapshot], now: &[FindingSnapshot]) -> Vec<Difference> {
        changes(before, now).into_iter().map(|changed| changed.difference).collect()
    }

    #[test]
    fn an_answer_appears_vanishes_moves_or_changes_its_size() {
        let one = |group, effect| [snapshot("sleep-hours-efficiency", group, Tier::Supported, effect, 1.0)];
        assert_eq!(of(&[], &one(Group::Helps, 2.0)), [Difference::Appeared { now: Group::Helps }]);
        assert_eq!(of(&one(Group::FewDays, 0.0), &one(Group::NoEffect, 0.0)), [Difference::Appeared { now: Group::NoEffect }]);
        assert_eq!(of(&one(Group::Costs, -2.0), &[]), [Difference::Vanished { before: Group::Costs }]);
        assert_eq!(of(&one(Group::Costs, -2.0), &one(Group::Watching, -2.0)), [Difference::Vanished { before: Group::Costs }]);
        assert_eq!(of(&one(Group::Costs, -2.0), &one(Group::Helps, 2.0)), [Difference::Moved { before: Group::Costs, now: Group::Helps }]);
        assert_eq!(of(&one(Group::Helps, 2.0), &one(Group::Helps, 3.1)), [Difference::Resized { before: 2.0, now: 3.1 }]);
        assert_eq!(of(&one(Group::Helps, 2.0), &one(Group::Helps, 2.9)), []);
        // Over a usual range, which may have changed, sizes say nothing.
        assert_eq!(of(&one(Group::SmallButReal, 0.2), &one(Group::SmallButReal, 1.9)), []);
        assert_eq!(of(&one(Group::FewDays, 0.0), &one(Group::Unknown, 9.0)), []);
    }

    #[test]
    fn an_answer_becomes_surer_or_less_sure() {
        let one = |tier| [snapshot("sleep-hours-efficiency", Group::Helps, tier, 2.0, 1.0)];
        assert_eq!(of(&one(Tier::Supported), &one(Tier::Confirmed)), [Difference::Confirmed]);
        assert_eq!(of(&one(Tier::Confirmed), &one(Tier::Supported)), [Difference::Unconfirmed]);
    }

    #[test]
    fn a_summary_of_an_older_version_is_compared_by_its_tier() {
        let helped = FindingSnapshot { group: None, interval: None, ..snapshot("a-b", Group::Helps, Tier::Confirmed, 1.0, 1.0) };
        assert_eq!((helped.stood(), helped.interval), (Group::Helps, None));
        assert_eq!(of(std::slice::from_ref(&helped), &[snapshot("a-b", Group::Helps, Tier::Confirmed, 9.0, 1.0)]), []);
        assert_eq!(
            of(&[helped], &[snapshot("a-b", Group::Costs, Tier::Confirmed, -9.0, 1.0)]),
            [Difference::Moved { before: Group::Helps, now: Group::Costs }]
        );
    }

    fn reports() -> impl Strategy<Value = Vec<FindingSnapshot>> {
        let one = (0..8_u8, 0..GROUPS.len(), 0..TIERS.len(), -5.0..5.0_f64, 0.01..3.0_f64);
        prop::collection::vec(one, 0..12).prop_map(|all| {
            let mut report: Vec<FindingSnapshot> = all
                .into_iter()
                .map(|(key, group, tier, effect, half)| snapshot(&format!("in-{key}"), GROUPS[group], TIERS[tier], effect, half))
                .collect();
            report.sort_by(|a, b| a.key.cmp(&b.key));
            report.dedup_by(|a, b| a.key == b.key);
            report
        })
    }

    proptest! {
        #[test]
        fn nothing_changes_between_a_report_and_itself(report in reports()) {
            prop_assert_eq!(changes(&report, &report), []);
        }

        #[test]
        fn every_finding_changes_once_and_is_of_one_of_the_reports(before in reports(), now in reports()) {
            let changed = changes(&before, &now);
            let mut keys: Vec<&str> = changed.iter().map(|c| c.key.as_str()).collect();
            prop_assert!(keys.iter().all(|key| before.iter().chain(&now).any(|one| one.key == *key)));
            let all = keys.len();
            keys.sort_unstable();
            keys.dedup();
            prop_assert_eq!(keys.len(), all);
        }

        #[test]
        fn what_appeared_one_way_vanished_the_other_way(before in reports(), now in reports()) {
            let mut there: Vec<(String, Difference)> = changes(&before, &now).into_iter().map(|c| (c.key, c.difference)).collect();
            let mut back: Vec<(String, Difference)> = changes(&now, &before).into_iter().map(|c| (c.key, c.difference)).collect();
            let turned = |difference: Difference| match difference {
                Difference::Appeared { now } => Some(Difference::Vanished { before: now }),
                Difference::Vanished { before } => Some(Difference::Appeared { now: before }),
                Difference::Moved { before, now } => Some(Difference::Moved { before: now, now: before }),
                // Whether an effect is outside depends on whose interval is looked at.
                Difference::Resized { .. } | Difference::Confirmed | Difference::Unconfirmed => None,
            };
            there.retain(|(_, d)| turned(*d).is_some());
            back.retain(|(_, d)| turned(*d).is_some());
            let mut expected: Vec<(String, Difference)> = there.into_iter().filter_map(|(key, d)| Some((key, turned(d)?))).collect();
            expected.sort_by(|a, b| a.0.cmp(&b.0));
            back.sort_by(|a, b| a.0.cmp(&b.0));
            prop_assert_eq!(expected, back);
        }

        #[test]
        fn a_change_is_told_of_an_answer_alone(before in reports(), now in reports()) {
            for changed in changes(&before, &now) {
                let answer = |all: &[FindingSnapshot]| all.iter().find(|one| one.key == changed.key).is_some_and(|one| one.stood().is_answer());
                prop_assert!(answer(&before) || answer(&now));
                if let Difference::Moved { before, now } = changed.difference {
                    prop_assert!(before != now);
                }
            }
        }
    }
}
