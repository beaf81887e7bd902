//! `legwork serve`: the router, and the life of the process.

use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use any_spawner::{CustomExecutor, Executor, PinnedFuture, PinnedLocalFuture};
use app::App;
use app::document::Assets;
use axum::extract::{DefaultBodyLimit, FromRef, State};
use axum::handler::Handler;
use axum::http::{StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{RequestExt, Router};
use domain::access::{Access, Limit};
use leptos::config::LeptosOptions;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_axum::{AxumRouteListing, LeptosRoutes, ResponseOptions, generate_route_list};
use platform::http::{Endpoints, FORM, Kept};
use platform::postgres::Mode;
use platform::{Platform, jobs, telemetry};
use tokio::signal::unix::{Signal, SignalKind, signal};
use utoipa::openapi::OpenApi;
use utoipa_axum::routes;

use crate::bootstrap::Runtime;
use crate::connections::{self, Connections};
use crate::endpoints::{Table, declared};
use crate::health::Health;
use crate::limits::{self, Limiter};
use crate::{assets, compression, errors, features, guard, http_listener, metrics, moved, not_modified, observe, openapi, unavailable};

/// Limit in bytes for forms, JSON and the arguments of server functions: what people type is far below. File uploads have limits of their own.
pub(crate) const BODY_BYTES: usize = 256 << 10;

/// What handlers can extract.
#[derive(Clone)]
pub(crate) struct AppState {
    leptos: LeptosOptions,
    platform: Platform,
    api: Arc<OpenApi>,
}

impl FromRef<AppState> for Arc<OpenApi> {
    fn from_ref(state: &AppState) -> Self {
        state.api.clone()
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}

impl FromRef<AppState> for Platform {
    fn from_ref(state: &AppState) -> Self {
        state.platform.clone()
    }
}

/// Serves until Ctrl-C or a termination signal, then stops in order.
pub(crate) async fn run(config: Option<&Path>) -> Result<(), String> {
    let runtime = Runtime::start(config, Mode::Serve).await?;
    let result = listen(&runtime.platform, || {}).await;
    runtime.stop().await;
    result
}

/// Serves a platform that is up. `listening` is called once it has said where it is.
pub(crate) async fn listen(platform: &Platform, listening: impl FnOnce()) -> Result<(), String> {
    let mut stop = StopSignals::listen()?;
    let server = &platform.config.server;
    let assets = Assets { reload: server.live_reload, ..assets::read(&server.site_root)? };
    let listener = http_listener::listen(server.address)
        .map_err(|e| format!("{} cannot be listened on: {e}. Set LEGWORK_SERVER__ADDRESS to another.", server.address))?;
    let connections = Connections::new(platform.config.as_ref(), connections::raise_open_files());
    let address = listener.local_addr().map_err(|e| e.to_string())?;
    if platform.config.jobs.embedded {
        jobs::start(platform).await.map_err(|e| format!("The job queue cannot be used: {e}"))?;
    }
    metrics::serve(platform)?;
    let app = router(platform.clone(), assets)?;
    if let Some(folder) = platform.mail.file_transport_dir() {
        println!("Emails are written to {}", folder.display());
    }
    // The host name of links in emails: a browser keeps cookies per host name.
    let host = if address.ip().is_loopback() { "localhost".to_owned() } else { address.ip().to_string() };
    println!("Legwork is at http://{host}:{}", address.port());
    listening();
    // Tasks and long requests are notified at once, and end while the last requests are served; but first the balancers, if there are any.
    let stopped = async {
        stop.received().await;
        platform.tasks.begin_drain();
        if server.drain_seconds > 0 {
            let _ = tokio::time::timeout(Duration::from_secs(server.drain_seconds), stop.received()).await;
        }
        platform.tasks.begin_stop();
    };
    http_listener::serve(listener, app, Duration::from_secs(platform.config.limits.request_read_timeout_seconds), connections, stopped).await;
    Ok(())
}

/// All pages. Listing them renders the app once with resource loading suppressed, and Leptos suppresses it for the whole process: a page rendered
/// meanwhile would wait forever. So they are listed once, before anything is served.
pub(crate) static ROUTES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| {
    // Before Leptos sets one of its own, which would spawn tasks that do not know their request.
    let _ = Executor::init_custom_executor(RequestTasks);
    generate_route_list(App)
});

/// Spawns what Leptos runs on tasks of their own as part of the request that it is for: the pages' queries, above all.
struct RequestTasks;

impl CustomExecutor for RequestTasks {
    fn spawn(&self, task: PinnedFuture<()>) {
        tokio::spawn(telemetry::with_current(task));
    }

    fn spawn_local(&self, task: PinnedLocalFuture<()>) {
        tokio::task::spawn_local(telemetry::with_current(task));
    }

    fn poll_local(&self) {}
}

/// The endpoints of the server, with whom they are for.
pub(crate) fn endpoints() -> Endpoints<AppState> {
    let own = Endpoints::new().route(routes!(theme), Access::Public, Limit::General).kept(Kept::Repeated);
    own.merge(openapi::router()).merge(features::endpoints())
}

/// Everything that the server serves. It is an error if one of the endpoints does not declare whom it is for.
#[expect(clippy::disallowed_methods, reason = "endpoints outside the features: the registry of server functions, and those without user data")]
pub(crate) fn router(platform: Platform, assets: Assets) -> Result<Router, String> {
    let site = platform.config.server.site_root.clone();
    let build_id = platform.clock.now().timestamp_micros().to_string();
    let leptos =
        LeptosOptions::builder().output_name("legwork").site_root(site.display().to_string()).site_addr(platform.config.server.address).build();
    let health = Health::default();
    let readiness = health.clone();
    let (endpoints, document, list) = endpoints().into_parts();
    let api = Arc::new(openapi::public(document, &list));
    let table = Table::new(list)?;
    let state = AppState { leptos: leptos.clone(), platform: platform.clone(), api };
    let provide = {
        let platform = platform.clone();
        move || {
            provide_context(platform.clone());
            content_security_policy();
        }
    };
    let shell = move || app::document::document(&assets);
    let limiter = Limiter::new(&platform.config.limits);
    // Pages are rendered on Leptos tasks, and a request whose task panicked would wait forever.
    let deadline = from_fn_with_state(Duration::from_secs(platform.config.limits.request_read_timeout_seconds), guard::render_deadline);
    let rendered = Router::new()
        .leptos_routes_with_context(&state, ROUTES.clone(), provide.clone(), shell.clone())
        .layer(deadline.clone())
        .with_state(state.clone());
    let pages = endpoints
        .route("/api/{*function}", post(server_function))
        .merge(rendered.clone().with_state(()))
        .fallback(leptos_axum::file_and_error_handler_with_context::<AppState, _>(provide, move |_| shell()).layer(deadline))
        .layer(from_fn_with_state(platform.clone(), guard::authorise))
        .layer(errors::catch_panic())
        .layer(from_fn(errors::explain))
        .layer(from_fn(not_modified::not_modified))
        .layer(from_fn_with_state(rendered, guard::rerender_form))
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(from_fn_with_state(limiter.clone(), limits::rate_limit))
        .layer(from_fn_with_state(platform.clone(), guard::authenticate))
        .layer(from_fn_with_state(platform.clone(), unavailable::database_unavailable))
        // Links in emails are redirected before authentication.
        .merge(moved::router())
        // Before the body is read.
        .layer(from_fn_with_state(limiter, limits::rate_limit_address));
    let router = Router::new()
        .merge(assets::router(&site))
        .route("/health", get(async move |State(platform): State<Platform>| health.answer(&platform).await))
        .route("/health/live", get(async || "ok"))
        .route("/health/ready", get(async move |State(platform): State<Platform>| readiness.ready(&platform).await))
        .route("/dev/build-id", get(async move || build_id.clone()))
        .route("/source", get(source))
        .merge(pages.layer(compression::layer()))
        .layer(from_fn_with_state(platform.clone(), limits::resolve_client_ip))
        .layer(from_fn(guard::csrf_protection))
        // Once more: the layers around the pages may panic, too.
        .layer(errors::catch_panic())
        .layer(from_fn(errors::explain_panic))
        .layer(from_fn_with_state(platform.config.server.https(), guard::security_headers));
    let timing = !platform.config.security.is_production();
    Ok(observe::layer(router, platform.ids.clone(), table, timing).with_state(state))
}

/// Scripts only from this server and with this page's nonce; nothing from any other origin.
fn content_security_policy() {
    let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) else { return };
    // Tiles of the operator's map.
    let platform = use_context::<Platform>();
    let map = platform.and_then(|platform| platform.config.map.tiles.as_ref().map(|tiles| format!(" {}", tiles.origin()))).unwrap_or_default();
    let policy = format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self' 'nonce-{nonce}'; style-src-attr 'unsafe-inline'; \
         img-src 'self' data:{map}; font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    if let Ok(value) = policy.parse() {
        response.insert_header(header::CONTENT_SECURITY_POLICY, value);
    }
}

async fn server_function(State(state): State<AppState>, request: axum::http::Request<axum::body::Body>) -> Response {
    // Leptos would answer 400.
    if declared(&request).access.is_none() {
        return StatusCode::NOT_FOUND.into_response();
    }
    let platform = state.platform.clone();
    // Leptos would read a body of any length into memory.
    leptos_axum::handle_server_fns_with_context(move || provide_context(platform.clone()), request.with_limited_body()).await.into_response()
}

/// Where the source code is, which everybody who uses Legwork may have.
async fn source(State(platform): State<Platform>) -> Response {
    match &platform.config.server.source_url {
        Some(url) => Redirect::to(url.as_str()).into_response(),
        None => {
            "Legwork is free software under the GNU Affero General Public License, version 3. Whoever runs this server gives you its source code: \
                 ask them for it.\n"
                .into_response()
        }
    }
}

#[derive(serde::Deserialize)]
struct ThemeForm {
    theme: String,
}

/// Remembers the theme in this browser.
#[utoipa::path(post, path = "/settings/theme", tag = "forms",
    request_body(content_type = FORM, example = json!({"theme": "dark"})))]
async fn theme(axum::extract::Form(form): axum::extract::Form<ThemeForm>) -> Response {
    let cookie = match form.theme.as_str() {
        theme @ ("light" | "dark" | "contrast") => format!("theme={theme}; Path=/; SameSite=Lax; Max-Age=31536000"),
        _ => "theme=; Path=/; SameSite=Lax; Max-Age=0".to_owned(),
    };
    ([(header::SET_COOKIE, cookie)], Redirect::to("/settings")).into_response()
}

/// The signals to stop, from a terminal or a service manager.
pub(crate) struct StopSignals {
    interrupt: Signal,
    terminate: Signal,
}

impl StopSignals {
    /// From now on they no longer end the process by themselves: whoever has been told that it is ready may send one at once.
    pub(crate) fn listen() -> Result<Self, String> {
        let on = |kind| signal(kind).map_err(|e| format!("Signals cannot be listened for: {e}"));
        Ok(Self { interrupt: on(SignalKind::interrupt())?, terminate: on(SignalKind::terminate())? })
    }

    /// Waits for one.
    pub(crate) async fn received(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
        tracing::info!("stopping");
    }
}
