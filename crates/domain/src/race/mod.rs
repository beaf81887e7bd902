//! Plans for races: a target time along a course or over a distance.

mod question;
mod view;

pub use question::{Every, FLAT_M, On, Pacing, Question, Typed, check_target, read_target};
pub use view::{Course, OwnRoute, Part, Plan, Predicted, RaceView};

use crate::{FieldErrors, Problem};

/// Courses of an athlete, at most.
pub const MOST_COURSES: usize = 50;
/// Most characters of a course's name.
pub const MAX_NAME: usize = 80;
/// The shortest and the longest race, in metres.
pub const BOUNDS_M: (f64, f64) = (100.0, 1_000_000.0);
/// Slower than anybody is timed, and faster than anybody runs, in m/s.
pub const POSSIBLE_MPS: (f64, f64) = (0.2, 12.0);

/// Reads the name of a course from the field `name` of a form.
pub fn read_name<'a>(field: impl Fn(&str) -> Option<&'a str>) -> Result<String, Problem> {
    let mut errors = FieldErrors::default();
    let name = errors.check_line("name", field("name").unwrap_or_default(), MAX_NAME, "A name of 1 to 80 characters, such as “Riverside Half”.");
    errors.into_result()?;
    Ok(name)
}
