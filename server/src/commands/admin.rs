//! `legwork admin`: what only the operator of the server may do.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use domain::permissions::Role;
use platform::config::Security;
use platform::database::{Backup, backup, check_file, restore};
use platform::jobs::{FailedJob, Job, drop_failed, list_failed, retry_failed};
use platform::mail::SendEmail;
use platform::postgres::Mode;
use platform::secrets::{prune_keys, rotate_keys};
use platform::{Config, Error, KeyRing, Platform};
use sqlx::postgres::PgConnectOptions;
use uuid::Uuid;

use crate::bootstrap::{Runtime, with_database};

#[derive(Subcommand)]
pub(crate) enum Action {
    /// Make an account an owner of the site. The first one comes from here.
    GrantOwner {
        /// The account's email address.
        email: String,
    },
    /// Put a new key first in the key ring, and re-encrypt every secret with it.
    RotateKeys {
        /// Name of the new key, such as the year.
        name: String,
        /// Delete the older keys once nothing is encrypted with them. Running servers must know the new key by then.
        #[arg(long)]
        forget_old: bool,
    },
    /// Write the whole database to a file, while servers keep running, and check that every row is in it.
    Backup {
        /// The file; it must not exist yet.
        file: PathBuf,
    },
    /// Restore a backup into an empty database, once `data/files` and the keys are in place. Nothing else may use it meanwhile.
    Restore {
        /// The file that `legwork admin backup` wrote.
        file: PathBuf,
    },
    /// List background jobs that failed as often as they may.
    FailedJobs,
    /// Attempt a failed job again.
    RetryJob {
        /// Its number in the list.
        id: i64,
    },
    /// Remove a failed job.
    DropJob {
        /// Its number in the list.
        id: i64,
    },
}

/// Runs one of them.
pub(crate) async fn run(config: Option<&Path>, action: &Action) -> Result<(), String> {
    match action {
        Action::GrantOwner { email } => on_platform(config, async |platform| grant_owner(platform, email).await).await,
        Action::RotateKeys { name, forget_old } => on_platform(config, async |platform| rotate(platform, name, *forget_old).await).await,
        Action::Backup { file } => {
            let written =
                async |config: &Config, owner: &PgConnectOptions, _: Option<&Path>| backup(owner, config.storage.postgres_bin.as_deref(), file).await;
            let Backup { tables, rows } = with_database(config, Mode::Cli, written).await?;
            println!("{rows} rows of {tables} tables are in {}. Copy data/files and the keys now.", file.display());
            Ok(())
        }
        Action::Restore { file } => {
            // Before a database is created, or somebody moves one away.
            check_file(file).map_err(|e| e.to_string())?;
            let restored = async |config: &Config, owner: &PgConnectOptions, private: Option<&Path>| {
                restore(owner, config.storage.postgres_bin.as_deref(), private, file).await
            };
            let Backup { tables, rows } = with_database(config, Mode::Restore, restored).await?;
            println!("{rows} rows of {tables} tables are restored. With data/files and the keys in place, start the server.");
            Ok(())
        }
        Action::FailedJobs => on_platform(config, list_failed_jobs).await,
        Action::RetryJob { id } => {
            on_platform(config, async |platform| known(retry_failed(&platform.database, *id).await?, *id, "It is attempted again.")).await
        }
        Action::DropJob { id } => {
            on_platform(config, async |platform| known(drop_failed(&platform.database, *id).await?, *id, "It is removed.")).await
        }
    }
}

async fn on_platform(config: Option<&Path>, act: impl AsyncFnOnce(&Platform) -> Result<(), Error>) -> Result<(), String> {
    let runtime = Runtime::start(config, Mode::Cli).await?;
    let result = act(&runtime.platform).await;
    runtime.stop().await;
    result.map_err(|e| match e {
        Error::Problem(problem) => problem.message,
        other => other.to_string(),
    })
}

async fn grant_owner(platform: &Platform, email: &str) -> Result<(), Error> {
    accounts::grant_owner(platform, email).await?;
    println!("{}", granted(email, &platform.config.security));
    Ok(())
}

/// What a new owner has to do before the role is of use.
fn granted(email: &str, security: &Security) -> String {
    let mut words = format!("{email} is an owner now, and has to sign in again.");
    if security.mfa_required_roles.contains(&Role::Owner) {
        words.push_str(
            " The role needs a second factor: until the account has one, added in the app under Settings, Security, it may do nothing special.",
        );
    }
    words
}

async fn list_failed_jobs(platform: &Platform) -> Result<(), Error> {
    let jobs = list_failed(&platform.database).await?;
    for FailedJob { id, name, created_at, attempts, error } in &jobs {
        println!("{id}  {name}  {}  {attempts} attempts  {error}", created_at.format("%Y-%m-%d %H:%M"));
    }
    println!("{}.", domain::units::pluralize(jobs.len(), "failed job", "failed jobs"));
    Ok(())
}

/// Says what was done with a failed job, if there was one.
fn known(found: bool, id: i64, done: &str) -> Result<(), Error> {
    if !found {
        return Err(Error::Setup(format!("There is no failed job {id}; `legwork admin failed-jobs` lists them.")));
    }
    println!("{done}");
    Ok(())
}

/// New key first, then every secret, then the old keys: whatever fails in between, every secret can still be decrypted.
async fn rotate(platform: &Platform, name: &str, forget_old: bool) -> Result<(), Error> {
    let (settings, data) = (&platform.config.security, &platform.config.storage.data_dir);
    let platform = if settings.encryption_keys.is_some() {
        println!("The key ring is in the settings: put the new key first there. Secrets are re-encrypted with the first key now.");
        platform.clone()
    } else {
        rotate_keys(data, name, &platform.ids)?;
        Platform { keys: KeyRing::open(settings, data, &platform.ids)?, ..platform.clone() }
    };
    let totp_accounts =
        async |owner: &mut sqlx::PgConnection| Ok(sqlx::query_scalar("select account_id from totp_credentials").fetch_all(owner).await?);
    let accounts: Vec<Uuid> = platform.database.as_owner(totp_accounts).await?;
    let mut reencrypted = 0;
    for account in &accounts {
        reencrypted += accounts::reencrypt(&platform, *account).await?;
    }
    println!("{reencrypted} of {} secrets were re-encrypted.", accounts.len());
    let waiting = async |owner: &mut sqlx::PgConnection| {
        let emails = "select count(*) from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
                      where t.identifier = $1";
        Ok(sqlx::query_scalar(emails).bind(SendEmail::NAME).fetch_one(owner).await?)
    };
    let emails: i64 = platform.database.as_owner(waiting).await?;
    if forget_old && emails > 0 {
        return Err(Error::Setup(format!(
            "{emails} emails wait that may be encrypted with older keys, so those stay. Try again when they are sent."
        )));
    }
    if forget_old && settings.encryption_keys.is_none() {
        prune_keys(data)?;
        println!("The older keys are deleted.");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_owner_hears_of_the_second_factor_if_the_role_needs_one() {
        let words = granted("kim@example.org", &Security::default());
        assert!(words.contains("second factor") && words.contains("Settings, Security"), "{words}");
        let without = Security { mfa_required_roles: Vec::new(), ..Security::default() };
        assert_eq!(granted("kim@example.org", &without), "kim@example.org is an owner now, and has to sign in again.");
    }
}
