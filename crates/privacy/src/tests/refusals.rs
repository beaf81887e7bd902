//! Archives that are refused.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{Request, StatusCode};
use tower::ServiceExt;

use super::*;
use crate::import::{PendingImport, import_within};

/// The right name for an original with the content `recording`.
const VALID_ORIGINAL: &str = "originals/3ebb153fb24e4411400e94a9a92b0ec458c3a8473e51e03cd37d4a34c99dfda6";

#[sqlx::test(migrations = "../../migrations")]
async fn a_damaged_or_forged_archive_changes_nothing(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect).with(FEATURES);
    let kim = account(&platform).await.viewer.id;
    let manifest = serde_json::json!({ "format": 1, "exported_at": "2026-01-01T00:00:00Z", "email": "x", "name": "x", "time_zone": "UTC", "consents": [], "rows": {} });
    let with = |files: &[(&str, &str)]| {
        let path = platform.folder().join("forged.zip");
        write_archive(&path, files.iter().copied());
        path
    };
    let newer = serde_json::json!({ "schema": 1_000_000, "format": 1, "exported_at": "2026-01-01T00:00:00Z", "email": "x", "name": "x", "time_zone": "UTC", "consents": [], "rows": {} }).to_string();
    let manifest = manifest.to_string();
    let day = r#"{"day":"2026-01-05","sleep_hours":7,"note":"","created_at":"2026-01-05T00:00:00Z","updated_at":"2026-01-05T00:00:00Z"}"#;
    let hours = day.replace(":7,", ":70,");
    let (never, far) = (day.replace("2026-01-05\",\"sleep", "infinity\",\"sleep"), day.replace("2026-01-05T00", "290000-01-01T00"));
    let zone = r#"{"id":"01900000-0000-7000-8000-000000000009","name":"x","latitude_deg":52.5,"longitude_deg":13.4,"radius_m":500,"hidden_m":"NaN","created_at":"2026-01-05T00:00:00Z"}"#;
    let half = format!("{day}\n{}", &day[..20]);
    for files in [
        vec![("data/journal_entries.jsonl", day)],
        vec![("legwork.json", "{}")],
        vec![("legwork.json", manifest.as_str()), ("data/journal_entries.jsonl", "nonsense\n")],
        vec![("legwork.json", manifest.as_str()), ("data/journal_entries.jsonl", half.as_str())],
        vec![("legwork.json", manifest.as_str()), ("data/journal_entries.jsonl", hours.as_str())],
        vec![("legwork.json", manifest.as_str()), ("originals/00", "not what its name says")],
        vec![("legwork.json", newer.as_str())],
        // What the database would accept and no page could show, or what would hide nothing.
        vec![("legwork.json", manifest.as_str()), ("data/journal_entries.jsonl", never.as_str())],
        vec![("legwork.json", manifest.as_str()), ("data/journal_entries.jsonl", far.as_str())],
        vec![("legwork.json", manifest.as_str()), ("data/privacy_zones.jsonl", zone)],
        // An original is kept only if everything else was accepted, and only if an activity refers to it.
        vec![("legwork.json", manifest.as_str()), (VALID_ORIGINAL, "recording"), ("data/journal_entries.jsonl", hours.as_str())],
    ] {
        let refused = import_archive(&platform, kim, with(&files)).await.expect_err("refused").into_problem();
        assert_eq!(refused.kind, domain::ProblemKind::Invalid, "{files:?}: {}", refused.message);
        let mut tx = platform.database.begin_as(kim).await.expect("transaction");
        let days: i64 = sqlx::query_scalar("select count(*) from daily_values").fetch_one(tx.connection()).await.expect("count");
        assert_eq!(days, 0, "{files:?}");
        assert_eq!(files_in(&platform.folder().join("files")), Vec::<String>::new(), "{files:?}");
    }
    std::fs::write(platform.folder().join("forged.zip"), b"no zip").expect("written");
    assert!(import_archive(&platform, kim, platform.folder().join("forged.zip")).await.is_err());
    // The key of another account's upload, and another account's id, are not trusted.
    let stolen = r#"{"id":"01900000-0000-7000-8000-000000000003","import_id":"01900000-0000-7000-8000-000000000002","athlete_id":"01900000-0000-7000-8000-0000000000ff","name":"x","bytes":1,"upload":"csv-somebody","outcome":"queued","message":"","attempts":0,"created_at":"2026-01-05T00:00:00Z"}"#.to_owned() + "\n";
    let import = "{\"id\":\"01900000-0000-7000-8000-000000000002\",\"created_at\":\"2026-01-05T00:00:00Z\"}\n";
    let files = [("legwork.json", manifest.as_str()), ("data/imports.jsonl", import), ("data/import_files.jsonl", stolen.as_str())];
    import_archive(&platform, kim, with(&files)).await.expect("accepted, but sanitised");
    let mut tx = platform.database.begin_as(kim).await.expect("transaction");
    let (owner, upload, outcome): (Uuid, Option<String>, String) =
        sqlx::query_as("select athlete_id, upload_key, outcome from import_files").fetch_one(tx.connection()).await.expect("row");
    assert_eq!((owner, upload, outcome.as_str()), (kim, None, "failed"));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_second_archive_of_an_account_is_refused_before_it_is_received(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect).with(FEATURES);
    let kim = account(&platform).await;
    let router = crate::http::router::<Platform>().into_parts().0.with_state(platform.clone());
    let post = |body: Body| {
        let request = Request::post("/settings/data/import").header("content-type", "multipart/form-data; boundary=b");
        let request = request.header("cookie", format!("legwork_session={}", kim.token)).body(body).expect("request");
        router.clone().oneshot(request)
    };
    let uploads = || files_in(&platform.folder().join("files/uploads")).len();
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
    // A client that disconnects frees the slot.
    first.abort();
    drop(first.await);
    let text = Body::from("--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\nno zip\r\n--b--\r\n");
    assert_eq!(post(text).await.expect("response").status(), StatusCode::UNPROCESSABLE_ENTITY);
    // A file that was being written when the client disconnected is removed when that write has ended, on another thread.
    while uploads() != 0 {
        tokio::task::yield_now().await;
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_archive_that_takes_too_long_is_refused_whole(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect).with(FEATURES);
    let kim = account(&platform).await.viewer.id;
    let fixture = || Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/schema-15.zip");
    let pending = PendingImport::begin(kim).expect("the first");
    let late = import_within(&platform, pending, fixture(), Duration::ZERO).await.expect_err("too long").into_problem();
    assert_eq!(late.kind, domain::ProblemKind::TooLarge);
    // A process that stops does not wait for an import.
    let stopping = Platform { tasks: platform::Tasks::default(), ..platform.clone() };
    stopping.tasks.stop(Duration::ZERO).await;
    let stopped = import_archive(&stopping, kim, fixture()).await.expect_err("stopped").into_problem();
    assert_eq!(stopped.kind, domain::ProblemKind::Unavailable);
    assert_eq!(files_in(&platform.folder().join("files")), Vec::<String>::new());
    import_archive(&platform, kim, fixture()).await.expect("with time enough");
}
