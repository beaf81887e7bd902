//! What the security page shows.

use axum::http::HeaderMap;
use domain::accounts::{Security, Viewer};
use platform::{Error, Platform};

use crate::api_tokens::personal_tokens;
use crate::audit::own_audit_log;
use crate::cookie::Cookie;
use crate::extract::session_token;
use crate::login_methods::login_methods;
use crate::mfa;
use crate::sessions::sessions;

/// Everything on the page, for the viewer whose request has these headers.
pub async fn security(platform: &Platform, viewer: &Viewer, headers: &HeaderMap) -> Result<Security, Error> {
    let now = platform.clock.now();
    let mut tx = platform.database.begin_as(viewer.id).await?;
    let devices = sessions(&mut tx, session_token(headers, platform).as_deref(), now).await?;
    let factors = login_methods(&mut tx).await?;
    let tokens = personal_tokens(&mut tx, now).await?;
    let log = own_audit_log(&mut tx).await?;
    drop(tx);
    let linked = |issuer: &String| factors.identities.contains(issuer);
    let providers = platform.config.security.oidc_providers.iter().map(|p| (p.id.clone(), p.name.clone(), linked(&p.issuer))).collect();
    Ok(Security {
        new_authenticator: mfa::new_totp(platform, viewer).await?,
        devices,
        factors,
        tokens,
        proven: viewer.recently_authenticated(now),
        verified: viewer.verified,
        email: viewer.email.clone(),
        providers,
        log,
    })
}

/// The secret that is shown once, from its sealed cookie.
#[must_use]
pub fn take_flash_secret(platform: &Platform, viewer: &Viewer, headers: &HeaderMap) -> Option<String> {
    let sealed = platform::decode_hex(&Cookie::Flash.value(headers, &platform.config.server)?)?;
    String::from_utf8(platform.keys.open_sealed(&format!("flash {}", viewer.id), &sealed).ok()?).ok()
}
