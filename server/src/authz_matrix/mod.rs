//! Everybody knocks at every door with the victim's ids, and nothing opens, changes, or even hints that something is there. The doors
//! are listed by the router, the server functions and the app themselves: one that is new is missed at once.

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
use activities::Recomputer;
use app::document::Assets;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use axum::response::Response;
use domain::permissions::{Role, may};
use imports::Worker;
use sqlx::AssertSqlSafe;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tower::ServiceExt;
use utoipa::openapi::OpenApi;
use uuid::Uuid;

use endpoints::{Access, Endpoint, FORMS, FUNCTIONS, LAST, PAGES};
use fixtures::{CANARIES, World, fingerprint, id, tables, world};

fn router(world: &World) -> (Router, OpenApi) {
    let platform = world.platform.clone();
    let (worker, recomputer) = (Worker::start(platform.clone()), Recomputer::start(platform.clone()));
    crate::serve::router(platform, worker, recomputer, Assets::default())
}

/// What came back, without what differs between any two answers.
#[derive(Debug, PartialEq, Eq)]
struct Answer {
    status: StatusCode,
    to: String,
    body: String,
}

/// Ids of the victim, or of nothing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ids {
    Victims,
    Nothings,
}

impl Ids {
    const fn of(self, n: u128) -> Uuid {
        match self {
            Self::Victims => id(n),
            Self::Nothings => id(0xdead_0000 + n),
        }
    }
}

async fn send(router: &Router, door: &Endpoint, token: Option<&str>, ids: Ids, victim: Uuid) -> Answer {
    let of = |n: u128| ids.of(n);
    let (parts, body) = send_body(router, door, token, ids, victim).await.into_parts();
    let bytes = to_bytes(body, 16 << 20).await.expect("body");
    let plain = |text: &str| {
        // A member's own page names the organisation, whatever was asked for.
        let text = (1..=15).fold(text.to_owned(), |text, n| text.replace(&of(n).to_string(), "ID").replace(&id(n).to_string(), "ID"));
        text.replace(&victim.to_string(), "ID")
    };
    Answer {
        status: parts.status,
        to: plain(parts.headers.get(header::LOCATION).and_then(|v| v.to_str().ok()).unwrap_or_default()),
        body: without_nonces(&plain(&String::from_utf8_lossy(&bytes))),
    }
}

async fn send_body(router: &Router, door: &Endpoint, token: Option<&str>, ids: Ids, victim: Uuid) -> Response {
    let of = |n: u128| ids.of(n);
    let named = |path: &str| match path {
        _ if path.starts_with("/settings/devices") => of(7),
        _ if path.starts_with("/settings/passkeys") => of(10),
        _ if path.starts_with("/settings/tokens") => of(12),
        _ if path.starts_with("/organisations") => of(11),
        _ if path.starts_with("/settings/zones") => of(14),
        _ if path.starts_with("/settings/bin") => of(9),
        _ if path.starts_with("/settings/privacy") => of(8),
        _ if (path.starts_with("/admin/people") || path.starts_with("/athletes")) && ids == Ids::Victims => victim,
        _ if path.starts_with("/imports/") => of(2),
        _ if path.starts_with("/performance/recompute") => of(5),
        _ => of(1),
    };
    let path = door
        .path
        .replace("history/{id}", if ids == Ids::Victims { "history/77" } else { "history/999999" })
        .replace("{id}", &named(door.path).to_string())
        .replace("{import}", &of(2).to_string())
        .replace("{file}", &of(3).to_string())
        .replace("{invitation}", &of(13).to_string())
        .replace("{member}", &if ids == Ids::Victims { victim } else { of(15) }.to_string())
        .replace("{job_id}", &of(6).to_string())
        .replace("{day}", "2026-01-05")
        .replace("{key}", "sleep-hours-resting-hr")
        .replace("{format}", "gpx")
        .replace("{provider}", "nowhere");
    let body = door
        .body
        .replace("#activity", &of(1).to_string())
        .replace("#other", &of(4).to_string())
        .replace("#import", &of(2).to_string())
        .replace("#person", &if ids == Ids::Victims { victim } else { of(15) }.to_string())
        .replace("#organisation", &of(11).to_string());
    let (kind, body) = if let Some(json) = body.strip_prefix("json") {
        ("application/json", json.to_owned())
    } else if body == "multipart" {
        let part = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.csv\"\r\n\r\nday,sleep\n2026-01-05,7\n\r\n--b--\r\n";
        ("multipart/form-data; boundary=b", part.to_owned())
    } else {
        ("application/x-www-form-urlencoded", body.replace(' ', "+"))
    };
    let mut request = Request::builder().method(door.method.to_uppercase().as_str()).uri(&path).header(header::CONTENT_TYPE, kind);
    if let Some(token) = token {
        request = request.header(header::COOKIE, format!("legwork_session={token}"));
    }
    router.clone().oneshot(request.body(Body::from(body)).expect("request")).await.expect("answer")
}

/// Pages carry a nonce, which is new each time.
fn without_nonces(text: &str) -> String {
    text.split("nonce=\"").enumerate().map(|(i, part)| if i == 0 { part } else { part.split_once('"').map_or("", |(_, rest)| rest) }).collect()
}

/// What is wrong with the answer that somebody got at a door.
async fn wrong(world: &mut World, router: &Router, door: &Endpoint, person: usize) -> Vec<String> {
    let victim = world.victim.id;
    let (name, token) = (world.others[person].name, world.others[person].token.clone());
    let allowed = matches!(door.is_for, Access::Staff(act) if Role::parse(name).is_some_and(|role| may(role, act)));
    // The organisation and who is in it are its coach's to see.
    let own =
        name == "insider" && ["/organisations", "/organisations/{id}", "/api/organisations/list", "/api/organisations/get"].contains(&door.path);
    if allowed || own {
        return Vec::new();
    }
    let before = fingerprint(&mut world.owner, victim).await;
    let answer = send(router, door, token.as_deref(), Ids::Victims, victim).await;
    let after = fingerprint(&mut world.owner, victim).await;
    let mut found = Vec::new();
    let mut say = |what: String| found.push(format!("{name} at {} {}: {what}", door.method, door.path));
    if before != after {
        let changed: Vec<_> = before.iter().zip(&after).filter(|(b, a)| b != a).map(|(b, _)| b.split(':').next().unwrap_or_default()).collect();
        say(format!("changed the victim’s {changed:?}"));
    }
    // What they sent themselves comes back with a form that was refused.
    if let Some(mark) = CANARIES.iter().find(|mark| answer.body.contains(**mark) && !door.body.contains(**mark)) {
        say(format!("was told {mark:?}"));
    }
    let turned_away = answer.status == StatusCode::UNAUTHORIZED || ["/sign-in", "/welcome"].contains(&answer.to.as_str());
    match (door.is_for, &token) {
        (Access::Viewer | Access::Victim | Access::Staff(_), None) if !turned_away && answer.body.trim() != "null" => {
            say(format!("got {}", answer.status))
        }
        (Access::Victim, Some(_)) | (Access::Shared, _) => {
            let unknown = send(router, door, token.as_deref(), Ids::Nothings, victim).await;
            if answer != unknown {
                say(format!("could tell what is there from what is not: {} and {}", answer.status, unknown.status));
            }
            if answer.status.is_success() {
                say(format!("got {}", answer.status));
            }
        }
        (Access::Staff(_), Some(_)) if answer.status != StatusCode::NOT_FOUND => say(format!("got {}", answer.status)),
        _ => {}
    }
    // Whoever signed out at this door comes in again for the next.
    if let Some(token) = token
        && viewer_of(&world.platform, &token).await.expect("query").is_none()
        && let LoginOutcome::In(again) = sign_in(&world.platform, &format!("{name}@example.org"), "marmot violin trench").await.expect("signs in")
    {
        world.others[person].token = Some(again.token);
    }
    found
}

/// Pages are doors that are only looked at.
fn pages() -> Vec<Endpoint> {
    PAGES.iter().map(|&(path, is_for)| Endpoint { method: "get", path, body: "", is_for }).collect()
}

fn all_endpoints() -> Vec<Endpoint> {
    FORMS.into_iter().chain(LAST).chain(FUNCTIONS).chain(pages()).collect()
}

async fn violations(world: &mut World, router: &Router) -> Vec<String> {
    let mut found = Vec::new();
    for person in 0..world.others.len() {
        for door in all_endpoints() {
            found.extend(wrong(world, router, &door, person).await);
        }
    }
    found
}

#[sqlx::test(migrations = "../migrations")]
async fn every_door_is_in_the_matrix(_: PgPoolOptions, connect: PgConnectOptions) {
    let world = world(connect).await;
    let (_, listed) = router(&world);
    let mut doors: Vec<String> = Vec::new();
    for (path, item) in &listed.paths.paths {
        for (method, there) in [("get", &item.get), ("post", &item.post), ("put", &item.put), ("delete", &item.delete), ("patch", &item.patch)] {
            if there.is_some() {
                doors.push(format!("{method} {path}"));
            }
        }
    }
    doors.extend(leptos::server_fn::axum::server_fn_paths().map(|(path, method)| format!("{} {path}", method.as_str().to_lowercase())));
    let mut known: Vec<String> = FORMS.iter().chain(&LAST).chain(&FUNCTIONS).map(|d| format!("{} {}", d.method, d.path)).collect();
    doors.sort();
    known.sort();
    assert_eq!(doors, known, "left: what there is; right: what the matrix knows");
    for path in crate::limits::SIGN_IN {
        assert!(FORMS.iter().any(|d| d.method == "post" && d.path == path), "{path} is counted strictly and is no door");
    }
    let names = ["id", "day"];
    let routes: Vec<String> = crate::serve::ROUTES
        .iter()
        .map(|route| names.iter().fold(route.path().to_owned(), |path, name| path.replace(&format!(":{name}"), &format!("{{{name}}}"))))
        .collect();
    let missed: Vec<&String> = routes.iter().filter(|route| !PAGES.iter().any(|(path, _)| path == route)).collect();
    assert!(missed.is_empty(), "pages that the matrix does not know: {missed:?}");
    world.platform.database.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn nobody_gets_anything_of_somebody_elses(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut world = world(connect).await;
    let (router, _) = router(&world);
    let found = violations(&mut world, &router).await;
    assert!(found.is_empty(), "{}", found.join("\n"));
    // The same knocks open for the victim: a refusal above is about who asks, not about a misspelt request. These need a recording,
    // a merge, an upload or a task under way, which the victim has not.
    let needs_more = ["unsplit", "unmerge", "original", "export", "preview", "crop", "/split", "legwork.zip", "/settings/bin", "recompute"];
    for door in all_endpoints().iter().filter(|d| d.is_for == Access::Victim && !needs_more.iter().any(|n| d.path.contains(n))) {
        let answer = send(&router, door, world.victim.token.as_deref(), Ids::Victims, world.victim.id).await;
        let refused = [StatusCode::NOT_FOUND, StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN].contains(&answer.status);
        // What was undone or deleted by a door before is gone for its page after it.
        let gone = door.method == "get" || door.path.starts_with("/api/");
        assert!(!refused || gone, "the victim at {} {}: {answer:?}", door.method, door.path);
    }
    world.platform.database.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn without_policies_the_doors_leak_and_the_matrix_says_so(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut world = world(connect).await;
    let (router, _) = router(&world);
    for (table, ..) in tables(&mut world.owner, world.victim.id).await {
        sqlx::query(AssertSqlSafe(format!("alter table {table} disable row level security"))).execute(&mut world.owner).await.expect("disabled");
    }
    let door = FUNCTIONS.iter().find(|d| d.path == "/api/activities/detail").expect("a door");
    let athlete = world.others.iter().position(|p| p.name == "athlete").expect("somebody");
    assert!(!wrong(&mut world, &router, door, athlete).await.is_empty());
    world.platform.database.close().await;
}
