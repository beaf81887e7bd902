//! A synthetic athlete: eighteen months of runs as real FIT bytes and a daily log, with a few effects planted and many not, taken
//! in through the ordinary importer. Everything about it says that it is made up.

mod athlete;
mod course;
mod dice;
mod run;
mod setup;
mod truth;

pub use athlete::{Day, days};
pub use setup::{DAYS, EMAIL, PASSWORD, Progress, SEED, set_up};
pub use truth::{Effect, PLANTED, compare};
