//! Uploads in pieces: what came stays, whatever breaks.

use std::io;

use axum::body::Bytes;
use domain::ProblemKind;
use futures::{SinkExt, Stream};
use platform::testing::TestApp;
use platform::uploads::{self, Upload, at_once};
use platform::{Error, Platform};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

const FEATURE: &str = "imports";

async fn begin(platform: &Platform, athlete: Uuid, bytes: u64) -> Result<Upload, Error> {
    platform.database.transact(athlete, async |tx| uploads::begin(platform, tx, FEATURE, "years.zip", bytes).await).await
}

async fn append(platform: &Platform, athlete: Uuid, id: Uuid, offset: u64, bytes: &'static [u8]) -> Result<Upload, Error> {
    uploads::append(platform, athlete, FEATURE, id, offset, at_once(bytes)).await
}

async fn take(platform: &Platform, athlete: Uuid, id: Uuid) -> Result<Upload, Error> {
    platform.database.transact(athlete, async |tx| uploads::take(tx, FEATURE, id).await).await
}

/// Some bytes, and then a broken connection.
fn broken(bytes: &'static [u8]) -> impl Stream<Item = Result<Bytes, io::Error>> {
    futures::stream::iter([Ok(Bytes::from_static(bytes)), Err(io::Error::other("reset by peer"))])
}

fn kind(result: Result<Upload, Error>) -> ProblemKind {
    result.expect_err("refused").into_problem().kind
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_upload_goes_on_where_the_connection_broke(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = platform.account().await;
    let id = begin(&platform, kim, 10).await.expect("begun").id;
    let after = uploads::append(&platform, kim, FEATURE, id, 0, broken(b"abcd")).await.expect("what came is kept");
    assert_eq!((after.received, after.is_complete()), (4, false));
    assert_eq!(kind(append(&platform, kim, id, 0, b"abcd").await), ProblemKind::Conflict, "it has these already");
    assert_eq!(kind(append(&platform, kim, id, 7, b"hij").await), ProblemKind::Conflict, "that would leave a hole");
    assert_eq!(kind(take(&platform, kim, id).await), ProblemKind::Conflict, "not whole yet");
    // What was written and not recorded, since the process was killed between the two, is written again.
    let part = platform.files.upload_path(&id.to_string());
    std::fs::write(&part, b"abcd????????").expect("written");
    assert!(append(&platform, kim, id, 4, b"efghij").await.expect("the rest").is_complete());
    assert_eq!(append(&platform, kim, id, 10, b"").await.expect("nothing more").received, 10);
    let taken = take(&platform, kim, id).await.expect("taken");
    assert_eq!(std::fs::read(platform.files.upload_path(&taken.key())).expect("the file"), b"abcdefghij");
    assert_eq!(kind(take(&platform, kim, id).await), ProblemKind::NotFound, "only once");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_taking_that_is_undone_leaves_the_upload_as_it_was(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = platform.account().await;
    let id = begin(&platform, kim, 3).await.expect("begun").id;
    append(&platform, kim, id, 0, b"abc").await.expect("whole");
    let mut tx = platform.database.begin_as(kim).await.expect("transaction");
    uploads::take(&mut tx, FEATURE, id).await.expect("taken");
    tx.rollback().await.expect("undone");
    let taken = take(&platform, kim, id).await.expect("taken after all");
    assert_eq!(std::fs::read(platform.files.upload_path(&taken.key())).expect("the file"), b"abc");
}

#[sqlx::test(migrations = "../../migrations")]
async fn one_request_at_a_time_sends_a_piece_and_nobody_else_finds_the_upload(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let (kim, lee) = (platform.account().await, platform.account().await);
    let id = begin(&platform, kim, 8).await.expect("begun").id;
    let (mut send, receive) = futures::channel::mpsc::channel::<Result<Bytes, io::Error>>(0);
    let slow = tokio::spawn({
        let platform = platform.clone();
        async move { uploads::append(&platform, kim, FEATURE, id, 0, receive).await }
    });
    send.send(Ok(Bytes::from_static(b"abcd"))).await.expect("sent");
    // There is room for one: the second is sent once the first was read, so the file is locked.
    send.send(Ok(Bytes::new())).await.expect("sent");
    assert_eq!(kind(append(&platform, kim, id, 0, b"ABCD").await), ProblemKind::Conflict);
    assert_eq!(kind(append(&platform, lee, id, 0, b"LEES").await), ProblemKind::NotFound);
    assert_eq!(kind(take(&platform, lee, id).await), ProblemKind::NotFound);
    // The client is gone; what it sent stays, and the rest can be sent once that is recorded.
    slow.abort();
    drop(send);
    let rest = loop {
        match append(&platform, kim, id, 4, b"efgh").await {
            Err(Error::Problem(problem)) if problem.kind == ProblemKind::Conflict => tokio::task::yield_now().await,
            rest => break rest.expect("the rest"),
        }
    };
    assert!(rest.is_complete());
    let taken = take(&platform, kim, id).await.expect("taken");
    assert_eq!(std::fs::read(platform.files.upload_path(&taken.key())).expect("the file"), b"abcdefgh");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_late_repetition_of_a_piece_changes_nothing(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = platform.account().await;
    let id = begin(&platform, kim, 4).await.expect("begun").id;
    let mut requests = Vec::new();
    for _ in 0..8 {
        requests.push(append(&platform, kim, id, 0, b"abcd"));
    }
    let answers = futures::future::join_all(requests).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
    assert_eq!(kind(append(&platform, kim, id, 0, b"ABCD").await), ProblemKind::Conflict);
    let taken = take(&platform, kim, id).await.expect("taken");
    assert_eq!(kind(append(&platform, kim, id, 0, b"ABCD").await), ProblemKind::NotFound);
    assert_eq!(std::fs::read(platform.files.upload_path(&taken.key())).expect("the file"), b"abcd");
    // A file that lost its end, such as in a restored backup, is sent again from there.
    let id = begin(&platform, kim, 8).await.expect("begun").id;
    append(&platform, kim, id, 0, b"abcd").await.expect("a piece");
    std::fs::write(platform.files.upload_path(&id.to_string()), b"ab").expect("cut");
    assert_eq!(kind(append(&platform, kim, id, 4, b"efgh").await), ProblemKind::Conflict);
    assert!(append(&platform, kim, id, 2, b"cdefgh").await.expect("the rest").is_complete());
}

#[sqlx::test(migrations = "../../migrations")]
async fn uploads_are_bounded(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = platform.account().await;
    assert_eq!(kind(begin(&platform, kim, platform.config.uploads.max_file_bytes + 1).await), ProblemKind::TooLarge);
    let id = begin(&platform, kim, 3).await.expect("begun").id;
    assert_eq!(kind(append(&platform, kim, id, 0, b"abcd").await), ProblemKind::TooLarge, "more than it was to have");
    for _ in 1..20 {
        begin(&platform, kim, 3).await.expect("begun");
    }
    assert_eq!(kind(begin(&platform, kim, 3).await), ProblemKind::Conflict, "too many wait");
    assert_eq!(kind(begin(&platform, kim, 0).await), ProblemKind::Invalid);
    let forgotten = platform.database.transact(kim, async |tx| uploads::delete(tx, FEATURE, id).await).await.expect("deleted");
    uploads::remove(&platform, forgotten.id);
    assert_eq!(kind(append(&platform, kim, id, 0, b"abc").await), ProblemKind::NotFound);
    begin(&platform, kim, 3).await.expect("there is room again");
}
