//! Receiving a file: streamed to disk, bounded, and recorded as an import file whatever happens.

use domain::imports::Outcome;
use platform::files::Upload;
use platform::{Error, Platform};
use uuid::Uuid;

use crate::jobs::ReadRecordings;

/// A file that is being uploaded.
pub struct UploadWriter {
    upload: Upload,
    limit: u64,
    too_large: bool,
}

impl UploadWriter {
    /// Begins an upload.
    pub async fn start(platform: &Platform) -> Result<Self, Error> {
        let id = platform.ids.uuid(platform.clock.now());
        Ok(Self { upload: platform.files.begin_upload(id).await?, limit: platform.config.uploads.max_file_bytes, too_large: false })
    }

    /// Writes a chunk; beyond the limit the file is marked as too large and not written.
    pub async fn write(&mut self, chunk: &[u8]) -> Result<(), Error> {
        if self.upload.bytes() + chunk.len() as u64 > self.limit {
            self.too_large = true;
        }
        if !self.too_large {
            self.upload.write(chunk).await?;
        }
        Ok(())
    }
}

/// Queues a file that arrived whole; its import file is the receipt.
pub async fn receive(platform: &Platform, viewer: Uuid, import: Uuid, name: &str, upload: UploadWriter) -> Result<(), Error> {
    if upload.too_large {
        let message = format!("It is larger than {} MB, which is the most for one file here.", upload.limit / 1_000_000);
        return reject(platform, viewer, import, name, &message).await;
    }
    let bytes = upload.upload.bytes();
    let key = upload.upload.commit().await?;
    let added = add_file(platform, viewer, import, name, bytes, Some(&key), Outcome::Queued, "").await;
    // If the connection broke, it is unknown whether the import file was stored; if it was not, the bytes are collected later.
    if let Err(Error::Problem(_) | Error::Database(sqlx::Error::Database(_))) = &added {
        platform.files.remove_upload(&key);
    }
    added
}

/// Records a file that could not be received.
pub async fn reject(platform: &Platform, viewer: Uuid, import: Uuid, name: &str, message: &str) -> Result<(), Error> {
    add_file(platform, viewer, import, name, 0, None, Outcome::Failed, message).await
}

#[expect(clippy::too_many_arguments, reason = "one argument per column; both callers are above")]
async fn add_file(
    platform: &Platform,
    viewer: Uuid,
    import: Uuid,
    name: &str,
    bytes: u64,
    upload: Option<&str>,
    outcome: Outcome,
    message: &str,
) -> Result<(), Error> {
    let now = platform.clock.now();
    let mut tx = platform.database.begin_as(viewer).await?;
    crate::start(&mut tx, import, now).await?;
    let state =
        sqlx::query!(r#"select undone_at, (select count(*) from import_files where import_id = $1) as "files!" from imports where id = $1"#, import)
            .fetch_optional(tx.connection())
            .await?
            .ok_or_else(|| Error::not_found("import"))?;
    if state.undone_at.is_some() {
        return Err(Error::problem(domain::ProblemKind::Conflict, "This import was undone. Start a new one."));
    }
    let max = platform.config.uploads.max_files_per_import;
    if usize::try_from(state.files).unwrap_or(usize::MAX) >= max {
        return Err(Error::problem(domain::ProblemKind::TooLarge, format!("One import takes {max} files. Drop the rest in another one.")));
    }
    let finished = (outcome == Outcome::Failed).then_some(now);
    sqlx::query!(
        "insert into import_files (id, import_id, athlete_id, name, bytes, upload_key, outcome, message, created_at, finished_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        platform.ids.uuid(now),
        import,
        viewer,
        recordings::archive::display_name(name),
        i64::try_from(bytes).unwrap_or(i64::MAX),
        upload,
        outcome.as_str(),
        message,
        now,
        finished
    )
    .execute(tx.connection())
    .await?;
    if outcome == Outcome::Queued {
        tx.enqueue(&ReadRecordings { athlete: viewer }).await?;
    }
    tx.commit().await
}
