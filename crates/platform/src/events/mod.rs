//! Events: what happened to an athlete's data, recorded in the transaction in which it happened, and handed to every subscriber afterwards.
//!
//! A feature emits what it declares in its `FEATURE` ([`crate::Tx::emit`]; or a trigger does, where a forgotten call would lose something), and any
//! feature subscribes without the first one knowing:
//!
//! ```
//! use futures::FutureExt;
//! use platform::events::Subscriber;
//!
//! /// Retires shoes that have run far enough, whenever activities changed.
//! const RETIRES_SHOES: Subscriber = Subscriber {
//!     name: "retire shoes",
//!     to: &["activities.changed"],
//!     handle: |_platform, tx, event| {
//!         async move {
//!             let _shoes_of = (tx.viewer()?, event.at);
//!             // …
//!             Ok(())
//!         }
//!         .boxed()
//!     },
//! };
//! assert!(RETIRES_SHOES.to.contains(&"activities.changed"));
//! ```
//!
//! Each event is handled at least once, and an athlete's events in the order in which their transactions committed, because a transaction that emits
//! holds the athlete's order until it ends. A subscriber works in a transaction of the athlete, which also marks the event as
//! dispatched: what it does in the database happens exactly once. What takes long, or leaves the database, it enqueues as a job.

mod dispatch;

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use serde_json::Value;
use uuid::Uuid;

pub use self::dispatch::{DispatchEvents, DispatchLeftOver, dispatch};
use crate::Platform;
use crate::database::Tx;
use crate::error::Error;

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its place among the athlete's events.
    pub id: i64,
    /// What happened: the feature, a dot, a verb in the past tense.
    pub name: String,
    /// Whose data.
    pub athlete: Uuid,
    /// Who did it; nobody if the server did.
    pub actor: Option<Uuid>,
    /// Details, as the feature documents them.
    pub data: Value,
    /// When.
    pub at: DateTime<Utc>,
}

/// What is done when something happened.
#[derive(Debug, Clone, Copy)]
pub struct Subscriber {
    /// What it does, for the log.
    pub name: &'static str,
    /// The events that it is told of; [`crate::feature::daily::DAILY_VALUES_CHANGED`] stands for several.
    pub to: &'static [&'static str],
    /// Does it, in a transaction of the athlete.
    pub handle: for<'a> fn(&'a Platform, &'a mut Tx, &'a Event) -> BoxFuture<'a, Result<(), Error>>,
}

impl Tx {
    /// Records that something happened to the subject's data; subscribers are told once this transaction is committed. An event without `data`
    /// that says the same as one that is yet to be dispatched is not recorded twice.
    pub async fn emit(&mut self, name: &'static str, data: Value) -> Result<(), Error> {
        sqlx::query!("select emit_event($1, $2)", name, data).execute(self.connection()).await?;
        Ok(())
    }
}
