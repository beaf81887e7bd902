//! An archive brought back into an account that has nothing yet.

use std::path::Path;

use domain::ProblemKind;
use platform::{Error, Platform, Session};
use sha2::{Digest, Sha256};
use sqlx::AssertSqlSafe;
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::archive::{Manifest, Reader, broken};
use crate::contents::PARTS;

/// Bytes of rows that are written at once.
const BATCH_BYTES: usize = 4 << 20;

/// What comes out of an archive, in order.
enum Piece {
    Rows(&'static str, Vec<Vec<u8>>),
    Original(String, Vec<u8>),
}

/// Brings everything back, or nothing. The account must have no activities and no journal yet. Gives the number of rows.
pub async fn bring_back(platform: &Platform, viewer: Uuid, archive: &Path) -> Result<u64, Error> {
    let mut session = platform.database.as_viewer(viewer).await?;
    let empty = sqlx::query_scalar!(
        r#"select not exists (select from activities where athlete_id = $1) and not exists (select from journal_entries where athlete_id = $1) as "empty!""#,
        viewer
    )
    .fetch_one(session.connection())
    .await?;
    if !empty {
        let words = "There are runs or journal days in this account already. An archive goes into an account that has none yet.";
        return Err(Error::problem(ProblemKind::Conflict, words));
    }
    session.claim_originals().await?;
    sqlx::query("set constraints all deferred").execute(session.connection()).await?;
    let most = platform.config.uploads.recording_bytes;
    let path = archive.to_owned();
    let (send, mut receive) = mpsc::channel(2);
    // Unpacking is work for a thread of its own; a full channel makes it wait.
    let reading = tokio::task::spawn_blocking(move || read(&path, most, &send));
    let mut rows = 0;
    while let Some(piece) = receive.recv().await {
        match piece {
            Piece::Rows(table, lines) => rows += store(&mut session, viewer, table, &lines).await?,
            Piece::Original(hash, bytes) => {
                // Files are kept by content: a name that is not the content's hash is not believed.
                if platform::hex(&Sha256::digest(&bytes)) != hash {
                    return Err(broken(&format!("originals/{hash} is not what its name says")));
                }
                platform.files.keep_original(viewer, &hash, &bytes)?;
            }
        }
    }
    let manifest = reading.await.map_err(|e| Error::Stored(e.to_string()))??;
    let time_zone = if platform::clock::is_time_zone(&manifest.time_zone) { manifest.time_zone } else { "UTC".to_owned() };
    let name: String = manifest.name.chars().take(80).collect();
    sqlx::query!("update accounts set name = $2, time_zone = $3 where id = $1", viewer, name, time_zone).execute(session.connection()).await?;
    session.commit().await?;
    Ok(rows)
}

fn read(path: &Path, most: u64, send: &mpsc::Sender<Piece>) -> Result<Manifest, Error> {
    let mut reader = Reader::open(path)?;
    let manifest = reader.manifest()?;
    // Nobody receives any more when storing failed; its error is the one that is told.
    let pass = |piece| send.blocking_send(piece).map_err(|_| broken(&"nobody reads it any more"));
    for part in &PARTS {
        let (mut batch, mut bytes) = (Vec::new(), 0);
        reader.lines(part.table, |line| {
            bytes += line.len();
            batch.push(line);
            if bytes > BATCH_BYTES {
                bytes = 0;
                pass(Piece::Rows(part.table, std::mem::take(&mut batch)))?;
            }
            Ok(())
        })?;
        pass(Piece::Rows(part.table, batch))?;
    }
    reader.originals(most, |name, bytes| pass(Piece::Original(name.to_owned(), bytes)))?;
    Ok(manifest)
}

/// Writes rows as they are, but for whose they are. The table's own checks and policies decide what is taken.
async fn store(session: &mut Session, viewer: Uuid, table: &'static str, lines: &[Vec<u8>]) -> Result<u64, Error> {
    if lines.is_empty() {
        return Ok(0);
    }
    let rows: Vec<serde_json::Value> = lines
        .iter()
        .enumerate()
        .map(|(i, line)| serde_json::from_slice(line).map_err(|e| broken(&format!("data/{table}.jsonl, about line {}: {e}", i + 1))))
        .collect::<Result<_, _>>()?;
    // A file that waited for the importer is not here, and a key in the archive must not name somebody else's upload.
    let tame = if table == "import_files" {
        "|| jsonb_build_object('upload', null, 'outcome', case x ->> 'outcome' when 'queued' then 'failed' else x ->> 'outcome' end)"
    } else {
        ""
    };
    let sql = format!(
        "insert into {table} select (jsonb_populate_record(null::{table}, x {tame} || jsonb_build_object('athlete_id', $2::uuid))).*
         from jsonb_array_elements($1) with ordinality as e (x, n) order by n"
    );
    let stored = sqlx::query(AssertSqlSafe(sql)).bind(serde_json::Value::Array(rows)).bind(viewer).execute(session.connection()).await;
    match stored {
        Ok(done) => Ok(done.rows_affected()),
        Err(sqlx::Error::Database(error)) if error.is_unique_violation() => {
            Err(Error::problem(ProblemKind::Conflict, "These data are on this server already, in another account."))
        }
        Err(sqlx::Error::Database(error))
            if error.is_check_violation()
                || error.is_foreign_key_violation()
                || error.code().is_some_and(|c| c.starts_with("22") || c.starts_with("23")) =>
        {
            Err(broken(&format!("data/{table}.jsonl: {}", error.message())))
        }
        Err(error) => Err(error.into()),
    }
}
