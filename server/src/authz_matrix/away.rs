//! While the database is away: what is kept of every form, and what is sent again by itself.

use axum::body::to_bytes;
use axum::http::{Request, StatusCode, header};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tower::ServiceExt;

use super::endpoints::{Endpoint, FORMS, LAST};
use super::fixtures::{fingerprint, id, world};
use super::{Ids, router, send_body};
use crate::limits::SIGN_IN;
use crate::unavailable::{KEPT, Kept};

/// What opens an account, wherever it is typed.
const SECRETS: [&str; 7] = ["password", "old", "new", "code", "token", "state", "refresh_token"];

/// Doors that fail in this world: the victim's recording is none.
const NEEDS_MORE: [&str; 2] = ["/activities/{id}/crop", "/activities/{id}/start"];

fn forms() -> impl Iterator<Item = Endpoint> {
    FORMS.into_iter().chain(LAST).filter(|d| d.method == "post" && d.body != "multipart" && !d.body.starts_with("json"))
}

#[sqlx::test(migrations = "../migrations")]
async fn a_page_keeps_no_secret_of_any_form_and_what_it_keeps_is_said_for_each(_: PgPoolOptions, connect: PgConnectOptions) {
    let world = world(connect).await;
    let (router, _) = router(&world);
    let cookie = format!("legwork_session={}", world.victim.token.as_deref().unwrap_or_default());
    world.platform.database.close().await;
    for door in forms() {
        assert!(door.body.is_empty() || KEPT.iter().any(|(path, _)| *path == door.path), "nobody has said what is kept of {}", door.path);
        let named = |part: &str| match part {
            "{day}" => "2026-01-05".to_owned(),
            _ if part.starts_with('{') => id(1).to_string(),
            _ => part.to_owned(),
        };
        let path = door.path.split('/').map(named).collect::<Vec<_>>().join("/");
        let fields: Vec<&str> = door.body.split('&').filter_map(|pair| pair.split_once('=').map(|(name, _)| name)).collect();
        let body: Vec<String> = fields.iter().map(|name| format!("{name}=typed-{name}-typed")).collect();
        let request = Request::post(&path).header(header::COOKIE, &cookie).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let body = body.join("&");
        let request = request.header(header::CONTENT_LENGTH, body.len()).body(axum::body::Body::from(body)).expect("request");
        let answer = router.clone().oneshot(request).await.expect("answer");
        // What asks the database nothing is answered as ever.
        if door.path == "/settings/theme" {
            continue;
        }
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE, "{path}");
        let page = String::from_utf8(to_bytes(answer.into_body(), 1 << 16).await.expect("page").to_vec()).expect("text");
        assert!(page.contains("A short break."), "{path}: {page}");
        let opens = SIGN_IN.contains(&door.path) || door.path.starts_with("/sign-in");
        let kept: Vec<&&str> = fields.iter().filter(|name| page.contains(&format!("typed-{name}-typed"))).collect();
        for name in &kept {
            assert!(!SECRETS.contains(name), "{path} writes {name} into a page");
            assert!(!opens || ["email", "name"].contains(*name), "{path} writes {name} into a page");
        }
        assert!(opens || door.path == "/join" || kept.len() == fields.len(), "{path} loses what was typed: {page}");
        assert!(!opens || !page.contains("submit.call"), "{path} is sent by itself");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_sent_again_by_itself_adds_nothing(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut world = world(connect).await;
    let (router, _) = router(&world);
    let (token, victim) = (world.victim.token.clone(), world.victim.id);
    let mut sent = 0;
    for door in forms().filter(|d| KEPT.contains(&(d.path, Kept::Repeated))) {
        let mut counts = Vec::new();
        for _ in 0..2 {
            let answer = send_body(&router, &door, token.as_deref(), Ids::Victims, victim).await;
            assert!(!answer.status().is_server_error() || NEEDS_MORE.contains(&door.path), "{}: {}", door.path, answer.status());
            let prints = fingerprint(&mut world.owner, victim).await;
            // How many rows each table has; when a row was written last may differ.
            counts.push(prints.iter().map(|print| print.rsplit_once(' ').map_or("", |(count, _)| count).to_owned()).collect::<Vec<_>>());
        }
        assert_eq!(counts[0], counts[1], "{}", door.path);
        sent += 1;
    }
    assert_eq!(sent, KEPT.iter().filter(|(_, kept)| *kept == Kept::Repeated).count());
    world.platform.database.close().await;
}
