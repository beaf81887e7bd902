//! A file that comes in one piece.

use std::convert::Infallible;
use std::fmt::Display;
use std::pin::pin;

use axum::body::Bytes;
use domain::{Problem, ProblemKind};
use futures::{Stream, StreamExt};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{Error, Platform, files};

/// A file that is being received. Dropped without [`Receiver::finish`], it leaves nothing behind.
pub struct Receiver {
    upload: files::Upload,
    id: Uuid,
    sha256: Sha256,
    limit: u64,
}

/// A file that came whole, and is durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Its id.
    pub id: Uuid,
    /// Bytes.
    pub bytes: u64,
    /// Of its bytes.
    pub sha256: [u8; 32],
}

impl Received {
    /// Its key in the file store.
    #[must_use]
    pub fn key(&self) -> String {
        self.id.to_string()
    }
}

/// Why a file was not received.
#[derive(Debug)]
pub enum Interrupted {
    /// It is larger than a file may be. What is left of it was not read.
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// The connection broke.
    Broken,
    /// It could not be written.
    Failed(Error),
}

impl From<Interrupted> for Error {
    fn from(interrupted: Interrupted) -> Self {
        match interrupted {
            Interrupted::TooLarge { limit } => too_large(limit).into(),
            Interrupted::Broken => Self::problem(ProblemKind::Invalid, "The upload broke off, so nothing of it was kept. Send it again."),
            Interrupted::Failed(error) => error,
        }
    }
}

impl From<Error> for Interrupted {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<std::io::Error> for Interrupted {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl Receiver {
    /// Begins, for as much as a file may have.
    pub async fn start(platform: &Platform) -> Result<Self, Error> {
        Self::start_limited(platform, platform.config.uploads.max_file_bytes).await
    }

    /// Begins, for so many bytes.
    pub async fn start_limited(platform: &Platform, limit: u64) -> Result<Self, Error> {
        let id = platform.ids.uuid(platform.clock.now());
        Ok(Self { upload: platform.files.begin_upload(id).await?, id, sha256: Sha256::new(), limit })
    }

    /// Writes bytes as they come, up to the most that a file may have.
    pub async fn read<E: Display>(&mut self, bytes: impl Stream<Item = Result<Bytes, E>>) -> Result<(), Interrupted> {
        let mut bytes = pin!(bytes);
        while let Some(chunk) = bytes.next().await {
            let chunk = chunk.map_err(|error| {
                tracing::info!(%error, "an upload broke off");
                Interrupted::Broken
            })?;
            if self.upload.bytes() + chunk.len() as u64 > self.limit {
                return Err(Interrupted::TooLarge { limit: self.limit });
            }
            self.sha256.update(&chunk);
            self.upload.write(&chunk).await?;
        }
        Ok(())
    }

    /// Keeps the file. Durable before it returns.
    pub async fn finish(self) -> Result<Received, Error> {
        let bytes = self.upload.bytes();
        self.upload.commit().await?;
        Ok(Received { id: self.id, bytes, sha256: self.sha256.finalize().into() })
    }

    /// The file as a temporary one, to be read once: it is removed when this is dropped.
    pub async fn into_temp_path(self) -> Result<tempfile::TempPath, Error> {
        Ok(self.upload.into_temp_path().await?)
    }
}

/// Bytes that are here already, as they would come.
pub fn at_once(bytes: impl Into<Bytes>) -> impl Stream<Item = Result<Bytes, Infallible>> {
    futures::stream::iter([Ok(bytes.into())])
}

/// An error if a file of so many bytes is too large.
pub(super) fn require_bounded(platform: &Platform, bytes: u64) -> Result<(), Problem> {
    let limit = platform.config.uploads.max_file_bytes;
    if bytes > limit { Err(too_large(limit)) } else { Ok(()) }
}

fn too_large(limit: u64) -> Problem {
    Problem::new(ProblemKind::TooLarge, format!("It is larger than {} MB, which is the most for one file here.", limit / 1_000_000))
}
