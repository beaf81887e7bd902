//! Enqueuing and cancelling, in the transaction that makes it necessary. The queue is not the application's to write: functions of the database
//! enqueue jobs about the transaction's subject and nobody else.

use chrono::TimeDelta;
use uuid::Uuid;

use super::Job;
use crate::Platform;
use crate::database::Tx;
use crate::error::Error;

/// What happens to the due time of a job that waits already.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Waiting {
    Moves,
    Stays,
}

impl Tx {
    /// Enqueues a job about the subject, due at once. One that waits with the same key is replaced.
    pub async fn enqueue<J: Job>(&mut self, job: &J) -> Result<(), Error> {
        self.add(job, TimeDelta::zero(), Waiting::Moves).await
    }

    /// The same, due after a while, by the clock of the queue: ours may differ, so a job whose day matters looks again when it runs.
    pub async fn enqueue_after<J: Job>(&mut self, job: &J, after: TimeDelta) -> Result<(), Error> {
        self.add(job, after, Waiting::Moves).await
    }

    /// Enqueues a job about the subject, due after a pause, unless one waits with the same key; that one stays due when it is. For a job that
    /// enqueues its own continuation: it must not delay what somebody asked for meanwhile.
    pub async fn enqueue_if_absent<J: Job>(&mut self, job: &J, after: TimeDelta) -> Result<(), Error> {
        self.add(job, after, Waiting::Stays).await
    }

    async fn add<J: Job>(&mut self, job: &J, after: TimeDelta, waiting: Waiting) -> Result<(), Error> {
        sqlx::query!(
            "select enqueue_job($1, $2, $3, now() + make_interval(secs => $4), $5, $6)",
            J::NAME,
            serde_json::to_value(job)?,
            job.key(),
            after.max(TimeDelta::zero()).as_seconds_f64(),
            i32::from(J::MAX_ATTEMPTS),
            waiting == Waiting::Stays
        )
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Cancels a job about the subject that waits under a key. One that runs at this moment goes on, and is not attempted again.
    pub async fn cancel_job<J: Job>(&mut self, key: &str) -> Result<(), Error> {
        sqlx::query!("select cancel_job($1, $2)", J::NAME, key).execute(self.connection()).await?;
        Ok(())
    }

    /// Cancels every job about the subject that waits.
    pub async fn cancel_jobs(&mut self) -> Result<(), Error> {
        sqlx::query!("select cancel_jobs()").execute(self.connection()).await?;
        Ok(())
    }
}

/// Enqueues a job for each of some athletes who has none waiting: for work that lost its job, and for a job that hands on what it left.
///
/// # Errors
/// When the database does not answer.
pub async fn enqueue_missing<J: Job>(platform: &Platform, athletes: impl IntoIterator<Item = Uuid>, job: impl Fn(Uuid) -> J) -> Result<(), Error> {
    for athlete in athletes {
        let mut tx = platform.database.begin_as(athlete).await?;
        tx.enqueue_if_absent(&job(athlete), TimeDelta::zero()).await?;
        tx.commit().await?;
    }
    Ok(())
}
