//! The file store, in a folder: uploads until they are processed, originals for good, exports for a week.

mod originals;
mod spool;
mod unused;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use chrono::{DateTime, Utc};
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

pub use self::spool::FileBody;

/// A folder with `uploads/` (received, not yet processed), `originals/` (stored by content) and `exports/`; `unused/` notes since when nothing refers
/// to some of them, and `database` names the database that the files belong to.
#[derive(Clone, Debug)]
pub struct Files {
    root: PathBuf,
    /// Bytes of spooled files that are not fetched yet.
    spooled_bytes: Arc<AtomicU64>,
}

/// An upload that is being written; removed again unless it is committed.
pub struct Upload {
    file: tokio::fs::File,
    path: tempfile::TempPath,
    key: String,
    bytes: u64,
}

impl Files {
    /// Opens or creates the folder.
    pub fn open(root: &Path) -> std::io::Result<Self> {
        std::fs::create_dir_all(root.join("uploads"))?;
        std::fs::create_dir_all(root.join("originals"))?;
        Ok(Self { root: root.to_owned(), spooled_bytes: Arc::default() })
    }

    /// Keys of uploads last written before a moment, incomplete ones included.
    pub fn uploads_before(&self, moment: DateTime<Utc>) -> std::io::Result<Vec<String>> {
        let mut keys = Vec::new();
        for entry in std::fs::read_dir(self.root.join("uploads"))? {
            let entry = entry?;
            // One that is gone by now was processed.
            let Ok(written) = entry.metadata().and_then(|m| m.modified()) else { continue };
            if DateTime::<Utc>::from(written) < moment {
                keys.extend(entry.file_name().into_string());
            }
        }
        Ok(keys)
    }

    /// Makes the names of the uploads durable, after their contents.
    pub fn sync_uploads(&self) -> std::io::Result<()> {
        originals::sync_folder(&self.root.join("uploads"))
    }

    /// Starts an upload.
    pub async fn begin_upload(&self, id: Uuid) -> std::io::Result<Upload> {
        let path = self.root.join("uploads").join(format!("{id}{PART}"));
        // The file and its remover are created in one step: a caller that disconnects before it is done leaves no file behind.
        let begin = move || {
            let file = std::fs::File::create(&path)?;
            Ok::<_, std::io::Error>((file, tempfile::TempPath::try_from_path(path)?))
        };
        let (file, path) = tokio::task::spawn_blocking(begin).await??;
        Ok(Upload { file: tokio::fs::File::from_std(file), path, key: id.to_string(), bytes: 0 })
    }

    /// The path of an upload that came in one piece, or of what has come of one in several.
    #[must_use]
    pub fn upload_path(&self, key: &str) -> PathBuf {
        let (name, part) = key.strip_suffix(PART).map_or((key, ""), |name| (name, PART));
        self.root.join("uploads").join(sanitize_key(name) + part)
    }

    /// Removes an upload; no error if it is gone already.
    pub fn remove_upload(&self, key: &str) {
        let _ = std::fs::remove_file(self.upload_path(key));
    }

    /// The path of an export.
    #[must_use]
    pub fn export_path(&self, athlete: Uuid, export: Uuid) -> PathBuf {
        self.root.join("exports").join(athlete.to_string()).join(format!("{export}.zip"))
    }

    /// Removes an export; no error if it is gone already.
    pub fn remove_export(&self, athlete: Uuid, export: Uuid) {
        let _ = std::fs::remove_file(self.export_path(athlete, export));
    }

    /// Removes the originals and the exports of an athlete whose account is gone. Blocking.
    pub fn delete_for_account(&self, athlete: Uuid) -> std::io::Result<()> {
        for folder in ["originals", "exports", "unused"] {
            match std::fs::remove_dir_all(self.root.join(folder).join(athlete.to_string())) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }
}

/// Suffix of an upload's name until it is complete.
const PART: &str = ".part";

/// Keys are ours (ids and hashes); any other character never gets into a path.
fn sanitize_key(key: &str) -> String {
    key.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect()
}

impl Upload {
    /// Adds bytes as they arrive.
    pub async fn write(&mut self, chunk: &[u8]) -> std::io::Result<()> {
        self.bytes += chunk.len() as u64;
        self.file.write_all(chunk).await
    }

    /// Bytes so far.
    #[must_use]
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The upload as a temporary file, to be read once: it is removed when this is dropped.
    pub async fn into_temp_path(mut self) -> std::io::Result<tempfile::TempPath> {
        self.file.flush().await?;
        Ok(self.path)
    }

    /// Keeps the upload and returns its key. Durable before it returns: a row in the database will refer to it.
    pub async fn commit(mut self) -> std::io::Result<String> {
        self.file.flush().await?;
        self.file.sync_all().await?;
        let Self { path, key, .. } = self;
        // The disk is slow: off the threads that answer requests.
        tokio::task::spawn_blocking(move || {
            let target = path.with_extension("");
            path.persist(&target).map_err(|e| e.error)?;
            originals::sync_folder(target.parent().unwrap_or(&target))
        })
        .await??;
        Ok(key)
    }
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Waker};

    use super::*;

    #[test]
    fn a_disconnect_while_the_file_is_created_leaves_none() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::open(folder.path()).unwrap();
        // A single blocking thread: each task starts after the end of the one before.
        let runtime = tokio::runtime::Builder::new_current_thread().max_blocking_threads(1).build().unwrap();
        runtime.block_on(async {
            let (hold, held) = std::sync::mpsc::channel::<()>();
            let busy = tokio::task::spawn_blocking(move || held.recv());
            let mut starting = Box::pin(files.begin_upload(Uuid::from_u128(1)));
            assert!(starting.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
            drop(starting);
            drop(hold);
            assert!(busy.await.unwrap().is_err());
            tokio::task::spawn_blocking(|| ()).await.unwrap();
        });
        assert_eq!(std::fs::read_dir(folder.path().join("uploads")).unwrap().count(), 0);
    }
}
