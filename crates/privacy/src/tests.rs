mod deletions;
mod expiry;
mod mail_server;
mod refusals;

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use accounts::{Entry, NewAccount, SignedIn, register, sign_in};
use chrono::TimeDelta;
use domain::accounts::Registration;
use domain::privacy::DELETION_DAYS;
use platform::{Clock, Platform, jobs};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use uuid::Uuid;

use super::contents::{LEFT_OUT, PARTS};
use super::*;

const EMAIL: &str = "kim-the-runner@example.org";

async fn account(platform: &Platform) -> SignedIn {
    let registration = Registration::parse("Kim Ultramarin", EMAIL, "marmot violin trench").expect("valid");
    register(platform, NewAccount { registration, time_zone: "Europe/Berlin".into(), synthetic: false }).await.expect("registered")
}

fn gpx() -> Vec<u8> {
    let point = |i: u32| {
        let (lat, minute, second) = (f64::from(i).mul_add(0.000_13, 55.9), i * 5 / 60, i * 5 % 60);
        format!("<trkpt lat=\"{lat:.6}\" lon=\"3.2\"><ele>20</ele><time>2026-01-05T10:{minute:02}:{second:02}Z</time></trkpt>")
    };
    let points: String = (0..240).map(point).collect();
    format!("<gpx version=\"1.1\" creator=\"x\"><trk><name>Zaunkönigrunde</name><type>running</type><trkseg>{points}</trkseg></trk></gpx>")
        .into_bytes()
}

/// Runs, days, values: everything that an account collects, through the ordinary doors.
async fn live(platform: &Platform, viewer: Uuid) {
    let now = platform.clock.now();
    let import = platform.ids.uuid(now);
    let mut incoming = imports::Incoming::start(platform).await.expect("upload");
    incoming.write(&gpx()).await.expect("written");
    imports::receive(platform, viewer, import, "zaun.gpx", incoming).await.expect("received");
    imports::work_off(platform, viewer).await.expect("imported");
    let mut session = platform.database.as_viewer(viewer).await.expect("session");
    let manual = domain::activities::Manual::parse(
        |name| match name {
            "sport" => Some("running"),
            "day" => Some("2026-01-07"),
            "time" => Some("07:30"),
            "duration" => Some("45:00"),
            "distance" => Some("9"),
            _ => None,
        },
        now.date_naive(),
    )
    .expect("valid");
    activities::add_manual(&mut session, platform.ids.uuid(now), &manual, now).await.expect("added");
    let entry = domain::journal::Entry::parse([("sleep_hours", "7.5"), ("note", "Zaunkönig gehört")]).expect("valid");
    journal::save(&mut session, "2026-01-05".parse().expect("day"), &entry, now.date_naive(), now).await.expect("saved");
    let values = domain::activities::DatedValues::parse(
        |name| match name {
            "valid_from" => Some("2026-01-01"),
            "hr_rest" => Some("47"),
            _ => None,
        },
        now.date_naive(),
    )
    .expect("valid");
    activities::save_values(&mut session, &values, now).await.expect("saved");
    session.commit().await.expect("committed");
    discovery::discover_now(platform, viewer).await.expect("discovered");
}

async fn work(platform: &Platform) {
    jobs::work_off(crate::jobs(discovery::jobs(jobs::options(platform)))).await.expect("worked off");
}

fn entries(path: &Path) -> BTreeMap<String, String> {
    let mut zip = zip::ZipArchive::new(std::fs::File::open(path).expect("file")).expect("zip");
    (0..zip.len())
        .map(|i| {
            let mut entry = zip.by_index(i).expect("entry");
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).expect("bytes");
            (entry.name().to_owned(), String::from_utf8_lossy(&bytes).into_owned())
        })
        .collect()
}

async fn export(platform: &Platform, viewer: Uuid) -> BTreeMap<String, String> {
    let id = request_export(platform, viewer).await.expect("asked");
    assert_eq!(request_export(platform, viewer).await.expect("asked again"), id, "one at a time");
    work(platform).await;
    let mut session = platform.database.as_viewer(viewer).await.expect("session");
    let listed = exports(&mut session, platform.clock.now()).await.expect("listed");
    assert!(listed[0].finished_at.is_some() && listed[0].done == listed[0].total && listed[0].error.is_none(), "{listed:?}");
    entries(&platform.files.export_path(viewer, id))
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_archive_brought_back_gives_the_same_archive(options: PgPoolOptions, connect: PgConnectOptions) {
    drop(options);
    let (platform, _folder) = platform::testing::platform(connect.clone()).expect("platform");
    jobs::install(&platform.database).await.expect("queue");
    let kim = account(&platform).await.viewer.id;
    live(&platform, kim).await;
    let first = export(&platform, kim).await;
    for part in PARTS.iter().filter(|p| !["activity_efforts", "discovery_history", "sharing", "home_zones"].contains(&p.table)) {
        assert!(!first[&format!("data/{}.jsonl", part.table)].is_empty(), "{} is empty, so nothing is shown", part.table);
    }
    assert!(first["journal.csv"].contains("Zaunkönig gehört") && first["activities.csv"].contains("Zaunkönigrunde"));
    assert_eq!(first.keys().filter(|name| name.starts_with("originals/")).count(), 1);
    assert!(!first.values().any(|text| text.contains(&kim.to_string()) || text.contains("argon2")), "no ids of the account, no secrets");
    let archive = platform.files.export_path(kim, exports_of(&platform, kim).await);
    // The same server as another one: the account is gone, and a new one brings everything back.
    let kept = tempfile::NamedTempFile::new().expect("file");
    std::fs::copy(&archive, kept.path()).expect("copied");
    let refused = bring_back(&platform, kim, kept.path().to_owned()).await.expect_err("not empty").into_problem();
    assert_eq!(refused.kind, domain::ProblemKind::Conflict);
    let mut owner = PgConnection::connect_with(&connect).await.expect("owner");
    sqlx::query("delete from accounts").execute(&mut owner).await.expect("gone");
    let again = account(&platform).await.viewer.id;
    assert_ne!(again, kim);
    assert!(bring_back(&platform, again, kept.path().to_owned()).await.expect("brought back") > 4);
    let second = export(&platform, again).await;
    assert_eq!(first.keys().collect::<Vec<_>>(), second.keys().collect::<Vec<_>>());
    for (name, text) in &first {
        assert_eq!(text, &second[name], "{name}");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn thresholds_of_the_account_stay_and_what_was_brought_back_is_computed_with_them(_: PgPoolOptions, connect: PgConnectOptions) {
    let (platform, _folder) = platform::testing::platform(connect.clone()).expect("platform");
    jobs::install(&platform.database).await.expect("queue");
    let kim = account(&platform).await.viewer.id;
    live(&platform, kim).await;
    export(&platform, kim).await;
    let kept = tempfile::NamedTempFile::new().expect("file");
    std::fs::copy(platform.files.export_path(kim, exports_of(&platform, kim).await), kept.path()).expect("copied");
    let mut owner = PgConnection::connect_with(&connect).await.expect("owner");
    sqlx::query("delete from accounts").execute(&mut owner).await.expect("gone");
    let again = account(&platform).await.viewer.id;
    let values = domain::activities::AthleteValues { hr_rest: Some(61.0), ..domain::activities::AthleteValues::default() };
    let valid_from = "2026-01-01".parse().expect("a day");
    let mut session = platform.database.as_viewer(again).await.expect("session");
    let dated = domain::activities::DatedValues { valid_from, values };
    activities::save_values(&mut session, &dated, platform.clock.now()).await.expect("saved");
    session.commit().await.expect("committed");
    bring_back(&platform, again, kept.path().to_owned()).await.expect("brought back");
    let marked = "select (select hr_rest from athlete_values), (select count(*) filter (where not stale) from activities),
                    (select count(*) from recomputes where finished_at is null)";
    let found: (f64, i64, i64) = sqlx::query_as(marked).fetch_one(&mut owner).await.expect("a row");
    assert_eq!(found, (61.0, 0, 1));
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_archive_is_removed_when_its_week_is_over(_: PgPoolOptions, connect: PgConnectOptions) {
    let (mut platform, _folder) = platform::testing::platform(connect.clone()).expect("platform");
    jobs::install(&platform.database).await.expect("queue");
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

/// A name under which `recording` is the content.
const SOUND_ORIGINAL: &str = "originals/3ebb153fb24e4411400e94a9a92b0ec458c3a8473e51e03cd37d4a34c99dfda6";

/// Every file below a folder.
fn files_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("folder").flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files_in(&path) } else { vec![path.display().to_string()] }).collect()
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_original_that_cannot_be_read_fails_the_archive_and_a_lost_one_is_told(_: PgPoolOptions, connect: PgConnectOptions) {
    let (platform, folder) = platform::testing::platform(connect.clone()).expect("platform");
    jobs::install(&platform.database).await.expect("queue");
    let kim = account(&platform).await.viewer.id;
    live(&platform, kim).await;
    let [original] = &files_in(&folder.path().join("files/originals"))[..] else { panic!("one recording") };
    std::fs::remove_file(original).expect("removed");
    std::fs::create_dir(original).expect("what cannot be read");
    request_export(&platform, kim).await.expect("asked");
    work(&platform).await;
    let mut session = platform.database.as_viewer(kim).await.expect("session");
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

/// Archives with the bin of their day, each written by the schema in its name, and never since.
const FIXTURES: [(i32, &str); 1] = [(15, "schema-15.zip")];

/// Brings a fixture back: the archive, and what was in the bin. Gives what was restored out of it.
async fn restore(platform: &Platform, kim: Uuid, (schema, name): (i32, &str)) -> Result<Uuid, platform::Error> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
    let files = entries(&path);
    let rows = bring_back(platform, kim, path).await?;
    let manifest: serde_json::Value = serde_json::from_str(&files["legwork.json"]).expect("JSON");
    let counted = manifest["rows"].as_object().expect("rows").values().filter_map(serde_json::Value::as_u64).sum::<u64>();
    assert!(rows > 20 && rows == counted, "{rows} of {counted}");
    let mut bin: serde_json::Value = serde_json::from_str(&files["bin.jsonl"]).expect("JSON");
    for rows in bin["rows"].as_object_mut().expect("tables").values_mut() {
        for row in rows.as_array_mut().into_iter().flatten().filter(|row| row.is_object()) {
            row["athlete_id"] = kim.to_string().into();
        }
    }
    let mut session = platform.database.as_viewer(kim).await?;
    let id: Uuid = sqlx::query_scalar(
        "insert into bin (id, athlete_id, title, day, deleted_at, rows, schema)
         select (x ->> 'id')::uuid, $2, x ->> 'title', (x ->> 'day')::date, (x ->> 'deleted_at')::timestamptz, x -> 'rows', $3
           from (select $1::jsonb) e (x) returning id",
    )
    .bind(bin)
    .bind(kim)
    .bind(schema)
    .fetch_one(session.connection())
    .await?;
    session.commit().await?;
    platform.database.within(kim, async |session| activities::restore(session, id).await).await
}

#[sqlx::test(migrations = "../../migrations")]
async fn every_archive_and_bin_that_was_ever_written_comes_back(_: PgPoolOptions, connect: PgConnectOptions) {
    let (platform, _folder) = platform::testing::platform(connect.clone()).expect("platform");
    jobs::install(&platform.database).await.expect("queue");
    let mut owner = PgConnection::connect_with(&connect).await.expect("owner");
    for fixture in FIXTURES {
        sqlx::query("delete from accounts").execute(&mut owner).await.expect("empty");
        let kim = account(&platform).await.viewer.id;
        let restored = restore(&platform, kim, fixture).await.unwrap_or_else(|e| panic!("{fixture:?}: {e}"));
        let (runs, streams, efforts, of_bin): (i64, i64, i64, i64) = sqlx::query_as(
            "select (select count(*) from activities), (select count(*) from activity_streams), (select count(*) from activity_efforts),
               (select count(*) from activity_efforts where activity_id = $1)",
        )
        .bind(restored)
        .fetch_one(&mut owner)
        .await
        .expect("counted");
        assert_eq!((runs, streams), (4, 4), "{fixture:?}");
        assert!(efforts > of_bin && of_bin > 0, "{fixture:?}: {efforts} efforts, {of_bin} of what was in the bin");
        let told = export(&platform, kim).await;
        assert!(told["journal.csv"].contains("Zaunkönig gehört") && told["activities.csv"].contains("Zaunkönigrunde 12"), "{fixture:?}");
        let manifest: serde_json::Value = serde_json::from_str(&told["legwork.json"]).expect("JSON");
        assert!(manifest["schema"].as_i64() > Some(i64::from(fixture.0)), "a fixture is of a schema that was");
    }
}

/// Rating, wind, shoes, maker and weather: columns of a schema that may come.
type Later = (i32, Option<String>, String, String, String);

#[sqlx::test(migrations = "../../migrations")]
async fn a_column_that_came_later_is_filled_by_its_default_or_by_its_step(_: PgPoolOptions, connect: PgConnectOptions) {
    let (platform, _folder) = platform::testing::platform(connect.clone()).expect("platform");
    jobs::install(&platform.database).await.expect("queue");
    let kim = account(&platform).await.viewer.id;
    let mut owner = PgConnection::connect_with(&connect).await.expect("owner");
    let later = "alter table activities add column rating int not null default 3, add column wind text, add column shoes text not null;
                 alter table activity_streams add column maker text not null;
                 alter table journal_entries add column weather text not null";
    sqlx::raw_sql(later).execute(&mut owner).await.expect("a later schema");
    assert!(restore(&platform, kim, FIXTURES[0]).await.is_err(), "a column without a default needs a step");
    let step = "create or replace function kept_schema() returns int language sql immutable return 1000000;
                create or replace function raised(kept text, x jsonb, written int) returns jsonb language sql immutable return
                  case when written >= 1000000 then x
                    when kept = 'activities' then '{\"shoes\": \"blue\"}' || x
                    when kept = 'activity_streams' then '{\"maker\": \"none\"}' || x
                    when kept = 'journal_entries' then '{\"weather\": \"rain\"}' || x
                    else x end";
    sqlx::raw_sql(step).execute(&mut owner).await.expect("its step");
    let restored = restore(&platform, kim, FIXTURES[0]).await.expect("with its step");
    let columns =
        "select rating, wind, shoes, (select maker from activity_streams s where s.activity_id = a.id), (select weather from journal_entries limit 1)
                     from activities a where id = $1 or local_date = '2026-01-10' order by local_date";
    let found: Vec<Later> = sqlx::query_as(columns).bind(restored).fetch_all(&mut owner).await.expect("rows");
    assert_eq!(found, vec![(3, None, "blue".to_owned(), "none".to_owned(), "rain".to_owned()); 2]);
}

async fn exports_of(platform: &Platform, viewer: Uuid) -> Uuid {
    let mut session = platform.database.as_viewer(viewer).await.expect("session");
    exports(&mut session, platform.clock.now()).await.expect("listed")[0].id
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_damaged_or_forged_archive_changes_nothing(_: PgPoolOptions, connect: PgConnectOptions) {
    let (platform, folder) = platform::testing::platform(connect).expect("platform");
    let kim = account(&platform).await.viewer.id;
    let manifest = serde_json::json!({ "format": 1, "exported_at": "2026-01-01T00:00:00Z", "email": "x", "name": "x", "time_zone": "UTC", "consents": [], "rows": {} });
    let with = |files: &[(&str, &str)]| {
        let path = folder.path().join("forged.zip");
        let mut zip = archive::Writer::create(&path).expect("zip");
        for (name, text) in files {
            zip.begin(name).expect("begun");
            zip.write(text.as_bytes()).expect("written");
        }
        zip.finish().expect("finished");
        path
    };
    let newer = serde_json::json!({ "schema": 1_000_000, "format": 1, "exported_at": "2026-01-01T00:00:00Z", "email": "x", "name": "x", "time_zone": "UTC", "consents": [], "rows": {} }).to_string();
    let manifest = manifest.to_string();
    let day = r#"{"day":"2026-01-05","sleep_hours":7,"note":"","created_at":"2026-01-05T00:00:00Z","updated_at":"2026-01-05T00:00:00Z"}"#;
    let hours = day.replace(":7,", ":70,");
    let half = format!("{day}\n{}", &day[..20]);
    for files in [
        vec![("data/journal_entries.jsonl", day)],
        vec![("legwork.json", "{}")],
        vec![("legwork.json", manifest.as_str()), ("data/journal_entries.jsonl", "nonsense\n")],
        vec![("legwork.json", manifest.as_str()), ("data/journal_entries.jsonl", half.as_str())],
        vec![("legwork.json", manifest.as_str()), ("data/journal_entries.jsonl", hours.as_str())],
        vec![("legwork.json", manifest.as_str()), ("originals/00", "not what its name says")],
        vec![("legwork.json", newer.as_str())],
        // An original is kept only when everything else was taken, and only one that a run comes from.
        vec![("legwork.json", manifest.as_str()), (SOUND_ORIGINAL, "recording"), ("data/journal_entries.jsonl", hours.as_str())],
    ] {
        let refused = bring_back(&platform, kim, with(&files)).await.expect_err("refused").into_problem();
        assert_eq!(refused.kind, domain::ProblemKind::Invalid, "{files:?}: {}", refused.message);
        let mut session = platform.database.as_viewer(kim).await.expect("session");
        let days: i64 = sqlx::query_scalar("select count(*) from journal_entries").fetch_one(session.connection()).await.expect("count");
        assert_eq!(days, 0, "{files:?}");
        assert_eq!(files_in(&folder.path().join("files")), Vec::<String>::new(), "{files:?}");
    }
    std::fs::write(folder.path().join("forged.zip"), b"no zip").expect("written");
    assert!(bring_back(&platform, kim, folder.path().join("forged.zip")).await.is_err());
    // A key of somebody else's upload, and somebody else's id, are not believed.
    let stolen = r#"{"id":"01900000-0000-7000-8000-000000000003","import_id":"01900000-0000-7000-8000-000000000002","athlete_id":"01900000-0000-7000-8000-0000000000ff","name":"x","bytes":1,"upload":"csv-somebody","outcome":"queued","message":"","attempts":0,"created_at":"2026-01-05T00:00:00Z"}"#.to_owned() + "\n";
    let import = "{\"id\":\"01900000-0000-7000-8000-000000000002\",\"created_at\":\"2026-01-05T00:00:00Z\"}\n";
    let files = [("legwork.json", manifest.as_str()), ("data/imports.jsonl", import), ("data/import_files.jsonl", stolen.as_str())];
    bring_back(&platform, kim, with(&files)).await.expect("taken, but tamed");
    let mut session = platform.database.as_viewer(kim).await.expect("session");
    let (owner, upload, outcome): (Uuid, Option<String>, String) =
        sqlx::query_as("select athlete_id, upload, outcome from import_files").fetch_one(session.connection()).await.expect("row");
    assert_eq!((owner, upload, outcome.as_str()), (kim, None, "failed"));
}

#[sqlx::test(migrations = "../../migrations")]
async fn every_table_is_in_the_archive_or_left_out_for_a_reason(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut owner = PgConnection::connect_with(&connect).await.expect("owner");
    let tables: Vec<String> = sqlx::query_scalar(
        "select c.relname::text from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
         and c.relname not in ('_sqlx_migrations', 'database_identity', 'passkey_ceremonies') order by 1",
    )
    .fetch_all(&mut owner)
    .await
    .expect("tables");
    let mut known: Vec<&str> = PARTS.iter().map(|p| p.table).chain(LEFT_OUT.iter().map(|(table, _)| *table)).collect();
    known.sort_unstable();
    assert_eq!(tables, known);
}

/// Everywhere that one of the words stands: tables of every schema, names and contents of files.
async fn traces(owner: &mut PgConnection, data: &Path, words: &[String]) -> Vec<String> {
    let tables: Vec<String> = sqlx::query_scalar(
        "select quote_ident(n.nspname) || '.' || quote_ident(c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema')",
    )
    .fetch_all(&mut *owner)
    .await
    .expect("tables");
    let mut found = Vec::new();
    for table in tables {
        for word in words {
            let sql = format!("select exists (select from {table} t where position($1 in t::text) > 0)");
            if sqlx::query_scalar::<_, bool>(AssertSqlSafe(sql)).bind(word).fetch_one(&mut *owner).await.expect("searched") {
                found.push(format!("{word} in {table}"));
            }
        }
    }
    let mut folders = vec![data.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("folder").flatten() {
            let path = entry.path();
            let name = path.display().to_string();
            let bytes = if path.is_dir() { Vec::new() } else { std::fs::read(&path).expect("file") };
            for word in words {
                if name.contains(word.as_str()) || bytes.windows(word.len()).any(|w| w == word.as_bytes()) {
                    found.push(format!("{word} in {name}"));
                }
            }
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
    found
}

#[sqlx::test(migrations = "../../migrations")]
async fn thirty_days_after_it_was_asked_for_nothing_is_left(_: PgPoolOptions, connect: PgConnectOptions) {
    let (mut platform, folder) = platform::testing::platform(connect.clone()).expect("platform");
    jobs::install(&platform.database).await.expect("queue");
    let kim = account(&platform).await;
    live(&platform, kim.viewer.id).await;
    export(&platform, kim.viewer.id).await;
    let letter = platform::Letter { account: kim.viewer.id, to: EMAIL.into(), subject: "x".into(), text: "Kim Ultramarin".into() };
    platform.mail.send(&letter).await.expect("sent");
    let mut owner = PgConnection::connect_with(&connect).await.expect("owner");
    let words: Vec<String> = [EMAIL, "Ultramarin", "Zaunkönig", &kim.viewer.id.to_string()].map(str::to_owned).to_vec();
    for word in &words {
        assert!(
            !traces(&mut owner, folder.path(), std::slice::from_ref(word)).await.is_empty(),
            "the search does not find {word}, so it shows nothing"
        );
    }
    assert!(request_deletion(&platform, &kim.viewer, "somebody@example.org").await.is_err(), "the address is typed to be sure");
    request_deletion(&platform, &kim.viewer, EMAIL).await.expect("asked");
    let asked = platform.clock.now();
    platform.clock = Clock::manual(asked + TimeDelta::days(DELETION_DAYS) - TimeDelta::seconds(1));
    deletion::delete(&platform, kim.viewer.id).await.expect("not yet");
    // Thought better of it, and asked again.
    keep(&platform, kim.viewer.id).await.expect("kept");
    platform.clock = Clock::manual(asked + TimeDelta::days(DELETION_DAYS));
    deletion::delete(&platform, kim.viewer.id).await.expect("nothing to do");
    assert!(matches!(sign_in(&platform, EMAIL, "marmot violin trench").await.expect("there"), Entry::In(_)));
    let Entry::In(kim) = sign_in(&platform, EMAIL, "marmot violin trench").await.expect("there") else { panic!("no second factor") };
    request_deletion(&platform, &kim.viewer, EMAIL).await.expect("asked");
    platform.clock = Clock::manual(platform.clock.now() + TimeDelta::days(DELETION_DAYS));
    // The job as the queue runs it, due by its own clock.
    sqlx::query("update graphile_worker._private_jobs set run_at = now()").execute(&mut owner).await.expect("due");
    work(&platform).await;
    assert!(sign_in(&platform, EMAIL, "marmot violin trench").await.is_err());
    assert_eq!(traces(&mut owner, folder.path(), &words).await, Vec::<String>::new());
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_deletion_comes_whatever_the_clocks_and_the_queue_do(_: PgPoolOptions, connect: PgConnectOptions) {
    let (mut platform, _folder) = platform::testing::platform(connect.clone()).expect("platform");
    jobs::install(&platform.database).await.expect("queue");
    let kim = account(&platform).await.viewer;
    request_deletion(&platform, &kim, EMAIL).await.expect("asked");
    let asked = platform.clock.now();
    let mut owner = PgConnection::connect_with(&connect).await.expect("owner");
    // The queue's clock is ahead of ours: twice the job comes too early.
    platform.clock = Clock::manual(asked + TimeDelta::days(DELETION_DAYS) - TimeDelta::seconds(1));
    for _ in 0..2 {
        sqlx::query("update graphile_worker._private_jobs set run_at = now()").execute(&mut owner).await.expect("due");
        work(&platform).await;
        let later: bool = sqlx::query_scalar("select run_at > now() + interval '50 seconds' from graphile_worker._private_jobs")
            .fetch_one(&mut owner)
            .await
            .expect("it is asked for again, and not at once");
        assert!(later);
    }
    assert!(sign_in(&platform, EMAIL, "marmot violin trench").await.is_ok());
    // And then the job is lost.
    sqlx::query("delete from graphile_worker._private_jobs").execute(&mut owner).await.expect("lost");
    deletion::delete_overdue(&platform).await.expect("nothing is overdue");
    assert!(sign_in(&platform, EMAIL, "marmot violin trench").await.is_ok());
    platform.clock = Clock::manual(asked + TimeDelta::days(DELETION_DAYS));
    sqlx::query("select graphile_worker.add_job('delete_overdue', '{}'::json)").execute(&mut owner).await.expect("asked");
    work(&platform).await;
    assert!(sign_in(&platform, EMAIL, "marmot violin trench").await.is_err());
    let left: i64 = sqlx::query_scalar("select count(*) from graphile_worker._private_jobs").fetch_one(&mut owner).await.expect("count");
    assert_eq!(left, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn new_words_are_asked_about_until_they_are_agreed_to(_: PgPoolOptions, connect: PgConnectOptions) {
    let (platform, _folder) = platform::testing::platform(connect.clone()).expect("platform");
    let kim = account(&platform).await;
    assert_eq!(kim.viewer.agreed.as_deref(), Some(domain::privacy::NOTICE_VERSION), "made with the words of today");
    let mut owner = PgConnection::connect_with(&connect).await.expect("owner");
    sqlx::query("update consents set version = '2020-01'").execute(&mut owner).await.expect("old words");
    let seen = async || accounts::viewer_of(&platform, &kim.token).await.expect("query").expect("signed in").agreed;
    assert_eq!(seen().await.as_deref(), Some("2020-01"));
    for _ in 0..2 {
        platform.database.within(kim.viewer.id, async |session| agree(session, platform.clock.now()).await).await.expect("agreed");
    }
    assert_eq!(seen().await.as_deref(), Some(domain::privacy::NOTICE_VERSION));
    let mut session = platform.database.as_viewer(kim.viewer.id).await.expect("session");
    let all: Vec<String> = agreed(&mut session).await.expect("listed").into_iter().map(|a| a.version).collect();
    assert_eq!(all, ["2020-01", domain::privacy::NOTICE_VERSION], "what was agreed to before stays written down");
}

/// A run of half an hour, a point a second, with a heart rate.
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

/// Writes the fixture of the schema of today: an archive, and beside its files the bin as it is stored. For the day on which a kept table
/// changes: `cargo test -p privacy write_the_fixture -- --ignored`, then name it in `FIXTURES`. Those that are there are never written anew.
#[sqlx::test(migrations = "../../migrations")]
#[ignore = "writes into the source"]
async fn write_the_fixture(_: PgPoolOptions, connect: PgConnectOptions) {
    let (platform, _folder) = platform::testing::platform(connect.clone()).expect("platform");
    jobs::install(&platform.database).await.expect("queue");
    let kim = account(&platform).await.viewer.id;
    live(&platform, kim).await;
    let now = platform.clock.now();
    for day in [10, 12] {
        let mut incoming = imports::Incoming::start(&platform).await.expect("upload");
        incoming.write(&long_run(day)).await.expect("written");
        imports::receive(&platform, kim, platform.ids.uuid(now), "long.gpx", incoming).await.expect("received");
    }
    imports::work_off(&platform, kim).await.expect("imported");
    let mut session = platform.database.as_viewer(kim).await.expect("session");
    let everybody = domain::sharing::Audience::parse("everybody");
    let shown = domain::sharing::Sharing { training: everybody, map: everybody, heart_rate: everybody };
    activities::save_sharing(&mut session, shown).await.expect("shown");
    activities::add_home_zone(&platform, &mut session, "Home", 500.0, false, now).await.expect("zone");
    let gone: Uuid =
        sqlx::query_scalar("select id from activities where local_date = '2026-01-12'").fetch_one(session.connection()).await.expect("there");
    activities::delete(&mut session, gone, platform.ids.uuid(now), now).await.expect("deleted");
    let bin: String = sqlx::query_scalar("select (to_jsonb(b) - 'athlete_id')::text from bin b").fetch_one(session.connection()).await.expect("bin");
    session.commit().await.expect("committed");
    discovery::discover_now(&platform, kim).await.expect("discovered");
    export(&platform, kim).await;
    let archive = std::fs::File::open(platform.files.export_path(kim, exports_of(&platform, kim).await)).expect("archive");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/schema-15.zip");
    std::fs::create_dir_all(path.parent().expect("folder")).expect("made");
    let mut from = zip::ZipArchive::new(archive).expect("zip");
    let mut to = zip::ZipWriter::new(std::fs::File::create_new(&path).expect("new"));
    for i in 0..from.len() {
        to.raw_copy_file(from.by_index_raw(i).expect("entry")).expect("copied");
    }
    to.start_file("bin.jsonl", zip::write::SimpleFileOptions::default()).expect("begun");
    std::io::Write::write_all(&mut to, bin.as_bytes()).expect("written");
    to.finish().expect("finished");
}
