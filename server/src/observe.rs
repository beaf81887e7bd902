//! What is recorded of each request: its id, a line in the log, and in development the header `Server-Timing`. The line names the route, never the
//! path or the query: addresses carry tokens, and what people type.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, Method, Request};
use axum::middleware::{Next, from_fn_with_state, map_request};
use axum::response::Response;
use platform::Ids;
use platform::telemetry::Measured;
use tower_http::classify::ServerErrorsFailureClass;
use tower_http::request_id::{MakeRequestId, PropagateRequestIdLayer, RequestId, SetRequestIdLayer};
use tower_http::trace::TraceLayer;
use tracing::Span;

use crate::endpoints::{Table, identify};
use crate::metrics;

/// Where the id is in a response.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Where the times of a response are in development.
const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// The route of a request as the router writes it, such as `/journal/{day}`.
#[derive(Debug, Clone)]
pub(crate) struct Route {
    pub(crate) template: Arc<str>,
    /// Whether it is an endpoint of a feature: neither a file of the site, nor a health check, nor an address with nothing at it.
    pub(crate) declared: bool,
}

impl Route {
    /// The files of the site, and all addresses with nothing at them.
    pub(crate) const OTHER: &'static str = "other";
}

/// Wraps the whole router, so that whatever happens to a request inside is recorded. `timing` shows how long it took in the response.
pub(crate) fn layer<S: Clone + Send + Sync + 'static>(router: Router<S>, ids: Ids, table: Table, timing: bool) -> Router<S> {
    let trace = TraceLayer::new_for_http().make_span_with(span).on_request(()).on_response(log_response).on_body_chunk(()).on_eos(());
    router
        .layer(from_fn_with_state(timing, measure))
        .layer(trace.on_failure(log_failure))
        .layer(from_fn_with_state(table, identify))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(SetRequestIdLayer::new(REQUEST_ID, NewId(ids)))
        .layer(map_request(without_id))
}

/// An id that a client sends is not believed: it could be that of somebody else's request.
async fn without_id(mut request: Request<Body>) -> Request<Body> {
    request.headers_mut().remove(REQUEST_ID);
    request
}

/// Makes ids that can be read out: 12 hexadecimal digits.
#[derive(Clone)]
struct NewId(Ids);

impl MakeRequestId for NewId {
    fn make_request_id<B>(&mut self, _: &Request<B>) -> Option<RequestId> {
        HeaderValue::from_str(&platform::hex(&self.0.bytes::<6>())).ok().map(RequestId::new)
    }
}

fn id_of(request: &Request<Body>) -> &str {
    request.extensions().get::<RequestId>().and_then(|id| id.header_value().to_str().ok()).unwrap_or_default()
}

/// The method, if it is one that we know: clients may send any word.
fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// The span of a request: every line that is logged in it carries the id. It is an error's, so that `RUST_LOG=error` has it, too.
fn span(request: &Request<Body>) -> Span {
    let route = request.extensions().get::<Route>().map_or(Route::OTHER, |route| &*route.template);
    tracing::error_span!("request", number = id_of(request), method = method_name(request.method()), route)
}

/// What was measured of a request, beside its response.
#[derive(Clone)]
struct Served {
    measured: Measured,
    declared: bool,
}

/// Counts the queries of a request, on all its tasks, up to the head of the response.
async fn measure(State(timing): State<bool>, request: Request<Body>, next: Next) -> Response {
    let measured = Measured::request(id_of(&request).to_owned());
    let route = request.extensions().get::<Route>().cloned();
    let (template, declared) = route.map_or_else(|| (Route::OTHER.into(), false), |route| (route.template, route.declared));
    let method = method_name(request.method());
    let begun = Instant::now();
    let mut response = measured.clone().run(next.run(request)).await;
    let took = begun.elapsed();
    metrics::record_request(template, method, response.status(), took);
    if timing && let Ok(value) = HeaderValue::from_str(&server_timing(took, &measured)) {
        response.headers_mut().insert(SERVER_TIMING, value);
    }
    response.extensions_mut().insert(Served { measured, declared });
    response
}

/// The times as a browser's developer tools show them.
fn server_timing(took: Duration, measured: &Measured) -> String {
    let (total, database) = (milliseconds(took), milliseconds(measured.query_time()));
    format!("total;dur={total}, db;dur={database};desc=\"{} queries\"", measured.queries())
}

/// To a tenth.
fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e4).round() / 10.0
}

/// The line of a request. Files and health checks have theirs at the level `debug`, since there are many of them.
fn log_response(response: &Response, latency: Duration, _: &Span) {
    let served = response.extensions().get::<Served>();
    let (status, ms) = (response.status().as_u16(), milliseconds(latency));
    let queries = served.map_or(0, |served| served.measured.queries());
    if served.is_none_or(|served| served.declared) {
        tracing::info!(status, ms, queries, "served");
    } else {
        tracing::debug!(status, ms, queries, "served");
    }
}

/// A response of which only the beginning was sent. Those that say themselves that something failed have been logged with their cause.
fn log_failure(failure: ServerErrorsFailureClass, _: Duration, _: &Span) {
    if let ServerErrorsFailureClass::Error(error) = failure {
        tracing::error!(error, "a response broke off");
    }
}
