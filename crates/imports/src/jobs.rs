//! The jobs that import what was received: one reads recordings, one unpacks archives. As long as an athlete has a queued file, a job of theirs waits or
//! runs; which file it takes is decided by leases, so any number of workers may run jobs of one athlete at once.

use chrono::TimeDelta;
use platform::jobs::{Job, Queue, enqueue_missing};
use platform::statistics::RefreshStatistics;
use platform::{Error, Platform, Tx};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::step::{Step, recording, unpacking};

/// Recordings that one job reads: then it is the next job's turn, which may be another athlete's.
const MAX_IN_A_ROW: i64 = 20;

/// Reads an athlete's queued recordings.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ReadRecordings {
    pub(crate) athlete: Uuid,
}

impl Job for ReadRecordings {
    const NAME: &'static str = "read_recordings";

    async fn run(self, platform: &Platform) -> Result<(), Error> {
        let mut tx = platform.database.begin_as(self.athlete).await?;
        if count_due(platform, &mut tx, false).await? > MAX_IN_A_ROW {
            // Another worker, of this process or another, begins with the rest at once.
            tx.enqueue_if_absent(&self, TimeDelta::zero()).await?;
        }
        tx.commit().await?;
        for _ in 0..MAX_IN_A_ROW {
            if platform.tasks.stopping().is_cancelled() {
                break;
            }
            match platform::catch_panic(recording(platform, self.athlete)).await {
                Ok(Step::Idle) => break,
                Ok(Step::Done | Step::Archive) => {}
                // The file waits for a while and is then tried again.
                Err(error) => {
                    tracing::error!(%error, "a recording is read later");
                    break;
                }
            }
        }
        continue_later(platform, &self, self.athlete, false).await
    }
}

/// Unpacks an athlete's queued archives, one at a time.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct UnpackArchives {
    pub(crate) athlete: Uuid,
}

impl Job for UnpackArchives {
    const NAME: &'static str = "unpack_archives";
    const QUEUE: Queue = Queue::Long;

    async fn run(self, platform: &Platform) -> Result<(), Error> {
        if let Err(error) = platform::catch_panic(unpacking(platform, self.athlete)).await {
            tracing::error!(%error, "an archive is unpacked later");
        }
        continue_later(platform, &self, self.athlete, true).await
    }
}

/// Enqueues jobs for files that lost theirs: in a database that was restored from a backup, for example.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ImportLeftOver {}

impl Job for ImportLeftOver {
    const NAME: &'static str = "import_left_over";

    async fn run(self, platform: &Platform) -> Result<(), Error> {
        enqueue_missing(platform, athletes_with_files(platform, false).await?, |athlete| ReadRecordings { athlete }).await?;
        enqueue_missing(platform, athletes_with_files(platform, true).await?, |athlete| UnpackArchives { athlete }).await
    }
}

/// Enqueues the job again for when the next of the athlete's files is due, if there is one.
async fn continue_later<J: Job>(platform: &Platform, job: &J, athlete: Uuid, archives: bool) -> Result<(), Error> {
    let now = platform.clock.now();
    let mut tx = platform.database.begin_as(athlete).await?;
    let next = sqlx::query_scalar!(
        r#"select min(coalesce(held_until, $3)) from import_files where athlete_id = $1 and outcome = 'queued' and coalesce(archive, false) = $2"#,
        athlete,
        archives,
        now
    )
    .fetch_one(tx.connection())
    .await?;
    if let Some(next) = next {
        tx.enqueue_if_absent(job, (next - now).max(TimeDelta::zero())).await?;
    } else {
        RefreshStatistics::request(&mut tx).await?;
    }
    tx.commit().await
}

/// How many of the athlete's files are due, up to one more than a job reads.
async fn count_due(platform: &Platform, tx: &mut Tx, archives: bool) -> Result<i64, Error> {
    let athlete = tx.viewer()?;
    let counted = sqlx::query_scalar!(
        r#"select count(*) as "n!" from (
             select from import_files where athlete_id = $1 and outcome = 'queued' and coalesce(archive, false) = $2 and coalesce(held_until <= $3, true)
             limit $4) due"#,
        athlete,
        archives,
        platform.clock.now(),
        MAX_IN_A_ROW + 1
    );
    Ok(counted.fetch_one(tx.connection()).await?)
}

/// The athletes with a queued file, due or not: a job that finds nothing due waits for what is.
async fn athletes_with_files(platform: &Platform, archives: bool) -> Result<Vec<Uuid>, Error> {
    let mut tx = platform.database.begin_anonymous().await?;
    let athletes = sqlx::query_scalar!(r#"select athletes_with_queued_files as "id!" from athletes_with_queued_files($1)"#, archives);
    Ok(athletes.fetch_all(tx.connection()).await?)
}

/// Imports everything of an athlete that is due, for the command line.
pub async fn run_to_end(platform: &Platform, athlete: Uuid) -> Result<(), Error> {
    while !matches!(recording(platform, athlete).await?, Step::Idle) || !matches!(unpacking(platform, athlete).await?, Step::Idle) {}
    Ok(())
}
