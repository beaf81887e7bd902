//! A provider of the settings, and how requests reach it.

use domain::ProblemKind;
use openidconnect::reqwest;
use platform::config::Provider;
use platform::{Error, Platform};

/// The provider of the settings with this id.
pub(super) fn find_provider<'a>(platform: &'a Platform, id: &str) -> Result<&'a Provider, Error> {
    platform.config.security.oidc_providers.iter().find(|p| p.id == id).ok_or_else(|| Error::not_found("provider"))
}

/// The HTTP client for requests to a provider.
pub(super) fn http(provider: &Provider) -> Result<reqwest::Client, Error> {
    // No redirects: a provider's answer must not lead us into the internal network.
    reqwest::ClientBuilder::new()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(std::time::Duration::from_secs(10))
        .build()
        .map_err(|e| provider_error(provider, &e))
}

/// The problem that the user is shown when a provider does not do what it should; the log has the cause.
pub(super) fn provider_error(provider: &Provider, error: &dyn std::fmt::Debug) -> Error {
    tracing::warn!(provider = provider.id, ?error, "an external sign-in failed");
    Error::problem(ProblemKind::Invalid, format!("Signing in with {} did not work. Try again, or sign in another way.", provider.name))
}
