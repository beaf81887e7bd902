//! Endless bodies: no endpoint, except those for file uploads, reads more than a form may have.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use axum::http::{Method, Request, header};
use futures::{StreamExt, stream};
use platform::http::{FORM, MULTIPART};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use super::Served;
use super::fixtures::set_up;
use super::names::Whose;
use crate::serve::BODY_BYTES;

/// Bytes of one chunk.
const CHUNK: usize = 64 << 10;
/// Bytes after which the test ends: whatever was read is held in memory by then.
const END: usize = 32 << 20;

#[sqlx::test(migrations = "../migrations")]
async fn no_endpoint_reads_an_endless_body(_: PgPoolOptions, connect: PgConnectOptions) {
    let fixtures = set_up(connect).await;
    let served = Served::new(&fixtures);
    let mut looked = 0;
    let mut found = Vec::new();
    for sample in served.samples.iter().filter(|sample| sample.method != Method::GET && !sample.has(MULTIPART)) {
        let json = sample.has("application/json");
        let (kind, begin) = if json { ("application/json", "{\"a\":\"") } else { (FORM, "a=1&a=") };
        let path = sample.path_for(&fixtures.names, Whose::Victims);
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
        let mut request = Request::builder().method(&sample.method).uri(&path).header(header::CONTENT_TYPE, kind);
        if let Some(cookie) = fixtures.victim.cookie() {
            request = request.header(header::COOKIE, cookie);
        }
        let response = served.response(request.body(Body::from_stream(chunks)).expect("request")).await;
        let read = read.load(Ordering::Relaxed);
        looked += usize::from(read > 0);
        if read > BODY_BYTES + 2 * CHUNK {
            found.push(format!("{} {}: {read} bytes, {}", sample.method, sample.path, response.status()));
        }
    }
    assert!(looked > 20, "only {looked} endpoints read a body, which proves little");
    assert!(found.is_empty(), "{}", found.join("\n"));
    fixtures.platform.database.close().await;
}
