//! Bodies without end: no door but those that take files reads more of one than a form may be.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use axum::http::{Request, header};
use futures::{StreamExt, stream};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tower::ServiceExt;

use super::endpoints::{FORMS, FUNCTIONS};
use super::fixtures::{id, world};
use super::router;
use crate::serve::BODY_BYTES;

/// Bytes that come at once.
const CHUNK: usize = 64 << 10;
/// Where the test gives up: what was read is held in memory by then.
const END: usize = 32 << 20;

#[sqlx::test(migrations = "../migrations")]
async fn no_door_reads_a_body_without_end(_: PgPoolOptions, connect: PgConnectOptions) {
    let world = world(connect).await;
    let (router, _) = router(&world);
    let mut looked = 0;
    let mut found = Vec::new();
    for door in FORMS.iter().chain(&FUNCTIONS).filter(|d| d.method != "get" && d.body != "multipart") {
        let json = door.body.starts_with("json") || door.path.starts_with("/api/");
        let (kind, begin) = if json { ("application/json", "{\"a\":\"") } else { ("application/x-www-form-urlencoded", "a=1&a=") };
        let path =
            door.path.split('/').map(|part| if part.starts_with('{') { id(1).to_string() } else { part.to_owned() }).collect::<Vec<_>>().join("/");
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
        let mut request = Request::builder().method(door.method.to_uppercase().as_str()).uri(&path).header(header::CONTENT_TYPE, kind);
        if let Some(token) = &world.victim.token {
            request = request.header(header::COOKIE, format!("legwork_session={token}"));
        }
        let answered = router.clone().oneshot(request.body(Body::from_stream(chunks)).expect("request")).await.expect("answer");
        let read = read.load(Ordering::Relaxed);
        looked += usize::from(read > 0);
        if read > BODY_BYTES + 2 * CHUNK {
            found.push(format!("{} {}: {read} bytes, {}", door.method, door.path, answered.status()));
        }
    }
    assert!(looked > 20, "bodies are read by {looked} doors, so little is shown");
    assert!(found.is_empty(), "{}", found.join("\n"));
    world.platform.database.close().await;
}
