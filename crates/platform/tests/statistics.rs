//! The planner's statistics after much was stored.

use platform::feature::{Features, PLATFORM};
use platform::jobs::Job;
use platform::statistics::RefreshStatistics;
use platform::testing::TestApp;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection, PgConnection};

/// How many rows the planner believes a table to have; -1 if it does not know.
async fn believed(connection: &mut PgConnection, table: &str) -> f32 {
    sqlx::query_scalar("select reltuples from pg_class where oid = $1::regclass").bind(table).fetch_one(connection).await.expect("a table")
}

async fn add(connection: &mut PgConnection, rows: i32) {
    let insert = "insert into accounts (id, email, name, password_hash, time_zone, created_at)
                  select i, i::text, repeat('Kim ', 15), '', 'UTC', now() from (select gen_random_uuid() as i from generate_series(1, $1)) ids";
    sqlx::query(insert).bind(rows).execute(connection).await.expect("inserted");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_table_is_sampled_once_it_has_grown(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut owner = PgConnection::connect_with(&connect).await.expect("owner");
    sqlx::query("alter table accounts set (autovacuum_enabled = false)").execute(&mut owner).await.expect("set");
    let platform = TestApp::new(connect).with(Features(&[&PLATFORM])).with_queue().await;
    add(&mut owner, 500).await;
    assert!(believed(&mut owner, "accounts").await < 0.0, "nobody has looked yet");
    let request = || async {
        let mut tx = platform.database.begin_as(uuid::Uuid::from_u128(1)).await.expect("transaction");
        RefreshStatistics::request(&mut tx).await.expect("requested");
        tx.commit().await.expect("committed");
        platform::testing::run_jobs(&platform).await.expect("run");
    };
    request().await;
    assert!((believed(&mut owner, "accounts").await - 500.0).abs() < 0.5);
    add(&mut owner, 20).await;
    RefreshStatistics {}.run(&platform).await.expect("run");
    assert!((believed(&mut owner, "accounts").await - 500.0).abs() < 0.5, "hardly grown, not read again");
    add(&mut owner, 1000).await;
    RefreshStatistics {}.run(&platform).await.expect("run");
    assert!((believed(&mut owner, "accounts").await - 1520.0).abs() < 0.5);
}
