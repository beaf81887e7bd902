//! Our client at a provider, and what the provider says of a user.

use domain::accounts::normalize_email;
use openidconnect::core::{CoreClient, CoreClientAuthMethod, CoreProviderMetadata};
use openidconnect::{
    AuthType, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, EndpointMaybeSet, EndpointNotSet, EndpointSet, Nonce,
    PkceCodeVerifier, RedirectUrl, TokenResponse,
};
use platform::config::Provider;
use platform::{Error, Platform};

use super::apple::client_secret;
use super::metadata::{metadata, renewed};
use super::provider::{http, provider_error};

/// A client that knows where to send the user, and perhaps where to get tokens.
pub(super) type Client = CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// What the provider says about the user.
pub(super) struct IdTokenClaims {
    pub(super) subject: String,
    pub(super) email: String,
    pub(super) email_verified: bool,
    pub(super) name: String,
}

/// Exchanges the code for an ID token, and checks its signature, issuer, audience, age and nonce.
/// The verifier of the code and the nonce are those that the sign-in began with.
pub(super) async fn claims(platform: &Platform, provider: &Provider, (verifier, nonce): (&str, &str), code: &str) -> Result<IdTokenClaims, Error> {
    let http = http(provider)?;
    let known = client(platform, provider, metadata(platform, provider, &http).await?)?;
    let answer = known
        .exchange_code(AuthorizationCode::new(code.to_owned()))
        .map_err(|e| provider_error(provider, &e))?
        .set_pkce_verifier(PkceCodeVerifier::new(verifier.to_owned()))
        .request_async(&http)
        .await
        .map_err(|e| provider_error(provider, &e))?;
    let token = answer.id_token().ok_or_else(|| provider_error(provider, &"the response has no ID token"))?;
    let (now, nonce) = (platform.clock.now(), Nonce::new(nonce.to_owned()));
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

/// Our `OpenID` client at a provider.
pub(super) fn client(platform: &Platform, provider: &Provider, metadata: CoreProviderMetadata) -> Result<Client, Error> {
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
