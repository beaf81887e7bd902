//! Who works at a line, when somebody dies or is told to stop, and when an import is undone meanwhile.

use std::time::Duration;

use super::*;
use crate::lease::acquire;
use crate::step::{Step, open, read, recording, unpacking};

async fn platform_of(connect: PgConnectOptions) -> (Platform, tempfile::TempDir, Uuid, Uuid) {
    let (platform, folder) = platform::testing::platform(connect).expect("platform");
    let kim = athlete(&platform, "kim@example.org").await;
    let import = platform.ids.uuid(platform.clock.now());
    (platform, folder, kim, import)
}

async fn attempts(platform: &Platform, viewer: Uuid) -> Vec<i32> {
    let mut session = platform.database.begin_as(viewer).await.expect("session");
    sqlx::query_scalar("select attempts from import_files order by id").fetch_all(session.connection()).await.expect("lines")
}

#[sqlx::test(migrations = "../../migrations")]
async fn two_workers_never_hold_the_same_line_and_a_dead_one_holds_it_for_a_while_only(_: PgPoolOptions, connect: PgConnectOptions) {
    let (platform, _folder, kim, import) = platform_of(connect).await;
    drop_file(&platform, kim, import, "a.fit", &run(1_780_000_000)).await;
    drop_file(&platform, kim, import, "b.fit", &run(1_780_100_000)).await;
    let (first, second) = tokio::join!(acquire(&platform, kim, false), acquire(&platform, kim, false));
    let (first, second) = (first.expect("asked").expect("a line"), second.expect("asked").expect("another"));
    assert_ne!(first.line, second.line);
    assert!(acquire(&platform, kim, false).await.expect("asked").is_none(), "both are held");
    // Nobody hears of either any more.
    later(&platform, 31);
    let again = acquire(&platform, kim, false).await.expect("asked").expect("free again");
    // The first one was only asleep: what it stores now is not stored.
    let stale = if again.line == first.line { first } else { second };
    assert_eq!(read(&platform, &stale).await.expect("read"), Step::Done);
    assert_eq!(total(&platform, kim).await, 0);
    assert_eq!(read(&platform, &again).await.expect("read"), Step::Done);
    assert_eq!(total(&platform, kim).await, 1);
    run_to_end(&platform, kim).await.expect("worked off");
    assert_eq!(outcomes(&look(&platform, kim, import).await), [("a.fit", Outcome::Imported), ("b.fit", Outcome::Imported)]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_file_that_ends_the_process_three_times_is_left_alone(_: PgPoolOptions, connect: PgConnectOptions) {
    let (platform, _folder, kim, import) = platform_of(connect).await;
    drop_file(&platform, kim, import, "a.fit", &run(1_780_000_000)).await;
    for _ in 0..3 {
        assert!(acquire(&platform, kim, false).await.expect("asked").is_some());
        later(&platform, 31);
    }
    run_to_end(&platform, kim).await.expect("worked off");
    let seen = look(&platform, kim, import).await;
    assert_eq!(outcomes(&seen), [("a.fit", Outcome::Failed)]);
    assert!(seen.lines[0].message.contains("three times") && seen.lines[0].can_retry);
    let mut session = platform.database.begin_as(kim).await.expect("session");
    retry(&mut session, seen.lines[0].id).await.expect("tried again");
    session.commit().await.expect("commit");
    run_to_end(&platform, kim).await.expect("worked off");
    assert_eq!(outcomes(&look(&platform, kim, import).await), [("a.fit", Outcome::Imported)]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn nothing_stays_of_an_archive_that_is_undone_while_it_is_unpacked(_: PgPoolOptions, connect: PgConnectOptions) {
    let (platform, folder, kim, import) = platform_of(connect).await;
    let zip = zip_of(&[("1.fit", &run(1_780_000_000)), ("2.fit", &run(1_780_100_000))]);
    drop_file(&platform, kim, import, "export.zip", &zip).await;
    assert_eq!(recording(&platform, kim).await.expect("looked"), Step::Archive);
    let hold = acquire(&platform, kim, true).await.expect("asked").expect("the archive");
    // Undoing waits for nobody who unpacks.
    let key = hold.upload.clone().expect("bytes");
    std::fs::copy(platform.files.upload_path(&key), folder.path().join("kept")).expect("copied");
    undo(&platform, kim, import).await.expect("undone");
    // It had been opened before: as if undoing came in the middle.
    std::fs::copy(folder.path().join("kept"), platform.files.upload_path(&key)).expect("copied");
    assert_eq!(open(&platform, &hold).await.expect("unpacked"), Step::Done);
    assert_eq!(names(&folder, "uploads"), [key.as_str()], "nothing that came out of it is left");
    assert_eq!(outcomes(&look(&platform, kim, import).await), [("export.zip", Outcome::Undone)]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn who_was_thought_dead_takes_nothing_away_from_who_came_after(_: PgPoolOptions, connect: PgConnectOptions) {
    let (platform, folder, kim, import) = platform_of(connect).await;
    let zip = zip_of(&[("1.fit", &run(1_780_000_000)), ("2.fit", &run(1_780_100_000))]);
    drop_file(&platform, kim, import, "export.zip", &zip).await;
    assert_eq!(recording(&platform, kim).await.expect("looked"), Step::Archive);
    let asleep = acquire(&platform, kim, true).await.expect("asked").expect("the archive");
    let path = platform.files.upload_path(asleep.upload.as_deref().expect("bytes"));
    std::fs::copy(&path, folder.path().join("kept")).expect("copied");
    later(&platform, 31);
    assert_eq!(unpacking(&platform, kim).await.expect("unpacked"), Step::Done);
    // The first one had the archive open all the time, and wakes up.
    std::fs::copy(folder.path().join("kept"), &path).expect("copied");
    assert_eq!(open(&platform, &asleep).await.expect("unpacked"), Step::Done);
    run_to_end(&platform, kim).await.expect("worked off");
    let seen = look(&platform, kim, import).await;
    assert_eq!(outcomes(&seen), [("export.zip", Outcome::Unpacked), ("1.fit", Outcome::Imported), ("2.fit", Outcome::Imported)]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_read_while_it_is_undone_is_not_stored(_: PgPoolOptions, connect: PgConnectOptions) {
    let (platform, folder, kim, import) = platform_of(connect).await;
    drop_file(&platform, kim, import, "a.fit", &run(1_780_000_000)).await;
    let hold = acquire(&platform, kim, false).await.expect("asked").expect("a line");
    let path = platform.files.upload_path(hold.upload.as_deref().expect("bytes"));
    std::fs::copy(&path, folder.path().join("kept")).expect("copied");
    undo(&platform, kim, import).await.expect("undone");
    std::fs::copy(folder.path().join("kept"), &path).expect("copied");
    assert_eq!(read(&platform, &hold).await.expect("read"), Step::Done);
    assert_eq!((total(&platform, kim).await, names(&folder, "originals").len()), (0, 0));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_process_that_stops_gives_an_archive_back_and_spends_no_attempt(_: PgPoolOptions, connect: PgConnectOptions) {
    let (mut platform, folder, kim, import) = platform_of(connect).await;
    let zip = zip_of(&[("1.fit", &run(1_780_000_000))]);
    drop_file(&platform, kim, import, "export.zip", &zip).await;
    assert_eq!(recording(&platform, kim).await.expect("looked"), Step::Archive);
    assert!(platform.tasks.stop(Duration::from_mins(1)).await);
    assert_eq!(unpacking(&platform, kim).await.expect("stopped"), Step::Done);
    assert_eq!((attempts(&platform, kim).await, names(&folder, "uploads").len()), (vec![0], 1));
    // The next process goes on at once.
    platform.tasks = platform::Tasks::default();
    run_to_end(&platform, kim).await.expect("worked off");
    assert_eq!(outcomes(&look(&platform, kim, import).await), [("export.zip", Outcome::Unpacked), ("1.fit", Outcome::Imported)]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn workers_end_when_the_process_stops(_: PgPoolOptions, connect: PgConnectOptions) {
    let (platform, _folder, kim, import) = platform_of(connect).await;
    let worker = Worker::start(platform.clone());
    for i in 0..5 {
        drop_file(&platform, kim, import, &format!("{i}.fit"), &run(1_780_000_000 + i * 100_000)).await;
        worker.wake();
    }
    assert!(platform.tasks.stop(Duration::from_mins(1)).await);
    let seen = look(&platform, kim, import).await;
    assert_eq!(attempts(&platform, kim).await.iter().sum::<i32>() as u32, seen.count(Outcome::Imported), "nothing was begun and not ended");
}
