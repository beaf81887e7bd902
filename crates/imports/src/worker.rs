//! The background workers: one imports recordings file by file, one unpacks archives concurrently.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use platform::{Error, Platform};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::step::{Step, recording, unpacking};

/// How often to poll for import files that another process queued, or that wait for a retry.
const POLL_INTERVAL: Duration = Duration::from_secs(5);
/// How long to wait after an error, at first and at most.
const BACKOFF: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(16)];
/// Recordings of one athlete in a row, so that one athlete's archive does not block the others.
const MAX_IN_A_ROW: usize = 20;
/// Archives that are unpacked at the same time, each of a different athlete.
const ARCHIVES: usize = 4;

/// A handle to the background workers of a server: they wake when a file was received, and every few seconds.
#[derive(Clone, Default)]
pub struct Worker {
    recordings: Arc<Notify>,
    archives: Arc<Notify>,
}

impl Worker {
    /// Starts the workers; they begin with what an earlier process left in the queue.
    #[must_use]
    pub fn start(platform: Platform) -> Self {
        let worker = Self::default();
        let tasks = platform.tasks.clone();
        tasks.spawn(worker.clone().read(platform.clone()));
        tasks.spawn(worker.clone().unpack(platform));
        worker
    }

    /// Wakes the workers: there is something to do.
    pub fn wake(&self) {
        self.recordings.notify_one();
        self.archives.notify_one();
    }

    async fn read(self, platform: Platform) {
        let stop = platform.tasks.stopping();
        let [mut pause, longest] = BACKOFF;
        while !stop.is_cancelled() {
            let result = self.run_pending(&platform).await;
            let (wait, wakeable) = match result {
                Ok(()) => {
                    [pause, _] = BACKOFF;
                    (POLL_INTERVAL, true)
                }
                Err(error) => {
                    tracing::error!(%error, "importing stopped and resumes in a moment");
                    let wait = pause;
                    pause = (pause * 2).min(longest);
                    // A new file does not clear the error: do not wake for it.
                    (wait, false)
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.recordings.notified(), if wakeable => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Imports the recordings of all athletes in turn until none is due. An error with one athlete's is returned at the end of the round.
    async fn run_pending(&self, platform: &Platform) -> Result<(), Error> {
        let stop = platform.tasks.stopping();
        loop {
            let (mut done, mut result) = (0, Ok(()));
            for athlete in due(platform, false).await? {
                for _ in 0..MAX_IN_A_ROW {
                    if stop.is_cancelled() {
                        return Ok(());
                    }
                    match platform::catch_panic(recording(platform, athlete)).await {
                        Ok(Step::Idle) => break,
                        Ok(Step::Done) => done += 1,
                        Ok(Step::Archive) => self.archives.notify_one(),
                        Err(error) => {
                            result = Err(error);
                            break;
                        }
                    }
                }
            }
            result?;
            if done == 0 {
                return Ok(());
            }
        }
    }

    async fn unpack(self, platform: Platform) {
        let stop = platform.tasks.stopping();
        let mut running = JoinSet::new();
        let mut busy = HashMap::new();
        loop {
            if !stop.is_cancelled() {
                match due(&platform, true).await {
                    Ok(athletes) => {
                        for athlete in athletes {
                            if running.len() < ARCHIVES && !busy.values().any(|b| *b == athlete) {
                                let platform = platform.clone();
                                let task = running.spawn(async move { unpacking(&platform, athlete).await });
                                busy.insert(task.id(), athlete);
                            }
                        }
                    }
                    Err(error) => tracing::error!(%error, "archives could not be listed; retrying in a moment"),
                }
            } else if running.is_empty() {
                return;
            }
            tokio::select! {
                () = stop.cancelled(), if !stop.is_cancelled() => {}
                Some(ended) = running.join_next_with_id() => {
                    let id = match ended {
                        Ok((id, Ok(Step::Idle))) => id,
                        Ok((id, Ok(_))) => {
                            self.wake();
                            id
                        }
                        Ok((id, Err(error))) => {
                            // Its import file waits for a while and is then retried.
                            tracing::error!(%error, "an archive is unpacked later");
                            id
                        }
                        Err(aborted) => {
                            tracing::error!(error = %aborted, "unpacking an archive was aborted");
                            aborted.id()
                        }
                    };
                    busy.remove(&id);
                }
                () = self.archives.notified(), if !stop.is_cancelled() => {}
                () = tokio::time::sleep(POLL_INTERVAL) => {}
            }
        }
    }
}

/// The athletes with an import file that is due.
async fn due(platform: &Platform, archives: bool) -> Result<Vec<Uuid>, Error> {
    let mut tx = platform.database.begin_anonymous().await?;
    let now = platform.clock.now();
    let athletes = sqlx::query_scalar!(r#"select athletes_with_files_due as "id!" from athletes_with_files_due($1, $2)"#, archives, now);
    Ok(athletes.fetch_all(tx.connection()).await?)
}

/// Imports everything of an athlete that is due, for the command line.
pub async fn run_to_end(platform: &Platform, athlete: Uuid) -> Result<(), Error> {
    while !matches!(recording(platform, athlete).await?, Step::Idle) || !matches!(unpacking(platform, athlete).await?, Step::Idle) {}
    Ok(())
}
