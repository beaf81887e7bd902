//! Fifty thousand activities of one athlete: what the list takes for every filter and order. `cargo xtask bench list`.

#![expect(clippy::expect_used, reason = "a benchmark that cannot run should panic")]

use std::time::Instant;

use activities::{all_gear, list, list_view};
use domain::activities::ListRequest;
use domain::units::Units;
use platform::Database;
use platform::feature::Features;
use platform::testing::TestApp;
use sqlx::Connection as _;
use uuid::Uuid;

const ROUNDS: usize = 60;

/// Addresses of lists.
const LISTS: [&str; 17] = [
    "",
    "sort=oldest",
    "sort=distance",
    "sort=speed",
    "sport=run",
    "sport=ski",
    "from=2010-01-01&to=2010-12-31",
    "min_distance_m=10000",
    "min_distance_m=14990",
    "min_moving_s=3600&max_moving_s=4000",
    "min_hr_bpm=150&max_hr_bpm=151",
    "tag=tempo",
    "gear=Pegasus+41",
    "q=lake",
    "q=near+the+bridge",
    "q=nothing+like+it",
    "sport=run&gear=Pegasus+41&tag=tempo&q=loop&min_hr_bpm=130&sort=load",
];

fn main() {
    let Ok(url) = std::env::var("DATABASE_URL") else {
        println!("skipped: DATABASE_URL is not set; run it by `cargo xtask bench list`");
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("runtime");
    runtime.block_on(async {
        let server = Database::parse_url(&url).expect("address");
        let mut admin = sqlx::PgConnection::connect_with(&server).await.expect("connected");
        let name = format!("legwork_bench_{}_list", std::process::id());
        sqlx::query(sqlx::AssertSqlSafe(format!("create database {name} template template0"))).execute(&mut admin).await.expect("database");
        let owner = server.clone().database(&name);
        platform::database::migrate(&owner).await.expect("migrated");
        let platform = TestApp::new(owner).with(Features(&[&activities::FEATURE]));
        for many in [40, 5_000, 50_000] {
            measure(&platform, many).await;
        }
        platform.database.close().await;
        sqlx::query(sqlx::AssertSqlSafe(format!("drop database {name} with (force)"))).execute(&mut admin).await.expect("dropped");
    });
}

async fn measure(platform: &TestApp, many: i32) {
    let athlete = accounts::testing::athlete(platform, &format!("kim{many}@example.org")).await;
    let begun = Instant::now();
    let mut tx = platform.database.begin_as(athlete).await.expect("transaction");
    fill(&mut tx, athlete, many).await;
    tx.commit().await.expect("committed");
    println!("{many} activities stored: {:.1} s", begun.elapsed().as_secs_f64());
    let today = platform.clock.now().date_naive();
    for query in LISTS {
        let (request, _) = ListRequest::of_query(query);
        let read = async || {
            let mut tx = platform.database.begin_read_only_as(athlete).await.expect("transaction");
            list(&mut tx, &request, Units::default()).await.expect("list").all().count
        };
        let (found, ms) = (read().await, median(read).await);
        println!("{many:>6}  {ms:5.1} ms  {found:>6} found  {query}");
    }
    let page = async || {
        let mut tx = platform.database.begin_read_only_as(athlete).await.expect("transaction");
        list_view(&mut tx, "", Units::default(), today).await.expect("view").list.of
    };
    println!("{many:>6}  {:5.1} ms  the page with filters and gear", median(page).await);
    let gear = async || {
        let mut tx = platform.database.begin_read_only_as(athlete).await.expect("transaction");
        all_gear(&mut tx).await.expect("gear").len() as u32
    };
    println!("{many:>6}  {:5.1} ms  all gear", median(gear).await);
    let edit = async || {
        let mut tx = platform.database.begin_as(athlete).await.expect("transaction");
        let sql = "update activities set title = 'Another' where id = (select id from activities where athlete_id = $1 order by started_at limit 1)";
        sqlx::query(sql).bind(athlete).execute(tx.connection()).await.expect("edited");
        tx.rollback().await.expect("rolled back");
        0
    };
    println!("{many:>6}  {:5.1} ms  an edit of one, rolled back", median(edit).await);
}

async fn fill(tx: &mut platform::Tx, athlete: Uuid, many: i32) {
    sqlx::query(
        "insert into activities (id, athlete_id, source_sha256, source_part, source_name, sport, title, description, gear, tags, started_at, local_start, local_date,
           elapsed_s, moving_s, distance_m, elevation_gain_m, avg_hr_bpm, trimp, start_latitude_deg, start_longitude_deg, repairs, warnings, splits, route_preview,
           series, formula_version, created_at)
         select gen_random_uuid(), $1, sha256(n::text::bytea), 0, n || '.fit', (array['running', 'running', 'running', 'cycling', 'swimming', 'walking', 'other'])[1 + n % 7],
           (array['Morning run', 'Canal tempo', 'Long way round the lake', 'Lunch loop', 'Ten kilometres, one honest hill'])[1 + n % 5],
           case when n % 4 = 0 then 'Felt good, legs were heavy at first and then loosened up near the bridge.' else '' end,
           case when n % 3 = 0 then 'Pegasus 41' when n % 5 = 0 then 'Old shoes' end,
           case when n % 9 = 0 then '{tempo}'::text[] when n % 11 = 0 then '{hill,long}' else '{}' end, t, t, t::date, 3600 + n % 1000, 3500 + n % 1000, 5000 + n % 9999,
           n % 300, 120 + n % 60, 50 + n % 99, 52.5 + n % 100 * 0.001, 13.4, '{}', '{}', '[]', (select jsonb_agg(jsonb_build_array(x / 40.0, x / 40.0)) from generate_series(1, 40) x),
           jsonb_build_object('km', repeat('x', 1500)), 9, now()
         from (select n, timestamptz '2001-01-01 06:00+00' + n * interval '4 hours' as t from generate_series(1, $2) n) numbered",
    )
    .bind(athlete)
    .bind(many)
    .execute(tx.connection())
    .await
    .expect("filled");
}

async fn median(work: impl AsyncFn() -> u32) -> f64 {
    let mut times = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        work().await;
        times.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    times.sort_by(f64::total_cmp);
    times[ROUNDS / 2]
}
