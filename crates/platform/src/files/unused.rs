//! Files that nothing refers to any more are kept for a grace period: a backup of the database may refer to them, or a restored database. Since when
//! they are unused is noted here and not in the database, which may be replaced by an older one.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::Files;
use super::originals::sync_folder;

impl Files {
    /// Removes what nothing refers to at this moment, if a call at least `grace` ago found the same and no call in between found otherwise.
    /// `unused` has every unused name of the group; any other name is in use. Returns how many were removed. Blocking.
    pub fn collect(
        &self,
        group: &str,
        unused: &[String],
        now: DateTime<Utc>,
        grace: TimeDelta,
        mut remove: impl FnMut(&str) -> io::Result<()>,
    ) -> io::Result<usize> {
        let folder = self.notes(group);
        let noted: HashMap<String, Option<DateTime<Utc>>> = match fs::read_dir(&folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => HashMap::new(),
            entries => entries?.flatten().filter_map(|entry| Some((entry.file_name().into_string().ok()?, since(&entry.path(), now)))).collect(),
        };
        // Remove what is due before writing anything, so that it works on a full disk, too.
        let (due, stays): (Vec<&String>, Vec<&String>) =
            unused.iter().partition(|name| noted.get(*name).copied().flatten().is_some_and(|since| since <= now - grace));
        for name in &due {
            remove(name)?;
        }
        let stay: HashSet<&String> = stays.iter().copied().collect();
        for name in noted.keys().filter(|name| !stay.contains(name)) {
            self.note_used(group, name)?;
        }
        for name in stays.into_iter().filter(|name| noted.get(*name).is_none_or(Option::is_none)) {
            fs::create_dir_all(&folder)?;
            fs::write(folder.join(name), now.to_rfc3339())?;
        }
        // Refused while anything is in it.
        let _ = fs::remove_dir(&folder);
        Ok(due.len())
    }

    /// Something is in use again, or gone: if it becomes unused later, its grace period starts again. Durable before it returns.
    pub(super) fn note_used(&self, group: &str, name: &str) -> io::Result<()> {
        let folder = self.notes(group);
        match fs::remove_file(folder.join(name)) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
            Ok(()) => sync_folder(&folder),
        }
    }

    pub(super) fn notes(&self, group: &str) -> PathBuf {
        self.root.join("unused").join(group)
    }

    /// The database that these files belong to, if that is known.
    pub fn database(&self) -> io::Result<Option<Uuid>> {
        let path = self.root.join("database");
        match fs::read_to_string(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
            Ok(text) => {
                let wrong = |e| io::Error::new(ErrorKind::InvalidData, format!("{} names no database: {e}", path.display()));
                text.trim().parse().map(Some).map_err(wrong)
            }
        }
    }

    /// Records the database that these files belong to. To change it, the operator removes the file.
    pub fn note_database(&self, id: Uuid) -> io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(&self.root)?;
        writeln!(file, "{id}")?;
        file.as_file().sync_all()?;
        file.persist_noclobber(self.root.join("database")).map_err(|e| e.error)?;
        sync_folder(&self.root)
    }
}

/// Since when something is noted as unused. A note that cannot be read does not count, nor one from a clock that was ahead.
fn since(note: &Path, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let since = DateTime::parse_from_rfc3339(&fs::read_to_string(note).ok()?).ok()?.to_utc();
    (since <= now).then_some(since)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unused_goes_when_it_was_so_all_the_while_and_not_before() {
        let folder = tempfile::tempdir().expect("folder");
        let files = Files::open(folder.path()).expect("opened");
        let begun = DateTime::from_timestamp(1_700_000_000, 0).expect("a moment");
        let names = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let at = |hours: i64, unused: &[&str]| {
            let mut gone = Vec::new();
            let remove = |name: &str| {
                gone.push(name.to_owned());
                Ok(())
            };
            let now = begun + TimeDelta::hours(hours);
            files.collect("kim", &names(unused), now, TimeDelta::hours(24), remove).expect("collected");
            gone.sort();
            gone
        };
        assert!(at(0, &["a", "b", "c"]).is_empty(), "unknown since when");
        assert!(at(23, &["a", "b"]).is_empty(), "too young, and one of them is in use again");
        fs::write(files.notes("kim").join("b"), "2023-11-1").expect("half-written");
        assert_eq!(at(24, &["a", "b", "c"]), ["a"], "one that was in use in between starts again, and so does one with an unreadable note");
        assert!(at(47, &["b", "c"]).is_empty());
        files.note_used("kim", "c").expect("used, and unused again before the next call");
        assert_eq!(at(48, &["b", "c"]), ["b"]);
        assert_eq!(at(72, &["c"]), ["c"]);
        assert!(!files.notes("kim").exists(), "what is gone leaves no note");
        // A clock that was ahead must neither hurry the removal nor prevent it for ever.
        assert!(at(900, &["d"]).is_empty() && at(100, &["d"]).is_empty() && at(123, &["d"]).is_empty());
        assert_eq!(at(124, &["d"]), ["d"]);
    }

    #[test]
    fn files_belong_to_the_database_that_was_noted_first() {
        let folder = tempfile::tempdir().expect("folder");
        let files = Files::open(folder.path()).expect("opened");
        assert_eq!(files.database().expect("read"), None);
        files.note_database(Uuid::from_u128(7)).expect("noted");
        assert!(files.note_database(Uuid::from_u128(8)).is_err());
        assert_eq!(files.database().expect("read"), Some(Uuid::from_u128(7)));
        fs::write(folder.path().join("database"), "whatever").expect("written");
        assert!(files.database().expect_err("no id").to_string().contains("names no database"));
    }
}
