//! What stands in the data folder is for the server's user alone: letters, keys, recordings.

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use nix::sys::stat::{Mode, umask};

/// From here on this process makes folders and files that only its user may open.
pub fn from_now_on() {
    umask(Mode::from_bits_truncate(0o077));
}

/// Takes from everybody else what they may do in a folder and below, and says how many entries were open. Links are left alone, and so is what
/// belongs to another user, such as the private `PostgreSQL`'s folder, which closes itself; where there is one, its user may pass the folder.
pub fn close(folder: &Path) -> io::Result<usize> {
    let ours = fs::symlink_metadata(folder)?.uid();
    let passed = fs::read_dir(folder)?.flatten().any(|e| e.file_name() == "postgres" && e.metadata().is_ok_and(|m| m.uid() != ours));
    let mut mended = narrow(folder, if passed { 0o066 } else { 0o077 })?;
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next)? {
            let path = entry?.path();
            // Something that is removed at this moment needs no mending.
            let Ok(found) = fs::symlink_metadata(&path) else { continue };
            if found.is_symlink() || found.uid() != ours {
                continue;
            }
            mended += narrow(&path, 0o077)?;
            if found.is_dir() {
                folders.push(path);
            }
        }
    }
    Ok(mended)
}

fn narrow(path: &Path, forbidden: u32) -> io::Result<usize> {
    let mode = match fs::metadata(path) {
        Ok(found) => found.permissions().mode(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error),
    };
    if mode & forbidden == 0 {
        return Ok(0);
    }
    fs::set_permissions(path, fs::Permissions::from_mode(mode & !forbidden))?;
    Ok(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_open_is_closed_and_links_lead_nowhere() {
        let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let data = folder.path().join("data");
        let letter = data.join("mail/kim/letter.eml");
        fs::create_dir_all(letter.parent().unwrap()).unwrap();
        fs::write(&letter, "a code").unwrap();
        std::os::unix::fs::symlink(elsewhere.path(), data.join("disk")).unwrap();
        let open = |path: &Path, mode: u32| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        for path in [&data, &data.join("mail"), &data.join("mail/kim"), &elsewhere.path().to_owned()] {
            open(path, 0o755);
        }
        open(&letter, 0o644);
        assert_eq!(close(&data).unwrap(), 4);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!([mode(&data), mode(&data.join("mail")), mode(&data.join("mail/kim")), mode(&letter)], [0o700, 0o700, 0o700, 0o600]);
        assert_eq!(mode(elsewhere.path()), 0o755);
        assert_eq!(close(&data).unwrap(), 0);
    }
}
