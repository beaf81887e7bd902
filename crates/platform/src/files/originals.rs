//! Originals: the recordings as they came, by content. Imports write them, collecting unused ones is all that removes them, and both hold the
//! athlete's lock while they do: an import that finds a recording here keeps it.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Files, clean};
use crate::database::Session;
use crate::error::Error;

impl Files {
    /// Keeps an original under its content's hash. Durable before it returns: what it came in is forgotten next. The session of whoever calls
    /// this holds the originals ([`Session::claim_originals`]) until its commit. Blocking.
    pub fn keep_original(&self, athlete: Uuid, sha256_hex: &str, bytes: &[u8]) -> io::Result<()> {
        let folder = self.originals_of(athlete);
        if !folder.is_dir() {
            fs::create_dir_all(&folder)?;
            sync_folder(&self.root.join("originals"))?;
        }
        // Written even where it is already: what is there may be old enough to be collected, or what a crash left of it.
        let mut part = tempfile::NamedTempFile::new_in(&folder)?;
        part.write_all(bytes)?;
        part.as_file().sync_all()?;
        part.persist(folder.join(clean(sha256_hex))).map_err(|e| e.error)?;
        sync_folder(&folder)
    }

    /// Reads an original; `None` when it is not there.
    pub fn original(&self, athlete: Uuid, sha256_hex: &str) -> io::Result<Option<Vec<u8>>> {
        match fs::read(self.originals_of(athlete).join(clean(sha256_hex))) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Everybody who has a folder of originals, whether there still is such an account or not.
    pub fn athletes_with_originals(&self) -> io::Result<Vec<Uuid>> {
        let folders = fs::read_dir(self.root.join("originals"))?;
        Ok(folders.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect())
    }

    /// Names of an athlete's files that were written before a moment: hashes, and what a killed process left half-written.
    pub fn originals_before(&self, athlete: Uuid, moment: DateTime<Utc>) -> io::Result<Vec<String>> {
        let entries = match fs::read_dir(self.originals_of(athlete)) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            other => other?,
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry?;
            match entry.metadata().and_then(|m| m.modified()) {
                Ok(written) if DateTime::<Utc>::from(written) < moment => names.extend(entry.file_name().into_string()),
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(names)
    }

    /// Removes what nothing refers to, and the folder with the last of it. The session of whoever found that out still holds the originals
    /// alone ([`Session::hold_originals`]). Blocking.
    pub fn remove_originals<'a>(&self, athlete: Uuid, names: impl IntoIterator<Item = &'a str>) -> io::Result<()> {
        let folder = self.originals_of(athlete);
        for name in names {
            match fs::remove_file(folder.join(Path::new(name).file_name().unwrap_or_default())) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        // Refused while anything is in it.
        let _ = fs::remove_dir(&folder);
        Ok(())
    }

    pub(super) fn originals_of(&self, athlete: Uuid) -> PathBuf {
        self.root.join("originals").join(athlete.to_string())
    }
}

impl Session {
    /// From here to its end this session adds originals of its viewer, beside others that do: none that it writes or relies on is collected.
    pub async fn claim_originals(&mut self) -> Result<(), Error> {
        let key = key(self.viewer()?);
        sqlx::query("select pg_advisory_xact_lock_shared(hashtextextended($1, 0))").bind(key).execute(self.connection()).await?;
        Ok(())
    }

    /// From here to its end this session alone has to do with the originals of its viewer: waits for whoever adds some, and they for it.
    pub async fn hold_originals(&mut self) -> Result<(), Error> {
        let key = key(self.viewer()?);
        sqlx::query("select pg_advisory_xact_lock(hashtextextended($1, 0))").bind(key).execute(self.connection()).await?;
        Ok(())
    }
}

fn key(athlete: Uuid) -> String {
    format!("originals/{athlete}")
}

/// Makes names in a folder durable: a file is not there after a power cut before its folder says so.
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
        files.keep_original(kim, "00ff", b"a whole recording").expect("kept");
        fs::write(&path, b"a who").expect("damaged");
        files.keep_original(kim, "00ff", b"a whole recording").expect("kept again");
        assert_eq!(files.original(kim, "00ff").expect("read").as_deref(), Some(&b"a whole recording"[..]));
        assert_eq!(files.original(kim, "0000").expect("looked for"), None);
        assert_eq!(fs::read_dir(files.originals_of(kim)).expect("folder").count(), 1, "nothing half-written is left");
    }

    #[test]
    fn only_what_is_old_is_named_and_the_last_one_takes_its_folder_along() {
        let folder = tempfile::tempdir().expect("folder");
        let (files, kim) = (Files::open(folder.path()).expect("opened"), Uuid::from_u128(7));
        files.keep_original(kim, "01", b"old").expect("kept");
        files.keep_original(kim, "02", b"new").expect("kept");
        let moment = DateTime::from_timestamp(1_700_000_000, 0).expect("a moment");
        let at = |name: &str, seconds: i64| {
            let file = File::options().append(true).open(files.originals_of(kim).join(name)).expect("opened");
            file.set_modified((moment + chrono::TimeDelta::seconds(seconds)).into()).expect("dated");
        };
        at("01", -1);
        at("02", 0);
        assert_eq!(files.originals_before(kim, moment).expect("listed"), ["01"]);
        assert_eq!(files.athletes_with_originals().expect("listed"), [kim]);
        files.remove_originals(kim, ["01"]).expect("removed");
        assert_eq!(files.athletes_with_originals().expect("listed"), [kim]);
        files.remove_originals(kim, ["02", "../../uploads"]).expect("removed");
        assert!(files.athletes_with_originals().expect("listed").is_empty() && folder.path().join("uploads").is_dir());
    }
}
