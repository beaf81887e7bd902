//! What an undone import takes with it.

use super::*;
use crate::queries::files::{Entry, insert_entries};
use crate::queries::leases;

#[sqlx::test(migrations = "../../migrations")]
async fn the_trash_gives_back_nothing_that_was_merged_from_an_undone_import(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = athlete(&platform, "kim@example.org").await;
    let [first, second] = std::array::from_fn(|_| platform.ids.uuid(platform.clock.now()));
    let fit = run(1_780_000_000);
    let gpx = recordings::gpx::encode(&fit::decode(&fit).expect("readable").recordings.remove(0)).expect("positions");
    drop_file(&platform, kim, first, "run.fit", &fit).await;
    drop_file(&platform, kim, second, "run.gpx", &gpx).await;
    run_to_end(&platform, kim).await.expect("imported");
    let merged = load_import(&platform, kim, second).await;
    assert_eq!(outcomes(&merged), [("run.gpx", Outcome::Merged)]);
    assert_eq!((merged.totals.merged, merged.totals.activities, load_import(&platform, kim, first).await.totals.activities), (1, 0, 1));
    let whole = merged.files.items[0].activity.expect("an activity");
    let (trash, now) = (platform.ids.uuid(platform.clock.now()), platform.clock.now());
    let parts =
        async || platform.database.transact(kim, async |tx| activities::detail(tx, whole).await).await.expect("the activity").history.merged.len();
    let delete = async || platform.database.transact(kim, async |tx| activities::delete(tx, whole, trash, now).await).await.expect("deleted");
    let restore = async || platform.database.transact(kim, async |tx| activities::restore(tx, trash).await).await.expect("restored");
    delete().await;
    restore().await;
    assert_eq!(parts().await, 1, "nothing was undone");
    delete().await;
    undo(&platform, kim, second).await.expect("undone");
    assert_eq!(restore().await, whole);
    assert_eq!(parts().await, 0);
    // The activity itself is what the athlete asks for.
    delete().await;
    undo(&platform, kim, first).await.expect("undone");
    assert_eq!(restore().await, whole);
    assert_eq!(load_import(&platform, kim, first).await.totals.activities, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_archive_that_is_unpacked_at_this_moment_is_undone_with_its_files(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = athlete(&platform, "kim@example.org").await;
    let (import, now) = (platform.ids.uuid(platform.clock.now()), platform.clock.now());
    drop_file(&platform, kim, import, "export.zip", b"PK").await;
    let file = load_import(&platform, kim, import).await.files.items[0].id;
    let mut unpacking = platform.database.begin_as(kim).await.expect("transaction");
    let lease = leases::lease_next(&mut unpacking, false, now, platform.ids.uuid(now), now).await.expect("leased").expect("the archive");
    assert_eq!(lease.id, file);
    std::fs::write(platform.files.upload_path("of-the-archive"), "x").expect("written");
    let entry = Entry { id: platform.ids.uuid(now), name: "1.fit", stored: Ok(("of-the-archive", 1)), metadata: None };
    insert_entries(&mut unpacking, import, &[entry], now).await.expect("queued");
    let undoing = tokio::spawn({
        let platform = platform.clone();
        async move { undo(&platform, kim, import).await }
    });
    // Until it waits for the archive.
    let mut owner = platform.owner().await;
    platform::testing::until_blocked(&mut owner, || !undoing.is_finished()).await.expect("query");
    unpacking.commit().await.expect("committed");
    undoing.await.expect("ran").expect("undone");
    assert_eq!(outcomes(&load_import(&platform, kim, import).await), [("export.zip", Outcome::Undone), ("1.fit", Outcome::Undone)]);
    assert!(names(&platform, "uploads").is_empty(), "neither file is left");
}
