//! Activities whose metrics are due: marked as stale, or computed with older formulas, and not yet given up with these.

use physiology::FORMULA_VERSION;
use platform::{Error, Tx};
use uuid::Uuid;

/// Locks activities until the transaction ends, and returns which of them are marked as stale.
pub(crate) async fn lock_stale(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<Uuid>, Error> {
    // In the order of the ids, so that two such edits cannot deadlock.
    let rows =
        sqlx::query!("select id, metrics_stale from activities where id = any($1) order by id for update", ids).fetch_all(tx.connection()).await?;
    Ok(rows.into_iter().filter(|row| row.metrics_stale).map(|row| row.id).collect())
}

/// Records that an activity could not be computed with these formulas.
pub(crate) async fn set_failed(tx: &mut Tx, id: Uuid) -> Result<(), Error> {
    sqlx::query!("update activities set failed_formula_version = $2 where id = $1", id, FORMULA_VERSION).execute(tx.connection()).await?;
    Ok(())
}

/// Marks every activity of the viewer.
pub(crate) async fn mark_all(tx: &mut Tx) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    sqlx::query!("update activities set metrics_stale = true, failed_formula_version = 0 where athlete_id = $1", athlete)
        .execute(tx.connection())
        .await?;
    Ok(())
}

/// How many activities of the viewer are due.
pub(crate) async fn count_due(tx: &mut Tx) -> Result<i64, Error> {
    let athlete = tx.viewer()?;
    let due = sqlx::query_scalar!(
        r#"select count(*) as "n!" from activities where athlete_id = $1 and (metrics_stale or formula_version < $2) and failed_formula_version < $2"#,
        athlete,
        FORMULA_VERSION
    );
    Ok(due.fetch_one(tx.connection()).await?)
}

/// The latest activity of the viewer that is due.
pub(crate) async fn next_due(tx: &mut Tx) -> Result<Option<Uuid>, Error> {
    let athlete = tx.viewer()?;
    let next = sqlx::query_scalar!(
        "select id from activities where athlete_id = $1 and (metrics_stale or formula_version < $2) and failed_formula_version < $2 order by started_at desc limit 1",
        athlete,
        FORMULA_VERSION
    );
    Ok(next.fetch_optional(tx.connection()).await?)
}

/// Locks an activity until the transaction ends if it is due. `false` if it is not.
pub(crate) async fn lock_if_due(tx: &mut Tx, id: Uuid) -> Result<bool, Error> {
    let due = sqlx::query_scalar!(
        "select id from activities where id = $1 and (metrics_stale or formula_version < $2) and failed_formula_version < $2 for update",
        id,
        FORMULA_VERSION
    );
    Ok(due.fetch_optional(tx.connection()).await?.is_some())
}

/// The athletes with activities from older formulas; for an anonymous transaction.
pub(crate) async fn athletes_with_older_formulas(tx: &mut Tx) -> Result<Vec<Uuid>, Error> {
    let athletes = sqlx::query_scalar!(r#"select athletes_with_older_formulas as "id!" from athletes_with_older_formulas($1)"#, FORMULA_VERSION);
    Ok(athletes.fetch_all(tx.connection()).await?)
}
