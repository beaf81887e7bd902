//! Login sessions by device: listing and revoking them, and the browsers that an account knows.

use chrono::{DateTime, TimeDelta, Utc};
use domain::accounts::{LoginSession, Viewer};
use platform::secrets::token_hash;
use platform::{Email, Error, Platform, Tx};
use uuid::Uuid;

use crate::extract::DeviceInfo;
use crate::notices;

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
    let rows = sqlx::query!(
        r#"select id, user_agent, location, created_at, coalesce(last_seen_at, created_at) as "last_seen_at!", token_hash from sessions
           where account_id = $1 and expires_at > $2 and coalesce(last_seen_at, created_at) > $3
           order by coalesce(last_seen_at, created_at) desc, id"#,
        athlete,
        now,
        now - TimeDelta::days(IDLE_DAYS)
    )
    .fetch_all(tx.connection())
    .await?;
    let own = token.map(token_hash);
    let device = |id, agent: &str, place, created_at, last_seen_at, hash: &[u8]| LoginSession {
        id,
        name: describe_user_agent(agent),
        place,
        created_at,
        last_seen_at,
        current: own.as_deref() == Some(hash),
    };
    Ok(rows.into_iter().map(|r| device(r.id, &r.user_agent, r.location, r.created_at, r.last_seen_at, &r.token_hash)).collect())
}

/// Revokes one session of the viewer.
pub async fn revoke_session(tx: &mut Tx, id: Uuid) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    let ended = sqlx::query!("delete from sessions where id = $1 and account_id = $2", id, athlete).execute(tx.connection()).await?;
    if ended.rows_affected() == 0 {
        return Err(Error::not_found("device"));
    }
    Ok(())
}

/// Revokes every session of the viewer but the current one, whose token is `token`.
pub async fn revoke_other_sessions(tx: &mut Tx, token: &str) -> Result<u64, Error> {
    let athlete = tx.viewer()?;
    let ended = sqlx::query!("delete from sessions where account_id = $1 and token_hash <> $2", athlete, token_hash(token));
    Ok(ended.execute(tx.connection()).await?.rows_affected())
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
    sqlx::query!("update sessions set user_agent = $2, location = $3 where token_hash = $1", token_hash(token), agent, device_info.location)
        .execute(tx.connection())
        .await?;
    let known = sqlx::query!(
        "update known_devices set last_seen_at = $3, wrong_tries = 0 where account_id = $1 and token_hash = $2",
        viewer.id,
        token_hash(device),
        now
    )
    .execute(tx.connection())
    .await?;
    let new = known.rows_affected() == 0;
    if new {
        sqlx::query!("delete from known_devices where account_id = $1 and last_seen_at < $2", viewer.id, now - TimeDelta::days(KNOWN_DAYS))
            .execute(tx.connection())
            .await?;
        sqlx::query!(
            "insert into known_devices (account_id, token_hash, first_seen_at, last_seen_at) values ($1, $2, $3, $3)",
            viewer.id,
            token_hash(device),
            now
        )
        .execute(tx.connection())
        .await?;
    }
    let account = sqlx::query!(
        r#"select created_at, exists (select from known_devices d where d.account_id = a.id and d.token_hash <> $2) as "others!"
           from accounts a where a.id = $1"#,
        viewer.id,
        token_hash(device)
    )
    .fetch_one(tx.connection())
    .await?;
    let just_registered = !account.others && now - account.created_at < TimeDelta::minutes(1);
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
    sqlx::query!("update sessions set last_seen_at = $2 where token_hash = $1", token_hash(token), now).execute(tx.connection()).await?;
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
