//! While the database is unavailable: what is kept of every form, and what the page resubmits by itself.

use axum::body::to_bytes;
use axum::http::{Request, StatusCode, header};
use domain::access::Access;
use platform::http::{FORM, Kept};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use super::Served;
use super::endpoints::{SECRETS, Sample};
use super::fixtures::{fingerprint, set_up};
use super::names::Whose;

fn forms(served: &Served) -> impl Iterator<Item = &Sample> {
    served.samples.iter().filter(|sample| sample.is_form())
}

#[sqlx::test(migrations = "../migrations")]
async fn the_unavailable_page_keeps_no_secret_and_every_form_declares_what_it_keeps(_: PgPoolOptions, connect: PgConnectOptions) {
    let fixtures = set_up(connect).await;
    let served = Served::new(&fixtures);
    let cookie = fixtures.victim.cookie().expect("signed in");
    fixtures.platform.database.close().await;
    for sample in forms(&served) {
        let path = sample.path_for(&fixtures.names, Whose::Victims);
        let fields = sample.fields();
        let body = fields.iter().map(|name| format!("{name}=typed-{name}-typed")).collect::<Vec<_>>().join("&");
        let request = Request::post(&path).header(header::COOKIE, &cookie).header(header::CONTENT_TYPE, FORM);
        let request = request.header(header::CONTENT_LENGTH, body.len()).body(axum::body::Body::from(body)).expect("request");
        let response = served.response(request).await;
        // Needs no database, so it responds as usual.
        if response.status() == StatusCode::SEE_OTHER && sample.access == Access::Public && sample.kept == Kept::Repeated {
            continue;
        }
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE, "{path}");
        let page = String::from_utf8(to_bytes(response.into_body(), 1 << 16).await.expect("page").to_vec()).expect("text");
        assert!(page.contains("A short break."), "{path}: {page}");
        let credentials = sample.has_secret();
        let kept: Vec<&&str> = fields.iter().filter(|name| page.contains(&format!("typed-{name}-typed"))).collect();
        for name in &kept {
            assert!(!SECRETS.contains(name), "{path} writes {name} into a page");
            assert!(!credentials || ["email", "name"].contains(*name), "{path} writes {name} into a page");
        }
        assert!(credentials || kept.len() == fields.len(), "{path} loses what was typed: say what is kept of it: {page}");
        assert!(!credentials || !page.contains("submit.call"), "{path} is resubmitted by itself");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_resubmitted_by_itself_adds_nothing(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut fixtures = set_up(connect).await;
    let served = Served::new(&fixtures);
    let (cookie, victim) = (fixtures.victim.cookie(), fixtures.victim.id);
    let mut sent = 0;
    for sample in forms(&served).filter(|sample| sample.kept == Kept::Repeated) {
        let mut counts = Vec::new();
        for _ in 0..2 {
            let response = served.response(sample.request(&fixtures.names, Whose::Own, cookie.as_deref())).await;
            assert!(!response.status().is_server_error(), "{}: {}", sample.path, response.status());
            let prints = fingerprint(&mut fixtures.owner, victim).await;
            // Row counts per table; the time a row was last written may differ.
            counts.push(prints.iter().map(|print| print.rsplit_once(' ').map_or("", |(count, _)| count).to_owned()).collect::<Vec<_>>());
        }
        assert_eq!(counts[0], counts[1], "{}", sample.path);
        sent += 1;
    }
    assert!(sent > 5, "only {sent} forms are resubmitted, which proves little");
    fixtures.platform.database.close().await;
}
