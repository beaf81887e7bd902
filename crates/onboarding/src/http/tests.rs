//! Forms, from the address to the redirect.

use accounts::AuthContext;
use accounts::testing::KIM;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use axum::{Extension, Router};
use domain::RefusedForm;
use domain::accounts::Viewer;
use platform::testing::TestApp;
use platform::{Platform, Tx};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tower::ServiceExt;

use crate::{availability, goals, progress};

struct Site {
    app: TestApp,
    viewer: Viewer,
    router: Router,
}

struct Answer {
    status: StatusCode,
    to: String,
    refused: Option<RefusedForm>,
}

impl Answer {
    fn error(&self, field: &str) -> Option<String> {
        self.refused.as_ref()?.error(field)
    }
}

impl Site {
    async fn new(connect: PgConnectOptions) -> Self {
        let app = TestApp::new(connect);
        let viewer = KIM.register(&app).await.viewer;
        let (router, ..) = super::router::<Platform>().into_parts();
        let router = router.with_state(Platform::clone(&app)).layer(Extension(AuthContext(Some(viewer.clone()))));
        Self { app, viewer, router }
    }

    async fn post(&self, path: &str, body: &str) -> Answer {
        let request = Request::builder().method("POST").uri(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let response = self.router.clone().oneshot(request.body(Body::from(body.to_owned())).expect("a request")).await.expect("a response");
        let to = response.headers().get(header::LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default().to_owned();
        Answer { status: response.status(), to, refused: response.extensions().get::<RefusedForm>().cloned() }
    }

    async fn tx(&self) -> Tx {
        self.app.database.begin_as(self.viewer.id).await.expect("transaction")
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn each_step_leads_to_the_next_one(_: PgPoolOptions, connect: PgConnectOptions) {
    let site = Site::new(connect).await;
    let year = site.app.clock.today("Europe/Berlin").format("%Y").to_string().parse::<i32>().expect("a year") + 1;
    let race = format!("race=on&race_name.0=Riverside+Half&race_day.0={year}-06-06&race_distance.0=21097.5&race_far.0=&race_name.1=&knowing=on");
    let way = [
        ("/welcome/goals", race.as_str(), "/welcome/import"),
        ("/welcome/import", "", "/welcome/availability"),
        ("/welcome/availability", "slot=tue_early&slot=sun_early&long_run=sun", "/welcome/body"),
        ("/welcome/skip", "step=body", "/welcome/thresholds"),
        ("/welcome/thresholds", "threshold_hr=164", "/welcome/thresholds"),
        ("/welcome/thresholds", "threshold_pace=4%3A21", "/welcome/thresholds"),
        ("/welcome/thresholds", "", "/welcome/questions"),
        ("/welcome/questions", "asked=sleep_hours&asked=mood&food=no", "/welcome/done"),
        ("/welcome/done", "", "/"),
        // It is over: what is opened from the settings leads back there.
        ("/welcome/body", "height_cm=178&weight_kg=&birth_year=&sex=", "/settings?notice=saved"),
    ];
    for (path, body, to) in way {
        let answer = site.post(path, body).await;
        assert_eq!((answer.status, answer.to.as_str()), (StatusCode::SEE_OTHER, to), "{path} {:?}", answer.refused);
    }
    let mut tx = site.tx().await;
    assert_eq!(goals(&mut tx).await.expect("goals").words().as_deref(), Some("Riverside Half, knowing"));
    assert_eq!(availability(&mut tx).await.expect("a week").map(|week| week.count()), Some(2));
    let far = progress(&mut tx).await.expect("progress");
    assert_eq!((far.finished, far.skipped.len(), far.done.len()), (true, 0, 6));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_refusal_stands_beside_its_field_and_keeps_what_was_typed(_: PgPoolOptions, connect: PgConnectOptions) {
    let site = Site::new(connect).await;
    let cases = [
        (
            "/welcome/goals",
            "race=on&race_name.0=Half&race_day.0=2020-01-01&race_distance.0=21097.5",
            "race_day.0",
            "That day is over. A goal is ahead.",
        ),
        ("/welcome/availability", "slot=mon_night", "slot", "A part of a day of the week, such as mon_early."),
        ("/welcome/body", "height_cm=17&sex=", "height_cm", "Height: a number from 80 to 260 cm."),
        ("/welcome/thresholds", "threshold_hr=20", "threshold_hr", "Between 80 and 230 beats per minute."),
        ("/welcome/thresholds", "hr_max=", "hr_max", "Which number is yours?"),
        ("/welcome/questions", "food=run_days", "asked", "Leave at least one on. Every question may stay blank, every day."),
    ];
    for (path, body, field, sentence) in cases {
        let answer = site.post(path, body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        assert_eq!(answer.error(field).as_deref(), Some(sentence), "{path}");
        let typed = answer.refused.expect("a form").typed;
        assert_eq!(typed.len(), body.split('&').count(), "{path}");
    }
    assert_eq!(site.post("/welcome/skip", "step=done").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!progress(&mut site.tx().await).await.expect("progress").begun, "what was refused is not answered");
}

#[sqlx::test(migrations = "../../migrations")]
async fn who_leaves_it_at_that_is_not_asked_again(_: PgPoolOptions, connect: PgConnectOptions) {
    let site = Site::new(connect).await;
    site.post("/welcome/skip", "step=goals").await;
    let stopped = progress(&mut site.tx().await).await.expect("progress").goes_on_at();
    assert_eq!(stopped.map(domain::onboarding::Step::path), Some("/welcome/import"));
    assert_eq!(site.post("/welcome/leave", "").await.to, "/");
    assert_eq!(progress(&mut site.tx().await).await.expect("progress").goes_on_at(), None);
}
