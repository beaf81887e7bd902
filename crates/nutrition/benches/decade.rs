//! Ten years of meals and runs: what the page of a day reads, and the daily table of discovery. `cargo xtask bench nutrition`.

#![expect(clippy::expect_used, reason = "a benchmark that cannot run should panic")]

use std::time::Instant;

use chrono::NaiveDate;
use platform::Database;
use platform::feature::Features;
use platform::testing::TestApp;
use sqlx::Connection as _;
use uuid::Uuid;

const ROUNDS: usize = 50;

/// Five entries a day, at breakfast, before noon, at noon, in the afternoon and in the evening.
const ENTRIES: &str =
    "insert into nutrition_entries (id, athlete_id, at, day, minute, text, energy_kcal, carbohydrate_g, protein_g, caffeine_mg, created_at)
    select gen_random_uuid(), $1, day + minute * interval '1 minute', day, minute, 'porridge, honey, coffee', 500, 90, 14, 95, now()
      from generate_series(0, 3649) n, lateral (select $2::date - n as day) days, unnest('{400,560,750,960,1150}'::int[]) minute";
/// Four runs a week.
const RUNS: &str = "insert into activities (id, athlete_id, source_sha256, source_part, source_name, sport, title, started_at, local_start, local_date, elapsed_s,
      moving_s, distance_m, repairs, warnings, splits, route_preview, series, formula_version, created_at)
    select gen_random_uuid(), $1, sha256(n::text::bytea), 0, n || '.fit', 'running', 'Run', day + time '08:00', day + time '08:00', day, 4800, 4700, 15000,
      '{}', '{}', '[]', '[]', '{}', 9, now()
      from generate_series(0, 3649) n, lateral (select $2::date - n as day) days where n % 7 < 4";

fn main() {
    let Ok(url) = std::env::var("DATABASE_URL") else {
        println!("skipped: DATABASE_URL is not set; run it by `cargo xtask bench nutrition`");
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("runtime");
    runtime.block_on(async {
        let server = Database::parse_url(&url).expect("address");
        let mut admin = sqlx::PgConnection::connect_with(&server).await.expect("connected");
        let name = format!("legwork_bench_{}_nutrition", std::process::id());
        sqlx::query(sqlx::AssertSqlSafe(format!("create database {name} template template0"))).execute(&mut admin).await.expect("database");
        let owner = server.clone().database(&name);
        platform::database::migrate(&owner).await.expect("migrated");
        let platform = TestApp::new(owner).with(Features(&[&activities::FEATURE, &nutrition::FEATURE]));
        measure(&platform).await;
        platform.database.close().await;
        sqlx::query(sqlx::AssertSqlSafe(format!("drop database {name} with (force)"))).execute(&mut admin).await.expect("dropped");
    });
}

async fn measure(platform: &TestApp) {
    let athlete = accounts::testing::athlete(platform, "kim@example.org").await;
    let today = platform.clock.now().date_naive();
    let entries = fill(platform, athlete, today).await;
    println!("{entries} entries of ten years");
    let day = async || {
        let mut tx = platform.database.begin_read_only_as(athlete).await.expect("transaction");
        let day = nutrition::day(&mut tx, today, today).await.expect("day");
        assert_eq!((day.entries.len(), day.runs.len()), (5, 1));
    };
    let inputs = async || {
        let mut tx = platform.database.begin_read_only_as(athlete).await.expect("transaction");
        let known = nutrition::known_days(&mut tx, today).await.expect("known");
        assert!(known[0].1 > 40, "{known:?}");
    };
    let table = async || {
        let mut tx = platform.database.begin_read_only_as(athlete).await.expect("transaction");
        assert_eq!((nutrition::FEATURE.daily.values)(&mut tx).await.expect("table").len(), 3650);
    };
    println!("the page of a day: {:.1} ms", median(day).await);
    println!("what discovery reads of the last days: {:.1} ms", median(inputs).await);
    println!("the daily table of discovery: {:.1} ms", median(table).await);
}

/// Stores the log and the runs, and returns how many entries that is.
async fn fill(platform: &TestApp, athlete: Uuid, today: NaiveDate) -> u64 {
    let mut owner = platform.owner().await;
    sqlx::query("set session_replication_role = replica").execute(&mut owner).await.expect("no triggers");
    let entries = sqlx::query(ENTRIES).bind(athlete).bind(today).execute(&mut owner).await.expect("entries").rows_affected();
    sqlx::query(RUNS).bind(athlete).bind(today).execute(&mut owner).await.expect("runs");
    sqlx::query("analyze").execute(&mut owner).await.expect("analysed");
    entries
}

/// The median time in milliseconds.
async fn median(work: impl AsyncFn()) -> f64 {
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        work().await;
        times.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    times[ROUNDS / 2]
}
