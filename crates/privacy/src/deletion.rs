//! Account deletion: requested, thirty days to change one's mind, then everything is removed everywhere.

use accounts::audit;
use accounts::lifecycle::{self, Deletion};
use chrono::TimeDelta;
use domain::ProblemKind;
use domain::accounts::Viewer;
use domain::audit::AuditAction;
use domain::permissions::Role;
use domain::privacy::DELETION_DAYS;
use platform::jobs::{Job, Queue};
use platform::{Error, Platform, Tx};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The job, due thirty days after the request.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct DeleteAccount {
    athlete: Uuid,
}

impl Job for DeleteAccount {
    const NAME: &'static str = "delete_account";
    const QUEUE: Queue = Queue::Long;

    async fn run(self, platform: &Platform) -> Result<(), Error> {
        delete(platform, self.athlete).await
    }
}

/// Looks once a day for accounts whose deletion is overdue, whatever happened to their jobs.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct DeleteOverdue {}

impl Job for DeleteOverdue {
    const NAME: &'static str = "delete_overdue";
    const QUEUE: Queue = Queue::Long;

    async fn run(self, platform: &Platform) -> Result<(), Error> {
        delete_overdue(platform).await
    }
}

/// Deletes every account whose deletion is overdue. A failure with one does not stop the others.
pub(crate) async fn delete_overdue(platform: &Platform) -> Result<(), Error> {
    let before = platform.clock.now() - TimeDelta::days(DELETION_DAYS);
    let mut result = Ok(());
    for athlete in lifecycle::overdue_deletions(platform, before).await? {
        if let Err(error) = delete(platform, athlete).await {
            tracing::error!(%error, "an overdue deletion of an account failed; trying again tomorrow");
            result = result.and(Err(error));
        }
    }
    result
}

/// Requests deletion of the account in thirty days. API tokens are revoked at once.
pub async fn request_deletion(platform: &Platform, viewer: &Viewer, email: &str) -> Result<(), Error> {
    let now = platform.clock.now();
    accounts::require_recent_auth(viewer, now)?;
    if domain::accounts::normalize_email(email) != viewer.email {
        let mut fields = domain::FieldErrors::default();
        fields.add("email", "That is not the address of this account. Type it to be sure.");
        fields.into_result()?;
    }
    if viewer.role == Role::Owner {
        return Err(Error::problem(ProblemKind::Conflict, "You own this site. Appoint another owner, and give up the role first."));
    }
    let mut tx = platform.database.begin_as(viewer.id).await?;
    lifecycle::request_deletion(&mut tx, now).await?;
    tx.enqueue_after(&DeleteAccount { athlete: viewer.id }, TimeDelta::days(DELETION_DAYS)).await?;
    audit(&mut tx, viewer.id, AuditAction::DeletionRequested, serde_json::json!({})).await?;
    tx.commit().await
}

/// Cancels the deletion.
pub async fn cancel_deletion(platform: &Platform, viewer: Uuid) -> Result<(), Error> {
    let mut tx = platform.database.begin_as(viewer).await?;
    if !lifecycle::cancel_deletion(&mut tx).await? {
        return Err(Error::problem(ProblemKind::NotSignedIn, "Too late: the account was deleted a moment ago."));
    }
    tx.cancel_job::<DeleteAccount>("").await?;
    audit(&mut tx, viewer, AuditAction::DeletionCancelled, serde_json::json!({})).await?;
    tx.commit().await
}

/// Deletes the account, if the deletion is due.
pub(crate) async fn delete(platform: &Platform, athlete: Uuid) -> Result<(), Error> {
    let mut tx = platform.database.begin_as(athlete).await?;
    let requested_at = match lifecycle::lock_deletion(&mut tx).await? {
        Deletion::Done => {
            // Remove what is left of it, too.
            drop(tx);
            return remove_files(platform, athlete).await;
        }
        Deletion::NotRequested => return Ok(()),
        Deletion::RequestedAt(requested_at) => requested_at,
    };
    let due = requested_at + TimeDelta::days(DELETION_DAYS);
    if due > platform.clock.now() {
        // The queue uses the database's clock, which may be ahead of ours; or deletion was requested again. The job is enqueued again either way.
        reenqueue(&mut tx, athlete, (due - platform.clock.now()).max(TimeDelta::minutes(1))).await?;
        return tx.commit().await;
    }
    remove(platform, tx, athlete).await?;
    tracing::info!("an account was deleted, as its owner requested thirty days ago");
    Ok(())
}

/// Enqueues [`DeleteAccount`] again, by the clock of the queue.
async fn reenqueue(tx: &mut Tx, athlete: Uuid, after: TimeDelta) -> Result<(), Error> {
    tx.enqueue_after(&DeleteAccount { athlete }, after).await
}

/// Removes an account with everything in it, in the transaction that locked its row and found that it is due. Files are removed once the
/// account is certain to be gone; until they are, the job that removes them stays enqueued.
pub(crate) async fn remove(platform: &Platform, mut tx: Tx, athlete: Uuid) -> Result<(), Error> {
    let mut uploads = Vec::new();
    for feature in platform.features.iter() {
        uploads.extend((feature.files.uploads)(&mut tx).await?);
    }
    let waiting = platform::uploads::all(&mut tx).await?;
    // These jobs would find no account.
    tx.cancel_jobs().await?;
    reenqueue(&mut tx, athlete, TimeDelta::minutes(1)).await?;
    lifecycle::delete(&mut tx).await?;
    tx.commit().await?;
    for upload in waiting {
        platform::uploads::remove(platform, upload);
    }
    for upload in uploads {
        platform.files.remove_upload(&upload);
    }
    remove_files(platform, athlete).await
}

/// Removes the files of a deleted account, and then the job for that.
async fn remove_files(platform: &Platform, athlete: Uuid) -> Result<(), Error> {
    let mut tx = platform.database.begin_as(athlete).await?;
    // Waits for an import that was writing an original when the account was deleted; one that starts now finds nothing to do.
    tx.hold_originals().await?;
    let (files, mail) = (platform.files.clone(), platform.mail.clone());
    let removed = tokio::task::spawn_blocking(move || files.delete_for_account(athlete).and(mail.delete_for_account(athlete)));
    removed.await.map_err(std::io::Error::from)??;
    tx.cancel_job::<DeleteAccount>("").await?;
    tx.commit().await
}
