//! Receiving a file: streamed to disk, bounded, and recorded as an import file whatever happens.

use std::fmt::Display;

use axum::body::Bytes;
use domain::ProblemKind;
use domain::imports::{Outcome, Reason};
use futures::Stream;
use platform::uploads::{Interrupted, Received, Receiver};
use platform::{Error, Fault, Platform, Tx};
use uuid::Uuid;

use crate::queries::files::{NewFile, insert};
use crate::queries::imports;
use crate::queue::ReadRecordings;

/// Receives a file and queues it; its import file is the receipt, also of one that could not be received.
pub async fn receive<E: Display>(
    platform: &Platform,
    viewer: Uuid,
    import: Uuid,
    name: &str,
    bytes: impl Stream<Item = Result<Bytes, E>>,
) -> Result<(), Error> {
    let received = async {
        let mut receiver = Receiver::start(platform).await?;
        receiver.read(bytes).await?;
        receiver.finish().await.map_err(Interrupted::Failed)
    };
    match received.await {
        Ok(received) => queue(platform, viewer, import, name, &received).await,
        Err(Interrupted::TooLarge { limit }) => reject(platform, viewer, import, name, Reason::FileTooLarge { limit }).await,
        Err(Interrupted::Broken) => {
            reject(platform, viewer, import, name, Reason::ConnectionBroke).await?;
            Err(broke_off())
        }
        Err(Interrupted::Failed(error)) => {
            // The page of the import shows it as well; if the database's disk is full it cannot, and the response is all there is.
            if error.fault() == Some(Fault::Full) {
                let _ = reject(platform, viewer, import, name, Reason::DiskWasFull).await;
            }
            Err(error)
        }
    }
}

/// The error of an upload that broke off.
pub(crate) fn broke_off() -> Error {
    Error::problem(ProblemKind::Invalid, "The upload broke off. Files that arrived whole are kept; drop the rest again.")
}

async fn queue(platform: &Platform, viewer: Uuid, import: Uuid, name: &str, received: &Received) -> Result<(), Error> {
    let queued = platform.database.transact(viewer, async |tx| queue_file(platform, tx, import, name, received.bytes, &received.key()).await).await;
    // If the connection broke, it is unknown whether the import file was stored; if it was not, the bytes are collected later.
    if let Err(Error::Problem(_) | Error::Database(sqlx::Error::Database(_))) = &queued {
        platform.files.remove_upload(&received.key());
    }
    queued
}

/// Queues a file that arrived whole.
pub(crate) async fn queue_file(platform: &Platform, tx: &mut Tx, import: Uuid, name: &str, bytes: u64, key: &str) -> Result<(), Error> {
    add_file(platform, tx, import, name, bytes, Some(key), Outcome::Queued, None).await?;
    let athlete = tx.viewer()?;
    tx.enqueue(&ReadRecordings { athlete }).await
}

/// Records a file that could not be received.
async fn reject(platform: &Platform, viewer: Uuid, import: Uuid, name: &str, reason: Reason) -> Result<(), Error> {
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
    crate::start(tx, import, now).await?;
    let (undone_at, files) = imports::undone_and_files(tx, import).await?.ok_or_else(|| Error::not_found("import"))?;
    if undone_at.is_some() {
        return Err(Error::problem(ProblemKind::Conflict, "This import was undone. Start a new one."));
    }
    let max = platform.config.uploads.max_files_per_import;
    if usize::try_from(files).unwrap_or(usize::MAX) >= max {
        return Err(Error::problem(ProblemKind::TooLarge, format!("One import takes {max} files. Drop the rest in another one.")));
    }
    let finished = (outcome == Outcome::Failed).then_some(now);
    let file = NewFile {
        id: platform.ids.uuid(now),
        import,
        name: &recordings::archive::display_name(name),
        bytes,
        upload_key: upload,
        outcome,
        reason,
        created_at: now,
        finished_at: finished,
    };
    insert(tx, &file).await
}
