//! What activities offer to discovery: the load of a day, and whether it was a day of rest.

use domain::discovery::{Gap, Input};
use futures::FutureExt;
use platform::Error;
use platform::feature::daily::{Daily, DayValues};

use crate::daily::{DayLoad, FIRST_DAY, fingerprint, load_days};

/// Training impulse (TRIMP) of a day; tested from lag 1.
pub const LOAD: &str = "load";

const INPUTS: [Input; 2] = [
    Input {
        key: LOAD,
        label: "Load",
        axis: "training load",
        step: 50.0,
        more: "50 points more load",
        per: "per 50 points",
        first_lag: 1,
        gap: Gap::Value(0.0),
        when_good: "Training works. Who knew.",
        when_bad: "Easy days work. Annoying, but there it is.",
    },
    Input {
        key: "rest_day",
        label: "Rest day",
        axis: "rest day: 0 no, 1 yes",
        step: 1.0,
        more: "A day of rest",
        per: "after a rest day",
        first_lag: 1,
        gap: Gap::ValueAmongOthers(1.0),
        when_good: "Do nothing. Then run.",
        when_bad: "You rust when you rest.",
    },
];

pub(crate) const DAILY: Daily = Daily {
    inputs: &INPUTS,
    changed_by: &["activities.changed"],
    fingerprint: |tx| fingerprint(tx).boxed(),
    values: |tx| async { Ok::<_, Error>(daily_values(&load_days(tx, FIRST_DAY).await?)) }.boxed(),
};

/// What discovery gets of these loads.
#[must_use]
pub fn daily_values(loads: &[DayLoad]) -> Vec<DayValues> {
    loads.iter().map(|load| (load.day, vec![Some(load.trimp), Some(f64::from(u8::from(load.trimp <= 0.0)))])).collect()
}
