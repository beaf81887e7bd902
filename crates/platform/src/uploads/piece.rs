//! The pieces of a file, one after the other.

use std::fmt::Display;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::SeekFrom;
use std::path::Path;
use std::pin::pin;

use axum::body::Bytes;
use domain::ProblemKind;
use futures::{Stream, StreamExt};
use tokio::io::{AsyncSeekExt, AsyncWriteExt};
use uuid::Uuid;

use super::{Upload, find};
use crate::{Error, Platform};

/// How much of a piece may come before it is made durable and recorded.
const RECORDED_EVERY: u64 = 16 << 20;

/// Appends what comes to an upload that has `offset` bytes so far, and returns how much of it is there then. If the connection breaks, or the process
/// stops, what came is kept, whether or not the caller is still there to be told.
pub async fn append<E: Display + Send + 'static>(
    platform: &Platform,
    athlete: Uuid,
    feature: &'static str,
    id: Uuid,
    offset: u64,
    bytes: impl Stream<Item = Result<Bytes, E>> + Send + 'static,
) -> Result<Upload, Error> {
    // No file for an upload that does not exist.
    let path = platform.files.upload_path(&current(platform, athlete, feature, id).await?.key());
    let open = tokio::task::spawn_blocking(move || open(&path)).await.map_err(std::io::Error::from)??;
    let Some((file, length)) = open else {
        return Err(Error::problem(ProblemKind::Conflict, "Another request is sending the same file. Wait until it ends."));
    };
    // Only now is it certain that no other request changes it.
    let upload = current(platform, athlete, feature, id).await?;
    if length < upload.received {
        tracing::error!(upload = %id, length, received = upload.received, "an upload is shorter than what was recorded of it");
        super::record(platform, athlete, &upload, length).await?;
        return Err(out_of_place(length));
    }
    if offset != upload.received {
        return Err(out_of_place(upload.received));
    }
    if upload.is_complete() {
        return Ok(upload);
    }
    let (done, written) = tokio::sync::oneshot::channel();
    let for_task = platform.clone();
    platform.tasks.spawn(async move {
        // The caller may be gone.
        let _ = done.send(write(&for_task, athlete, upload, file, bytes).await);
    });
    written.await.map_err(|error| Error::internal("a piece of an upload", &error))?
}

fn out_of_place(received: u64) -> Error {
    Error::problem(ProblemKind::Conflict, format!("{received} bytes have come so far. Go on from there."))
}

async fn current(platform: &Platform, athlete: Uuid, feature: &'static str, id: Uuid) -> Result<Upload, Error> {
    let mut tx = platform.database.begin_read_only_as(athlete).await?;
    let upload = find(&mut tx, feature, id).await?;
    tx.rollback().await?;
    Ok(upload)
}

/// The file of an upload, locked, and its length. Nothing, while another request has it.
fn open(path: &Path) -> std::io::Result<Option<(File, u64)>> {
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
        Ok(()) => {
            let length = file.metadata()?.len();
            Ok(Some((file, length)))
        }
    }
}

async fn write<E: Display>(
    platform: &Platform,
    athlete: Uuid,
    mut upload: Upload,
    file: File,
    bytes: impl Stream<Item = Result<Bytes, E>>,
) -> Result<Upload, Error> {
    let (mut file, mut bytes, mut received) = (tokio::fs::File::from_std(file), pin!(bytes), upload.received);
    // What lies behind was never recorded, so it may not be durable.
    file.set_len(received).await?;
    file.seek(SeekFrom::Start(received)).await?;
    let stopping = platform.tasks.stopping();
    let mut too_much = false;
    loop {
        let chunk = tokio::select! {
            chunk = bytes.next() => chunk,
            () = stopping.cancelled() => None,
        };
        let chunk = match chunk {
            None => break,
            Some(Err(error)) => {
                tracing::info!(%error, "a piece of an upload broke off");
                break;
            }
            Some(Ok(chunk)) => chunk,
        };
        too_much = received + chunk.len() as u64 > upload.bytes;
        if too_much {
            break;
        }
        file.write_all(&chunk).await?;
        received += chunk.len() as u64;
        if received - upload.received >= RECORDED_EVERY {
            upload = record(platform, athlete, upload, &mut file, received).await?;
        }
    }
    let upload = record(platform, athlete, upload, &mut file, received).await?;
    if too_much {
        return Err(Error::problem(ProblemKind::TooLarge, format!("The file was to have {} bytes, and there are more.", upload.bytes)));
    }
    Ok(upload)
}

/// Makes what came durable, and then says so.
async fn record(platform: &Platform, athlete: Uuid, upload: Upload, file: &mut tokio::fs::File, received: u64) -> Result<Upload, Error> {
    file.flush().await?;
    file.sync_all().await?;
    if upload.received == 0 {
        let files = platform.files.clone();
        tokio::task::spawn_blocking(move || files.sync_uploads()).await.map_err(std::io::Error::from)??;
    }
    // Nobody else appends, so it was given up meanwhile.
    if !super::record(platform, athlete, &upload, received).await? {
        return Err(super::missing());
    }
    Ok(Upload { received, ..upload })
}
