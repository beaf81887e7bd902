//! Handing events to their subscribers.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::Event;
use crate::Platform;
use crate::database::Tx;
use crate::error::Error;
use crate::jobs::{Job, enqueue_missing};

/// Events of one athlete before it is another's turn.
const BATCH: usize = 100;
/// How often an event is tried before the ones behind it are handled without it.
const MAX_ATTEMPTS: i32 = 10;

/// The job that hands an athlete's events to their subscribers. Emitting enqueues it.
#[derive(Debug, Serialize, Deserialize)]
pub struct DispatchEvents {
    athlete: Uuid,
}

impl Job for DispatchEvents {
    const NAME: &'static str = "dispatch_events";

    async fn run(self, platform: &Platform) -> Result<(), Error> {
        if dispatch(platform, self.athlete).await? {
            enqueue_missing(platform, [self.athlete], |athlete| Self { athlete }).await?;
        }
        Ok(())
    }
}

/// Enqueues the dispatch of events that lost their job: in a database that was restored from a backup, for example.
#[derive(Debug, Serialize, Deserialize)]
pub struct DispatchLeftOver {}

impl Job for DispatchLeftOver {
    const NAME: &'static str = "dispatch_left_over";

    async fn run(self, platform: &Platform) -> Result<(), Error> {
        let mut tx = platform.database.begin_anonymous().await?;
        let athletes = sqlx::query_scalar!(r#"select athletes_with_events as "id!" from athletes_with_events()"#).fetch_all(tx.connection()).await?;
        drop(tx);
        enqueue_missing(platform, athletes, |athlete| DispatchEvents { athlete }).await
    }
}

/// Hands a batch of an athlete's events to their subscribers; returns whether there may be more.
pub async fn dispatch(platform: &Platform, athlete: Uuid) -> Result<bool, Error> {
    for _ in 0..BATCH {
        if platform.tasks.stopping().is_cancelled() {
            return Ok(true);
        }
        if !dispatch_next(platform, athlete).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Hands the athlete's next event to its subscribers; `false` if there is none.
async fn dispatch_next(platform: &Platform, athlete: Uuid) -> Result<bool, Error> {
    let mut tx = platform.database.begin_as(athlete).await?;
    let Some((event, attempts)) = next(&mut tx, athlete).await? else { return Ok(false) };
    let handled = handle(platform, &mut tx, &event).await;
    let Err(error) = handled else {
        mark_dispatched(&mut tx, event.id, platform.clock.now(), None).await?;
        tx.commit().await?;
        return Ok(true);
    };
    // What it had begun is undone; the attempt is counted, unless the machine is at fault.
    tx.rollback().await?;
    if error.fault().is_some() {
        return Err(error);
    }
    let mut tx = platform.database.begin_as(athlete).await?;
    let given_up = attempts + 1 >= MAX_ATTEMPTS;
    if given_up {
        tracing::error!(%error, event = event.id, name = event.name, "an event is skipped, because a subscriber cannot handle it");
        mark_dispatched(&mut tx, event.id, platform.clock.now(), Some(&error.to_string())).await?;
    } else {
        sqlx::query!("update events set attempts = attempts + 1, error = $2 where id = $1", event.id, error.to_string())
            .execute(tx.connection())
            .await?;
    }
    tx.commit().await?;
    if given_up { Ok(true) } else { Err(error) }
}

/// The athlete's first event that is not dispatched, locked. Waits for transactions that emit, so that none commits an earlier one later.
async fn next(tx: &mut Tx, athlete: Uuid) -> Result<Option<(Event, i32)>, Error> {
    sqlx::query!("select lock_events($1)", athlete).execute(tx.connection()).await?;
    let row = sqlx::query!(
        r#"select id, name, actor_id, data as "data: Value", created_at as "at: DateTime<Utc>", attempts from events
           where athlete_id = $1 and dispatched_at is null order by id limit 1"#,
        athlete
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(row.map(|row| (Event { id: row.id, name: row.name, athlete, actor: row.actor_id, data: row.data, at: row.at }, row.attempts)))
}

async fn handle(platform: &Platform, tx: &mut Tx, event: &Event) -> Result<(), Error> {
    for subscriber in platform.features.subscribers_to(&event.name) {
        (subscriber.handle)(platform, tx, event)
            .await
            .inspect_err(|error| tracing::warn!(%error, subscriber = subscriber.name, name = event.name, "a subscriber failed"))?;
    }
    Ok(())
}

async fn mark_dispatched(tx: &mut Tx, id: i64, now: DateTime<Utc>, error: Option<&str>) -> Result<(), Error> {
    sqlx::query!("update events set dispatched_at = $2, error = $3 where id = $1", id, now, error).execute(tx.connection()).await?;
    Ok(())
}
