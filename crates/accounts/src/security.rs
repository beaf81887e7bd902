//! What the page of ways into the account shows.

use axum::http::HeaderMap;
use domain::accounts::{Security, Viewer};
use platform::{Error, Platform};

use crate::cookie::Cookie;
use crate::{devices, factors, own_log, personal_tokens, second, token_in};

/// Everything on the page, for the viewer whose request has these headers.
pub async fn security(platform: &Platform, viewer: &Viewer, headers: &HeaderMap) -> Result<Security, Error> {
    let now = platform.clock.now();
    let mut session = platform.database.as_viewer(viewer.id).await?;
    let devices = devices(&mut session, token_in(headers, platform).as_deref(), now).await?;
    let factors = factors(&mut session).await?;
    let tokens = personal_tokens(&mut session, now).await?;
    let log = own_log(&mut session).await?;
    drop(session);
    let linked = |issuer: &String| factors.identities.contains(issuer);
    let providers = platform.config.security.providers.iter().map(|p| (p.id.clone(), p.name.clone(), linked(&p.issuer))).collect();
    Ok(Security {
        new_authenticator: second::new_authenticator(platform, viewer).await?,
        devices,
        factors,
        tokens,
        proven: viewer.proven(now),
        verified: viewer.verified,
        email: viewer.email.clone(),
        providers,
        log,
    })
}

/// A secret that is shown once, out of its sealed cookie.
#[must_use]
pub fn once_shown(platform: &Platform, viewer: &Viewer, headers: &HeaderMap) -> Option<String> {
    let sealed = platform::unhex(&Cookie::Once.value(headers, &platform.config.server)?)?;
    String::from_utf8(platform.keys.unseal(&format!("once {}", viewer.id), &sealed).ok()?).ok()
}
