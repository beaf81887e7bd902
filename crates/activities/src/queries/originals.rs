//! The files that activities came from.

use platform::{Error, Tx};
use uuid::Uuid;

/// Where an activity came from.
pub(crate) struct SourceFile {
    /// The file's name.
    pub(crate) source_name: String,
    /// SHA-256 of the recording, unpacked.
    pub(crate) source_sha256: Vec<u8>,
    /// `file`, `manual` or `split`.
    pub(crate) origin: String,
}

/// The file that an activity came from.
pub(crate) async fn source_file(tx: &mut Tx, id: Uuid) -> Result<Option<SourceFile>, Error> {
    let row = sqlx::query_as!(SourceFile, "select source_name, source_sha256, origin from activities where id = $1", id);
    Ok(row.fetch_optional(tx.connection()).await?)
}

/// The hashes of all originals that the viewer's activities come from, in the trash or not.
pub(crate) async fn used(tx: &mut Tx) -> Result<Vec<String>, Error> {
    let athlete = tx.viewer()?;
    // In the trash the hash may stand at any depth, depending on the version that wrote the row.
    let used = sqlx::query_scalar!(
        r#"select encode(source_sha256, 'hex') as "hash!" from activities where athlete_id = $1
           union
           select ltrim(h #>> '{}', '\x') from trashed_activities, jsonb_path_query(rows, '$.**.source_sha256') h where athlete_id = $1"#,
        athlete
    );
    Ok(used.fetch_all(tx.connection()).await?)
}
