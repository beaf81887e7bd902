//! What is undone in an account whose address a stranger had registered, when the owner of the address takes it. It belongs to other features, and
//! is undone here because it must be gone with the same commit that lets the owner in: an event would come later. Each of them has a function in
//! the database for it.

use platform::{Error, Tx};

/// Makes the viewer share nothing any more, and leave every organisation.
pub(crate) async fn undo_what_a_stranger_chose(tx: &mut Tx) -> Result<(), Error> {
    sqlx::query!("select share_nothing()").execute(tx.connection()).await?;
    // A coach of a club that the stranger joined would see what the owner shares with their own coaches.
    sqlx::query!("select leave_organisations()").execute(tx.connection()).await?;
    Ok(())
}
