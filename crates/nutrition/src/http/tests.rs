//! Requests of programs and browsers, from the address to the answer.

use accounts::AuthContext;
use accounts::testing::KIM;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::{Extension, Router};
use domain::accounts::Viewer;
use platform::Platform;
use platform::testing::TestApp;
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
    body: Value,
}

impl Answer {
    fn header(&self, name: header::HeaderName) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

fn router(app: &TestApp, viewer: Viewer) -> Router {
    let (router, ..) = super::router::<Platform>().into_parts();
    router.with_state(Platform::clone(app)).layer(Extension(AuthContext(Some(viewer))))
}

impl Api {
    async fn new(connect: PgConnectOptions) -> Self {
        let app = TestApp::new(connect);
        let viewer = KIM.register(&app).await.viewer;
        Self { router: router(&app, viewer), app }
    }

    async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], kind: &str, body: String) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, kind);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.router.clone().oneshot(request.body(Body::from(body)).expect("a request")).await.expect("a response");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 20).await.expect("a body");
        Answer { status: parts.status, headers: parts.headers, body: serde_json::from_slice(&bytes).unwrap_or_default() }
    }

    async fn json(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.send(method, path, &[], "application/json", body.to_string()).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.json("GET", path, &Value::Null).await
    }

    async fn form(&self, path: &str, body: &str) -> Answer {
        self.send("POST", path, &[], "application/x-www-form-urlencoded", body.to_owned()).await
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_entry_is_made_read_changed_and_deleted(_: PgPoolOptions, connect: PgConnectOptions) {
    let api = Api::new(connect).await;
    let body = json!({"text": "two bananas, 60 g oats at 8", "day": "2026-09-20", "own": [{"name": "iron", "amount": 5.0, "unit": "mg"}]});
    let made = api.json("POST", "/v1/nutrition/entries", &body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let path = made.header(header::LOCATION).to_owned();
    assert_eq!((&made.body["time"], &made.body["day"], &made.body["linked"]), (&json!("08:00"), &json!("2026-09-20"), &json!("by_time")));
    assert!(made.body["nutrients"]["carbohydrate_g"].as_f64().is_some_and(|grams| (93.0..97.0).contains(&grams)), "{}", made.body);
    assert!(made.body.get("activity").is_none() && made.body["own"][0]["name"] == "iron");

    let read = api.get(&path).await;
    let tag = read.header(header::ETAG).to_owned();
    assert_eq!(read.body, made.body);
    // A part of it: the rest stays.
    let part = json!({"time": "07:10", "nutrients": {"carbohydrate_g": 90.0}});
    let changed = api.send("PATCH", &path, &[("if-match", &tag)], "application/json", part.to_string()).await;
    assert_eq!((changed.status, &changed.body["time"], &changed.body["typed"]), (StatusCode::OK, &json!("07:10"), &json!(["carbohydrate_g"])));
    assert_eq!(changed.body["own"], made.body["own"]);
    let late = api.send("PATCH", &path, &[("if-match", &tag)], "application/json", part.to_string()).await;
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED);
    // What was read may be sent back.
    let again = api.json("PUT", &path, &changed.body).await;
    assert_eq!((again.status, &again.body), (StatusCode::OK, &changed.body));
    let replaced = api.json("PUT", &path, &json!({"text": "coffee"})).await;
    assert_eq!((&replaced.body["time"], &replaced.body["typed"], &replaced.body["own"]), (&json!("07:10"), &json!([]), &json!([])));

    assert_eq!(api.get("/v1/nutrition/entries").await.body["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(api.json("DELETE", &path, &Value::Null).await.status, StatusCode::NO_CONTENT);
    assert_eq!(api.get(&path).await.status, StatusCode::NOT_FOUND);
}

#[sqlx::test(migrations = "../../migrations")]
async fn refusals_name_fields_bounds_and_units_and_a_key_is_used_once(_: PgPoolOptions, connect: PgConnectOptions) {
    let api = Api::new(connect).await;
    let wrong = json!({"text": "", "day": "2500-01-01", "time": "noon", "nutrients": {"sodium_mg": -1.0}, "linked": "chosen", "own": [{"name": "", "amount": 1.0}]});
    let refused = api.json("POST", "/v1/nutrition/entries", &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let errors = refused.body["errors"].as_object().expect("errors");
    assert_eq!(
        errors.keys().map(String::as_str).collect::<Vec<_>>(),
        ["activity", "day", "nutrients.sodium_mg", "own", "text", "time"],
        "{errors:?}"
    );
    assert_eq!(errors["nutrients.sodium_mg"], "Sodium: a number from 0 to 50000 mg.");
    let gel = json!({"text": "gel"}).to_string();
    let once = async || api.send("POST", "/v1/nutrition/entries", &[("idempotency-key", "one")], "application/json", gel.clone()).await;
    assert_eq!(once().await.body, once().await.body);
    assert_eq!(api.get("/v1/nutrition/entries").await.body["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(api.get("/v1/nutrition/entries?after=nonsense").await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[sqlx::test(migrations = "../../migrations")]
async fn favourites_foods_readings_and_the_question(_: PgPoolOptions, connect: PgConnectOptions) {
    let api = Api::new(connect).await;
    let made =
        api.json("POST", "/v1/nutrition/favourites", &json!({"name": "The usual", "text": "porridge", "nutrients": {"carbohydrate_g": 92.0}})).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let path = made.header(header::LOCATION).to_owned();
    let again = api.json("PUT", &path, &made.body).await;
    assert_eq!((again.status, &again.body), (StatusCode::OK, &made.body));
    let used = api.json("POST", "/v1/nutrition/entries", &json!({"favourite": made.body["id"], "time": "06:33"})).await;
    assert_eq!((&used.body["text"], &used.body["nutrients"]["carbohydrate_g"]), (&json!("porridge"), &json!(92.0)), "{}", used.body);
    assert_eq!(api.json("DELETE", &path, &Value::Null).await.status, StatusCode::NO_CONTENT);
    assert_eq!(api.get("/v1/nutrition/favourites").await.body, json!({"items": []}));

    let foods = api.get("/v1/nutrition/foods?q=banan").await;
    assert_eq!(foods.body["items"][0]["name"], "banana");
    assert!(foods.body["items"][0]["per_100_g"]["carbohydrate_g"].as_f64().is_some_and(|grams| grams > 20.0));
    let reading = api.get("/v1/nutrition/reading?text=banana,%20leftover%20curry%20at%208").await;
    assert_eq!((&reading.body["time"], reading.body["items"].as_array().map(Vec::len)), (&json!("08:00"), Some(2)));
    assert!(reading.body["at_least"].as_array().is_some_and(|keys| keys.contains(&json!("carbohydrate_g"))));
    let long = "x".repeat(501);
    assert_eq!(api.get(&format!("/v1/nutrition/foods?q={long}")).await.status, StatusCode::UNPROCESSABLE_ENTITY);

    assert_eq!(api.get("/v1/nutrition/prompt").await.body, json!({"asks": true, "not_on": null}));
    let off = api.json("PUT", "/v1/nutrition/prompt", &json!({"asks": false, "not_on": "2026-09-21"})).await;
    assert_eq!((off.status, &off.body), (StatusCode::OK, &json!({"asks": false, "not_on": "2026-09-21"})));
}

#[sqlx::test(migrations = "../../migrations")]
async fn forms_lead_to_the_day_or_back_with_everything_typed(_: PgPoolOptions, connect: PgConnectOptions) {
    let api = Api::new(connect).await;
    let added = api.form("/nutrition", "text=porridge&day=2026-09-20&time=06%3A33&carbohydrate_g=92").await;
    assert_eq!((added.status, added.header(header::LOCATION)), (StatusCode::SEE_OTHER, "/nutrition/2026-09-20?notice=saved"));
    let id = api.get("/v1/nutrition/entries").await.body["items"][0]["id"].as_str().expect("an id").to_owned();
    let refused = api.form(&format!("/nutrition/entries/{id}"), "text=porridge&day=2026-09-20&fat_g=lots").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let kept = api.form("/nutrition/favourites", &format!("entry={id}&name=The+usual&day=2026-09-20")).await;
    assert_eq!((kept.status, kept.header(header::LOCATION)), (StatusCode::SEE_OTHER, "/nutrition/2026-09-20?notice=saved"));
    let favourite = api.get("/v1/nutrition/favourites").await.body["items"][0].clone();
    assert_eq!((&favourite["name"], &favourite["nutrients"]["carbohydrate_g"]), (&json!("The usual"), &json!(92.0)));
    let favourite = favourite["id"].as_str().expect("an id").to_owned();
    for again in [format!("favourite={favourite}&day=2026-09-20&time=7"), "preset=0&day=2026-09-20&time=8".to_owned()] {
        assert_eq!(api.form("/nutrition/again", &again).await.status, StatusCode::SEE_OTHER, "{again}");
    }
    assert_eq!(api.form("/nutrition/again", "preset=99").await.status, StatusCode::NOT_FOUND);
    assert_eq!(api.get("/v1/nutrition/entries").await.body["items"].as_array().map(Vec::len), Some(3));
    assert_eq!(api.form(&format!("/nutrition/favourites/{favourite}/delete"), "").await.status, StatusCode::SEE_OTHER);
    let deleted = api.form(&format!("/nutrition/entries/{id}/delete"), "").await;
    assert_eq!(deleted.header(header::LOCATION), "/nutrition/2026-09-20");
    api.form("/nutrition/prompt", "answer=never").await;
    assert_eq!(api.get("/v1/nutrition/prompt").await.body["asks"], json!(false));
    api.app.database.close().await;
}
