//! Leases of import files, when a worker dies or is stopped, and when an import is undone meanwhile.

use std::time::Duration;

use super::*;
use crate::lease::acquire;
use crate::step::{Step, open, read, recording, unpacking};

async fn platform_of(connect: PgConnectOptions) -> (TestApp, Uuid, Uuid) {
    let platform = TestApp::new(connect);
    let kim = athlete(&platform, "kim@example.org").await;
    let import = platform.ids.uuid(platform.clock.now());
    (platform, kim, import)
}

async fn attempts(platform: &Platform, viewer: Uuid) -> Vec<i32> {
    let mut tx = platform.database.begin_as(viewer).await.expect("transaction");
    sqlx::query_scalar("select attempts from import_files order by id").fetch_all(tx.connection()).await.expect("attempts")
}

#[sqlx::test(migrations = "../../migrations")]
async fn two_workers_never_lease_the_same_file_and_the_lease_of_a_dead_one_expires(_: PgPoolOptions, connect: PgConnectOptions) {
    let (platform, kim, import) = platform_of(connect).await;
    drop_file(&platform, kim, import, "a.fit", &run(1_780_000_000)).await;
    drop_file(&platform, kim, import, "b.fit", &run(1_780_100_000)).await;
    let (first, second) = tokio::join!(acquire(&platform, kim, false), acquire(&platform, kim, false));
    let (first, second) = (first.expect("acquired").expect("a file"), second.expect("acquired").expect("another"));
    assert_ne!(first.file, second.file);
    assert!(acquire(&platform, kim, false).await.expect("acquired").is_none(), "both are leased");
    // Neither is renewed any more.
    later(&platform, 31);
    let again = acquire(&platform, kim, false).await.expect("acquired").expect("free again");
    // The first one was only suspended: what it tries to store now is not stored.
    let stale = if again.file == first.file { first } else { second };
    assert_eq!(read(&platform, &stale).await.expect("read"), Step::Done);
    assert_eq!(total(&platform, kim).await, 0);
    assert_eq!(read(&platform, &again).await.expect("read"), Step::Done);
    assert_eq!(total(&platform, kim).await, 1);
    run_to_end(&platform, kim).await.expect("imported");
    assert_eq!(outcomes(&load_import(&platform, kim, import).await), [("a.fit", Outcome::Imported), ("b.fit", Outcome::Imported)]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn whoever_renews_a_lease_says_how_far_a_large_file_has_been_read(_: PgPoolOptions, connect: PgConnectOptions) {
    let (platform, kim, import) = platform_of(connect).await;
    drop_file(&platform, kim, import, "export.xml", b"<HealthData></HealthData>").await;
    let lease = acquire(&platform, kim, false).await.expect("acquired").expect("a file");
    assert!(lease.renew(&platform).await.expect("renewed"));
    assert_eq!((load_import(&platform, kim, import).await.counts.reading, lease.context.progress.percent()), (None, None));
    let bytes = 100 << 20;
    let mut read = std::io::Read::take(lease.context.progress.watch(std::io::repeat(b' '), bytes, 1), bytes * 2 / 5);
    std::io::copy(&mut read, &mut std::io::sink()).expect("read");
    assert!(lease.renew(&platform).await.expect("renewed"));
    let loaded = load_import(&platform, kim, import).await;
    assert_eq!((loaded.counts.reading, loaded.files.items[0].message.as_str()), (Some(40), "It is being read: 40\u{a0}% so far."));
    assert_eq!(read_to_end(&platform, &lease).await, [("export.xml".to_owned(), None)]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn nobody_says_how_far_a_file_has_been_read_once_its_reader_is_gone(_: PgPoolOptions, connect: PgConnectOptions) {
    let (platform, kim, import) = platform_of(connect).await;
    drop_file(&platform, kim, import, "export.xml", b"<HealthData></HealthData>").await;
    let lease = acquire(&platform, kim, false).await.expect("acquired").expect("a file");
    let bytes = 100 << 20;
    let mut read = std::io::Read::take(lease.context.progress.watch(std::io::repeat(b' '), bytes, 1), bytes * 2 / 5);
    std::io::copy(&mut read, &mut std::io::sink()).expect("read");
    assert!(lease.renew(&platform).await.expect("renewed"));
    let said = async || {
        let loaded = load_import(&platform, kim, import).await;
        (loaded.counts.reading, loaded.files.items[0].message.clone())
    };
    later(&platform, 29);
    assert_eq!(said().await, (Some(40), "It is being read: 40\u{a0}% so far.".to_owned()));
    later(&platform, 2);
    assert_eq!(said().await, (None, String::new()));
    // Whoever reads it next begins at its beginning, and has nothing to say yet.
    let again = acquire(&platform, kim, false).await.expect("acquired").expect("free again");
    assert_eq!(said().await, (None, String::new()));
    assert_eq!(read_to_end(&platform, &again).await, [("export.xml".to_owned(), None)]);
}

/// The files of an import after the file of a lease was read, with what is said of how far it is.
async fn read_to_end(platform: &Platform, lease: &crate::lease::Lease) -> Vec<(String, Option<u8>)> {
    read(platform, lease).await.expect("read");
    let loaded = load_import(platform, lease.athlete, lease.import).await;
    loaded.files.items.into_iter().map(|file| (file.name, loaded.counts.reading)).collect()
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_file_that_kills_the_process_three_times_is_given_up(_: PgPoolOptions, connect: PgConnectOptions) {
    let (platform, kim, import) = platform_of(connect).await;
    drop_file(&platform, kim, import, "a.fit", &run(1_780_000_000)).await;
    for _ in 0..3 {
        assert!(acquire(&platform, kim, false).await.expect("acquired").is_some());
        later(&platform, 31);
    }
    run_to_end(&platform, kim).await.expect("imported");
    let loaded = load_import(&platform, kim, import).await;
    assert_eq!(outcomes(&loaded), [("a.fit", Outcome::Failed)]);
    assert!(loaded.files.items[0].message.contains("three times") && loaded.files.items[0].can_retry);
    let mut tx = platform.database.begin_as(kim).await.expect("transaction");
    retry(&mut tx, import, loaded.files.items[0].id).await.expect("requeued");
    tx.commit().await.expect("commit");
    run_to_end(&platform, kim).await.expect("imported");
    assert_eq!(outcomes(&load_import(&platform, kim, import).await), [("a.fit", Outcome::Imported)]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn nothing_stays_of_an_archive_that_is_undone_while_it_is_unpacked(_: PgPoolOptions, connect: PgConnectOptions) {
    let (platform, kim, import) = platform_of(connect).await;
    let zip = zip_of(&[("1.fit", &run(1_780_000_000)), ("2.fit", &run(1_780_100_000))]);
    drop_file(&platform, kim, import, "export.zip", &zip).await;
    assert_eq!(recording(&platform, kim).await.expect("detected"), Step::Archive);
    let lease = acquire(&platform, kim, true).await.expect("acquired").expect("the archive");
    // Undoing does not wait for the unpacking.
    let key = lease.upload_key.clone().expect("bytes");
    std::fs::copy(platform.files.upload_path(&key), platform.folder().join("kept")).expect("copied");
    undo(&platform, kim, import).await.expect("undone");
    // The archive had been opened before: as if the undo came midway.
    std::fs::copy(platform.folder().join("kept"), platform.files.upload_path(&key)).expect("copied");
    assert_eq!(open(&platform, &lease).await.expect("unpacked"), Step::Done);
    assert_eq!(names(&platform, "uploads"), [key.as_str()], "nothing that came out of it is left");
    assert_eq!(outcomes(&load_import(&platform, kim, import).await), [("export.zip", Outcome::Undone)]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_worker_wrongly_thought_dead_removes_nothing_of_its_successor(_: PgPoolOptions, connect: PgConnectOptions) {
    let (platform, kim, import) = platform_of(connect).await;
    let zip = zip_of(&[("1.fit", &run(1_780_000_000)), ("2.fit", &run(1_780_100_000))]);
    drop_file(&platform, kim, import, "export.zip", &zip).await;
    assert_eq!(recording(&platform, kim).await.expect("detected"), Step::Archive);
    let suspended = acquire(&platform, kim, true).await.expect("acquired").expect("the archive");
    let path = platform.files.upload_path(suspended.upload_key.as_deref().expect("bytes"));
    std::fs::copy(&path, platform.folder().join("kept")).expect("copied");
    later(&platform, 31);
    assert_eq!(unpacking(&platform, kim).await.expect("unpacked"), Step::Done);
    // The first one had the archive open all the time, and resumes.
    std::fs::copy(platform.folder().join("kept"), &path).expect("copied");
    assert_eq!(open(&platform, &suspended).await.expect("unpacked"), Step::Done);
    run_to_end(&platform, kim).await.expect("imported");
    let loaded = load_import(&platform, kim, import).await;
    assert_eq!(outcomes(&loaded), [("export.zip", Outcome::Unpacked), ("1.fit", Outcome::Imported), ("2.fit", Outcome::Imported)]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_file_that_is_undone_while_it_is_read_is_not_stored(_: PgPoolOptions, connect: PgConnectOptions) {
    let (platform, kim, import) = platform_of(connect).await;
    drop_file(&platform, kim, import, "a.fit", &run(1_780_000_000)).await;
    let lease = acquire(&platform, kim, false).await.expect("acquired").expect("a file");
    let path = platform.files.upload_path(lease.upload_key.as_deref().expect("bytes"));
    std::fs::copy(&path, platform.folder().join("kept")).expect("copied");
    undo(&platform, kim, import).await.expect("undone");
    std::fs::copy(platform.folder().join("kept"), &path).expect("copied");
    assert_eq!(read(&platform, &lease).await.expect("read"), Step::Done);
    assert_eq!((total(&platform, kim).await, names(&platform, "originals").len()), (0, 0));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_process_that_stops_releases_an_archive_and_spends_no_attempt(_: PgPoolOptions, connect: PgConnectOptions) {
    let (mut platform, kim, import) = platform_of(connect).await;
    let zip = zip_of(&[("1.fit", &run(1_780_000_000))]);
    drop_file(&platform, kim, import, "export.zip", &zip).await;
    assert_eq!(recording(&platform, kim).await.expect("detected"), Step::Archive);
    assert!(platform.tasks.stop(Duration::from_mins(1)).await);
    assert_eq!(unpacking(&platform, kim).await.expect("stopped"), Step::Done);
    assert_eq!((attempts(&platform, kim).await, names(&platform, "uploads").len()), (vec![0], 1));
    // The next process continues at once.
    platform.tasks = platform::Tasks::default();
    run_to_end(&platform, kim).await.expect("imported");
    assert_eq!(outcomes(&load_import(&platform, kim, import).await), [("export.zip", Outcome::Unpacked), ("1.fit", Outcome::Imported)]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn workers_end_when_the_process_stops(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut platform = with_queue(connect).await;
    platform.leave_jobs();
    let kim = athlete(&platform, "kim@example.org").await;
    let import = platform.ids.uuid(platform.clock.now());
    platform::jobs::start(&platform).await.expect("started");
    for i in 0..5 {
        drop_file(&platform, kim, import, &format!("{i}.fit"), &run(1_780_000_000 + i * 100_000)).await;
    }
    assert!(platform.tasks.stop(Duration::from_mins(1)).await);
    let loaded = load_import(&platform, kim, import).await;
    assert_eq!(attempts(&platform, kim).await.iter().sum::<i32>() as u32, loaded.count(Outcome::Imported), "nothing was begun and not finished");
}

#[sqlx::test(migrations = "../../migrations")]
async fn every_file_that_lost_its_job_gets_one_however_many_athletes_wait(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut platform = with_queue(connect).await;
    platform.leave_jobs();
    let mut owner = platform.owner().await;
    // As in a database that was restored from a backup: one of the files was being read.
    let restored = "with a as (insert into accounts (id, email, name, password_hash, time_zone, created_at)
                      select gen_random_uuid(), n || '@example.org', 'Kim', '', 'UTC', now() from generate_series(1, 150) n returning id),
                    i as (insert into imports (id, athlete_id, created_at) select gen_random_uuid(), id, now() from a returning id, athlete_id)
                    insert into import_files (id, import_id, athlete_id, name, bytes, upload_key, outcome, created_at, held_until)
                      select gen_random_uuid(), id, athlete_id, 'a.fit', 1, 'x', 'queued', now(), now() + interval '20 seconds' from i";
    sqlx::raw_sql(restored).execute(&mut owner).await.expect("restored");
    platform::jobs::Job::run(crate::jobs::ImportLeftOver {}, &platform).await.expect("enqueued");
    let jobs: i64 = sqlx::query_scalar("select count(*) from graphile_worker._private_jobs").fetch_one(&mut owner).await.expect("count");
    assert_eq!(jobs, 150);
}
