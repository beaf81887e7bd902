//! The name and the time zone of an account.

use domain::accounts::Profile;
use platform::{Error, Tx};

use crate::queries::accounts;

/// Changes the account's name and time zone. Returns whether the time zone changed.
pub async fn change_profile(tx: &mut Tx, name: &str, time_zone: &str) -> Result<bool, Error> {
    let Profile { name, time_zone } = Profile::parse(name, time_zone, platform::clock::is_time_zone)?;
    let account = tx.viewer()?;
    let (_, before) = accounts::lock_profile(tx, account).await?;
    accounts::set_profile(tx, account, &name, &time_zone).await?;
    Ok(before != time_zone)
}
