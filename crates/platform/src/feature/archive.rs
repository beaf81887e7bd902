//! What a feature says of its rows to those who move or remove whole accounts, and who know no table: which rows of an archive it refuses, what
//! keeps an archive out, and which files its rows refer to.

use domain::ProblemKind;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{FutureExt, TryStreamExt};

use super::Ask;
use crate::database::Tx;
use crate::error::Error;

/// What a feature has to do with the import of an archive, beyond its tables.
#[derive(Debug, Clone, Copy)]
pub struct Archive {
    /// What the account has before the import.
    pub contents: Ask<Contents>,
    /// Refuses ([`invalid`]) what no page could show, or drops what can be computed again, once all rows are stored. An archive may hold anything
    /// that the tables' own constraints allow. Gets what the account had before.
    pub check: for<'a> fn(&'a mut Tx, Contents) -> BoxFuture<'a, Result<(), Error>>,
}

/// What an account has of a feature before an archive is imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contents {
    /// Nothing that an archive has, too.
    Nothing,
    /// Settings: they stay, and the archive's are left out.
    Settings,
    /// Training: no archive can be imported.
    Training,
}

/// The files that a feature's rows refer to.
#[derive(Debug, Clone, Copy)]
pub struct StoredFiles {
    /// Recordings that belong into an archive.
    pub originals: Ask<Vec<Original>>,
    /// Keys of uploads that are still needed, and go when the account goes.
    pub uploads: Ask<Vec<String>>,
}

/// A recording that rows were computed from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Original {
    /// The hash of its content.
    pub sha256: Vec<u8>,
    /// Whether it was made here and there never was a file.
    pub made_here: bool,
}

impl Archive {
    /// There is nothing to check.
    pub const UNCHECKED: Self = Self { contents: |_| async { Ok(Contents::Nothing) }.boxed(), check: |_, _| async { Ok(()) }.boxed() };
}

impl StoredFiles {
    /// There are none.
    pub const NONE: Self = Self { originals: |_| async { Ok(Vec::new()) }.boxed(), uploads: |_| async { Ok(Vec::new()) }.boxed() };
}

/// Passes each stored row to a check, until one is refused; the error of a row that cannot be decoded is `undecodable`.
///
/// # Errors
/// The refusal, or that the database is unavailable.
pub async fn check_each<T>(
    mut rows: BoxStream<'_, Result<T, sqlx::Error>>,
    check: impl Fn(&T) -> Result<(), Error> + Send,
    undecodable: impl FnOnce(&dyn std::fmt::Display) -> Error + Send,
) -> Result<(), Error> {
    loop {
        match rows.try_next().await {
            Ok(Some(row)) => check(&row)?,
            Ok(None) => return Ok(()),
            Err(sqlx::Error::ColumnDecode { source, .. }) => return Err(undecodable(&source)),
            Err(error) => return Err(error.into()),
        }
    }
}

/// The refusal of an archive, with what is wrong with which of its files.
pub fn invalid(what: &dyn std::fmt::Display) -> Error {
    // The reason may quote the archive, which can be of any length.
    let what = tables::shown(&what.to_string(), 200);
    Error::problem(ProblemKind::Invalid, format!("That is not an archive from Legwork, or it is damaged: {what}."))
}
