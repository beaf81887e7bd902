//! Originals: the uploaded recordings, unchanged, stored by content. Imports write them, only the collection of unused ones removes them, and both
//! hold the athlete's lock while they do: an original that an import finds here is not removed under it.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{FileBody, Files, sanitize_key};
use crate::database::Tx;
use crate::error::Error;

impl Files {
    /// Stores an original under its content's hash. Durable before it returns: the upload it came in is removed next. The caller's transaction
    /// holds the shared lock ([`Tx::claim_originals`]) until its commit. Blocking.
    pub fn put_original(&self, athlete: Uuid, sha256_hex: &str, bytes: &[u8]) -> io::Result<()> {
        let folder = self.originals_of(athlete);
        if !folder.is_dir() {
            fs::create_dir_all(&folder)?;
            sync_folder(&self.root.join("originals"))?;
        }
        // Written even if it exists: the file may be incomplete after a crash.
        let mut part = tempfile::NamedTempFile::new_in(&folder)?;
        part.write_all(bytes)?;
        part.as_file().sync_all()?;
        part.persist(folder.join(sanitize_key(sha256_hex))).map_err(|e| e.error)?;
        sync_folder(&folder)?;
        self.note_used(&athlete.to_string(), &sanitize_key(sha256_hex))
    }

    /// Reads an original; `None` when it is not there.
    pub fn original(&self, athlete: Uuid, sha256_hex: &str) -> io::Result<Option<Vec<u8>>> {
        self.open_original(athlete, sha256_hex)?.map(FileBody::read).transpose()
    }

    /// All athletes with a folder of originals or of exports, whether or not the account still exists.
    pub fn athletes(&self) -> io::Result<Vec<Uuid>> {
        let mut all = Vec::new();
        for folder in ["originals", "exports"] {
            match fs::read_dir(self.root.join(folder)) {
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                entries => all.extend(entries?.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<Uuid>().ok())),
            }
        }
        all.sort_unstable();
        all.dedup();
        Ok(all)
    }

    /// Names of an athlete's files: hashes, and incomplete files of a killed process. Blocking.
    pub fn originals(&self, athlete: Uuid) -> io::Result<Vec<String>> {
        match fs::read_dir(self.originals_of(athlete)) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
            entries => entries?.filter_map(|entry| entry.map(|e| e.file_name().into_string().ok()).transpose()).collect(),
        }
    }

    /// Removes the athlete's originals that nothing refers to now and that nothing referred to at least `grace` ago either, and with
    /// the last of them the folder. Returns how many were removed. The transaction that found which are unused still holds the exclusive lock
    /// ([`Tx::hold_originals`]). Blocking.
    pub fn collect_originals(&self, athlete: Uuid, unused: &[String], now: DateTime<Utc>, grace: TimeDelta) -> io::Result<usize> {
        let folder = self.originals_of(athlete);
        let removed = self.collect(&athlete.to_string(), unused, now, grace, |name| match fs::remove_file(folder.join(name)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        })?;
        // Fails while the folder is not empty.
        let _ = fs::remove_dir(&folder);
        Ok(removed)
    }

    pub(super) fn originals_of(&self, athlete: Uuid) -> PathBuf {
        self.root.join("originals").join(athlete.to_string())
    }
}

impl Tx {
    /// Takes a shared lock on the viewer's originals, to the end of the transaction: none that it writes or relies on is collected.
    pub async fn claim_originals(&mut self) -> Result<(), Error> {
        let key = key(self.viewer()?);
        sqlx::query("select pg_advisory_xact_lock_shared(hashtextextended($1, 0))").bind(key).execute(self.connection()).await?;
        Ok(())
    }

    /// Takes an exclusive lock on the viewer's originals, to the end of the transaction: waits for those that add some, and they for it.
    pub async fn hold_originals(&mut self) -> Result<(), Error> {
        self.lock(&key(self.viewer()?)).await
    }
}

fn key(athlete: Uuid) -> String {
    format!("originals/{athlete}")
}

/// Makes the names in a folder durable: after a power cut a file exists only if its folder was synced.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_of_an_original_is_made_whole_again() {
        let folder = tempfile::tempdir().expect("folder");
        let (files, kim) = (Files::open(folder.path()).expect("opened"), Uuid::from_u128(7));
        let path = files.originals_of(kim).join("00ff");
        files.put_original(kim, "00ff", b"a whole recording").expect("stored");
        fs::write(&path, b"a who").expect("damaged");
        files.put_original(kim, "00ff", b"a whole recording").expect("stored again");
        assert_eq!(files.original(kim, "00ff").expect("read").as_deref(), Some(&b"a whole recording"[..]));
        assert_eq!(files.original(kim, "0000").expect("looked for"), None);
        assert_eq!(fs::read_dir(files.originals_of(kim)).expect("folder").count(), 1, "no incomplete file is left");
    }

    #[test]
    fn the_last_one_takes_its_folder_along_and_one_that_is_written_again_is_not_unused_since_before() {
        let folder = tempfile::tempdir().expect("folder");
        let (files, kim) = (Files::open(folder.path()).expect("opened"), Uuid::from_u128(7));
        let begun = DateTime::from_timestamp(1_700_000_000, 0).expect("a moment");
        let collect = |hours: i64, unused: &[&str]| {
            let unused: Vec<String> = unused.iter().map(|name| (*name).to_owned()).collect();
            files.collect_originals(kim, &unused, begun + TimeDelta::hours(hours), TimeDelta::hours(24)).expect("collected")
        };
        let names = || {
            let mut names = files.originals(kim).expect("listed");
            names.sort();
            names
        };
        for name in ["01", "02"] {
            files.put_original(kim, name, b"a recording").expect("stored");
        }
        assert_eq!((collect(0, &["01", "02"]), files.athletes().expect("listed")), (0, vec![kim]));
        files.put_original(kim, "02", b"a recording").expect("stored again, and unused again");
        assert_eq!((collect(24, &["01", "02"]), names()), (1, vec!["02".to_owned()]));
        assert_eq!((collect(48, &["02"]), names()), (1, Vec::new()));
        assert!(files.athletes().expect("listed").is_empty());
    }
}
