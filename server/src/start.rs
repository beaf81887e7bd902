//! From settings to a running platform, and back down in order.

use std::path::Path;
use std::sync::Arc;

use platform::postgres::{Embedded, Mode};
use platform::{Clock, Config, Database, Files, Ids, Platform};

/// A platform with the database that was started for it, if one was.
pub(crate) struct Running {
    pub(crate) platform: Platform,
    embedded: Option<Embedded>,
}

impl Running {
    /// Reads settings, finds or starts the database, migrates, opens the file store.
    pub(crate) async fn start(config: &Path, mode: Mode) -> Result<Self, String> {
        let config = Config::load(config).map_err(|e| format!("The settings cannot be used: {e}"))?;
        let (embedded, owner) = if let Some(url) = &config.storage.database_url {
            (None, Database::parse_url(url).map_err(|e| format!("DATABASE_URL cannot be used: {e}"))?)
        } else {
            let embedded = Embedded::start(&config.storage.data, config.storage.postgres_bin.as_deref(), mode).await.map_err(|e| e.to_string())?;
            let owner = embedded.options();
            (Some(embedded), owner)
        };
        let files = Files::open(&config.storage.data.join("files"))
            .map_err(|e| format!("The file store {} cannot be opened: {e}", config.storage.data.display()));
        let opened = match files {
            Ok(files) => {
                Database::open(owner, config.storage.connections).await.map_err(|e| format!("The database cannot be used: {e}")).map(|d| (files, d))
            }
            Err(e) => Err(e),
        };
        match opened {
            Ok((files, database)) => {
                Ok(Self { platform: Platform { config: Arc::new(config), database, files, clock: Clock::System, ids: Ids::random() }, embedded })
            }
            Err(message) => {
                stop_database(embedded);
                Err(message)
            }
        }
    }

    /// Closes connections, then stops the private database.
    pub(crate) async fn stop(self) {
        self.platform.database.close().await;
        stop_database(self.embedded);
    }
}

fn stop_database(embedded: Option<Embedded>) {
    if let Some(embedded) = embedded {
        embedded.stop();
    }
}

/// `legwork migrate`.
pub(crate) async fn migrate(config: &Path) -> Result<(), String> {
    Running::start(config, Mode::Tool).await?.stop().await;
    println!("The database is up to date.");
    Ok(())
}
