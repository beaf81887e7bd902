//! The name, the time zone and the units of an account: what other features ask about its owner.

use axum::http::{HeaderMap, header};
use domain::accounts::Profile;
use domain::units::Units;
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

/// The units that the languages of a browser suggest, until somebody chooses others.
#[must_use]
pub fn usual_units(headers: &HeaderMap) -> Units {
    headers.get(header::ACCEPT_LANGUAGE).and_then(|accepted| accepted.to_str().ok()).map(Units::for_languages).unwrap_or_default()
}

/// Changes the units in which the viewer reads and types.
pub async fn change_units(tx: &mut Tx, units: Units) -> Result<(), Error> {
    let account = tx.viewer()?;
    accounts::set_units(tx, account, units).await
}

/// How an account is presented to others.
#[derive(Debug, Clone)]
pub struct Displayed {
    /// Its owner's name.
    pub name: String,
    /// Whether it was made up, as that of the demo.
    pub synthetic: bool,
}

/// How the viewer's account is presented to others.
pub async fn displayed(tx: &mut Tx) -> Result<Displayed, Error> {
    let account = tx.viewer()?;
    let (name, synthetic) = accounts::name_and_synthetic(tx, account).await?;
    Ok(Displayed { name, synthetic })
}

/// The time zone in which the viewer lives, an IANA name.
pub async fn time_zone(tx: &mut Tx) -> Result<String, Error> {
    let account = tx.viewer()?;
    accounts::time_zone(tx, account).await
}

/// In which units the viewer reads and types.
pub async fn units(tx: &mut Tx) -> Result<Units, Error> {
    let account = tx.viewer()?;
    accounts::units(tx, account).await
}

/// Locks the viewer's account against changes until the transaction ends. Others may lock it so at the same time; who changes it, or locks it in
/// order to change what depends on it, waits. Does nothing if the account is deleted.
pub async fn lock_unchanged(tx: &mut Tx) -> Result<(), Error> {
    let account = tx.viewer()?;
    accounts::lock_for_share(tx, account).await
}
