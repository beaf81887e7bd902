//! Background jobs of an account.

use platform::{Error, Platform};
use uuid::Uuid;

/// Does a job of an account. Where the account was deleted meanwhile, there is nothing to do any more: what the work runs into then is no failure, and
/// the queue must not keep the job, which says whose it was.
///
/// # Errors
/// Those of the work, while the account is there.
pub async fn unless_deleted(platform: &Platform, account: Uuid, work: impl Future<Output = Result<(), Error>>) -> Result<(), Error> {
    match work.await {
        Err(_) if is_deleted(platform, account).await? => Ok(()),
        done => done,
    }
}

async fn is_deleted(platform: &Platform, account: Uuid) -> Result<bool, Error> {
    let mut session = platform.database.begin_as(account).await?;
    let deleted = sqlx::query_scalar!(r#"select not exists (select from accounts where id = $1) as "deleted!""#, account);
    Ok(deleted.fetch_one(session.connection()).await?)
}

#[cfg(test)]
mod tests {
    use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

    use super::*;
    use crate::tests::kim;

    #[sqlx::test(migrations = "../../migrations")]
    async fn a_job_fails_for_an_account_that_is_there_and_is_done_for_one_that_went(_: PgPoolOptions, connect: PgConnectOptions) {
        let (platform, _folder) = platform::testing::platform(connect).expect("platform");
        let kim = kim(&platform).await.viewer.id;
        let fails = async || Err(Error::Internal("a test".to_owned()));
        assert!(unless_deleted(&platform, kim, fails()).await.is_err());
        assert!(unless_deleted(&platform, Uuid::from_u128(1), fails()).await.is_ok());
        assert!(unless_deleted(&platform, kim, async { Ok(()) }).await.is_ok());
    }
}
