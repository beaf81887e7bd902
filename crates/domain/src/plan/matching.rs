//! Which activity was which planned session: the same day, the same sport, and of several the one whose length is nearest. What the athlete says goes first.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::activities::Kind;

/// What the athlete said that a session was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Choice {
    /// Nothing: it is found.
    #[default]
    ByShape,
    /// This activity.
    Chosen(Uuid),
    /// None of them.
    Off,
}

impl Choice {
    /// As a form and the API have it.
    #[must_use]
    pub fn write(self) -> String {
        match self {
            Self::ByShape => "by_shape".to_owned(),
            Self::Off => "off".to_owned(),
            Self::Chosen(activity) => activity.to_string(),
        }
    }

    /// From what a form has.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        match text {
            "" | "by_shape" => Some(Self::ByShape),
            "off" => Some(Self::Off),
            id => id.parse().ok().map(Self::Chosen),
        }
    }
}

/// What is compared: of a session that was planned, or of an activity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shape {
    /// Which it is.
    pub id: Uuid,
    /// When.
    pub day: NaiveDate,
    /// The sport.
    pub kind: Kind,
    /// Metres.
    pub metres: Option<f64>,
    /// Seconds.
    pub seconds: Option<f64>,
}

/// The activity of each session, in their order. No activity is of two.
#[must_use]
pub fn pair(planned: &[(Shape, Choice)], done: &[Shape]) -> Vec<Option<Uuid>> {
    let mut found = vec![None; planned.len()];
    let mut taken = BTreeSet::new();
    for (at, (_, choice)) in planned.iter().enumerate() {
        if let Choice::Chosen(activity) = choice
            && done.iter().any(|one| one.id == *activity)
            && taken.insert(*activity)
        {
            found[at] = Some(*activity);
        }
    }
    // All that could be, the nearest first; of equal ones, those that stand first.
    let open = planned.iter().enumerate().filter(|(_, (_, choice))| *choice == Choice::ByShape);
    let mut pairs: Vec<(f64, usize, usize)> = open
        .flat_map(|(at, (shape, _))| {
            let fits = move |one: &Shape| one.day == shape.day && is_same_sport(one.kind, shape.kind);
            done.iter().enumerate().filter(move |(_, one)| fits(one)).map(move |(of, one)| (distance(shape, one), at, of))
        })
        .collect();
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
    for (_, at, of) in pairs {
        if found[at].is_none() && taken.insert(done[of].id) {
            found[at] = Some(done[of].id);
        }
    }
    found
}

/// A run is a run wherever it is; what is no sport of its own is of the same kind alone.
fn is_same_sport(one: Kind, other: Kind) -> bool {
    one == other || (one.sport() == other.sport() && one.sport() != "other")
}

/// How far apart their lengths are, as a ratio: 0 for the same. Without a length in common, as far as half and double.
fn distance(planned: &Shape, done: &Shape) -> f64 {
    let ratio = |planned: Option<f64>, done: Option<f64>| {
        let (planned, done) = planned.zip(done).filter(|(planned, done)| *planned > 0.0 && *done > 0.0)?;
        Some((done / planned).ln().abs())
    };
    ratio(planned.metres, done.metres).or_else(|| ratio(planned.seconds, done.seconds)).unwrap_or(std::f64::consts::LN_2)
}

/// How much of a session was done, 0 to 1: of its distance, or of its time. Nothing if it had neither.
#[must_use]
pub fn share(planned: &Shape, done: &Shape) -> Option<f64> {
    let of = |planned: Option<f64>, done: Option<f64>| planned.zip(done).filter(|(planned, _)| *planned > 0.0).map(|(planned, done)| done / planned);
    of(planned.metres, done.metres).or_else(|| of(planned.seconds, done.seconds)).map(|share| share.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shape(id: u128, day: u32, kind: Kind, km: f64) -> Shape {
        let day = NaiveDate::from_ymd_opt(2026, 11, day).expect("a date");
        Shape { id: Uuid::from_u128(id), day, kind, metres: (km > 0.0).then_some(km * 1000.0), seconds: None }
    }

    #[test]
    fn the_nearest_of_the_same_day_and_sport_is_it() {
        let planned = [(shape(1, 3, Kind::Run, 10.0), Choice::ByShape), (shape(2, 3, Kind::Run, 4.0), Choice::ByShape)];
        let done = [shape(11, 3, Kind::TrailRun, 4.2), shape(12, 3, Kind::Run, 7.1), shape(13, 4, Kind::Run, 10.0), shape(14, 3, Kind::Ride, 10.0)];
        assert_eq!(pair(&planned, &done), [Some(Uuid::from_u128(12)), Some(Uuid::from_u128(11))]);
        assert_eq!(share(&planned[0].0, &done[1]), Some(0.71));
        // Yoga is no strength, whatever both are stored as.
        assert_eq!(pair(&[(shape(1, 3, Kind::Yoga, 0.0), Choice::ByShape)], &[shape(11, 3, Kind::Strength, 0.0)]), [None]);
    }

    #[test]
    fn what_the_athlete_says_goes_first() {
        let other = shape(13, 4, Kind::Ride, 30.0);
        let done = [shape(12, 3, Kind::Run, 10.0), other];
        let planned = [
            (shape(1, 3, Kind::Run, 10.0), Choice::Chosen(other.id)),
            (shape(2, 3, Kind::Run, 30.0), Choice::ByShape),
            (shape(3, 4, Kind::Ride, 30.0), Choice::ByShape),
            (shape(4, 3, Kind::Run, 10.0), Choice::Off),
            (shape(5, 3, Kind::Run, 10.0), Choice::Chosen(Uuid::from_u128(99))),
        ];
        assert_eq!(pair(&planned, &done), [Some(other.id), Some(Uuid::from_u128(12)), None, None, None]);
        for choice in [Choice::ByShape, Choice::Off, Choice::Chosen(other.id)] {
            assert_eq!(Choice::read(&choice.write()), Some(choice));
        }
        assert_eq!(Choice::read("something"), None);
    }

    proptest! {
        #[test]
        fn no_activity_is_of_two_sessions(planned in prop::collection::vec((1..4_u32, 1..40_u32, 0..3_usize), 0..8), done in prop::collection::vec((1..4_u32, 1..40_u32, 0..3_usize), 0..8)) {
            let kinds = [Kind::Run, Kind::TrailRun, Kind::Ride];
            let shapes = |all: &[(u32, u32, usize)], from: u128| -> Vec<Shape> {
                all.iter().enumerate().map(|(at, (day, km, kind))| shape(from + at as u128, *day, kinds[*kind], f64::from(*km))).collect()
            };
            let planned: Vec<_> = shapes(&planned, 0).into_iter().map(|shape| (shape, Choice::ByShape)).collect();
            let done = shapes(&done, 100);
            let mut found: Vec<Uuid> = pair(&planned, &done).into_iter().flatten().collect();
            let all = found.len();
            found.sort_unstable();
            found.dedup();
            prop_assert_eq!(found.len(), all);
            // Where both are left over, they did not fit.
            let pairs = pair(&planned, &done);
            for ((shape, _), pair) in planned.iter().zip(pairs) {
                if pair.is_none() {
                    prop_assert!(!done.iter().any(|one| !found.contains(&one.id) && one.day == shape.day && one.kind.sport() == shape.kind.sport()));
                }
            }
        }
    }
}
