//! While the database is unavailable: what is kept of every form, and what the page resubmits by itself.

use axum::body::to_bytes;
use axum::http::{Request, StatusCode, header};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tower::ServiceExt;

use super::endpoints::{Endpoint, FORMS, LAST};
use super::fixtures::{fingerprint, id, set_up};
use super::{Ids, router, send_body};
use crate::limits::SIGN_IN;
use crate::unavailable::{KEPT, Kept};

/// Credentials, in whatever form they are typed.
const SECRETS: [&str; 7] = ["password", "old", "new", "code", "token", "state", "refresh_token"];

/// Endpoints that fail with these fixtures: the victim's recording is empty.
const NEEDS_MORE: [&str; 2] = ["/activities/{id}/crop", "/activities/{id}/start"];

fn forms() -> impl Iterator<Item = Endpoint> {
    FORMS.into_iter().chain(LAST).filter(|d| d.method == "post" && d.body != "multipart" && !d.body.starts_with("json"))
}

#[sqlx::test(migrations = "../migrations")]
async fn the_unavailable_page_keeps_no_secret_and_every_form_declares_what_it_keeps(_: PgPoolOptions, connect: PgConnectOptions) {
    let fixtures = set_up(connect).await;
    let (router, _) = router(&fixtures);
    let cookie = format!("legwork_session={}", fixtures.victim.token.as_deref().unwrap_or_default());
    fixtures.platform.database.close().await;
    for endpoint in forms() {
        assert!(
            endpoint.body.is_empty() || KEPT.iter().any(|(path, _)| *path == endpoint.path),
            "KEPT does not say what is kept of {}",
            endpoint.path
        );
        let named = |part: &str| match part {
            "{day}" => "2026-01-05".to_owned(),
            _ if part.starts_with('{') => id(1).to_string(),
            _ => part.to_owned(),
        };
        let path = endpoint.path.split('/').map(named).collect::<Vec<_>>().join("/");
        let fields: Vec<&str> = endpoint.body.split('&').filter_map(|pair| pair.split_once('=').map(|(name, _)| name)).collect();
        let body: Vec<String> = fields.iter().map(|name| format!("{name}=typed-{name}-typed")).collect();
        let request = Request::post(&path).header(header::COOKIE, &cookie).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let body = body.join("&");
        let request = request.header(header::CONTENT_LENGTH, body.len()).body(axum::body::Body::from(body)).expect("request");
        let response = router.clone().oneshot(request).await.expect("response");
        // Needs no database, so it responds as usual.
        if endpoint.path == "/settings/theme" {
            continue;
        }
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE, "{path}");
        let page = String::from_utf8(to_bytes(response.into_body(), 1 << 16).await.expect("page").to_vec()).expect("text");
        assert!(page.contains("A short break."), "{path}: {page}");
        let credentials = SIGN_IN.contains(&endpoint.path) || endpoint.path.starts_with("/sign-in") || endpoint.path.starts_with("/auth/");
        let kept: Vec<&&str> = fields.iter().filter(|name| page.contains(&format!("typed-{name}-typed"))).collect();
        for name in &kept {
            assert!(!SECRETS.contains(name), "{path} writes {name} into a page");
            assert!(!credentials || ["email", "name"].contains(*name), "{path} writes {name} into a page");
        }
        assert!(credentials || endpoint.path == "/invitations/accept" || kept.len() == fields.len(), "{path} loses what was typed: {page}");
        assert!(!credentials || !page.contains("submit.call"), "{path} is resubmitted by itself");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_resubmitted_by_itself_adds_nothing(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut fixtures = set_up(connect).await;
    let (router, _) = router(&fixtures);
    let (token, victim) = (fixtures.victim.token.clone(), fixtures.victim.id);
    let mut sent = 0;
    for endpoint in forms().filter(|d| KEPT.contains(&(d.path, Kept::Repeated))) {
        let mut counts = Vec::new();
        for _ in 0..2 {
            let response = send_body(&router, &endpoint, token.as_deref(), Ids::Victim, victim).await;
            assert!(!response.status().is_server_error() || NEEDS_MORE.contains(&endpoint.path), "{}: {}", endpoint.path, response.status());
            let prints = fingerprint(&mut fixtures.owner, victim).await;
            // Row counts per table; the time a row was last written may differ.
            counts.push(prints.iter().map(|print| print.rsplit_once(' ').map_or("", |(count, _)| count).to_owned()).collect::<Vec<_>>());
        }
        assert_eq!(counts[0], counts[1], "{}", endpoint.path);
        sent += 1;
    }
    assert_eq!(sent, KEPT.iter().filter(|(_, kept)| *kept == Kept::Repeated).count());
    fixtures.platform.database.close().await;
}
