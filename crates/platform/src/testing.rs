//! The application of a test: a real database, a clock that stands still, repeatable ids, a temporary folder; and what features tell the tests
//! of isolation. Nothing of it is in the released server.

use std::borrow::Cow;
use std::fs::{Permissions, set_permissions};
use std::io::Write;
use std::ops::{Deref, DerefMut};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::DateTime;
use futures::future::BoxFuture;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use tracing_subscriber::fmt::MakeWriter;
use uuid::Uuid;

use crate::feature::Features;
use crate::{Clock, Config, Database, Error, Files, GeoIp, Ids, KeyRing, LoginThrottle, Mailer, Platform, Tasks};

/// The application of one test: a platform on the test's own migrated database, with a clock that stands still, repeatable ids and a temporary
/// folder. It dereferences to its [`Platform`]; who uses it is registered by `accounts::testing`.
///
/// With a queue, the test fails when jobs are left over that are due: what the product does next was neither run nor looked at.
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
    ///
    /// # Panics
    /// If there is no such database.
    #[must_use]
    pub fn new(owner: PgConnectOptions) -> Self {
        Self::open(owner).expect("a platform")
    }

    fn open(owner: PgConnectOptions) -> Result<Self, Error> {
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

    /// Other settings.
    #[must_use]
    pub fn configured(mut self, change: impl FnOnce(&mut Config)) -> Self {
        change(Arc::make_mut(&mut self.platform.config));
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
            runtime.block_on(due_jobs(&owner))
        });
        let left = left.join().expect("no panic").expect("the queue can be read");
        assert!(left.is_empty(), "jobs are left over: {left:?}");
    }
}

/// The names of the jobs that are due.
async fn due_jobs(owner: &PgConnectOptions) -> Result<Vec<String>, Error> {
    let mut owner = PgConnection::connect_with(owner).await?;
    let due = "select t.identifier || ' ×' || count(*) from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
               where j.run_at <= now() and j.attempts < j.max_attempts group by t.identifier order by 1";
    let names = sqlx::query_scalar(due).fetch_all(&mut owner).await?;
    owner.close().await?;
    Ok(names)
}

/// Runs all jobs that wait, as if their time had come, and those that they enqueue for now.
pub async fn run_jobs(platform: &Platform) -> Result<(), Error> {
    let due = "update graphile_worker._private_jobs set run_at = now() where locked_at is null";
    platform.database.as_owner(async |owner| Ok(sqlx::query(due).execute(owner).await?)).await?;
    crate::jobs::run_due(platform).await
}

/// Waits until a connection to the database of the test waits for a lock.
///
/// # Panics
/// When nobody can wait for one any more, as `may_wait` says.
pub async fn until_blocked(owner: &mut PgConnection, may_wait: impl Fn() -> bool) -> Result<(), Error> {
    let waits = "select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')";
    while !sqlx::query_scalar::<_, bool>(waits).fetch_one(&mut *owner).await? {
        assert!(may_wait(), "nobody waited for a lock");
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// What was written to the log, for tests of it. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct LogLines(Arc<Mutex<Vec<u8>>>);

impl LogLines {
    /// All of it so far.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

impl Write for LogLines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for LogLines {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// A temporary folder that `PostgreSQL`'s own user may traverse, too.
pub fn open_folder() -> std::io::Result<tempfile::TempDir> {
    let folder = tempfile::tempdir()?;
    set_permissions(folder.path(), Permissions::from_mode(0o755))?;
    Ok(folder)
}

/// What the tests of isolation need of a feature: the rows of a victim that they try to get at, and what its requests name. A feature declares
/// it in its own crate, as `testing::SAMPLES`.
///
/// In SQL, addresses, bodies and values, `{name}` stands for the value of that name, or for the id of the victim's row with that name if there
/// is none ([`id`]). `{victim}` is the victim's account.
#[derive(Clone, Copy)]
pub struct Samples {
    /// Settings of the server that the requests need.
    pub configure: fn(&mut Config),
    /// SQL of the victim's rows, one in each table of the feature; `$1` is the victim's account.
    pub rows: &'static [&'static str],
    /// Rows that no plain SQL makes. Runs after `rows`, and returns values that are known only then.
    pub prepare: fn(Platform, Uuid) -> Prepared,
    /// Files that the rows speak of.
    pub files: fn(&Files, Uuid) -> std::io::Result<()>,
    /// What names stand for that are no ids.
    pub values: &'static [Value],
    /// Cookies that the victim's browser has besides the session's.
    pub cookies: &'static [(&'static str, &'static str)],
    /// SQL by which the victim allows others to see what they may share, or starts what they may stop; `$1` is the victim's account.
    pub permit: &'static [&'static str],
}

impl Samples {
    /// None yet.
    pub const NONE: Self = Self {
        configure: |_| (),
        rows: &[],
        prepare: |_, _| Box::pin(async { Ok(Vec::new()) }),
        files: |_, _| Ok(()),
        values: &[],
        cookies: &[],
        permit: &[],
    };
}

/// What [`Samples::prepare`] returns once it is done.
pub type Prepared = BoxFuture<'static, Result<Vec<Value>, crate::Error>>;

/// A value with its name.
pub type Value = (&'static str, Meaning);

/// What a name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// The same for everyone.
    Plain(Cow<'static, str>),
    /// Something of the victim's, and what stands for the same of nobody.
    Named(Cow<'static, str>, &'static str),
    /// What only the victim knows; others guess.
    Secret(Cow<'static, str>),
}

impl Meaning {
    /// The same for everyone.
    #[must_use]
    pub const fn plain(text: &'static str) -> Self {
        Self::Plain(Cow::Borrowed(text))
    }

    /// Something of the victim's, and what stands for the same of nobody.
    #[must_use]
    pub const fn named(of_victim: &'static str, of_nobody: &'static str) -> Self {
        Self::Named(Cow::Borrowed(of_victim), of_nobody)
    }

    /// What only the victim knows.
    #[must_use]
    pub const fn secret(text: &'static str) -> Self {
        Self::Secret(Cow::Borrowed(text))
    }
}

/// The id that stands for a name, the same in every run.
#[must_use]
pub fn id(name: &str) -> Uuid {
    // FNV-1a: short, and good enough for names.
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, b| (hash ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 | u128::from(hash >> 8))
}

/// A text in which each `{name}` is replaced by what `of` says of it.
pub fn fill(text: &str, of: &impl Fn(&str) -> String) -> String {
    let Some((before, rest)) = text.split_once('{') else { return text.to_owned() };
    let name = rest.split_once('}').filter(|(name, _)| !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'));
    match name {
        Some((name, rest)) => format!("{before}{}{}", of(name), fill(rest, of)),
        None => format!("{before}{{{}", fill(rest, of)),
    }
}
