//! `legwork serve`: the router, and the life of the process.

use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;

use activities::Recomputer;
use app::App;
use app::document::{Assets, document};
use axum::extract::{DefaultBodyLimit, FromRef, State};
use axum::handler::Handler;
use axum::http::header;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{RequestExt, Router};
use imports::Worker;
use leptos::config::LeptosOptions;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_axum::{AxumRouteListing, LeptosRoutes, ResponseOptions, generate_route_list};
use platform::postgres::Mode;
use platform::{Platform, jobs};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::bootstrap::Runtime;
use crate::connections::{self, Connections};
use crate::health::Health;
use crate::limits::{self, Limiter};
use crate::{assets, guard, http_listener, openapi, profile, unavailable};

/// Bytes of a form, of JSON, of a server function's arguments: what people type is far below. Doors that take files have bounds of their own.
pub(crate) const BODY_BYTES: usize = 256 << 10;

/// What handlers can ask for.
#[derive(Clone)]
pub(crate) struct AppState {
    leptos: LeptosOptions,
    platform: Platform,
    worker: Worker,
    recomputer: Recomputer,
}

impl FromRef<AppState> for Recomputer {
    fn from_ref(state: &AppState) -> Self {
        state.recomputer.clone()
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

impl FromRef<AppState> for Worker {
    fn from_ref(state: &AppState) -> Self {
        state.worker.clone()
    }
}

/// Serves until Ctrl-C or a termination signal, then stops in order.
pub(crate) async fn run(config: &Path) -> Result<(), String> {
    let running = Runtime::start(config, Mode::Serve).await?;
    let result = listen(&running.platform).await;
    running.stop().await;
    result
}

/// Serves a platform that is up.
pub(crate) async fn listen(platform: &Platform) -> Result<(), String> {
    let server = &platform.config.server;
    let assets = Assets { reload: server.live_reload, ..assets::read(&server.site_root)? };
    let listener = http_listener::listen(server.address)
        .map_err(|e| format!("{} cannot be listened on: {e}. Set LEGWORK_SERVER__ADDRESS to another.", server.address))?;
    let connections = Connections::new(platform.config.as_ref(), connections::raise_open_files());
    let address = listener.local_addr().map_err(|e| e.to_string())?;
    let worker = Worker::start(platform.clone());
    let recomputer = Recomputer::start(platform.clone());
    discovery::enqueue_outdated(platform).await.map_err(|e| format!("Old findings cannot be asked for anew: {e}"))?;
    let here = platform.clone();
    let options = move || privacy::jobs(imports::jobs(activities::jobs(discovery::jobs(jobs::options(&here)))));
    jobs::start(&platform.tasks, options).await.map_err(|e| format!("The queue of jobs cannot be used: {e}"))?;
    let (app, _) = router(platform.clone(), worker, recomputer, assets);
    if let Some(folder) = platform.mail.file_transport_dir() {
        println!("Letters are files in {}", folder.display());
    }
    // As links in letters say it: a browser keeps the sign-in at one name from that at another.
    let host = if address.ip().is_loopback() { "localhost".to_owned() } else { address.ip().to_string() };
    println!("Legwork is at http://{host}:{}", address.port());
    // Tasks and long requests know at once, and end while the last requests are answered.
    let stopped = async {
        shutdown_signal().await;
        platform.tasks.begin_stop();
    };
    http_listener::serve(listener, app, Duration::from_secs(platform.config.limits.request_read_timeout_seconds), connections, stopped).await;
    Ok(())
}

/// All pages. Listing them renders the app once with its resources held back, and Leptos holds back those of the whole process: a page that
/// is rendered meanwhile would wait for ever. So they are listed once, before anything is served.
pub(crate) static ROUTES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| generate_route_list(App));

/// Every door of the server, and the document that lists them.
#[expect(
    clippy::disallowed_methods,
    reason = "doors that are no handlers of a feature: the registry of server functions, and what says nothing of anybody"
)]
pub(crate) fn router(platform: Platform, worker: Worker, recomputer: Recomputer, assets: Assets) -> (Router, OpenApi) {
    let site = platform.config.server.site_root.clone();
    let started = platform.clock.now().timestamp_micros().to_string();
    let leptos =
        LeptosOptions::builder().output_name("legwork").site_root(site.display().to_string()).site_addr(platform.config.server.address).build();
    let health = Health::default();
    let state = AppState { leptos: leptos.clone(), platform: platform.clone(), worker, recomputer };
    let provide = {
        let platform = platform.clone();
        move || {
            provide_context(platform.clone());
            content_security_policy();
        }
    };
    let shell = move || document(&assets);
    let (doors, listed) = OpenApiRouter::<AppState>::new()
        .routes(routes!(theme))
        .merge(profile::router())
        .merge(accounts::http::router())
        .merge(activities::http::router())
        .merge(discovery::http::router())
        .merge(history::http::router())
        .merge(imports::router())
        .merge(journal::http::router())
        .merge(organisations::http::router())
        .merge(privacy::http::router())
        .split_for_parts();
    let api = openapi::public(&listed);
    let limiter = Limiter::new(&platform.config.limits);
    // A page is rendered by tasks of Leptos, and whoever waits for one that panicked waits for ever.
    let in_time = from_fn_with_state(Duration::from_secs(platform.config.limits.request_read_timeout_seconds), guard::render_deadline);
    let rendered = Router::new()
        .leptos_routes_with_context(&state, ROUTES.clone(), provide.clone(), shell.clone())
        .layer(in_time.clone())
        .with_state(state.clone());
    let pages = doors
        .route("/api/{*function}", post(server_function))
        .route("/v1/openapi.json", get(async move || axum::Json(api)))
        .merge(rendered.clone().with_state(()))
        .fallback(leptos_axum::file_and_error_handler_with_context::<AppState, _>(provide, move |_| shell()).layer(in_time))
        .layer(from_fn_with_state(rendered, guard::rerender_form))
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(from_fn_with_state(limiter.clone(), limits::rate_limit))
        .layer(from_fn_with_state(platform.clone(), guard::authenticate))
        .layer(from_fn_with_state(platform.clone(), unavailable::database_unavailable))
        // Before a body is read for it.
        .layer(from_fn_with_state(limiter, limits::rate_limit_address));
    let router = Router::new()
        .merge(assets::router(&site))
        .route("/health", get(async move |State(platform): State<Platform>| health.answer(&platform).await))
        .route("/started", get(async move || started.clone()))
        .merge(pages)
        .layer(from_fn_with_state(platform.clone(), limits::resolve_client_ip))
        .layer(from_fn(guard::csrf_protection))
        .layer(from_fn(guard::catch_panic))
        .layer(from_fn_with_state(platform.config.server.https(), guard::security_headers))
        .layer(from_fn_with_state(platform.clone(), guard::request_id))
        .with_state(state);
    (router, listed)
}

/// Scripts only from here and with this page's nonce; nothing from anywhere else.
fn content_security_policy() {
    let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) else { return };
    let policy = format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self' 'nonce-{nonce}'; style-src-attr 'unsafe-inline'; \
         img-src 'self' data:; font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    if let Ok(value) = policy.parse() {
        response.insert_header(header::CONTENT_SECURITY_POLICY, value);
    }
}

async fn server_function(State(state): State<AppState>, request: axum::http::Request<axum::body::Body>) -> impl IntoResponse {
    let platform = state.platform.clone();
    // Leptos itself reads a body of any length into memory.
    leptos_axum::handle_server_fns_with_context(move || provide_context(platform.clone()), request.with_limited_body()).await
}

#[derive(serde::Deserialize)]
struct ThemeForm {
    theme: String,
}

/// Remembers the theme in this browser.
#[utoipa::path(post, path = "/settings/theme", tag = "forms")]
async fn theme(axum::extract::Form(form): axum::extract::Form<ThemeForm>) -> Response {
    let cookie = match form.theme.as_str() {
        theme @ ("light" | "dark" | "contrast") => format!("theme={theme}; Path=/; SameSite=Lax; Max-Age=31536000"),
        _ => "theme=; Path=/; SameSite=Lax; Max-Age=0".to_owned(),
    };
    ([(header::SET_COOKIE, cookie)], Redirect::to("/settings")).into_response()
}

async fn shutdown_signal() {
    let interrupt = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => drop(interrupt.await),
    }
    tracing::info!("stopping");
}
