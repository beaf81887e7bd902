//! In a separate process: it changes the user that the process runs as.

use std::fs::{Permissions, create_dir, metadata, set_permissions, write};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;

use nix::unistd::{Uid, geteuid, seteuid};
use platform::private::restrict_permissions;

/// An ordinary user, such as a container's.
const US: u32 = 1000;

#[test]
fn a_folder_whose_mode_is_not_ours_to_change_is_reported_and_what_is_ours_in_it_is_closed() {
    if !geteuid().is_root() {
        println!("skipped: only root can give a folder to another user");
        return;
    }
    let folder = tempfile::tempdir().expect("folder");
    let mode = |path: &Path| metadata(path).expect("there").permissions().mode() & 0o7777;
    // A volume as Kubernetes mounts it with fsGroup: root's, its group may write, and our files in it.
    let data = folder.path().join("data");
    let (mail, email, theirs) = (data.join("mail"), data.join("mail/message.eml"), data.join("lost+found"));
    for path in [&data, &mail, &theirs] {
        create_dir(path).expect("made");
    }
    write(&email, "a code").expect("written");
    for (path, mode) in [(folder.path(), 0o755), (&data, 0o2775), (&mail, 0o755), (&email, 0o644), (&theirs, 0o755)] {
        set_permissions(path, Permissions::from_mode(mode)).expect("opened");
    }
    chown(&data, None, Some(US)).expect("given");
    for path in [&mail, &email] {
        chown(path, Some(US), Some(US)).expect("given");
    }
    seteuid(Uid::from_raw(US)).expect("ordinary");
    let closed = restrict_permissions(&data);
    seteuid(Uid::from_raw(0)).expect("root again");
    let closed = closed.expect("no reason to refuse");
    assert_eq!((closed.mended, closed.open), (2, vec![data.clone()]));
    assert_eq!((mode(&data), mode(&mail), mode(&email), mode(&theirs)), (0o2775, 0o700, 0o600, 0o755));
    // Root restricts what belongs to the folder's owner.
    chown(&data, Some(US), Some(US)).expect("given");
    set_permissions(&email, Permissions::from_mode(0o644)).expect("opened");
    let closed = restrict_permissions(&data).expect("closed");
    assert_eq!((closed.mended, closed.open), (3, Vec::new()));
    assert_eq!((mode(&data) & 0o077, mode(&email)), (0, 0o600));
}
