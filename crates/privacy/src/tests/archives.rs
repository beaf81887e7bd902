//! Exports, and importing them again.

use super::*;

#[sqlx::test(migrations = "../../migrations")]
async fn an_imported_archive_exports_as_the_same_archive(options: PgPoolOptions, connect: PgConnectOptions) {
    drop(options);
    let (platform, kim) = with_data(connect.clone()).await;
    let first = export(&platform, kim).await;
    for exported in
        FEATURES.exported().filter(|p| !["activity_efforts", "finding_snapshots", "visibility_settings", "privacy_zones"].contains(&p.name))
    {
        assert!(!first[&format!("data/{}.jsonl", exported.name)].is_empty(), "{} is empty, so the test proves nothing", exported.name);
    }
    assert!(first["journal.csv"].contains("Zaunkönig gehört") && first["activities.csv"].contains("Zaunkönigrunde"));
    assert_eq!(first.keys().filter(|name| name.starts_with("originals/")).count(), 1);
    assert!(!first.values().any(|text| text.contains(&kim.to_string()) || text.contains("argon2")), "no ids of the account, no secrets");
    let archive = platform.files.export_path(kim, exports_of(&platform, kim).await);
    // The server stands in for another one: the account is gone, and a new one imports everything.
    let copy = tempfile::NamedTempFile::new().expect("file");
    std::fs::copy(&archive, copy.path()).expect("copied");
    let refused = import_archive(&platform, kim, copy.path().to_owned()).await.expect_err("not empty").into_problem();
    assert_eq!(refused.kind, domain::ProblemKind::Conflict);
    let mut owner = PgConnection::connect_with(&connect).await.expect("owner");
    sqlx::query("delete from accounts").execute(&mut owner).await.expect("deleted");
    let new_account = account(&platform).await.viewer.id;
    assert_ne!(new_account, kim);
    assert!(import_archive(&platform, new_account, copy.path().to_owned()).await.expect("imported") > 4);
    let second = export(&platform, new_account).await;
    assert_eq!(first.keys().collect::<Vec<_>>(), second.keys().collect::<Vec<_>>());
    let mut own = BTreeMap::new();
    for (name, text) in &first {
        let text = with_own_ids(&mut owner, new_account, text, &mut own).await;
        assert_eq!(lines(&text), lines(&second[name]), "{name}");
    }
    assert!(own.len() > 3 && own.iter().all(|(old, own)| old != own), "the importing account has its own ids: {own:?}");
    work(&platform).await;
}

/// The lines sorted, whatever the ids are.
fn lines(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_archive_with_the_ids_of_another_account_takes_nothing_over(_: PgPoolOptions, connect: PgConnectOptions) {
    let (platform, kim) = with_data(connect.clone()).await;
    export(&platform, kim).await;
    let archive = platform.files.export_path(kim, exports_of(&platform, kim).await);
    let sam = accounts::testing::athlete(&platform, "sam@example.org").await;
    // Ids of existing rows as well as of deleted ones, and of one whose link is known.
    let now = platform.clock.now();
    let mut tx = platform.database.begin_as(kim).await.expect("transaction");
    let run: Uuid = sqlx::query_scalar("select id from activities where origin = 'file'").fetch_one(tx.connection()).await.expect("there");
    let trash_id = platform.ids.uuid(now);
    activities::delete(&mut tx, run, trash_id, now).await.expect("deleted");
    tx.commit().await.expect("committed");
    import_archive(&platform, sam, archive).await.expect("imported next to the account that it came from");
    let mut tx = platform.database.begin_as(sam).await.expect("transaction");
    let ids: Vec<Uuid> = sqlx::query_scalar("select id from activities").fetch_all(tx.connection()).await.expect("there");
    assert!(ids.len() == 2 && !ids.contains(&run));
    drop(tx);
    let mut tx = platform.database.begin_as(kim).await.expect("transaction");
    assert_eq!(activities::restore(&mut tx, trash_id).await.expect("restored"), run);
    tx.commit().await.expect("committed");
    work(&platform).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn thresholds_of_the_account_stay_and_imported_runs_are_recomputed_with_them(_: PgPoolOptions, connect: PgConnectOptions) {
    let (platform, kim) = with_data(connect).await;
    export(&platform, kim).await;
    let copy = tempfile::NamedTempFile::new().expect("file");
    std::fs::copy(platform.files.export_path(kim, exports_of(&platform, kim).await), copy.path()).expect("copied");
    let mut owner = platform.owner().await;
    sqlx::query("delete from accounts").execute(&mut owner).await.expect("deleted");
    let new_account = account(&platform).await.viewer.id;
    let values = domain::activities::Thresholds { resting_hr: Some(61.0), ..domain::activities::Thresholds::default() };
    let valid_from = "2026-01-01".parse().expect("a day");
    let mut tx = platform.database.begin_as(new_account).await.expect("transaction");
    let dated = domain::activities::DatedThresholds { valid_from, values };
    activities::save_thresholds(&mut tx, &dated, platform.clock.now()).await.expect("saved");
    tx.commit().await.expect("committed");
    import_archive(&platform, new_account, copy.path().to_owned()).await.expect("imported");
    let marked = "select (select resting_hr from athlete_thresholds), (select count(*) filter (where not metrics_stale) from activities),
                    (select count(*) from recompute_tasks where finished_at is null)";
    let found: (f64, i64, i64) = sqlx::query_as(marked).fetch_one(&mut owner).await.expect("a row");
    assert_eq!(found, (61.0, 0, 1));
    work(&platform).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_archive_is_removed_when_its_week_is_over(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut platform = TestApp::new(connect).with(FEATURES).with_queue().await;
    let kim = account(&platform).await.viewer.id;
    export(&platform, kim).await;
    let made = platform.clock.now();
    let path = platform.files.export_path(kim, exports_of(&platform, kim).await);
    let mut owner = platform.owner().await;
    for (after, there) in [(TimeDelta::days(EXPORT_DAYS) - TimeDelta::seconds(1), true), (TimeDelta::days(EXPORT_DAYS), false)] {
        platform.clock = Clock::manual(made + after);
        sqlx::query("update graphile_worker._private_jobs set run_at = now()").execute(&mut owner).await.expect("due");
        work(&platform).await;
        assert_eq!(path.exists(), there, "{after}");
    }
    let left: i64 = sqlx::query_scalar("select count(*) from graphile_worker._private_jobs").fetch_one(&mut owner).await.expect("count");
    assert_eq!(left, 0, "no job is left");
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_original_that_cannot_be_read_fails_the_archive_and_a_lost_one_is_reported(_: PgPoolOptions, connect: PgConnectOptions) {
    let (platform, kim) = with_data(connect).await;
    let [original] = &files_in(&platform.folder().join("files/originals"))[..] else { panic!("one recording") };
    std::fs::remove_file(original).expect("removed");
    std::fs::create_dir(original).expect("an unreadable file");
    request_export(&platform, kim).await.expect("requested");
    work(&platform).await;
    let mut tx = platform.database.begin_as(kim).await.expect("transaction");
    let listed = exports(&mut tx, platform.clock.now()).await.expect("listed");
    assert!(listed[0].finished_at.is_none() && listed[0].retrying, "{listed:?}");
    drop(tx);
    std::fs::remove_dir(original).expect("lost");
    let mut owner = platform.owner().await;
    sqlx::query("update graphile_worker._private_jobs set run_at = now()").execute(&mut owner).await.expect("due");
    let exported = export(&platform, kim).await;
    let hash = Path::new(original).file_name().expect("a name").to_string_lossy().into_owned();
    assert!(exported["missing.txt"].contains(&hash));
    work(&platform).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_was_cut_off_here_lacks_no_original(_: PgPoolOptions, connect: PgConnectOptions) {
    let (platform, kim) = with_data(connect.clone()).await;
    let mut tx = platform.database.begin_as(kim).await.expect("transaction");
    let run: Uuid = sqlx::query_scalar("select id from activities where origin = 'file'").fetch_one(tx.connection()).await.expect("there");
    let at = |name: &str| (name == "at").then_some("0:10:00");
    activities::split(&mut tx, run, &platform.ids, at, platform.clock.now()).await.expect("split");
    tx.commit().await.expect("committed");
    assert!(!export(&platform, kim).await.contains_key("missing.txt"));
    work(&platform).await;
}
