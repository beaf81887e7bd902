//! From settings to a running platform, and its orderly shutdown.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use platform::postgres::{Embedded, Mode};
use platform::{Clock, Config, Database, Error, Files, GeoIp, Ids, KeyRing, LoginThrottle, Mailer, Platform, Tasks};
use sqlx::postgres::PgConnectOptions;

use crate::features::FEATURES;

/// How long requests and tasks, concurrently, may go on after the signal to stop. What is not done by then stays queued, and the next process
/// continues it. Together with what follows (connections in use, the private database, `main`'s last threads) it is less than the 10 seconds after
/// which the most impatient service and container managers kill.
pub(crate) const SHUTDOWN_GRACE: Duration = Duration::from_secs(5);
/// Then, how long to wait for database connections in use.
const POOL_CLOSE_TIMEOUT: Duration = Duration::from_secs(1);
/// And how long to wait for the private database to write its buffers. It has its write-ahead log, and ends by itself.
const DATABASE_STOP_TIMEOUT: Duration = Duration::from_secs(2);

/// A platform, and the private database if one was started for it.
pub(crate) struct Runtime {
    pub(crate) platform: Platform,
    embedded: Option<Embedded>,
}

impl Runtime {
    /// Reads settings, finds or starts the database, migrates, opens the file store.
    pub(crate) async fn start(config: Option<&Path>, mode: Mode) -> Result<Self, String> {
        let config = load(config)?;
        if config.map.tiles.is_some() && config.map.attribution.trim().is_empty() {
            return Err("map.attribution is missing: say whom the map is by.".into());
        }
        if config.security.is_production() && !config.server.https() {
            return Err("In production browsers connect by HTTPS: set server.base_url to an https address.".into());
        }
        let (embedded, owner) = find_database(&config, mode).await?;
        let files = Files::open(&config.storage.data_dir.join("files"))
            .map_err(|e| format!("The file store {} cannot be opened: {e}", config.storage.data_dir.display()));
        let opened = match files {
            Ok(files) if mode == Mode::Serve => match restrict_permissions(&config.storage.data_dir).await {
                Ok(()) => open(owner, &config, files).await,
                Err(e) => Err(e),
            },
            Ok(files) => open(owner, &config, files).await,
            Err(e) => Err(e),
        };
        let built = opened.and_then(|(files, database)| {
            let (ids, data) = (Ids::random(), &config.storage.data_dir);
            let tasks = Tasks::default();
            let mail = Mailer::open(&config.mail, data).map_err(|e| format!("Emails cannot be sent: {e}"))?;
            let keys = KeyRing::open(&config.security, data, &ids).map_err(|e| format!("The encryption keys cannot be used: {e}"))?;
            let geoip = GeoIp::open(config.security.geoip_database.as_deref()).map_err(|e| format!("The GeoIP database cannot be used: {e}"))?;
            let login_throttle = LoginThrottle::new(config.limits.login_attempts_per_account_per_hour);
            Ok(Platform {
                features: FEATURES,
                config: Arc::new(config),
                database,
                files,
                mail,
                keys,
                geoip,
                login_throttle,
                tasks,
                clock: Clock::System,
                ids,
            })
        });
        match built {
            Ok(platform) => Ok(Self { platform, embedded }),
            Err(message) => {
                stop_database(embedded).await;
                Err(message)
            }
        }
    }

    /// Ends background tasks, closes connections, then stops the private database.
    pub(crate) async fn stop(self) {
        self.platform.tasks.stop(SHUTDOWN_GRACE).await;
        // A connection still in use could be waited for forever; its transaction is rolled back.
        if tokio::time::timeout(POOL_CLOSE_TIMEOUT, self.platform.database.close()).await.is_err() {
            tracing::warn!("stopping while the database is in use");
        }
        stop_database(self.embedded).await;
    }
}

/// Connection options of the database owner, and the private database if it was started for this.
async fn find_database(config: &Config, mode: Mode) -> Result<(Option<Embedded>, PgConnectOptions), String> {
    if let Some(url) = &config.storage.database_url {
        return Ok((None, Database::parse_url(url).map_err(|e| format!("DATABASE_URL cannot be used: {e}"))?));
    }
    let embedded = Embedded::start(&config.storage.data_dir, config.storage.postgres_bin.as_deref(), mode).await.map_err(|e| e.to_string())?;
    let owner = embedded.options();
    Ok((Some(embedded), owner))
}

/// Runs something on the database as it is, without migrating it. It gets the folder of the database, if it is a private one.
pub(crate) async fn with_database<T>(
    config: Option<&Path>,
    mode: Mode,
    act: impl AsyncFnOnce(&Config, &PgConnectOptions, Option<&Path>) -> Result<T, Error>,
) -> Result<T, String> {
    let config = load(config)?;
    let (embedded, owner) = find_database(&config, mode).await?;
    let done = act(&config, &owner, embedded.as_ref().map(Embedded::folder)).await;
    stop_database(embedded).await;
    done.map_err(|e| e.to_string())
}

fn load(config: Option<&Path>) -> Result<Config, String> {
    Config::load(config).map_err(|e| format!("The settings cannot be used: {e}"))
}

async fn open(owner: PgConnectOptions, config: &Config, files: Files) -> Result<(Files, Database), String> {
    let database = Database::open(owner, &config.storage).await.map_err(|e| format!("The database cannot be used: {e}"))?;
    Ok((files, database))
}

/// Removes the access of other users of the machine that an earlier version, a copy or a backup left, as far as the files are ours.
async fn restrict_permissions(data: &Path) -> Result<(), String> {
    let cannot = |e: &dyn std::fmt::Display| format!("The data folder {} cannot be closed to other users: {e}", data.display());
    let folder = data.to_owned();
    // It may hold as many files as there are recordings.
    let restricted = tokio::task::spawn_blocking(move || platform::private::restrict_permissions(&folder))
        .await
        .map_err(|e| cannot(&e))?
        .map_err(|e| cannot(&e))?;
    if restricted.mended > 0 {
        tracing::warn!(folder = %data.display(), mended = restricted.mended, "other users of this machine could open something in the data folder; not any more");
    }
    if let Some(first) = restricted.open.first() {
        let (first, more) = (first.display(), restricted.open.len() - 1);
        tracing::warn!(%first, more, "other users of this machine may open this, and its mode is not ours to change; take it away from them");
    }
    Ok(())
}

async fn stop_database(embedded: Option<Embedded>) {
    if let Some(embedded) = embedded
        && tokio::time::timeout(DATABASE_STOP_TIMEOUT, embedded.stop()).await.is_err()
    {
        tracing::warn!("stopping while the private PostgreSQL still writes; it ends by itself");
    }
}

/// `legwork migrate`.
pub(crate) async fn migrate(config: Option<&Path>) -> Result<(), String> {
    Runtime::start(config, Mode::Cli).await?.stop().await;
    println!("The database is up to date.");
    Ok(())
}
