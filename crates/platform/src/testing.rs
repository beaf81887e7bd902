//! The application of a test: a real database, a clock that stands still, repeatable ids, a temporary folder; and what features tell the tests
//! of isolation. Nothing of it is in the released server.

mod app;
mod log;
mod samples;

use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::PermissionsExt;

pub use self::app::{TestApp, install_queue, run_jobs, until_blocked};
pub use self::log::LogLines;
pub use self::samples::*;

/// A temporary folder that `PostgreSQL`'s own user may traverse, too.
pub fn open_folder() -> std::io::Result<tempfile::TempDir> {
    let folder = tempfile::tempdir()?;
    set_permissions(folder.path(), Permissions::from_mode(0o755))?;
    Ok(folder)
}
