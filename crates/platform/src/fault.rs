//! Faults of the machine: the request was not at fault, and the same request works once the machine does.

use std::io::{Error as IoError, ErrorKind};

use nix::errno::Errno;
use sqlx::Error as SqlError;

/// What is wrong with the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// There is no room left, on the disk of the files or on that of the database.
    Full,
    /// The disk cannot be read or written, or the process may open no more files.
    Disk,
    /// The database is down, starting, stopping, or aborted the transaction in favour of another.
    Unavailable,
}

impl Fault {
    /// The machine's fault behind an error of the file system.
    #[must_use]
    pub fn of_io(error: &IoError) -> Option<Self> {
        let kind = match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Some(Self::Full),
            ErrorKind::ReadOnlyFilesystem | ErrorKind::StaleNetworkFileHandle | ErrorKind::OutOfMemory => Some(Self::Disk),
            _ => match error.raw_os_error().map(Errno::from_raw) {
                Some(Errno::ENOSPC | Errno::EDQUOT) => Some(Self::Full),
                Some(Errno::EIO | Errno::EMFILE | Errno::ENFILE) => Some(Self::Disk),
                _ => None,
            },
        };
        // Libraries wrap the system's error.
        kind.or_else(|| {
            let mut inner = error.get_ref().map(|e| e as &(dyn std::error::Error + 'static));
            while let Some(error) = inner {
                if let Some(io) = error.downcast_ref::<IoError>() {
                    return Self::of_io(io);
                }
                inner = error.source();
            }
            None
        })
    }

    /// The machine's fault behind an error of the database.
    pub(crate) fn of_sql(error: &SqlError) -> Option<Self> {
        match error {
            SqlError::Io(error) => Some(Self::of_io(error).unwrap_or(Self::Unavailable)),
            SqlError::PoolTimedOut | SqlError::PoolClosed | SqlError::WorkerCrashed | SqlError::BeginFailed => Some(Self::Unavailable),
            SqlError::Database(error) => match error.code().as_deref() {
                // disk_full; a program limit (54xxx) is not a full disk.
                Some("53100") => Some(Self::Full),
                Some("58030") => Some(Self::Disk),
                // Out of memory or connections, connection exceptions, shutting down or not up yet; then failed serialisation and deadlocks.
                Some(code) if ["08", "53"].contains(&&code[..code.len().min(2)]) || code.starts_with("57P") => Some(Self::Unavailable),
                Some("40001" | "40P01") => Some(Self::Unavailable),
                _ => None,
            },
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;

    #[test]
    fn a_full_disk_is_told_apart_from_a_broken_one_and_both_from_a_missing_file() {
        let io = |errno: Errno| Error::from(IoError::from_raw_os_error(errno as i32)).fault();
        assert_eq!([Errno::ENOSPC, Errno::EDQUOT].map(io), [Some(Fault::Full); 2]);
        assert_eq!([Errno::EIO, Errno::EROFS, Errno::EMFILE].map(io), [Some(Fault::Disk); 3]);
        assert_eq!([Errno::ENOENT, Errno::EACCES].map(io), [None; 2]);
    }

    #[test]
    fn a_fault_is_found_behind_what_libraries_wrap_around_it() {
        #[derive(Debug, thiserror::Error)]
        #[error("while doing something")]
        struct Wrapped(#[source] IoError);
        for (errno, fault) in [(Errno::EIO, Some(Fault::Disk)), (Errno::ENOSPC, Some(Fault::Full)), (Errno::ENOENT, None)] {
            let wrapped = IoError::other(Wrapped(IoError::from_raw_os_error(errno as i32)));
            assert_eq!(Fault::of_io(&wrapped), fault, "{errno}");
        }
        let cut_off = SqlError::Io(IoError::from(ErrorKind::UnexpectedEof));
        assert_eq!(Error::from(cut_off).fault(), Some(Fault::Unavailable));
        assert_eq!(Error::from(SqlError::RowNotFound).fault(), None);
    }
}
