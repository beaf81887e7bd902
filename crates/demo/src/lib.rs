//! A synthetic athlete: eighteen months of runs as real FIT bytes and a daily log, with a few effects planted and many not, taken
//! in through the ordinary importer. Everything about it says that it is made up.

mod athlete;
mod course;
mod ground_truth;
mod rng;
mod run;
mod setup;

pub use athlete::{Day, days};
pub use ground_truth::{Effect, PLANTED_EFFECTS, compare};
pub use setup::{DAYS, EMAIL, PASSWORD, Progress, SEED, set_up};
