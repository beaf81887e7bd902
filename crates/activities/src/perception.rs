//! How an activity felt to its athlete.

use platform::{Error, Tx};
use uuid::Uuid;

use crate::queries::perception as queries;

/// Sets what the fields say of how an activity felt, and leaves what they do not name.
///
/// # Errors
/// Names the fields that cannot be read; there may be no such activity.
pub async fn perceive<'a>(tx: &mut Tx, id: Uuid, fields: impl Fn(&str) -> Option<&'a str>) -> Result<(), Error> {
    let before = queries::lock(tx, id).await?.ok_or_else(|| Error::not_found("activity"))?;
    let mut now = before.clone();
    now.answer(fields)?;
    if now == before { Ok(()) } else { queries::set(tx, id, &now).await }
}
