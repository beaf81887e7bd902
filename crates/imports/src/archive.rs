//! What an archive's imports must be like, and which uploads go when an account goes.

use domain::imports::Reason;
use futures::FutureExt;
use platform::feature::archive::{Archive, StoredFiles, invalid};
use platform::{Error, Tx};

use crate::queries::archive as queries;

/// Things to say about a file: several times what we say.
const MOST_REASONS: usize = 100;

pub(crate) const ARCHIVE: Archive = Archive { check: |tx, _| check(tx).boxed(), ..Archive::UNCHECKED };

pub(crate) const FILES: StoredFiles = StoredFiles { uploads: |tx| queries::uploads(tx).boxed(), ..StoredFiles::NONE };

/// Checks what is said about the files of imports.
async fn check(tx: &mut Tx) -> Result<(), Error> {
    let wrong = |what: &dyn std::fmt::Display| invalid(&format!("data/import_files.jsonl: {what}"));
    let check = |reasons: &[Reason]| if reasons.len() <= MOST_REASONS { Ok(()) } else { Err(wrong(&"there is too much to say about a file in it")) };
    queries::check_reasons(tx, check, wrong).await
}
