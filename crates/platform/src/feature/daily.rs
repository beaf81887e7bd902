//! What a feature offers to discovery: measures of a day, which are tested for an effect on training.
//!
//! ```
//! use domain::discovery::{Gap, Input};
//! use futures::FutureExt;
//! use platform::feature::Feature;
//! use platform::feature::daily::Daily;
//!
//! /// Kilometres on the shoes of the day's run.
//! const INPUTS: [Input; 1] = [Input {
//!     key: "shoe_km",
//!     label: "Shoes",
//!     axis: "kilometres on the shoes",
//!     step: 100.0,
//!     more: "100\u{a0}km more on the shoes",
//!     per: "per 100\u{a0}km",
//!     first_lag: 0,
//!     gap: Gap::Unknown,
//!     when_good: "Well worn in.",
//!     when_bad: "Treat yourself to a new pair.",
//! }];
//! const FEATURE: Feature = Feature {
//!     events: &["shoes.changed"],
//!     daily: Daily {
//!         inputs: &INPUTS,
//!         changed_by: &["shoes.changed"],
//!         fingerprint: |_tx| async { Ok(None) }.boxed(),
//!         values: |_tx| async { Ok(Vec::new()) }.boxed(),
//!     },
//!     ..Feature::named("shoes")
//! };
//! assert_eq!(FEATURE.daily.inputs[0].key, "shoe_km");
//! ```

use chrono::NaiveDate;
use domain::discovery::Input;
use futures::FutureExt;

use super::Ask;

/// In [`crate::events::Subscriber::to`]: every event by which a feature says that its values changed.
pub const DAILY_VALUES_CHANGED: &str = "daily values changed";

/// Measures of a day.
#[derive(Debug, Clone, Copy)]
pub struct Daily {
    /// Which.
    pub inputs: &'static [Input],
    /// The events that say that a value changed.
    pub changed_by: &'static [&'static str],
    /// Changes whenever a value of the viewer's does, and has no space; nothing while there is no value at all. Asked whenever a report is read.
    pub fingerprint: Ask<Option<String>>,
    /// The viewer's days, each once.
    pub values: Ask<Vec<DayValues>>,
}

/// A day, and its value of each input, in the order of [`Daily::inputs`].
pub type DayValues = (NaiveDate, Vec<Option<f64>>);

impl Daily {
    /// There are none.
    pub const NONE: Self =
        Self { inputs: &[], changed_by: &[], fingerprint: |_| async { Ok(None) }.boxed(), values: |_| async { Ok(Vec::new()) }.boxed() };
}
