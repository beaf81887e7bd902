//! What a planned session is made of: steps, and repeats of them, one level deep.

use serde::{Deserialize, Serialize};

/// Most steps of a session, as they are written.
pub const MOST_STEPS: usize = 50;
/// Most repeats of a block.
pub const MOST_TIMES: u8 = 50;
/// The longest step in metres, and in seconds.
pub(super) const LONGEST: (u32, u32) = (500_000, 86_400);
/// The shortest step in metres.
pub(super) const SHORTEST_M: u32 = 10;
/// The fastest and the slowest pace, in tenths of a second per kilometre: 1:00 and 60:00.
pub(super) const PACES: (u32, u32) = (600, 36_000);
/// The lowest and the highest heart rate, in beats per minute.
pub(super) const HEART_RATES: (u8, u8) = (30, 250);
/// Bars of a drawing, at most.
const MOST_BARS: usize = 120;

/// What a step is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    /// Before the work.
    WarmUp,
    /// Easy running, or whatever the sport is.
    Easy,
    /// The work.
    Work,
    /// A recovery in motion.
    Jog,
    /// A recovery at rest.
    Rest,
    /// After the work.
    CoolDown,
}

/// How long a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Length {
    /// Metres.
    Distance(u32),
    /// Seconds.
    Duration(u32),
    /// Until somebody presses the button.
    Open,
}

/// How fast or how hard, from one end of a range to the other; both may be the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Aim {
    /// As it comes.
    Free,
    /// Tenths of a second per kilometre, the fast end first.
    Pace(u32, u32),
    /// Beats per minute, the low end first.
    HeartRate(u8, u8),
    /// Effort from 1 to 10, the low end first.
    Effort(u8, u8),
}

/// A step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What it is for.
    pub role: Role,
    /// How long it is.
    pub length: Length,
    /// How fast or how hard.
    pub aim: Aim,
}

/// A step, or several that are repeated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Block {
    /// Once.
    Once(Step),
    /// So many times, 1 to [`MOST_TIMES`], these steps, at least one.
    Repeat(u8, Vec<Step>),
}

impl Block {
    /// Its steps, as they are written.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        match self {
            Self::Once(step) => std::slice::from_ref(step),
            Self::Repeat(_, steps) => steps,
        }
    }

    /// How often they are done.
    #[must_use]
    pub const fn times(&self) -> u8 {
        match self {
            Self::Once(_) => 1,
            Self::Repeat(times, _) => *times,
        }
    }
}

/// The steps of a session, at most [`MOST_STEPS`]; none if nobody said.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Steps(pub Vec<Block>);

/// A step in a drawing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar {
    /// How wide, in shares of the others.
    pub width: f64,
    /// How high, in percent.
    pub height: f64,
    /// Whether it is work.
    pub work: bool,
}

impl Step {
    /// The middle of its pace, in seconds per kilometre.
    fn pace(&self) -> Option<f64> {
        match self.aim {
            Aim::Pace(fast, slow) => Some(f64::from(fast + slow) / 20.0),
            _ => None,
        }
    }

    /// Metres and seconds: what is written, and what follows from its pace or from the usual one, in seconds per kilometre. An open step is nothing.
    fn extent(&self, usual: Option<f64>) -> (Option<f64>, Option<f64>) {
        let pace = self.pace().or(usual);
        match (self.length, self.role) {
            (Length::Distance(metres), _) => (Some(f64::from(metres)), pace.map(|pace| f64::from(metres) / 1000.0 * pace)),
            (Length::Duration(seconds), Role::Rest) => (Some(0.0), Some(f64::from(seconds))),
            (Length::Duration(seconds), _) => (pace.map(|pace| f64::from(seconds) / pace * 1000.0), Some(f64::from(seconds))),
            (Length::Open, _) => (Some(0.0), Some(0.0)),
        }
    }

    fn height(&self) -> f64 {
        match (self.role, self.aim) {
            (Role::Rest, _) => 10.0,
            (_, Aim::Effort(low, high)) => 14.0 + 4.0 * f64::from(low + high),
            (Role::Work, _) => 78.0,
            (Role::Jog, _) => 26.0,
            (Role::WarmUp | Role::Easy, _) => 34.0,
            (Role::CoolDown, _) => 30.0,
        }
    }
}

impl Steps {
    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many are written.
    #[must_use]
    pub fn written(&self) -> usize {
        self.0.iter().map(|block| block.steps().len()).sum()
    }

    /// All of them, each as often as it is done.
    pub fn done(&self) -> impl Iterator<Item = &Step> {
        self.0.iter().flat_map(|block| std::iter::repeat_n(block.steps(), usize::from(block.times())).flatten())
    }

    /// Metres and seconds in all, where each step says them or its pace or the usual one (seconds per kilometre) does. Open steps are left out.
    #[must_use]
    pub fn extent(&self, usual: Option<f64>) -> (Option<f64>, Option<f64>) {
        if self.done().all(|step| step.length == Length::Open) {
            return (None, None);
        }
        let add = |sum: Option<f64>, of: Option<f64>| Some(sum? + of?);
        let sums = self.done().map(|step| step.extent(usual)).fold((Some(0.0), Some(0.0)), |sum, of| (add(sum.0, of.0), add(sum.1, of.1)));
        (sums.0.filter(|metres| *metres > 0.0), sums.1.filter(|seconds| *seconds > 0.0))
    }

    /// Whether it has work in repeats, or an effort of 7 or more.
    #[must_use]
    pub fn are_hard(&self) -> bool {
        self.0.iter().any(|block| match block {
            Block::Once(step) => matches!(step.aim, Aim::Effort(_, high) if high >= 7),
            Block::Repeat(times, steps) => *times > 1 && steps.iter().any(|step| step.role == Role::Work),
        })
    }

    /// As a drawing: as wide as they are long, as high as they are hard. A long one is cut off.
    #[must_use]
    pub fn bars(&self) -> Vec<Bar> {
        let width = |step: &Step| match step.extent(Some(330.0)) {
            (_, Some(seconds)) if seconds > 0.0 => seconds,
            _ => 300.0,
        };
        self.done().take(MOST_BARS).map(|step| Bar { width: width(step), height: step.height(), work: step.role == Role::Work }).collect()
    }
}
