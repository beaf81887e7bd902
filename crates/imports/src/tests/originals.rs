//! Originals: kept as long as something comes from them, and collected only when nobody takes them up at the same moment.

use std::fs::File;
use std::path::PathBuf;

use chrono::{DateTime, TimeDelta, Utc};
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

#[sqlx::test(migrations = "../../migrations")]
async fn an_original_goes_when_nothing_comes_from_it_and_not_before(_: PgPoolOptions, connect: PgConnectOptions) {
    let (platform, folder) = platform::testing::platform(connect).expect("platform");
    let kim = athlete(&platform, "kim@example.org").await;
    let import = platform.ids.uuid(platform.clock.now());
    drop_file(&platform, kim, import, "a.fit", &run(1_780_000_000)).await;
    work_off(&platform, kim).await.expect("worked off");
    let path = originals(&folder, kim).remove(0);
    let id = look(&platform, kim, import).await.lines[0].activity.expect("an activity");
    let within = async |days: i64| {
        age(&platform, &path, 24 * days);
        collect(&platform).await.expect("collected");
        path.exists()
    };
    assert!(within(900).await, "an activity comes from it");
    let mut session = platform.database.as_viewer(kim).await.expect("session");
    let now = platform.clock.now();
    activities::delete(&mut session, id, platform.ids.uuid(now), now).await.expect("into the bin");
    session.commit().await.expect("commit");
    assert!(within(900).await, "one in the bin does");
    undo(&platform, kim, import).await.expect("undone");
    let mut session = platform.database.as_viewer(kim).await.expect("session");
    sqlx::query("delete from bin").execute(session.connection()).await.expect("emptied");
    session.commit().await.expect("commit");
    age(&platform, &path, 23);
    collect(&platform).await.expect("collected");
    assert!(path.exists(), "it is too young");
    assert!(!within(2).await, "nothing comes from it any more");
    assert!(names(&folder, "originals").is_empty(), "and its folder went with it");
}

#[sqlx::test(migrations = "../../migrations")]
async fn neither_undoing_nor_emptying_the_bin_removes_an_original(_: PgPoolOptions, connect: PgConnectOptions) {
    let (platform, folder) = platform::testing::platform(connect).expect("platform");
    let kim = athlete(&platform, "kim@example.org").await;
    let import = platform.ids.uuid(platform.clock.now());
    drop_file(&platform, kim, import, "a.fit", &run(1_780_000_000)).await;
    work_off(&platform, kim).await.expect("worked off");
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
    work_off(&platform, kim).await.expect("worked off");
    undo(&platform, kim, import).await.expect("undone");
    let path = originals(&folder, kim).remove(0);
    age(&platform, &path, 48);

    // The import was first: it claimed the originals, and has not committed yet.
    let mut importing = platform.database.as_viewer(kim).await.expect("session");
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
    let mut collecting = platform.database.as_viewer(kim).await.expect("session");
    collecting.hold_originals().await.expect("held");
    let importing = tokio::spawn({
        let platform = platform.clone();
        async move { work_off(&platform, kim).await }
    });
    somebody_waits(&mut owner).await;
    assert!(originals(&folder, kim).is_empty());
    drop(collecting);
    importing.await.expect("joined").expect("imported");
    assert_eq!(originals(&folder, kim), std::slice::from_ref(&path));

    // And found there by an import, one is as young as that import, whoever looked at it before.
    undo(&platform, kim, again).await.expect("undone");
    age(&platform, &path, 48);
    let third = platform.ids.uuid(platform.clock.now());
    drop_file(&platform, kim, third, "a.fit", &bytes).await;
    work_off(&platform, kim).await.expect("worked off");
    let written = std::fs::metadata(&path).expect("there").modified().expect("dated");
    assert!(DateTime::<Utc>::from(written) > platform.clock.now() - TimeDelta::hours(48));
    let mut session = platform.database.as_viewer(kim).await.expect("session");
    let id = look(&platform, kim, third).await.lines[0].activity.expect("an activity");
    assert_eq!(activities::original(&platform, &mut session, id).await.expect("there").bytes, bytes);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_missing_original_is_told_in_a_sentence(_: PgPoolOptions, connect: PgConnectOptions) {
    let (platform, folder) = platform::testing::platform(connect).expect("platform");
    let kim = athlete(&platform, "kim@example.org").await;
    let import = platform.ids.uuid(platform.clock.now());
    drop_file(&platform, kim, import, "a.fit", &run(1_780_000_000)).await;
    work_off(&platform, kim).await.expect("worked off");
    std::fs::remove_file(originals(&folder, kim).remove(0)).expect("lost");
    let mut session = platform.database.as_viewer(kim).await.expect("session");
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
    let unheard = Incoming::start(&platform).await.expect("room");
    std::mem::forget(unheard);
    assert_eq!(names(&folder, "uploads").len(), 3);
    collect(&platform).await.expect("collected");
    assert_eq!(names(&folder, "uploads"), needed);
    let young = Incoming::start(&platform).await.expect("room");
    platform.clock = platform::Clock::System;
    collect(&platform).await.expect("collected");
    assert_eq!(names(&folder, "uploads").len(), 2, "what is on its way stays");
    drop(young);
}
