//! File permissions of the data folder, which is for the server's user alone: emails, keys, recordings.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use nix::sys::stat::{Mode, umask};
use nix::unistd::geteuid;

/// From here on this process creates folders and files that only its user may open.
pub fn set_umask() {
    umask(Mode::from_bits_truncate(0o077));
}

/// The result of restricting a folder.
#[derive(Debug, Default)]
pub struct Closed {
    /// How many entries were open to others and are not any more.
    pub mended: usize,
    /// What is still open, because its mode is not ours to change: a mounted volume that belongs to root, a file system without modes.
    pub open: Vec<PathBuf>,
}

/// Removes all permissions of other users on a folder and everything below. Links are left alone, and so is what belongs to another user, such as the
/// private `PostgreSQL`'s folder, which restricts itself; if there is one, its user may traverse the folder. Root also restricts what belongs to
/// the folder's owner. What vanishes in the meantime is skipped.
pub fn restrict_permissions(folder: &Path) -> io::Result<Closed> {
    let (us, owner) = (geteuid(), fs::symlink_metadata(folder)?.uid());
    let ours = |uid: u32| uid == us.as_raw() || (us.is_root() && uid == owner);
    let passed = fs::read_dir(folder)?.flatten().any(|e| e.file_name() == "postgres" && e.metadata().is_ok_and(|m| !ours(m.uid())));
    let mut closed = Closed::default();
    narrow(folder, if passed { 0o066 } else { 0o077 }, &mut closed)?;
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        let Some(entries) = there(fs::read_dir(next))? else { continue };
        for entry in entries {
            let Some(entry) = there(entry)? else { continue };
            let path = entry.path();
            let Some(found) = there(fs::symlink_metadata(&path))? else { continue };
            if found.is_symlink() || !ours(found.uid()) {
                continue;
            }
            narrow(&path, 0o077, &mut closed)?;
            if found.is_dir() {
                folders.push(path);
            }
        }
    }
    Ok(closed)
}

fn narrow(path: &Path, forbidden: u32, closed: &mut Closed) -> io::Result<()> {
    let Some(found) = there(fs::metadata(path))? else { return Ok(()) };
    let mode = found.permissions().mode();
    if mode & forbidden == 0 {
        return Ok(());
    }
    match there(fs::set_permissions(path, fs::Permissions::from_mode(mode & !forbidden))) {
        Ok(done) => closed.mended += usize::from(done.is_some()),
        Err(error) if [ErrorKind::PermissionDenied, ErrorKind::ReadOnlyFilesystem, ErrorKind::Unsupported].contains(&error.kind()) => {
            closed.open.push(path.to_owned());
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

/// `None` for what is not there any more.
fn there<T>(found: io::Result<T>) -> io::Result<Option<T>> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_open_is_closed_and_links_lead_nowhere() {
        let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let data = folder.path().join("data");
        let email = data.join("mail/kim/message.eml");
        fs::create_dir_all(email.parent().unwrap()).unwrap();
        fs::write(&email, "a code").unwrap();
        std::os::unix::fs::symlink(outside.path(), data.join("disk")).unwrap();
        let open = |path: &Path, mode: u32| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        for path in [&data, &data.join("mail"), &data.join("mail/kim"), &outside.path().to_owned()] {
            open(path, 0o755);
        }
        open(&email, 0o644);
        assert_eq!(restrict_permissions(&data).unwrap().mended, 4);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!([mode(&data), mode(&data.join("mail")), mode(&data.join("mail/kim")), mode(&email)], [0o700, 0o700, 0o700, 0o600]);
        assert_eq!(mode(outside.path()), 0o755);
        assert_eq!(restrict_permissions(&data).unwrap().mended, 0);
    }
}
