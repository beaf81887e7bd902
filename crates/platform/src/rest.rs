//! What every endpoint of the API under `/v1` does alike; `docs/api.md` says it to those who use it.
//!
//! - A refusal is a problem as JSON (RFC 9457): a handler returns `Result<_, Refused>` and uses `?`.
//! - A resource is returned as [`Tagged`], with an `ETag` of what it says.
//! - A change takes an [`IfMatch`] and refuses if the resource is not what the client read.
//! - A `POST` takes a [`Once`], which repeats nothing that was done under the same `Idempotency-Key`.
//!
//! ```
//! use axum::Json;
//! use platform::Error;
//! use platform::rest::{Refused, Tagged};
//!
//! #[derive(serde::Serialize)]
//! struct Shoes {
//!     name: String,
//! }
//!
//! async fn read() -> Result<Tagged<Shoes>, Refused> {
//!     let shoes: Option<Shoes> = None;
//!     Ok(Tagged(shoes.ok_or_else(|| Error::not_found("pair of shoes"))?))
//! }
//! ```

mod once;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::list::{Order, Page, PageRequest};
use domain::{Problem, ProblemKind};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::IntoParams;
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};

pub use self::once::{Done, IDEMPOTENCY_KEY, IdempotencyKey, Once, digest};
pub use crate::error::ProblemJson;
use crate::{Error, Tx};

/// The error of a handler: a problem as JSON.
#[derive(Debug)]
pub struct Refused(Error);

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self(problem.into())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        crate::error::problem_json(&self.0.into_problem())
    }
}

/// A page of a list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct List<T> {
    /// Its rows.
    pub items: Vec<T>,
    /// What to send as `after` for the next page; missing on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl<T> From<Page<T>> for List<T> {
    fn from(page: Page<T>) -> Self {
        Self { items: page.items, next: page.next.map(|cursor| cursor.as_str().to_owned()) }
    }
}

/// The query of a list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct After {
    /// `next` of the page before; without it, the first page.
    pub after: Option<String>,
}

impl After {
    /// The page that is asked for, of a list in this order; an error if `after` is no cursor of it. It is refused and not taken for the first page,
    /// since a client that cuts its cursors would read that for ever.
    pub fn request(&self, order: Order) -> Result<PageRequest, Problem> {
        let request = PageRequest::parse(self.after.as_deref());
        if (request.is_first() && self.after.is_some()) || !request.fits(order) {
            return Err(Problem::new(ProblemKind::Invalid, "The query’s `after` is not what `next` of the page before was."));
        }
        Ok(request)
    }
}

/// A resource with an `ETag`: the same as long as it says the same.
#[derive(Debug)]
pub struct Tagged<T>(pub T);

impl<T: Serialize> IntoResponse for Tagged<T> {
    fn into_response(self) -> Response {
        match serde_json::to_string(&self.0) {
            Ok(json) => tagged_json(StatusCode::OK, json),
            Err(error) => Refused(error.into()).into_response(),
        }
    }
}

fn tagged_json(status: StatusCode, json: String) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json".to_owned()), (header::ETAG, etag(&json))];
    (status, headers, json).into_response()
}

/// The `ETag` of a representation: a digest of it.
fn etag(json: &str) -> String {
    format!("\"{}\"", crate::hex(&Sha256::digest(json)[..12]))
}

/// The header `If-Match`: what the client read before it changed something.
#[derive(Debug, Clone, Default)]
pub struct IfMatch(Option<String>);

impl IntoParams for IfMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let what = "The `ETag` of what you read. If it was changed since, nothing is done, and the answer is 412.";
        vec![header_parameter("If-Match", what)]
    }
}

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        Ok(Self(text(&parts.headers, &header::IF_MATCH)?))
    }
}

impl IfMatch {
    /// An error if the resource is no longer what the client read. `read` locks the rows that the resource is made of, and is not called if
    /// the client did not send what it read.
    pub async fn check<T: Serialize>(&self, tx: &mut Tx, read: impl AsyncFnOnce(&mut Tx) -> Result<T, Error>) -> Result<(), Error> {
        let Some(expected) = &self.0 else { return Ok(()) };
        let current = etag(&serde_json::to_string(&read(tx).await?)?);
        if names(expected, &current) {
            return Ok(());
        }
        Err(Error::problem(ProblemKind::Changed, "It was changed since you read it, so nothing was done. Read it again, and repeat your change."))
    }
}

/// Whether a client that has what `If-None-Match` names has this.
#[must_use]
pub fn is_known(request: &HeaderMap, etag: &HeaderValue) -> bool {
    let (Some(known), Ok(etag)) = (request.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()), etag.to_str()) else { return false };
    names(known, etag)
}

/// Whether a list of tags holds this one. A proxy that compresses marks tags as weak.
fn names(list: &str, etag: &str) -> bool {
    list.split(',').map(str::trim).any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == etag)
}

/// The description of a header that may be sent.
fn header_parameter(name: &str, what: &str) -> Parameter {
    let text = ObjectBuilder::new().schema_type(Type::String).build();
    ParameterBuilder::new().name(name).parameter_in(ParameterIn::Header).required(Required::False).description(Some(what)).schema(Some(text)).build()
}

/// The text of a header, if it was sent; at most 1000 bytes of ASCII.
fn text(headers: &HeaderMap, name: &HeaderName) -> Result<Option<String>, Refused> {
    let Some(value) = headers.get(name) else { return Ok(None) };
    let text = value.to_str().ok().map(str::trim).filter(|text| (1..=1000).contains(&text.len()));
    let text = text.ok_or_else(|| Problem::new(ProblemKind::Invalid, format!("The header {name} cannot be read.")))?;
    Ok(Some(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_that_of_what_is_said() {
        let tag = etag("{\"name\":\"x\"}");
        assert_eq!(tag, etag("{\"name\":\"x\"}"));
        assert_ne!(tag, etag("{\"name\":\"y\"}"));
        assert!(tag.starts_with('"') && tag.ends_with('"') && tag.len() == 26, "{tag}");
    }

    #[test]
    fn a_list_of_tags_names_one_weak_or_not() {
        for list in ["\"a\"", "\"b\", \"a\"", "W/\"a\"", "*"] {
            assert!(names(list, "\"a\""), "{list}");
        }
        for list in ["", "a", "\"b\"", "\"A\""] {
            assert!(!names(list, "\"a\""), "{list}");
        }
    }
}
