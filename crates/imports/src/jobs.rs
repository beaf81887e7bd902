//! The jobs that import what was received: one reads recordings, one unpacks archives. As long as an athlete has a queued file, a job of theirs waits or
//! runs; which file it takes is decided by leases, so any number of workers may run jobs of one athlete at once.

use chrono::TimeDelta;
use platform::jobs::{Job, Queue, enqueue_missing};
use platform::statistics::RefreshStatistics;
use platform::{Error, Platform};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::queries::leases;
use crate::queue::{ReadRecordings, UnpackArchives};
use crate::step::{Step, recording, unpacking};

/// Recordings that one job reads: then it is the next job's turn, which may be another athlete's.
const MAX_IN_A_ROW: i64 = 20;

impl Job for ReadRecordings {
    const NAME: &'static str = "read_recordings";

    async fn run(self, platform: &Platform) -> Result<(), Error> {
        let mut tx = platform.database.begin_as(self.athlete).await?;
        if leases::count_due(&mut tx, false, platform.clock.now(), MAX_IN_A_ROW + 1).await? > MAX_IN_A_ROW {
            // Another worker, of this process or another, begins with the rest at once.
            tx.enqueue_if_absent(&self, TimeDelta::zero()).await?;
        }
        tx.commit().await?;
        for _ in 0..MAX_IN_A_ROW {
            if platform.tasks.stopping().is_cancelled() {
                break;
            }
            match Box::pin(platform::catch_panic(recording(platform, self.athlete))).await {
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
    if let Some(next) = leases::next_due(&mut tx, archives, now).await? {
        tx.enqueue_if_absent(job, (next - now).max(TimeDelta::zero())).await?;
    } else if !archives {
        RefreshStatistics::request(&mut tx).await?;
    }
    tx.commit().await
}

/// The athletes with a queued file, due or not: a job that finds nothing due waits for what is.
async fn athletes_with_files(platform: &Platform, archives: bool) -> Result<Vec<Uuid>, Error> {
    let mut tx = platform.database.begin_anonymous().await?;
    leases::athletes_with_files(&mut tx, archives).await
}

/// Imports everything of an athlete that is due, for the command line.
pub async fn run_to_end(platform: &Platform, athlete: Uuid) -> Result<(), Error> {
    while !matches!(recording(platform, athlete).await?, Step::Idle) || !matches!(unpacking(platform, athlete).await?, Step::Idle) {}
    platform.database.transact(athlete, async |tx| RefreshStatistics::request(tx).await).await
}
