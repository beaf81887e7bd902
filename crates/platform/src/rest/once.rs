//! Requests that have their effect once, however often they are sent.

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::{Problem, ProblemKind};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};

use super::{Refused, header_parameter, tagged_json, text};
use crate::{Acting, Error, Platform, Tx};

/// The header with the client's name of a request, which it repeats when it sends the request again.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Most characters of a key.
const MAX_KEY: usize = 255;

/// How long a request waits for the first one with its key.
const WAIT: &str = "set local lock_timeout = '2s'";

/// SQLSTATE after that time.
const LOCK_NOT_AVAILABLE: &str = "55P03";

/// The client's key of a request, if it sent one.
#[derive(Debug, Clone, Default)]
pub struct IdempotencyKey(Option<String>);

impl IntoParams for IdempotencyKey {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let what = "A name of your choice for this request. Sent again with it within a day, it is not done again, and gets the same answer.";
        vec![header_parameter("Idempotency-Key", what)]
    }
}

impl<S: Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        let key = text(&parts.headers, &IDEMPOTENCY_KEY)?;
        if key.as_ref().is_some_and(|key| key.len() > MAX_KEY) {
            return Err(Problem::new(ProblemKind::Invalid, format!("An Idempotency-Key has at most {MAX_KEY} characters.")).into());
        }
        Ok(Self(key))
    }
}

/// The body of a `POST` whose effect is had once: a request with the key of an earlier one gets the answer to that. The key is stored in the
/// transaction of the effect, so that there is never one without the other, and a second request that comes meanwhile waits for the first.
///
/// Keys are kept for one to two days, for each athlete.
#[derive(Debug)]
pub struct Once<T> {
    key: IdempotencyKey,
    request: [u8; 32],
    body: T,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Once<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let key = IdempotencyKey::from_request_parts(&mut parts, state).await.map_err(IntoResponse::into_response)?;
        // The rejection of a body that is too long is axum's.
        let bytes = Bytes::from_request(Request::from_parts(parts.clone(), body), state).await.map_err(IntoResponse::into_response)?;
        let digest = digest(&parts.method, &parts.uri.to_string(), &Sha256::digest(&bytes));
        // A request that says nothing more than its address needs no body.
        if let (b"" | b"{}", Ok(body)) = (bytes.trim_ascii(), serde_json::from_str("null")) {
            return Ok(Self { key, request: digest, body });
        }
        let Json(body) = Json::from_request(Request::from_parts(parts, Body::from(bytes)), state).await.map_err(IntoResponse::into_response)?;
        Ok(Self { key, request: digest, body })
    }
}

/// What two requests have in common that are the same: their method, address and the digest of their body.
#[must_use]
pub fn digest(method: &Method, uri: &str, body: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(method.as_str()).chain_update(b"\n").chain_update(uri).chain_update(b"\n").chain_update(body).finalize().into()
}

impl<T> Once<T> {
    /// Of a body that was received by other means; see [`digest`].
    pub const fn of(key: IdempotencyKey, request: [u8; 32], body: T) -> Self {
        Self { key, request, body }
    }

    /// Runs what the request is for, in a transaction, and returns its answer; or returns the answer that an earlier request with the same key
    /// got. An error undoes the transaction and leaves no key behind: the request may be sent again.
    pub async fn run<R: Serialize>(
        self,
        platform: &Platform,
        acting: impl Into<Acting>,
        act: impl AsyncFnOnce(&mut Tx, T) -> Result<Done<R>, Error>,
    ) -> Result<Response, Error> {
        let mut tx = platform.database.begin_as(acting).await?;
        let Some(key) = self.key.0 else {
            let answer = act(&mut tx, self.body).await?.into_answer()?;
            tx.commit().await?;
            return answer.into_response();
        };
        if let Some(earlier) = reserve(&mut tx, &key, &self.request, platform.clock.now()).await? {
            return earlier.into_response();
        }
        let answer = act(&mut tx, self.body).await?.into_answer()?;
        store(&mut tx, &key, &answer).await?;
        tx.commit().await?;
        answer.into_response()
    }
}

/// What was done, and what the client is told of it.
#[derive(Debug)]
pub struct Done<R> {
    status: StatusCode,
    location: String,
    body: R,
}

impl<R> Done<R> {
    /// It was created, and is at this address.
    pub const fn created(location: String, body: R) -> Self {
        Self { status: StatusCode::CREATED, location, body }
    }

    /// It will be done; the address says how far it is.
    pub const fn accepted(location: String, body: R) -> Self {
        Self { status: StatusCode::ACCEPTED, location, body }
    }
}

impl<R: Serialize> Done<R> {
    fn into_answer(self) -> Result<Answer, Error> {
        Ok(Answer { status: self.status, location: self.location, body: serde_json::to_string(&self.body)? })
    }
}

/// An answer as it is stored.
struct Answer {
    status: StatusCode,
    location: String,
    body: String,
}

impl Answer {
    fn into_response(self) -> Result<Response, Error> {
        let mut response = tagged_json(self.status, self.body);
        let location = HeaderValue::from_str(&self.location).map_err(|error| Error::internal("a location", &error))?;
        response.headers_mut().insert(header::LOCATION, location);
        Ok(response)
    }
}

/// Stores the key of a request, or returns the answer to the earlier request with it. Waits while that one is still being worked on.
async fn reserve(tx: &mut Tx, key: &str, request: &[u8], now: chrono::DateTime<chrono::Utc>) -> Result<Option<Answer>, Error> {
    let athlete = tx.viewer()?;
    sqlx::raw_sql(WAIT).execute(tx.connection()).await?;
    let reserved = sqlx::query!(
        "insert into idempotency_keys (athlete_id, key, request, created_at) values ($1, $2, $3, $4) on conflict do nothing",
        athlete,
        key,
        request,
        now
    )
    .execute(tx.connection())
    .await;
    let reserved = match reserved {
        Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some(LOCK_NOT_AVAILABLE) => {
            let message = "The first request with this Idempotency-Key is still being worked on. Send it again in a moment.";
            return Err(Problem { retry_after_s: Some(1), ..Problem::new(ProblemKind::Conflict, message) }.into());
        }
        reserved => reserved?,
    };
    sqlx::raw_sql("set local lock_timeout = default").execute(tx.connection()).await?;
    if reserved.rows_affected() == 1 {
        return Ok(None);
    }
    let earlier = sqlx::query!("select request, status, location, body from idempotency_keys where athlete_id = $1 and key = $2", athlete, key)
        .fetch_one(tx.connection())
        .await?;
    if earlier.request != request {
        let message = "That Idempotency-Key was sent with another request. A new request needs a new key.";
        return Err(Error::problem(ProblemKind::Invalid, message));
    }
    let status = earlier.status.and_then(|status| StatusCode::from_u16(u16::try_from(status).ok()?).ok());
    let (Some(status), Some(location), Some(body)) = (status, earlier.location, earlier.body) else {
        return Err(Error::Internal("an idempotency key without an answer".to_owned()));
    };
    Ok(Some(Answer { status, location, body }))
}

async fn store(tx: &mut Tx, key: &str, answer: &Answer) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    let status = i16::try_from(answer.status.as_u16()).unwrap_or_default();
    sqlx::query!(
        "update idempotency_keys set status = $3, location = $4, body = $5 where athlete_id = $1 and key = $2",
        athlete,
        key,
        status,
        answer.location,
        answer.body
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}
