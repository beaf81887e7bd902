//! Taking a file in: streamed to disk, bounded, and a line for it whatever happens.

use domain::imports::Outcome;
use platform::files::Upload;
use platform::{Error, Platform};
use uuid::Uuid;

/// A file on its way in.
pub struct UploadWriter {
    upload: Upload,
    limit: u64,
    too_large: bool,
}

impl UploadWriter {
    /// Makes room for a file.
    pub async fn start(platform: &Platform) -> Result<Self, Error> {
        let id = platform.ids.uuid(platform.clock.now());
        Ok(Self { upload: platform.files.begin_upload(id).await?, limit: platform.config.uploads.max_file_bytes, too_large: false })
    }

    /// Adds what arrived; beyond the limit it is counted as too large and not written.
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

/// Queues a file that arrived whole; its line is the receipt.
pub async fn receive(platform: &Platform, viewer: Uuid, import: Uuid, name: &str, incoming: UploadWriter) -> Result<(), Error> {
    if incoming.too_large {
        let sentence = format!("It is larger than {} MB, which is the most for one file here.", incoming.limit / 1_000_000);
        return reject(platform, viewer, import, name, &sentence).await;
    }
    let bytes = incoming.upload.bytes();
    let key = incoming.upload.commit().await?;
    let added = line(platform, viewer, import, name, bytes, Some(&key), Outcome::Queued, "").await;
    // Where the connection broke off nobody knows whether the line is there; if it is not, the bytes are collected one day.
    if let Err(Error::Problem(_) | Error::Database(sqlx::Error::Database(_))) = &added {
        platform.files.remove_upload(&key);
    }
    added
}

/// Notes a file that could not be taken in.
pub async fn reject(platform: &Platform, viewer: Uuid, import: Uuid, name: &str, sentence: &str) -> Result<(), Error> {
    line(platform, viewer, import, name, 0, None, Outcome::Failed, sentence).await
}

#[expect(clippy::too_many_arguments, reason = "one argument a column; both callers are above")]
async fn line(
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
    let mut session = platform.database.begin_as(viewer).await?;
    crate::start(&mut session, import, now).await?;
    let state =
        sqlx::query!(r#"select undone_at, (select count(*) from import_files where import_id = $1) as "files!" from imports where id = $1"#, import)
            .fetch_optional(session.connection())
            .await?
            .ok_or_else(|| Error::not_found("import"))?;
    if state.undone_at.is_some() {
        return Err(Error::problem(domain::ProblemKind::Conflict, "This import was undone. Start a new one."));
    }
    let most = platform.config.uploads.max_files_per_import;
    if usize::try_from(state.files).unwrap_or(usize::MAX) >= most {
        return Err(Error::problem(domain::ProblemKind::TooLarge, format!("One import takes {most} files. Drop the rest in another one.")));
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
    .execute(session.connection())
    .await?;
    session.commit().await
}
