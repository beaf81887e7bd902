//! What the import of an archive and the deletion of an account read of imports.

use domain::imports::Reason;
use platform::feature::archive::check_each;
use platform::{Error, Tx};
use sqlx::types::Json;

/// The files that were uploaded and are not imported yet.
pub(crate) async fn uploads(tx: &mut Tx) -> Result<Vec<String>, Error> {
    let athlete = tx.viewer()?;
    let uploads =
        sqlx::query_scalar!(r#"select upload_key as "upload_key!" from import_files where athlete_id = $1 and upload_key is not null"#, athlete);
    Ok(uploads.fetch_all(tx.connection()).await?)
}

/// Passes what is said about each file of an import to a check, until it is refused; what cannot be decoded goes to `undecodable`.
pub(crate) async fn check_reasons(
    tx: &mut Tx,
    check: impl Fn(&[Reason]) -> Result<(), Error> + Send,
    undecodable: impl FnOnce(&dyn std::fmt::Display) -> Error + Send,
) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    let rows = sqlx::query_scalar!(r#"select reasons as "reasons: Json<Vec<Reason>>" from import_files where athlete_id = $1"#, athlete);
    check_each(rows.fetch(tx.connection()), move |reasons| check(reasons), undecodable).await
}
