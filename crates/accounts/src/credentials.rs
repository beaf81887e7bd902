//! Accounts by their address: for those who sign in, and for the operator.

use domain::accounts::{Viewer, normalize_email};
use platform::{Error, Platform};
use uuid::Uuid;

use crate::queries::{accounts, mfa};

/// The account of an address and its password's hash. The query answers for one exact address.
pub(crate) async fn credentials(platform: &Platform, email: &str) -> Result<(Option<Uuid>, Option<String>), Error> {
    let mut tx = platform.database.begin_anonymous().await?;
    Ok(accounts::credentials(&mut tx, email).await?.unzip())
}

/// An account by its address, for the operator's command line.
pub async fn viewer_by_email(platform: &Platform, email: &str) -> Result<Option<Viewer>, Error> {
    let (Some(id), _) = credentials(platform, &normalize_email(email)).await? else { return Ok(None) };
    let mut tx = platform.database.begin_as(id).await?;
    let second_factor = mfa::is_enabled(&mut tx, id).await?;
    Ok(Some(accounts::viewer(&mut tx, id, second_factor).await?))
}
