//! How an activity felt.

use domain::activities::Perception;
use platform::{Error, Tx};
use uuid::Uuid;

/// How an activity felt, with the activity locked until the transaction ends; `None` if there is none.
pub(crate) async fn lock(tx: &mut Tx, id: Uuid) -> Result<Option<Perception>, Error> {
    let row = sqlx::query!("select effort, legs, mood, felt from activities where id = $1 for update", id).fetch_optional(tx.connection()).await?;
    let answer = |number: Option<i16>| number.and_then(|number| u8::try_from(number).ok());
    Ok(row.map(|row| Perception { effort: answer(row.effort), legs: answer(row.legs), mood: answer(row.mood), felt: row.felt }))
}

/// Sets how an activity felt.
pub(crate) async fn set(tx: &mut Tx, id: Uuid, felt: &Perception) -> Result<(), Error> {
    sqlx::query!(
        "update activities set effort = $2, legs = $3, mood = $4, felt = $5 where id = $1",
        id,
        felt.effort.map(i16::from),
        felt.legs.map(i16::from),
        felt.mood.map(i16::from),
        felt.felt
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}
