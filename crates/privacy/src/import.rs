//! Import of an archive into an account that is still empty.

use std::collections::HashSet;
use std::path::Path;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use accounts::lifecycle;
use domain::{Problem, ProblemKind};
use platform::feature::Table;
use platform::feature::archive::{Contents, invalid};
use platform::statistics::RefreshStatistics;
use platform::{Error, Platform, Tx, lock_account};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use uuid::Uuid;

use crate::queries::archived;
use crate::reader::Reader;
use crate::validation;

/// Archives that are read at the same time, over all accounts.
static AT_ONCE: Semaphore = Semaphore::const_new(2);
/// How long reading one may take, and how long the next one waits for it: a decade of training takes a minute or two.
const IMPORT_TIMEOUT: Duration = Duration::from_mins(15);
/// Accounts with a pending import.
static PENDING: LazyLock<Mutex<HashSet<Uuid>>> = LazyLock::new(Mutex::default);

/// The one pending import of an account, from the first byte that is received until it is imported or refused: each takes up space
/// on the disk all the while.
pub(crate) struct PendingImport(Uuid);

impl PendingImport {
    /// Registers the account's import; refuses a second one.
    pub(crate) fn begin(account: Uuid) -> Result<Self, Error> {
        if PENDING.lock().unwrap_or_else(PoisonError::into_inner).insert(account) {
            return Ok(Self(account));
        }
        let words = "An archive is already being imported into this account. Wait until it is done, or has been refused.";
        Err(Error::problem(ProblemKind::Conflict, words))
    }
}

impl Drop for PendingImport {
    fn drop(&mut self) {
        PENDING.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.0);
    }
}

/// Imports everything, or nothing: files, too, are kept only if every row was accepted. The account must have no activities and no journal
/// yet, and no other pending import. Returns the number of rows. `archive` is dropped once it is read, even if the caller is gone by then.
pub async fn import_archive(platform: &Platform, viewer: Uuid, archive: impl AsRef<Path> + Send + 'static) -> Result<u64, Error> {
    import_within(platform, PendingImport::begin(viewer)?, archive, IMPORT_TIMEOUT).await
}

/// [`import_archive`], for an import that has been pending since its upload started.
pub(crate) async fn receive(platform: &Platform, pending: PendingImport, archive: impl AsRef<Path> + Send + 'static) -> Result<u64, Error> {
    import_within(platform, pending, archive, IMPORT_TIMEOUT).await
}

pub(crate) async fn import_within(
    platform: &Platform,
    pending: PendingImport,
    archive: impl AsRef<Path> + Send + 'static,
    time_limit: Duration,
) -> Result<u64, Error> {
    let viewer = pending.0;
    let guard = lock_account(viewer).await;
    let permit = timeout(IMPORT_TIMEOUT, AT_ONCE.acquire()).await.map_err(|_| Problem::too_many(IMPORT_TIMEOUT.as_secs()))?;
    let permit = permit.map_err(|e| Error::internal("reading an export", &e))?;
    let (platform, runtime) = (platform.clone(), Handle::current());
    // Unpacking runs on a blocking thread, which waits for the database between two batches: one batch is in memory at a time.
    let reading = tokio::task::spawn_blocking(move || {
        let _held = (pending, guard, permit);
        runtime.block_on(import(&platform, viewer, archive.as_ref(), Instant::now() + time_limit))
    });
    reading.await.map_err(|e| Error::internal("reading an export", &e))?
}

async fn import(platform: &Platform, viewer: Uuid, archive: &Path, until: Instant) -> Result<u64, Error> {
    let mut tx = platform.database.begin_as(viewer).await?;
    let schema = archived::schema_version(&mut tx).await?;
    let mut reader = Reader::open(archive, &platform.config.uploads, until, platform.tasks.stopping())?;
    let manifest = reader.manifest(schema)?;
    reader.check_originals()?;
    let time_zone = if platform::clock::is_time_zone(&manifest.time_zone) { manifest.time_zone } else { "UTC".to_owned() };
    let name: String = manifest.name.chars().take(80).collect();
    // First, because it locks the account: a second import on another server waits for this one, and then finds the account not empty.
    if !lifecycle::restore_profile(&mut tx, &name, &time_zone, manifest.units).await? {
        return Err(Error::problem(ProblemKind::NotSignedIn, "The account was deleted a moment ago."));
    }
    let mut before = Vec::new();
    for feature in platform.features.iter() {
        let contents = (feature.archive.contents)(&mut tx).await?;
        if contents == Contents::Training {
            let words = "There is training in this account already. An archive goes into an account that has none yet.";
            return Err(Error::problem(ProblemKind::Conflict, words));
        }
        before.push((feature, contents));
    }
    tx.claim_originals().await?;
    archived::defer_constraints(&mut tx).await?;
    archived::skip_change_log(&mut tx).await?;
    let mut rows = 0;
    for exported in platform.features.exported() {
        let Some(mut lines) = reader.lines(exported) else { continue };
        while let Some(batch) = lines.next_batch()? {
            (exported.check_rows)(&batch)?;
            rows += insert_rows(&mut tx, viewer, exported, batch, manifest.schema).await?;
        }
    }
    archived::check_constraints(&mut tx).await?.map_err(|what| invalid(&format!("data/activities.jsonl: {what}")))?;
    validation::check_column_bounds(&mut tx, viewer, platform.features).await?;
    for (feature, contents) in before {
        (feature.archive.check)(&mut tx, contents).await?;
    }
    for feature in platform.features.iter() {
        for original in (feature.files.originals)(&mut tx).await? {
            let hash = platform::hex(&original.sha256);
            if let Some(bytes) = reader.original(&hash)? {
                platform.files.put_original(viewer, &hash, &bytes)?;
            }
        }
    }
    RefreshStatistics::request(&mut tx).await?;
    tx.commit().await?;
    Ok(rows)
}

/// Inserts rows, and returns how many. An error in their data is one of the archive.
async fn insert_rows(tx: &mut Tx, viewer: Uuid, exported: &Table, batch: Vec<u8>, schema: i32) -> Result<u64, Error> {
    let wrong = |what: &dyn std::fmt::Display| invalid(&format!("data/{}.jsonl: {what}", exported.name));
    let batch = String::from_utf8(batch).map_err(|e| wrong(&e))?;
    archived::insert(tx, exported, viewer, batch, schema).await?.map_err(|what| wrong(&what))
}
