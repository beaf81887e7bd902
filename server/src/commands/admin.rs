//! `legwork admin`: what only whoever has the server may do.

use std::path::Path;

use clap::Subcommand;
use platform::postgres::Mode;
use platform::secrets::{add_key, forget_old_keys};
use platform::{Error, KeyRing, Platform};
use uuid::Uuid;

use crate::start::Running;

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
}

/// Runs one of them.
pub(crate) async fn run(config: &Path, act: &Act) -> Result<(), String> {
    let running = Running::start(config, Mode::Tool).await?;
    let result = match act {
        Act::GrantOwner { email } => grant_owner(&running.platform, email).await,
        Act::RotateKeys { name, forget_old } => rotate(&running.platform, name, *forget_old).await,
    };
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
    let (settings, data) = (&platform.config.security, &platform.config.storage.data);
    let platform = if settings.keys.is_some() {
        println!("The ring stands in the settings: put the new key in front of it there. Secrets are sealed with the first one now.");
        platform.clone()
    } else {
        add_key(data, name, &platform.ids)?;
        Platform { keys: KeyRing::open(settings, data, &platform.ids)?, ..platform.clone() }
    };
    let sealed_for = async |owner: &mut sqlx::PgConnection| Ok(sqlx::query_scalar("select account_id from authenticators").fetch_all(owner).await?);
    let accounts: Vec<Uuid> = platform.database.as_owner(sealed_for).await?;
    let mut sealed = 0;
    for account in &accounts {
        sealed += accounts::reseal(&platform, *account).await?;
    }
    println!("{sealed} of {} secrets were sealed anew.", accounts.len());
    if forget_old && settings.keys.is_none() {
        forget_old_keys(data)?;
        println!("The older keys are forgotten.");
    }
    Ok(())
}
