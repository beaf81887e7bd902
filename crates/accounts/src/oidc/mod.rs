//! Sign-in with an external account: any `OpenID` Connect provider of the settings, by authorization code with PKCE.
//!
//! A provider's claim to an address never opens an existing account: whoever runs the provider could take it over. Such an
//! account is linked by its owner, once signed in.

mod apple;
mod client;
mod metadata;
mod provider;

use chrono::TimeDelta;
use domain::ProblemKind;
use domain::accounts::Viewer;
use domain::audit::AuditAction;
use domain::units::Units;
use openidconnect::core::CoreAuthenticationFlow;
use openidconnect::{CsrfToken, Nonce, PkceCodeChallenge, PkceCodeVerifier, Scope};
use platform::config::Provider;
use platform::secrets;
use platform::{Error, Platform, Tx};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use self::client::{IdTokenClaims, claims, client};
use self::metadata::metadata;
use self::provider::{find_provider, http};
use crate::audit::audit;
use crate::authorisation::{require_confirmed, require_recent_auth};
use crate::credentials::credentials;
use crate::login_methods::login_methods;
use crate::mfa::{LoginOutcome, login_as};
use crate::queries::identities;
use crate::registration::{confirm_address, create};

/// How long a sign-in at the provider may take.
const LOGIN_TTL: TimeDelta = TimeDelta::minutes(10);
/// The context that the cookie is sealed with.
const CONTEXT: &str = "oidc sign-in";

/// The state of a sign-in until the callback, sealed in a cookie.
#[derive(Serialize, Deserialize)]
struct AuthState {
    provider: String,
    state: String,
    nonce: String,
    verifier: String,
    /// The account to link, if the user was signed in.
    link: Option<Uuid>,
    until: i64,
}

/// What an external sign-in led to.
pub(crate) enum Outcome {
    /// A sign-in to an account.
    Entry(LoginOutcome),
    /// The first one, to an account that was made for it.
    Registration(LoginOutcome),
    /// The identity is now linked to the account that was signed in.
    Linked,
}

/// The provider's page to redirect the browser to, and the cookie for its callback.
pub(crate) async fn begin(platform: &Platform, provider: &str, link: Option<&Viewer>) -> Result<(String, String), Error> {
    if let Some(viewer) = link {
        require_confirmed(viewer)?;
        require_recent_auth(viewer, platform.clock.now())?;
    }
    let provider = find_provider(platform, provider)?;
    let client = client(platform, provider, metadata(platform, provider, &http(provider)?).await?)?;
    let auth = AuthState {
        provider: provider.id.clone(),
        state: secrets::token(&platform.ids),
        nonce: secrets::token(&platform.ids),
        verifier: secrets::token(&platform.ids),
        link: link.map(|v| v.id),
        until: (platform.clock.now() + LOGIN_TTL).timestamp(),
    };
    let challenge = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(auth.verifier.clone()));
    let (state, nonce) = (auth.state.clone(), auth.nonce.clone());
    let mut request = client
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, move || CsrfToken::new(state), move || Nonce::new(nonce))
        .add_scopes(provider.scopes.iter().cloned().map(Scope::new))
        .set_pkce_challenge(challenge);
    if provider.form_post {
        request = request.add_extra_param("response_mode", "form_post");
    }
    let (url, _, _) = request.url();
    let sealed = platform.keys.seal(&platform.ids, CONTEXT, &serde_json::to_vec(&auth)?)?;
    Ok((url.into(), platform::hex(&sealed)))
}

/// Handles the provider's callback; `viewer` is the user that the browser is signed in as, `usual` the units of an account that it creates.
pub(crate) async fn finish(
    platform: &Platform,
    viewer: Option<&Viewer>,
    provider: &str,
    (cookie, usual): (&str, Units),
    state: &str,
    code: &str,
) -> Result<Outcome, Error> {
    let invalid_state = || Error::problem(ProblemKind::NotSignedIn, "That sign-in took too long, or was started in another browser. Try again.");
    let opened = platform::decode_hex(cookie).and_then(|sealed| platform.keys.open_sealed(CONTEXT, &sealed).ok()).ok_or_else(invalid_state)?;
    let auth: AuthState = serde_json::from_slice(&opened)?;
    if auth.provider != provider || auth.state != state || auth.until < platform.clock.now().timestamp() {
        return Err(invalid_state());
    }
    // A user who has signed out in the meantime links nothing.
    if auth.link.is_some() && auth.link != viewer.map(|v| v.id) {
        return Err(invalid_state());
    }
    let provider = find_provider(platform, provider)?;
    let claimed = claims(platform, provider, (&auth.verifier, &auth.nonce), code).await?;
    let mut tx = platform.database.begin_anonymous().await?;
    let account = identities::account(&mut tx, &provider.issuer, &claimed.subject).await?;
    match (account, auth.link) {
        (Some(account), None) => {
            tx.set_viewer(account).await?;
            Ok(Outcome::Entry(login_as(platform, tx).await?))
        }
        (Some(account), Some(viewer)) if account == viewer => Ok(Outcome::Linked),
        (Some(_), Some(_)) => Err(Error::problem(ProblemKind::Conflict, format!("That account at {} opens another one here.", provider.name))),
        (None, Some(viewer)) => {
            tx.set_viewer(viewer).await?;
            link(platform, &mut tx, provider, &claimed).await?;
            tx.commit().await?;
            Ok(Outcome::Linked)
        }
        (None, None) => {
            drop(tx);
            Ok(Outcome::Registration(register_from_identity(platform, provider, &claimed, usual).await?))
        }
    }
}

/// Removes a link, unless it is the only login method.
pub(crate) async fn unlink(platform: &Platform, viewer: &Viewer, issuer: &str) -> Result<(), Error> {
    require_recent_auth(viewer, platform.clock.now())?;
    let mut tx = platform.database.begin_as(viewer.id).await?;
    let factors = login_methods(&mut tx).await?;
    if !factors.password && factors.passkeys.is_empty() && factors.identities.len() < 2 {
        return Err(Error::problem(ProblemKind::Conflict, "That is the only way into your account. Set a password first."));
    }
    if !identities::delete(&mut tx, viewer.id, issuer).await? {
        return Err(Error::not_found("link"));
    }
    audit(&mut tx, viewer.id, AuditAction::IdentityUnlinked, serde_json::json!({})).await?;
    tx.commit().await
}

async fn link(platform: &Platform, tx: &mut Tx, provider: &Provider, claimed: &IdTokenClaims) -> Result<(), Error> {
    let account = tx.viewer()?;
    identities::insert(tx, account, (&provider.issuer, &claimed.subject), &claimed.email, platform.clock.now()).await?;
    audit(tx, account, AuditAction::IdentityLinked, serde_json::json!({})).await
}

/// Creates an account that is linked to the provider: all of it or nothing.
async fn register_from_identity(platform: &Platform, provider: &Provider, claimed: &IdTokenClaims, usual: Units) -> Result<LoginOutcome, Error> {
    let refused = |kind, words: String| Err(Error::problem(kind, words));
    if claimed.email.is_empty() {
        return refused(
            ProblemKind::Invalid,
            format!("{} did not share your address. Allow it there, or create an account with a password.", provider.name),
        );
    }
    if !claimed.email_verified {
        // It could be a stranger's, who would then get an account that someone else can open.
        let words = format!("{} has not verified your address. Confirm it there, or create an account with a password.", provider.name);
        return refused(ProblemKind::Invalid, words);
    }
    if credentials(platform, &claimed.email).await?.0.is_some() {
        let words = "There is an account with your address. Sign in to it, and link the two under Settings, Security.";
        return refused(ProblemKind::Conflict, words.into());
    }
    let name = if claimed.name.is_empty() { claimed.email.split('@').next().unwrap_or_default() } else { &claimed.name };
    let mut tx = create(platform, name, &claimed.email, "", ("UTC", usual), false).await?;
    confirm_address(platform, &mut tx).await?;
    link(platform, &mut tx, provider, claimed).await?;
    login_as(platform, tx).await
}
