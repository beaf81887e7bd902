//! A platform for tests: a real database, a clock that stands still, repeatable ids, a temporary folder; and what features tell the tests of
//! isolation.

use std::borrow::Cow;
use std::fs::{Permissions, set_permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::DateTime;
use futures::future::BoxFuture;
use sqlx::PgConnection;
use sqlx::postgres::PgConnectOptions;
use tracing_subscriber::fmt::MakeWriter;
use uuid::Uuid;

use crate::feature::Features;
use crate::{Clock, Config, Database, Error, Files, GeoIp, Ids, KeyRing, LoginThrottle, Mailer, Platform, Tasks};

/// A platform on a test's own migrated database. Keep the folder alive as long as the platform.
pub fn platform(owner: PgConnectOptions) -> Result<(Platform, tempfile::TempDir), Error> {
    let folder = tempfile::tempdir()?;
    let mut config = Config::default();
    folder.path().clone_into(&mut config.storage.data_dir);
    let ids = Ids::seeded(1);
    let tasks = Tasks::default();
    let platform = Platform {
        features: Features::default(),
        database: Database::connect(owner, 5),
        files: Files::open(&folder.path().join("files"))?,
        clock: Clock::manual(DateTime::from_timestamp(1_790_000_000, 0).unwrap_or_default()),
        mail: Mailer::open(&config.mail, folder.path())?,
        geoip: GeoIp::default(),
        login_throttle: LoginThrottle::new(config.limits.login_attempts_per_account_per_hour),
        keys: KeyRing::open(&config.security, folder.path(), &ids)?,
        tasks,
        ids,
        config: Arc::new(config),
    };
    Ok((platform, folder))
}

/// The same with the queue of jobs, and what these features declare.
pub async fn platform_with_queue(owner: PgConnectOptions, features: Features) -> Result<(Platform, tempfile::TempDir), Error> {
    let (mut platform, folder) = platform(owner)?;
    platform.features = features;
    crate::jobs::install_queue_schema(&platform.database).await?;
    Ok((platform, folder))
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
