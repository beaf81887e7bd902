//! What it costs to authenticate a request, and to keep accounts apart in the database: `cargo xtask bench accounts`.

#![expect(clippy::expect_used, reason = "a benchmark that cannot run can only say so")]

use std::time::Instant;

use accounts::testing::KIM;
use accounts::viewer_of;
use platform::testing::TestApp;
use platform::{Database, Platform};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use uuid::Uuid;

const ACCOUNTS: i32 = 50_000;
const ACTIVITIES: i32 = 1_000_000;
const RUNS: usize = 2_000;

fn main() {
    let Ok(url) = std::env::var("DATABASE_URL") else {
        println!("skipped: DATABASE_URL is not set; run it by `cargo xtask bench accounts`");
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("runtime");
    runtime.block_on(async {
        let server = Database::parse_url(&url).expect("address");
        let mut admin = PgConnection::connect_with(&server).await.expect("connected");
        let name = format!("legwork_bench_{}", std::process::id());
        sqlx::query(AssertSqlSafe(format!("create database {name} template template0"))).execute(&mut admin).await.expect("database");
        measure(server.clone().database(&name)).await;
        sqlx::query(AssertSqlSafe(format!("drop database {name} with (force)"))).execute(&mut admin).await.expect("dropped");
    });
}

async fn measure(owner: PgConnectOptions) {
    platform::database::migrate(&owner).await.expect("migrated");
    let platform = TestApp::new(owner.clone());
    let kim = KIM.register(&platform).await;
    let mut owner = PgConnection::connect_with(&owner).await.expect("owner");
    fill(&mut owner, kim.viewer.id).await;
    println!("{ACCOUNTS} accounts with a session each, {ACTIVITIES} activities");
    authentication(&platform, kim.viewer.id, &kim.token, &mut owner).await;
    row_level_security(&platform, kim.viewer.id, &mut owner).await;
    platform.database.close().await;
}

async fn fill(owner: &mut PgConnection, kim: Uuid) {
    for sql in [
        format!(
            "insert into accounts (id, email, name, password_hash, time_zone, created_at)
             select gen_random_uuid(), 'a' || n || '@example.org', 'x', '', 'UTC', now() from generate_series(1, {ACCOUNTS}) n"
        ),
        "insert into sessions (token_hash, account_id, created_at, expires_at)
         select sha256(id::text::bytea), id, now(), now() + interval '1 year' from accounts"
            .to_owned(),
        // Clubs of fifty, and everyone's consent.
        "insert into organisations (id, name, created_at) select md5(k::text)::uuid, 'Club', now() from generate_series(0, 999) k".to_owned(),
        "insert into memberships (organisation_id, account_id, role, joined_at)
         select md5((row_number() over () % 1000)::text)::uuid, id, 'athlete', now() from accounts"
            .to_owned(),
        "insert into consents (account_id, what, version, given_at) select id, 'privacy_notice', '2026', now() from accounts on conflict do nothing"
            .to_owned(),
        "alter table activities disable trigger user".to_owned(),
        format!(
            "with people as (select id, row_number() over () - 1 as k from accounts)
             insert into activities (id, athlete_id, source_sha256, source_part, source_name, sport, title, started_at, local_start, local_date,
               moving_s, distance_m, repairs, warnings, splits, route_preview, series, formula_version, created_at)
             select gen_random_uuid(), people.id, sha256(n::text::bytea), 0, '', 'running', 'x', now() - n * interval '1 minute', now(), current_date,
               3600, 10000, '{{}}', '{{}}', '[]', '[]', '{{}}', 1, now()
             from generate_series(1, {ACTIVITIES}) n join people on k = n % {ACCOUNTS}"
        ),
        format!("update activities set athlete_id = '{kim}' where id in (select id from activities limit 500)"),
        "vacuum analyze".to_owned(),
    ] {
        sqlx::query(AssertSqlSafe(sql)).execute(&mut *owner).await.expect("filled");
    }
}

/// The session and the viewer of a request: as the server looks them up, and the database's share of it.
async fn authentication(platform: &Platform, kim: Uuid, token: &str, owner: &mut PgConnection) {
    let mut times = Vec::with_capacity(RUNS);
    for _ in 0..RUNS {
        let begun = Instant::now();
        viewer_of(platform, token).await.expect("query").expect("signed in");
        times.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    report("session and viewer, round trips included", &mut times);
    // As the database measures it, with its plan.
    let sql = format!("select * from authenticate_session(sha256('{kim}'), now(), now() - interval '30 days')");
    report_of_database("session and viewer, in the database", &sql, owner).await;
    let plan: Vec<String> = sqlx::query_scalar(
        "explain (costs off) select a.id from sessions s join accounts a on a.id = s.account_id where s.token_hash = sha256('x') and s.expires_at > now()",
    )
    .fetch_all(&mut *owner)
    .await
    .expect("plan");
    println!("  its plan:");
    for line in plan {
        println!("    {line}");
    }
}

/// The same query with row-level security, as the application sends it, and without, as the owner.
async fn row_level_security(platform: &Platform, kim: Uuid, owner: &mut PgConnection) {
    let sql = "select id, title, distance_m from activities where athlete_id = $1 order by started_at desc, id desc limit 50";
    let mut with = Vec::with_capacity(RUNS);
    let mut tx = platform.database.begin_as(kim).await.expect("transaction");
    for _ in 0..RUNS {
        let begun = Instant::now();
        sqlx::query(sql).bind(kim).fetch_all(tx.connection()).await.expect("query");
        with.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    let mut without = Vec::with_capacity(RUNS);
    for _ in 0..RUNS {
        let begun = Instant::now();
        sqlx::query(sql).bind(kim).fetch_all(&mut *owner).await.expect("query");
        without.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    report("a page of activities with row-level security", &mut with);
    report("the same without", &mut without);
}

fn report(what: &str, times: &mut [f64]) {
    times.sort_by(f64::total_cmp);
    println!("{what}: median {:.3} ms, 99th percentile {:.3} ms", times[times.len() / 2], times[times.len() * 99 / 100]);
}

async fn report_of_database(what: &str, sql: &str, owner: &mut PgConnection) {
    let mut times = Vec::with_capacity(RUNS);
    for _ in 0..RUNS {
        let explained: serde_json::Value = sqlx::query_scalar(AssertSqlSafe(format!("explain (analyze, format json, timing off) {sql}")))
            .fetch_one(&mut *owner)
            .await
            .expect("explained");
        times.push(explained[0]["Planning Time"].as_f64().unwrap_or(0.0) + explained[0]["Execution Time"].as_f64().unwrap_or(f64::NAN));
    }
    report(what, &mut times);
}
