//! A platform for tests: a real database, a clock that stands still, repeatable ids, a temporary folder.

use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use chrono::DateTime;
use sqlx::postgres::PgConnectOptions;

use crate::feature::Features;
use crate::{Clock, Config, Database, Error, Files, GeoIp, Ids, KeyRing, LoginThrottle, Mailer, Platform, Tasks};

/// A platform on a test's own migrated database. Keep the folder alive as long as the platform.
pub fn platform(owner: PgConnectOptions) -> Result<(Platform, tempfile::TempDir), Error> {
    let folder = tempfile::tempdir()?;
    let mut config = Config::default();
    folder.path().clone_into(&mut config.storage.data_dir);
    let ids = Ids::seeded(1);
    let tasks = Tasks::default();
    let platform = Platform {
        features: Features::default(),
        database: Database::connect(owner, 5),
        files: Files::open(&folder.path().join("files"))?,
        clock: Clock::manual(DateTime::from_timestamp(1_790_000_000, 0).unwrap_or_default()),
        mail: Mailer::open(&config.mail, folder.path())?,
        geoip: GeoIp::default(),
        login_throttle: LoginThrottle::new(config.limits.login_attempts_per_account_per_hour),
        keys: KeyRing::open(&config.security, folder.path(), &ids)?,
        tasks,
        ids,
        config: Arc::new(config),
    };
    Ok((platform, folder))
}

/// The same with the queue of jobs, and what these features declare.
pub async fn platform_with_queue(owner: PgConnectOptions, features: Features) -> Result<(Platform, tempfile::TempDir), Error> {
    let (mut platform, folder) = platform(owner)?;
    platform.features = features;
    crate::jobs::install_queue_schema(&platform.database).await?;
    Ok((platform, folder))
}

/// Runs all jobs that wait, as if their time had come, and those that they enqueue for now.
pub async fn run_jobs(platform: &Platform) -> Result<(), Error> {
    let due = "update graphile_worker._private_jobs set run_at = now() where locked_at is null";
    platform.database.as_owner(async |owner| Ok(sqlx::query(due).execute(owner).await?)).await?;
    crate::jobs::run_due(platform).await
}

/// A temporary folder that `PostgreSQL`'s own user may traverse, too.
pub fn open_folder() -> std::io::Result<tempfile::TempDir> {
    let folder = tempfile::tempdir()?;
    set_permissions(folder.path(), Permissions::from_mode(0o755))?;
    Ok(folder)
}
