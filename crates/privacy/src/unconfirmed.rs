//! Accounts whose address nobody confirms end: whoever registered a stranger's address keeps it from them for a while and no longer. A letter
//! says so first, days before, with the link that prevents it. What somebody put something into is never removed by itself, nor anything where
//! letters are files, which nobody but the server's operator reads.

use chrono::{DateTime, TimeDelta, Utc};
use domain::privacy::{UNCONFIRMED_DAYS, UNCONFIRMED_NOTICE_DAYS};
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
use platform::jobs::JobContext;
use platform::{Error, Platform};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::deletion::remove;

/// Looks once a day. What was not done, because a letter was not sent or the server was away, is found the next day.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ExpireUnconfirmed {}

impl TaskHandler for ExpireUnconfirmed {
    const IDENTIFIER: &'static str = "expire_unconfirmed";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let Some(JobContext(platform)) = context.get_ext::<JobContext>() else { return Err("the worker has no platform".to_owned()) };
        sweep(platform).await.map_err(|e| e.to_string())
    }
}

/// The latest moments at which an account was made and told that end it at this one.
fn bounds(now: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
    let notice = TimeDelta::days(UNCONFIRMED_NOTICE_DAYS);
    (now - TimeDelta::days(UNCONFIRMED_DAYS) + notice, now - notice)
}

/// Tells those whose time comes, and removes those that were told long enough ago. One that does not work out keeps nobody else's; the first error
/// is told when all was tried.
pub(crate) async fn sweep(platform: &Platform) -> Result<(), Error> {
    if platform.mail.file_transport_dir().is_some() {
        return Ok(());
    }
    let (made, told) = bounds(platform.clock.now());
    let mut session = platform.database.begin_anonymous().await?;
    let due = sqlx::query!(r#"select account_id as "id!", told as "told!" from unconfirmed_accounts($1, $2)"#, made, told)
        .fetch_all(session.connection())
        .await?;
    drop(session);
    let mut first = Ok(());
    for account in due {
        let done = if account.told { expire(platform, account.id).await } else { tell(platform, account.id).await };
        if let Err(error) = done {
            tracing::error!(%error, account = %account.id, "an account whose address is not confirmed stays for now");
            first = first.and(Err(error));
        }
    }
    first
}

/// A mail server may take its time, so nothing is held while it does. What was not sent was not told, and is sent the next night; what was sent and
/// could not be noted is told twice.
async fn tell(platform: &Platform, account: Uuid) -> Result<(), Error> {
    let now = platform.clock.now();
    let mut session = platform.database.begin_as(account).await?;
    let still = sqlx::query_scalar!(r#"select true as "still!" from accounts where id = $1 and email_verified_at is null"#, account);
    if still.fetch_optional(session.connection()).await?.is_none() {
        return Ok(());
    }
    // The night after the last full day that is left.
    let on = (now + TimeDelta::days(UNCONFIRMED_NOTICE_DAYS)).date_naive();
    let letter = accounts::expiry_notice(platform, &mut session, on).await?;
    session.commit().await?;
    platform.mail.send(&letter).await?;
    let mut session = platform.database.begin_as(account).await?;
    sqlx::query!("update accounts set expiry_told_at = $2 where id = $1 and email_verified_at is null", account, now)
        .execute(session.connection())
        .await?;
    session.commit().await
}

async fn expire(platform: &Platform, account: Uuid) -> Result<(), Error> {
    let mut session = platform.database.begin_as(account).await?;
    // Who confirms or puts something in at this moment waits for this, or this for them: then it is seen in the statement after this one.
    sqlx::query!("select id from accounts where id = $1 for update", account).fetch_optional(session.connection()).await?;
    let (made, told) = bounds(platform.clock.now());
    let still =
        sqlx::query_scalar!(r#"select true as "still!" from unconfirmed_accounts($1, $2) where account_id = $3 and told"#, made, told, account);
    if still.fetch_optional(session.connection()).await?.is_none() {
        return Ok(());
    }
    remove(platform, session, account).await?;
    tracing::info!("an account was removed, as nobody confirmed its address");
    Ok(())
}
