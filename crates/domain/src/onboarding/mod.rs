//! Getting to know an athlete: what for, when, and how far the first questions were answered. Nothing here is needed for anything else to work.

mod answers;
mod availability;
mod goals;
mod steps;
mod view;

pub use answers::{Body, Food, Questions};
pub use availability::{Availability, DAYS, LongRun, Part};
pub use goals::{DISTANCES_M, Goals, MAX_NAME, MOST_RACES, Race, read_distance, show_distance};
pub use steps::{Progress, Stage, Step};
pub use view::{BodyView, GoalsView, QuestionsView, ThresholdsView};
