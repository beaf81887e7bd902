//! Recomputing in the background what is marked or comes from older formulas, athlete by athlete.

use domain::activities::RecomputeReason;
use futures::FutureExt;
use platform::events::Subscriber;
use platform::jobs::{Job, enqueue_missing};
use platform::{Error, Platform, Tx};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::lock::lock;
use crate::queries::{recompute_tasks as tasks, stale};
use crate::recompute::{give_up, recompute, start_recompute};

/// How many of an athlete's activities are recomputed before it is another's turn: ten years of one must not block the others.
const BATCH: usize = 20;

/// The job that recomputes a batch of an athlete's open task, and enqueues the next one.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Recompute {
    athlete: Uuid,
}

impl Job for Recompute {
    const NAME: &'static str = "recompute";

    async fn run(self, platform: &Platform) -> Result<(), Error> {
        if run_batch(platform, self.athlete).await? {
            enqueue_missing(platform, [self.athlete], |athlete| Self { athlete }).await?;
        }
        Ok(())
    }
}

/// The job that starts tasks for athletes whose metrics come from older formulas, and goes on with tasks that lost their job.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RecomputeOutdated {}

impl Job for RecomputeOutdated {
    const NAME: &'static str = "recompute_outdated";

    async fn run(self, platform: &Platform) -> Result<(), Error> {
        older_formulas(platform).await?;
        enqueue_missing(platform, open_tasks(platform).await?, |athlete| Recompute { athlete }).await
    }
}

/// Runs the task that the database opened for what was marked.
pub(crate) const ON_MARKED: Subscriber = Subscriber {
    name: "recompute",
    to: &["activities.marked"],
    handle: |_platform, tx, event| async move { tx.enqueue(&Recompute { athlete: event.athlete }).await }.boxed(),
};

/// Dates activities again whose recordings name no time zone: they are dated in the athlete's.
pub(crate) const ON_TIME_ZONE: Subscriber = Subscriber {
    name: "date activities again",
    to: &["accounts.time_zone_changed"],
    handle: |_platform, tx, event| {
        // In a job: whoever waits for the athlete's activities must not hold up the athlete's events.
        async move { tx.enqueue(&DateAgain { athlete: event.athlete }).await }.boxed()
    },
};

/// The job that marks an athlete's activities after a change of the time zone.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct DateAgain {
    pub(crate) athlete: Uuid,
}

impl Job for DateAgain {
    const NAME: &'static str = "date_again";

    async fn run(self, platform: &Platform) -> Result<(), Error> {
        let now = platform.clock.now();
        let mut tx = platform.database.begin_as(self.athlete).await?;
        lock(&mut tx).await?;
        stale::mark_all(&mut tx).await?;
        start_recompute(&mut tx, platform.ids.uuid(now), RecomputeReason::TimeZone, now).await?;
        tx.commit().await
    }
}

pub(crate) async fn older_formulas(platform: &Platform) -> Result<(), Error> {
    let mut tx = platform.database.begin_anonymous().await?;
    let athletes = stale::athletes_with_older_formulas(&mut tx).await?;
    drop(tx);
    for athlete in athletes {
        let now = platform.clock.now();
        let mut tx = platform.database.begin_as(athlete).await?;
        lock(&mut tx).await?;
        start_recompute(&mut tx, platform.ids.uuid(now), RecomputeReason::Formulas, now).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// The athletes with open tasks, the oldest task first.
async fn open_tasks(platform: &Platform) -> Result<Vec<Uuid>, Error> {
    let mut tx = platform.database.begin_anonymous().await?;
    tasks::athletes_with_open(&mut tx).await
}

/// Runs a batch of an athlete's task; returns whether anything is left.
async fn run_batch(platform: &Platform, athlete: Uuid) -> Result<bool, Error> {
    for _ in 0..BATCH {
        if platform.tasks.stopping().is_cancelled() || !run_next(platform, athlete).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Runs an athlete's task to its end, or until it is cancelled or the process stops.
pub async fn run_recompute(platform: &Platform, athlete: Uuid) -> Result<(), Error> {
    while run_batch(platform, athlete).await? {}
    Ok(())
}

/// How often an activity is attempted: one that killed the process each time is skipped.
const MAX_ATTEMPTS: i32 = 3;

/// Recomputes one activity, newest first; `false` when nothing is left, or the task was cancelled.
async fn run_next(platform: &Platform, athlete: Uuid) -> Result<bool, Error> {
    let Some((task, id, attempts)) = begin(platform, athlete).await? else { return Ok(false) };
    let mut tx = platform.database.begin_as(athlete).await?;
    match lock_next(&mut tx, task, id).await? {
        None => return Ok(false),
        Some(false) => return Ok(true),
        Some(true) => {}
    }
    let computed = if attempts > MAX_ATTEMPTS {
        Some(Err(Error::Internal(format!("computing it stopped the process {MAX_ATTEMPTS} times"))))
    } else {
        platform.tasks.until_shutdown(platform::catch_panic(Box::pin(recompute(&mut tx, id)))).await
    };
    let failed = match computed {
        Some(Ok(())) => false,
        // Neither a shutdown nor a fault of the machine counts as an attempt.
        None => return refund_attempt(platform, athlete, tx, task).await.map(|()| false),
        Some(Err(error)) if error.fault().is_some() => {
            refund_attempt(platform, athlete, tx, task).await?;
            return Err(error);
        }
        Some(Err(error)) => {
            // Undo what it had begun.
            tx.rollback().await?;
            tx = platform.database.begin_as(athlete).await?;
            match lock_next(&mut tx, task, id).await? {
                None => return Ok(false),
                Some(false) => return Ok(true),
                Some(true) => {}
            }
            give_up(&mut tx, id, &error).await?;
            true
        }
    };
    tasks::count_done(&mut tx, task, failed).await?;
    tx.commit().await?;
    Ok(true)
}

/// Chooses the next activity and records the attempt before anything is computed. Returns the task, the activity and the number of the attempt;
/// finishes the task when nothing is left.
async fn begin(platform: &Platform, athlete: Uuid) -> Result<Option<(Uuid, Uuid, i32)>, Error> {
    let mut tx = platform.database.begin_as(athlete).await?;
    lock(&mut tx).await?;
    let Some(task) = tasks::lock_open(&mut tx).await? else { return Ok(None) };
    let Some(id) = stale::next_due(&mut tx).await? else {
        tasks::finish(&mut tx, task, platform.clock.now()).await?;
        tx.commit().await?;
        return Ok(None);
    };
    let attempts = tasks::count_attempt(&mut tx, task, id).await?;
    tx.commit().await?;
    Ok(Some((task, id, attempts)))
}

/// Rolls back what was begun and does not count the attempt.
async fn refund_attempt(platform: &Platform, athlete: Uuid, tx: Tx, task: Uuid) -> Result<(), Error> {
    drop(tx.rollback().await);
    let mut tx = platform.database.begin_as(athlete).await?;
    tasks::refund_attempt(&mut tx, task).await?;
    tx.commit().await
}

/// Locks the task and its activity; returns whether the activity is still due. `None` when the task is finished.
async fn lock_next(tx: &mut Tx, task: Uuid, id: Uuid) -> Result<Option<bool>, Error> {
    lock(tx).await?;
    if !tasks::lock(tx, task).await? {
        return Ok(None);
    }
    stale::lock_if_due(tx, id).await.map(Some)
}

#[cfg(test)]
mod tests {
    use accounts::testing::athlete;
    use platform::testing::TestApp;
    use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

    use super::*;
    use crate::tests::{add_new, at, begin_as, run};

    async fn open_task(platform: &Platform, viewer: Uuid) {
        let mut tx = begin_as(platform, viewer).await;
        sqlx::query("update activities set metrics_stale = true, failed_formula_version = 0").execute(tx.connection()).await.expect("marked");
        start_recompute(&mut tx, platform.ids.uuid(at()), RecomputeReason::Edits, at()).await.expect("started");
        tx.commit().await.expect("committed");
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn an_activity_that_kills_the_process_each_time_is_skipped_and_the_rest_recomputed(_: PgPoolOptions, connect: PgConnectOptions) {
        let platform = TestApp::new(connect);
        let kim = athlete(&platform, "kim@example.org").await;
        let older = add_new(&platform, kim, run(1_780_000_000), "older.fit").await;
        let newer = add_new(&platform, kim, run(1_780_090_000), "newer.fit").await;
        open_task(&platform, kim).await;
        // A process that dies while it computes leaves only what it had recorded.
        for time in 1..=MAX_ATTEMPTS {
            let begun = begin(&platform, kim).await.expect("begun").expect("one");
            assert_eq!((begun.1, begun.2), (newer, time));
        }
        run_recompute(&platform, kim).await.expect("recomputed");
        let mut tx = begin_as(&platform, kim).await;
        let left: Vec<Uuid> = sqlx::query_scalar("select id from activities where metrics_stale").fetch_all(tx.connection()).await.expect("rows");
        assert_eq!(left, [newer], "and not {older}");
        let task: (i32, i32, bool) =
            sqlx::query_as("select done, failed, finished_at is not null from recompute_tasks").fetch_one(tx.connection()).await.expect("a row");
        assert_eq!(task, (2, 1, true));
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn an_activity_that_the_database_refuses_does_not_stop_the_others(_: PgPoolOptions, connect: PgConnectOptions) {
        let platform = TestApp::new(connect);
        let kim = athlete(&platform, "kim@example.org").await;
        add_new(&platform, kim, run(1_780_000_000), "older.fit").await;
        let newer = add_new(&platform, kim, run(1_780_090_000), "newer.fit").await;
        let mut owner = platform.owner().await;
        let refuse = "create function refuse() returns trigger language plpgsql as $$ begin
                        if new.source_name = 'newer.fit' and not new.metrics_stale then raise exception 'no' using errcode = '22003'; end if;
                        return new; end $$;
                      create trigger refuse before update on activities for each row execute function refuse()";
        sqlx::raw_sql(refuse).execute(&mut owner).await.expect("a fault");
        open_task(&platform, kim).await;
        run_recompute(&platform, kim).await.expect("recomputed");
        let mut tx = begin_as(&platform, kim).await;
        let left: Vec<Uuid> = sqlx::query_scalar("select id from activities where metrics_stale").fetch_all(tx.connection()).await.expect("rows");
        assert_eq!(left, [newer]);
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn two_processes_compute_one_task_in_turn(_: PgPoolOptions, connect: PgConnectOptions) {
        let platform = TestApp::new(connect);
        let kim = athlete(&platform, "kim@example.org").await;
        let one = add_new(&platform, kim, run(1_780_000_000), "one.fit").await;
        open_task(&platform, kim).await;
        let (task, ..) = begin(&platform, kim).await.expect("begun").expect("one");
        let mut first = begin_as(&platform, kim).await;
        assert_eq!(lock_next(&mut first, task, one).await.expect("locked"), Some(true));
        let second = tokio::spawn({
            let platform = platform.clone();
            async move { run_next(&platform, kim).await }
        });
        platform::testing::until_blocked(&mut platform.owner().await, || !second.is_finished()).await.expect("query");
        first.rollback().await.expect("given up");
        assert!(second.await.expect("ran").expect("computed by the second"));
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn what_is_marked_while_the_job_runs_is_recomputed(_: PgPoolOptions, connect: PgConnectOptions) {
        let platform = TestApp::new(connect);
        let kim = athlete(&platform, "kim@example.org").await;
        add_new(&platform, kim, run(1_780_000_000), "one.fit").await;
        open_task(&platform, kim).await;
        // Thresholds are being saved when the job begins, as when somebody saves them twice.
        let mut saving = begin_as(&platform, kim).await;
        lock(&mut saving).await.expect("locked");
        start_recompute(&mut saving, platform.ids.uuid(at()), RecomputeReason::Thresholds, at()).await.expect("started");
        let job = tokio::spawn({
            let platform = platform.clone();
            async move { run_recompute(&platform, kim).await }
        });
        platform::testing::until_blocked(&mut platform.owner().await, || !job.is_finished()).await.expect("query");
        saving.commit().await.expect("committed");
        job.await.expect("ran").expect("recomputed");
        let mut tx = begin_as(&platform, kim).await;
        let left: i64 = sqlx::query_scalar("select count(*) from activities where metrics_stale").fetch_one(tx.connection()).await.expect("count");
        assert_eq!(left, 0);
    }
}
