//! Endless bodies: no endpoint, except those for file uploads, reads more than a form may have.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use axum::http::{Request, header};
use futures::{StreamExt, stream};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tower::ServiceExt;

use super::endpoints::{FORMS, FUNCTIONS};
use super::fixtures::{id, set_up};
use super::router;
use crate::serve::BODY_BYTES;

/// Bytes of one chunk.
const CHUNK: usize = 64 << 10;
/// Bytes after which the test ends: whatever was read is held in memory by then.
const END: usize = 32 << 20;

#[sqlx::test(migrations = "../migrations")]
async fn no_endpoint_reads_an_endless_body(_: PgPoolOptions, connect: PgConnectOptions) {
    let fixtures = set_up(connect).await;
    let (router, _) = router(&fixtures);
    let mut looked = 0;
    let mut found = Vec::new();
    for endpoint in FORMS.iter().chain(&FUNCTIONS).filter(|d| d.method != "get" && d.body != "multipart") {
        let json = endpoint.body.starts_with("json") || endpoint.path.starts_with("/api/");
        let (kind, begin) = if json { ("application/json", "{\"a\":\"") } else { ("application/x-www-form-urlencoded", "a=1&a=") };
        let path = endpoint
            .path
            .split('/')
            .map(|part| if part.starts_with('{') { id(1).to_string() } else { part.to_owned() })
            .collect::<Vec<_>>()
            .join("/");
        let read = Arc::new(AtomicUsize::new(0));
        let counted = read.clone();
        let chunks = stream::iter(0..END / CHUNK).map(move |i| {
            counted.fetch_add(CHUNK, Ordering::Relaxed);
            let mut chunk = vec![b'x'; CHUNK];
            if i == 0 {
                chunk[..begin.len()].copy_from_slice(begin.as_bytes());
            }
            Ok::<_, std::io::Error>(chunk)
        });
        let mut request = Request::builder().method(endpoint.method.to_uppercase().as_str()).uri(&path).header(header::CONTENT_TYPE, kind);
        if let Some(token) = &fixtures.victim.token {
            request = request.header(header::COOKIE, format!("legwork_session={token}"));
        }
        let response = router.clone().oneshot(request.body(Body::from_stream(chunks)).expect("request")).await.expect("response");
        let read = read.load(Ordering::Relaxed);
        looked += usize::from(read > 0);
        if read > BODY_BYTES + 2 * CHUNK {
            found.push(format!("{} {}: {read} bytes, {}", endpoint.method, endpoint.path, response.status()));
        }
    }
    assert!(looked > 20, "only {looked} endpoints read a body, which proves little");
    assert!(found.is_empty(), "{}", found.join("\n"));
    fixtures.platform.database.close().await;
}
