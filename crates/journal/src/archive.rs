//! What the import of an archive asks of the journal.

use futures::FutureExt;
use platform::feature::archive::{Archive, Contents};
use platform::{Error, Tx};

use crate::service::any;

/// A journal with days keeps an archive out.
pub(crate) const ARCHIVE: Archive = Archive { contents: |tx| contents(tx).boxed(), ..Archive::UNCHECKED };

async fn contents(tx: &mut Tx) -> Result<Contents, Error> {
    Ok(if any(tx).await? { Contents::Training } else { Contents::Nothing })
}
