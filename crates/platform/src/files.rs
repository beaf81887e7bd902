//! The file store: uploads on their way, originals for good, archives for a week, in a folder.

use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

/// A folder with `uploads/` (received, not yet dealt with) `originals/` (kept, by content) and `exports/`.
#[derive(Clone, Debug)]
pub struct Files {
    root: PathBuf,
}

/// An upload that is being written; removed again unless it is kept.
pub struct Upload {
    file: tokio::fs::File,
    path: tempfile::TempPath,
    key: String,
    bytes: u64,
}

impl Files {
    /// Opens or makes the folder.
    pub fn open(root: &Path) -> std::io::Result<Self> {
        std::fs::create_dir_all(root.join("uploads"))?;
        std::fs::create_dir_all(root.join("originals"))?;
        Ok(Self { root: root.to_owned() })
    }

    /// Removes half-written uploads that nobody has touched for a day: what a killed process left, and never what another one writes.
    pub fn remove_unfinished(&self, now: DateTime<Utc>) -> std::io::Result<()> {
        for entry in std::fs::read_dir(self.root.join("uploads"))?.flatten() {
            let touched = DateTime::<Utc>::from(entry.metadata()?.modified()?);
            if entry.path().extension().is_some_and(|e| e == "part") && now - touched > TimeDelta::days(1) {
                std::fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// Starts an upload.
    pub async fn start_upload(&self, id: Uuid) -> std::io::Result<Upload> {
        let path = self.root.join("uploads").join(format!("{id}.part"));
        let file = tokio::fs::File::create(&path).await?;
        Ok(Upload { file, path: tempfile::TempPath::try_from_path(path)?, key: id.to_string(), bytes: 0 })
    }

    /// Where a finished upload lies.
    #[must_use]
    pub fn upload_path(&self, key: &str) -> PathBuf {
        self.root.join("uploads").join(clean(key))
    }

    /// Forgets an upload; one that is gone already is fine.
    pub fn remove_upload(&self, key: &str) {
        let _ = std::fs::remove_file(self.upload_path(key));
    }

    /// Keeps an original under its content's hash. Writing the same twice is writing it once.
    pub fn keep_original(&self, athlete: Uuid, sha256_hex: &str, bytes: &[u8]) -> std::io::Result<()> {
        let folder = self.root.join("originals").join(athlete.to_string());
        std::fs::create_dir_all(&folder)?;
        let target = folder.join(clean(sha256_hex));
        if target.exists() {
            return Ok(());
        }
        let mut part = tempfile::NamedTempFile::new_in(&folder)?;
        std::io::Write::write_all(&mut part, bytes)?;
        part.persist(target).map_err(|e| e.error)?;
        Ok(())
    }

    /// Reads an original.
    pub fn original(&self, athlete: Uuid, sha256_hex: &str) -> std::io::Result<Vec<u8>> {
        std::fs::read(self.root.join("originals").join(athlete.to_string()).join(clean(sha256_hex)))
    }

    /// Where an archive of everything lies.
    #[must_use]
    pub fn export_path(&self, athlete: Uuid, export: Uuid) -> PathBuf {
        self.root.join("exports").join(athlete.to_string()).join(format!("{export}.zip"))
    }

    /// Forgets an archive; one that is gone already is fine.
    pub fn remove_export(&self, athlete: Uuid, export: Uuid) {
        let _ = std::fs::remove_file(self.export_path(athlete, export));
    }

    /// Forgets everything of an athlete: originals, archives, and uploads that carry their id.
    pub fn forget(&self, athlete: Uuid) -> std::io::Result<()> {
        for folder in ["originals", "exports"] {
            match std::fs::remove_dir_all(self.root.join(folder).join(athlete.to_string())) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        let id = athlete.to_string();
        for entry in std::fs::read_dir(self.root.join("uploads"))?.flatten() {
            if entry.file_name().to_string_lossy().contains(&id) {
                std::fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// Forgets an original that no activity refers to any more.
    pub fn remove_original(&self, athlete: Uuid, sha256_hex: &str) {
        let _ = std::fs::remove_file(self.root.join("originals").join(athlete.to_string()).join(clean(sha256_hex)));
    }
}

/// Keys are ours (ids and hashes); anything else in one never becomes a path.
fn clean(key: &str) -> String {
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

    /// Keeps the upload and gives its key. Durable before it returns: a line in the database will refer to it.
    pub async fn keep(mut self) -> std::io::Result<String> {
        self.file.flush().await?;
        self.file.sync_all().await?;
        let target = self.path.with_extension("");
        self.path.persist(target).map_err(|e| e.error)?;
        Ok(self.key)
    }
}
