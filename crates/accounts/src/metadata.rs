//! What providers say of themselves: their pages and their keys. Kept in this process, because anybody may begin to sign in, and each time that
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

use crate::oidc::provider_error;

/// How long what a provider said is good for. Keys change more rarely; one that is not known is asked for at once.
const FRESH_FOR: TimeDelta = TimeDelta::hours(1);
/// How long it is good for when the provider does not answer meanwhile.
const USABLE_FOR: TimeDelta = TimeDelta::days(1);
/// How long nobody asks again after a provider did not answer, or was asked for a key that was not known.
const RETRY_AFTER: TimeDelta = TimeDelta::seconds(30);

/// One provider.
#[derive(Default)]
struct CacheEntry {
    /// What it said last, and when.
    said: Option<(DateTime<Utc>, CoreProviderMetadata)>,
    asked_at: Option<DateTime<Utc>>,
}

impl CacheEntry {
    fn younger_than(&self, age: TimeDelta, now: DateTime<Utc>) -> Option<CoreProviderMetadata> {
        self.said.as_ref().filter(|(at, _)| now - *at < age).map(|(_, said)| said.clone())
    }

    fn paused(&self, now: DateTime<Utc>) -> bool {
        self.asked_at.is_some_and(|at| now - at < RETRY_AFTER)
    }
}

/// By issuer: as many as there are in the settings. Whoever asks holds the provider's own lock, so that others wait for the same answer.
static CACHE: LazyLock<Mutex<HashMap<String, Arc<Turn<CacheEntry>>>>> = LazyLock::new(Mutex::default);

/// What a provider says of itself, not older than an hour, or than a day while it does not answer.
pub(crate) async fn metadata(platform: &Platform, provider: &Provider, http: &reqwest::Client) -> Result<CoreProviderMetadata, Error> {
    ask(platform, provider, http, FRESH_FOR).await
}

/// The same, asked for anew: what it said before did not know the key of a token.
pub(crate) async fn renewed(platform: &Platform, provider: &Provider, http: &reqwest::Client) -> Result<CoreProviderMetadata, Error> {
    ask(platform, provider, http, TimeDelta::zero()).await
}

async fn ask(platform: &Platform, provider: &Provider, http: &reqwest::Client, fresh: TimeDelta) -> Result<CoreProviderMetadata, Error> {
    let known = Arc::clone(CACHE.lock().unwrap_or_else(PoisonError::into_inner).entry(provider.issuer.clone()).or_default());
    let known = known.lock_owned().await;
    let now = platform.clock.now();
    if let Some(said) = known.younger_than(fresh, now) {
        return Ok(said);
    }
    let issuer = IssuerUrl::new(provider.issuer.clone()).map_err(|e| provider_error(provider, &e))?;
    // A task of its own, which nobody ends by going away: others wait for it, and for a while nobody asks again.
    let asked = tokio::spawn(discover(known, issuer, provider.id.clone(), http.clone(), now).in_current_span()).await;
    asked.map_err(|e| Error::Internal(e.to_string()))?.ok_or_else(|| provider_error(provider, &"it does not answer"))
}

/// Asks a provider who it is, unless it was asked a moment ago, and gives what it said last.
async fn discover(
    mut known: OwnedMutexGuard<CacheEntry>,
    issuer: IssuerUrl,
    id: String,
    http: reqwest::Client,
    now: DateTime<Utc>,
) -> Option<CoreProviderMetadata> {
    if !known.paused(now) {
        known.asked_at = Some(now);
        match CoreProviderMetadata::discover_async(issuer, &http).await {
            Ok(said) => known.said = Some((now, said)),
            Err(error) => tracing::warn!(provider = id, ?error, "a provider does not say who it is"),
        }
    }
    known.younger_than(USABLE_FOR, now)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::extract::State;
    use axum::http::StatusCode;
    use axum::response::{IntoResponse, Response};
    use axum::{Json, Router, routing};
    use platform::Clock;
    use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

    use super::*;

    /// How often the provider was asked, and whether it answers. It takes its time while somebody holds the last one.
    #[derive(Clone, Default)]
    struct Asked(Arc<AtomicUsize>, Arc<Mutex<bool>>, Arc<Turn<()>>);

    #[expect(clippy::disallowed_methods, reason = "a provider that only these tests ask")]
    async fn provider() -> (Provider, Asked) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let issuer = format!("http://{}", listener.local_addr().expect("address"));
        let asked = Asked::default();
        let said = serde_json::json!({
            "issuer": issuer, "authorization_endpoint": format!("{issuer}/auth"), "jwks_uri": format!("{issuer}/jwks"),
            "response_types_supported": ["code"], "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256"],
        });
        let answer = move |State(asked): State<Asked>| async move {
            asked.0.fetch_add(1, Ordering::SeqCst);
            drop(asked.2.lock().await);
            if *asked.1.lock().expect("lock") { StatusCode::BAD_GATEWAY.into_response() } else { Json(said).into_response() }
        };
        let keys = async || -> Response { Json(serde_json::json!({ "keys": [] })).into_response() };
        let router = Router::new()
            .route("/.well-known/openid-configuration", routing::get(answer))
            .route("/jwks", routing::get(keys))
            .with_state(asked.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let provider = serde_json::json!({ "id": "here", "name": "Here", "issuer": issuer, "client_id": "legwork" });
        (serde_json::from_value(provider).expect("a provider"), asked)
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn a_provider_is_asked_once_an_hour_however_many_begin_to_sign_in(_: PgPoolOptions, connect: PgConnectOptions) {
        let (mut platform, _folder) = platform::testing::platform(connect).expect("platform");
        let (provider, asked) = provider().await;
        let mut config = (*platform.config).clone();
        config.security.oidc_providers = vec![provider.clone()];
        platform.config = Arc::new(config);
        let begun = platform.clock.now();
        let at = |platform: &Platform, seconds| Platform { clock: Clock::manual(begun + TimeDelta::seconds(seconds)), ..platform.clone() };
        let times = || asked.0.load(Ordering::SeqCst);
        let mut many = tokio::task::JoinSet::new();
        for _ in 0..30 {
            let platform = platform.clone();
            many.spawn(async move { crate::oidc::begin(&platform, "here", None).await.is_ok() });
        }
        while let Some(went) = many.join_next().await {
            assert!(went.expect("ran"));
        }
        assert_eq!(times(), 1, "one request for all of them");
        crate::oidc::begin(&at(&platform, 3599), "here", None).await.expect("kept");
        assert_eq!(times(), 1);
        crate::oidc::begin(&at(&platform, 3600), "here", None).await.expect("asked anew");
        assert_eq!(times(), 2);
        // It falls silent: what it said is good for a day, and it is asked twice a minute at most.
        *asked.1.lock().expect("lock") = true;
        for seconds in [7200, 7210, 7229] {
            crate::oidc::begin(&at(&platform, seconds), "here", None).await.expect("what it said before");
        }
        assert_eq!(times(), 3);
        assert!(crate::oidc::begin(&at(&platform, 3600 + 86_400), "here", None).await.is_err());
        assert_eq!(times(), 4);
        assert!(crate::oidc::begin(&at(&platform, 3600 + 86_429), "here", None).await.is_err());
        assert_eq!(times(), 4, "a failure is kept, too");
        *asked.1.lock().expect("lock") = false;
        crate::oidc::begin(&at(&platform, 3600 + 86_430), "here", None).await.expect("it is back");
        assert_eq!(times(), 5);
        // A key that is not known is worth a question, and many of them are not worth more.
        let http = crate::oidc::http(&provider).expect("a client");
        for seconds in [90_100, 90_101, 90_102] {
            renewed(&at(&platform, seconds), &provider, &http).await.expect("asked or kept");
        }
        assert_eq!(times(), 6);
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn who_hangs_up_keeps_nobody_from_what_a_provider_says(_: PgPoolOptions, connect: PgConnectOptions) {
        let (platform, _folder) = platform::testing::platform(connect).expect("platform");
        let (provider, asked) = provider().await;
        let http = crate::oidc::http(&provider).expect("a client");
        let slow = Arc::clone(&asked.2).lock_owned().await;
        let gone = tokio::spawn({
            let (platform, provider, http) = (platform.clone(), provider.clone(), http.clone());
            async move { metadata(&platform, &provider, &http).await.is_ok() }
        });
        while asked.0.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        gone.abort();
        assert!(gone.await.expect_err("gone").is_cancelled());
        drop(slow);
        metadata(&platform, &provider, &http).await.expect("what the provider said to the one who has gone");
        assert_eq!(asked.0.load(Ordering::SeqCst), 1);
    }
}
