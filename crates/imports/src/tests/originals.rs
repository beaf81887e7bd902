//! Originals: kept as long as something comes from them, and collected only when nobody takes them up at the same moment.

use std::fs::File;
use std::path::PathBuf;

use chrono::TimeDelta;
use sqlx::{Connection, PgConnection};

use super::*;

/// Every original of an athlete.
fn originals(folder: &tempfile::TempDir, athlete: Uuid) -> Vec<PathBuf> {
    let inside = folder.path().join("files/originals").join(athlete.to_string());
    names(folder, &format!("originals/{athlete}")).iter().map(|name| inside.join(name)).collect()
}

/// As if it had been written long ago, by the clock of the test.
fn age(platform: &Platform, path: &std::path::Path, hours: i64) {
    let written = platform.clock.now() - TimeDelta::hours(hours);
    File::options().append(true).open(path).expect("opened").set_modified(written.into()).expect("dated");
}

/// Until somebody waits for a lock on originals.
async fn somebody_waits(owner: &mut PgConnection) {
    loop {
        let waiting = "select exists (select from pg_locks where locktype = 'advisory' and not granted
           and database = (select oid from pg_database where datname = current_database()))";
        if sqlx::query_scalar::<_, bool>(waiting).fetch_one(&mut *owner).await.expect("asked") {
            return;
        }
        tokio::task::yield_now().await;
    }
}

/// Lets some hours pass, and collects.
async fn collected_in(platform: &Platform, hours: i64) {
    later(platform, hours * 3600);
    collect(platform).await.expect("collected");
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_original_goes_a_day_after_it_was_seen_that_nothing_comes_from_it(_: PgPoolOptions, connect: PgConnectOptions) {
    let (platform, folder) = platform::testing::platform(connect).expect("platform");
    let kim = athlete(&platform, "kim@example.org").await;
    let import = platform.ids.uuid(platform.clock.now());
    drop_file(&platform, kim, import, "a.fit", &run(1_780_000_000)).await;
    run_to_end(&platform, kim).await.expect("worked off");
    let path = originals(&folder, kim).remove(0);
    let id = look(&platform, kim, import).await.lines[0].activity.expect("an activity");
    age(&platform, &path, 24 * 900);
    collected_in(&platform, 0).await;
    collected_in(&platform, 48).await;
    assert!(path.exists(), "an activity comes from it");
    let mut session = platform.database.begin_as(kim).await.expect("session");
    let now = platform.clock.now();
    activities::delete(&mut session, id, platform.ids.uuid(now), now).await.expect("into the bin");
    session.commit().await.expect("commit");
    collected_in(&platform, 48).await;
    assert!(path.exists(), "one in the bin does");
    undo(&platform, kim, import).await.expect("undone");
    let mut session = platform.database.begin_as(kim).await.expect("session");
    sqlx::query("delete from trashed_activities").execute(session.connection()).await.expect("emptied");
    session.commit().await.expect("commit");
    collected_in(&platform, 0).await;
    assert!(path.exists(), "however old it is: a backup of yesterday refers to it");
    collected_in(&platform, 23).await;
    assert!(path.exists(), "it was needed less than a day ago");
    // Somebody takes it up again, and gives it up again, between two looks.
    let again = platform.ids.uuid(platform.clock.now());
    drop_file(&platform, kim, again, "a.fit", &run(1_780_000_000)).await;
    run_to_end(&platform, kim).await.expect("worked off");
    undo(&platform, kim, again).await.expect("undone");
    collected_in(&platform, 1).await;
    assert!(path.exists(), "it was needed an hour ago");
    collected_in(&platform, 24).await;
    assert!(!path.exists(), "nothing comes from it any more");
    assert!(names(&folder, "originals").is_empty() && names(&folder, &format!("unused/{kim}")).is_empty(), "and its folder went with it");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_database_that_the_files_do_not_belong_to_removes_none_of_them(_: PgPoolOptions, connect: PgConnectOptions) {
    let (platform, folder) = platform::testing::platform(connect.clone()).expect("platform");
    let mut owner = PgConnection::connect_with(&connect).await.expect("owner");
    let kim = athlete(&platform, "kim@example.org").await;
    let import = platform.ids.uuid(platform.clock.now());
    drop_file(&platform, kim, import, "a.fit", &run(1_780_000_000)).await;
    run_to_end(&platform, kim).await.expect("worked off");
    drop_file(&platform, kim, import, "waiting.fit", &run(1_780_100_000)).await;
    let there = || (originals(&folder, kim).len(), names(&folder, "uploads").len());
    for key in names(&folder, "uploads") {
        age(&platform, &folder.path().join("files/uploads").join(key), 100);
    }
    collected_in(&platform, 0).await;
    let stolen = std::fs::read(folder.path().join("files/database")).expect("the files know whose they are");
    // Another database, as a wrong DATABASE_URL leads to: it knows none of this.
    for sql in ["update database_identity set id = gen_random_uuid()", "create table kept as select * from accounts", "delete from accounts"] {
        sqlx::query(sql).execute(&mut owner).await.expect("another database");
    }
    for days in [0, 2, 40] {
        collected_in(&platform, 24 * days).await;
        assert_eq!(there(), (1, 1), "{days} days later");
    }
    // And one of which nothing is known, but that it knows nobody who has files here.
    std::fs::remove_file(folder.path().join("files/database")).expect("removed");
    for days in [0, 2, 40] {
        collected_in(&platform, 24 * days).await;
        assert_eq!(there(), (1, 1), "{days} days later");
    }
    assert!(!folder.path().join("files/database").exists(), "it does not become theirs");
    // In a database that is the right one, an account that is not known may be one that came after a backup.
    std::fs::write(folder.path().join("files/database"), stolen).expect("as it was");
    let id: Uuid = String::from_utf8(std::fs::read(folder.path().join("files/database")).expect("read")).expect("text").trim().parse().expect("id");
    sqlx::query("update database_identity set id = $1").bind(id).execute(&mut owner).await.expect("the database of before");
    collected_in(&platform, 0).await;
    collected_in(&platform, 24 * 29).await;
    assert_eq!(originals(&folder, kim).len(), 1, "a newer database may be put back");
    sqlx::query("insert into accounts select * from kept").execute(&mut owner).await.expect("put back");
    collected_in(&platform, 1).await;
    sqlx::query("delete from accounts").execute(&mut owner).await.expect("deleted");
    collected_in(&platform, 24).await;
    assert_eq!(originals(&folder, kim).len(), 1, "it was known a day ago");
    collected_in(&platform, 24 * 30).await;
    assert!(originals(&folder, kim).is_empty());
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_folder_that_cannot_be_read_keeps_nobody_elses_and_is_told(_: PgPoolOptions, connect: PgConnectOptions) {
    let (platform, folder) = platform::testing::platform(connect).expect("platform");
    let mut paths = Vec::new();
    for email in ["kim@example.org", "sam@example.org", "ada@example.org"] {
        let id = athlete(&platform, email).await;
        platform.files.put_original(id, "00", b"left by a crash").expect("kept");
        paths.push(folder.path().join(format!("files/originals/{id}")));
    }
    collected_in(&platform, 0).await;
    // Whichever comes first: one before and one behind it.
    std::fs::remove_dir_all(&paths[1]).expect("removed");
    std::fs::write(&paths[1], "no folder").expect("written");
    later(&platform, 24 * 3600);
    assert!(collect(&platform).await.is_err());
    assert!(!paths[0].exists() && !paths[2].exists());
}

#[sqlx::test(migrations = "../../migrations")]
async fn neither_undoing_nor_emptying_the_bin_removes_an_original(_: PgPoolOptions, connect: PgConnectOptions) {
    let (platform, folder) = platform::testing::platform(connect).expect("platform");
    let kim = athlete(&platform, "kim@example.org").await;
    let import = platform.ids.uuid(platform.clock.now());
    drop_file(&platform, kim, import, "a.fit", &run(1_780_000_000)).await;
    run_to_end(&platform, kim).await.expect("worked off");
    undo(&platform, kim, import).await.expect("undone");
    assert_eq!(originals(&folder, kim).len(), 1, "a re-import may be taking it up at this moment");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_recording_that_comes_again_while_its_original_is_collected_keeps_it(_: PgPoolOptions, connect: PgConnectOptions) {
    let (platform, folder) = platform::testing::platform(connect.clone()).expect("platform");
    let mut owner = PgConnection::connect_with(&connect).await.expect("owner");
    let kim = athlete(&platform, "kim@example.org").await;
    let bytes = run(1_780_000_000);
    let import = platform.ids.uuid(platform.clock.now());
    drop_file(&platform, kim, import, "a.fit", &bytes).await;
    run_to_end(&platform, kim).await.expect("worked off");
    undo(&platform, kim, import).await.expect("undone");
    let path = originals(&folder, kim).remove(0);
    collected_in(&platform, 0).await;
    later(&platform, 24 * 3600);

    // The import was first: it claimed the originals, and has not committed yet.
    let mut importing = platform.database.begin_as(kim).await.expect("session");
    importing.claim_originals().await.expect("claimed");
    let collecting = tokio::spawn({
        let platform = platform.clone();
        async move { collect(&platform).await }
    });
    somebody_waits(&mut owner).await;
    assert!(path.exists() && !collecting.is_finished());
    drop(importing);
    collecting.await.expect("joined").expect("collected");
    assert!(!path.exists(), "the import was given up, so nothing comes from it");

    // Collecting was first: the import waits, and then writes what is not there any more.
    let again = platform.ids.uuid(platform.clock.now());
    drop_file(&platform, kim, again, "a.fit", &bytes).await;
    let mut collecting = platform.database.begin_as(kim).await.expect("session");
    collecting.hold_originals().await.expect("held");
    let importing = tokio::spawn({
        let platform = platform.clone();
        async move { run_to_end(&platform, kim).await }
    });
    somebody_waits(&mut owner).await;
    assert!(originals(&folder, kim).is_empty());
    drop(collecting);
    importing.await.expect("joined").expect("imported");
    assert_eq!(originals(&folder, kim), std::slice::from_ref(&path));

    // And found there by an import, one is in use, whoever looked at it before.
    undo(&platform, kim, again).await.expect("undone");
    collected_in(&platform, 0).await;
    let third = platform.ids.uuid(platform.clock.now());
    drop_file(&platform, kim, third, "a.fit", &bytes).await;
    run_to_end(&platform, kim).await.expect("worked off");
    collected_in(&platform, 24).await;
    let mut session = platform.database.begin_as(kim).await.expect("session");
    let id = look(&platform, kim, third).await.lines[0].activity.expect("an activity");
    assert_eq!(activities::original(&platform, &mut session, id).await.expect("there").file.read().expect("read"), bytes);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_missing_original_is_told_in_a_sentence(_: PgPoolOptions, connect: PgConnectOptions) {
    let (platform, folder) = platform::testing::platform(connect).expect("platform");
    let kim = athlete(&platform, "kim@example.org").await;
    let import = platform.ids.uuid(platform.clock.now());
    drop_file(&platform, kim, import, "a.fit", &run(1_780_000_000)).await;
    run_to_end(&platform, kim).await.expect("worked off");
    std::fs::remove_file(originals(&folder, kim).remove(0)).expect("lost");
    let mut session = platform.database.begin_as(kim).await.expect("session");
    let id = look(&platform, kim, import).await.lines[0].activity.expect("an activity");
    let problem = activities::original(&platform, &mut session, id).await.expect_err("missing").into_problem();
    assert_eq!((problem.status(), problem.message.contains("not on this server any more")), (404, true), "{}", problem.message);
}

#[sqlx::test(migrations = "../../migrations")]
async fn uploads_are_collected_unless_a_line_still_needs_them(_: PgPoolOptions, connect: PgConnectOptions) {
    let (mut platform, folder) = platform::testing::platform(connect).expect("platform");
    // What is written now was written two days ago.
    platform.clock = platform::Clock::manual(platform::Clock::System.now() + TimeDelta::hours(48));
    let kim = athlete(&platform, "kim@example.org").await;
    let import = platform.ids.uuid(platform.clock.now());
    drop_file(&platform, kim, import, "waiting.fit", &run(1_780_000_000)).await;
    let needed = names(&folder, "uploads");
    std::fs::write(folder.path().join("files/uploads/broken-off.part"), b"half").expect("written");
    let unheard = UploadWriter::start(&platform).await.expect("room");
    std::mem::forget(unheard);
    assert_eq!(names(&folder, "uploads").len(), 3);
    collected_in(&platform, 0).await;
    assert_eq!(names(&folder, "uploads").len(), 3, "nobody knows since when nothing needs them");
    collected_in(&platform, 24).await;
    assert_eq!(names(&folder, "uploads"), needed);
    platform.clock = platform::Clock::manual(platform::Clock::System.now());
    let young = UploadWriter::start(&platform).await.expect("room");
    collected_in(&platform, 0).await;
    collected_in(&platform, 23).await;
    assert_eq!(names(&folder, "uploads").len(), 2, "what is on its way stays");
    drop(young);
}
