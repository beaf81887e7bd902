//! Who has an account, what they may do, and what was done: for the people who run the site.

use chrono::{DateTime, Utc};
use domain::ProblemKind;
use domain::accounts::{AccountSummary, AuditEntry, Viewer};
use domain::list::{Cursor, Page, PageRequest};
use domain::permissions::{Permission, Role};
use platform::{Error, Platform, Tx};
use uuid::Uuid;

use crate::require_recent_auth;
use crate::service::{credentials, require_permission};

/// People on one page of the list.
const ACCOUNTS_PAGE: u32 = 50;
/// Entries of the audit log on a page.
const AUDIT_PAGE: u32 = 100;

/// People whose address or name contains `wanted`, ordered by address. The next page begins after an account: its address would be in ours.
pub async fn list_accounts(platform: &Platform, viewer: &Viewer, wanted: &str, request: &PageRequest) -> Result<Page<AccountSummary>, Error> {
    require_permission(platform, viewer, Permission::SeePeople)?;
    let mut tx = platform.database.begin_as(viewer.id).await?;
    let rows = sqlx::query!(
        r#"select account_id as "id!", email as "email!", name as "name!", role as "role!", verified as "verified!", created_at as "created_at!"
           from search_accounts($1, $2, $3)"#,
        wanted.trim(),
        request.after_id(),
        i32::try_from(request.limit(ACCOUNTS_PAGE)).unwrap_or(i32::MAX)
    )
    .fetch_all(tx.connection())
    .await?;
    let person = |id, email, name, role: &str, verified, created_at| {
        let role = Role::parse(role).unwrap_or_default();
        AccountSummary { id, email, name, role, verified, created_at }
    };
    Ok(Page::of(request, ACCOUNTS_PAGE, rows, |row| Cursor::of_id(row.id)).map(|r| person(r.id, r.email, r.name, &r.role, r.verified, r.created_at)))
}

/// Changes an account's role. Its sessions end on every device.
pub async fn set_role(platform: &Platform, viewer: &Viewer, account: Uuid, role: Role) -> Result<(), Error> {
    require_permission(platform, viewer, Permission::ChangeRoles)?;
    require_recent_auth(viewer, platform.clock.now())?;
    if !Role::SITE.contains(&role) {
        return Err(Error::problem(ProblemKind::Invalid, "That role is given by an organisation."));
    }
    let mut tx = platform.database.begin_as(viewer.id).await?;
    let outcome = sqlx::query_scalar!(r#"select set_role($1, $2) as "said!""#, account, role.key()).fetch_one(tx.connection()).await?;
    match outcome.as_str() {
        "done" => tx.commit().await,
        "owners only" => Err(Error::problem(ProblemKind::NotAllowed, "Only an owner can appoint or dismiss admins and owners.")),
        "last owner" => Err(Error::problem(ProblemKind::Conflict, "That is the last owner. Appoint another one first.")),
        _ => Err(Error::not_found("person")),
    }
}

/// A row of the audit log.
struct Row {
    id: i64,
    at: DateTime<Utc>,
    actor_id: Option<Uuid>,
    subject_id: Option<Uuid>,
    action: String,
    details: serde_json::Value,
}

impl From<Row> for AuditEntry {
    fn from(row: Row) -> Self {
        let Row { id, at, actor_id, subject_id, action, details } = row;
        Self { id, at, actor_id, subject_id, action, details: details.to_string() }
    }
}

/// The whole audit log, newest first, for those who may see it; row-level security shows everyone else only their own rows.
pub async fn audit_log(tx: &mut Tx, request: &PageRequest) -> Result<Page<AuditEntry>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "select id, at, actor_id, subject_id, action, details from audit_log where id < $1 order by id desc limit $2",
        request.before_number(),
        request.limit(AUDIT_PAGE)
    );
    let rows = rows.fetch_all(tx.connection()).await?;
    Ok(Page::of(request, AUDIT_PAGE, rows, |row| Cursor::of_number(row.id)).map(AuditEntry::from))
}

/// Recent entries about the viewer's own account, newest first. A separate query, so that it can use its index.
pub async fn own_audit_log(tx: &mut Tx) -> Result<Vec<AuditEntry>, Error> {
    let viewer = tx.viewer()?;
    let rows = sqlx::query_as!(
        Row,
        "select id, at, actor_id, subject_id, action, details from audit_log where subject_id = $1 order by id desc limit 20",
        viewer
    );
    Ok(rows.fetch_all(tx.connection()).await?.into_iter().map(AuditEntry::from).collect())
}

/// `legwork admin grant-owner`: the first owner is appointed by the server's operator, not through the app.
pub async fn grant_owner(platform: &Platform, email: &str) -> Result<(), Error> {
    let (Some(account), _) = credentials(platform, &domain::accounts::normalize_email(email)).await? else {
        return Err(Error::problem(ProblemKind::NotFound, format!("There is no account with the address {email}. Register it in the app first.")));
    };
    let grant = async |owner: &mut sqlx::PgConnection| {
        let change = "update accounts a set role = 'owner' from accounts b
                      where a.id = $1 and b.id = a.id and a.email_verified_at is not null returning b.role";
        let before: Option<String> = sqlx::query_scalar(change).bind(account).fetch_optional(&mut *owner).await?;
        let Some(before) = before else {
            // Anyone may have registered the address.
            let words = format!("Nobody has confirmed yet that {email} is theirs. Open the link in the email that went there first.");
            return Err(Error::problem(ProblemKind::NotAllowed, words));
        };
        sqlx::query(
            "insert into audit_log (subject_id, action, details) values ($1, 'role', jsonb_build_object('before', $2::text, 'after', 'owner'))",
        )
        .bind(account)
        .bind(before)
        .execute(&mut *owner)
        .await?;
        sqlx::query("delete from sessions where account_id = $1").bind(account).execute(owner).await?;
        Ok(())
    };
    platform.database.as_owner(grant).await
}
