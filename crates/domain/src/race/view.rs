//! What the race planner shows.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Every, Pacing, Typed};
use crate::FieldErrors;
use crate::activities::{Prediction, Record};
use crate::calendar::RaceDay;
use crate::units::duration;

/// A target that is nearer to the prediction than this share of it is about the same.
const EVEN_MONEY: f64 = 0.005;

/// A course that an athlete keeps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Course {
    /// Its id.
    pub id: Uuid,
    /// What it is called.
    pub name: String,
    /// Metres.
    pub distance_m: f64,
    /// Metres of climb; `None` where the altitude is not known.
    pub climb_m: Option<f64>,
}

/// An own activity whose route can become a course.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OwnRoute {
    /// The activity.
    pub id: Uuid,
    /// Its title.
    pub title: String,
    /// Its day.
    pub day: NaiveDate,
    /// Metres.
    pub distance_m: f64,
}

/// What the athlete could run today over the distance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Predicted {
    /// On the flat.
    pub flat: Prediction,
    /// The same on the course: longer by what its hills cost at an even effort.
    pub on_course: Prediction,
    /// The efforts behind it, the longest first.
    pub behind: Vec<Record>,
    /// Critical speed in m/s, if efforts of several days agree.
    pub critical_speed_mps: Option<f64>,
}

impl Predicted {
    /// How a target in seconds compares with it; `proposed` if it is the prediction itself.
    #[must_use]
    pub fn against(&self, target_s: f64, proposed: bool) -> String {
        let Prediction { seconds, low_s, high_s, .. } = self.on_course;
        let (range, off) = (format!("{} to {}", duration(low_s), duration(high_s)), duration((target_s - seconds).abs()));
        match target_s {
            _ if proposed => format!("This is what your last 90 days predict. Nine in ten runners like you finish in {range}."),
            t if t < low_s => {
                format!("{} faster than the fast end of your range, {range}. That is more than your last 90 days have shown.", duration(low_s - t))
            }
            t if t > high_s => format!("{} slower than the slow end of your range, {range}. There is room.", duration(t - high_s)),
            t if (t - seconds).abs() < seconds * EVEN_MONEY => format!("Your range is {range}, so this is about even money."),
            t if t < seconds => format!("Within your range of {range}, and {off} faster than its middle."),
            _ => format!("Within your range of {range}, and {off} slower than its middle."),
        }
    }
}

impl Plan {
    /// What the hills of the course cost, as a sentence.
    #[must_use]
    pub fn hills(&self) -> String {
        let time = duration(self.hills_s.abs());
        match (&self.course, self.altitude.is_empty()) {
            (None, _) => "On the flat, an even effort is an even pace.".to_owned(),
            (_, true) => "The altitude of this course is not known, so it counts as flat.".to_owned(),
            _ if self.hills_s.abs() < 1.0 => "The course costs as much as a flat one.".to_owned(),
            _ if self.hills_s > 0.0 => format!("The course costs {time} more than a flat one at the same effort."),
            _ => format!("The course gives {time} against a flat one at the same effort."),
        }
    }
}

/// A part of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Whole metres from the start to its end.
    pub at_m: u32,
    /// Its metres.
    pub length_m: f64,
    /// Its whole seconds.
    pub part_s: u32,
    /// Whole seconds from the start to its end.
    pub elapsed_s: u32,
    /// Seconds that its end is later than at an even pace.
    pub late_s: i32,
    /// Metres that it climbs; `None` where the altitude is not known.
    pub climb_m: Option<f64>,
}

/// A target along a course.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The course; `None` for a distance on the flat.
    pub course: Option<Course>,
    /// Metres.
    pub distance_m: f64,
    /// Whole seconds.
    pub target_s: u32,
    /// Whether nobody typed the target: it is the prediction.
    pub proposed: bool,
    /// How the time is spread.
    pub pacing: Pacing,
    /// After how much there is a split.
    pub every: Every,
    /// In order; their seconds add up to the target.
    pub parts: Vec<Part>,
    /// Seconds of the target that the hills cost, less what they give back.
    pub hills_s: f64,
    /// Altitude by metres from the start; empty where it is not known.
    pub altitude: Vec<(f32, f32)>,
    /// Seconds per kilometre by metres from the start.
    pub pace: Vec<(f32, f32)>,
    /// The line of the course in a square of one, north at the top; empty where no position is known.
    pub outline: Vec<(f32, f32)>,
}

/// Everything that the page shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RaceView {
    /// Today.
    pub today: NaiveDate,
    /// What the form shows.
    pub typed: Typed,
    /// What is wrong with it.
    pub errors: FieldErrors,
    /// The courses that there are, the newest first.
    pub courses: Vec<Course>,
    /// Own activities whose routes can become courses, the latest first.
    pub routes: Vec<OwnRoute>,
    /// The one that the address asks for.
    pub from: Option<OwnRoute>,
    /// Races from today on.
    pub races: Vec<RaceDay>,
    /// What the athlete could run today; `None` if no effort says so.
    pub predicted: Option<Predicted>,
    /// The plan, once it is clear what is planned.
    pub plan: Option<Plan>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_compared_in_plain_words() {
        let on_course = Prediction { distance_m: 21_097.5, seconds: 5770.0, low_s: 5660.0, high_s: 5910.0 };
        let predicted = Predicted { flat: on_course, on_course, behind: Vec::new(), critical_speed_mps: None };
        for (target, proposed, says) in [
            (5770.0, true, "This is what your last 90 days predict. Nine in ten runners like you finish in 1:34:20 to 1:38:30."),
            (5760.0, false, "Your range is 1:34:20 to 1:38:30, so this is about even money."),
            (5700.0, false, "Within your range of 1:34:20 to 1:38:30, and 1:10 faster than its middle."),
            (5890.0, false, "Within your range of 1:34:20 to 1:38:30, and 2:00 slower than its middle."),
            (5600.0, false, "1:00 faster than the fast end of your range, 1:34:20 to 1:38:30. That is more than your last 90 days have shown."),
            (6000.0, false, "1:30 slower than the slow end of your range, 1:34:20 to 1:38:30. There is room."),
        ] {
            assert_eq!(predicted.against(target, proposed), says);
        }
    }

    #[test]
    fn what_hills_cost_is_a_sentence() {
        let course = Course { id: Uuid::nil(), name: "Berg".into(), distance_m: 10_000.0, climb_m: Some(112.0) };
        let plan = |hills_s: f64, course: Option<Course>, altitude: Vec<(f32, f32)>| Plan {
            course,
            distance_m: 10_000.0,
            target_s: 3000,
            proposed: false,
            pacing: Pacing::EvenEffort,
            every: Every::Kilometre,
            parts: Vec::new(),
            hills_s,
            altitude,
            pace: Vec::new(),
            outline: Vec::new(),
        };
        let known = vec![(0.0, 1.0), (1.0, 2.0)];
        assert_eq!(plan(112.0, Some(course.clone()), known.clone()).hills(), "The course costs 1:52 more than a flat one at the same effort.");
        assert_eq!(plan(-40.0, Some(course.clone()), known.clone()).hills(), "The course gives 0:40 against a flat one at the same effort.");
        assert_eq!(plan(0.2, Some(course.clone()), known).hills(), "The course costs as much as a flat one.");
        assert!(plan(0.0, Some(course), Vec::new()).hills().contains("not known") && plan(0.0, None, Vec::new()).hills().contains("On the flat"));
    }
}
