//! From settings to a running platform, and back down in order.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use platform::postgres::{Embedded, Mode};
use platform::{Clock, Config, Database, Error, Files, GeoIp, Ids, KeyRing, LoginThrottle, Mailer, Platform, Tasks};
use sqlx::postgres::PgConnectOptions;

/// How long requests and tasks, side by side, may go on after a process was told to stop. What is not done by then is written down: the next process
/// goes on with it. With what comes after (connections in use, the private database, `main`'s last threads) it is less than the 10 seconds after
/// which the most impatient managers of services and containers kill.
pub(crate) const LAST_CALL: Duration = Duration::from_secs(5);
/// Then, how long for connections to the database that are in use.
const LAST_QUERIES: Duration = Duration::from_secs(1);
/// And how long for the private database to write what it holds. It has its log, and ends by itself.
const LAST_WRITES: Duration = Duration::from_secs(2);

/// A platform with the database that was started for it, if one was.
pub(crate) struct Runtime {
    pub(crate) platform: Platform,
    embedded: Option<Embedded>,
}

impl Runtime {
    /// Reads settings, finds or starts the database, migrates, opens the file store.
    pub(crate) async fn start(config: &Path, mode: Mode) -> Result<Self, String> {
        let config = Config::load(config).map_err(|e| format!("The settings cannot be used: {e}"))?;
        if config.security.is_production() && !config.server.https() {
            return Err("In production browsers come by HTTPS: set server.base_url to an https address.".into());
        }
        let (embedded, owner) = find_database(&config, mode).await?;
        let files = Files::open(&config.storage.data_dir.join("files"))
            .map_err(|e| format!("The file store {} cannot be opened: {e}", config.storage.data_dir.display()));
        let opened = match files {
            Ok(files) if mode == Mode::Serve => match close(&config.storage.data_dir).await {
                Ok(()) => open(owner, &config, files).await,
                Err(e) => Err(e),
            },
            Ok(files) => open(owner, &config, files).await,
            Err(e) => Err(e),
        };
        let built = opened.and_then(|(files, database)| {
            let (ids, data) = (Ids::random(), &config.storage.data_dir);
            let tasks = Tasks::default();
            let mail = Mailer::open(&config.mail, data, &tasks).map_err(|e| format!("Letters cannot be sent: {e}"))?;
            let keys = KeyRing::open(&config.security, data, &ids).map_err(|e| format!("Secrets cannot be kept: {e}"))?;
            let places = GeoIp::open(config.security.geoip_database.as_deref()).map_err(|e| format!("Places cannot be told: {e}"))?;
            let tries = LoginThrottle::new(config.limits.login_attempts_per_account_per_hour);
            Ok(Platform { config: Arc::new(config), database, files, mail, keys, geoip: places, tries, tasks, clock: Clock::System, ids })
        });
        match built {
            Ok(platform) => Ok(Self { platform, embedded }),
            Err(message) => {
                stop_database(embedded).await;
                Err(message)
            }
        }
    }

    /// Ends what goes on beside requests, closes connections, then stops the private database.
    pub(crate) async fn stop(self) {
        self.platform.tasks.stop(LAST_CALL).await;
        // What still holds a connection would be waited for without end; its transaction never happened.
        if tokio::time::timeout(LAST_QUERIES, self.platform.database.close()).await.is_err() {
            tracing::warn!("stopping while the database is in use");
        }
        stop_database(self.embedded).await;
    }
}

/// Whoever owns the database, and the private one where it was started for this.
async fn find_database(config: &Config, mode: Mode) -> Result<(Option<Embedded>, PgConnectOptions), String> {
    if let Some(url) = &config.storage.database_url {
        return Ok((None, Database::parse_url(url).map_err(|e| format!("DATABASE_URL cannot be used: {e}"))?));
    }
    let embedded = Embedded::start(&config.storage.data_dir, config.storage.postgres_bin.as_deref(), mode).await.map_err(|e| e.to_string())?;
    let owner = embedded.options();
    Ok((Some(embedded), owner))
}

/// Does something to the database as it is, without bringing it up to date.
pub(crate) async fn with_database<T>(config: &Path, act: impl AsyncFnOnce(&Config, &PgConnectOptions) -> Result<T, Error>) -> Result<T, String> {
    let config = Config::load(config).map_err(|e| format!("The settings cannot be used: {e}"))?;
    let (embedded, owner) = find_database(&config, Mode::Cli).await?;
    let done = act(&config, &owner).await;
    stop_database(embedded).await;
    done.map_err(|e| e.to_string())
}

async fn open(owner: PgConnectOptions, config: &Config, files: Files) -> Result<(Files, Database), String> {
    let database = Database::open(owner, &config.storage).await.map_err(|e| format!("The database cannot be used: {e}"))?;
    Ok((files, database))
}

/// What an earlier version, a copy or a backup left open to other users of the machine is closed, as far as it is ours.
async fn close(data: &Path) -> Result<(), String> {
    let cannot = |e: &dyn std::fmt::Display| format!("The data folder {} cannot be closed to other users: {e}", data.display());
    let folder = data.to_owned();
    // It may hold as many files as there are recordings.
    let closed = tokio::task::spawn_blocking(move || platform::private::restrict_permissions(&folder))
        .await
        .map_err(|e| cannot(&e))?
        .map_err(|e| cannot(&e))?;
    if closed.mended > 0 {
        tracing::warn!(folder = %data.display(), mended = closed.mended, "other users of this machine could open something in the data folder; not any more");
    }
    if let Some(first) = closed.open.first() {
        let (first, more) = (first.display(), closed.open.len() - 1);
        tracing::warn!(%first, more, "other users of this machine may open this, and its mode is not ours to change; take it away from them");
    }
    Ok(())
}

async fn stop_database(embedded: Option<Embedded>) {
    if let Some(embedded) = embedded
        && tokio::time::timeout(LAST_WRITES, embedded.stop()).await.is_err()
    {
        tracing::warn!("stopping while the private PostgreSQL still writes; it ends by itself");
    }
}

/// `legwork migrate`.
pub(crate) async fn migrate(config: &Path) -> Result<(), String> {
    Runtime::start(config, Mode::Cli).await?.stop().await;
    println!("The database is up to date.");
    Ok(())
}
