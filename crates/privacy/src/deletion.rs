//! Deletion: asked for, thirty days to change one's mind, then everything everywhere.

use accounts::audit;
use chrono::TimeDelta;
use domain::ProblemKind;
use domain::accounts::Viewer;
use domain::permissions::Role;
use domain::privacy::DELETION_DAYS;
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
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
    let due = sqlx::query_scalar!(
        r#"select deletion_requested_at <= $2 as "due!" from accounts where id = $1 and deletion_requested_at is not null"#,
        athlete,
        platform.clock.now() - TimeDelta::days(DELETION_DAYS)
    )
    .fetch_optional(session.connection())
    .await?;
    if due != Some(true) {
        return Ok(());
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
    platform.files.forget(athlete)?;
    platform.mail.forget(athlete)?;
    // The job of the deletion itself is done with the account; the others would find nobody.
    for task in ["discover", "export", "expire_exports", "empty_bin"] {
        sqlx::query!("select forget_own_job($1)", task).execute(session.connection()).await?;
    }
    sqlx::query!("delete from accounts where id = $1", athlete).execute(session.connection()).await?;
    session.commit().await
}
