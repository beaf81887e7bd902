//! Metadata of `OpenID` providers: their endpoints and keys. Cached in this process, because anyone may start a sign-in, and each time that
//! would be two requests to the provider.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::core::CoreProviderMetadata;
use openidconnect::{IssuerUrl, reqwest};
use platform::config::Provider;
use platform::{Error, Platform};
use tokio::sync::{Mutex as Turn, OwnedMutexGuard};
use tracing::Instrument;

use super::provider::provider_error;

/// How long metadata count as fresh. Keys change more rarely; an unknown one is fetched at once.
const FRESH_FOR: TimeDelta = TimeDelta::hours(1);
/// How long metadata are used while the provider does not answer.
const USABLE_FOR: TimeDelta = TimeDelta::days(1);
/// How long no request is made after one, whether the provider did not answer or a key was unknown.
const RETRY_AFTER: TimeDelta = TimeDelta::seconds(30);

/// The entry of one provider.
#[derive(Default)]
struct CacheEntry {
    /// The last metadata, and when they were fetched.
    fetched: Option<(DateTime<Utc>, CoreProviderMetadata)>,
    requested_at: Option<DateTime<Utc>>,
}

impl CacheEntry {
    fn younger_than(&self, age: TimeDelta, now: DateTime<Utc>) -> Option<CoreProviderMetadata> {
        self.fetched.as_ref().filter(|(at, _)| now - *at < age).map(|(_, metadata)| metadata.clone())
    }

    fn paused(&self, now: DateTime<Utc>) -> bool {
        self.requested_at.is_some_and(|at| now - at < RETRY_AFTER)
    }
}

/// By issuer: as many as there are in the settings. A fetch holds the provider's own lock, so that others wait for the same answer.
static CACHE: LazyLock<Mutex<HashMap<String, Arc<Turn<CacheEntry>>>>> = LazyLock::new(Mutex::default);

/// A provider's metadata, at most an hour old, or a day while it does not answer.
pub(crate) async fn metadata(platform: &Platform, provider: &Provider, http: &reqwest::Client) -> Result<CoreProviderMetadata, Error> {
    load(platform, provider, http, FRESH_FOR).await
}

/// The same, fetched again: the cached metadata did not have the key of a token.
pub(crate) async fn renewed(platform: &Platform, provider: &Provider, http: &reqwest::Client) -> Result<CoreProviderMetadata, Error> {
    load(platform, provider, http, TimeDelta::zero()).await
}

async fn load(platform: &Platform, provider: &Provider, http: &reqwest::Client, max_age: TimeDelta) -> Result<CoreProviderMetadata, Error> {
    let entry = Arc::clone(CACHE.lock().unwrap_or_else(PoisonError::into_inner).entry(provider.issuer.clone()).or_default());
    let entry = entry.lock_owned().await;
    let now = platform.clock.now();
    if let Some(metadata) = entry.younger_than(max_age, now) {
        return Ok(metadata);
    }
    let issuer = IssuerUrl::new(provider.issuer.clone()).map_err(|e| provider_error(provider, &e))?;
    // In a task, so that a caller that disconnects does not cancel it: others wait for it, and no request follows for a while.
    let found = tokio::spawn(discover(entry, issuer, provider.id.clone(), http.clone(), now).in_current_span()).await;
    found.map_err(|e| Error::internal("the metadata of a provider", &e))?.ok_or_else(|| provider_error(provider, &"it does not answer"))
}

/// Fetches a provider's metadata, unless it was queried a moment ago, and returns the last ones.
async fn discover(
    mut entry: OwnedMutexGuard<CacheEntry>,
    issuer: IssuerUrl,
    id: String,
    http: reqwest::Client,
    now: DateTime<Utc>,
) -> Option<CoreProviderMetadata> {
    if !entry.paused(now) {
        entry.requested_at = Some(now);
        match CoreProviderMetadata::discover_async(issuer, &http).await {
            Ok(metadata) => entry.fetched = Some((now, metadata)),
            Err(error) => tracing::warn!(provider = id, ?error, "the metadata of a provider cannot be fetched"),
        }
    }
    entry.younger_than(USABLE_FOR, now)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::extract::State;
    use axum::http::StatusCode;
    use axum::response::{IntoResponse, Response};
    use axum::{Json, Router, routing};
    use platform::Clock;
    use platform::testing::TestApp;
    use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

    use super::*;

    /// How often the provider was queried, whether it fails, and a lock that delays its answer while it is held.
    #[derive(Clone, Default)]
    struct Requests(Arc<AtomicUsize>, Arc<Mutex<bool>>, Arc<Turn<()>>);

    #[expect(clippy::disallowed_methods, reason = "a provider that only these tests query")]
    async fn provider() -> (Provider, Requests) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let issuer = format!("http://{}", listener.local_addr().expect("address"));
        let requests = Requests::default();
        let metadata = serde_json::json!({
            "issuer": issuer, "authorization_endpoint": format!("{issuer}/auth"), "jwks_uri": format!("{issuer}/jwks"),
            "response_types_supported": ["code"], "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256"],
        });
        let answer = move |State(requests): State<Requests>| async move {
            requests.0.fetch_add(1, Ordering::SeqCst);
            drop(requests.2.lock().await);
            if *requests.1.lock().expect("lock") { StatusCode::BAD_GATEWAY.into_response() } else { Json(metadata).into_response() }
        };
        let keys = async || -> Response { Json(serde_json::json!({ "keys": [] })).into_response() };
        let router = Router::new()
            .route("/.well-known/openid-configuration", routing::get(answer))
            .route("/jwks", routing::get(keys))
            .with_state(requests.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let provider = serde_json::json!({ "id": "here", "name": "Here", "issuer": issuer, "client_id": "legwork" });
        (serde_json::from_value(provider).expect("a provider"), requests)
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn a_provider_is_queried_once_an_hour_however_many_sign_in(_: PgPoolOptions, connect: PgConnectOptions) {
        let mut platform = TestApp::new(connect);
        let (provider, requests) = provider().await;
        let mut config = (*platform.config).clone();
        config.security.oidc_providers = vec![provider.clone()];
        platform.config = Arc::new(config);
        let begun = platform.clock.now();
        let at = |platform: &Platform, seconds| Platform { clock: Clock::manual(begun + TimeDelta::seconds(seconds)), ..platform.clone() };
        let times = || requests.0.load(Ordering::SeqCst);
        let mut many = tokio::task::JoinSet::new();
        for _ in 0..30 {
            let platform = platform.clone();
            many.spawn(async move { crate::oidc::begin(&platform, "here", None).await.is_ok() });
        }
        while let Some(went) = many.join_next().await {
            assert!(went.expect("ran"));
        }
        assert_eq!(times(), 1, "one request for all of them");
        crate::oidc::begin(&at(&platform, 3599), "here", None).await.expect("cached");
        assert_eq!(times(), 1);
        crate::oidc::begin(&at(&platform, 3600), "here", None).await.expect("fetched again");
        assert_eq!(times(), 2);
        // It stops answering: its metadata are good for a day, and it is queried at most twice a minute.
        *requests.1.lock().expect("lock") = true;
        for seconds in [7200, 7210, 7229] {
            crate::oidc::begin(&at(&platform, seconds), "here", None).await.expect("the cached metadata");
        }
        assert_eq!(times(), 3);
        assert!(crate::oidc::begin(&at(&platform, 3600 + 86_400), "here", None).await.is_err());
        assert_eq!(times(), 4);
        assert!(crate::oidc::begin(&at(&platform, 3600 + 86_429), "here", None).await.is_err());
        assert_eq!(times(), 4, "a failure is cached, too");
        *requests.1.lock().expect("lock") = false;
        crate::oidc::begin(&at(&platform, 3600 + 86_430), "here", None).await.expect("it is back");
        assert_eq!(times(), 5);
        // An unknown key is worth one request, and many of them are not worth more.
        let http = crate::oidc::provider::http(&provider).expect("a client");
        for seconds in [90_100, 90_101, 90_102] {
            renewed(&at(&platform, seconds), &provider, &http).await.expect("fetched or cached");
        }
        assert_eq!(times(), 6);
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn a_caller_that_disconnects_does_not_cancel_the_query_of_a_provider(_: PgPoolOptions, connect: PgConnectOptions) {
        let platform = TestApp::new(connect);
        let (provider, requests) = provider().await;
        let http = crate::oidc::provider::http(&provider).expect("a client");
        let slow = Arc::clone(&requests.2).lock_owned().await;
        let gone = tokio::spawn({
            let (platform, provider, http) = (platform.clone(), provider.clone(), http.clone());
            async move { metadata(&platform, &provider, &http).await.is_ok() }
        });
        while requests.0.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        gone.abort();
        assert!(gone.await.expect_err("gone").is_cancelled());
        drop(slow);
        metadata(&platform, &provider, &http).await.expect("what the cancelled caller fetched");
        assert_eq!(requests.0.load(Ordering::SeqCst), 1);
    }
}
