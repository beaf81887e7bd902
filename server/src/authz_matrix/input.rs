//! Hostile input of browsers and API clients: text that tries to be markup, characters that cannot be stored, days beyond the calendar;
//! and reads that must change nothing.

use accounts::viewer_of;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use domain::access::Access;
use platform::http::{FORM, MULTIPART};
use serde_json::Value;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tower::ServiceExt;

use super::Served;
use super::endpoints::Sample;
use super::fixtures::{Fixtures, fingerprint, set_up};
use super::names::Whose;

const HOSTILE: &str = "</title></textarea></script><img src=x onerror=alert(1)>\"'";

/// Status, redirect target and body of a response to the victim.
async fn send(router: &Router, fixtures: &Fixtures, method: &str, path: &str, kind: &str, body: impl Into<Body>) -> (StatusCode, String, String) {
    let cookie = format!("legwork_session={}", fixtures.victim.token.as_deref().unwrap_or_default());
    let request = Request::builder().method(method).uri(path).header(header::COOKIE, cookie).header(header::CONTENT_TYPE, kind);
    let response = router.clone().oneshot(request.body(body.into()).expect("request")).await.expect("response");
    let to = response.headers().get(header::LOCATION).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let status = response.status();
    let bytes = to_bytes(response.into_body(), 16 << 20).await.expect("body");
    (status, to, String::from_utf8_lossy(&bytes).into_owned())
}

async fn post(router: &Router, fixtures: &Fixtures, path: &str, fields: &[(&str, &str)]) -> (StatusCode, String, String) {
    let pairs: Vec<String> = fields.iter().map(|(k, v)| format!("{k}={}", platform::percent_encode(v))).collect();
    send(router, fixtures, "POST", path, "application/x-www-form-urlencoded", pairs.join("&")).await
}

async fn get(router: &Router, fixtures: &Fixtures, path: &str) -> (StatusCode, String, String) {
    send(router, fixtures, "GET", path, "text/html", Body::empty()).await
}

/// A page shows the text, and none of it is markup.
fn holds_as_text(html: &str, at: &str) {
    assert!(html.contains("&lt;img src=x onerror=alert(1)&gt;"), "{at} shows it: {html}");
    assert!(!html.contains("<img src=x"), "{at} has it as markup: {html}");
    assert_eq!(html.matches("</title>").count(), 1, "{at}: {html}");
    assert_eq!(html.matches("</textarea").count(), html.matches("<textarea").count(), "{at}: {html}");
    assert_eq!(html.matches("</script").count(), html.matches("<script").count(), "{at}: {html}");
}

#[sqlx::test(migrations = "../migrations")]
async fn text_is_never_markup(_: PgPoolOptions, connect: PgConnectOptions) {
    let fixtures = set_up(connect).await;
    let served = Served::new(&fixtures);
    let router = &served.router;
    let run = [("title", HOSTILE), ("sport", "running"), ("day", "2026-01-05"), ("time", "08:00"), ("description", HOSTILE), ("duration", "45:00")];
    let (status, activity, body) = post(router, &fixtures, "/activities/new", &run).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{body}");
    let everybody = [("training", "everybody"), ("map", "everybody"), ("heart_rate", "everybody")];
    assert_eq!(post(router, &fixtures, "/settings/sharing", &everybody).await.0, StatusCode::SEE_OTHER);
    assert_eq!(post(router, &fixtures, "/settings/profile", &[("name", HOSTILE), ("time_zone", "UTC")]).await.0, StatusCode::SEE_OTHER);
    assert_eq!(post(router, &fixtures, "/journal/2026-01-06", &[("note", HOSTILE)]).await.0, StatusCode::SEE_OTHER);
    let shared = activity.replace("/activities/", "/shared/");
    for page in [&*activity, &format!("{activity}/edit"), &shared, "/activities", "/settings", "/journal/2026-01-06"] {
        let (status, _, html) = get(router, &fixtures, page).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        holds_as_text(&html, page);
    }
    // Rejected forms show it, too.
    let edit = format!("{activity}/change");
    for (endpoint, fields) in [
        ("/activities/new", [("title", HOSTILE), ("description", HOSTILE), ("duration", HOSTILE)]),
        (&*edit, [("title", ""), ("description", HOSTILE), ("gear", HOSTILE)]),
        ("/journal/2026-01-06", [("note", HOSTILE), ("hrv", HOSTILE), ("sleep_hours", "25")]),
        ("/settings/thresholds", [("valid_from", "2026-01-05"), ("hr_max", HOSTILE), ("birth_year", HOSTILE)]),
        ("/settings/profile", [("name", ""), ("time_zone", HOSTILE), ("x", HOSTILE)]),
    ] {
        let (status, to, html) = post(router, &fixtures, endpoint, &fields).await;
        assert_eq!((status, &*to), (StatusCode::UNPROCESSABLE_ENTITY, ""), "{endpoint}");
        let attribute = html.replace("=\"&lt;", "").replace("&quot;", "\"");
        assert!(!html.contains("<img src=x") && attribute.contains("onerror=alert(1)"), "{endpoint}: {html}");
        assert_eq!(html.matches("</title>").count(), 1, "{endpoint}: {html}");
    }
    fixtures.platform.database.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn what_was_typed_into_a_rejected_form_is_in_its_page_and_in_no_url(_: PgPoolOptions, connect: PgConnectOptions) {
    let fixtures = set_up(connect).await;
    let served = Served::new(&fixtures);
    let router = &served.router;
    let long = "ä".repeat(1900);
    let (status, to, html) = post(router, &fixtures, "/journal/2026-01-06", &[("sleep_hours", "25"), ("hrv", "61"), ("note", &long)]).await;
    assert_eq!((status, &*to), (StatusCode::UNPROCESSABLE_ENTITY, ""));
    for kept in [
        "value=\"25\"",
        "value=\"61\"",
        &long,
        "Sleep: from 0 to 24 hours, such as 7.5 or 7:30.",
        "name=\"legwork-page\" content=\"/journal/2026-01-06\"",
    ] {
        assert!(html.contains(kept), "{kept}: {html}");
    }
    let fields = [("name", "Kim"), ("email", "nobody@nowhere"), ("password", "marmot violin trench")];
    let anonymous = Request::post("/register").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let body: Vec<String> = fields.iter().map(|(k, v)| format!("{k}={}", platform::percent_encode(v))).collect();
    let response = router.clone().oneshot(anonymous.body(Body::from(body.join("&"))).expect("request")).await.expect("response");
    assert_eq!((response.status(), response.headers().get(header::LOCATION)), (StatusCode::UNPROCESSABLE_ENTITY, None));
    let html = String::from_utf8(to_bytes(response.into_body(), 1 << 20).await.expect("body").to_vec()).expect("text");
    assert!(html.contains("value=\"Kim\"") && html.contains("value=\"nobody@nowhere\"") && !html.contains("marmot"), "{html}");
    assert!(html.contains("An email address, such as kim@example.org."), "{html}");
    // The URL alone fills in no field.
    for page in
        ["/journal/2026-01-06?refused=1&note=planted", "/activities/new?refused=1&title=planted", "/settings/thresholds?refused=1&hr_max=planted"]
    {
        assert!(!get(router, &fixtures, page).await.2.contains("planted"), "{page}");
    }
    fixtures.platform.database.close().await;
}

/// The body with every value replaced by `text`, encoded for its content type.
fn replaced(sample: &Sample, text: &str) -> String {
    fn each(value: &mut Value) {
        match value {
            Value::String(text) => "@".clone_into(text),
            Value::Array(values) => values.iter_mut().for_each(each),
            Value::Object(fields) => fields.values_mut().for_each(each),
            _ => {}
        }
    }
    if sample.has(FORM) {
        return sample.fields().iter().map(|name| format!("{name}={text}")).collect::<Vec<_>>().join("&");
    }
    let mut value = sample.body.as_ref().map_or(Value::Null, |(_, fields)| fields.clone());
    each(&mut value);
    value.to_string().replace('@', text)
}

async fn another_session(fixtures: &mut Fixtures) -> String {
    let (token, now) = (platform::secrets::token(&fixtures.platform.ids), fixtures.platform.clock.now());
    sqlx::query("insert into sessions (token_hash, account_id, created_at, expires_at) values ($1, $2, $3, $3 + interval '1 day')")
        .bind(platform::secrets::token_hash(&token))
        .bind(fixtures.victim.id)
        .bind(now)
        .execute(&mut fixtures.owner)
        .await
        .expect("a session");
    token
}

#[sqlx::test(migrations = "../migrations")]
async fn no_text_is_a_server_error(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut fixtures = set_up(connect).await;
    let served = Served::new(&fixtures);
    let router = &served.router;
    let mut faults = Vec::new();
    let note = post(router, &fixtures, "/journal/2026-01-05", &[("note", "a\0b")]).await;
    assert!(note.0 == StatusCode::UNPROCESSABLE_ENTITY && note.2.contains("invisible character"), "{note:?}");
    for path in
        ["/activities?q=%00", "/admin/users?q=%00", "/journal/%00", "/discovery/%00/days.csv", "/shared/%00", "/journal/import?file=%00", "/auth/%00"]
    {
        let (status, _, body) = get(router, &fixtures, path).await;
        if status.is_server_error() {
            faults.push(format!("{path}: {status} {body}"));
        }
    }
    let part = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\0b.gpx\"\r\n\r\n<gpx/>\r\n--b--\r\n";
    let (status, _, body) = send(router, &fixtures, "POST", "/imports/upload", "multipart/form-data; boundary=b", part).await;
    assert!(!status.is_server_error(), "{status} {body}");
    for sample in served.samples.iter().filter(|s| s.method == Method::POST && s.body.is_some() && !s.has(MULTIPART)) {
        let path = sample.path_for(&fixtures.names, Whose::Own);
        let json = !sample.has(FORM);
        // NUL in an otherwise valid email address, and half a surrogate pair.
        let worst = if json { ["a\\u0000@x.org", "\\ud800"] } else { ["a%00@x.org", "%ED%A0%80"] };
        let kind = if json { "application/json" } else { FORM };
        for text in ["x"].into_iter().chain(worst) {
            let (status, _, body) = send(router, &fixtures, "POST", &path, kind, replaced(sample, text)).await;
            if status.is_server_error() {
                faults.push(format!("{} {text}: {status} {body}", sample.path));
            }
            // Five wrong guesses end a session. A request that is refused because of that proves nothing.
            if viewer_of(&fixtures.platform, fixtures.victim.token.as_deref().expect("signed in")).await.expect("query").is_none() {
                if !sample.has_secret() {
                    faults.push(format!("{} {text} ended the session", sample.path));
                }
                fixtures.victim.token = Some(another_session(&mut fixtures).await);
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    fixtures.platform.database.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn days_beyond_the_calendar_are_answered(_: PgPoolOptions, connect: PgConnectOptions) {
    let fixtures = set_up(connect).await;
    let served = Served::new(&fixtures);
    let router = &served.router;
    for day in ["+262142-12-31", "-262143-01-01", "+262143-01-01", "0000-01-01", "2200-01-01", "1899-12-31"] {
        let written = day.replace('+', "%2B");
        for path in [format!("/journal/{day}"), format!("/journal/{written}")] {
            assert_eq!(get(router, &fixtures, &path).await.0, StatusCode::OK, "{path}: today instead");
        }
        let posts = [format!("/journal/{written}"), format!("/settings/thresholds/{written}/delete")];
        for path in &posts {
            assert_eq!(post(router, &fixtures, path, &[("sleep_hours", "8")]).await.0, StatusCode::BAD_REQUEST, "{path}");
        }
        let (status, _, body) = send(router, &fixtures, "POST", "/api/journal/day", "application/json", format!("{{\"day\":\"{day}\"}}")).await;
        assert_eq!(status, StatusCode::CONFLICT, "{day}: {body}");
        let (status, ..) = post(router, &fixtures, "/activities/new", &[("day", day), ("duration", "45:00")]).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{day}");
        let (status, ..) = post(router, &fixtures, "/settings/thresholds", &[("valid_from", day), ("hr_max", "190")]).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{day}");
    }
    fixtures.platform.database.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn reading_changes_nothing(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut fixtures = set_up(connect).await;
    let served = Served::new(&fixtures);
    // The findings are outdated, and no job is running.
    sqlx::query("update discovery_jobs set finished_at = now()").execute(&mut fixtures.owner).await.expect("finished");
    let (cookie, victim) = (fixtures.victim.cookie(), fixtures.victim.id);
    let reads = |sample: &&Sample| sample.method == Method::GET || (sample.is_function() && !matches!(sample.access, Access::Staff(_)));
    // The first request of a session updates its last use.
    served.response(Sample::get("/privacy").request(&fixtures.names, Whose::Own, cookie.as_deref())).await;
    for sample in served.samples.iter().filter(reads) {
        let before = fingerprint(&mut fixtures.owner, victim).await;
        served.response(sample.request(&fixtures.names, Whose::Own, cookie.as_deref())).await;
        let after = fingerprint(&mut fixtures.owner, victim).await;
        assert_eq!(before, after, "{} {}", sample.method, sample.path);
    }
    let enqueued: i64 =
        sqlx::query_scalar("select count(*) from discovery_jobs where finished_at is null").fetch_one(&mut fixtures.owner).await.expect("count");
    assert_eq!(enqueued, 0);
    fixtures.platform.database.close().await;
}
