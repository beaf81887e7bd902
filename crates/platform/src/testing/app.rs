//! The application of a test, and how a test waits for what it does.

#![expect(clippy::missing_panics_doc, reason = "a test fails by panicking")]

use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::sync::Arc;

use chrono::DateTime;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use crate::feature::Features;
use crate::{Clock, Config, Database, Error, Files, GeoIp, Ids, KeyRing, LoginThrottle, Mailer, Platform, Tasks};

/// The application of one test: a platform on the test's own migrated database, with a clock that stands still, repeatable ids and a temporary
/// folder. It dereferences to its [`Platform`]; who uses it is registered by `accounts::testing`.
///
/// With a queue, the test fails when jobs are left over that are due, or failed: what the product does next was not done.
///
/// ```no_run
/// # use platform::{feature::Features, testing::TestApp};
/// # async fn example(connect: sqlx::postgres::PgConnectOptions) -> Result<(), platform::Error> {
/// let app = TestApp::new(connect).with(Features::default()).with_queue().await;
/// platform::testing::run_jobs(&app).await?;
/// # Ok(())
/// # }
/// ```
pub struct TestApp {
    platform: Platform,
    owner: PgConnectOptions,
    folder: tempfile::TempDir,
    /// Whether jobs that are left over fail the test.
    checks_jobs: bool,
}

impl TestApp {
    /// One without features and without a queue: jobs are not enqueued.
    #[must_use]
    pub fn new(owner: PgConnectOptions) -> Self {
        Self::open(owner).expect("a platform")
    }

    fn open(owner: PgConnectOptions) -> Result<Self, Error> {
        // Whoever waits for a transaction that the test forgot is told so.
        let owner = owner.options([("lock_timeout", "20s")]);
        let folder = tempfile::tempdir()?;
        let mut config = Config::default();
        folder.path().clone_into(&mut config.storage.data_dir);
        let ids = Ids::seeded(1);
        let platform = Platform {
            features: Features::default(),
            database: Database::connect(owner.clone(), 5),
            files: Files::open(&folder.path().join("files"))?,
            clock: Clock::manual(DateTime::from_timestamp(1_790_000_000, 0).unwrap_or_default()),
            mail: Mailer::open(&config.mail, folder.path())?,
            geoip: GeoIp::default(),
            login_throttle: LoginThrottle::new(config.limits.login_attempts_per_account_per_hour),
            keys: KeyRing::open(&config.security, folder.path(), &ids)?,
            tasks: Tasks::default(),
            ids,
            config: Arc::new(config),
        };
        Ok(Self { platform, owner, folder, checks_jobs: false })
    }

    /// What these features declare is known.
    #[must_use]
    pub fn with(mut self, features: Features) -> Self {
        self.platform.features = features;
        self
    }

    /// Jobs are enqueued, and run by [`run_jobs`].
    pub async fn with_queue(mut self) -> Self {
        crate::jobs::install_queue_schema(&self.platform.database).await.expect("a queue");
        self.checks_jobs = true;
        self
    }

    /// Jobs may be left over: the test is about how they wait, or runs what they do itself.
    pub const fn leave_jobs(&mut self) {
        self.checks_jobs = false;
    }

    /// A connection that sees every row, to look at what is stored and to put there what no request could.
    pub async fn owner(&self) -> PgConnection {
        PgConnection::connect_with(&self.owner).await.expect("owner")
    }

    /// An account for tests of what is below accounts; all others register somebody.
    pub async fn account(&self) -> Uuid {
        let id = self.platform.ids.uuid(self.platform.clock.now());
        let insert = "insert into accounts (id, email, name, password_hash, time_zone, created_at) values ($1, $1::text, 'Kim', '', 'UTC', now())";
        let done = self.platform.database.as_owner(async |owner| Ok(sqlx::query(insert).bind(id).execute(owner).await?)).await;
        done.expect("an account");
        id
    }

    /// The folder of all files of the application.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

impl Deref for TestApp {
    type Target = Platform;

    fn deref(&self) -> &Platform {
        &self.platform
    }
}

impl DerefMut for TestApp {
    fn deref_mut(&mut self) -> &mut Platform {
        &mut self.platform
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if !self.checks_jobs || std::thread::panicking() {
            return;
        }
        let owner = self.owner.clone();
        // A thread of its own, since a runtime cannot wait inside another.
        let left = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(jobs_left(&owner))
        });
        let left = left.join().expect("no panic").expect("the queue can be read");
        assert!(left.is_empty(), "jobs are left over: {left:?}");
    }
}

/// The jobs that are due, and those that failed with their errors.
async fn jobs_left(owner: &PgConnectOptions) -> Result<Vec<String>, Error> {
    let mut owner = PgConnection::connect_with(owner).await?;
    let left = "select concat_ws(' ', t.identifier, '×', count(*), min(j.last_error))
                  from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
                where j.run_at <= now() or j.last_error is not null group by t.identifier order by 1";
    let left = sqlx::query_scalar(left).fetch_all(&mut owner).await?;
    owner.close().await?;
    Ok(left)
}

/// Has the queue of a test's database installed, and the roles that the application acts as.
pub async fn install_queue(owner: PgConnectOptions) -> Result<(), Error> {
    crate::jobs::install_queue_schema(&Database::connect(owner, 1)).await
}

/// Runs all jobs that wait, as if their time had come, and those that they enqueue for now. One that fails is tried again later: whoever
/// does not look for that finds it left over.
pub async fn run_jobs(platform: &Platform) -> Result<(), Error> {
    let due = "update graphile_worker._private_jobs set run_at = now() where locked_at is null";
    platform.database.as_owner(async |owner| Ok(sqlx::query(due).execute(owner).await?)).await?;
    crate::jobs::run_due(platform).await
}

/// Waits until a connection to the database of the test waits for a lock.
/// Fails when nobody can wait for one any more, as `may_wait` says.
pub async fn until_blocked(owner: &mut PgConnection, may_wait: impl Fn() -> bool) -> Result<(), Error> {
    let waits = "select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')";
    while !sqlx::query_scalar::<_, bool>(waits).fetch_one(&mut *owner).await? {
        assert!(may_wait(), "nobody waited for a lock");
        tokio::task::yield_now().await;
    }
    Ok(())
}
