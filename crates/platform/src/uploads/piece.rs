//! The pieces of a file, one after the other.

use std::fmt::Display;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Seek, SeekFrom};
use std::pin::pin;

use axum::body::Bytes;
use domain::ProblemKind;
use futures::{Stream, StreamExt};
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

use super::{Upload, find};
use crate::{Error, Platform};

/// Appends what comes to an upload that has `offset` bytes so far, and returns how much of it is there then. If the connection breaks, what came is
/// kept, whether or not the caller is still there to be told.
pub async fn append<E: Display + Send + 'static>(
    platform: &Platform,
    athlete: Uuid,
    feature: &'static str,
    id: Uuid,
    offset: u64,
    bytes: impl Stream<Item = Result<Bytes, E>> + Send + 'static,
) -> Result<Upload, Error> {
    let mut tx = platform.database.begin_read_only_as(athlete).await?;
    let upload = find(&mut tx, feature, id).await?;
    tx.rollback().await?;
    if offset != upload.received {
        return Err(Error::problem(ProblemKind::Conflict, format!("{} bytes have come so far. Go on from there.", upload.received)));
    }
    if upload.is_complete() {
        return Ok(upload);
    }
    let path = platform.files.piece_path(&upload.key());
    let open = tokio::task::spawn_blocking(move || open(&path, offset)).await.map_err(std::io::Error::from)??;
    let Some(file) = open else {
        return Err(Error::problem(ProblemKind::Conflict, "Another request is sending the same file. Wait until it ends."));
    };
    let platform = platform.clone();
    // On a task of its own: it ends when the bytes do, not when the client is gone.
    let appending = tokio::spawn(crate::telemetry::with_current(async move { write(&platform, athlete, upload, file, bytes).await }));
    appending.await.map_err(std::io::Error::from)?
}

/// The file of an upload at the end of what was recorded of it: what lies behind was not yet durable. Nothing, while another request has it.
fn open(path: &std::path::Path, offset: u64) -> std::io::Result<Option<File>> {
    let mut file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => return Ok(None),
        Err(TryLockError::Error(error)) => return Err(error),
        Ok(()) => {}
    }
    if file.metadata()?.len() < offset {
        return Err(std::io::Error::other("an upload is shorter than what was recorded of it"));
    }
    file.set_len(offset)?;
    file.seek(SeekFrom::Start(offset))?;
    Ok(Some(file))
}

async fn write<E: Display>(
    platform: &Platform,
    athlete: Uuid,
    upload: Upload,
    file: File,
    bytes: impl Stream<Item = Result<Bytes, E>>,
) -> Result<Upload, Error> {
    let (mut file, mut bytes, mut received) = (tokio::fs::File::from_std(file), pin!(bytes), upload.received);
    let mut too_much = false;
    while let Some(chunk) = bytes.next().await {
        let chunk = match chunk {
            Ok(chunk) => chunk,
            Err(error) => {
                tracing::info!(%error, "a piece of an upload broke off");
                break;
            }
        };
        if received + chunk.len() as u64 > upload.bytes {
            too_much = true;
            break;
        }
        file.write_all(&chunk).await?;
        received += chunk.len() as u64;
    }
    file.flush().await?;
    file.sync_all().await?;
    if upload.received == 0 {
        let files = platform.files.clone();
        tokio::task::spawn_blocking(move || files.sync_uploads()).await.map_err(std::io::Error::from)??;
    }
    // It may have been deleted meanwhile.
    if !super::record(platform, athlete, &upload, received).await? {
        super::remove(platform, upload.id);
        return Err(super::missing());
    }
    if too_much {
        return Err(Error::problem(ProblemKind::TooLarge, format!("The file was to have {} bytes, and there are more.", upload.bytes)));
    }
    Ok(Upload { received, ..upload })
}
