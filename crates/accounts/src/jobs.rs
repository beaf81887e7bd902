//! Background jobs of an account.

use platform::{Error, Platform};
use uuid::Uuid;

/// Runs a job of an account. If the account was deleted in the meantime, there is nothing left to do: an error of the work is then not a failure, and
/// the queue must not keep the job, which names the account.
///
/// # Errors
/// Those of the work, while the account exists.
pub async fn unless_deleted(platform: &Platform, account: Uuid, work: impl Future<Output = Result<(), Error>>) -> Result<(), Error> {
    match work.await {
        Err(_) if is_deleted(platform, account).await? => Ok(()),
        done => done,
    }
}

async fn is_deleted(platform: &Platform, account: Uuid) -> Result<bool, Error> {
    let mut tx = platform.database.begin_as(account).await?;
    let deleted = sqlx::query_scalar!(r#"select not exists (select from accounts where id = $1) as "deleted!""#, account);
    Ok(deleted.fetch_one(tx.connection()).await?)
}

#[cfg(test)]
mod tests {
    use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

    use super::*;
    use crate::tests::kim;

    #[sqlx::test(migrations = "../../migrations")]
    async fn a_job_fails_for_an_existing_account_and_is_done_for_a_deleted_one(_: PgPoolOptions, connect: PgConnectOptions) {
        let (platform, _folder) = platform::testing::platform(connect).expect("platform");
        let kim = kim(&platform).await.viewer.id;
        let fails = async || Err(Error::Internal("a test".to_owned()));
        assert!(unless_deleted(&platform, kim, fails()).await.is_err());
        assert!(unless_deleted(&platform, Uuid::from_u128(1), fails()).await.is_ok());
        assert!(unless_deleted(&platform, kim, async { Ok(()) }).await.is_ok());
    }
}
