//! Login sessions by device: listing and revoking them, and the browsers that an account knows.

use chrono::{DateTime, TimeDelta, Utc};
use domain::accounts::{LoginSession, Viewer};
use platform::secrets::token_hash;
use platform::{Email, Error, Platform, Tx};
use uuid::Uuid;

use crate::extract::DeviceInfo;
use crate::notices;
use crate::queries::devices as known_devices;
use crate::queries::sessions::{self as queries, SessionRow};

/// Days without use after which a session ends.
pub const IDLE_DAYS: i64 = 30;
/// How often a session's last use is recorded; more often would be a write for every page.
const TOUCH_INTERVAL: TimeDelta = TimeDelta::minutes(10);
/// Days without a sign-in after which a browser counts as new; no cookie lasts longer.
const KNOWN_DAYS: i64 = 400;
/// Longest user agent that is stored, in characters.
const MAX_USER_AGENT_BYTES: usize = 400;

/// All open sessions of the viewer, the most recently used first; `token` is the current session's.
pub async fn sessions(tx: &mut Tx, token: Option<&str>, now: DateTime<Utc>) -> Result<Vec<LoginSession>, Error> {
    let athlete = tx.viewer()?;
    let own = token.map(token_hash);
    let device = |row: SessionRow| LoginSession {
        id: row.id,
        name: describe_user_agent(&row.user_agent),
        place: row.location,
        created_at: row.created_at,
        last_seen_at: row.last_seen_at,
        current: own.as_ref() == Some(&row.token_hash),
    };
    Ok(queries::list(tx, athlete, now, now - TimeDelta::days(IDLE_DAYS)).await?.into_iter().map(device).collect())
}

/// Revokes one session of the viewer.
pub async fn revoke_session(tx: &mut Tx, id: Uuid) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    if queries::delete_by_id(tx, athlete, id).await? { Ok(()) } else { Err(Error::not_found("device")) }
}

/// Revokes every session of the viewer but the current one, whose token is `token`.
pub async fn revoke_other_sessions(tx: &mut Tx, token: &str) -> Result<u64, Error> {
    let athlete = tx.viewer()?;
    queries::delete_others(tx, athlete, token).await
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
    queries::describe(&mut tx, token, &agent, device_info.location.as_deref()).await?;
    let new = !known_devices::touch(&mut tx, viewer.id, device, now).await?;
    if new {
        known_devices::delete_unused(&mut tx, viewer.id, now - TimeDelta::days(KNOWN_DAYS)).await?;
        known_devices::insert(&mut tx, viewer.id, device, now).await?;
    }
    let (created_at, knows_others) = known_devices::account_age(&mut tx, viewer.id, device).await?;
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

/// Records that a session is in use, at most once in [`TOUCH_INTERVAL`].
pub(crate) async fn touch_session(platform: &Platform, viewer: Uuid, token: &str, last: DateTime<Utc>) -> Result<(), Error> {
    let now = platform.clock.now();
    if now - last < TOUCH_INTERVAL {
        return Ok(());
    }
    let mut tx = platform.database.begin_as(viewer).await?;
    queries::touch(&mut tx, token, now).await?;
    tx.commit().await
}

/// "Firefox on Linux", as far as the user agent says. Order matters: most browsers also claim to be others.
fn describe_user_agent(agent: &str) -> String {
    const BROWSERS: [(&str, &str); 6] = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox", "Firefox"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 6] =
        [("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "a Mac"), ("Linux", "Linux")];
    let of = |known: &[(&'static str, &'static str)]| known.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    match (of(&BROWSERS), of(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => "Unknown device".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::describe_user_agent;

    #[test]
    fn browsers_are_named_in_spite_of_what_they_claim() {
        let chrome = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36";
        let edge = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36 Edg/131.0";
        let safari = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1 (KHTML, like Gecko) Version/18.1 Safari/604.1";
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0";
        assert_eq!(
            [chrome, edge, safari, firefox, "curl/8.5", ""].map(describe_user_agent),
            ["Chrome on Android", "Edge on Windows", "Safari on iPhone", "Firefox on Linux", "Unknown device", "Unknown device"]
        );
    }
}
