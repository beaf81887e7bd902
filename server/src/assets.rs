//! The built site: which files it has, how long browsers may keep them, and their precompressed twins.

use std::path::Path;

use app::document::Assets;
use axum::Router;
use axum::http::{HeaderValue, Request, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use tower_http::services::ServeDir;

/// Reads `site/manifest.json`, which the build wrote.
pub(crate) fn read(site: &Path) -> Result<Assets, String> {
    let path = site.join("manifest.json");
    let text =
        std::fs::read_to_string(&path).map_err(|e| format!("The built site is not at {}: {e}. Run `cargo xtask build` first.", path.display()))?;
    serde_json::from_str(&text).map_err(|e| format!("{} is from another version: {e}. Run `cargo xtask build` again.", path.display()))
}

/// Hashed files are kept for good, everything else is asked for each time.
pub(crate) fn router<S: Clone + Send + Sync + 'static>(site: &Path) -> Router<S> {
    let files = |folder: &str| ServeDir::new(site.join(folder)).precompressed_br().precompressed_gzip();
    Router::new()
        .nest_service("/pkg", files("pkg"))
        .nest_service("/icons", files("icons"))
        .route_service("/manifest.webmanifest", tower_http::services::ServeFile::new(site.join("manifest.webmanifest")))
        .route_service("/sw.js", tower_http::services::ServeFile::new(site.join("sw.js")))
        .route_service("/offline.html", tower_http::services::ServeFile::new(site.join("offline.html")))
        .layer(from_fn(|request: Request<axum::body::Body>, next: Next| async move {
            let hashed = request.uri().path().starts_with("/pkg/");
            let mut response: Response = next.run(request).await;
            let keep = if hashed && response.status().is_success() { "public, max-age=31536000, immutable" } else { "no-cache" };
            response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
            response
        }))
}
