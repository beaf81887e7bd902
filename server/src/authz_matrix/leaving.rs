//! What a person has goes with them, of every table that a feature declares: into an export, and away with the account.

use std::io::Read;

use chrono::TimeDelta;
use domain::privacy::DELETION_DAYS;
use platform::Clock;
use platform::testing::{install_queue, run_jobs};

use super::*;
use crate::features::FEATURES;

#[sqlx::test(migrations = "../migrations")]
async fn whatever_a_feature_keeps_is_exported_and_deleted(_: PgPoolOptions, connect: PgConnectOptions) {
    let Fixtures { mut platform, victim, mut owner, .. } = set_up(connect.clone()).await;
    install_queue(connect).await.expect("a queue");
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

    let token = victim.token.as_deref().expect("signed in");
    let viewer = viewer_of(&platform, token).await.expect("query").expect("signed in");
    privacy::request_deletion(&platform, &viewer, &viewer.email).await.expect("requested");
    platform.clock = Clock::manual(platform.clock.now() + TimeDelta::days(DELETION_DAYS));
    run_jobs(&platform).await.expect("ran");
    for (table, column, whose) in tables(victim.id) {
        let left = AssertSqlSafe(format!("select count(*) from {table} where {column} = $1"));
        let left: i64 = sqlx::query_scalar(left).bind(whose).fetch_one(&mut owner).await.expect("counted");
        // The organisation stays for its other members.
        assert!(left == 0 || whose != victim.id, "{left} rows of {table}");
    }
    platform.leave_jobs();
}
