//! The keys of built-in measures that the code names.

/// Hours asleep in the night that ends on the day.
pub const SLEEP_HOURS: &str = "sleep_hours";
/// 1 to 5.
pub const SLEEP_QUALITY: &str = "sleep_quality";
/// Beats per minute on waking.
pub const RESTING_HR: &str = "resting_hr";
/// Milliseconds (rMSSD) on waking.
pub const HRV: &str = "hrv";
/// 1 to 5.
pub const SORENESS: &str = "soreness";
/// 1 to 5.
pub const MOOD: &str = "mood";
/// 1 to 5.
pub const STRESS: &str = "stress";
/// Hours of that day.
pub const WORK_HOURS: &str = "work_hours";
/// Drinks of the evening before.
pub const ALCOHOL: &str = "alcohol";
/// Cups of that day.
pub const CAFFEINE: &str = "caffeine";
/// No or yes.
pub const ILLNESS: &str = "illness";
/// The part of the body that is injured.
pub const INJURY: &str = "injury";
/// Left, right or both.
pub const INJURY_SIDE: &str = "injury_side";
/// Free text.
pub const NOTE: &str = "note";
/// Kilograms.
pub const WEIGHT_KG: &str = "weight_kg";
/// Centimetres.
pub const HEIGHT_CM: &str = "height_cm";
