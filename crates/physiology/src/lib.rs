//! Running science: samples in, metrics out.
//!
//! Pure functions with units in their names. Every formula names its source; a metric that cannot be computed is `None`,
//! never zero.

pub mod altitude;
mod analysis;
mod athlete;
pub mod capacity;
pub mod clean;
pub mod climbs;
pub mod compare;
pub mod constants;
mod distance;
pub mod efforts;
pub mod frame;
pub mod grade;
pub mod insights;
mod intervals;
pub mod lag;
mod least_squares;
pub mod load;
mod moments;
mod movement;
mod moving;
mod order;
pub mod pacing;
pub mod planner;
pub mod predictions;
mod repairs;
pub mod repeats;
pub mod route;
mod seconds;
mod segment;
mod splits;
mod spread;
pub mod stretch;
pub mod thresholds;
mod times;
mod track;
pub mod zones;

pub use analysis::{Analysis, analyse, splits_by, track};
pub use athlete::Athlete;
pub use domain::activities::Caveat;
pub use order::{TimeMap, in_order};
pub use repairs::Repairs;
pub use segment::LapMetrics;
pub use splits::{Split, splits};
pub use track::Track;

/// The version of all formulas together; a stored metric records the version that computed it.
pub const FORMULA_VERSION: i32 = 6;
