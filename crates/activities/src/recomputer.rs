//! The background worker that computes anew what is marked or comes from older formulas, athlete by athlete.

use std::sync::Arc;
use std::time::Duration;

use platform::{Error, Platform, Tx};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::recompute::{give_up, recompute, start_recompute};

/// How many of an athlete's activities are computed before it is somebody else's turn.
const BATCH: usize = 20;
/// How often to look for tasks that another process started.
const POLL_INTERVAL: Duration = Duration::from_secs(15);

/// The background worker that computes anew.
#[derive(Clone)]
pub struct Recomputer {
    wake: Arc<Notify>,
}

impl Recomputer {
    /// Starts it. It begins with tasks for everybody whose metrics come from older formulas.
    #[must_use]
    pub fn start(platform: Platform) -> Self {
        let worker = Self { wake: Arc::new(Notify::new()) };
        let wake = worker.wake.clone();
        let stop = platform.tasks.stopping();
        let tasks = platform.tasks.clone();
        tasks.spawn(async move {
            if let Err(error) = older_formulas(&platform).await {
                tracing::error!(%error, "activities with older formulas could not be listed");
            }
            loop {
                if let Err(error) = run_pending(&platform).await {
                    tracing::error!(%error, "what is to be computed anew could not be listed");
                }
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = wake.notified() => {}
                    () = tokio::time::sleep(POLL_INTERVAL) => {}
                }
            }
        });
        worker
    }

    /// Says that there is something to do.
    pub fn wake(&self) {
        self.wake.notify_one();
    }
}

pub(crate) async fn older_formulas(platform: &Platform) -> Result<(), Error> {
    let mut session = platform.database.begin_anonymous().await?;
    let athletes =
        sqlx::query_scalar!(r#"select athletes_with_older_formulas as "id!" from athletes_with_older_formulas($1)"#, physiology::FORMULA_VERSION)
            .fetch_all(session.connection())
            .await?;
    drop(session);
    for athlete in athletes {
        let now = platform.clock.now();
        let mut session = platform.database.begin_as(athlete).await?;
        start_recompute(&mut session, platform.ids.uuid(now), "The formulas got better.", now).await?;
        session.commit().await?;
    }
    Ok(())
}

async fn run_pending(platform: &Platform) -> Result<(), Error> {
    // Some of each in turns, so that a decade of one athlete's keeps nobody waiting, nor anybody whose task begins meanwhile.
    let mut more = true;
    while more {
        more = false;
        for athlete in open_tasks(platform).await? {
            match platform::catch_panic(Box::pin(run_batch(platform, athlete))).await {
                Ok(left) => more |= left,
                // One athlete's fault keeps nobody else's from being computed.
                Err(error) => tracing::error!(%error, %athlete, "an athlete's activities are computed anew later"),
            }
        }
    }
    Ok(())
}

/// The athletes of the tasks that are open, the oldest first.
async fn open_tasks(platform: &Platform) -> Result<Vec<Uuid>, Error> {
    let mut session = platform.database.begin_anonymous().await?;
    Ok(sqlx::query_scalar!(r#"select athletes_with_recompute_tasks as "id!" from athletes_with_recompute_tasks()"#)
        .fetch_all(session.connection())
        .await?)
}

/// Some of an athlete's task: whether anything is left.
async fn run_batch(platform: &Platform, athlete: Uuid) -> Result<bool, Error> {
    for _ in 0..BATCH {
        if platform.tasks.stopping().is_cancelled() || !run_next(platform, athlete).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Does an athlete's task to its end, or until it is cancelled or the process stops.
pub async fn run_recompute(platform: &Platform, athlete: Uuid) -> Result<(), Error> {
    while run_batch(platform, athlete).await? {}
    Ok(())
}

/// How often an activity may be begun with: one that killed the process each time is left alone.
const MAX_ATTEMPTS: i32 = 3;

/// One activity, newest first; `false` when nothing is left, or another process works on it.
async fn run_next(platform: &Platform, athlete: Uuid) -> Result<bool, Error> {
    let Some((task, id, attempts)) = begin(platform, athlete).await? else { return Ok(false) };
    let mut session = platform.database.begin_as(athlete).await?;
    match lock(&mut session, task, id).await? {
        None => return Ok(false),
        Some(false) => return Ok(true),
        Some(true) => {}
    }
    let computed = if attempts > MAX_ATTEMPTS {
        Some(Err(Error::Internal(format!("computing it stopped the process {MAX_ATTEMPTS} times"))))
    } else {
        platform.tasks.until_shutdown(platform::catch_panic(Box::pin(recompute(&mut session, id)))).await
    };
    let failed = match computed {
        Some(Ok(())) => false,
        // Neither a stop nor the machine's fault costs an attempt.
        None => return refund_attempt(platform, athlete, session, task).await.map(|()| false),
        Some(Err(error)) if error.fault().is_some() => {
            refund_attempt(platform, athlete, session, task).await?;
            return Err(error);
        }
        Some(Err(error)) => {
            // Whatever it had begun is taken back.
            session.rollback().await?;
            session = platform.database.begin_as(athlete).await?;
            if lock(&mut session, task, id).await? != Some(true) {
                return Ok(false);
            }
            give_up(&mut session, id, &error).await?;
            true
        }
    };
    sqlx::query!("update recompute_tasks set done = done + 1, failed = failed + $2, attempts = 0 where id = $1", task, i32::from(failed))
        .execute(session.connection())
        .await?;
    session.commit().await?;
    Ok(true)
}

/// Chooses the next activity, and writes down that it is begun with before anything is computed: task, activity, and which time that is. Ends the
/// task when there is none.
async fn begin(platform: &Platform, athlete: Uuid) -> Result<Option<(Uuid, Uuid, i32)>, Error> {
    let mut session = platform.database.begin_as(athlete).await?;
    // The task's row is the lock: two servers never work on one athlete's at the same time.
    let task = sqlx::query_scalar!("select id from recompute_tasks where athlete_id = $1 and finished_at is null for update skip locked", athlete)
        .fetch_optional(session.connection())
        .await?;
    let Some(task) = task else { return Ok(None) };
    let next = sqlx::query_scalar!(
        "select id from activities where athlete_id = $1 and (metrics_stale or formula_version < $2) and failed_formula_version < $2 order by started_at desc limit 1",
        athlete,
        physiology::FORMULA_VERSION
    )
    .fetch_optional(session.connection())
    .await?;
    let Some(id) = next else {
        let now = platform.clock.now();
        sqlx::query!("update recompute_tasks set finished_at = $2 where id = $1", task, now).execute(session.connection()).await?;
        session.commit().await?;
        return Ok(None);
    };
    let attempts = sqlx::query_scalar!(
        "update recompute_tasks set attempts = case when activity_id = $2 then attempts + 1 else 1 end, activity_id = $2 where id = $1 returning attempts",
        task,
        id
    )
    .fetch_one(session.connection())
    .await?;
    session.commit().await?;
    Ok(Some((task, id, attempts)))
}

/// Takes back what was begun, and that it was begun.
async fn refund_attempt(platform: &Platform, athlete: Uuid, begun: Tx, task: Uuid) -> Result<(), Error> {
    drop(begun.rollback().await);
    let mut session = platform.database.begin_as(athlete).await?;
    sqlx::query!("update recompute_tasks set attempts = attempts - 1 where id = $1", task).execute(session.connection()).await?;
    session.commit().await
}

/// Takes the task and its activity: whether that is still to be computed. `None` when somebody else has the task, or it is over.
async fn lock(session: &mut Tx, task: Uuid, id: Uuid) -> Result<Option<bool>, Error> {
    let held = sqlx::query_scalar!("select id from recompute_tasks where id = $1 and finished_at is null for update skip locked", task);
    if held.fetch_optional(session.connection()).await?.is_none() {
        return Ok(None);
    }
    let due = sqlx::query_scalar!(
        "select id from activities where id = $1 and (metrics_stale or formula_version < $2) and failed_formula_version < $2 for update",
        id,
        physiology::FORMULA_VERSION
    );
    Ok(Some(due.fetch_optional(session.connection()).await?.is_some()))
}

#[cfg(test)]
mod tests {
    use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
    use sqlx::{Connection, PgConnection};

    use super::*;
    use crate::tests::{add_new, at, athlete, run, session};

    async fn open_task(platform: &Platform, viewer: Uuid) {
        let mut session = session(platform, viewer).await;
        sqlx::query("update activities set metrics_stale = true, failed_formula_version = 0").execute(session.connection()).await.expect("marked");
        start_recompute(&mut session, platform.ids.uuid(at()), "Again.", at()).await.expect("started");
        session.commit().await.expect("committed");
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn what_stops_the_process_each_time_is_left_alone_and_the_rest_is_computed(_: PgPoolOptions, connect: PgConnectOptions) {
        let (platform, _folder) = platform::testing::platform(connect).expect("platform");
        let kim = athlete(&platform, "kim@example.org").await;
        let older = add_new(&platform, kim, run(1_780_000_000), "older.fit").await;
        let newer = add_new(&platform, kim, run(1_780_090_000), "newer.fit").await;
        open_task(&platform, kim).await;
        // A process that ends while it computes leaves only what it had written down.
        for time in 1..=MAX_ATTEMPTS {
            let begun = begin(&platform, kim).await.expect("begun").expect("one");
            assert_eq!((begun.1, begun.2), (newer, time));
        }
        run_recompute(&platform, kim).await.expect("worked off");
        let mut session = session(&platform, kim).await;
        let left: Vec<Uuid> =
            sqlx::query_scalar("select id from activities where metrics_stale").fetch_all(session.connection()).await.expect("rows");
        assert_eq!(left, [newer], "and not {older}");
        let told: (i32, i32, bool) =
            sqlx::query_as("select done, failed, finished_at is not null from recompute_tasks").fetch_one(session.connection()).await.expect("a row");
        assert_eq!(told, (2, 1, true));
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn what_the_database_refuses_of_one_keeps_no_other_from_being_computed(_: PgPoolOptions, connect: PgConnectOptions) {
        let (platform, _folder) = platform::testing::platform(connect.clone()).expect("platform");
        let kim = athlete(&platform, "kim@example.org").await;
        add_new(&platform, kim, run(1_780_000_000), "older.fit").await;
        let newer = add_new(&platform, kim, run(1_780_090_000), "newer.fit").await;
        let mut owner = PgConnection::connect_with(&connect).await.expect("owner");
        let refuse = "create function refuse() returns trigger language plpgsql as $$ begin
                        if new.source_name = 'newer.fit' and not new.metrics_stale then raise exception 'no' using errcode = '22003'; end if;
                        return new; end $$;
                      create trigger refuse before update on activities for each row execute function refuse()";
        sqlx::raw_sql(refuse).execute(&mut owner).await.expect("a fault");
        open_task(&platform, kim).await;
        run_recompute(&platform, kim).await.expect("worked off");
        let mut session = session(&platform, kim).await;
        let left: Vec<Uuid> =
            sqlx::query_scalar("select id from activities where metrics_stale").fetch_all(session.connection()).await.expect("rows");
        assert_eq!(left, [newer]);
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn two_processes_never_compute_one_task_at_once(_: PgPoolOptions, connect: PgConnectOptions) {
        let (platform, _folder) = platform::testing::platform(connect).expect("platform");
        let kim = athlete(&platform, "kim@example.org").await;
        let one = add_new(&platform, kim, run(1_780_000_000), "one.fit").await;
        open_task(&platform, kim).await;
        let (task, ..) = begin(&platform, kim).await.expect("begun").expect("one");
        let mut first = session(&platform, kim).await;
        assert_eq!(lock(&mut first, task, one).await.expect("locked"), Some(true));
        assert!(!run_next(&platform, kim).await.expect("left to the first"));
    }
}
