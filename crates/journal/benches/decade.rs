//! Ten years of forty measures a day: what the journal's page reads, and the daily table of discovery. `cargo xtask bench journal`.

#![expect(clippy::expect_used, reason = "a benchmark that cannot run should panic")]

use std::time::Instant;

use chrono::TimeDelta;
use domain::measures::{Answer, Answers, Source, built_in};
use platform::Database;
use platform::feature::Features;
use platform::testing::TestApp;
use sqlx::Connection as _;
use uuid::Uuid;

const DAYS: i64 = 3650;
const MEASURES: usize = 40;
const ROUNDS: usize = 50;

fn main() {
    let Ok(url) = std::env::var("DATABASE_URL") else {
        println!("skipped: DATABASE_URL is not set; run it by `cargo xtask bench journal`");
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("runtime");
    runtime.block_on(async {
        let server = Database::parse_url(&url).expect("address");
        let mut admin = sqlx::PgConnection::connect_with(&server).await.expect("connected");
        let name = format!("legwork_bench_{}_journal", std::process::id());
        sqlx::query(sqlx::AssertSqlSafe(format!("create database {name} template template0"))).execute(&mut admin).await.expect("database");
        let owner = server.clone().database(&name);
        platform::database::migrate(&owner).await.expect("migrated");
        let platform = TestApp::new(owner).with(Features(&[&journal::FEATURE]));
        measure(&platform).await;
        platform.database.close().await;
        sqlx::query(sqlx::AssertSqlSafe(format!("drop database {name} with (force)"))).execute(&mut admin).await.expect("dropped");
    });
}

async fn measure(platform: &TestApp) {
    let athlete = accounts::testing::athlete(platform, "kim@example.org").await;
    let (now, today) = (platform.clock.now(), platform.clock.now().date_naive());
    let measures: Vec<_> = built_in().iter().filter(|measure| !measure.is_text()).take(MEASURES).collect();
    let answers = |day: i64| {
        let number = |measure: &domain::measures::Measure| {
            let (low, high) = measure.kind.range();
            (low + (high - low) * ((day * 7919 % 101) as f64 / 101.0)).round().max(low.ceil())
        };
        measures.iter().map(|measure| (measure.key.clone(), Answer::Number(number(measure)))).collect::<Answers>()
    };
    let days: Vec<_> = (0..DAYS).map(|n| (today - TimeDelta::days(n), answers(n))).collect();
    let begun = Instant::now();
    let mut tx = platform.database.begin_as(athlete).await.expect("transaction");
    journal::save_days(&mut tx, &days, (Source::File, Uuid::from_u128(1)), today, now).await.expect("saved");
    tx.commit().await.expect("committed");
    println!("{} values stored: {:.1} s", days.len() * measures.len(), begun.elapsed().as_secs_f64());
    let page = async || {
        let mut tx = platform.database.begin_read_only_as(athlete).await.expect("transaction");
        journal::catalogue(&mut tx).await.expect("catalogue");
        journal::values(&mut tx, today).await.expect("day");
        journal::get(&mut tx, today - TimeDelta::days(1)).await.expect("day before");
        journal::recent(&mut tx, today - TimeDelta::days(1), 7).await.expect("recent");
        journal::measures_with_numbers(&mut tx).await.expect("measures");
        journal::series(&mut tx, &["sleep_hours"], today - TimeDelta::days(210)).await.expect("series");
    };
    let table = async || {
        let mut tx = platform.database.begin_read_only_as(athlete).await.expect("transaction");
        let table = (journal::FEATURE.daily.values)(&mut tx).await.expect("table");
        assert_eq!(table.len(), days.len());
    };
    let answer = async || {
        let mut tx = platform.database.begin_as(athlete).await.expect("transaction");
        let changes = [("mood".to_owned(), Some(Answer::Number(4.0)))].into();
        journal::save(&mut tx, today, &changes, today, now).await.expect("saved");
        tx.rollback().await.expect("rolled back");
    };
    println!("the journal's page: {:.1} ms", median(page).await);
    println!("the daily table of discovery: {:.1} ms", median(table).await);
    println!("one answer: {:.1} ms", median(answer).await);
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
