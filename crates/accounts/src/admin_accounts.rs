//! Who has an account, what they may do, and what was done: for the people who run the site.

use domain::ProblemKind;
use domain::accounts::{AccountSummary, AuditEntry, Viewer};
use domain::list::{Cursor, Page, PageRequest};
use domain::permissions::{Permission, Role};
use platform::{Error, Platform, Tx};
use uuid::Uuid;

use crate::queries::{accounts, audit_log};
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
    let limit = i32::try_from(request.limit(ACCOUNTS_PAGE)).unwrap_or(i32::MAX);
    let found = accounts::search(&mut tx, wanted.trim(), request.after_id(), limit).await?;
    Ok(Page::of(request, ACCOUNTS_PAGE, found, |account| Cursor::of_id(account.id)))
}

/// Changes an account's role. Its sessions end on every device.
pub async fn set_role(platform: &Platform, viewer: &Viewer, account: Uuid, role: Role) -> Result<(), Error> {
    require_permission(platform, viewer, Permission::ChangeRoles)?;
    require_recent_auth(viewer, platform.clock.now())?;
    if !Role::SITE.contains(&role) {
        return Err(Error::problem(ProblemKind::Invalid, "That role is given by an organisation."));
    }
    let mut tx = platform.database.begin_as(viewer.id).await?;
    match accounts::set_role(&mut tx, account, role).await?.as_str() {
        "done" => tx.commit().await,
        "owners only" => Err(Error::problem(ProblemKind::NotAllowed, "Only an owner can appoint or dismiss admins and owners.")),
        "last owner" => Err(Error::problem(ProblemKind::Conflict, "That is the last owner. Appoint another one first.")),
        _ => Err(Error::not_found("person")),
    }
}

/// The whole audit log, newest first, for those who may see it; row-level security shows everyone else only their own rows.
pub async fn audit_log(tx: &mut Tx, request: &PageRequest) -> Result<Page<AuditEntry>, Error> {
    let entries = audit_log::list(tx, request.before_number(), request.limit(AUDIT_PAGE)).await?;
    Ok(Page::of(request, AUDIT_PAGE, entries, |entry| Cursor::of_number(entry.id)))
}

/// Recent entries about the viewer's own account, newest first.
pub async fn own_audit_log(tx: &mut Tx) -> Result<Vec<AuditEntry>, Error> {
    let viewer = tx.viewer()?;
    audit_log::list_about(tx, viewer).await
}

/// `legwork admin grant-owner`: the first owner is appointed by the server's operator, not through the app.
pub async fn grant_owner(platform: &Platform, email: &str) -> Result<(), Error> {
    let (Some(account), _) = credentials(platform, &domain::accounts::normalize_email(email)).await? else {
        return Err(Error::problem(ProblemKind::NotFound, format!("There is no account with the address {email}. Register it in the app first.")));
    };
    let grant = async |owner: &mut sqlx::PgConnection| {
        if accounts::grant_owner(owner, account).await? {
            return Ok(());
        }
        // Anyone may have registered the address.
        let words = format!("Nobody has confirmed yet that {email} is theirs. Open the link in the email that went there first.");
        Err(Error::problem(ProblemKind::NotAllowed, words))
    };
    platform.database.as_owner(grant).await
}
