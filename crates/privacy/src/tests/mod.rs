mod archives;
mod deletions;
mod expiry;
mod fixtures;
mod forged;
mod mail_server;
mod refusals;

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use accounts::testing::{KIM, Person};
use accounts::{LoginOutcome, NewSession, sign_in};
use chrono::TimeDelta;
use domain::privacy::DELETION_DAYS;
use platform::feature::{Features, PLATFORM};
use platform::testing::TestApp;
use platform::{Clock, Platform, jobs};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use uuid::Uuid;

use super::*;

/// The features whose tables an account has, as the server lists them.
pub(crate) const FEATURES: Features =
    Features(&[&PLATFORM, &accounts::FEATURE, &imports::FEATURE, &activities::FEATURE, &journal::FEATURE, &discovery::FEATURE, &crate::FEATURE]);

const EMAIL: &str = "kim-the-runner@example.org";

async fn account(platform: &Platform) -> NewSession {
    Person { name: "Kim Ultramarin", email: EMAIL, ..KIM }.register(platform).await
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

/// Fills an account with runs, journal days and thresholds, as requests would.
async fn add_data(platform: &Platform, viewer: Uuid) {
    let now = platform.clock.now();
    let import = platform.ids.uuid(now);
    imports::receive(platform, viewer, import, "zaun.gpx", platform::uploads::at_once(gpx())).await.expect("received");
    imports::run_to_end(platform, viewer).await.expect("imported");
    let mut tx = platform.database.begin_as(viewer).await.expect("transaction");
    let manual = domain::activities::ManualActivity::parse(
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
    activities::add_manual(&mut tx, platform.ids.uuid(now), &manual, now).await.expect("added");
    let shower = [("label", "Kalte Dusche"), ("measure_kind", "yes_no"), ("known", "before_run")];
    let shower = domain::measures::NewMeasure::parse(|name| shower.iter().find(|(field, _)| *field == name).map(|(_, text)| *text)).expect("valid");
    journal::make(&mut tx, platform.ids.uuid(now), shower, now).await.expect("made");
    let typed = [("sleep_hours", "7.5"), ("own_kalte_dusche", "yes"), ("note", "Zaunkönig gehört")];
    let preset = "insert into table_presets (id, athlete_id, headers, meanings, used_at, created_at)
                    values ('01900000-0000-7000-8000-0000000000a7', viewer(), '{Tag,Laune}', '{date,mood}', $1, $1)";
    sqlx::query(preset).bind(now).execute(tx.connection()).await.expect("a preset");
    let said = "insert into finding_feedback (athlete_id, result, input, outcome, finding_group, engine, formulas, helpful, comment, created_at)
                  values (viewer(), md5('zaun') || '00000000', 'sleep_hours', 'efficiency', 'helps', '3', 4, false, 'Zaunkönig wusste das', $1)";
    sqlx::query(said).bind(now).execute(tx.connection()).await.expect("feedback");
    let shoes = [("name", "Rote Schuhe"), ("start_distance", "120")];
    let shoes = domain::activities::GearEdit::parse(|name| shoes.iter().find(|(field, _)| *field == name).map(|(_, text)| *text)).expect("valid");
    activities::save_gear(&mut tx, platform.ids.uuid(now), &shoes, now).await.expect("gear");
    activities::save_filter(&mut tx, platform.ids.uuid(now), "Lange Läufe", "sport=run&min_distance_m=5000", now).await.expect("a filter");
    let measures = journal::catalogue(&mut tx).await.expect("catalogue").measures;
    let changes = domain::measures::Answers::parse(&measures, typed).expect("valid");
    journal::save(&mut tx, "2026-01-05".parse().expect("day"), &changes, now.date_naive(), now).await.expect("saved");
    let values = domain::activities::DatedThresholds::parse(
        |name| match name {
            "valid_from" => Some("2026-01-01"),
            "resting_hr" => Some("47"),
            _ => None,
        },
        now.date_naive(),
    )
    .expect("valid");
    activities::save_thresholds(&mut tx, &values, now).await.expect("saved");
    tx.commit().await.expect("committed");
    discovery::discover_now(platform, viewer).await.expect("discovered");
}

/// A server with its queue, and an account that [`add_data`] has filled.
async fn with_data(connect: PgConnectOptions) -> (TestApp, Uuid) {
    let platform = TestApp::new(connect).with(FEATURES).with_queue().await;
    let kim = account(&platform).await.viewer.id;
    add_data(&platform, kim).await;
    (platform, kim)
}

/// Writes an archive with these files.
fn write_archive<'a>(path: &Path, files: impl IntoIterator<Item = (&'a str, &'a str)>) {
    let mut zip = archive::Writer::create(path).expect("zip");
    for (name, text) in files {
        zip.begin(name).expect("begun");
        zip.write(text.as_bytes()).expect("written");
    }
    zip.finish().expect("finished");
}

async fn work(platform: &Platform) {
    platform::testing::run_jobs(platform).await.expect("jobs ran");
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
    let id = request_export(platform, viewer).await.expect("requested");
    assert_eq!(request_export(platform, viewer).await.expect("requested again"), id, "one at a time");
    work(platform).await;
    let mut tx = platform.database.begin_as(viewer).await.expect("transaction");
    let listed = exports(&mut tx, platform.clock.now()).await.expect("listed");
    assert!(listed[0].finished_at.is_some() && listed[0].done == listed[0].total && !listed[0].retrying, "{listed:?}");
    entries(&platform.files.export_path(viewer, id))
}

/// A text in which every id is replaced by the one that it gets when it is imported into an account; `own` collects both.
async fn with_own_ids(owner: &mut PgConnection, account: Uuid, text: &str, own: &mut BTreeMap<String, String>) -> String {
    let ids: Vec<&str> = text.split('"').filter(|word| Uuid::try_parse(word).is_ok()).collect();
    let mut out = text.to_owned();
    for id in ids {
        let sql = "select own_id($1, $2::uuid)::text";
        let new: String = sqlx::query_scalar(sql).bind(account).bind(id).fetch_one(&mut *owner).await.expect("id");
        out = out.replace(id, &new);
        own.insert(id.to_owned(), new);
    }
    out
}

/// Every file below a folder.
fn files_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("folder").flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files_in(&path) } else { vec![path.display().to_string()] }).collect()
}

async fn exports_of(platform: &Platform, viewer: Uuid) -> Uuid {
    let mut tx = platform.database.begin_as(viewer).await.expect("transaction");
    exports(&mut tx, platform.clock.now()).await.expect("listed")[0].id
}

/// Everywhere that one of the words occurs: tables of every schema, names and contents of files.
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
