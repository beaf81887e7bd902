//! Who has an account, and what they may do: for the people who run the site.

use domain::ProblemKind;
use domain::accounts::{AccountSummary, Viewer};
use domain::list::{Cursor, Page, PageRequest};
use domain::permissions::{Permission, Role};
use platform::{Error, Platform};
use uuid::Uuid;

use crate::authorisation::{require_permission, require_recent_auth};
use crate::credentials::credentials;
use crate::queries::accounts;

/// People on one page of the list.
const ACCOUNTS_PAGE: u32 = 50;

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
        "owners_only" => Err(Error::problem(ProblemKind::NotAllowed, "Only an owner can appoint or dismiss admins and owners.")),
        "last_owner" => Err(Error::problem(ProblemKind::Conflict, "That is the last owner. Appoint another one first.")),
        _ => Err(Error::not_found("person")),
    }
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
