//! Files that are given away whole, as the body of an answer: whoever reads them slowly takes up no memory.

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

/// What is read of a file at a time.
const PIECE: usize = 64 << 10;
/// The share of the room on the disk that may be taken up by what was only written to be given away: what comes in needs the rest.
const MAX_SHARE: u64 = 4;

/// A file that is open.
#[derive(Debug)]
pub struct FileBody {
    file: File,
    bytes: u64,
    taken: Option<Reservation>,
}

/// Room on the disk that is free again when this is dropped.
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
    /// Writes bytes to a file without a name: gone when nobody reads it any more, whatever becomes of the process. As if the disk were full where
    /// too much lies there already that nobody has fetched. Blocking.
    pub fn spool(&self, bytes: &[u8]) -> Result<FileBody> {
        let folder = self.root.join("uploads");
        let length = bytes.len() as u64;
        let taken = self.reserve(length, available_bytes(&folder)?)?;
        let mut file = tempfile::tempfile_in(folder)?;
        file.write_all(bytes)?;
        file.rewind()?;
        Ok(FileBody { file, bytes: length, taken: Some(taken) })
    }

    fn reserve(&self, bytes: u64, free: u64) -> Result<Reservation> {
        let taken = Reservation { all: Arc::clone(&self.spooled_bytes), bytes };
        let all = taken.all.fetch_add(bytes, Ordering::Relaxed);
        if all + bytes > (free + all) / MAX_SHARE {
            return Err(Error::new(ErrorKind::StorageFull, "too much is set down that nobody has fetched"));
        }
        Ok(taken)
    }

    /// Opens an original; `None` when it is not there. Blocking.
    pub fn open_original(&self, athlete: Uuid, sha256_hex: &str) -> Result<Option<FileBody>> {
        match File::open(self.originals_of(athlete).join(sanitize_key(sha256_hex))) {
            Ok(file) => Ok(Some(FileBody { bytes: file.metadata()?.len(), file, taken: None })),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Bytes that there is room for.
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

    /// All of it at once, for who needs it in memory. Blocking.
    pub fn read(mut self) -> Result<Vec<u8>> {
        let mut all = Vec::new();
        self.file.read_to_end(&mut all)?;
        Ok(all)
    }

    /// The body of an answer, read as it is sent.
    pub fn into_body(self) -> Body {
        let Self { file, taken, .. } = self;
        let pieces = ReaderStream::with_capacity(tokio::fs::File::from_std(file), PIECE);
        Body::from_stream(pieces.map(move |piece| {
            let _held = &taken;
            piece
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_set_down_has_no_name_and_is_gone_when_it_was_fetched() {
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
    fn what_nobody_fetches_leaves_room_for_what_comes_in() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::open(folder.path()).unwrap();
        // A disk of a thousand bytes, less what lies there.
        let mut lying = Vec::new();
        while let Ok(taken) = files.reserve(100, 1000 - 100 * lying.len() as u64) {
            lying.push(taken);
        }
        assert_eq!(lying.len(), 2);
        assert_eq!(files.reserve(100, 800).unwrap_err().kind(), ErrorKind::StorageFull);
        lying.pop();
        assert!(files.reserve(100, 900).is_ok(), "and a refusal takes none");
    }
}
