//! Everybody knocks at every door with the victim's ids, and nothing opens, changes, or even hints that something is there. The doors
//! are listed by the router, the server functions and the app themselves: one that is new is missed at once.

mod away;
mod bodies;
mod doors;
mod input;
mod programs;
mod uncounted;
mod world;

use accounts::{Entry, sign_in, viewer_of};
use activities::Recomputer;
use app::document::Assets;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use axum::response::Response;
use domain::permissions::{Role, may};
use imports::Worker;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection};
use tower::ServiceExt;
use utoipa::openapi::OpenApi;
use uuid::Uuid;

use doors::{Door, FORMS, FUNCTIONS, For, LAST, PAGES};
use world::{MARKS, Person, World, fingerprint, id, tables, world};

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

async fn knock(router: &Router, door: &Door, token: Option<&str>, ids: Ids, victim: Uuid) -> Answer {
    let of = |n: u128| ids.of(n);
    let (parts, body) = knocked(router, door, token, ids, victim).await.into_parts();
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

async fn knocked(router: &Router, door: &Door, token: Option<&str>, ids: Ids, victim: Uuid) -> Response {
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
async fn wrong(world: &mut World, router: &Router, door: &Door, person: usize) -> Vec<String> {
    let victim = world.victim.id;
    let (name, token) = (world.others[person].name, world.others[person].token.clone());
    let allowed = matches!(door.is_for, For::Staff(act) if Role::parse(name).is_some_and(|role| may(role, act)));
    // The organisation and who is in it are its coach's to see.
    let own =
        name == "insider" && ["/organisations", "/organisations/{id}", "/api/organisations/list", "/api/organisations/get"].contains(&door.path);
    if allowed || own {
        return Vec::new();
    }
    let before = fingerprint(&mut world.owner, victim).await;
    let answer = knock(router, door, token.as_deref(), Ids::Victims, victim).await;
    let after = fingerprint(&mut world.owner, victim).await;
    let mut found = Vec::new();
    let mut say = |what: String| found.push(format!("{name} at {} {}: {what}", door.method, door.path));
    if before != after {
        let changed: Vec<_> = before.iter().zip(&after).filter(|(b, a)| b != a).map(|(b, _)| b.split(':').next().unwrap_or_default()).collect();
        say(format!("changed the victim’s {changed:?}"));
    }
    // What they sent themselves comes back with a form that was refused.
    if let Some(mark) = MARKS.iter().find(|mark| answer.body.contains(**mark) && !door.body.contains(**mark)) {
        say(format!("was told {mark:?}"));
    }
    let turned_away = answer.status == StatusCode::UNAUTHORIZED || ["/sign-in", "/welcome"].contains(&answer.to.as_str());
    match (door.is_for, &token) {
        (For::Own | For::Theirs | For::Staff(_), None) if !turned_away && answer.body.trim() != "null" => say(format!("got {}", answer.status)),
        (For::Theirs, Some(_)) | (For::Shown, _) => {
            let unknown = knock(router, door, token.as_deref(), Ids::Nothings, victim).await;
            if answer != unknown {
                say(format!("could tell what is there from what is not: {} and {}", answer.status, unknown.status));
            }
            if answer.status.is_success() {
                say(format!("got {}", answer.status));
            }
        }
        (For::Staff(_), Some(_)) if answer.status != StatusCode::NOT_FOUND => say(format!("got {}", answer.status)),
        _ => {}
    }
    // Whoever signed out at this door comes in again for the next.
    if let Some(token) = token
        && viewer_of(&world.platform, &token).await.expect("query").is_none()
        && let Entry::In(again) = sign_in(&world.platform, &format!("{name}@example.org"), "marmot violin trench").await.expect("signs in")
    {
        world.others[person].token = Some(again.token);
    }
    found
}

/// Pages are doors that are only looked at.
fn pages() -> Vec<Door> {
    PAGES.iter().map(|&(path, is_for)| Door { method: "get", path, body: "", is_for }).collect()
}

fn all_doors() -> Vec<Door> {
    FORMS.into_iter().chain(LAST).chain(FUNCTIONS).chain(pages()).collect()
}

async fn breaches(world: &mut World, router: &Router) -> Vec<String> {
    let mut found = Vec::new();
    for person in 0..world.others.len() {
        for door in all_doors() {
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
    let found = breaches(&mut world, &router).await;
    assert!(found.is_empty(), "{}", found.join("\n"));
    // The same knocks open for the victim: a refusal above is about who asks, not about a misspelt request. These need a recording,
    // a merge, an upload or a task under way, which the victim has not.
    let needs_more = ["unsplit", "unmerge", "original", "export", "preview", "crop", "/split", "legwork.zip", "/settings/bin", "recompute"];
    for door in all_doors().iter().filter(|d| d.is_for == For::Theirs && !needs_more.iter().any(|n| d.path.contains(n))) {
        let answer = knock(&router, door, world.victim.token.as_deref(), Ids::Victims, world.victim.id).await;
        let refused = [StatusCode::NOT_FOUND, StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN].contains(&answer.status);
        // What was undone or deleted by a door before is gone for its page after it.
        let gone = door.method == "get" || door.path.starts_with("/api/");
        assert!(!refused || gone, "the victim at {} {}: {answer:?}", door.method, door.path);
    }
    world.platform.database.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn every_answer_carries_its_protection(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut world = world(connect).await;
    let mut config = (*world.platform.config).clone();
    config.server.url = Some("https://legwork.example".parse().expect("address"));
    world.platform.config = std::sync::Arc::new(config);
    let (router, _) = router(&world);
    for door in all_doors() {
        let response = knocked(&router, &door, None, Ids::Nothings, world.victim.id).await;
        let text = |name: &str| response.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
        let at = format!("{} {}: {}", door.method, door.path, response.status());
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("x-frame-options", "DENY"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("strict-transport-security", "max-age=63072000; includeSubDomains"),
        ] {
            assert_eq!(text(name), value, "{at}");
        }
        let policy = text("content-security-policy");
        assert!(policy.contains("default-src 'none'") || policy.contains("'nonce-"), "{at}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"), "{at}: {policy}");
        assert!(text("cache-control").contains("no-store"), "{at}: {}", text("cache-control"));
        assert!(!text("permissions-policy").is_empty() && text("x-request-id").len() == 12, "{at}");
        let kind = text("content-type");
        assert!(!kind.starts_with("text/") || kind.contains("charset=utf-8"), "{at}: {kind}");
        for cookie in response.headers().get_all(header::SET_COOKIE).iter().filter_map(|v| v.to_str().ok()).filter(|c| c.contains("legwork")) {
            assert!(cookie.starts_with("__Host-") && cookie.contains("HttpOnly") && cookie.contains("Secure"), "{at}: {cookie}");
        }
    }
    world.platform.database.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_fault_has_a_number_that_the_log_knows(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut world = world(connect).await;
    let (router, _) = router(&world);
    let token = world.victim.token.clone();
    // A database that answers, and not as it should.
    sqlx::query("revoke usage on schema public from legwork_app, public").execute(&mut world.owner).await.expect("revoked");
    let door = Door { method: "post", path: "/forgot", body: "email=x", is_for: For::All };
    assert_eq!(knocked(&router, &door, None, Ids::Victims, world.victim.id).await.status(), StatusCode::SEE_OTHER, "what needs no answer");
    let door = Door { method: "post", path: "/sign-in", body: "email=x@x.org&password=y", is_for: For::All };
    let response = knocked(&router, &door, token.as_deref(), Ids::Victims, world.victim.id).await;
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let number = response.headers()["x-request-id"].to_str().expect("text").to_owned();
    let body = to_bytes(response.into_body(), 1 << 16).await.expect("body");
    assert!(String::from_utf8_lossy(&body).contains(&format!("tell us this number: {number}.")), "{body:?}");
    world.platform.database.close().await;
}

/// What somebody could take from the database itself, had the application no checks at all.
async fn stolen(world: &mut World) -> Vec<String> {
    let victim = world.victim.id;
    let tables = tables(&mut world.owner, victim).await;
    let mut found = Vec::new();
    for person in &world.others {
        for (table, column, key) in &tables {
            let may_read = match table.as_str() {
                "audit_log" => ["admin", "owner"].contains(&person.name),
                "organisations" | "memberships" => person.name == "insider",
                _ => false,
            };
            // A column that the application may change, if there is one.
            let changed = rows_of_text(
                world,
                &format!(
                    "select attname::text from pg_attribute where attrelid = '{table}'::regclass and attnum > 0 and attgenerated = '' and attidentity = ''
                     and has_column_privilege('legwork_app', attrelid, attnum, 'update') order by attnum desc limit 1"
                ),
            )
            .await
            .unwrap_or_else(|| column.clone());
            let acts = [
                ("read", format!("select count(*) from {table} where {column} = '{key}'")),
                (
                    "changed",
                    format!("with c as (update {table} set {changed} = {changed} where {column} = '{key}' returning 1) select count(*) from c"),
                ),
                ("removed", format!("with c as (delete from {table} where {column} = '{key}' returning 1) select count(*) from c")),
            ];
            for (act, sql) in acts {
                if rows(world, person, &sql).await > 0 && !(may_read && act == "read") {
                    found.push(format!("{} {act} {table}", person.name));
                }
            }
        }
        let is = |roles: &[&str]| roles.contains(&person.name);
        if !is(&["employee", "admin", "owner"]) && rows(world, person, "select count(*) from people('', '', 99)").await > 0 {
            found.push(format!("{} listed people", person.name));
        }
        if rows(world, person, &format!("select count(*) from shown_by('{victim}')")).await > 0 {
            found.push(format!("{} was shown the training", person.name));
        }
        let promote = format!("select (set_role('{victim}', 'employee') = 'done')::int::bigint");
        if !is(&["admin", "owner"]) && rows(world, person, &promote).await > 0 {
            found.push(format!("{} changed a role", person.name));
        }
    }
    found
}

/// Rows that a statement touched; what the database refuses touches none. Nothing is committed.
async fn rows(world: &World, person: &Person, sql: &str) -> i64 {
    let database = &world.platform.database;
    let session = if person.token.is_some() { database.as_viewer(person.id).await } else { database.as_nobody().await };
    let mut session = session.expect("session");
    sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(session.connection()).await.unwrap_or(0)
}

async fn rows_of_text(world: &World, sql: &str) -> Option<String> {
    let mut session = world.platform.database.as_nobody().await.expect("session");
    sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_optional(session.connection()).await.expect("catalogue")
}

#[sqlx::test(migrations = "../migrations")]
async fn the_database_alone_keeps_people_apart_and_a_missing_policy_shows(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut world = world(connect.clone()).await;
    assert_eq!(stolen(&mut world).await, Vec::<String>::new());
    let policies: Vec<(String, String, String, Option<String>, bool)> = sqlx::query_as(
        "select c.relname::text, p.polname::text, pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid),
           p.polwithcheck is not null or p.polcmd in ('r', 'd')
         from pg_policy p join pg_class c on c.oid = p.polrelid where p.polname <> 'definer' order by 1, 2",
    )
    .fetch_all(&mut world.owner)
    .await
    .expect("policies");
    assert!(policies.len() > 15);
    let mut owner = sqlx::PgConnection::connect_with(&connect).await.expect("owner");
    let mut run = async |sql: String| {
        sqlx::query(AssertSqlSafe(sql.clone())).execute(&mut owner).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
    };
    for (table, policy, using, check, checked) in policies {
        assert!(checked, "{policy} on {table} does not check what is written");
        let with = |check: &str| if checked && !check.is_empty() { format!(" with check ({check})") } else { String::new() };
        run(format!("alter policy {policy} on {table} using (true){}", with(if check.is_some() { "true" } else { "" }))).await;
        let found = stolen(&mut world).await;
        assert!(found.iter().any(|f| f.ends_with(&format!(" {table}"))), "nobody noticed that {policy} on {table} lets everything pass");
        run(format!("alter policy {policy} on {table} using ({using}){}", with(check.as_deref().unwrap_or_default()))).await;
        run(format!("alter table {table} disable row level security")).await;
        let found = stolen(&mut world).await;
        assert!(found.iter().any(|f| f.ends_with(&format!(" {table}"))), "nobody noticed that {table} has no row-level security");
        run(format!("alter table {table} enable row level security")).await;
    }
    // What is for coaches is shown to the victim's own, and to nobody else while the check stands.
    let shown = |found: Vec<String>| -> Vec<String> {
        found.into_iter().filter_map(|f| f.strip_suffix(" was shown the training").map(str::to_owned)).collect()
    };
    run("update sharing set training = 'organisation'".into()).await;
    assert_eq!(shown(stolen(&mut world).await), ["insider"]);
    run("create or replace function coaches(athlete uuid) returns boolean language sql stable as 'select true'".into()).await;
    assert!(shown(stolen(&mut world).await).iter().any(|name| name == "athlete"), "nobody noticed that everybody is a coach");
    run("create or replace function has_role(variadic wanted text[]) returns boolean language sql stable as 'select true'".into()).await;
    let found = stolen(&mut world).await;
    assert!(found.iter().any(|f| f == "athlete changed a role") && found.iter().any(|f| f == "nobody listed people"), "{found:?}");
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

#[sqlx::test(migrations = "../migrations")]
async fn too_many_tries_are_told_when_to_come_back(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut world = world(connect).await;
    let mut config = (*world.platform.config).clone();
    config.limits.sign_in_per_minute = std::num::NonZeroU32::new(3).expect("three");
    world.platform.config = std::sync::Arc::new(config);
    let (router, _) = router(&world);
    let door = FORMS.iter().find(|d| d.path == "/prove").expect("a door");
    let token = world.others.iter().find(|p| p.name == "athlete").and_then(|p| p.token.clone());
    let mut last = None;
    for _ in 0..4 {
        last = Some(knock(&router, door, token.as_deref(), Ids::Nothings, world.victim.id).await);
    }
    let refused = last.expect("an answer");
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.body.contains("Try again in") && refused.body.contains("what you typed is still there"), "{refused:?}");
    // Somebody else, and other doors, are not held up.
    let other = world.others.iter().find(|p| p.name == "employee").and_then(|p| p.token.clone());
    assert_ne!(knock(&router, door, other.as_deref(), Ids::Nothings, world.victim.id).await.status, StatusCode::TOO_MANY_REQUESTS);
    let home = Door { method: "get", path: "/settings", body: "", is_for: For::Own };
    assert_eq!(knock(&router, &home, token.as_deref(), Ids::Nothings, world.victim.id).await.status, StatusCode::OK);
    world.platform.database.close().await;
}
