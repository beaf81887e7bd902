//! An archive brought back into an account that has nothing yet.

use std::collections::HashSet;
use std::path::Path;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use domain::{Problem, ProblemKind};
use platform::{Error, Platform, Tx, lock_account};
use sqlx::AssertSqlSafe;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use uuid::Uuid;

use crate::archive::invalid_archive;
use crate::reader::Reader;
use crate::tables::{EXPORTED_TABLES, Table};
use crate::validation;

/// Archives that are read at the same time, all accounts together.
static AT_ONCE: Semaphore = Semaphore::const_new(2);
/// How long one may be read, and how long the next one waits for it: a decade of training takes a minute or two.
const PATIENCE: Duration = Duration::from_mins(15);
/// Accounts that have an archive on its way.
static UNDER_WAY: LazyLock<Mutex<HashSet<Uuid>>> = LazyLock::new(Mutex::default);

/// The one archive of an account that is on its way in, from the first byte that is received until it was brought back or refused: each takes room
/// on the disk all the while.
pub(crate) struct UnderWay(Uuid);

impl UnderWay {
    /// Refuses a second one.
    pub(crate) fn begin(account: Uuid) -> Result<Self, Error> {
        if UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner).insert(account) {
            return Ok(Self(account));
        }
        let words = "An archive is being brought back into this account already. Wait until it is done, or has been refused.";
        Err(Error::problem(ProblemKind::Conflict, words))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.0);
    }
}

/// Brings everything back, or nothing: files, too, are kept only when every row was taken. The account must have no activities and no journal
/// yet, and no other archive on its way. Gives the number of rows. `archive` is dropped when it was read, by then whoever asked may be gone.
pub async fn import_archive(platform: &Platform, viewer: Uuid, archive: impl AsRef<Path> + Send + 'static) -> Result<u64, Error> {
    bring_in(platform, UnderWay::begin(viewer)?, archive, PATIENCE).await
}

/// [`bring_back`], for an archive that is under way since it was received.
pub(crate) async fn receive(platform: &Platform, under_way: UnderWay, archive: impl AsRef<Path> + Send + 'static) -> Result<u64, Error> {
    bring_in(platform, under_way, archive, PATIENCE).await
}

pub(crate) async fn bring_in(
    platform: &Platform,
    under_way: UnderWay,
    archive: impl AsRef<Path> + Send + 'static,
    patience: Duration,
) -> Result<u64, Error> {
    let viewer = under_way.0;
    let turn = lock_account(viewer).await;
    let one = timeout(PATIENCE, AT_ONCE.acquire()).await.map_err(|_| Problem::too_many(PATIENCE.as_secs()))?;
    let one = one.map_err(|e| Error::Internal(e.to_string()))?;
    let (platform, here) = (platform.clone(), Handle::current());
    // Unpacking is work for a thread of its own, which waits for the database between two batches: one of them is in memory at a time.
    let reading = tokio::task::spawn_blocking(move || {
        let _held = (under_way, turn, one);
        here.block_on(everything(&platform, viewer, archive.as_ref(), Instant::now() + patience))
    });
    reading.await.map_err(|e| Error::Internal(e.to_string()))?
}

async fn everything(platform: &Platform, viewer: Uuid, archive: &Path, until: Instant) -> Result<u64, Error> {
    let mut session = platform.database.begin_as(viewer).await?;
    let schema: i32 = sqlx::query_scalar("select row_schema_version()").fetch_one(session.connection()).await?;
    let mut reader = Reader::open(archive, &platform.config.uploads, until, platform.tasks.stopping())?;
    let manifest = reader.manifest(schema)?;
    reader.check_originals()?;
    let time_zone = if platform::clock::is_time_zone(&manifest.time_zone) { manifest.time_zone } else { "UTC".to_owned() };
    let name: String = manifest.name.chars().take(80).collect();
    // First, because it locks the account: a second archive on another server waits for this one, and then finds the account full.
    let locked = sqlx::query!("update accounts set name = $2, time_zone = $3 where id = $1", viewer, name, time_zone);
    if locked.execute(session.connection()).await?.rows_affected() == 0 {
        return Err(Error::problem(ProblemKind::NotSignedIn, "The account was deleted a moment ago."));
    }
    let there = sqlx::query!(
        r#"select exists (select from activities where athlete_id = $1) or exists (select from journal_entries where athlete_id = $1) as "days!",
             exists (select from athlete_thresholds where athlete_id = $1) as "values!""#,
        viewer
    )
    .fetch_one(session.connection())
    .await?;
    if there.days {
        let words = "There are runs or journal days in this account already. An archive goes into an account that has none yet.";
        return Err(Error::problem(ProblemKind::Conflict, words));
    }
    session.claim_originals().await?;
    sqlx::query("set constraints all deferred").execute(session.connection()).await?;
    let mut rows = 0;
    for part in &EXPORTED_TABLES {
        let Some(mut lines) = reader.lines(part) else { continue };
        while let Some(batch) = lines.next_batch()? {
            if part.table == "activity_streams" {
                validation::check_recordings(&batch)?;
            }
            rows += store(&mut session, viewer, part, batch, manifest.schema).await?;
        }
    }
    let all_there = sqlx::query("set constraints all immediate").execute(session.connection()).await;
    all_there.map_err(|error| rejected("activities", error))?;
    validation::check(&mut session, viewer).await?;
    if there.values {
        // Their numbers come from the archive's values, of which some may have been left out for those of the account.
        sqlx::query!("update activities set metrics_stale = true, failed_formula_version = 0 where athlete_id = $1", viewer)
            .execute(session.connection())
            .await?;
    }
    let sources = sqlx::query_scalar!("select distinct source_sha256 from activities where athlete_id = $1 order by 1", viewer)
        .fetch_all(session.connection())
        .await?;
    for hash in sources {
        let hash = platform::hex(&hash);
        if let Some(bytes) = reader.original(&hash)? {
            platform.files.put_original(viewer, &hash, &bytes)?;
        }
    }
    session.commit().await?;
    Ok(rows)
}

/// Writes rows as they are, but for whose they are, for their ids and for what the schema has had since. The table's own checks and policies decide
/// what is taken.
async fn store(session: &mut Tx, viewer: Uuid, part: &Table, batch: Vec<u8>, written: i32) -> Result<u64, Error> {
    let table = part.table;
    let batch = String::from_utf8(batch).map_err(|e| invalid_archive(&format!("data/{table}.jsonl: {e}")))?;
    // A file that waited for the importer is not here, and a key in the archive must not name somebody else's upload.
    let tame = if table == "import_files" {
        "|| jsonb_build_object('upload', null, 'about', null, 'held_by', null, 'held_until', null,
           'outcome', case x ->> 'outcome' when 'queued' then 'failed' else x ->> 'outcome' end)"
    } else {
        ""
    };
    let conflict = if part.is_keyed_by_athlete() { "on conflict do nothing" } else { "" };
    let sql = format!(
        "insert into {table} select (jsonb_populate_record(null::{table},
           (select column_defaults('{table}')) || own_ids($2, '{table}', upgrade_row('{table}', x, $3) {tame}))).*
         from jsonb_array_elements($1::text::jsonb) with ordinality as e (x, n) order by n {conflict}"
    );
    let stored = sqlx::query(AssertSqlSafe(sql)).bind(batch).bind(viewer).bind(written).execute(session.connection()).await;
    Ok(stored.map_err(|error| rejected(table, error))?.rows_affected())
}

/// What the database would not take is the archive's fault where it lies in its rows.
fn rejected(table: &str, error: sqlx::Error) -> Error {
    match error {
        // Of the classes of errors in data and of violated constraints.
        sqlx::Error::Database(error) if error.code().is_some_and(|c| c.starts_with("22") || c.starts_with("23")) => {
            invalid_archive(&format!("data/{table}.jsonl: {}", error.message()))
        }
        error => error.into(),
    }
}
