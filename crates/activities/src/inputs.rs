//! What activities offer to discovery: the load of a day, and whether it was a day of rest.

use domain::discovery::{Gap, Input};
use futures::FutureExt;
use platform::Error;
use platform::feature::daily::{Daily, DayValues, Logged};

use crate::daily::{DayLoad, FIRST_DAY, fingerprint, load_days};

/// Training impulse (TRIMP) of a day; tested from lag 1.
pub const LOAD: &str = "load";

fn inputs() -> Vec<Input> {
    vec![
        Input {
            key: LOAD.into(),
            label: "Load".into(),
            axis: "training load".into(),
            scale: 1.0,
            step: 50.0,
            more: "50 points more load".into(),
            per: "per 50 points".into(),
            first_lag: 1,
            gap: Gap::Value(0.0),
            when_good: "Training works. Who knew.".into(),
            when_bad: "Easy days work. Annoying, but there it is.".into(),
        },
        Input {
            key: "rest_day".into(),
            label: "Rest day".into(),
            axis: "rest day: 0 no, 1 yes".into(),
            scale: 1.0,
            step: 1.0,
            more: "A day of rest".into(),
            per: "after a rest day".into(),
            first_lag: 1,
            gap: Gap::ValueAmongOthers(1.0),
            when_good: "Do nothing. Then run.".into(),
            when_bad: "You rust when you rest.".into(),
        },
    ]
}

pub(crate) const DAILY: Daily = Daily {
    inputs,
    changed_by: &["activities.changed"],
    fingerprint: |tx| fingerprint(tx).boxed(),
    values: |tx| async { Ok::<_, Error>(daily_values(&load_days(tx, FIRST_DAY).await?)) }.boxed(),
    logged: Logged { title: "Training", href: "/imports", step: "Bring in runs" },
    ..Daily::NONE
};

/// What discovery gets of these loads.
#[must_use]
pub fn daily_values(loads: &[DayLoad]) -> Vec<DayValues> {
    loads.iter().map(|load| (load.day, vec![Some(load.trimp), Some(f64::from(u8::from(load.trimp <= 0.0)))])).collect()
}
