//! Archives that are not brought back.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{Request, StatusCode};
use tower::ServiceExt;

use super::*;
use crate::import::{UnderWay, bring_in};

#[sqlx::test(migrations = "../../migrations")]
async fn a_second_archive_of_an_account_is_refused_before_it_is_received(_: PgPoolOptions, connect: PgConnectOptions) {
    let (platform, folder) = platform::testing::platform(connect).expect("platform");
    let kim = account(&platform).await;
    let (router, _) = crate::rest::router::<Platform>().with_state(platform.clone()).split_for_parts();
    let post = |body: Body| {
        let request = Request::post("/settings/privacy/bring-back").header("content-type", "multipart/form-data; boundary=b");
        let request = request.header("cookie", format!("legwork_session={}", kim.token)).body(body).expect("request");
        router.clone().oneshot(request)
    };
    let uploads = || files_in(&folder.path().join("files/uploads")).len();
    let slow = || {
        let begin = Bytes::from("--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\nbytes that are the beginning");
        let rest = futures::stream::pending::<Result<Bytes, std::io::Error>>();
        Body::from_stream(futures::StreamExt::chain(futures::stream::iter([Ok(begin)]), rest))
    };
    let first = tokio::spawn(post(slow()));
    while uploads() == 0 {
        tokio::task::yield_now().await;
    }
    let second = tokio::time::timeout(Duration::from_mins(1), post(slow())).await.expect("at once").expect("response");
    assert_eq!((second.status(), uploads()), (StatusCode::CONFLICT, 1));
    // Who hangs up gives the place back.
    first.abort();
    drop(first.await);
    let text = Body::from("--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\nno zip\r\n--b--\r\n");
    assert_eq!(post(text).await.expect("response").status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(uploads(), 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_archive_that_takes_too_long_is_let_go_whole(_: PgPoolOptions, connect: PgConnectOptions) {
    let (platform, folder) = platform::testing::platform(connect).expect("platform");
    let kim = account(&platform).await.viewer.id;
    let fixture = || Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/schema-15.zip");
    let under_way = UnderWay::begin(kim).expect("the first");
    let late = bring_in(&platform, under_way, fixture(), Duration::ZERO).await.expect_err("too long").into_problem();
    assert_eq!(late.kind, domain::ProblemKind::TooLarge);
    // A process that stops does not wait for it either.
    let stopping = Platform { tasks: platform::Tasks::default(), ..platform.clone() };
    stopping.tasks.stop(Duration::ZERO).await;
    let stopped = bring_back(&stopping, kim, fixture()).await.expect_err("stopped").into_problem();
    assert_eq!(stopped.kind, domain::ProblemKind::Unavailable);
    assert_eq!(files_in(&folder.path().join("files")), Vec::<String>::new());
    bring_back(&platform, kim, fixture()).await.expect("with time enough");
}
