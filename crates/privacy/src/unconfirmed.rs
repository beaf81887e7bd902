//! Accounts whose address nobody confirms end: whoever registered a stranger's address keeps it from them for a while and no longer. A letter
//! says so first, days before, with the link that prevents it.

use chrono::TimeDelta;
use domain::privacy::{UNCONFIRMED_DAYS, UNCONFIRMED_NOTICE_DAYS};
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
use platform::jobs::Ground;
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
        let Some(Ground(platform)) = context.get_ext::<Ground>() else { return Err("the worker has no platform".to_owned()) };
        sweep(platform).await.map_err(|e| e.to_string())
    }
}

/// Tells those whose time comes, and removes those that were told long enough ago.
pub(crate) async fn sweep(platform: &Platform) -> Result<(), Error> {
    let now = platform.clock.now();
    let notice = TimeDelta::days(UNCONFIRMED_NOTICE_DAYS);
    let mut session = platform.database.as_nobody().await?;
    let due = sqlx::query!(
        r#"select account_id as "id!", told as "told!" from unconfirmed_accounts($1, $2)"#,
        now - TimeDelta::days(UNCONFIRMED_DAYS) + notice,
        now - notice
    )
    .fetch_all(session.connection())
    .await?;
    drop(session);
    for account in due {
        let done = if account.told { expire(platform, account.id).await } else { tell(platform, account.id).await };
        // One that does not work out keeps nobody else's.
        if let Err(error) = done {
            tracing::error!(%error, account = %account.id, "an account whose address is not confirmed stays for now");
        }
    }
    Ok(())
}

async fn tell(platform: &Platform, account: Uuid) -> Result<(), Error> {
    let now = platform.clock.now();
    let mut session = platform.database.as_viewer(account).await?;
    let told = sqlx::query!("update accounts set expiry_told_at = $2 where id = $1 and email_verified_at is null", account, now);
    if told.execute(session.connection()).await?.rows_affected() == 0 {
        return Ok(());
    }
    // The night after the last full day that is left.
    let on = (now + TimeDelta::days(UNCONFIRMED_NOTICE_DAYS)).date_naive();
    let letter = accounts::tell_expiry(platform, &mut session, on).await?;
    // What was not sent was not told.
    platform.mail.send(&letter).await?;
    session.commit().await
}

async fn expire(platform: &Platform, account: Uuid) -> Result<(), Error> {
    let mut session = platform.database.as_viewer(account).await?;
    // Who confirms at this moment waits for this, or this for them.
    let still = sqlx::query_scalar!(
        r#"select true as "still!" from accounts where id = $1 and email_verified_at is null and expiry_told_at is not null for update"#,
        account
    );
    if still.fetch_optional(session.connection()).await?.is_none() {
        return Ok(());
    }
    remove(platform, session, account).await?;
    tracing::info!("an account was removed, as nobody confirmed its address");
    Ok(())
}
