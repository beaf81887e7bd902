//! A synthetic athlete: eighteen months of runs as real FIT files and a daily journal, with a few planted effects and many null inputs, imported
//! through the ordinary importer. It is marked as synthetic everywhere.

mod athlete;
mod course;
mod ground_truth;
mod planned;
mod rng;
mod run;
mod setup;

pub use athlete::{Day, days};
pub use ground_truth::{Effect, PLANTED_EFFECTS, compare};
pub use setup::{DAYS, EMAIL, PASSWORD, Progress, SEED, set_up};
