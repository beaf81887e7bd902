//! A line that somebody works at. The hold stands in the line, not in a transaction that stays open: who holds a line says so again while the
//! work lasts, and a line whose holder fell silent is free. What is stored is stored in a transaction that sees the hold still standing.

use std::future::Future;
use std::time::Duration;

use chrono::TimeDelta;
use domain::imports::Outcome;
use platform::{Error, Fault, Platform, Tx};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::process::Context;

/// How long a line of a process that died is left alone.
const LEASE_TTL: TimeDelta = TimeDelta::seconds(30);
/// How often a holder says that it still works.
const RENEW_INTERVAL: Duration = Duration::from_secs(8);
/// How long a line is left alone that could not be dealt with, so that others get their turn.
const RETRY_DELAY: TimeDelta = TimeDelta::seconds(15);
/// Between tries to give a line back, at first and at most.
const TRIES: [Duration; 2] = [Duration::from_millis(250), Duration::from_secs(8)];

/// A held line.
pub(crate) struct Lease {
    pub(crate) athlete: Uuid,
    pub(crate) line: Uuid,
    pub(crate) import: Uuid,
    pub(crate) name: String,
    pub(crate) upload: Option<String>,
    pub(crate) context: Context,
    /// How often somebody began with it, this time included.
    pub(crate) attempts: i32,
    /// Another one each time.
    pub(crate) token: Uuid,
}

/// Takes the first line of an athlete that is due. The attempt is counted before the work, so that a file that kills the process cannot do so
/// for ever.
pub(crate) async fn acquire(platform: &Platform, athlete: Uuid, archive: bool) -> Result<Option<Lease>, Error> {
    let now = platform.clock.now();
    let token = platform.ids.uuid(now);
    let mut session = platform.database.begin_as(athlete).await?;
    let line = sqlx::query!(
        r#"update import_files f set attempts = attempts + 1, held_by = $4, held_until = $5 from accounts a
           where a.id = f.athlete_id and f.id = (
             select id from import_files
             where athlete_id = $1 and outcome = 'queued' and coalesce(archive, false) = $2 and coalesce(held_until <= $3, true)
             order by created_at, id limit 1 for update skip locked)
           returning f.id, f.import_id, f.name, f.upload_key, f.metadata, f.attempts, a.time_zone"#,
        athlete,
        archive,
        now,
        token,
        now + LEASE_TTL
    )
    .fetch_optional(session.connection())
    .await?;
    let Some(line) = line else { return Ok(None) };
    let values = activities::thresholds(&mut session).await?;
    session.commit().await?;
    let context = Context {
        time_zone: line.time_zone,
        values,
        // What cannot be read is not known; the file itself is there.
        about: line.metadata.and_then(|about| serde_json::from_value(about).ok()),
        limits: platform.config.uploads.clone(),
        now,
    };
    Ok(Some(Lease { athlete, line: line.id, import: line.import_id, name: line.name, upload: line.upload_key, context, attempts: line.attempts, token }))
}

impl Lease {
    /// Works, and keeps the hold meanwhile. `stop` is told when the hold is lost: the import was undone.
    pub(crate) async fn while_leased<T>(&self, platform: &Platform, stop: &CancellationToken, work: impl Future<Output = T>) -> T {
        tokio::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return done,
                () = tokio::time::sleep(RENEW_INTERVAL) => match self.renew(platform).await {
                    Ok(true) => {}
                    Ok(false) => stop.cancel(),
                    Err(error) => tracing::warn!(%error, "a file that is worked at could not be held on to"),
                },
            }
        }
    }

    async fn renew(&self, platform: &Platform) -> Result<bool, Error> {
        let mut session = platform.database.begin_as(self.athlete).await?;
        let held = sqlx::query!(
            "update import_files set held_until = $3 where id = $1 and held_by = $2 and finished_at is null",
            self.line,
            self.token,
            platform.clock.now() + LEASE_TTL
        )
        .execute(session.connection())
        .await?;
        session.commit().await?;
        Ok(held.rows_affected() == 1)
    }

    /// Whether the hold still stands, and the athlete still lives where the work supposed; until the session's end nobody ends it.
    pub(crate) async fn is_valid(&self, session: &mut Tx) -> Result<bool, Error> {
        let held = sqlx::query_scalar!(
            r#"select true as "held!" from import_files f join accounts a on a.id = f.athlete_id
               where f.id = $1 and f.held_by = $2 and f.finished_at is null and a.time_zone = $3 for update of f"#,
            self.line,
            self.token,
            self.context.time_zone
        );
        Ok(held.fetch_optional(session.connection()).await?.is_some())
    }

    /// Writes down what became of the line.
    pub(crate) async fn set_outcome(&self, platform: &Platform, session: &mut Tx, outcome: Outcome, message: &str) -> Result<(), Error> {
        sqlx::query!(
            "update import_files set outcome = $2, message = $3, finished_at = $4, held_by = null, held_until = null,
               upload_key = case when $5 then upload_key end
             where id = $1",
            self.line,
            outcome.as_str(),
            message,
            platform.clock.now(),
            // What failed can be tried again.
            outcome == Outcome::Failed
        )
        .execute(session.connection())
        .await?;
        Ok(())
    }

    /// Says that it is an archive, for whoever unpacks those. Looking was no attempt.
    pub(crate) async fn release_to_unpacker(&self, platform: &Platform) -> Result<(), Error> {
        let mut session = platform.database.begin_as(self.athlete).await?;
        sqlx::query!(
            "update import_files set archive = true, attempts = attempts - 1, held_by = null, held_until = null where id = $1 and held_by = $2",
            self.line,
            self.token
        )
        .execute(session.connection())
        .await?;
        session.commit().await
    }

    /// Gives the line back, if it is still ours, because the process stops or the work is to be done with other values: nothing was wrong with it.
    pub(crate) async fn release(&self, platform: &Platform) {
        if let Err(error) = self.release_with(platform, true, TimeDelta::zero(), "").await {
            tracing::warn!(%error, "a file is left alone until its time is over");
        }
    }

    /// Gives a line back that could not be dealt with, for a while. An attempt is not spent on the machine's faults: then it is given back,
    /// too, however long the database is away.
    pub(crate) async fn return_after_fault(&self, platform: &Platform, fault: Option<Fault>) {
        let message = match fault {
            Some(Fault::Full) => "The disk of the server is full. It goes on by itself when there is room.",
            Some(Fault::Disk) => "The disk of the server cannot be used. It goes on by itself when it can.",
            Some(Fault::Unavailable) | None => "",
        };
        let stop = platform.tasks.stopping();
        let [mut pause, longest] = TRIES;
        while let Err(error) = self.release_with(platform, fault.is_some(), RETRY_DELAY, message).await {
            if error.fault().is_none() || stop.is_cancelled() {
                tracing::error!(%error, "a file is left alone until its time is over");
                return;
            }
            tracing::warn!(%error, "waiting for the database, to give a file back");
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(pause) => {}
            }
            pause = (pause * 2).min(longest);
        }
    }

    async fn release_with(&self, platform: &Platform, unspent: bool, rest: TimeDelta, message: &str) -> Result<(), Error> {
        let mut session = platform.database.begin_as(self.athlete).await?;
        sqlx::query!(
            "update import_files set attempts = attempts - $3, held_by = null, held_until = $4, message = $5
             where id = $1 and held_by = $2 and finished_at is null",
            self.line,
            self.token,
            i32::from(unspent),
            platform.clock.now() + rest,
            message
        )
        .execute(session.connection())
        .await?;
        session.commit().await
    }
}
