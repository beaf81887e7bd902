//! What is planned: sessions on days, their steps as a line of text, and which activity they became. Nothing here judges: a day without what was planned is a day.

mod fields;
mod matching;
mod steps;
mod text;
mod usual;
mod view;
mod written;

use chrono::NaiveDate;
pub use fields::{CopyFields, PlanFields};
pub use matching::{Choice, Shape, pair, share};
use serde::{Deserialize, Serialize};
pub use steps::{Aim, Bar, Block, Length, MOST_STEPS, MOST_TIMES, Role, Step, Steps};
pub use text::{MAX_LINE, Mistake, read, read_time};
pub use usual::{KindSums, usual};
use uuid::Uuid;
pub use view::{Candidate, Planned, SessionView};
pub use written::{about_time, gist, write, write_aim, write_length, write_time};

use crate::activities::Kind;

/// Most characters of the words of a session.
pub const MAX_WORDS: usize = 200;

/// How much a session is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Target {
    /// Nobody said, or its steps do.
    #[default]
    None,
    /// Metres.
    Distance(u32),
    /// Seconds.
    Duration(u32),
    /// Training impulse (Banister).
    Load(u32),
}

impl Target {
    /// The longest, in metres.
    pub const MOST_M: u32 = 1_000_000;
    /// The longest, in seconds: two days.
    pub const MOST_S: u32 = 172_800;
    /// The highest load.
    pub const MOST_LOAD: u32 = 2000;

    /// As it is stored, with its number.
    #[must_use]
    pub const fn parts(self) -> (&'static str, Option<u32>) {
        match self {
            Self::None => ("none", None),
            Self::Distance(metres) => ("distance", Some(metres)),
            Self::Duration(seconds) => ("duration", Some(seconds)),
            Self::Load(load) => ("load", Some(load)),
        }
    }

    /// From how it is stored; nothing for what is out of bounds.
    #[must_use]
    pub fn of(code: &str, number: Option<u32>) -> Option<Self> {
        let within = |most: u32| number.filter(|number| (1..=most).contains(number));
        match code {
            "none" if number.is_none() => Some(Self::None),
            "distance" => within(Self::MOST_M).map(Self::Distance),
            "duration" => within(Self::MOST_S).map(Self::Duration),
            "load" => within(Self::MOST_LOAD).map(Self::Load),
            _ => None,
        }
    }
}

/// A session that is planned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedSession {
    /// Its id.
    pub id: Uuid,
    /// Its day.
    pub day: NaiveDate,
    /// Which sport.
    pub kind: Kind,
    /// What it is, in the athlete's words; may be empty.
    pub words: String,
    /// How much it is to be.
    pub target: Target,
    /// What it is made of.
    pub steps: Steps,
    /// What the athlete said that it was.
    pub choice: Choice,
}

/// What a kind of training usually is for an athlete.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Usual {
    /// Seconds per kilometre.
    pub s_per_km: Option<f64>,
    /// Training impulse per hour.
    pub load_per_hour: Option<f64>,
}

/// What a session comes to, by what is planned and by what is usual.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Expected {
    /// Metres.
    pub metres: Option<f64>,
    /// Seconds.
    pub seconds: Option<f64>,
    /// Training impulse.
    pub load: Option<f64>,
}

impl PlannedSession {
    /// What it comes to. The target goes before the steps, and these before what is usual: a distance takes as long as its paces or the usual pace say, and
    /// an hour has the usual load of its kind.
    #[must_use]
    pub fn expected(&self, usual: Usual) -> Expected {
        let (in_steps_m, in_steps_s) = self.steps.extent(usual.s_per_km);
        let by_load = |load: u32| usual.load_per_hour.filter(|per_hour| *per_hour > 0.0).map(|per_hour| f64::from(load) / per_hour * 3600.0);
        // What a target has beyond its steps goes at the usual pace; of a shorter one, the steps are a part.
        let beyond = |target: f64, own: Option<f64>, other: Option<f64>, rate: Option<f64>| {
            let (own, other) = own.zip(other).filter(|(own, _)| *own > 0.0)?;
            if own >= target { Some(other * target / own) } else { Some(other + (target - own) * rate?) }
        };
        let s_per_m = usual.s_per_km.filter(|pace| *pace > 0.0).map(|pace| pace / 1000.0);
        let (metres, seconds) = match self.target {
            Target::Distance(metres) => (Some(f64::from(metres)), beyond(f64::from(metres), in_steps_m, in_steps_s, s_per_m)),
            Target::Duration(seconds) => (beyond(f64::from(seconds), in_steps_s, in_steps_m, s_per_m.map(f64::recip)), Some(f64::from(seconds))),
            Target::Load(load) => (in_steps_m, in_steps_s.or_else(|| by_load(load))),
            Target::None => (in_steps_m, in_steps_s),
        };
        let metres = metres.or_else(|| Some(seconds? / usual.s_per_km.filter(|pace| *pace > 0.0)? * 1000.0).filter(|_| self.kind.has_rate()));
        let seconds = seconds.or_else(|| Some(metres? / 1000.0 * usual.s_per_km?));
        let load = match self.target {
            Target::Load(load) => Some(f64::from(load)),
            _ => seconds.zip(usual.load_per_hour).map(|(seconds, per_hour)| seconds / 3600.0 * per_hour),
        };
        Expected { metres, seconds, load }
    }

    /// What is compared with activities: what is planned, without what is only usual.
    #[must_use]
    pub fn shape(&self) -> Shape {
        let Expected { metres, seconds, .. } = self.expected(Usual::default());
        // A target says by what it is measured.
        let (metres, seconds) = match self.target {
            Target::Distance(_) => (metres, None),
            Target::Duration(_) => (None, seconds),
            Target::Load(_) | Target::None => (metres, seconds),
        };
        Shape { id: self.id, day: self.day, kind: self.kind, metres, seconds }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(kind: Kind, target: Target, steps: &str) -> PlannedSession {
        let day = NaiveDate::from_ymd_opt(2026, 11, 27).expect("a date");
        let steps = read(steps).expect("steps");
        PlannedSession { id: Uuid::nil(), day, kind, words: String::new(), target, steps, choice: Choice::ByShape }
    }

    #[test]
    fn a_target_goes_before_steps_and_both_before_what_is_usual() {
        let usual = Usual { s_per_km: Some(330.0), load_per_hour: Some(60.0) };
        let expected = |target, steps| session(Kind::Run, target, steps).expected(usual);
        let whole = |expected: Expected| [expected.metres, expected.seconds, expected.load].map(|number| number.map(f64::round));
        assert_eq!(whole(expected(Target::Distance(10_000), "")), [Some(10_000.0), Some(3300.0), Some(55.0)]);
        assert_eq!(whole(expected(Target::Duration(3600), "")), [Some(10_909.0), Some(3600.0), Some(60.0)]);
        assert_eq!(whole(expected(Target::Load(90), "")), [Some(16_364.0), Some(5400.0), Some(90.0)]);
        assert_eq!(whole(expected(Target::None, "10km 4:00/km")), [Some(10_000.0), Some(2400.0), Some(40.0)]);
        assert_eq!(whole(expected(Target::None, "")), [None, None, None]);
        // 4 km in 16 minutes, and twelve more as usual; an hour with 20 minutes of it; half of the steps.
        assert_eq!(whole(expected(Target::Distance(16_000), "4km 4:00/km")), [Some(16_000.0), Some(960.0 + 12.0 * 330.0), Some(82.0)]);
        assert_eq!(whole(expected(Target::Duration(3600), "5km 4:00/km")), [Some(5000.0 + (2400.0_f64 / 0.33).round()), Some(3600.0), Some(60.0)]);
        assert_eq!(whole(expected(Target::Distance(5000), "10km 4:00/km")), [Some(5000.0), Some(1200.0), Some(20.0)]);
        let hour = session(Kind::Run, Target::Duration(3600), "5km 4:00/km").shape();
        assert_eq!((hour.metres, hour.seconds), (None, Some(3600.0)), "a target says by what it is measured");
        let strength = session(Kind::Strength, Target::Duration(1800), "").expected(Usual { s_per_km: None, load_per_hour: Some(20.0) });
        assert_eq!(whole(strength), [None, Some(1800.0), Some(10.0)]);
        // Nothing is usual: nothing is made up.
        assert_eq!(
            session(Kind::Run, Target::Distance(8000), "").expected(Usual::default()),
            Expected { metres: Some(8000.0), seconds: None, load: None }
        );
        assert_eq!(session(Kind::Run, Target::Load(80), "").shape().metres, None);
    }

    #[test]
    fn a_target_is_stored_by_its_code_and_number() {
        for target in [Target::None, Target::Distance(8000), Target::Duration(3600), Target::Load(75)] {
            let (code, number) = target.parts();
            assert_eq!(Target::of(code, number), Some(target));
        }
        for (code, number) in [("none", Some(1)), ("distance", None), ("load", Some(2001)), ("duration", Some(0)), ("x", None)] {
            assert_eq!(Target::of(code, number), None, "{code}");
        }
    }
}
