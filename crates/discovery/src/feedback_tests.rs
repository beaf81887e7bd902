//! What readers say of findings.

use accounts::testing::KIM;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use domain::discovery::{Card, Feedback, Group};
use platform::Platform;
use platform::testing::TestApp;
use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tower::ServiceExt;
use uuid::Uuid;

use crate::feedback::answer;
use crate::tests::{FEATURES, load_discovery, write_days};

const KEY: &str = "sleep-hours-resting-hr";

async fn card(platform: &Platform, athlete: Uuid) -> Card {
    let report = load_discovery(platform, athlete).await.report.expect("a report");
    report.cards.into_iter().find(|card| card.key == KEY).expect("a card")
}

async fn say(platform: &Platform, athlete: Uuid, seen: Option<&str>, helpful: bool, comment: Option<&str>) -> Result<(), platform::Error> {
    let feedback = Feedback { helpful, comment: comment.map(ToOwned::to_owned) };
    let now = platform.clock.now();
    platform.database.transact(athlete, async |tx| answer(tx, KEY, seen, &feedback, now).await).await.map(|_| ())
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_result_has_one_answer_and_other_numbers_have_none(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect).with(FEATURES);
    let athlete = accounts::testing::athlete(&platform, "kim@x.org").await;
    write_days(&platform, athlete, 200).await;
    crate::discover_now(&platform, athlete).await.expect("computed");
    let first = card(&platform, athlete).await;
    assert!(first.feedback.is_none() && first.result.len() == 40, "{}", first.result);
    say(&platform, athlete, Some(&first.result), false, Some("Knew that.")).await.expect("stored");
    say(&platform, athlete, Some(&first.result), true, None).await.expect("replaced");
    assert_eq!(card(&platform, athlete).await.feedback, Some(Feedback { helpful: true, comment: None }));
    let mut owner = platform.owner().await;
    let stored: Vec<(String, String, String, String, i32, bool)> =
        sqlx::query_as("select result, input, finding_group, engine, formulas, helpful from finding_feedback")
            .fetch_all(&mut owner)
            .await
            .expect("rows");
    let (engine, formulas) = (inference::ENGINE_VERSION.to_owned(), physiology::FORMULA_VERSION);
    assert_eq!(stored, [(first.result.clone(), "sleep_hours".to_owned(), "helps".to_owned(), engine, formulas, true)]);
    // Both edits can be undone.
    let log: i64 =
        sqlx::query_scalar("select count(*) from change_log where table_name = 'finding_feedback'").fetch_one(&mut owner).await.expect("log");
    assert_eq!(log, 2);
    // More days are other numbers: their card has no answer, and an answer to the old ones is refused.
    write_days(&platform, athlete, 260).await;
    crate::discover_now(&platform, athlete).await.expect("computed");
    let second = card(&platform, athlete).await;
    assert!(second.feedback.is_none() && second.result != first.result);
    assert!(say(&platform, athlete, Some(&first.result), true, None).await.is_err());
    say(&platform, athlete, None, true, None).await.expect("whatever stands there");
    let count: i64 = sqlx::query_scalar("select count(*) from finding_feedback").fetch_one(&mut owner).await.expect("count");
    assert_eq!(count, 2);
}

#[sqlx::test(migrations = "../../migrations")]
async fn nobody_sees_what_another_said_and_admins_see_counts(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect).with(FEATURES);
    let mut owner = platform.owner().await;
    let mut athletes = Vec::new();
    for n in 0..6 {
        let athlete = accounts::testing::athlete(&platform, &format!("kim{n}@x.org")).await;
        // Five of one pair, of which two say no; one alone of another.
        let (input, helpful) = if n < 5 { ("sleep_hours", n > 1) } else { ("own_shower", true) };
        let insert =
            "insert into finding_feedback (athlete_id, result, input, outcome, finding_group, engine, formulas, helpful, comment, created_at)
                        values ($1, md5($2) || '00000000', $2, 'efficiency', 'helps', '3', 4, $3, 'Knew that.', now())";
        sqlx::query(insert).bind(athlete).bind(input).bind(helpful).execute(&mut owner).await.expect("inserted");
        athletes.push(athlete);
    }
    let mut tx = platform.database.begin_as(athletes[0]).await.expect("transaction");
    let seen: i64 = sqlx::query_scalar("select count(*) from finding_feedback").fetch_one(tx.connection()).await.expect("count");
    assert_eq!(seen, 1, "only the viewer's own");
    let foreign = "insert into finding_feedback (athlete_id, result, input, outcome, finding_group, engine, formulas, helpful, created_at)
                     values ($1, md5('x') || '00000000', 'x', 'x', 'x', 'x', 0, true, now())";
    assert!(sqlx::query(foreign).bind(athletes[1]).execute(tx.connection()).await.is_err(), "nobody answers for another");
    drop(tx);
    let mut tx = platform.database.begin_as(athletes[0]).await.expect("transaction");
    assert_eq!(crate::feedback_counts(&mut tx).await.expect("counts"), [], "an athlete gets none");
    drop(tx);
    sqlx::query("update accounts set role = 'admin' where id = $1").bind(athletes[0]).execute(&mut owner).await.expect("promoted");
    let mut tx = platform.database.begin_as(athletes[0]).await.expect("transaction");
    let counts = crate::feedback_counts(&mut tx).await.expect("counts");
    assert_eq!(counts.len(), 1, "what fewer than five people said stays theirs: {counts:?}");
    let count = &counts[0];
    assert_eq!(
        (count.input.as_str(), count.group, count.people, count.helpful, count.unhelpful, count.comments),
        ("sleep_hours", Some(Group::Helps), 5, 3, 2, 5)
    );
}

async fn send(router: &Router, cookie: &str, request: axum::http::request::Builder, body: String) -> (StatusCode, Option<String>, String) {
    let response = router.clone().oneshot(request.header("cookie", cookie).body(Body::from(body)).expect("request")).await.expect("response");
    let (status, location) = (response.status(), response.headers().get(header::LOCATION).and_then(|l| l.to_str().ok()).map(ToOwned::to_owned));
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.expect("body");
    (status, location, String::from_utf8(bytes.to_vec()).expect("text"))
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_form_and_a_program_say_it_alike(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect).with(FEATURES);
    let kim = KIM.register(&platform).await;
    let cookie = format!("legwork_session={}", kim.token);
    write_days(&platform, kim.viewer.id, 200).await;
    crate::discover_now(&platform, kim.viewer.id).await.expect("computed");
    let router = crate::http::router::<Platform>().into_parts().0.with_state(platform.clone());
    let form = async |body: &str| {
        let request = Request::post(format!("/discovery/{KEY}/feedback")).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        send(&router, &cookie, request, body.to_owned()).await
    };
    let post = async |body: Value| {
        let request = Request::post("/v1/feedback/insight").header(header::CONTENT_TYPE, "application/json");
        send(&router, &cookie, request, body.to_string()).await
    };
    let result = card(&platform, kim.viewer.id).await.result;
    let (status, location, _) = form(&format!("helpful=no&comment=Knew+that.&result={result}")).await;
    let card_open = format!("/discovery?outcome=resting_hr&card={KEY}&notice=saved#{KEY}");
    assert_eq!((status, location.as_deref()), (StatusCode::SEE_OTHER, Some(card_open.as_str())));
    for refused in ["", "helpful=maybe", &format!("helpful=yes&comment={}", "x".repeat(501))] {
        assert_eq!(form(refused).await.0, StatusCode::UNPROCESSABLE_ENTITY, "{refused:.40}");
    }
    assert_eq!(form("helpful=yes&result=0000000000000000000000000000000000000000").await.0, StatusCode::CONFLICT);
    let read = async || {
        let (status, _, body) = send(&router, &cookie, Request::get("/v1/feedback/insight"), String::new()).await;
        assert_eq!(status, StatusCode::OK);
        serde_json::from_str::<Value>(&body).expect("json")["items"].clone()
    };
    assert_eq!(read().await, json!([{"finding": KEY, "result": result, "helpful": false, "comment": "Knew that."}]));
    let (status, _, body) = post(json!({"finding": KEY, "result": result, "helpful": true})).await;
    assert_eq!(status, StatusCode::CREATED, "{body}");
    assert_eq!(read().await, json!([{"finding": KEY, "result": result, "helpful": true}]));
    assert_eq!(post(json!({"finding": "nothing-of-that-kind", "helpful": true})).await.0, StatusCode::NOT_FOUND);
    assert_eq!(post(json!({"finding": KEY, "helpful": true, "comment": "x".repeat(501)})).await.0, StatusCode::UNPROCESSABLE_ENTITY);
}
