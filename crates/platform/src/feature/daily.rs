//! What a feature offers to discovery: measures of a day, which are tested for an effect on training.
//!
//! ```
//! use domain::discovery::{Gap, Input};
//! use futures::FutureExt;
//! use platform::feature::Feature;
//! use platform::feature::daily::Daily;
//!
//! /// Kilometres on the shoes of the day's run.
//! fn inputs() -> Vec<Input> {
//!     vec![Input {
//!         key: "shoe_km".into(),
//!         label: "Shoes".into(),
//!         axis: "kilometres on the shoes".into(),
//!         scale: 1.0,
//!         step: 100.0,
//!         more: "100\u{a0}km more on the shoes".into(),
//!         per: "per 100\u{a0}km".into(),
//!         first_lag: 0,
//!         gap: Gap::Unknown,
//!         when_good: "Well worn in.".into(),
//!         when_bad: "Treat yourself to a new pair.".into(),
//!     }]
//! }
//! const FEATURE: Feature = Feature {
//!     events: &["shoes.changed"],
//!     daily: Daily {
//!         inputs,
//!         changed_by: &["shoes.changed"],
//!         fingerprint: |_tx| async { Ok(None) }.boxed(),
//!         values: |_tx| async { Ok(Vec::new()) }.boxed(),
//!         ..Daily::NONE
//!     },
//!     ..Feature::named("shoes")
//! };
//! assert_eq!((FEATURE.daily.inputs)()[0].key, "shoe_km");
//! ```

use chrono::NaiveDate;
use domain::discovery::Input;
use futures::FutureExt;

use super::Ask;
use crate::{Error, Tx};

/// In [`crate::events::Subscriber::to`]: every event by which a feature says that its values changed.
pub const DAILY_VALUES_CHANGED: &str = "daily values changed";

/// Measures of a day.
#[derive(Debug, Clone, Copy)]
pub struct Daily {
    /// Those of every athlete.
    pub inputs: fn() -> Vec<Input>,
    /// Those that the viewer made. The fingerprint tells of a change of them, too.
    pub own_inputs: Ask<Vec<Input>>,
    /// The events that say that a value changed.
    pub changed_by: &'static [&'static str],
    /// Changes whenever a value of the viewer's does, and has no space; nothing while there is no value at all. Asked whenever a report is read.
    pub fingerprint: Ask<Option<String>>,
    /// The viewer's days, each once.
    pub values: Ask<Vec<DayValues>>,
    /// Where somebody who wants them tested goes.
    pub logged: Logged,
    /// Where single ones are logged, by their keys, if that is somewhere on that page or elsewhere: the questions that the viewer is asked.
    pub questions: Ask<Vec<(String, String)>>,
}

/// Where values of a day come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Logged {
    /// What they are together, such as "Food".
    pub title: &'static str,
    /// The page where they are logged or brought.
    pub href: &'static str,
    /// What the link there says.
    pub step: &'static str,
}

/// A day, and its value of each input, in the order of [`Daily::inputs`] and then [`Daily::own_inputs`].
pub type DayValues = (NaiveDate, Vec<Option<f64>>);

impl Daily {
    /// All inputs of the viewer, in the order of their values.
    pub async fn offered(&self, tx: &mut Tx) -> Result<Vec<Input>, Error> {
        let mut inputs = (self.inputs)();
        inputs.extend((self.own_inputs)(tx).await?);
        Ok(inputs)
    }

    /// There are none.
    pub const NONE: Self = Self {
        inputs: Vec::new,
        own_inputs: |_| async { Ok(Vec::new()) }.boxed(),
        changed_by: &[],
        fingerprint: |_| async { Ok(None) }.boxed(),
        values: |_| async { Ok(Vec::new()) }.boxed(),
        logged: Logged { title: "Everything else", href: "/imports", step: "Bring a file" },
        questions: |_| async { Ok(Vec::new()) }.boxed(),
    };
}
