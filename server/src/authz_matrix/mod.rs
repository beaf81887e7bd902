//! Every user sends a request to every endpoint with the victim's ids, and gets nothing, changes nothing, and cannot even tell whether the ids
//! exist. The endpoints, whom they are for and the requests are what the features declare (`platform::http::Endpoints`, `pages!`, `functions!`,
//! `testing::SAMPLES`): nothing is listed here.

mod answers;
mod api_tokens;
mod away;
mod bodies;
mod controls;
mod database;
mod endpoints;
mod fixtures;
mod input;
mod leaving;
mod log;
mod names;
mod rejections;
mod rest;
mod snapshot;
mod stored_words;
mod uncounted;

use accounts::{LoginOutcome, sign_in, viewer_of};
use app::document::Assets;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use axum::response::Response;
use domain::access::Access;
use domain::permissions::{Role, may};
use sqlx::AssertSqlSafe;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tower::ServiceExt;

use crate::endpoints::Table;
use endpoints::{Sample, samples};
use fixtures::{CANARIES, CLUB, Fixtures, fingerprint, set_up, tables};
use names::Whose;
use snapshot::Snapshot;

/// What the server serves.
struct Served {
    router: Router,
    samples: Vec<Sample>,
}

impl Served {
    fn new(fixtures: &Fixtures) -> Self {
        // No workers run: nothing changes by itself.
        let router = crate::serve::router(fixtures.platform.clone(), Assets::default()).expect("all is declared");
        let (_, document, list) = crate::serve::endpoints().into_parts();
        Self { router, samples: samples(&Table::new(list).expect("all is declared"), &document) }
    }

    /// The endpoint of a method and a path.
    fn sample(&self, method: &Method, path: &str) -> &Sample {
        self.samples.iter().find(|sample| sample.method == method && sample.path == path).expect("an endpoint")
    }

    async fn response(&self, request: Request<Body>) -> Response {
        self.router.clone().oneshot(request).await.expect("response")
    }
}

/// A response, without what differs between any two of them.
#[derive(Debug, PartialEq, Eq)]
struct Normalised {
    status: StatusCode,
    to: String,
    body: String,
}

async fn send(fixtures: &Fixtures, served: &Served, sample: &Sample, cookies: Option<&str>, whose: Whose) -> Normalised {
    let (parts, body) = served.response(sample.request(&fixtures.names, whose, cookies)).await.into_parts();
    let bytes = to_bytes(body, 16 << 20).await.expect("body");
    let fields = sample.body.as_ref().map(|(_, fields)| fields.to_string()).unwrap_or_default();
    let plain = |text: &str| fixtures.names.without_ids(text, &[&sample.path, &fields]);
    Normalised {
        status: parts.status,
        to: plain(parts.headers.get(header::LOCATION).and_then(|v| v.to_str().ok()).unwrap_or_default()),
        body: without_nonces(&plain(&String::from_utf8_lossy(&bytes))),
    }
}

/// Pages carry a nonce, which is new each time.
fn without_nonces(text: &str) -> String {
    text.split("nonce=\"").enumerate().map(|(i, part)| if i == 0 { part } else { part.split_once('"').map_or("", |(_, rest)| rest) }).collect()
}

/// Whether somebody may see and change what belongs to the victim there.
fn is_for(access: Access, name: &str) -> bool {
    match access {
        Access::Staff(permission) => Role::parse(name).is_some_and(|role| may(role, permission)),
        // A coach may see their organisation and its members.
        Access::Member => name == "insider",
        _ => false,
    }
}

/// What is wrong with the response that a user got from an endpoint.
async fn violations_at(fixtures: &mut Fixtures, served: &Served, sample: &Sample, person: usize) -> Vec<String> {
    let victim = fixtures.victim.id;
    let (name, cookies) = (fixtures.others[person].name, fixtures.others[person].cookie());
    let before = fingerprint(&mut fixtures.owner, victim).await;
    let response = send(fixtures, served, sample, cookies.as_deref(), Whose::Victims).await;
    let after = fingerprint(&mut fixtures.owner, victim).await;
    let mut found = Vec::new();
    let mut report = |what: String| found.push(format!("{name} at {} {}: {what}", sample.method, sample.path));
    if response.status.is_server_error() {
        report(format!("an error: {response:?}"));
    }
    if is_for(sample.access, name) {
        return found;
    }
    if before != after {
        let changed: Vec<_> = before.iter().zip(&after).filter(|(b, a)| b != a).map(|(b, _)| b.split(':').next().unwrap_or_default()).collect();
        report(format!("changed the victim’s {changed:?}"));
    }
    // A rejected form contains what they sent themselves.
    let sent = sample.text_for(&fixtures.names, Whose::Victims).replace("%40", "@").replace("%2E", ".");
    let seen = |canary: &&&str| response.body.contains(**canary) && !sent.contains(**canary) && !(name == "insider" && **canary == CLUB);
    if let Some(canary) = CANARIES.iter().find(seen) {
        report(format!("saw {canary:?}"));
    }
    match (sample.access, &cookies) {
        (Access::Athlete | Access::ResourceOwner | Access::Member | Access::Staff(_), None) if !is_signed_out(&response) => {
            report(format!("got {}", response.status));
        }
        (Access::ResourceOwner | Access::Member, Some(_)) | (Access::Shared, _) => {
            let unknown = send(fixtures, served, sample, cookies.as_deref(), Whose::Nobodys).await;
            if response != unknown {
                report(format!("could tell the victim's ids from unknown ones: {response:?} and {unknown:?}"));
            }
            if response.status.is_success() {
                report(format!("got {}", response.status));
            }
        }
        (Access::Staff(_), Some(_)) if response.status != StatusCode::NOT_FOUND => report(format!("got {}", response.status)),
        (Access::SignedOut, Some(_)) if response.to != "/" => report(format!("got {}", response.status)),
        // A wrong password is refused as well, but not by a redirect.
        (Access::SignedOut | Access::Public, None) if is_redirected(&response) => report("was sent to sign in".to_owned()),
        _ => {}
    }
    // Signed out by this request: sign in again for the next one.
    if let Some(token) = fixtures.others[person].token.clone()
        && viewer_of(&fixtures.platform, &token).await.expect("query").is_none()
        && let LoginOutcome::In(again) = sign_in(&fixtures.platform, &format!("{name}@example.org"), "marmot violin trench").await.expect("signs in")
    {
        fixtures.others[person].token = Some(again.token);
    }
    found
}

/// The response to somebody who is not signed in, at an endpoint for those who are.
fn is_signed_out(response: &Normalised) -> bool {
    response.status == StatusCode::UNAUTHORIZED || is_redirected(response)
}

fn is_redirected(response: &Normalised) -> bool {
    ["/sign-in", "/welcome"].contains(&response.to.as_str())
}

#[sqlx::test(migrations = "../migrations")]
async fn no_user_gets_anything_of_another(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut fixtures = set_up(connect).await;
    let served = Served::new(&fixtures);
    let snapshot = Snapshot::take(&mut fixtures.owner).await;
    let mut found = Vec::new();
    for person in 0..fixtures.others.len() {
        for sample in served.samples.iter().chain([&Sample::get("/nothing-here")]) {
            found.extend(violations_at(&mut fixtures, &served, sample, person).await);
            if sample.method != Method::GET && is_for(sample.access, fixtures.others[person].name) {
                snapshot.restore(&mut fixtures.owner).await;
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    fixtures.platform.database.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn without_policies_the_endpoints_leak_and_the_matrix_detects_it(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut fixtures = set_up(connect).await;
    let served = Served::new(&fixtures);
    for (table, ..) in tables(fixtures.victim.id) {
        sqlx::query(AssertSqlSafe(format!("alter table {table} disable row level security"))).execute(&mut fixtures.owner).await.expect("disabled");
    }
    let athlete = fixtures.others.iter().position(|p| p.name == "athlete").expect("the athlete");
    let sample = served.sample(&Method::POST, "/api/activities/detail");
    assert!(!violations_at(&mut fixtures, &served, sample, athlete).await.is_empty());
    fixtures.platform.database.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn an_error_of_the_database_fails_the_matrix(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut fixtures = set_up(connect).await;
    let served = Served::new(&fixtures);
    sqlx::query("revoke select on activities from legwork_app").execute(&mut fixtures.owner).await.expect("revoked");
    let athlete = fixtures.others.iter().position(|p| p.name == "athlete").expect("the athlete");
    let sample = served.sample(&Method::POST, "/api/activities/list");
    let found = violations_at(&mut fixtures, &served, sample, athlete).await;
    assert!(found.iter().any(|found| found.contains("an error")), "{found:?}");
    fixtures.platform.database.close().await;
}
