//! Files that are sent whole, as a response body: a slow reader takes up no memory.

use std::fs::File;
use std::io::{Error, ErrorKind, Read, Result, Seek, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::Body;
use futures::StreamExt;
use nix::sys::statvfs::statvfs;
use tokio_util::io::ReaderStream;
use uuid::Uuid;

use super::{Files, sanitize_key};

/// Bytes that are read of a file at a time.
const CHUNK_BYTES: usize = 64 << 10;
/// One in so many of the free bytes on the disk may be taken up by spooled files: uploads need the rest.
const MAX_SHARE: u64 = 4;

/// An open file, to be sent.
#[derive(Debug)]
pub struct FileBody {
    file: File,
    bytes: u64,
    reservation: Option<Reservation>,
}

/// Reserved bytes on the disk, released when this is dropped.
#[derive(Debug)]
struct Reservation {
    all: Arc<AtomicU64>,
    bytes: u64,
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.all.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

impl Files {
    /// Writes bytes to an unnamed temporary file: it vanishes when it is closed, even if the process crashes. Fails as if the disk were full when
    /// too many spooled bytes are not fetched yet. Blocking.
    pub fn spool(&self, bytes: &[u8]) -> Result<FileBody> {
        let folder = self.root.join("uploads");
        let length = bytes.len() as u64;
        let reservation = self.reserve(length, available_bytes(&folder)?)?;
        let mut file = tempfile::tempfile_in(folder)?;
        file.write_all(bytes)?;
        file.rewind()?;
        Ok(FileBody { file, bytes: length, reservation: Some(reservation) })
    }

    fn reserve(&self, bytes: u64, free: u64) -> Result<Reservation> {
        let reservation = Reservation { all: Arc::clone(&self.spooled_bytes), bytes };
        let all = reservation.all.fetch_add(bytes, Ordering::Relaxed);
        if all + bytes > (free + all) / MAX_SHARE {
            return Err(Error::new(ErrorKind::StorageFull, "too many spooled files are not fetched yet"));
        }
        Ok(reservation)
    }

    /// Opens an original; `None` when it is not there. Blocking.
    pub fn open_original(&self, athlete: Uuid, sha256_hex: &str) -> Result<Option<FileBody>> {
        match File::open(self.originals_of(athlete).join(sanitize_key(sha256_hex))) {
            Ok(file) => Ok(Some(FileBody { bytes: file.metadata()?.len(), file, reservation: None })),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Free bytes on the disk of a folder.
fn available_bytes(folder: &Path) -> Result<u64> {
    let disk = statvfs(folder)?;
    Ok(disk.blocks_available().saturating_mul(disk.fragment_size()))
}

impl FileBody {
    /// How many bytes it has.
    #[must_use]
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Reads all of it into memory. Blocking.
    pub fn read(mut self) -> Result<Vec<u8>> {
        let mut all = Vec::new();
        self.file.read_to_end(&mut all)?;
        Ok(all)
    }

    /// A response body, read as it is sent.
    pub fn into_body(self) -> Body {
        let Self { file, reservation, .. } = self;
        let chunks = ReaderStream::with_capacity(tokio::fs::File::from_std(file), CHUNK_BYTES);
        Body::from_stream(chunks.map(move |chunk| {
            let _held = &reservation;
            chunk
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_spooled_file_has_no_name_and_is_gone_once_fetched() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::open(folder.path()).unwrap();
        let bytes: Vec<u8> = (0..200_000_u32).map(|n| n.to_le_bytes()[0]).collect();
        let whole = files.spool(&bytes).unwrap();
        assert_eq!((whole.bytes(), std::fs::read_dir(folder.path().join("uploads")).unwrap().count()), (200_000, 0));
        let body = whole.into_body();
        assert_eq!(files.spooled_bytes.load(Ordering::Relaxed), 200_000);
        assert_eq!(axum::body::to_bytes(body, 1 << 20).await.unwrap(), bytes);
        assert_eq!(files.spooled_bytes.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn unfetched_files_leave_room_for_uploads() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::open(folder.path()).unwrap();
        // A disk of a thousand bytes, less what is reserved.
        let mut reserved = Vec::new();
        while let Ok(reservation) = files.reserve(100, 1000 - 100 * reserved.len() as u64) {
            reserved.push(reservation);
        }
        assert_eq!(reserved.len(), 2);
        assert_eq!(files.reserve(100, 800).unwrap_err().kind(), ErrorKind::StorageFull);
        reserved.pop();
        assert!(files.reserve(100, 900).is_ok(), "and a refusal reserves nothing");
    }
}
