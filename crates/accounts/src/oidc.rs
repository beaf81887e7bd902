//! Sign-in with an external account: any `OpenID` Connect provider of the settings, by authorization code with PKCE.
//!
//! A provider's claim to an address never opens an existing account: whoever runs the provider could take it over. Such an
//! account is linked by its owner, once signed in.

use chrono::TimeDelta;
use domain::ProblemKind;
use domain::accounts::{Viewer, normalize_email};
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreProviderMetadata};
use openidconnect::{
    AuthType, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet, Nonce,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, TokenResponse, reqwest,
};
use platform::config::Provider;
use platform::secrets;
use platform::{Error, Platform, Tx};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::LoginOutcome;
use crate::apple::client_secret;
use crate::metadata::{metadata, renewed};
use crate::queries::identities;
use crate::service::{audit, confirm_address, create, credentials, login_as};
use crate::{require_confirmed, require_recent_auth};

/// How long a sign-in at the provider may take.
const LOGIN_TTL: TimeDelta = TimeDelta::minutes(10);
/// The context that the cookie is sealed with.
const CONTEXT: &str = "oidc sign-in";

type Client = CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

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

/// What the provider says about the user.
struct IdTokenClaims {
    subject: String,
    email: String,
    email_verified: bool,
    name: String,
}

/// What an external sign-in led to.
pub(crate) enum Outcome {
    /// A sign-in to an account.
    Entry(LoginOutcome),
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

/// Handles the provider's callback; `viewer` is the user that the browser is signed in as.
pub(crate) async fn finish(
    platform: &Platform,
    viewer: Option<&Viewer>,
    provider: &str,
    cookie: &str,
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
    let claimed = claims(platform, provider, &auth, code).await?;
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
            Ok(Outcome::Entry(register_from_identity(platform, provider, &claimed).await?))
        }
    }
}

/// Removes a link, unless it is the only login method.
pub(crate) async fn unlink(platform: &Platform, viewer: &Viewer, issuer: &str) -> Result<(), Error> {
    require_recent_auth(viewer, platform.clock.now())?;
    let mut tx = platform.database.begin_as(viewer.id).await?;
    let factors = crate::login_methods(&mut tx).await?;
    if !factors.password && factors.passkeys.is_empty() && factors.identities.len() < 2 {
        return Err(Error::problem(ProblemKind::Conflict, "That is the only way into your account. Set a password first."));
    }
    if !identities::delete(&mut tx, viewer.id, issuer).await? {
        return Err(Error::not_found("link"));
    }
    audit(&mut tx, viewer.id, "identity", serde_json::json!({ "after": false })).await?;
    tx.commit().await
}

async fn link(platform: &Platform, tx: &mut Tx, provider: &Provider, claimed: &IdTokenClaims) -> Result<(), Error> {
    let account = tx.viewer()?;
    identities::insert(tx, account, (&provider.issuer, &claimed.subject), &claimed.email, platform.clock.now()).await?;
    audit(tx, account, "identity", serde_json::json!({ "after": true })).await
}

/// Creates an account that is linked to the provider: all of it or nothing.
async fn register_from_identity(platform: &Platform, provider: &Provider, claimed: &IdTokenClaims) -> Result<LoginOutcome, Error> {
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
    let mut tx = create(platform, name, &claimed.email, "", "UTC", false).await?;
    confirm_address(platform, &mut tx).await?;
    link(platform, &mut tx, provider, claimed).await?;
    login_as(platform, tx).await
}

/// Exchanges the code for an ID token, and checks its signature, issuer, audience, age and nonce.
async fn claims(platform: &Platform, provider: &Provider, auth: &AuthState, code: &str) -> Result<IdTokenClaims, Error> {
    let http = http(provider)?;
    let known = client(platform, provider, metadata(platform, provider, &http).await?)?;
    let answer = known
        .exchange_code(AuthorizationCode::new(code.to_owned()))
        .map_err(|e| provider_error(provider, &e))?
        .set_pkce_verifier(PkceCodeVerifier::new(auth.verifier.clone()))
        .request_async(&http)
        .await
        .map_err(|e| provider_error(provider, &e))?;
    let token = answer.id_token().ok_or_else(|| provider_error(provider, &"the response has no ID token"))?;
    let (now, nonce) = (platform.clock.now(), Nonce::new(auth.nonce.clone()));
    // Its keys may have changed since they were fetched.
    let newer;
    let claims = match token.claims(&known.id_token_verifier().set_time_fn(move || now), &nonce) {
        Ok(claims) => claims,
        Err(ClaimsVerificationError::SignatureVerification(_)) => {
            newer = client(platform, provider, renewed(platform, provider, &http).await?)?;
            token.claims(&newer.id_token_verifier().set_time_fn(move || now), &nonce).map_err(|e| provider_error(provider, &e))?
        }
        Err(error) => return Err(provider_error(provider, &error)),
    };
    let name = claims.name().and_then(|n| n.get(None)).map(|n| n.trim().chars().take(80).collect()).unwrap_or_default();
    Ok(IdTokenClaims {
        subject: claims.subject().to_string(),
        email: claims.email().map(|e| normalize_email(e)).unwrap_or_default(),
        email_verified: claims.email_verified().unwrap_or(false),
        name,
    })
}

/// The HTTP client for requests to a provider.
pub(crate) fn http(provider: &Provider) -> Result<reqwest::Client, Error> {
    // No redirects: a provider's answer must not lead us into the internal network.
    reqwest::ClientBuilder::new()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(std::time::Duration::from_secs(10))
        .build()
        .map_err(|e| provider_error(provider, &e))
}

/// Our `OpenID` client at a provider.
fn client(platform: &Platform, provider: &Provider, metadata: CoreProviderMetadata) -> Result<Client, Error> {
    let callback_url = platform.config.server.link(&format!("/auth/{}/callback", provider.id));
    let auth_type = auth_type(metadata.token_endpoint_auth_methods_supported().map(Vec::as_slice));
    let secret = match &provider.apple {
        Some(key) => client_secret(key, &provider.client_id, platform.clock.now())?,
        None => provider.client_secret.clone(),
    };
    Ok(CoreClient::from_provider_metadata(metadata, ClientId::new(provider.client_id.clone()), Some(ClientSecret::new(secret)))
        .set_auth_type(auth_type)
        .set_redirect_uri(RedirectUrl::new(callback_url).map_err(|e| provider_error(provider, &e))?))
}

/// How the provider takes our secret: in the header, unless its metadata ask for it in the body, as Apple's do.
fn auth_type(known: Option<&[CoreClientAuthMethod]>) -> AuthType {
    let known = known.unwrap_or_default();
    let body_only = known.contains(&CoreClientAuthMethod::ClientSecretPost) && !known.contains(&CoreClientAuthMethod::ClientSecretBasic);
    if body_only { AuthType::RequestBody } else { AuthType::BasicAuth }
}

fn find_provider<'a>(platform: &'a Platform, id: &str) -> Result<&'a Provider, Error> {
    platform.config.security.oidc_providers.iter().find(|p| p.id == id).ok_or_else(|| Error::not_found("provider"))
}

pub(crate) fn provider_error(provider: &Provider, error: &dyn std::fmt::Debug) -> Error {
    tracing::warn!(provider = provider.id, ?error, "an external sign-in failed");
    Error::problem(ProblemKind::Invalid, format!("Signing in with {} did not work. Try again, or sign in another way.", provider.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_goes_where_the_provider_takes_it() {
        use CoreClientAuthMethod::{ClientSecretBasic, ClientSecretPost};
        for (known, body) in [
            (None, false),
            (Some(&[ClientSecretBasic, ClientSecretPost][..]), false),
            (Some(&[ClientSecretPost][..]), true),
            (Some(&[ClientSecretBasic][..]), false),
        ] {
            assert_eq!(matches!(auth_type(known), AuthType::RequestBody), body, "{known:?}");
        }
    }
}
