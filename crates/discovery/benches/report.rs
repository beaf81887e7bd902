//! Computing an athlete's report, from the database and back: `cargo xtask bench discovery`.

#![expect(clippy::expect_used, reason = "a benchmark that cannot run should panic")]

use std::time::Instant;

use platform::Database;
use platform::feature::Features;
use platform::testing::TestApp;
use sqlx::Connection as _;

fn main() {
    let Ok(url) = std::env::var("DATABASE_URL") else {
        println!("skipped: DATABASE_URL is not set; run it by `cargo xtask bench discovery`");
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("runtime");
    runtime.block_on(async {
        let server = Database::parse_url(&url).expect("address");
        let mut admin = sqlx::PgConnection::connect_with(&server).await.expect("connected");
        for days in [90_u16, 365] {
            let name = format!("legwork_bench_{}_{days}", std::process::id());
            sqlx::query(sqlx::AssertSqlSafe(format!("create database {name} template template0"))).execute(&mut admin).await.expect("database");
            let owner = server.clone().database(&name);
            platform::database::migrate(&owner).await.expect("migrated");
            let platform = TestApp::new(owner).with(Features(&[&journal::FEATURE, &activities::FEATURE, &discovery::FEATURE]));
            let athlete = demo::set_up(&platform, days, |_| {}).await.expect("athlete");
            let mut best = f64::MAX;
            for _ in 0..7 {
                let mut tx = platform.database.begin_as(athlete).await.expect("transaction");
                sqlx::query("delete from discovery_reports").execute(tx.connection()).await.expect("deleted");
                tx.commit().await.expect("committed");
                let begun = Instant::now();
                let report = discovery::discover_now(&platform, athlete).await.expect("report");
                best = best.min(begun.elapsed().as_secs_f64() * 1e3);
                assert!(!report.cards.is_empty());
            }
            println!("{days:4} days, from the database to the stored report: {best:.1} ms");
            platform.database.close().await;
            sqlx::query(sqlx::AssertSqlSafe(format!("drop database {name} with (force)"))).execute(&mut admin).await.expect("dropped");
        }
    });
}
