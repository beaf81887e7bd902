//! Compression of what is made for a request. Files of the site are compressed when they are built.
//!
//! Where a page holds a secret and text that an attacker chose, its length gives the secret away (BREACH). Only the user can write into a page that
//! holds a secret of theirs: cookies are `SameSite=Lax`, such pages repeat nothing of their address, and another site's form is refused.

use axum::http::{Extensions, HeaderMap, StatusCode, Version, header};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{Predicate, SizeAbove};

/// Smaller answers fit into a packet or two anyway.
const MIN_BYTES: u16 = 1024;

/// A sixth of the size for a millisecond or two; more effort takes longer than it saves.
pub(crate) fn layer() -> CompressionLayer<impl Predicate> {
    CompressionLayer::new().quality(CompressionLevel::Precise(4)).compress_when(SizeAbove::new(MIN_BYTES).and(is_text))
}

/// Archives and recordings are compressed already, or are downloads whose length a browser wants to know.
fn is_text(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    !headers.contains_key(header::CONTENT_DISPOSITION)
        && ["text/html", "text/plain", "application/json", "application/problem+json"].iter().any(|text| kind.starts_with(text))
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use axum::Router;
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use axum::routing::get;
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    #[expect(clippy::disallowed_methods, reason = "a router of this test")]
    async fn pages_are_compressed_and_downloads_are_not() {
        let page = "a page of words ".repeat(1000);
        let text = page.clone();
        let download = [(header::CONTENT_TYPE, "text/plain"), (header::CONTENT_DISPOSITION, "attachment")];
        let router: Router = Router::new()
            .route("/page", get(async move || text.clone()))
            .route("/short", get(async || "short"))
            .route("/download", get(async move || (download, "x".repeat(100_000))))
            .layer(layer());
        for (path, accept, encoding) in [
            ("/page", "gzip, deflate, br, zstd", Some("zstd")),
            ("/page", "br, gzip", Some("br")),
            ("/page", "gzip", Some("gzip")),
            ("/page", "identity", None),
            ("/short", "gzip", None),
            ("/download", "gzip", None),
        ] {
            let request = Request::get(path).header(header::ACCEPT_ENCODING, accept).body(Body::empty()).expect("request");
            let response = router.clone().oneshot(request).await.expect("response");
            let used = response.headers().get(header::CONTENT_ENCODING).map(|e| e.to_str().expect("text").to_owned());
            assert_eq!(used.as_deref(), encoding, "{path} {accept}");
            let body = to_bytes(response.into_body(), 1 << 20).await.expect("body");
            if used.as_deref() == Some("gzip") {
                let mut read = String::new();
                flate2::read::GzDecoder::new(&body[..]).read_to_string(&mut read).expect("gzip");
                assert_eq!(read, page);
            }
        }
    }
}
