//! CPU-seconds of one hour of running through the whole import into the database: `cargo xtask bench import`.
//!
//! Received file, queue, decoding, analysis, search for duplicates, streams, metrics, best efforts, original on disk. Linux only:
//! the seconds come from `/proc`, our own and those of every `PostgreSQL` process.

#![expect(clippy::expect_used, reason = "a benchmark that cannot run should panic")]

use accounts::testing::KIM;
use imports::{receive, run_to_end};
use platform::testing::TestApp;
use platform::{Database, Platform};
use recordings::{Lap, Recording, Samples, Sport, Totals, fit, gpx};
use sqlx::Connection as _;
use uuid::Uuid;

/// Hours of each format that the mean is taken over.
const HOURS: i64 = 40;

/// An hour at a sample a second over a hilly course, with heart rate, cadence and temperature.
fn hour(start_s: i64) -> Recording {
    let mut samples = Samples::default();
    let mut metres = 0.0;
    for i in 0..3600_usize {
        let t = i as f64;
        samples.push(t);
        samples.latitude_deg[i] = 52.5 + 0.02 * (metres / 1500.0_f64).sin();
        samples.longitude_deg[i] = 13.4 + 0.03 * (metres / 1900.0_f64).cos();
        samples.altitude_m[i] = ((100.0 + 25.0 * (metres / 700.0_f64).sin()) * 5.0).round() / 5.0;
        samples.distance_m[i] = metres;
        samples.speed_mps[i] = 3.0 + 0.4 * (t / 200.0).sin();
        samples.heart_rate_bpm[i] = (140.0 + 12.0 * (t / 300.0).sin()).round();
        samples.cadence_rpm[i] = 86.0 + (i % 5) as f64;
        samples.temperature_c[i] = 15.0;
        metres += samples.speed_mps[i];
    }
    Recording {
        sport: Sport::Running,
        title: Some("An hour".into()),
        started_at_ms: Some(start_s * 1000),
        laps: vec![Lap { elapsed_s: 3599.0, ..Lap::default() }],
        totals: Totals { elapsed_s: Some(3599.0), ..Totals::default() },
        samples,
        ..Recording::default()
    }
}

fn main() {
    let Ok(url) = std::env::var("DATABASE_URL") else {
        println!("skipped: DATABASE_URL is not set; run it by `cargo xtask bench import`");
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("runtime");
    runtime.block_on(async {
        let server = Database::parse_url(&url).expect("address");
        let name = format!("legwork_bench_{}", std::process::id());
        let mut admin = sqlx::PgConnection::connect_with(&server).await.expect("connected");
        sqlx::query(sqlx::AssertSqlSafe(format!("create database {name} template template0"))).execute(&mut admin).await.expect("database");
        let owner = server.database(&name);
        platform::database::migrate(&owner).await.expect("migrated");
        let platform = TestApp::new(owner);
        let viewer = KIM.register(&platform).await.viewer.id;
        for (format, offset) in [("fit", 0), ("gpx", 400)] {
            let files: Vec<Vec<u8>> = (0..=HOURS)
                .map(|day| {
                    let recording = hour(1_700_000_000 + (offset + day) * 86_400);
                    if format == "fit" { fit::encode(&recording) } else { gpx::encode(&recording).expect("positions") }
                })
                .collect();
            // The first one warms caches and prepared statements.
            import(&platform, viewer, format, &files[..1]).await;
            let (own, database) = (own_cpu_s(), postgres_cpu_s());
            import(&platform, viewer, format, &files[1..]).await;
            let per_hour = |s: f64| s / HOURS as f64;
            let (own, database) = (per_hour(own_cpu_s() - own), per_hour(postgres_cpu_s() - database));
            let total = own + database;
            println!("one hour of {format} ({} kB): {total:.4} CPU-seconds, of them {database:.4} PostgreSQL's", files[1].len() / 1000);
        }
        platform.database.close().await;
        sqlx::query(sqlx::AssertSqlSafe(format!("drop database {name} with (force)"))).execute(&mut admin).await.expect("dropped");
    });
}

async fn import(platform: &Platform, viewer: Uuid, format: &str, files: &[Vec<u8>]) {
    let import = platform.ids.uuid(platform.clock.now());
    for (i, bytes) in files.iter().enumerate() {
        let bytes = platform::uploads::at_once(bytes.clone());
        receive(platform, viewer, import, &format!("{i}.{format}"), bytes).await.expect("received");
    }
    run_to_end(platform, viewer).await.expect("imported");
}

/// User and system time of a process, in seconds.
fn cpu_s(stat: &str) -> f64 {
    // The name in brackets may contain anything; the numbers come after it.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |i: usize| fields.get(i).and_then(|f| f.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}

fn own_cpu_s() -> f64 {
    std::fs::read_to_string("/proc/self/stat").map_or(0.0, |s| cpu_s(&s))
}

fn postgres_cpu_s() -> f64 {
    let Ok(processes) = std::fs::read_dir("/proc") else { return 0.0 };
    let stats = processes.flatten().filter_map(|p| std::fs::read_to_string(p.path().join("stat")).ok());
    stats.filter(|s| s.contains("(postgres)")).map(|s| cpu_s(&s)).sum()
}
