//! `legwork admin`: what only whoever has the server may do.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use platform::database::{Backup, backup, restore};
use platform::postgres::Mode;
use platform::secrets::{prune_keys, rotate_keys};
use platform::{Config, Error, KeyRing, Platform};
use sqlx::postgres::PgConnectOptions;
use uuid::Uuid;

use crate::bootstrap::{Runtime, with_database};

#[derive(Subcommand)]
pub(crate) enum Act {
    /// Make an account an owner of the site. The first one comes from here.
    GrantOwner {
        /// The address that the account is opened with.
        email: String,
    },
    /// Put a new key in front of the ring, and seal every secret anew with it.
    RotateKeys {
        /// The new key's name, such as the year.
        name: String,
        /// Forget the older keys once nothing is sealed with them. Running servers must know the new one by then.
        #[arg(long)]
        forget_old: bool,
    },
    /// Write the whole database to a file, while servers go on, and check that every row is in it.
    Backup {
        /// The file; there must be none yet.
        file: PathBuf,
    },
    /// Put a backup into an empty database. Nothing else may use it meanwhile.
    Restore {
        /// What `legwork admin backup` wrote.
        file: PathBuf,
    },
}

/// Runs one of them.
pub(crate) async fn run(config: &Path, act: &Act) -> Result<(), String> {
    match act {
        Act::GrantOwner { email } => on_platform(config, async |platform| grant_owner(platform, email).await).await,
        Act::RotateKeys { name, forget_old } => on_platform(config, async |platform| rotate(platform, name, *forget_old).await).await,
        Act::Backup { file } => {
            let written = async |config: &Config, owner: &PgConnectOptions| backup(owner, config.storage.postgres_bin.as_deref(), file).await;
            let Backup { tables, rows } = with_database(config, written).await?;
            println!("{rows} rows of {tables} tables are in {}. Copy data/files and the keys now.", file.display());
            Ok(())
        }
        Act::Restore { file } => {
            let put_back = async |config: &Config, owner: &PgConnectOptions| restore(owner, config.storage.postgres_bin.as_deref(), file).await;
            let Backup { tables, rows } = with_database(config, put_back).await?;
            println!("{rows} rows of {tables} tables are back. Put data/files and the keys back before the server starts.");
            Ok(())
        }
    }
}

async fn on_platform(config: &Path, act: impl AsyncFnOnce(&Platform) -> Result<(), Error>) -> Result<(), String> {
    let running = Runtime::start(config, Mode::Cli).await?;
    let result = act(&running.platform).await;
    running.stop().await;
    result.map_err(|e| match e {
        Error::Problem(problem) => problem.message,
        other => other.to_string(),
    })
}

async fn grant_owner(platform: &Platform, email: &str) -> Result<(), Error> {
    accounts::grant_owner(platform, email).await?;
    println!("{email} is an owner now, and signs in anew.");
    Ok(())
}

/// New key first, then every secret, then the old keys: whatever breaks in between, everything still opens.
async fn rotate(platform: &Platform, name: &str, forget_old: bool) -> Result<(), Error> {
    let (settings, data) = (&platform.config.security, &platform.config.storage.data_dir);
    let platform = if settings.encryption_keys.is_some() {
        println!("The ring stands in the settings: put the new key in front of it there. Secrets are sealed with the first one now.");
        platform.clone()
    } else {
        rotate_keys(data, name, &platform.ids)?;
        Platform { keys: KeyRing::open(settings, data, &platform.ids)?, ..platform.clone() }
    };
    let sealed_for =
        async |owner: &mut sqlx::PgConnection| Ok(sqlx::query_scalar("select account_id from totp_credentials").fetch_all(owner).await?);
    let accounts: Vec<Uuid> = platform.database.as_owner(sealed_for).await?;
    let mut sealed = 0;
    for account in &accounts {
        sealed += accounts::reencrypt(&platform, *account).await?;
    }
    println!("{sealed} of {} secrets were sealed anew.", accounts.len());
    if forget_old && settings.encryption_keys.is_none() {
        prune_keys(data)?;
        println!("The older keys are forgotten.");
    }
    Ok(())
}
