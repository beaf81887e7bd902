mod archives;
mod daily;
mod faults;
mod leases;
mod originals;
mod reasons;
mod undoing;

use std::io::{Cursor, Write};

use accounts::testing::athlete;
use domain::imports::{Import, Outcome};
use domain::list::PageRequest;
use platform::Platform;
use platform::feature::{Features, PLATFORM};
use platform::testing::TestApp;
use platform::uploads::at_once;
use recordings::{Recording, Samples, Sport, Totals, fit};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;
use zip::write::SimpleFileOptions;

use super::*;

fn run(start_s: i64) -> Vec<u8> {
    let mut samples = Samples::default();
    for i in 0..900 {
        samples.push(i as f64);
        samples.distance_m[i] = i as f64 * 3.0;
        samples.heart_rate_bpm[i] = 140.0;
        samples.altitude_m[i] = 30.0;
        samples.latitude_deg[i] = 52.5 + i as f64 * 2e-5;
        samples.longitude_deg[i] = 13.4;
    }
    let totals = Totals { elapsed_s: Some(899.0), ..Totals::default() };
    fit::encode(&Recording { sport: Sport::Running, started_at_ms: Some(start_s * 1000), samples, totals, ..Recording::default() })
}

/// A platform with a queue and the jobs of imports.
async fn with_queue(connect: PgConnectOptions) -> TestApp {
    TestApp::new(connect).with(Features(&[&PLATFORM, &FEATURE])).with_queue().await
}

async fn drop_file(platform: &Platform, viewer: Uuid, import: Uuid, name: &str, bytes: &[u8]) {
    receive(platform, viewer, import, name, at_once(bytes.to_vec())).await.expect("received");
}

/// An import with all pages of its files.
async fn load_import(platform: &Platform, viewer: Uuid, import: Uuid) -> Import {
    let now = platform.clock.now();
    let mut tx = platform.database.begin_as(viewer).await.expect("transaction");
    let mut loaded = get(&mut tx, import, &PageRequest::first(), false, now).await.expect("import");
    while let Some(next) = loaded.files.next.take() {
        let page = get(&mut tx, import, &PageRequest::parse(Some(next.as_str())), false, now).await.expect("page").files;
        loaded.files.items.extend(page.items);
        loaded.files.next = page.next;
    }
    loaded
}

/// Advances the clock.
fn later(platform: &Platform, seconds: i64) {
    let platform::Clock::Manual(micros) = &platform.clock else { panic!("tests run with a manual clock") };
    micros.fetch_add(seconds * 1_000_000, std::sync::atomic::Ordering::Relaxed);
}

/// Names in a folder of the file store.
fn names(app: &TestApp, inside: &str) -> Vec<String> {
    let entries = std::fs::read_dir(app.folder().join("files").join(inside));
    let mut names: Vec<String> = entries.into_iter().flatten().flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

async fn total(platform: &Platform, viewer: Uuid) -> u32 {
    let mut tx = platform.database.begin_as(viewer).await.expect("transaction");
    activities::count(&mut tx).await.expect("count")
}

fn outcomes(import: &Import) -> Vec<(&str, Outcome)> {
    import.files.items.iter().map(|l| (l.name.as_str(), l.outcome)).collect()
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_impossible_date_is_reported_and_kept(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = athlete(&platform, "kim@example.org").await;
    let import = platform.ids.uuid(platform.clock.now());
    drop_file(&platform, kim, import, "never-set.fit", &run(631_065_606)).await;
    let ahead = platform.clock.now().timestamp() + 40 * 86_400;
    drop_file(&platform, kim, import, "ahead.fit", &run(ahead)).await;
    run_to_end(&platform, kim).await.expect("imported");
    let loaded = load_import(&platform, kim, import).await;
    assert_eq!(outcomes(&loaded), [("never-set.fit", Outcome::Recovered), ("ahead.fit", Outcome::Recovered)]);
    assert!(loaded.files.items[0].message.contains("it says 1989-12-31"), "{}", loaded.files.items[0].message);
    assert!(loaded.files.items[1].message.contains("has not come yet"), "{}", loaded.files.items[1].message);
    assert_eq!(total(&platform, kim).await, 2);
    // It exists, but in no trend.
    let mut tx = platform.database.begin_as(kim).await.expect("transaction");
    let days = activities::run_days(&mut tx).await.expect("days");
    assert!(days.is_empty(), "{days:?}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn each_file_gets_an_outcome_and_one_bad_file_stops_none(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = athlete(&platform, "kim@example.org").await;
    let import = platform.ids.uuid(platform.clock.now());
    let valid = run(1_780_000_000);
    drop_file(&platform, kim, import, "a.fit", &valid).await;
    drop_file(&platform, kim, import, "../../again.fit", &valid).await;
    drop_file(&platform, kim, import, "cut.fit", &run(1_780_100_000)[..9000]).await;
    drop_file(&platform, kim, import, "empty.gpx", b"").await;
    drop_file(&platform, kim, import, "holiday.jpg", &[0xff, 0xd8, 0xff]).await;
    run_to_end(&platform, kim).await.expect("imported");
    let loaded = load_import(&platform, kim, import).await;
    assert_eq!(
        outcomes(&loaded),
        [
            ("a.fit", Outcome::Imported),
            ("again.fit", Outcome::Duplicate),
            ("cut.fit", Outcome::Recovered),
            ("empty.gpx", Outcome::Failed),
            ("holiday.jpg", Outcome::Failed)
        ]
    );
    assert!(loaded.finished() && loaded.files.items.iter().skip(1).all(|l| !l.message.is_empty()));
    assert_eq!(total(&platform, kim).await, 2);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_zip_gives_an_import_file_for_each_recording_in_it(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = athlete(&platform, "kim@example.org").await;
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in [("activities/one.fit", run(1_780_000_000)), ("../two.fit", run(1_780_200_000)), ("readme.txt", b"hello".to_vec())] {
        zip.start_file(name, SimpleFileOptions::default()).expect("entry");
        zip.write_all(&bytes).expect("bytes");
    }
    let bytes = zip.finish().expect("zip").into_inner();
    let import = platform.ids.uuid(platform.clock.now());
    drop_file(&platform, kim, import, "export.zip", &bytes).await;
    run_to_end(&platform, kim).await.expect("imported");
    let loaded = load_import(&platform, kim, import).await;
    assert_eq!(outcomes(&loaded), [("export.zip", Outcome::Unpacked), ("one.fit", Outcome::Imported), ("two.fit", Outcome::Imported)]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn undo_removes_what_was_imported_and_what_is_queued(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = athlete(&platform, "kim@example.org").await;
    let (first, second) = (platform.ids.uuid(platform.clock.now()), platform.ids.uuid(platform.clock.now()));
    drop_file(&platform, kim, first, "keep.fit", &run(1_780_000_000)).await;
    drop_file(&platform, kim, second, "undo.fit", &run(1_780_100_000)).await;
    run_to_end(&platform, kim).await.expect("imported");
    drop_file(&platform, kim, second, "waiting.fit", &run(1_780_200_000)).await;
    undo(&platform, kim, second).await.expect("undone");
    run_to_end(&platform, kim).await.expect("nothing left");
    let loaded = load_import(&platform, kim, second).await;
    assert!(loaded.undone && loaded.files.items.iter().all(|l| l.outcome == Outcome::Undone));
    assert_eq!(total(&platform, kim).await, 1);
    // What was undone can be imported again.
    let third = platform.ids.uuid(platform.clock.now());
    drop_file(&platform, kim, third, "undo.fit", &run(1_780_100_000)).await;
    run_to_end(&platform, kim).await.expect("imported");
    assert_eq!(outcomes(&load_import(&platform, kim, third).await), [("undo.fit", Outcome::Imported)]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn athletes_cannot_see_or_undo_each_others_imports(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = athlete(&platform, "kim@example.org").await;
    let sam = athlete(&platform, "sam@example.org").await;
    let import = platform.ids.uuid(platform.clock.now());
    drop_file(&platform, kim, import, "a.fit", &run(1_780_000_000)).await;
    run_to_end(&platform, kim).await.expect("imported");
    let mut tx = platform.database.begin_as(sam).await.expect("transaction");
    let now = platform.clock.now();
    assert!(get(&mut tx, import, &PageRequest::first(), false, now).await.is_err() && counts(&mut tx, import, now).await.is_err());
    assert!(undo(&platform, sam, import).await.is_err());
    assert_eq!((total(&platform, kim).await, total(&platform, sam).await), (1, 0));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_file_over_the_limit_is_reported_and_not_kept(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut platform = TestApp::new(connect);
    let mut config = (*platform.config).clone();
    config.uploads.max_file_bytes = 1000;
    platform.config = config.into();
    let kim = athlete(&platform, "kim@example.org").await;
    let import = platform.ids.uuid(platform.clock.now());
    drop_file(&platform, kim, import, "big.fit", &run(1_780_000_000)).await;
    let loaded = load_import(&platform, kim, import).await;
    assert_eq!(outcomes(&loaded), [("big.fit", Outcome::Failed)]);
}

/// Every real recording in `LEGWORK_RECORDINGS` is imported or fails with a sentence; none of them panics.
#[sqlx::test(migrations = "../../migrations")]
#[ignore = "needs LEGWORK_RECORDINGS"]
async fn real_recordings_import_or_fail_with_a_sentence(_: PgPoolOptions, connect: PgConnectOptions) {
    let folder = std::env::var_os("LEGWORK_RECORDINGS").expect("LEGWORK_RECORDINGS");
    let platform = TestApp::new(connect);
    let kim = athlete(&platform, "kim@example.org").await;
    let import = platform.ids.uuid(platform.clock.now());
    let mut files = 0_u32;
    for kind in ["fit", "fit-broken", "gpx", "tcx"] {
        for entry in std::fs::read_dir(std::path::Path::new(&folder).join(kind)).expect("recordings").flatten() {
            let bytes = std::fs::read(entry.path()).expect("readable");
            drop_file(&platform, kim, import, &entry.file_name().to_string_lossy(), &bytes).await;
            files += 1;
        }
    }
    run_to_end(&platform, kim).await.expect("imported");
    let loaded = load_import(&platform, kim, import).await;
    assert_eq!((loaded.files.items.len(), loaded.counts.lines()), (files as usize, files));
    assert!(loaded.finished());
    for file in &loaded.files.items {
        assert!(!file.message.contains("confused"), "{}: {}", file.name, file.message);
        assert!(file.outcome != Outcome::Failed || file.message.ends_with('.'), "{}: {}", file.name, file.message);
    }
    assert!(loaded.count(Outcome::Imported) + loaded.count(Outcome::Recovered) > files / 2);
}

fn zip_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(*name, SimpleFileOptions::default()).expect("start");
        zip.write_all(bytes).expect("write");
    }
    zip.finish().expect("finish").into_inner()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(bytes).expect("write");
    gz.finish().expect("finish")
}

/// A FIT file of daily monitoring data, of which Garmin's export contains thousands.
fn monitoring() -> Vec<u8> {
    let mut bytes = run(1_780_000_000);
    // The file type is the first value after its definition.
    let at = bytes.windows(4).position(|w| w == [0, 4, 0xff, 0]).expect("file_id") + 1;
    bytes[at] = 32;
    // Keep only that message.
    let end = at + 3 + 4 + 48;
    bytes.truncate(end);
    let size = (end - 14) as u32;
    bytes[4..8].copy_from_slice(&size.to_le_bytes());
    bytes.extend([0, 0]);
    bytes
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_strava_export_brings_titles_and_one_level_of_nested_archives_is_opened(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = athlete(&platform, "kim@example.org").await;
    let import = platform.ids.uuid(platform.clock.now());
    let table = "Activity ID,Activity Date,Activity Name,Activity Type,Activity Description,Elapsed Time,Distance,Activity Gear,Filename\n\
        1,\"May 28, 2026, 8:26:40 PM\",\"Lake, twice\",Run,\"Windy.\nFelt fine.\",899,2.7,Blue shoes,activities/1.fit.gz\n";
    let inner = zip_of(&[("2.fit", &run(1_780_100_000)), ("deeper.zip", &zip_of(&[("3.fit", &run(1_780_200_000))]))]);
    let bytes = zip_of(&[
        ("export/activities/1.fit.gz", &gzip(&run(1_780_000_000))),
        ("export/activities.csv", table.as_bytes()),
        ("UploadedFiles_0.zip", &inner),
        ("monitoring.fit", &monitoring()),
    ]);
    drop_file(&platform, kim, import, "export.zip", &bytes).await;
    run_to_end(&platform, kim).await.expect("imported");
    let loaded = load_import(&platform, kim, import).await;
    let mut files = outcomes(&loaded);
    files.sort_by_key(|f| f.0);
    assert_eq!(
        files,
        [
            ("1.fit.gz", Outcome::Imported),
            ("2.fit", Outcome::Imported),
            ("UploadedFiles_0.zip", Outcome::Unpacked),
            ("deeper.zip", Outcome::Failed),
            ("export.zip", Outcome::Unpacked),
            ("monitoring.fit", Outcome::Skipped),
        ]
    );
    let mut tx = platform.database.begin_as(kim).await.expect("transaction");
    let first = loaded.files.items.iter().find(|l| l.name == "1.fit.gz").and_then(|l| l.activity).expect("an activity");
    let detail = activities::detail(&mut tx, first).await.expect("detail");
    assert_eq!((detail.summary.title.as_str(), detail.description.as_str()), ("Lake, twice", "Windy.\nFelt fine."));
    assert_eq!(detail.gear.as_deref(), Some("Blue shoes"));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_tar_gz_is_an_archive_and_a_run_from_two_sources_is_one(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = athlete(&platform, "kim@example.org").await;
    let import = platform.ids.uuid(platform.clock.now());
    let decoded = fit::decode(&run(1_780_000_000)).expect("readable").recordings.remove(0);
    let gpx = recordings::gpx::encode(&decoded).expect("positions");
    let mut tar = tar::Builder::new(Vec::new());
    for (name, bytes) in [("a/run.fit", &run(1_780_000_000)), ("b/run.gpx", &gpx)] {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, name, &bytes[..]).expect("append");
    }
    drop_file(&platform, kim, import, "backup.tar.gz", &gzip(&tar.into_inner().expect("finish"))).await;
    run_to_end(&platform, kim).await.expect("imported");
    let loaded = load_import(&platform, kim, import).await;
    assert_eq!(outcomes(&loaded), [("backup.tar.gz", Outcome::Unpacked), ("run.fit", Outcome::Imported), ("run.gpx", Outcome::Merged)]);
    assert_eq!(loaded.files.items[1].activity, loaded.files.items[2].activity, "both files lead to the same activity");
    assert_eq!(total(&platform, kim).await, 1);
    undo(&platform, kim, import).await.expect("undone");
    assert_eq!(total(&platform, kim).await, 0);
}
