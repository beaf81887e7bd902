//! Archives are unpacked concurrently with everything else.

use super::*;
use crate::lease::acquire;
use crate::step::{Step, recording};

#[sqlx::test(migrations = "../../migrations")]
async fn an_archive_blocks_no_other_import(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = athlete(&platform, "kim@example.org").await;
    let sam = athlete(&platform, "sam@example.org").await;
    let (first, second) = (platform.ids.uuid(platform.clock.now()), platform.ids.uuid(platform.clock.now()));
    drop_file(&platform, kim, first, "export.zip", &zip_of(&[("1.fit", &run(1_780_000_000))])).await;
    assert_eq!(recording(&platform, kim).await.expect("detected"), Step::Archive);
    // It is being unpacked: no transaction is open, and no row is locked.
    let archive = acquire(&platform, kim, true).await.expect("acquired").expect("the archive");
    drop_file(&platform, kim, first, "meanwhile.fit", &run(1_780_100_000)).await;
    drop_file(&platform, sam, second, "other.zip", &zip_of(&[("2.fit", &run(1_780_200_000))])).await;
    run_to_end(&platform, kim).await.expect("imported");
    run_to_end(&platform, sam).await.expect("imported");
    assert_eq!((total(&platform, kim).await, total(&platform, sam).await), (1, 1));
    crate::step::open(&platform, &archive).await.expect("unpacked");
    run_to_end(&platform, kim).await.expect("imported");
    assert_eq!(total(&platform, kim).await, 2);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_large_archive_is_counted_and_listed_by_pages(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = athlete(&platform, "kim@example.org").await;
    let import = platform.ids.uuid(platform.clock.now());
    let files: Vec<(String, Vec<u8>)> = (0..401).map(|i| (format!("{i:03}.fit"), vec![b'x'; 3])).collect();
    let entries: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), &bytes[..])).collect();
    drop_file(&platform, kim, import, "many.zip", &zip_of(&entries)).await;
    drop_file(&platform, kim, import, "good.fit", &run(1_780_000_000)).await;
    run_to_end(&platform, kim).await.expect("imported");
    let mut tx = platform.database.begin_as(kim).await.expect("transaction");
    let now = platform.clock.now();
    let page = get(&mut tx, import, &PageRequest::first(), false, now).await.expect("page");
    assert_eq!((page.files.items.len(), page.files.is_all(), page.counts.lines(), page.finished()), (200, false, 403, true));
    assert_eq!(counts(&mut tx, import, now).await.expect("counted"), page.counts);
    let mut last = get(&mut tx, import, &PageRequest::first(), true, now).await.expect("page");
    let mut pages = 1;
    while let Some(next) = &last.files.next {
        last = get(&mut tx, import, &PageRequest::parse(Some(next.as_str())), true, now).await.expect("page");
        pages += 1;
    }
    assert_eq!((last.files.items.len(), pages, last.count(Outcome::Failed)), (1, 3, 401));
    assert!(last.files.items.iter().all(|l| l.outcome == Outcome::Failed));
    drop(tx);
    let loaded = load_import(&platform, kim, import).await;
    let mut names: Vec<&str> = loaded.files.items.iter().map(|l| l.name.as_str()).filter(|n| *n != "many.zip" && *n != "good.fit").collect();
    assert!(names.is_sorted(), "in the order of the archive");
    names.dedup();
    assert_eq!(names.len(), 401);
}
