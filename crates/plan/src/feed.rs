//! The plan for a calendar: an address with a secret in it, of which only a hash is stored. Whoever has it reads the plan and the races, and nothing else.

use chrono::{DateTime, Days, Utc};
use platform::{Error, Platform, Tx, secrets};

use crate::ics;
use crate::queries::{feeds, sessions};

/// Days back and ahead that a calendar gets.
const SPAN_DAYS: (u64, u64) = (60, 366);
/// Sessions that a calendar gets, at most.
const MOST: i64 = 1000;

/// Makes a new secret, and returns it. The one before opens nothing from then on.
pub(crate) async fn create(platform: &Platform, tx: &mut Tx, now: DateTime<Utc>) -> Result<String, Error> {
    let (athlete, secret) = (tx.viewer()?, secrets::token(&platform.ids));
    feeds::put(tx, athlete, &secret, now).await?;
    Ok(secret)
}

/// Ends the secret.
pub(crate) async fn revoke(tx: &mut Tx) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    feeds::delete(tx, athlete).await
}

/// When the viewer's secret was made, if there is one.
pub async fn has_feed(tx: &mut Tx) -> Result<Option<DateTime<Utc>>, Error> {
    let athlete = tx.viewer()?;
    feeds::since(tx, athlete).await
}

/// The address with a secret, without the server.
pub(crate) fn path(secret: &str) -> String {
    format!("/calendar/feed/{secret}.ics")
}

/// The calendar that the last part of an address opens.
pub(crate) async fn calendar(platform: &Platform, file: &str) -> Result<String, Error> {
    let unknown = || Error::not_found("calendar");
    let secret = file.strip_suffix(".ics").filter(|secret| secret.len() == 64).ok_or_else(unknown)?;
    let mut tx = platform.database.begin_anonymous().await?;
    let athlete = feeds::athlete_of(&mut tx, secret).await?.ok_or_else(unknown)?;
    drop(tx);
    let mut tx = platform.database.begin_read_only_as(athlete).await?;
    let (units, zone) = (accounts::units(&mut tx).await?, accounts::time_zone(&mut tx).await?);
    let today = platform.clock.today(&zone);
    let (from, to) = (today - Days::new(SPAN_DAYS.0), today + Days::new(SPAN_DAYS.1));
    let sessions = sessions::changed_between(&mut tx, athlete, from, to, MOST).await?;
    let races = onboarding::races_between(&mut tx, from, to).await?;
    drop(tx);
    platform::compute(move || ics::write(&sessions, &races, units)).await
}
