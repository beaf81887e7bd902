//! Deletion: asked for, thirty days to change one's mind, then everything everywhere.

use accounts::audit;
use chrono::{DateTime, TimeDelta, Utc};
use domain::ProblemKind;
use domain::accounts::Viewer;
use domain::permissions::Role;
use domain::privacy::DELETION_DAYS;
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
use platform::jobs::JobContext;
use platform::{Error, Platform, Tx};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The job, due thirty days after it was asked for.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct DeleteAccount {
    athlete: Uuid,
}

impl TaskHandler for DeleteAccount {
    const IDENTIFIER: &'static str = "delete_account";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let Some(JobContext(platform)) = context.get_ext::<JobContext>() else { return Err("the worker has no platform".to_owned()) };
        delete(platform, self.athlete).await.map_err(|e| e.to_string())
    }
}

/// Looks for accounts that are past their day, whatever became of their jobs: once a day.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct DeleteOverdue {}

impl TaskHandler for DeleteOverdue {
    const IDENTIFIER: &'static str = "delete_overdue";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let Some(JobContext(platform)) = context.get_ext::<JobContext>() else { return Err("the worker has no platform".to_owned()) };
        delete_overdue(platform).await.map_err(|e| e.to_string())
    }
}

/// Deletes every account that is past its day. One that cannot be deleted keeps none of the others here.
pub(crate) async fn delete_overdue(platform: &Platform) -> Result<(), Error> {
    let before = platform.clock.now() - TimeDelta::days(DELETION_DAYS);
    let mut session = platform.database.begin_anonymous().await?;
    let overdue = sqlx::query_scalar!(r#"select accounts_to_delete as "id!" from accounts_to_delete($1)"#, before);
    let overdue = overdue.fetch_all(session.connection()).await?;
    drop(session);
    let mut first = Ok(());
    for athlete in overdue {
        if let Err(error) = delete(platform, athlete).await {
            tracing::error!(%error, "an account that is past its day could not be deleted; tomorrow again");
            first = first.and(Err(error));
        }
    }
    first
}

/// Asks for the account to be deleted in thirty days. Other devices and programs are signed out at once.
pub async fn request_deletion(platform: &Platform, viewer: &Viewer, email: &str) -> Result<(), Error> {
    let now = platform.clock.now();
    accounts::require_recent_auth(viewer, now)?;
    if domain::accounts::normalize_email(email) != viewer.email {
        let mut fields = domain::FieldErrors::default();
        fields.add("email", "That is not the address of this account. Type it to be sure.");
        fields.into_result()?;
    }
    if viewer.role == Role::Owner {
        return Err(Error::problem(ProblemKind::Conflict, "You own this site. Make somebody else the owner, and give up the role first."));
    }
    let mut session = platform.database.begin_as(viewer.id).await?;
    sqlx::query!("update accounts set deletion_requested_at = $2 where id = $1", viewer.id, now).execute(session.connection()).await?;
    sqlx::query!("delete from api_tokens where account_id = $1", viewer.id).execute(session.connection()).await?;
    sqlx::query!("select enqueue_own_job('delete_account', $1)", now + TimeDelta::days(DELETION_DAYS)).execute(session.connection()).await?;
    audit(&mut session, viewer.id, "deletion", serde_json::json!({})).await?;
    session.commit().await
}

/// Keeps the account after all.
pub async fn cancel_deletion(platform: &Platform, viewer: Uuid) -> Result<(), Error> {
    let mut session = platform.database.begin_as(viewer).await?;
    let kept = sqlx::query!("update accounts set deletion_requested_at = null where id = $1", viewer).execute(session.connection()).await?;
    if kept.rows_affected() == 0 {
        return Err(Error::problem(ProblemKind::NotSignedIn, "That came too late: the account was deleted a moment ago."));
    }
    sqlx::query!("select cancel_own_job('delete_account')").execute(session.connection()).await?;
    audit(&mut session, viewer, "deletion cancelled", serde_json::json!({})).await?;
    session.commit().await
}

/// Removes everything, when it is time.
pub(crate) async fn delete(platform: &Platform, athlete: Uuid) -> Result<(), Error> {
    let mut session = platform.database.begin_as(athlete).await?;
    // Who keeps the account at this moment waits for this, or this for them.
    let asked = sqlx::query_scalar!("select deletion_requested_at from accounts where id = $1 for update", athlete);
    let asked = match asked.fetch_optional(session.connection()).await? {
        None => {
            // Gone already; what is left of it goes, too.
            drop(session);
            return remove_files(platform, athlete).await;
        }
        // Kept after all.
        Some(None) => return Ok(()),
        Some(Some(asked)) => asked,
    };
    let due = asked + TimeDelta::days(DELETION_DAYS);
    if due > platform.clock.now() {
        // The queue goes by the database's clock, which may be ahead of ours; or it was asked for anew. It is asked for again either way.
        ask_again(&mut session, due).await?;
        return session.commit().await;
    }
    remove(platform, session, athlete).await?;
    tracing::info!("an account was deleted, as its owner asked thirty days ago");
    Ok(())
}

/// Asks for [`DeleteAccount`] once more, not at once.
async fn ask_again(session: &mut Tx, due: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!("select enqueue_own_job('delete_account', greatest($1, now() + interval '1 minute'))", due).execute(session.connection()).await?;
    Ok(())
}

/// Removes an account with everything in it, in the session that locked its row and found that it is to go. Files go when it is certain that the
/// account is gone; until they are, the job that removes them is asked for.
pub(crate) async fn remove(platform: &Platform, mut session: Tx, athlete: Uuid) -> Result<(), Error> {
    let uploads =
        sqlx::query_scalar!(r#"select upload_key as "upload_key!" from import_files where athlete_id = $1 and upload_key is not null"#, athlete)
            .fetch_all(session.connection())
            .await?;
    // They would find nobody.
    for task in ["discover", "export", "expire_exports", "empty_bin"] {
        sqlx::query!("select cancel_own_job($1)", task).execute(session.connection()).await?;
    }
    ask_again(&mut session, platform.clock.now()).await?;
    sqlx::query!("delete from accounts where id = $1", athlete).execute(session.connection()).await?;
    session.commit().await?;
    for upload in uploads {
        platform.files.remove_upload(&upload);
    }
    remove_files(platform, athlete).await
}

/// Removes the files of an account that is gone, and then the job that would do it.
async fn remove_files(platform: &Platform, athlete: Uuid) -> Result<(), Error> {
    let mut session = platform.database.begin_as(athlete).await?;
    // An import that was writing an original when the account went is waited for; one that begins now finds that it has nothing to do.
    session.hold_originals().await?;
    let (files, mail) = (platform.files.clone(), platform.mail.clone());
    let removed = tokio::task::spawn_blocking(move || files.delete_for_account(athlete).and(mail.delete_for_account(athlete)));
    removed.await.map_err(std::io::Error::from)??;
    sqlx::query!("select cancel_own_job('delete_account')").execute(session.connection()).await?;
    session.commit().await
}
