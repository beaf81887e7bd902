//! Requests of programs, browsers and calendars, from the address to the answer.

use accounts::AuthContext;
use accounts::testing::KIM;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::{Extension, Router};
use platform::Platform;
use platform::testing::TestApp;
use recordings::fit::messages;
use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tower::ServiceExt;

struct Api {
    app: TestApp,
    router: Router,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: header::HeaderName) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

impl Api {
    async fn new(connect: PgConnectOptions) -> Self {
        let app = TestApp::new(connect);
        let viewer = KIM.register(&app).await.viewer;
        let (router, ..) = super::router::<Platform>().into_parts();
        let router = router.with_state(Platform::clone(&app)).layer(Extension(AuthContext(Some(viewer))));
        Self { app, router }
    }

    async fn send(&self, method: &str, path: &str, kind: &str, body: String) -> Answer {
        let request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, kind).body(Body::from(body)).expect("a request");
        let (parts, body) = self.router.clone().oneshot(request).await.expect("a response").into_parts();
        Answer { status: parts.status, headers: parts.headers, body: to_bytes(body, 1 << 20).await.expect("a body").to_vec() }
    }

    async fn json(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.send(method, path, "application/json", body.to_string()).await
    }

    async fn post(&self, path: &str, form: &str) -> Answer {
        self.send("POST", path, "application/x-www-form-urlencoded", form.to_owned()).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, "", String::new()).await
    }

    /// The plan as programs read it.
    async fn plan(&self) -> Vec<Value> {
        self.get("/v1/plan").await.json()["items"].as_array().cloned().unwrap_or_default()
    }
}

fn tomorrow(api: &Api, days: i64) -> String {
    (api.app.clock.today("Europe/Berlin") + chrono::TimeDelta::days(days)).to_string()
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_program_plans_reads_replaces_and_deletes(_: PgPoolOptions, connect: PgConnectOptions) {
    let api = Api::new(connect).await;
    let new = json!({"day": tomorrow(&api, 1), "kind": "run", "words": "tempo", "steps": "2 km easy, 4x(1km 4:35-4:42/km, 90s jog)"});
    let made = api.json("POST", "/v1/plan", &new).await;
    assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.json());
    let path = made.header(header::LOCATION).to_owned();
    let read = api.get(&path).await.json();
    assert_eq!(read["steps"], "2km easy; 4 x (1km 4:35-4:42/km, 90s jog)");
    assert_eq!((&read["matching"], &read["activity"]), (&json!("by_shape"), &Value::Null));
    // What was read may be sent back.
    let mut changed = read.clone();
    changed["load"] = json!(75);
    let put = api.json("PUT", &path, &changed).await;
    assert_eq!((put.status, &put.json()["expected"]["load"]), (StatusCode::OK, &json!(75.0)), "{:?}", put.json());
    for (wrong, field) in [
        (json!({"day": "1700-01-01", "kind": "run"}), "day"),
        (json!({"day": tomorrow(&api, 1), "kind": "flying"}), "kind"),
        (json!({"day": tomorrow(&api, 1), "kind": "run", "load": 75, "distance_m": 8000}), "load"),
        (json!({"day": tomorrow(&api, 1), "kind": "run", "duration_s": 0}), "duration_s"),
        (json!({"day": tomorrow(&api, 1), "kind": "run", "steps": "2km fast"}), "steps"),
        (json!({"day": tomorrow(&api, 1), "kind": "run", "words": "x".repeat(201)}), "words"),
        (json!({"day": tomorrow(&api, 1), "kind": "run", "matching": "chosen"}), "activity"),
    ] {
        let refused = api.json("PUT", &path, &wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert!(refused.json()["errors"].get(field).is_some(), "{wrong}: {:?}", refused.json());
    }
    assert_eq!(api.plan().await.len(), 1);
    assert_eq!(api.json("DELETE", &path, &Value::Null).await.status, StatusCode::NO_CONTENT);
    assert_eq!(api.get(&path).await.status, StatusCode::NOT_FOUND);
}

#[sqlx::test(migrations = "../../migrations")]
async fn forms_lead_to_the_calendar_and_a_move_can_be_put_back(_: PgPoolOptions, connect: PgConnectOptions) {
    let api = Api::new(connect).await;
    let (first, second) = (tomorrow(&api, 1), tomorrow(&api, 2));
    let added = api.post("/plan", &format!("day={first}&kind=run&target=distance&amount=8&words=tempo")).await;
    assert_eq!((added.status, added.header(header::LOCATION)), (StatusCode::SEE_OTHER, format!("/calendar?day={first}&notice=saved").as_str()));
    let id = api.plan().await[0]["id"].as_str().expect("an id").to_owned();
    let moved = api.post(&format!("/plan/{id}/move"), &format!("day={second}&by=week")).await;
    assert_eq!(moved.header(header::LOCATION), format!("/calendar?week={second}&moved={id}&from={first}"));
    let back = api.post(&format!("/plan/{id}/move"), &format!("day={first}")).await;
    assert_eq!(back.header(header::LOCATION), format!("/calendar?day={first}&moved={id}&from={second}"));
    let refused = api.post(&format!("/plan/{id}"), &format!("day={first}&kind=run&steps=2km+fast")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(api.post(&format!("/plan/{id}/match"), "activity=off").await.header(header::LOCATION), format!("/plan/{id}?notice=saved"));
    let copied = api.post("/plan/copy", &format!("from={first}&to={}", tomorrow(&api, 30))).await;
    assert_eq!((copied.status, api.plan().await.len()), (StatusCode::SEE_OTHER, 2));
    // Its page names the copy, and undoes it by that name; anybody else's or none is no error that says more.
    let (week, copy) = copied.header(header::LOCATION).split_once("&copied=").expect("a copy");
    let day = week.strip_prefix("/calendar?day=").expect("a day");
    assert_eq!(api.post("/plan/copy/undo", "copy=x").await.status, StatusCode::NOT_FOUND);
    let undone = api.post("/plan/copy/undo", &format!("copy={copy}&day={day}")).await;
    assert_eq!((undone.header(header::LOCATION), api.plan().await.len()), (format!("{week}&notice=copy-undone").as_str(), 1));
    let deleted = api.post(&format!("/plan/{id}/delete"), "").await;
    assert_eq!(deleted.header(header::LOCATION), format!("/calendar?day={first}&notice=session-deleted"));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_watch_gets_a_workout_and_a_calendar_the_plan(_: PgPoolOptions, connect: PgConnectOptions) {
    let api = Api::new(connect).await;
    let day = tomorrow(&api, 1);
    for body in [
        json!({"day": day, "kind": "run", "words": "tempo", "steps": "2km easy; 4 x (1km 4:35-4:42/km, 90s jog); 1km easy"}),
        json!({"day": day, "kind": "strength", "duration_s": 1800}),
    ] {
        assert_eq!(api.json("POST", "/v1/plan", &body).await.status, StatusCode::CREATED);
    }
    let mut written = Vec::new();
    for session in api.plan().await {
        let file = api.get(&format!("/plan/{}/workout.fit", session["id"].as_str().expect("an id"))).await;
        let kind = session["kind"].as_str().expect("a kind");
        assert_eq!(file.header(header::CONTENT_DISPOSITION), format!("attachment; filename=\"{day}-{kind}.fit\""));
        let (messages, warnings) = messages(&file.body).expect("readable");
        assert_eq!(warnings, []);
        written.push((kind.to_owned(), messages.iter().filter(|message| message.number == 27).count()));
    }
    written.sort();
    assert_eq!(written, [("run".to_owned(), 5), ("strength".to_owned(), 1)]);
    // The address is in a sealed cookie, and on no page but the next.
    let made = api.post("/plan/feed", "").await;
    assert_eq!((made.status, made.header(header::LOCATION)), (StatusCode::SEE_OTHER, "/plan/feed?notice=feed-created"));
    assert!(made.header(header::SET_COOKIE).starts_with("legwork_flash=") && !made.header(header::SET_COOKIE).contains(".ics"));
    let mut tx = api.app.database.begin_as(uuid::Uuid::nil()).await.expect("transaction");
    assert_eq!(crate::has_feed(&mut tx).await.expect("asked"), None, "it is somebody's own");
    drop(tx);
    for unknown in ["x", "x.ics", &format!("{}.ics", "0".repeat(64))] {
        let refused = api.get(&format!("/calendar/feed/{unknown}")).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND, "{unknown}");
    }
    assert_eq!(api.post("/plan/feed/revoke", "").await.header(header::LOCATION), "/plan/feed?notice=feed-revoked");
}
