//! Expiry of accounts whose address nobody confirms: registering a stranger's address blocks it for a while and no longer. An email announces
//! it days before, with the link that prevents it. An account with anything in it is never removed automatically, nor any account while
//! emails are written to files, which only the server's operator reads.

use accounts::lifecycle;
use chrono::{DateTime, TimeDelta, Utc};
use domain::privacy::{UNCONFIRMED_DAYS, UNCONFIRMED_NOTICE_DAYS};
use platform::jobs::{Job, Queue};
use platform::{Error, Platform};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::deletion::remove;

/// Runs once a day. What was not done, because an email was not sent or the server was down, is found the next day.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ExpireUnconfirmed {}

impl Job for ExpireUnconfirmed {
    const NAME: &'static str = "expire_unconfirmed";
    const QUEUE: Queue = Queue::Long;

    async fn run(self, platform: &Platform) -> Result<(), Error> {
        sweep(platform).await
    }
}

/// The latest times of registration and of notice with which an account is due for its notice, or for removal, now.
fn bounds(now: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
    let notice = TimeDelta::days(UNCONFIRMED_NOTICE_DAYS);
    (now - TimeDelta::days(UNCONFIRMED_DAYS) + notice, now - notice)
}

/// Notifies accounts that are due for it, and removes those that were notified long enough ago. A failure with one does not stop the others; the
/// first error is returned after all were tried.
pub(crate) async fn sweep(platform: &Platform) -> Result<(), Error> {
    if platform.mail.file_transport_dir().is_some() {
        return Ok(());
    }
    let (created, notified) = bounds(platform.clock.now());
    let mut result = Ok(());
    for account in lifecycle::unconfirmed(platform, created, notified).await? {
        let done = if account.notified { expire(platform, account.id).await } else { notify(platform, account.id).await };
        if let Err(error) = done {
            tracing::error!(%error, account = %account.id, "an account with an unconfirmed address stays for now");
            result = result.and(Err(error));
        }
    }
    result
}

/// Sends the notice. A mail server may be slow, so no transaction is open meanwhile. A notice that was not sent is not recorded, and sent the next
/// night; one that was sent and could not be recorded is sent twice.
async fn notify(platform: &Platform, account: Uuid) -> Result<(), Error> {
    let now = platform.clock.now();
    let mut tx = platform.database.begin_as(account).await?;
    if !lifecycle::is_unconfirmed(&mut tx).await? {
        return Ok(());
    }
    // The night after the last full day.
    let on = (now + TimeDelta::days(UNCONFIRMED_NOTICE_DAYS)).date_naive();
    let email = accounts::expiry_notice(platform, &mut tx, on).await?;
    tx.commit().await?;
    platform.mail.send(&email).await?;
    let mut tx = platform.database.begin_as(account).await?;
    lifecycle::record_expiry_notice(&mut tx, now).await?;
    tx.commit().await
}

async fn expire(platform: &Platform, account: Uuid) -> Result<(), Error> {
    let mut tx = platform.database.begin_as(account).await?;
    let (created, notified) = bounds(platform.clock.now());
    if !lifecycle::lock_if_expired(&mut tx, created, notified).await? {
        return Ok(());
    }
    remove(platform, tx, account).await?;
    tracing::info!("an account was removed, as its address was never confirmed");
    Ok(())
}
