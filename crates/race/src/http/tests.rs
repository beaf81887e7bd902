//! Forms of a browser, from the address to the answer.

use accounts::AuthContext;
use accounts::testing::KIM;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use axum::response::Response;
use axum::{Extension, Router};
use domain::RefusedForm;
use platform::Platform;
use platform::testing::TestApp;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tower::ServiceExt;

use crate::read::FILE_BYTES;
use crate::tests::gpx;

struct Site {
    _app: TestApp,
    router: Router,
}

impl Site {
    async fn new(connect: PgConnectOptions) -> Self {
        let app = TestApp::new(connect);
        let viewer = KIM.register(&app).await.viewer;
        let (router, ..) = super::router::<Platform>().into_parts();
        let router = router.with_state(Platform::clone(&app)).layer(Extension(AuthContext(Some(viewer))));
        Self { _app: app, router }
    }

    async fn send(&self, path: &str, kind: &str, body: Vec<u8>) -> Response {
        let request = Request::builder().method("POST").uri(path).header(header::CONTENT_TYPE, kind).body(Body::from(body)).expect("a request");
        self.router.clone().oneshot(request).await.expect("a response")
    }

    async fn upload(&self, name: &str, file: &[u8]) -> Response {
        let mut body = format!("--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\n{name}\r\n").into_bytes();
        body.extend(b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"hill.gpx\"\r\n\r\n");
        body.extend(file);
        body.extend(b"\r\n--b--\r\n");
        self.send("/performance/race/courses", "multipart/form-data; boundary=b", body).await
    }

    async fn post(&self, path: &str, form: &str) -> Response {
        self.send(path, "application/x-www-form-urlencoded", form.as_bytes().to_vec()).await
    }
}

fn location(response: &Response) -> &str {
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn refused(response: &Response) -> RefusedForm {
    response.extensions().get::<RefusedForm>().cloned().unwrap_or_else(|| panic!("{}", response.status()))
}

#[sqlx::test(migrations = "../../migrations")]
async fn forms_lead_to_the_plan_and_refusals_stand_beside_their_fields(_: PgPoolOptions, connect: PgConnectOptions) {
    let site = Site::new(connect).await;
    let kept = site.upload("Berg", &gpx(5000.0, 80.0)).await;
    let page = location(&kept).strip_suffix("&notice=course-kept").expect("the notice").to_owned();
    let id = page.strip_prefix("/performance/race?on=").expect("the page").to_owned();
    assert_eq!(location(&site.post(&format!("/performance/race/courses/{id}"), "name=Tal").await), format!("{page}&notice=saved"));
    let nameless = refused(&site.post(&format!("/performance/race/courses/{id}"), "name=+").await);
    assert!(nameless.error("new_name").is_some() && nameless.typed("course") == Some(id.as_str()));
    let no_course = refused(&site.upload("Berg", b"day,sleep\n").await);
    assert_eq!((no_course.page.as_str(), no_course.typed("name")), ("/performance/race", Some("Berg")));
    assert!(no_course.error("file").is_some_and(|sentence| sentence.contains("no GPX file")), "{no_course:?}");
    let large = refused(&site.upload("", &vec![b' '; usize::try_from(FILE_BYTES).expect("a size") + 1]).await);
    assert_eq!(large.error("file").as_deref(), Some("The file is larger than 16 MB, which is the most for a course."));
    let without = site.send("/performance/race/courses", "multipart/form-data; boundary=b", b"--b--\r\n".to_vec()).await;
    assert!(refused(&without).error("file").is_some());
    let no_run = refused(&site.post("/performance/race/routes", "activity=x&name=Lake").await);
    assert!(no_run.error("activity").is_some() && no_run.typed("route_name") == Some("Lake"));
    assert_eq!(location(&site.post(&format!("/performance/race/courses/{id}/delete"), "").await), "/performance/race?notice=course-deleted");
    assert_eq!(site.post(&format!("/performance/race/courses/{id}/delete"), "").await.status(), StatusCode::NOT_FOUND);
}
