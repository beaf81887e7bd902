//! The built site: which files it has, how long browsers may cache them, and their precompressed variants.

use std::convert::Infallible;
use std::io::{Error, ErrorKind};
use std::path::Path;
use std::sync::Arc;

use app::document::Assets;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Request, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use platform::RefusalLog;
use tower::{Service, service_fn};
use tower_http::services::{ServeDir, ServeFile};

/// Reads `site/manifest.json`, which the build wrote.
pub(crate) fn read(site: &Path) -> Result<Assets, String> {
    let path = site.join("manifest.json");
    let text =
        std::fs::read_to_string(&path).map_err(|e| format!("The built site is not at {}: {e}. Run `cargo xtask build` first.", path.display()))?;
    serde_json::from_str(&text).map_err(|e| format!("{} is from another version: {e}. Run `cargo xtask build` again.", path.display()))
}

/// Hashed files are cached for good, everything else is revalidated each time.
pub(crate) fn router<S: Clone + Send + Sync + 'static>(site: &Path) -> Router<S> {
    let refusals = Arc::new(RefusalLog::default());
    let files = |folder: &str| {
        let files = ServeDir::new(site.join(folder)).precompressed_br().precompressed_gzip();
        log_read_errors(&refusals, move |request| files.clone().try_call(request))
    };
    let file = |name: &str| {
        let file = ServeFile::new(site.join(name));
        log_read_errors(&refusals, move |request| file.clone().try_call(request))
    };
    Router::new()
        .nest_service("/pkg", files("pkg"))
        .nest_service("/icons", files("icons"))
        .route_service("/manifest.webmanifest", file("manifest.webmanifest"))
        .route_service("/sw.js", file("sw.js"))
        .route_service("/offline.html", file("offline.html"))
        .route_service("/third-party.txt", file("third-party.txt"))
        .layer(from_fn(|request: Request<axum::body::Body>, next: Next| async move {
            let hashed = request.uri().path().starts_with("/pkg/");
            let mut response: Response = next.run(request).await;
            let cache_control = if hashed && response.status().is_success() { "public, max-age=31536000, immutable" } else { "no-cache" };
            response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(cache_control));
            response
        }))
}

/// The response for a file. A file that cannot be read is logged, at most a few times a minute: anyone may request any number of them.
fn log_read_errors<B, F>(
    refusals: &Arc<RefusalLog>,
    read: impl Fn(Request<Body>) -> F + Clone + Send + Sync + 'static,
) -> impl Service<Request<Body>, Response = Response, Error = Infallible, Future: Send> + Clone + Send + Sync + 'static
where
    F: Future<Output = Result<axum::http::Response<B>, Error>> + Send,
    axum::http::Response<B>: IntoResponse,
{
    let refusals = Arc::clone(refusals);
    service_fn(move |request| {
        let (reading, refusals) = (read(request), Arc::clone(&refusals));
        async move {
            Ok(match reading.await {
                Ok(file) => file.into_response(),
                Err(error) if error.kind() == ErrorKind::InvalidFilename => StatusCode::NOT_FOUND.into_response(),
                Err(error) => {
                    refusals.log(|withheld| tracing::error!(%error, withheld, "a file of the site cannot be read"));
                    StatusCode::SERVICE_UNAVAILABLE.into_response()
                }
            })
        }
    })
}
