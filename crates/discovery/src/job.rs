//! Discovery in the background: enqueued when data changed, run by a worker, polled by clients.

use chrono::TimeDelta;
use domain::discovery::{Discovery, Job as JobStatus, JobState};
use domain::units::Units;
use futures::FutureExt;
use platform::events::Subscriber;
use platform::feature::Features;
use platform::feature::daily::DAILY_VALUES_CHANGED;
use platform::jobs::Job;
use platform::{Error, Platform, Tx};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::queries::{jobs, reports};
use crate::report::{Loaded, discover_now, has_data, load_report, version};
use crate::{feedback, news};

/// How long to wait for more changes: an import makes many.
const SETTLE: TimeDelta = TimeDelta::seconds(1);

/// The job: one athlete's findings.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Discover {
    athlete: Uuid,
}

impl Job for Discover {
    const NAME: &'static str = "discover";
    const MAX_ATTEMPTS: i16 = 10;

    async fn run(self, platform: &Platform) -> Result<(), Error> {
        run(platform, self.athlete).await
    }
}

/// Enqueues discovery for every athlete whose report comes from an older engine.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct DiscoverOutdated {}

impl Job for DiscoverOutdated {
    const NAME: &'static str = "discover_outdated";

    async fn run(self, platform: &Platform) -> Result<(), Error> {
        let mut tx = platform.database.begin_anonymous().await?;
        let outdated = reports::outdated(&mut tx, &version(platform.features)).await?;
        drop(tx);
        for athlete in outdated {
            let mut tx = platform.database.begin_as(athlete).await?;
            if has_data(&mut tx, platform.features).await? {
                request(platform, &mut tx).await?;
            }
            tx.commit().await?;
        }
        Ok(())
    }
}

/// Requests discovery whenever something changed that it reads.
pub(crate) const ON_CHANGE: Subscriber =
    Subscriber { name: "request discovery", to: &[DAILY_VALUES_CHANGED], handle: |platform, tx, _event| request(platform, tx).boxed() };

/// Enqueues discovery for the athlete, with a row that shows that it is under way.
async fn request(platform: &Platform, tx: &mut Tx) -> Result<(), Error> {
    let (athlete, now) = (tx.acting()?.subject, platform.clock.now());
    jobs::request(tx, platform.ids.uuid(now), athlete, now).await?;
    tx.enqueue_after(&Discover { athlete }, SETTLE).await
}

/// Runs one athlete's job. That it failed is stored with it, and the queue retries; why is in the log.
async fn run(platform: &Platform, athlete: Uuid) -> Result<(), Error> {
    let now = platform.clock.now();
    let mut tx = platform.database.begin_as(athlete).await?;
    let id = jobs::start(&mut tx, platform.ids.uuid(now), athlete, now).await?;
    tx.commit().await?;
    let result = discover_now(platform, athlete).await;
    let mut tx = platform.database.begin_as(athlete).await?;
    jobs::finish(&mut tx, id, result.as_ref().err().map(|_| "failed"), platform.clock.now()).await?;
    // Only the latest jobs are kept; the findings over time are in the snapshots.
    jobs::delete_old(&mut tx, athlete).await?;
    tx.commit().await?;
    result.map(|_| ())
}

/// The latest report, whether it is up to date, what changed, and the job in progress. Computes and enqueues nothing: a change of
/// the data does that, and so does the start of a newer version.
pub async fn discovery(tx: &mut Tx, features: Features, units: Units) -> Result<Discovery, Error> {
    let Loaded { mut report, summary, fresh, testable, inputs, .. } = load_report(tx, features, units).await?;
    let job = if fresh { None } else { open_job(tx).await? };
    let news = match &mut report {
        Some(report) => {
            feedback::attach(tx, report).await?;
            news::of_report(tx, (report, &summary), &inputs, news::MONTH).await?
        }
        None => None,
    };
    Ok(Discovery { report, fresh, job, news, testable })
}

/// The job that is queued or running.
async fn open_job(tx: &mut Tx) -> Result<Option<JobStatus>, Error> {
    let athlete = tx.viewer()?;
    match jobs::open(tx, athlete).await? {
        Some(id) => status(tx, id).await.map(Some),
        None => Ok(None),
    }
}

/// The status of one of the viewer's jobs.
pub async fn status(tx: &mut Tx, id: Uuid) -> Result<JobStatus, Error> {
    let row = jobs::find(tx, id).await?.ok_or_else(|| Error::not_found("job"))?;
    let state = match (row.finished_at, row.started_at, row.error) {
        (Some(_), ..) => JobState::Done,
        (None, _, Some(_)) => JobState::Retrying,
        (None, Some(_), None) => JobState::Running,
        (None, None, None) => JobState::Queued,
    };
    Ok(JobStatus { id, state, requested_at: row.requested_at, finished_at: row.finished_at, attempts: u32::try_from(row.attempts).unwrap_or(0) })
}
