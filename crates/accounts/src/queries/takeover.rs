//! What is undone in an account whose address a stranger had registered, when the owner of the address takes it. It belongs to other features, and
//! is undone here because it must be gone with the same commit that lets the owner in: an event would come later.

use platform::{Error, Tx};
use uuid::Uuid;

/// Shares nothing any more, and leaves every organisation.
pub(crate) async fn undo_what_a_stranger_chose(tx: &mut Tx, account: Uuid) -> Result<(), Error> {
    sqlx::query!("delete from visibility_settings where athlete_id = $1", account).execute(tx.connection()).await?;
    // A coach of a club that the stranger joined would see what the owner shares with their own coaches.
    sqlx::query!("select leave_organisations()").execute(tx.connection()).await?;
    Ok(())
}
