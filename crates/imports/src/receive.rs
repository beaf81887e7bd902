//! Receiving a file: streamed to disk, bounded, and recorded as an import file whatever happens.

use domain::imports::{Outcome, Reason};
use domain::{Problem, ProblemKind};
use platform::files::Upload;
use platform::{Error, Platform, Tx};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::jobs::ReadRecordings;

/// A file that is being uploaded.
pub struct UploadWriter {
    upload: Upload,
    sha256: Sha256,
    limit: u64,
    too_large: bool,
}

/// A file that arrived whole, and is durable.
pub(crate) struct Received {
    /// Its key in the file store.
    pub(crate) key: String,
    /// Bytes.
    pub(crate) bytes: u64,
    /// Of its bytes.
    pub(crate) sha256: [u8; 32],
}

impl UploadWriter {
    /// Begins an upload.
    pub async fn start(platform: &Platform) -> Result<Self, Error> {
        let id = platform.ids.uuid(platform.clock.now());
        let (upload, limit) = (platform.files.begin_upload(id).await?, platform.config.uploads.max_file_bytes);
        Ok(Self { upload, sha256: Sha256::new(), limit, too_large: false })
    }

    /// Writes a chunk; beyond the limit the file is marked as too large and not written.
    pub async fn write(&mut self, chunk: &[u8]) -> Result<(), Error> {
        if self.upload.bytes() + chunk.len() as u64 > self.limit {
            self.too_large = true;
        }
        if !self.too_large {
            self.sha256.update(chunk);
            self.upload.write(chunk).await?;
        }
        Ok(())
    }

    /// An error if so many bytes are too many, before they come.
    pub(crate) fn expect(&mut self, bytes: Option<u64>) -> Result<(), Problem> {
        self.too_large |= bytes.is_some_and(|bytes| bytes > self.limit);
        self.require_bounded()
    }

    /// An error if more came than a file may have.
    pub(crate) fn require_bounded(&self) -> Result<(), Problem> {
        if self.too_large { Err(Problem::new(ProblemKind::TooLarge, self.too_large_message())) } else { Ok(()) }
    }

    fn too_large_message(&self) -> String {
        format!("It is larger than {} MB, which is the most for one file here.", self.limit / 1_000_000)
    }

    /// Keeps the file.
    pub(crate) async fn finish(self) -> Result<Received, Error> {
        let bytes = self.upload.bytes();
        Ok(Received { key: self.upload.commit().await?, bytes, sha256: self.sha256.finalize().into() })
    }
}

/// Queues a file that arrived whole; its import file is the receipt.
pub async fn receive(platform: &Platform, viewer: Uuid, import: Uuid, name: &str, upload: UploadWriter) -> Result<(), Error> {
    if upload.too_large {
        return reject(platform, viewer, import, name, Reason::FileTooLarge { limit: upload.limit }).await;
    }
    let received = upload.finish().await?;
    let queued = platform.database.transact(viewer, async |tx| queue_file(platform, tx, import, name, &received).await).await;
    // If the connection broke, it is unknown whether the import file was stored; if it was not, the bytes are collected later.
    if let Err(Error::Problem(_) | Error::Database(sqlx::Error::Database(_))) = &queued {
        platform.files.remove_upload(&received.key);
    }
    queued
}

/// Queues a file that arrived whole.
pub(crate) async fn queue_file(platform: &Platform, tx: &mut Tx, import: Uuid, name: &str, received: &Received) -> Result<(), Error> {
    add_file(platform, tx, import, name, received.bytes, Some(&received.key), Outcome::Queued, None).await?;
    let athlete = tx.viewer()?;
    tx.enqueue(&ReadRecordings { athlete }).await
}

/// Records a file that could not be received.
pub async fn reject(platform: &Platform, viewer: Uuid, import: Uuid, name: &str, reason: Reason) -> Result<(), Error> {
    platform.database.transact(viewer, async |tx| add_file(platform, tx, import, name, 0, None, Outcome::Failed, Some(reason)).await).await
}

#[expect(clippy::too_many_arguments, reason = "one argument per column; both callers are above")]
async fn add_file(
    platform: &Platform,
    tx: &mut Tx,
    import: Uuid,
    name: &str,
    bytes: u64,
    upload: Option<&str>,
    outcome: Outcome,
    reason: Option<Reason>,
) -> Result<(), Error> {
    let now = platform.clock.now();
    let viewer = tx.viewer()?;
    crate::start(tx, import, now).await?;
    let state =
        sqlx::query!(r#"select undone_at, (select count(*) from import_files where import_id = $1) as "files!" from imports where id = $1"#, import)
            .fetch_optional(tx.connection())
            .await?
            .ok_or_else(|| Error::not_found("import"))?;
    if state.undone_at.is_some() {
        return Err(Error::problem(ProblemKind::Conflict, "This import was undone. Start a new one."));
    }
    let max = platform.config.uploads.max_files_per_import;
    if usize::try_from(state.files).unwrap_or(usize::MAX) >= max {
        return Err(Error::problem(ProblemKind::TooLarge, format!("One import takes {max} files. Drop the rest in another one.")));
    }
    let finished = (outcome == Outcome::Failed).then_some(now);
    sqlx::query!(
        "insert into import_files (id, import_id, athlete_id, name, bytes, upload_key, outcome, reasons, created_at, finished_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        platform.ids.uuid(now),
        import,
        viewer,
        recordings::archive::display_name(name),
        i64::try_from(bytes).unwrap_or(i64::MAX),
        upload,
        outcome.as_str(),
        serde_json::to_value(reason.as_slice())?,
        now,
        finished
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}
