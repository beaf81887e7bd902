//! The background workers: one takes recordings line by line, one unpacks archives beside it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use platform::{Error, Platform};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::step::{Step, recording, unpacking};

/// How often to look for lines that another process queued, or that had to rest.
const POLL_INTERVAL: Duration = Duration::from_secs(5);
/// How long to wait after something went wrong, at first and at most.
const BACKOFF: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(16)];
/// Recordings of one athlete in a row, so that nobody's archive keeps the others waiting.
const MAX_IN_A_ROW: usize = 20;
/// Archives that are unpacked beside each other, each of another athlete.
const ARCHIVES: usize = 4;

/// The background workers of a server: they wake when a file came in, and every few seconds.
#[derive(Clone, Default)]
pub struct Worker {
    recordings: Arc<Notify>,
    archives: Arc<Notify>,
}

impl Worker {
    /// Starts them; they begin with what an earlier process left in the queue.
    #[must_use]
    pub fn start(platform: Platform) -> Self {
        let worker = Self::default();
        let tasks = platform.tasks.clone();
        tasks.spawn(worker.clone().read(platform.clone()));
        tasks.spawn(worker.clone().unpack(platform));
        worker
    }

    /// Says that there is something to do.
    pub fn wake(&self) {
        self.recordings.notify_one();
        self.archives.notify_one();
    }

    async fn read(self, platform: Platform) {
        let stop = platform.tasks.stopping();
        let [mut pause, longest] = BACKOFF;
        while !stop.is_cancelled() {
            let looked = self.run_pending(&platform).await;
            let (wait, woken) = match looked {
                Ok(()) => {
                    [pause, _] = BACKOFF;
                    (POLL_INTERVAL, true)
                }
                Err(error) => {
                    tracing::error!(%error, "importing stopped, and goes on in a moment");
                    let wait = pause;
                    pause = (pause * 2).min(longest);
                    // What comes in meanwhile mends nothing.
                    (wait, false)
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.recordings.notified(), if woken => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Deals with recordings of everybody in turn until none is due. What goes wrong with one athlete's is told at the end of a round.
    async fn run_pending(&self, platform: &Platform) -> Result<(), Error> {
        let stop = platform.tasks.stopping();
        loop {
            let (mut done, mut wrong) = (0, Ok(()));
            for athlete in due(platform, false).await? {
                for _ in 0..MAX_IN_A_ROW {
                    if stop.is_cancelled() {
                        return Ok(());
                    }
                    match platform::catch_panic(recording(platform, athlete)).await {
                        Ok(Step::Nothing) => break,
                        Ok(Step::Done) => done += 1,
                        Ok(Step::Archive) => self.archives.notify_one(),
                        Err(error) => {
                            wrong = Err(error);
                            break;
                        }
                    }
                }
            }
            wrong?;
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
                    Err(error) => tracing::error!(%error, "archives are unpacked in a moment"),
                }
            } else if running.is_empty() {
                return;
            }
            tokio::select! {
                () = stop.cancelled(), if !stop.is_cancelled() => {}
                Some(ended) = running.join_next_with_id() => {
                    let id = match ended {
                        Ok((id, Ok(Step::Nothing))) => id,
                        Ok((id, Ok(_))) => {
                            self.wake();
                            id
                        }
                        Ok((id, Err(error))) => {
                            // Its line rests for a while, and is looked at then.
                            tracing::error!(%error, "an archive is unpacked later");
                            id
                        }
                        Err(broken) => {
                            tracing::error!(error = %broken, "unpacking an archive broke off");
                            broken.id()
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

/// Who has a line that is due.
async fn due(platform: &Platform, archives: bool) -> Result<Vec<Uuid>, Error> {
    let mut session = platform.database.begin_anonymous().await?;
    let moment = platform.clock.now();
    let athletes = sqlx::query_scalar!(r#"select athletes_with_files_due as "id!" from athletes_with_files_due($1, $2)"#, archives, moment);
    Ok(athletes.fetch_all(session.connection()).await?)
}

/// Deals with everything of an athlete that is due, for the command line.
pub async fn run_to_end(platform: &Platform, athlete: Uuid) -> Result<(), Error> {
    while !matches!(recording(platform, athlete).await?, Step::Nothing) || !matches!(unpacking(platform, athlete).await?, Step::Nothing) {}
    Ok(())
}
