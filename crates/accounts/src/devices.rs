//! The browsers that an account knows, and the email about one that it does not.

use chrono::TimeDelta;
use domain::accounts::Viewer;
use platform::{Email, Error, Platform};

use crate::notices;
use crate::queries::{devices as queries, sessions};
use crate::user_agent::describe_user_agent;

/// Days without a sign-in after which a browser counts as new; no cookie lasts longer.
const KNOWN_DAYS: i64 = 400;

/// Longest user agent that is stored, in characters.
const MAX_USER_AGENT_BYTES: usize = 400;

/// What is known of the browser that signs in.
#[derive(Debug, Default)]
pub(crate) struct DeviceInfo {
    /// The `User-Agent` header.
    pub(crate) agent: String,
    /// Town and country, as far as they are known.
    pub(crate) location: Option<String>,
    /// The device token that it has carried since an earlier sign-in.
    pub(crate) device: Option<String>,
}

/// Whether the owner is told of a browser that the account does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NewDevice {
    /// By email.
    Notified,
    /// The owner knows: they just did it there.
    Expected,
}

/// Records the browser that signed in, for the list of devices. Returns the email that was sent because the account was never opened in it
/// before; a new account needs none.
pub(crate) async fn record_login(
    platform: &Platform,
    viewer: &Viewer,
    token: &str,
    device: &str,
    device_info: &DeviceInfo,
    told: NewDevice,
) -> Result<Option<Email>, Error> {
    let agent: String = device_info.agent.chars().filter(|c| !c.is_control()).take(MAX_USER_AGENT_BYTES).collect();
    let now = platform.clock.now();
    let mut tx = platform.database.begin_as(viewer.id).await?;
    sessions::describe(&mut tx, token, &agent, device_info.location.as_deref()).await?;
    let new = !queries::touch(&mut tx, viewer.id, device, now).await?;
    if new {
        queries::delete_unused(&mut tx, viewer.id, now - TimeDelta::days(KNOWN_DAYS)).await?;
        queries::insert(&mut tx, viewer.id, device, now).await?;
    }
    let (created_at, knows_others) = queries::account_age(&mut tx, viewer.id, device).await?;
    let just_registered = !knows_others && now - created_at < TimeDelta::minutes(1);
    let notify = new && told == NewDevice::Notified && !viewer.synthetic && !just_registered;
    let reset = platform.config.server.link("/forgot-password");
    let email =
        notify.then(|| notices::new_device_email(viewer, &describe_user_agent(&device_info.agent), device_info.location.as_deref(), &reset, now));
    if let Some(email) = &email {
        platform.send_email(&mut tx, email).await?;
    }
    tx.commit().await?;
    Ok(email)
}
