//! Every user sends a request to every endpoint with the victim's ids, and gets nothing, changes nothing, and cannot even tell whether the ids
//! exist. The endpoints are listed by the router, the server functions and the app themselves: a new one that is not in the matrix fails a test.

mod answers;
mod api_tokens;
mod away;
mod bodies;
mod database;
mod endpoints;
mod fixtures;
mod input;
mod uncounted;

use accounts::{LoginOutcome, sign_in, viewer_of};
use app::document::Assets;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use axum::response::Response;
use domain::permissions::{Role, may};
use sqlx::AssertSqlSafe;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tower::ServiceExt;
use utoipa::openapi::OpenApi;
use uuid::Uuid;

use endpoints::{Access, Endpoint, FORMS, FUNCTIONS, LAST, PAGES};
use fixtures::{CANARIES, Fixtures, fingerprint, id, set_up, tables};

fn router(fixtures: &Fixtures) -> (Router, OpenApi) {
    let platform = fixtures.platform.clone();
    crate::serve::router(platform, Assets::default())
}

/// A response, without what differs between any two of them.
#[derive(Debug, PartialEq, Eq)]
struct Normalised {
    status: StatusCode,
    to: String,
    body: String,
}

/// Ids of the victim, or ids that do not exist.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ids {
    Victim,
    Unknown,
}

impl Ids {
    const fn of(self, n: u128) -> Uuid {
        match self {
            Self::Victim => id(n),
            Self::Unknown => id(0xdead_0000 + n),
        }
    }
}

async fn send(router: &Router, endpoint: &Endpoint, token: Option<&str>, ids: Ids, victim: Uuid) -> Normalised {
    let of = |n: u128| ids.of(n);
    let (parts, body) = send_body(router, endpoint, token, ids, victim).await.into_parts();
    let bytes = to_bytes(body, 16 << 20).await.expect("body");
    let plain = |text: &str| {
        // A member's own page names the organisation, whatever was requested.
        let text = (1..=15).fold(text.to_owned(), |text, n| text.replace(&of(n).to_string(), "ID").replace(&id(n).to_string(), "ID"));
        text.replace(&victim.to_string(), "ID")
    };
    Normalised {
        status: parts.status,
        to: plain(parts.headers.get(header::LOCATION).and_then(|v| v.to_str().ok()).unwrap_or_default()),
        body: without_nonces(&plain(&String::from_utf8_lossy(&bytes))),
    }
}

async fn send_body(router: &Router, endpoint: &Endpoint, token: Option<&str>, ids: Ids, victim: Uuid) -> Response {
    let of = |n: u128| ids.of(n);
    let named = |path: &str| match path {
        _ if path.starts_with("/settings/sessions") => of(7),
        _ if path.starts_with("/settings/passkeys") => of(10),
        _ if path.starts_with("/settings/tokens") => of(12),
        _ if path.starts_with("/organisations") => of(11),
        _ if path.starts_with("/settings/privacy-zones") => of(14),
        _ if path.starts_with("/settings/trash") => of(9),
        _ if path.starts_with("/settings/privacy") => of(8),
        _ if (path.starts_with("/admin/users") || path.starts_with("/athletes")) && ids == Ids::Victim => victim,
        _ if path.starts_with("/imports/") => of(2),
        _ if path.starts_with("/performance/recompute") => of(5),
        _ => of(1),
    };
    let path = endpoint
        .path
        .replace("history/{id}", if ids == Ids::Victim { "history/77" } else { "history/999999" })
        .replace("{id}", &named(endpoint.path).to_string())
        .replace("{import}", &of(2).to_string())
        .replace("{file}", &of(3).to_string())
        .replace("{invitation}", &of(13).to_string())
        .replace("{member}", &if ids == Ids::Victim { victim } else { of(15) }.to_string())
        .replace("{job_id}", &of(6).to_string())
        .replace("{day}", "2026-01-05")
        .replace("{key}", "sleep-hours-resting-hr")
        .replace("{format}", "gpx")
        .replace("{provider}", "nowhere");
    let body = endpoint
        .body
        .replace("#activity", &of(1).to_string())
        .replace("#other", &of(4).to_string())
        .replace("#import", &of(2).to_string())
        .replace("#person", &if ids == Ids::Victim { victim } else { of(15) }.to_string())
        .replace("#organisation", &of(11).to_string());
    let (kind, body) = if let Some(json) = body.strip_prefix("json") {
        ("application/json", json.to_owned())
    } else if body == "multipart" {
        let part = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.csv\"\r\n\r\nday,sleep\n2026-01-05,7\n\r\n--b--\r\n";
        ("multipart/form-data; boundary=b", part.to_owned())
    } else {
        ("application/x-www-form-urlencoded", body.replace(' ', "+"))
    };
    let mut request = Request::builder().method(endpoint.method.to_uppercase().as_str()).uri(&path).header(header::CONTENT_TYPE, kind);
    if let Some(token) = token {
        request = request.header(header::COOKIE, format!("legwork_session={token}"));
    }
    router.clone().oneshot(request.body(Body::from(body)).expect("request")).await.expect("response")
}

/// Pages carry a nonce, which is new each time.
fn without_nonces(text: &str) -> String {
    text.split("nonce=\"").enumerate().map(|(i, part)| if i == 0 { part } else { part.split_once('"').map_or("", |(_, rest)| rest) }).collect()
}

/// What is wrong with the response that a user got from an endpoint.
async fn violations_at(fixtures: &mut Fixtures, router: &Router, endpoint: &Endpoint, person: usize) -> Vec<String> {
    let victim = fixtures.victim.id;
    let (name, token) = (fixtures.others[person].name, fixtures.others[person].token.clone());
    let allowed = matches!(endpoint.is_for, Access::Staff(permission) if Role::parse(name).is_some_and(|role| may(role, permission)));
    // A coach may see their organisation and its members.
    let own =
        name == "insider" && ["/organisations", "/organisations/{id}", "/api/organisations/list", "/api/organisations/get"].contains(&endpoint.path);
    if allowed || own {
        return Vec::new();
    }
    let before = fingerprint(&mut fixtures.owner, victim).await;
    let response = send(router, endpoint, token.as_deref(), Ids::Victim, victim).await;
    let after = fingerprint(&mut fixtures.owner, victim).await;
    let mut found = Vec::new();
    let mut report = |what: String| found.push(format!("{name} at {} {}: {what}", endpoint.method, endpoint.path));
    if before != after {
        let changed: Vec<_> = before.iter().zip(&after).filter(|(b, a)| b != a).map(|(b, _)| b.split(':').next().unwrap_or_default()).collect();
        report(format!("changed the victim’s {changed:?}"));
    }
    // A rejected form contains what they sent themselves.
    if let Some(canary) = CANARIES.iter().find(|canary| response.body.contains(**canary) && !endpoint.body.contains(**canary)) {
        report(format!("saw {canary:?}"));
    }
    let rejected = response.status == StatusCode::UNAUTHORIZED || ["/sign-in", "/welcome"].contains(&response.to.as_str());
    match (endpoint.is_for, &token) {
        (Access::Viewer | Access::Victim | Access::Staff(_), None) if !rejected && response.body.trim() != "null" => {
            report(format!("got {}", response.status));
        }
        (Access::Victim, Some(_)) | (Access::Shared, _) => {
            let unknown = send(router, endpoint, token.as_deref(), Ids::Unknown, victim).await;
            if response != unknown {
                report(format!("could tell the victim's ids from unknown ones: {} and {}", response.status, unknown.status));
            }
            if response.status.is_success() {
                report(format!("got {}", response.status));
            }
        }
        (Access::Staff(_), Some(_)) if response.status != StatusCode::NOT_FOUND => report(format!("got {}", response.status)),
        _ => {}
    }
    // Signed out by this request: sign in again for the next one.
    if let Some(token) = token
        && viewer_of(&fixtures.platform, &token).await.expect("query").is_none()
        && let LoginOutcome::In(again) = sign_in(&fixtures.platform, &format!("{name}@example.org"), "marmot violin trench").await.expect("signs in")
    {
        fixtures.others[person].token = Some(again.token);
    }
    found
}

/// Pages are endpoints with GET alone.
fn pages() -> Vec<Endpoint> {
    PAGES.iter().map(|&(path, is_for)| Endpoint { method: "get", path, body: "", is_for }).collect()
}

fn all_endpoints() -> Vec<Endpoint> {
    FORMS.into_iter().chain(LAST).chain(FUNCTIONS).chain(pages()).collect()
}

async fn violations(fixtures: &mut Fixtures, router: &Router) -> Vec<String> {
    let mut found = Vec::new();
    for person in 0..fixtures.others.len() {
        for endpoint in all_endpoints() {
            found.extend(violations_at(fixtures, router, &endpoint, person).await);
        }
    }
    found
}

#[sqlx::test(migrations = "../migrations")]
async fn every_endpoint_is_in_the_matrix(_: PgPoolOptions, connect: PgConnectOptions) {
    let fixtures = set_up(connect).await;
    let (_, listed) = router(&fixtures);
    let mut endpoints: Vec<String> = Vec::new();
    for (path, item) in &listed.paths.paths {
        for (method, operation) in [("get", &item.get), ("post", &item.post), ("put", &item.put), ("delete", &item.delete), ("patch", &item.patch)] {
            if operation.is_some() {
                endpoints.push(format!("{method} {path}"));
            }
        }
    }
    endpoints.extend(leptos::server_fn::axum::server_fn_paths().map(|(path, method)| format!("{} {path}", method.as_str().to_lowercase())));
    let mut known: Vec<String> = FORMS.iter().chain(&LAST).chain(&FUNCTIONS).map(|d| format!("{} {}", d.method, d.path)).collect();
    endpoints.sort();
    known.sort();
    assert_eq!(endpoints, known, "left: what the server has; right: what the matrix has");
    for path in crate::limits::SIGN_IN {
        assert!(FORMS.iter().any(|d| d.method == "post" && d.path == path), "{path} has the sign-in limit and is no endpoint");
    }
    let names = ["id", "day"];
    let routes: Vec<String> = crate::serve::ROUTES
        .iter()
        .map(|route| names.iter().fold(route.path().to_owned(), |path, name| path.replace(&format!(":{name}"), &format!("{{{name}}}"))))
        .collect();
    let missed: Vec<&String> = routes.iter().filter(|route| !PAGES.iter().any(|(path, _)| path == route)).collect();
    assert!(missed.is_empty(), "pages that are not in the matrix: {missed:?}");
    fixtures.platform.database.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn no_user_gets_anything_of_another(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut fixtures = set_up(connect).await;
    let (router, _) = router(&fixtures);
    let found = violations(&mut fixtures, &router).await;
    assert!(found.is_empty(), "{}", found.join("\n"));
    // The same requests succeed for the victim, so a refusal above is due to the user and not to a malformed request. These need a recording,
    // a merge, an upload or a running task, which the victim does not have.
    let needs_more = ["unsplit", "unmerge", "original", "export", "preview", "crop", "/split", "legwork.zip", "/settings/trash", "recompute"];
    for endpoint in all_endpoints().iter().filter(|d| d.is_for == Access::Victim && !needs_more.iter().any(|n| d.path.contains(n))) {
        let response = send(&router, endpoint, fixtures.victim.token.as_deref(), Ids::Victim, fixtures.victim.id).await;
        let refused = [StatusCode::NOT_FOUND, StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN].contains(&response.status);
        // What an earlier request undid or deleted is gone from the page of a later one.
        let gone = endpoint.method == "get" || endpoint.path.starts_with("/api/");
        assert!(!refused || gone, "the victim at {} {}: {response:?}", endpoint.method, endpoint.path);
    }
    fixtures.platform.database.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn without_policies_the_endpoints_leak_and_the_matrix_detects_it(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut fixtures = set_up(connect).await;
    let (router, _) = router(&fixtures);
    for (table, ..) in tables(fixtures.victim.id) {
        sqlx::query(AssertSqlSafe(format!("alter table {table} disable row level security"))).execute(&mut fixtures.owner).await.expect("disabled");
    }
    let endpoint = FUNCTIONS.iter().find(|d| d.path == "/api/activities/detail").expect("an endpoint");
    let athlete = fixtures.others.iter().position(|p| p.name == "athlete").expect("the athlete");
    assert!(!violations_at(&mut fixtures, &router, endpoint, athlete).await.is_empty());
    fixtures.platform.database.close().await;
}
