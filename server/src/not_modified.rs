//! Responses to clients that have already read what they ask for: 304, without the body.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use platform::error::Reader;
use platform::rest;

/// Empties the response to an API client that names its `ETag` in `If-None-Match`.
pub(crate) async fn not_modified(request: Request<Body>, next: Next) -> Response {
    let reads = Reader::of(request.uri().path()) == Reader::Api && matches!(*request.method(), Method::GET | Method::HEAD);
    if !reads || !request.headers().contains_key(header::IF_NONE_MATCH) {
        return next.run(request).await;
    }
    let headers = request.headers().clone();
    let mut response = next.run(request).await;
    let known = response.status() == StatusCode::OK && response.headers().get(header::ETAG).is_some_and(|etag| rest::is_known(&headers, etag));
    if known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = Body::empty();
        response.headers_mut().remove(header::CONTENT_LENGTH);
        response.headers_mut().remove(header::CONTENT_TYPE);
    }
    response
}
