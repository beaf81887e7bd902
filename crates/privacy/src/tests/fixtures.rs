//! Archives and trash of earlier schemas.

use super::*;

/// Archives with the trash of their time, each written by the schema in its name, and not changed since.
const FIXTURES: [(i32, &str); 4] = [(15, "schema-15.zip"), (19, "schema-19.zip"), (39, "schema-39.zip"), (48, "schema-48.zip")];

/// Imports a fixture: the archive, and what was in the trash. Returns the activity that was restored from it.
async fn restore(platform: &Platform, kim: Uuid, (schema, name): (i32, &str)) -> Result<Uuid, platform::Error> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
    let files = entries(&path);
    let rows = import_archive(platform, kim, path).await?;
    let manifest: serde_json::Value = serde_json::from_str(&files["legwork.json"]).expect("JSON");
    let counted = manifest["rows"].as_object().expect("rows").values().filter_map(serde_json::Value::as_u64).sum::<u64>();
    // A day of an earlier journal is a row for each answer now.
    assert!(rows > 20 && rows >= counted, "{rows} of {counted}");
    let mut tx = platform.database.begin_as(kim).await?;
    // It was in the trash of the archive's account, which is taken for the one that imports it.
    let trashed = with_own_ids(tx.connection(), kim, &files["bin.jsonl"], &mut BTreeMap::new()).await;
    let mut trashed: serde_json::Value = serde_json::from_str(&trashed).expect("JSON");
    for rows in trashed["rows"].as_object_mut().expect("tables").values_mut() {
        for row in rows.as_array_mut().into_iter().flatten().filter(|row| row.is_object()) {
            row["athlete_id"] = kim.to_string().into();
        }
    }
    let id: Uuid = sqlx::query_scalar(
        "insert into trashed_activities (id, athlete_id, title, day, deleted_at, rows, schema)
         select (x ->> 'id')::uuid, $2, x ->> 'title', (x ->> 'day')::date, (x ->> 'deleted_at')::timestamptz, x -> 'rows', $3
           from (select $1::jsonb) e (x) returning id",
    )
    .bind(trashed)
    .bind(kim)
    .bind(schema)
    .fetch_one(tx.connection())
    .await?;
    tx.commit().await?;
    platform.database.transact(kim, async |tx| activities::restore(tx, id).await).await
}

#[sqlx::test(migrations = "../../migrations")]
async fn every_archive_and_trash_ever_written_can_be_restored(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect).with(FEATURES).with_queue().await;
    let mut owner = platform.owner().await;
    for fixture in FIXTURES {
        sqlx::query("delete from accounts").execute(&mut owner).await.expect("empty");
        let kim = account(&platform).await.viewer.id;
        let restored = restore(&platform, kim, fixture).await.unwrap_or_else(|e| panic!("{fixture:?}: {e}"));
        let (runs, streams, efforts, of_trashed): (i64, i64, i64, i64) = sqlx::query_as(
            "select (select count(*) from activities), (select count(*) from activity_streams), (select count(*) from activity_efforts),
               (select count(*) from activity_efforts where activity_id = $1)",
        )
        .bind(restored)
        .fetch_one(&mut owner)
        .await
        .expect("counted");
        assert_eq!((runs, streams), (4, 4), "{fixture:?}");
        assert!(efforts > of_trashed && of_trashed > 0, "{fixture:?}: {efforts} efforts, {of_trashed} of what was in the trash");
        // Sentences that an earlier schema kept are codes: of the restored one, of another, and of files that were no recordings.
        let (warned, failed): (i64, i64) = sqlx::query_as(
            "select (select count(*) from activities where warnings::text[] = array['{\"code\": \"ended_early\", \"kept_percent\": 99}']),
               (select count(*) from import_files where reasons = '[{\"code\": \"unknown_format\"}]')",
        )
        .fetch_one(&mut owner)
        .await
        .expect("counted");
        assert_eq!((warned, failed), if fixture.0 < 39 { (0, 0) } else { (2, 1) }, "{fixture:?}");
        let exported = export(&platform, kim).await;
        assert!(exported["journal.csv"].contains("Zaunkönig gehört") && exported["activities.csv"].contains("Zaunkönigrunde 12"), "{fixture:?}");
        let manifest: serde_json::Value = serde_json::from_str(&exported["legwork.json"]).expect("JSON");
        assert!(manifest["schema"].as_i64() > Some(i64::from(fixture.0)), "a fixture is of an earlier schema");
    }
    work(&platform).await;
}

/// Rating, wind, shoes, maker and weather: columns of a possible later schema.
type Later = (i32, Option<String>, String, String, String);

#[sqlx::test(migrations = "../../migrations")]
async fn a_column_that_came_later_is_filled_by_its_default_or_by_its_step(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect).with(FEATURES).with_queue().await;
    let kim = account(&platform).await.viewer.id;
    let mut owner = platform.owner().await;
    let later = "alter table activities add column rating int not null default 3, add column wind text, add column shoes text not null;
                 alter table activity_streams add column maker text not null;
                 alter table daily_values add column weather text not null";
    sqlx::raw_sql(later).execute(&mut owner).await.expect("a later schema");
    assert!(restore(&platform, kim, FIXTURES[0]).await.is_err(), "a column without a default needs a step");
    let step = "create or replace function row_schema_version() returns int language sql immutable return 1000000;
                do $$ begin
                  execute replace(pg_get_functiondef('upgrade_row(text, jsonb, int)'::regprocedure), 'public.upgrade_row', 'public.earlier_steps');
                end $$;
                create or replace function upgrade_row(kept text, x jsonb, written int) returns jsonb language sql immutable return
                  case when written >= 1000000 then jsonb '{}'
                    when kept = 'activities' then '{\"shoes\": \"blue\"}'
                    when kept = 'activity_streams' then '{\"maker\": \"none\"}'
                    when kept = 'daily_values' then '{\"weather\": \"rain\"}'
                    else '{}' end || earlier_steps(kept, x, written);
                grant execute on function earlier_steps(text, jsonb, int) to legwork_app";
    sqlx::raw_sql(step).execute(&mut owner).await.expect("its step");
    let restored = restore(&platform, kim, FIXTURES[0]).await.expect("with its step");
    let columns =
        "select rating, wind, shoes, (select maker from activity_streams s where s.activity_id = a.id), (select weather from daily_values limit 1)
                     from activities a where id = $1 or local_date = '2026-01-10' order by local_date";
    let found: Vec<Later> = sqlx::query_as(columns).bind(restored).fetch_all(&mut owner).await.expect("rows");
    assert_eq!(found, vec![(3, None, "blue".to_owned(), "none".to_owned(), "rain".to_owned()); 2]);
    work(&platform).await;
}

/// A run of half an hour, one point per second, with a heart rate.
fn long_run(day: u32) -> Vec<u8> {
    let point = |i: u32| {
        let (lat, minute, second) = (f64::from(i).mul_add(0.000_026, 55.9), i / 60, i % 60);
        let (ele, beats) = (20.0 + (f64::from(i) / 90.0).sin() * 8.0, 120 + i % 300 / 10);
        format!(
            "<trkpt lat=\"{lat:.6}\" lon=\"3.2\"><ele>{ele:.1}</ele><time>2026-01-{day:02}T10:{minute:02}:{second:02}Z</time>\
             <extensions><hr>{beats}</hr></extensions></trkpt>"
        )
    };
    let points: String = (0..1800).map(point).collect();
    format!("<gpx version=\"1.1\" creator=\"x\"><trk><name>Zaunkönigrunde {day}</name><type>running</type><trkseg>{points}</trkseg></trk></gpx>")
        .into_bytes()
}

/// Writes the fixture of the current schema: an archive, and next to its files the trash as it is stored. For when an exported table
/// changes: `cargo test -p privacy write_the_fixture -- --ignored`, then add it to `FIXTURES`. Existing ones are never overwritten.
#[sqlx::test(migrations = "../../migrations")]
#[ignore = "writes into the source"]
async fn write_the_fixture(_: PgPoolOptions, connect: PgConnectOptions) {
    let (platform, kim) = with_data(connect.clone()).await;
    let now = platform.clock.now();
    // Two that end early, so that readers have something to say, and one that is no recording.
    for bytes in [&long_run(10)[..150_000], &long_run(12)[..150_000], &b"?"[..]] {
        let bytes = platform::uploads::at_once(bytes.to_vec());
        imports::receive(&platform, kim, platform.ids.uuid(now), "long.gpx", bytes).await.expect("received");
    }
    imports::run_to_end(&platform, kim).await.expect("imported");
    let mut tx = platform.database.begin_as(kim).await.expect("transaction");
    let everybody = domain::sharing::Audience::parse("everybody");
    let shown = domain::sharing::Sharing { training: everybody, map: everybody, heart_rate: everybody };
    activities::save_sharing(&mut tx, shown).await.expect("shown");
    activities::add_privacy_zone(&platform, &mut tx, "Home", 500.0, false, now).await.expect("zone");
    let gone: Uuid = sqlx::query_scalar("select id from activities where local_date = '2026-01-12'").fetch_one(tx.connection()).await.expect("there");
    activities::delete(&mut tx, gone, platform.ids.uuid(now), now).await.expect("deleted");
    let trashed: String =
        sqlx::query_scalar("select (to_jsonb(b) - 'athlete_id')::text from trashed_activities b").fetch_one(tx.connection()).await.expect("trash");
    tx.commit().await.expect("committed");
    discovery::discover_now(&platform, kim).await.expect("discovered");
    export(&platform, kim).await;
    let archive = std::fs::File::open(platform.files.export_path(kim, exports_of(&platform, kim).await)).expect("archive");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/schema-55.zip");
    std::fs::create_dir_all(path.parent().expect("folder")).expect("made");
    let mut from = zip::ZipArchive::new(archive).expect("zip");
    let mut to = zip::ZipWriter::new(std::fs::File::create_new(&path).expect("new"));
    for i in 0..from.len() {
        to.raw_copy_file(from.by_index_raw(i).expect("entry")).expect("copied");
    }
    to.start_file("bin.jsonl", zip::write::SimpleFileOptions::default()).expect("begun");
    std::io::Write::write_all(&mut to, trashed.as_bytes()).expect("written");
    to.finish().expect("finished");
    work(&platform).await;
}
