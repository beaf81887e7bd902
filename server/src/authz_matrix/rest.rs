//! What every endpoint of the API does alike, tried at each of them: a new one is tested because it exists.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, HeaderName, Method, Request, StatusCode, header};
use domain::access::Access;
use platform::error::Reader;
use platform::rest::IDEMPOTENCY_KEY;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use super::Served;
use super::controls::start_over;
use super::endpoints::Sample;
use super::fixtures::{Fixtures, fingerprint, set_up};
use super::names::Whose;
use super::snapshot::Snapshot;

/// What the victim's own client gets.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    fn code(&self) -> String {
        serde_json::from_str::<serde_json::Value>(&self.body).unwrap_or_default()["code"].as_str().unwrap_or_default().to_owned()
    }
}

async fn send(fixtures: &Fixtures, served: &Served, sample: &Sample, header: Option<(&HeaderName, &str)>) -> Answer {
    let mut request = sample.request(&fixtures.names, Whose::Own, Some(&fixtures.cookies_of_victim()));
    if let Some((name, value)) = header {
        request.headers_mut().insert(name, value.parse().expect("a header"));
    }
    answer(served, request).await
}

async fn answer(served: &Served, request: Request<Body>) -> Answer {
    let (parts, body) = served.response(request).await.into_parts();
    let body = to_bytes(body, 16 << 20).await.expect("body");
    Answer { status: parts.status, headers: parts.headers, body: String::from_utf8(body.to_vec()).expect("text") }
}

/// The endpoints of the API that need a token.
fn endpoints(served: &Served) -> impl Iterator<Item = &Sample> {
    served.samples.iter().filter(|sample| Reader::of(&sample.path) == Reader::Api && sample.access != Access::Public)
}

#[sqlx::test(migrations = "../migrations")]
async fn a_request_that_is_sent_again_with_its_key_is_done_once(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut fixtures = set_up(connect).await;
    let served = Served::new(&fixtures);
    let snapshot = Snapshot::take(&mut fixtures.owner).await;
    let victim = fixtures.victim.id;
    let mut tried = 0;
    for sample in endpoints(&served).filter(|sample| sample.method == Method::POST) {
        start_over(&mut fixtures, &snapshot).await;
        let key = Some((&IDEMPOTENCY_KEY, "the-first"));
        let before = fingerprint(&mut fixtures.owner, victim).await;
        let first = send(&fixtures, &served, sample, key).await;
        assert!(first.status.is_success(), "{} {}: {first:?}", sample.method, sample.path);
        let done = fingerprint(&mut fixtures.owner, victim).await;
        assert_ne!(before, done, "{}", sample.path);
        let again = send(&fixtures, &served, sample, key).await;
        let told = |answer: &Answer| (answer.status, answer.header(&header::LOCATION).map(str::to_owned), answer.body.clone());
        assert_eq!(told(&first), told(&again), "{}", sample.path);
        assert_eq!(done, fingerprint(&mut fixtures.owner, victim).await, "{} was done twice", sample.path);
        // The same key of another request.
        let mut other = sample.request(&fixtures.names, Whose::Own, Some(&fixtures.cookies_of_victim()));
        *other.uri_mut() = format!("{}{}x=1", other.uri(), if other.uri().query().is_some() { '&' } else { '?' }).parse().expect("an address");
        other.headers_mut().insert(IDEMPOTENCY_KEY, "the-first".parse().expect("a header"));
        let refused = answer(&served, other).await;
        assert_eq!((refused.status, refused.code().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid"), "{}", sample.path);
        assert_eq!(done, fingerprint(&mut fixtures.owner, victim).await, "{}", sample.path);
        tried += 1;
    }
    assert!(tried >= 3, "only {tried}");
    fixtures.platform.database.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn requests_with_one_key_at_the_same_time_have_one_effect(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut fixtures = set_up(connect).await;
    let served = Served::new(&fixtures);
    let sample = served.sample(&Method::POST, "/v1/activities");
    let count = "select count(*) from activities where athlete_id = $1";
    let before: i64 = sqlx::query_scalar(count).bind(fixtures.victim.id).fetch_one(&mut fixtures.owner).await.expect("count");
    let key = IDEMPOTENCY_KEY;
    let requests = (0..20).map(|_| send(&fixtures, &served, sample, Some((&key, "at-once"))));
    let answers = futures::future::join_all(requests).await;
    assert_eq!(answers[0].status, StatusCode::CREATED, "{:?}", answers[0]);
    assert!(answers.iter().all(|answer| answer.body == answers[0].body), "{answers:?}");
    let after: i64 = sqlx::query_scalar(count).bind(fixtures.victim.id).fetch_one(&mut fixtures.owner).await.expect("count");
    assert_eq!(after, before + 1);
    fixtures.platform.database.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn what_was_changed_meanwhile_is_not_overwritten(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut fixtures = set_up(connect).await;
    let served = Served::new(&fixtures);
    let snapshot = Snapshot::take(&mut fixtures.owner).await;
    let victim = fixtures.victim.id;
    let description = crate::openapi::public_description();
    let mut tried = 0;
    for sample in endpoints(&served).filter(|sample| takes(&description, sample, "If-Match")) {
        start_over(&mut fixtures, &snapshot).await;
        let before = fingerprint(&mut fixtures.owner, victim).await;
        let refused = send(&fixtures, &served, sample, Some((&header::IF_MATCH, "\"of something else\""))).await;
        assert_eq!((refused.status, refused.code().as_str()), (StatusCode::PRECONDITION_FAILED, "changed"), "{} {}", sample.method, sample.path);
        assert_eq!(before, fingerprint(&mut fixtures.owner, victim).await, "{} {}", sample.method, sample.path);
        let read = send(&fixtures, &served, served.sample(&Method::GET, &sample.path), None).await;
        let tag = read.header(&header::ETAG).expect("a tag").to_owned();
        let done = send(&fixtures, &served, sample, Some((&header::IF_MATCH, &tag))).await;
        assert!(done.status.is_success(), "{} {}: {done:?}", sample.method, sample.path);
        // What is returned is what the next change is compared with.
        if sample.method != Method::DELETE {
            let read = send(&fixtures, &served, served.sample(&Method::GET, &sample.path), None).await;
            assert_eq!((read.header(&header::ETAG), &read.body), (done.header(&header::ETAG), &done.body), "{} {}", sample.method, sample.path);
        }
        tried += 1;
    }
    assert!(tried >= 5, "only {tried}");
    fixtures.platform.database.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn what_the_client_knows_is_not_sent_again(_: PgPoolOptions, connect: PgConnectOptions) {
    let fixtures = set_up(connect).await;
    let served = Served::new(&fixtures);
    let mut tried = 0;
    for sample in endpoints(&served).filter(|sample| sample.method == Method::GET) {
        let read = send(&fixtures, &served, sample, None).await;
        let Some(tag) = read.header(&header::ETAG) else { continue };
        let known = send(&fixtures, &served, sample, Some((&header::IF_NONE_MATCH, tag))).await;
        assert_eq!((known.status, known.body.as_str(), known.header(&header::ETAG)), (StatusCode::NOT_MODIFIED, "", Some(tag)), "{}", sample.path);
        let other = send(&fixtures, &served, sample, Some((&header::IF_NONE_MATCH, "\"of something else\""))).await;
        assert_eq!((other.status, other.body), (StatusCode::OK, read.body.clone()), "{}", sample.path);
        tried += 1;
    }
    assert!(tried >= 4, "only {tried}");
    fixtures.platform.database.close().await;
}

/// Whether the description of an endpoint has a parameter of this name.
fn takes(description: &serde_json::Value, sample: &Sample, parameter: &str) -> bool {
    let parameters = &description["paths"][&sample.path][sample.method.as_str().to_lowercase()]["parameters"];
    parameters.as_array().into_iter().flatten().any(|p| p["name"].as_str().is_some_and(|name| name.eq_ignore_ascii_case(parameter)))
}

#[tokio::test]
async fn every_endpoint_of_the_api_describes_what_it_does() {
    let description = crate::openapi::public_description();
    let paths = description["paths"].as_object().expect("paths");
    let (mut faults, mut names) = (Vec::new(), std::collections::BTreeSet::new());
    for (path, item) in paths {
        for (method, operation) in item.as_object().expect("methods") {
            let mut fault = |what: &str| faults.push(format!("{method} {path}: {what}"));
            let parameter = |name: &str| {
                let named = |p: &serde_json::Value| p["name"].as_str().is_some_and(|n| n.eq_ignore_ascii_case(name));
                operation["parameters"].as_array().is_some_and(|all| all.iter().any(named))
            };
            let needs_token = !operation["security"].is_null();
            if !names.insert(operation["operationId"].as_str().expect("a name").to_owned()) {
                fault("has the name of another");
            }
            if operation["summary"].as_str().is_none_or(str::is_empty) {
                fault("says nothing of itself");
            }
            if method == "post" && needs_token && !parameter("Idempotency-Key") {
                fault("takes no Idempotency-Key");
            }
            let of_fields = !operation["requestBody"]["content"]["application/json"].is_null();
            if ["put", "patch"].contains(&method.as_str()) && of_fields && !parameter("If-Match") {
                fault("takes no If-Match");
            }
            let responses = operation["responses"].as_object().expect("responses");
            if !responses["default"]["content"]["application/problem+json"].is_object() {
                fault("does not say what a problem looks like");
            }
            if responses.values().any(|response| response["description"].as_str().is_none_or(str::is_empty)) {
                fault("has an answer without a description");
            }
            let successes: Vec<_> = responses.iter().filter(|(status, _)| status.starts_with('2')).collect();
            if successes.is_empty() {
                fault("has no success");
            }
            for (status, response) in successes {
                let schema = &response["content"]["application/json"]["schema"];
                if *status != "204" && schema.is_null() {
                    fault("does not say what its answer looks like");
                }
                let is_list = serde_json::to_string(schema).is_ok_and(|schema| schema.contains("/List_"));
                if is_list && !parameter("after") {
                    fault("is a list without pages");
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(paths.len() >= 12, "{}", paths.len());
}
