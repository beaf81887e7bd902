//! Everything out as an archive, and back again.

use super::*;

#[sqlx::test(migrations = "../../migrations")]
async fn an_archive_brought_back_gives_the_same_archive(options: PgPoolOptions, connect: PgConnectOptions) {
    drop(options);
    let (platform, _folder, kim) = lived(connect.clone()).await;
    let first = export(&platform, kim).await;
    for part in EXPORTED_TABLES.iter().filter(|p| !["activity_efforts", "finding_snapshots", "visibility_settings", "privacy_zones"].contains(&p.table)) {
        assert!(!first[&format!("data/{}.jsonl", part.table)].is_empty(), "{} is empty, so nothing is shown", part.table);
    }
    assert!(first["journal.csv"].contains("Zaunkönig gehört") && first["activities.csv"].contains("Zaunkönigrunde"));
    assert_eq!(first.keys().filter(|name| name.starts_with("originals/")).count(), 1);
    assert!(!first.values().any(|text| text.contains(&kim.to_string()) || text.contains("argon2")), "no ids of the account, no secrets");
    let archive = platform.files.export_path(kim, exports_of(&platform, kim).await);
    // The same server as another one: the account is gone, and a new one brings everything back.
    let kept = tempfile::NamedTempFile::new().expect("file");
    std::fs::copy(&archive, kept.path()).expect("copied");
    let refused = import_archive(&platform, kim, kept.path().to_owned()).await.expect_err("not empty").into_problem();
    assert_eq!(refused.kind, domain::ProblemKind::Conflict);
    let mut owner = PgConnection::connect_with(&connect).await.expect("owner");
    sqlx::query("delete from accounts").execute(&mut owner).await.expect("gone");
    let again = account(&platform).await.viewer.id;
    assert_ne!(again, kim);
    assert!(import_archive(&platform, again, kept.path().to_owned()).await.expect("brought back") > 4);
    let second = export(&platform, again).await;
    assert_eq!(first.keys().collect::<Vec<_>>(), second.keys().collect::<Vec<_>>());
    let mut own = BTreeMap::new();
    for (name, text) in &first {
        let text = with_own_ids(&mut owner, again, text, &mut own).await;
        assert_eq!(lines(&text), lines(&second[name]), "{name}");
    }
    assert!(own.len() > 3 && own.iter().all(|(kept, own)| kept != own), "ids of the account that they came into: {own:?}");
}

/// In one order, whatever the ids are.
fn lines(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_archive_with_the_ids_of_somebody_else_takes_nothing_over(_: PgPoolOptions, connect: PgConnectOptions) {
    let (platform, _folder, kim) = lived(connect.clone()).await;
    export(&platform, kim).await;
    let archive = platform.files.export_path(kim, exports_of(&platform, kim).await);
    let registration = Registration::parse("Sam", "sam@example.org", "marmot violin trench").expect("valid");
    let sam = register(&platform, NewAccount { registration, time_zone: "UTC".into(), synthetic: false }).await.expect("registered").viewer.id;
    // Of what is there as well as of what was deleted, and whose link is known.
    let now = platform.clock.now();
    let mut session = platform.database.begin_as(kim).await.expect("session");
    let run: Uuid = sqlx::query_scalar("select id from activities where origin = 'file'").fetch_one(session.connection()).await.expect("there");
    let bin = platform.ids.uuid(now);
    activities::delete(&mut session, run, bin, now).await.expect("deleted");
    session.commit().await.expect("committed");
    import_archive(&platform, sam, archive).await.expect("brought back beside the account that it is of");
    let mut session = platform.database.begin_as(sam).await.expect("session");
    let ids: Vec<Uuid> = sqlx::query_scalar("select id from activities").fetch_all(session.connection()).await.expect("there");
    assert!(ids.len() == 2 && !ids.contains(&run));
    drop(session);
    let mut session = platform.database.begin_as(kim).await.expect("session");
    assert_eq!(activities::restore(&mut session, bin).await.expect("out of the bin"), run);
}

#[sqlx::test(migrations = "../../migrations")]
async fn thresholds_of_the_account_stay_and_what_was_brought_back_is_computed_with_them(_: PgPoolOptions, connect: PgConnectOptions) {
    let (platform, _folder, kim) = lived(connect.clone()).await;
    export(&platform, kim).await;
    let kept = tempfile::NamedTempFile::new().expect("file");
    std::fs::copy(platform.files.export_path(kim, exports_of(&platform, kim).await), kept.path()).expect("copied");
    let mut owner = PgConnection::connect_with(&connect).await.expect("owner");
    sqlx::query("delete from accounts").execute(&mut owner).await.expect("gone");
    let again = account(&platform).await.viewer.id;
    let values = domain::activities::Thresholds { resting_hr: Some(61.0), ..domain::activities::Thresholds::default() };
    let valid_from = "2026-01-01".parse().expect("a day");
    let mut session = platform.database.begin_as(again).await.expect("session");
    let dated = domain::activities::DatedThresholds { valid_from, values };
    activities::save_thresholds(&mut session, &dated, platform.clock.now()).await.expect("saved");
    session.commit().await.expect("committed");
    import_archive(&platform, again, kept.path().to_owned()).await.expect("brought back");
    let marked = "select (select resting_hr from athlete_thresholds), (select count(*) filter (where not metrics_stale) from activities),
                    (select count(*) from recompute_tasks where finished_at is null)";
    let found: (f64, i64, i64) = sqlx::query_as(marked).fetch_one(&mut owner).await.expect("a row");
    assert_eq!(found, (61.0, 0, 1));
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_archive_is_removed_when_its_week_is_over(_: PgPoolOptions, connect: PgConnectOptions) {
    let (mut platform, _folder) = platform::testing::platform(connect.clone()).expect("platform");
    jobs::install_queue_schema(&platform.database).await.expect("queue");
    let kim = account(&platform).await.viewer.id;
    export(&platform, kim).await;
    let made = platform.clock.now();
    let path = platform.files.export_path(kim, exports_of(&platform, kim).await);
    let mut owner = PgConnection::connect_with(&connect).await.expect("owner");
    for (after, there) in [(TimeDelta::days(EXPORT_DAYS) - TimeDelta::seconds(1), true), (TimeDelta::days(EXPORT_DAYS), false)] {
        platform.clock = Clock::manual(made + after);
        sqlx::query("update graphile_worker._private_jobs set run_at = now()").execute(&mut owner).await.expect("due");
        work(&platform).await;
        assert_eq!(path.exists(), there, "{after}");
    }
    let left: i64 = sqlx::query_scalar("select count(*) from graphile_worker._private_jobs").fetch_one(&mut owner).await.expect("count");
    assert_eq!(left, 0, "nothing is asked for any more");
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_original_that_cannot_be_read_fails_the_archive_and_a_lost_one_is_told(_: PgPoolOptions, connect: PgConnectOptions) {
    let (platform, folder, kim) = lived(connect.clone()).await;
    let [original] = &files_in(&folder.path().join("files/originals"))[..] else { panic!("one recording") };
    std::fs::remove_file(original).expect("removed");
    std::fs::create_dir(original).expect("what cannot be read");
    request_export(&platform, kim).await.expect("asked");
    work(&platform).await;
    let mut session = platform.database.begin_as(kim).await.expect("session");
    let listed = exports(&mut session, platform.clock.now()).await.expect("listed");
    assert!(listed[0].finished_at.is_none() && listed[0].error.is_some(), "{listed:?}");
    drop(session);
    std::fs::remove_dir(original).expect("lost");
    let mut owner = PgConnection::connect_with(&connect).await.expect("owner");
    sqlx::query("update graphile_worker._private_jobs set run_at = now()").execute(&mut owner).await.expect("due");
    let told = export(&platform, kim).await;
    let hash = Path::new(original).file_name().expect("a name").to_string_lossy().into_owned();
    assert!(told["missing.txt"].contains(&hash));
}

#[sqlx::test(migrations = "../../migrations")]
async fn every_table_is_in_the_archive_or_left_out_for_a_reason(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut owner = PgConnection::connect_with(&connect).await.expect("owner");
    let tables: Vec<String> = sqlx::query_scalar(
        "select c.relname::text from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
         and c.relname not in ('_sqlx_migrations', 'database_identity', 'webauthn_challenges') order by 1",
    )
    .fetch_all(&mut owner)
    .await
    .expect("tables");
    let mut known: Vec<&str> = EXPORTED_TABLES.iter().map(|p| p.table).chain(EXCLUDED_TABLES.iter().map(|(table, _)| *table)).collect();
    known.sort_unstable();
    assert_eq!(tables, known);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_was_cut_off_here_lacks_no_original(_: PgPoolOptions, connect: PgConnectOptions) {
    let (platform, _folder, kim) = lived(connect.clone()).await;
    let mut session = platform.database.begin_as(kim).await.expect("session");
    let run: Uuid = sqlx::query_scalar("select id from activities where origin = 'file'").fetch_one(session.connection()).await.expect("there");
    let at = |name: &str| (name == "at").then_some("0:10:00");
    activities::split(&mut session, run, &platform.ids, at, platform.clock.now()).await.expect("cut in two");
    session.commit().await.expect("committed");
    assert!(!export(&platform, kim).await.contains_key("missing.txt"));
}
