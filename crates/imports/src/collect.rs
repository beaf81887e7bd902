//! Files that nothing refers to any more, collected once a day: uploads that broke off or whose line is dealt with, and originals that no
//! activity comes from.

use chrono::TimeDelta;
use graphile_worker::{Cron, CrontabFill, IntoTaskHandlerResult, TaskHandler, WorkerContext, WorkerOptions};
use platform::jobs::Ground;
use platform::{Error, Platform};
use serde::{Deserialize, Serialize};

/// Hours that an upload stays without a line: the longest that one is on its way.
const UPLOAD_HOURS: i64 = 24;
/// Keys that are asked about at once.
const BATCH: usize = 5000;

/// The job.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct CollectFiles {}

impl TaskHandler for CollectFiles {
    const IDENTIFIER: &'static str = "collect_files";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let Some(Ground(platform)) = context.get_ext::<Ground>() else { return Err("the worker has no platform".to_owned()) };
        collect(platform).await.map_err(|e| e.to_string())
    }
}

/// Adds what imports do in the background: at night, and soon after the start where the night was missed.
#[must_use]
pub fn jobs(options: WorkerOptions) -> WorkerOptions {
    let options = options.define_job::<CollectFiles>();
    match Cron::daily_at::<CollectFiles>(3, 17) {
        Ok(nightly) => options.with_cron(nightly.fill(CrontabFill::days(1))),
        Err(error) => {
            tracing::error!(%error, "unused files are not collected");
            options
        }
    }
}

/// Removes uploads and originals that nothing refers to and that are old enough.
pub async fn collect(platform: &Platform) -> Result<(), Error> {
    let uploads = uploads(platform).await?;
    let mut originals = 0;
    for athlete in platform.files.athletes_with_originals()? {
        originals += activities::collect_originals(platform, athlete).await?;
    }
    tracing::info!(uploads, originals, "unused files were collected");
    Ok(())
}

async fn uploads(platform: &Platform) -> Result<usize, Error> {
    let before = platform.clock.now() - TimeDelta::hours(UPLOAD_HOURS);
    let files = platform.files.clone();
    let old = tokio::task::spawn_blocking(move || files.uploads_before(before)).await.map_err(std::io::Error::from)??;
    let mut removed = 0;
    for keys in old.chunks(BATCH) {
        let mut session = platform.database.as_nobody().await?;
        let used = sqlx::query_scalar!(r#"select uploads_in_use as "key!" from uploads_in_use($1)"#, keys).fetch_all(session.connection()).await?;
        for key in keys.iter().filter(|key| !used.contains(key)) {
            platform.files.remove_upload(key);
            removed += 1;
        }
    }
    Ok(removed)
}
