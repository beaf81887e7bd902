//! Requests that are not as their endpoint needs them: garbage in the path, the query, the body and its type. Each gets an answer that suits its
//! reader, and none is our fault.

use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use domain::Problem;
use platform::error::Reader;
use platform::http::{FORM, MULTIPART};
use platform::testing::LogLines;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use super::Served;
use super::endpoints::Sample;
use super::fixtures::{Fixtures, set_up};
use super::log::logging;
use super::names::Whose;

/// What nobody types into a form of ours, and no log may hold.
const GARBAGE: &str = "gar%20bage-%F0%9F%A6%94";
/// Its part that is the same in every encoding.
const MARK: &str = "bage-";

/// A type, and a body that is not of this type, or not what its endpoint takes.
const BODIES: [(Option<&str>, &[u8]); 9] = [
    (None, b"bage-"),
    (Some("image/png"), b"\x89PNG bage-"),
    (Some("no type at all"), b""),
    (Some("application/json"), b"{\"bage-\": "),
    (Some("application/json"), b"[\"bage-\", \xff\xfe]"),
    (Some("application/json"), b"{\"bage-\": 7}"),
    (Some(FORM), b"bage-=%ff%fe&bage-&=&%"),
    (Some(MULTIPART), b"--b\r\n\r\nbage-"),
    (Some("multipart/form-data; boundary=b"), b"--b\r\nContent-Disposition: form-data; name=\"bage-\"\r\n\r\nno end"),
];

/// The template with garbage for every name in it.
fn garbled(template: &str) -> String {
    let part = |part: &str| if part.starts_with('{') { GARBAGE.to_owned() } else { part.to_owned() };
    template.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// Requests with garbage in one place each.
fn requests(fixtures: &Fixtures, sample: &Sample) -> Vec<Request<Body>> {
    let own = sample.path_for(&fixtures.names, Whose::Own);
    let request = |method: &Method, path: &str, (kind, body): (Option<&str>, &[u8])| {
        let mut request = Request::builder().method(method).uri(path).header(header::ACCEPT, "text/html,application/json;q=0.5");
        for (name, value) in [(header::COOKIE, fixtures.victim.cookie()), (header::CONTENT_TYPE, kind.map(str::to_owned))] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        request.body(Body::from(body.to_vec())).expect("request")
    };
    let kind = sample.body.as_ref().map(|(kind, _)| if kind == MULTIPART { "multipart/form-data; boundary=b" } else { kind });
    let text = sample.text_for(&fixtures.names, Whose::Own);
    let usual = (kind, text.as_bytes());
    let query = format!("{own}{}{GARBAGE}=%ff&file={GARBAGE}", if own.contains('?') { '&' } else { '?' });
    let mut all = vec![
        request(&sample.method, &garbled(&sample.path), usual),
        request(&sample.method, &query, usual),
        request(&Method::PATCH, &own, (None, b"")),
    ];
    if sample.method != Method::GET {
        all.extend(BODIES.map(|body| request(&sample.method, &own, body)));
    }
    all
}

/// What is wrong with the answer.
fn fault(path: &str, status: StatusCode, kind: &str, body: &str) -> Option<&'static str> {
    if status.is_server_error() {
        return Some("an error of ours");
    }
    if !status.is_client_error() {
        return None;
    }
    let problem: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    let is_problem =
        kind == "application/problem+json" && problem["status"] == status.as_u16() && !problem["detail"].as_str().unwrap_or_default().is_empty();
    let right = match Reader::of(path) {
        Reader::Api => is_problem,
        Reader::Page => kind.starts_with("application/json") && serde_json::from_str::<Problem>(body).is_ok_and(|p| !p.message.is_empty()),
        // A script of the page may have sent it.
        Reader::Person => kind.starts_with("text/html") || is_problem,
    };
    (!right).then_some("an answer of the wrong kind")
}

#[sqlx::test(migrations = "../migrations")]
async fn garbage_gets_an_answer_that_suits_its_reader_and_is_not_logged(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut fixtures = set_up(connect).await;
    let served = Served::new(&fixtures);
    let snapshot = super::Snapshot::take(&mut fixtures.owner).await;
    let lines = LogLines::default();
    let _logging = logging(&lines, "info,sqlx=warn");
    let (mut faults, mut rejected) = (Vec::new(), 0);
    for sample in &served.samples {
        for request in requests(&fixtures, sample) {
            let sent = format!("{} {} {:?}", request.method(), request.uri(), request.headers().get(header::CONTENT_TYPE));
            let path = request.uri().path().to_owned();
            let (parts, body) = served.response(request).await.into_parts();
            let body = to_bytes(body, 16 << 20).await.expect("body");
            let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
            rejected += usize::from(parts.status.is_client_error());
            if let Some(fault) = fault(&path, parts.status, kind, &String::from_utf8_lossy(&body)) {
                faults.push(format!("{sent}: {fault}: {} {kind} {}", parts.status, String::from_utf8_lossy(&body[..body.len().min(300)])));
            }
        }
        // Garbage may be harmless to what the endpoint does, such as signing out.
        if sample.method != Method::GET {
            snapshot.restore(&mut fixtures.owner).await;
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(rejected > 500, "only {rejected} requests were rejected");
    let log = lines.text();
    assert!(log.contains("served"), "{log}");
    let typed: Vec<&str> = log.lines().filter(|line| line.contains(MARK)).collect();
    assert!(typed.is_empty(), "{}", typed.join("\n"));
    fixtures.platform.database.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_rejection_has_its_status(_: PgPoolOptions, connect: PgConnectOptions) {
    let fixtures = set_up(connect).await;
    let served = Served::new(&fixtures);
    let long = vec![b'x'; 2 * crate::serve::BODY_BYTES];
    let (json, form) = (Some("application/json"), Some(FORM));
    for (method, path, kind, body, status) in [
        (Method::POST, "/v1/tokens", None, &b"{}"[..], 415),
        (Method::POST, "/v1/tokens", form, b"{}", 415),
        (Method::POST, "/v1/tokens", json, b"{", 400),
        (Method::POST, "/v1/tokens", json, b"{}", 422),
        (Method::POST, "/v1/tokens", json, &long, 413),
        (Method::PATCH, "/v1/tokens", json, b"", 405),
        (Method::GET, "/v1/nothing-here", None, b"", 404),
        (Method::POST, "/api/nothing-here", json, b"{}", 404),
        // Which an open page of an older version may send.
        (Method::POST, "/api/activities/list", json, b"{", 409),
        (Method::POST, "/sign-in", None, b"email=a", 415),
        (Method::POST, "/sign-in", form, b"email=a", 422),
        (Method::POST, "/sign-in", form, &long, 413),
        (Method::PATCH, "/sign-in", None, b"", 405),
    ] {
        let mut request = Request::builder().method(&method).uri(path).header(header::ACCEPT, "text/html");
        if let Some(cookie) = fixtures.victim.cookie().filter(|_| path != "/sign-in") {
            request = request.header(header::COOKIE, cookie);
        }
        if let Some(kind) = kind {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        let (parts, body) = served.response(request.body(Body::from(body.to_vec())).expect("request")).await.into_parts();
        let body = String::from_utf8_lossy(&to_bytes(body, 16 << 20).await.expect("body")).into_owned();
        assert_eq!(parts.status, status, "{method} {path}: {body}");
        let kind = parts.headers[header::CONTENT_TYPE].to_str().expect("text");
        assert_eq!(fault(path, parts.status, kind, &body), None, "{method} {path}: {kind} {body}");
        assert_eq!(parts.headers.contains_key(header::ALLOW), status == 405, "{method} {path}");
    }
    fixtures.platform.database.close().await;
}
