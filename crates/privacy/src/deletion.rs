//! Deletion: asked for, thirty days to change one's mind, then everything everywhere.

use accounts::audit;
use chrono::TimeDelta;
use domain::ProblemKind;
use domain::accounts::Viewer;
use domain::permissions::Role;
use domain::privacy::DELETION_DAYS;
use graphile_worker::{Cron, CronBuilder, CrontabFill, IntoTaskHandlerResult, TaskHandler, WorkerContext};
use platform::jobs::Ground;
use platform::{Error, Platform, Session};
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
        let Some(Ground(platform)) = context.get_ext::<Ground>() else { return Err("the worker has no platform".to_owned()) };
        delete(platform, self.athlete).await.map_err(|e| e.to_string())
    }
}

/// Looks for accounts that are past their day, whatever became of their jobs: once a day.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct DeleteOverdue {}

impl TaskHandler for DeleteOverdue {
    const IDENTIFIER: &'static str = "delete_overdue";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let Some(Ground(platform)) = context.get_ext::<Ground>() else { return Err("the worker has no platform".to_owned()) };
        delete_overdue(platform).await.map_err(|e| e.to_string())
    }
}

/// When: at a quiet hour, and at the start of a server that was not there at that hour.
pub(crate) fn every_day() -> CronBuilder<DeleteOverdue> {
    let daily = Cron::daily_at::<DeleteOverdue>(3, 17).unwrap_or_else(|_| unreachable!("a time of day"));
    daily.fill(CrontabFill::days(1))
}

/// Deletes every account that is past its day. One that cannot be deleted keeps none of the others here.
pub(crate) async fn delete_overdue(platform: &Platform) -> Result<(), Error> {
    let before = platform.clock.now() - TimeDelta::days(DELETION_DAYS);
    let mut session = platform.database.as_nobody().await?;
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
    accounts::require_proof(viewer, now)?;
    if domain::accounts::normal_email(email) != viewer.email {
        let mut fields = domain::FieldErrors::default();
        fields.add("email", "That is not the address of this account. Type it to be sure.");
        fields.into_result()?;
    }
    if viewer.role == Role::Owner {
        return Err(Error::problem(ProblemKind::Conflict, "You own this site. Make somebody else the owner, and give up the role first."));
    }
    let mut session = platform.database.as_viewer(viewer.id).await?;
    sqlx::query!("update accounts set deletion_requested_at = $2 where id = $1", viewer.id, now).execute(session.connection()).await?;
    sqlx::query!("delete from api_tokens where account_id = $1", viewer.id).execute(session.connection()).await?;
    sqlx::query!("select request_own_job('delete_account', $1)", now + TimeDelta::days(DELETION_DAYS)).execute(session.connection()).await?;
    audit(&mut session, viewer.id, "deletion", serde_json::json!({})).await?;
    session.commit().await
}

/// Keeps the account after all.
pub async fn keep(platform: &Platform, viewer: Uuid) -> Result<(), Error> {
    let mut session = platform.database.as_viewer(viewer).await?;
    sqlx::query!("update accounts set deletion_requested_at = null where id = $1", viewer).execute(session.connection()).await?;
    sqlx::query!("select forget_own_job('delete_account')").execute(session.connection()).await?;
    audit(&mut session, viewer, "deletion cancelled", serde_json::json!({})).await?;
    session.commit().await
}

/// Removes everything, when it is time. Files go first: a job that breaks off in between is done again, and finds the account still there.
pub(crate) async fn delete(platform: &Platform, athlete: Uuid) -> Result<(), Error> {
    let mut session = platform.database.as_viewer(athlete).await?;
    let asked = sqlx::query_scalar!("select deletion_requested_at from accounts where id = $1", athlete).fetch_optional(session.connection()).await?;
    // Gone already, or kept after all.
    let Some(asked) = asked.flatten() else { return Ok(()) };
    let due = asked + TimeDelta::days(DELETION_DAYS);
    if due > platform.clock.now() {
        // The queue goes by the database's clock, which may be ahead of ours; or it was asked for anew. It is asked for again either way.
        sqlx::query!("select request_own_job('delete_account', greatest($1, now() + interval '1 minute'))", due)
            .execute(session.connection())
            .await?;
        return session.commit().await;
    }
    remove(platform, session, athlete).await?;
    tracing::info!("an account was deleted, as its owner asked thirty days ago");
    Ok(())
}

/// Removes an account with everything in it, in the session that found that it is to go.
pub(crate) async fn remove(platform: &Platform, mut session: Session, athlete: Uuid) -> Result<(), Error> {
    let uploads = sqlx::query_scalar!(r#"select upload as "upload!" from import_files where athlete_id = $1 and upload is not null"#, athlete)
        .fetch_all(session.connection())
        .await?;
    for upload in uploads {
        platform.files.remove_upload(&upload);
    }
    session.hold_originals().await?;
    platform.files.forget(athlete)?;
    platform.mail.forget(athlete)?;
    // They would find nobody. A job that runs at this moment, such as this one, goes when it is done.
    for task in ["discover", "export", "expire_exports", "empty_bin", "delete_account"] {
        sqlx::query!("select forget_own_job($1)", task).execute(session.connection()).await?;
    }
    sqlx::query!("delete from accounts where id = $1", athlete).execute(session.connection()).await?;
    session.commit().await
}
