//! What a person has goes with them, of every table that a feature declares: into an export, and away with the account.

use std::io::Read;

use chrono::TimeDelta;
use domain::privacy::DELETION_DAYS;
use platform::Clock;
use platform::feature::Owner;
use platform::testing::run_jobs;
use sqlx::PgConnection;
use uuid::Uuid;

use super::*;
use crate::features::FEATURES;

#[sqlx::test(migrations = "../migrations")]
async fn whatever_a_feature_keeps_is_exported_and_deleted(_: PgPoolOptions, connect: PgConnectOptions) {
    let Fixtures { platform, victim, mut owner, .. } = set_up(connect).await;
    let mut platform = platform.with_queue().await;
    let export = privacy::request_export(&platform, victim.id).await.expect("requested");
    run_jobs(&platform).await.expect("ran");
    let archive = std::fs::File::open(platform.files.export_path(victim.id, export)).expect("exported");
    let mut archive = zip::ZipArchive::new(archive).expect("a zip");
    for table in FEATURES.exported() {
        let mut rows = String::new();
        let name = format!("data/{}.jsonl", table.name);
        archive.by_name(&name).expect("a file for each table").read_to_string(&mut rows).expect("text");
        assert!(rows.lines().count() > 0, "{name} has no row");
    }

    let others = rows_of_others(&mut owner, victim.id).await;
    let token = victim.token.as_deref().expect("signed in");
    let viewer = viewer_of(&platform, token).await.expect("query").expect("signed in");
    privacy::request_deletion(&platform, &viewer, &viewer.email).await.expect("requested");
    platform.clock = Clock::manual(platform.clock.now() + TimeDelta::days(DELETION_DAYS));
    run_jobs(&platform).await.expect("ran");
    for (table, column, whose) in tables(victim.id) {
        let left = AssertSqlSafe(format!("select count(*) from {table} where {column} = $1"));
        let left: i64 = sqlx::query_scalar(left).bind(whose).fetch_one(&mut owner).await.expect("counted");
        // The organisation stays for its other members.
        assert_eq!(left == 0, whose == victim.id, "{left} rows of {table}");
    }
    assert_eq!(rows_of_others(&mut owner, victim.id).await, others, "nobody else loses anything");
}

/// How many rows of each exported table are other people's.
async fn rows_of_others(owner: &mut PgConnection, victim: Uuid) -> Vec<(&'static str, i64)> {
    let mut rows = Vec::new();
    for table in FEATURES.exported() {
        if let Owner::Athlete(column) = table.owner {
            let count = AssertSqlSafe(format!("select count(*) from {} where {column} <> $1", table.name));
            rows.push((table.name, sqlx::query_scalar(count).bind(victim).fetch_one(&mut *owner).await.expect("counted")));
        }
    }
    rows
}
