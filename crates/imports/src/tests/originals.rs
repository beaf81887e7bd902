//! Originals: kept as long as an activity comes from them, and collected only when no import uses them at the same moment.

use std::fs::File;
use std::path::PathBuf;

use chrono::TimeDelta;

use super::*;

/// Every original of an athlete.
fn originals(app: &TestApp, athlete: Uuid) -> Vec<PathBuf> {
    let inside = app.folder().join("files/originals").join(athlete.to_string());
    names(app, &format!("originals/{athlete}")).iter().map(|name| inside.join(name)).collect()
}

/// Backdates a file by hours, by the clock of the test.
fn age(platform: &Platform, path: &std::path::Path, hours: i64) {
    let written = platform.clock.now() - TimeDelta::hours(hours);
    File::options().append(true).open(path).expect("opened").set_modified(written.into()).expect("dated");
}

/// Advances the clock by hours, and collects.
async fn collect_after(platform: &Platform, hours: i64) {
    later(platform, hours * 3600);
    collect(platform).await.expect("collected");
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_original_is_removed_a_day_after_it_was_found_unused(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = athlete(&platform, "kim@example.org").await;
    let import = platform.ids.uuid(platform.clock.now());
    drop_file(&platform, kim, import, "a.fit", &run(1_780_000_000)).await;
    run_to_end(&platform, kim).await.expect("imported");
    let path = originals(&platform, kim).remove(0);
    let id = load_import(&platform, kim, import).await.files.items[0].activity.expect("an activity");
    age(&platform, &path, 24 * 900);
    collect_after(&platform, 0).await;
    collect_after(&platform, 48).await;
    assert!(path.exists(), "an activity comes from it");
    let mut tx = platform.database.begin_as(kim).await.expect("transaction");
    let now = platform.clock.now();
    activities::delete(&mut tx, id, platform.ids.uuid(now), now).await.expect("moved to the trash");
    tx.commit().await.expect("commit");
    collect_after(&platform, 48).await;
    assert!(path.exists(), "one in the trash does");
    undo(&platform, kim, import).await.expect("undone");
    let mut tx = platform.database.begin_as(kim).await.expect("transaction");
    sqlx::query("delete from trashed_activities").execute(tx.connection()).await.expect("emptied");
    tx.commit().await.expect("commit");
    collect_after(&platform, 0).await;
    assert!(path.exists(), "however old it is: yesterday's backup refers to it");
    collect_after(&platform, 23).await;
    assert!(path.exists(), "it was needed less than a day ago");
    // It is imported and undone again between two collections.
    let again = platform.ids.uuid(platform.clock.now());
    drop_file(&platform, kim, again, "a.fit", &run(1_780_000_000)).await;
    run_to_end(&platform, kim).await.expect("imported");
    undo(&platform, kim, again).await.expect("undone");
    collect_after(&platform, 1).await;
    assert!(path.exists(), "it was needed an hour ago");
    collect_after(&platform, 24).await;
    assert!(!path.exists(), "nothing comes from it any more");
    assert!(names(&platform, "originals").is_empty() && names(&platform, &format!("unused/{kim}")).is_empty(), "and its folder went with it");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_database_that_the_files_do_not_belong_to_removes_none_of_them(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let mut owner = platform.owner().await;
    let kim = athlete(&platform, "kim@example.org").await;
    let import = platform.ids.uuid(platform.clock.now());
    drop_file(&platform, kim, import, "a.fit", &run(1_780_000_000)).await;
    run_to_end(&platform, kim).await.expect("imported");
    drop_file(&platform, kim, import, "waiting.fit", &run(1_780_100_000)).await;
    let counts = || (originals(&platform, kim).len(), names(&platform, "uploads").len());
    for key in names(&platform, "uploads") {
        age(&platform, &platform.folder().join("files/uploads").join(key), 100);
    }
    collect_after(&platform, 0).await;
    let identity = std::fs::read(platform.folder().join("files/database")).expect("the files record their database");
    // Another database, as with a wrong DATABASE_URL: it knows none of this.
    for sql in ["update database_identity set id = gen_random_uuid()", "create table kept as select * from accounts", "delete from accounts"] {
        sqlx::query(sql).execute(&mut owner).await.expect("another database");
    }
    for days in [0, 2, 40] {
        collect_after(&platform, 24 * days).await;
        assert_eq!(counts(), (1, 1), "{days} days later");
    }
    // And with no database recorded, one that knows none of the accounts with files here.
    std::fs::remove_file(platform.folder().join("files/database")).expect("removed");
    for days in [0, 2, 40] {
        collect_after(&platform, 24 * days).await;
        assert_eq!(counts(), (1, 1), "{days} days later");
    }
    assert!(!platform.folder().join("files/database").exists(), "it is not recorded as theirs");
    // In the right database, an unknown account may be newer than the backup that was restored.
    std::fs::write(platform.folder().join("files/database"), identity).expect("as it was");
    let id: Uuid =
        String::from_utf8(std::fs::read(platform.folder().join("files/database")).expect("read")).expect("text").trim().parse().expect("id");
    sqlx::query("update database_identity set id = $1").bind(id).execute(&mut owner).await.expect("the original database");
    collect_after(&platform, 0).await;
    collect_after(&platform, 24 * 29).await;
    assert_eq!(originals(&platform, kim).len(), 1, "a newer backup may be restored");
    sqlx::query("insert into accounts select * from kept").execute(&mut owner).await.expect("restored");
    collect_after(&platform, 1).await;
    sqlx::query("delete from accounts").execute(&mut owner).await.expect("deleted");
    collect_after(&platform, 24).await;
    assert_eq!(originals(&platform, kim).len(), 1, "it was known a day ago");
    collect_after(&platform, 24 * 30).await;
    assert!(originals(&platform, kim).is_empty());
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_folder_that_cannot_be_read_is_reported_and_blocks_no_other(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let mut paths = Vec::new();
    for email in ["kim@example.org", "sam@example.org", "ada@example.org"] {
        let id = athlete(&platform, email).await;
        platform.files.put_original(id, "00", b"left by a crash").expect("kept");
        paths.push(platform.folder().join(format!("files/originals/{id}")));
    }
    collect_after(&platform, 0).await;
    // The one in the middle: one is collected before it and one after it.
    std::fs::remove_dir_all(&paths[1]).expect("removed");
    std::fs::write(&paths[1], "no folder").expect("written");
    later(&platform, 24 * 3600);
    assert!(collect(&platform).await.is_err());
    assert!(!paths[0].exists() && !paths[2].exists());
}

#[sqlx::test(migrations = "../../migrations")]
async fn undo_does_not_remove_an_original_at_once(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = athlete(&platform, "kim@example.org").await;
    let import = platform.ids.uuid(platform.clock.now());
    drop_file(&platform, kim, import, "a.fit", &run(1_780_000_000)).await;
    run_to_end(&platform, kim).await.expect("imported");
    undo(&platform, kim, import).await.expect("undone");
    assert_eq!(originals(&platform, kim).len(), 1, "a re-import may be using it at this moment");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_recording_reimported_while_its_original_is_collected_keeps_it(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let mut owner = platform.owner().await;
    let kim = athlete(&platform, "kim@example.org").await;
    let bytes = run(1_780_000_000);
    let import = platform.ids.uuid(platform.clock.now());
    drop_file(&platform, kim, import, "a.fit", &bytes).await;
    run_to_end(&platform, kim).await.expect("imported");
    undo(&platform, kim, import).await.expect("undone");
    let path = originals(&platform, kim).remove(0);
    collect_after(&platform, 0).await;
    later(&platform, 24 * 3600);

    // The import was first: it claimed the originals, and has not committed yet.
    let mut importing = platform.database.begin_as(kim).await.expect("transaction");
    importing.claim_originals().await.expect("claimed");
    let collecting = tokio::spawn({
        let platform = platform.clone();
        async move { collect(&platform).await }
    });
    platform::testing::until_blocked(&mut owner, || !collecting.is_finished()).await.expect("query");
    assert!(path.exists() && !collecting.is_finished());
    drop(importing);
    collecting.await.expect("joined").expect("collected");
    assert!(!path.exists(), "the import was rolled back, so nothing comes from it");

    // Collecting was first: the import waits, and then writes what is no longer there.
    let again = platform.ids.uuid(platform.clock.now());
    drop_file(&platform, kim, again, "a.fit", &bytes).await;
    let mut collecting = platform.database.begin_as(kim).await.expect("transaction");
    collecting.hold_originals().await.expect("held");
    let importing = tokio::spawn({
        let platform = platform.clone();
        async move { run_to_end(&platform, kim).await }
    });
    platform::testing::until_blocked(&mut owner, || !importing.is_finished()).await.expect("query");
    assert!(originals(&platform, kim).is_empty());
    drop(collecting);
    importing.await.expect("joined").expect("imported");
    assert_eq!(originals(&platform, kim), std::slice::from_ref(&path));

    // And an original that an import finds is in use again, even if it was found unused before.
    undo(&platform, kim, again).await.expect("undone");
    collect_after(&platform, 0).await;
    let third = platform.ids.uuid(platform.clock.now());
    drop_file(&platform, kim, third, "a.fit", &bytes).await;
    run_to_end(&platform, kim).await.expect("imported");
    collect_after(&platform, 24).await;
    let mut tx = platform.database.begin_as(kim).await.expect("transaction");
    let id = load_import(&platform, kim, third).await.files.items[0].activity.expect("an activity");
    assert_eq!(activities::original(&platform, &mut tx, id).await.expect("there").file.read().expect("read"), bytes);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_missing_original_gives_a_sentence(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = athlete(&platform, "kim@example.org").await;
    let import = platform.ids.uuid(platform.clock.now());
    drop_file(&platform, kim, import, "a.fit", &run(1_780_000_000)).await;
    run_to_end(&platform, kim).await.expect("imported");
    std::fs::remove_file(originals(&platform, kim).remove(0)).expect("lost");
    let mut tx = platform.database.begin_as(kim).await.expect("transaction");
    let id = load_import(&platform, kim, import).await.files.items[0].activity.expect("an activity");
    let problem = activities::original(&platform, &mut tx, id).await.expect_err("missing").into_problem();
    assert_eq!((problem.status(), problem.message.contains("no longer on this server")), (404, true), "{}", problem.message);
}

#[sqlx::test(migrations = "../../migrations")]
async fn uploads_are_collected_unless_an_import_file_needs_them(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut platform = TestApp::new(connect);
    // What is written now was written two days ago.
    platform.clock = platform::Clock::manual(platform::Clock::System.now() + TimeDelta::hours(48));
    let kim = athlete(&platform, "kim@example.org").await;
    let import = platform.ids.uuid(platform.clock.now());
    drop_file(&platform, kim, import, "waiting.fit", &run(1_780_000_000)).await;
    let needed = names(&platform, "uploads");
    std::fs::write(platform.folder().join("files/uploads/aborted.part"), b"half").expect("written");
    let abandoned = platform::uploads::Receiver::start(&platform).await.expect("started");
    std::mem::forget(abandoned);
    assert_eq!(names(&platform, "uploads").len(), 3);
    collect_after(&platform, 0).await;
    assert_eq!(names(&platform, "uploads").len(), 3, "it is unknown since when they are unused");
    collect_after(&platform, 24).await;
    assert_eq!(names(&platform, "uploads"), needed);
    platform.clock = platform::Clock::manual(platform::Clock::System.now());
    let in_progress = platform::uploads::Receiver::start(&platform).await.expect("started");
    collect_after(&platform, 0).await;
    collect_after(&platform, 23).await;
    assert_eq!(names(&platform, "uploads").len(), 2, "an upload in progress stays");
    drop(in_progress);
}
