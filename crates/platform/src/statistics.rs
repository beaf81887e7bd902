//! What the database's planner knows of the tables. It samples them by itself about a minute after they changed much; until then it plans the pages of
//! an athlete who just imported a life's training for an empty table, and they take twice as long. So whoever stores much enqueues
//! [`RefreshStatistics`].

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::error::Error;
use crate::jobs::{Job, Queue};
use crate::{Platform, Tx};

/// Samples the tables that have become half as large again since they were sampled. Of a table that has not, it reads nothing. When another one of them
/// runs, it leaves the work to that one.
#[derive(Debug, Serialize, Deserialize)]
pub struct RefreshStatistics {}

impl RefreshStatistics {
    /// Enqueues it, once much was stored.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn request(tx: &mut Tx) -> Result<(), Error> {
        tx.enqueue_if_absent(&Self {}, TimeDelta::zero()).await
    }
}

impl Job for RefreshStatistics {
    const NAME: &'static str = "refresh_statistics";
    const QUEUE: Queue = Queue::Long;

    async fn run(self, platform: &Platform) -> Result<(), Error> {
        // Each table in a transaction of its own: nobody waits for more than one.
        let mut owner = platform.database.owner_connection().await?;
        let is_alone: bool = sqlx::query_scalar("select pg_try_advisory_lock(hashtext($1))").bind(Self::NAME).fetch_one(&mut owner).await?;
        if is_alone {
            sample(&mut owner).await?;
        }
        Ok(owner.close().await?)
    }
}

async fn sample(owner: &mut PgConnection) -> Result<(), Error> {
    let grown: Vec<String> = sqlx::query_scalar(
        "select c.oid::regclass::text from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
           and pg_relation_size(c.oid) > 0
           and (c.reltuples < 0 or pg_relation_size(c.oid) > 1.5 * c.relpages * current_setting('block_size')::int)",
    )
    .fetch_all(&mut *owner)
    .await?;
    for table in grown {
        // A name from the catalogue, quoted as the database quotes it.
        sqlx::query(AssertSqlSafe(format!("analyze {table}"))).execute(&mut *owner).await?;
        tracing::debug!(table, "sampled");
    }
    Ok(())
}
