//! What a viewer may do: by role, confirmed address, second factor and recent authentication. Nothing here reads the database.

use chrono::{DateTime, Utc};
use domain::accounts::Viewer;
use domain::permissions::{Permission, Role, may};
use domain::{Problem, ProblemKind};
use platform::{Error, Platform};

/// Requires a permission. A user without it gets "not found"; one who has it, but must first confirm the address or add a second factor, is
/// told so.
pub fn require_permission(platform: &Platform, viewer: &Viewer, permission: Permission) -> Result<(), Error> {
    require_role_with(viewer, permission)?;
    require_confirmed(viewer)?;
    require_mfa_for(platform, viewer, viewer.role)
}

/// Requires a role that has a permission. A user without it gets "not found".
pub fn require_role_with(viewer: &Viewer, permission: Permission) -> Result<(), Error> {
    if may(viewer.role, permission) {
        return Ok(());
    }
    tracing::warn!(account = %viewer.id, role = viewer.role.key(), ?permission, "permission denied");
    Err(Error::not_found("page"))
}

/// Requires a second factor of a user who acts in a role, of the site or of an organisation, that needs one.
pub fn require_mfa_for(platform: &Platform, viewer: &Viewer, role: Role) -> Result<(), Error> {
    if viewer.second_factor || !platform.config.security.mfa_required_roles.contains(&role) {
        return Ok(());
    }
    let words = "Your role needs a second factor. Add one under Settings, Security, and come back.";
    Err(Error::problem(ProblemKind::NotAllowed, words))
}

/// Allows second factors, passkeys, tokens, external identities and roles only once the account's address is confirmed: anyone who
/// registered a stranger's address would otherwise still have them when the stranger claims the account. The database refuses them, too.
pub fn require_confirmed(viewer: &Viewer) -> Result<(), Error> {
    if viewer.verified { Ok(()) } else { Err(Problem::unconfirmed().into()) }
}

/// Allows a dangerous action only after recent authentication.
pub fn require_recent_auth(viewer: &Viewer, now: DateTime<Utc>) -> Result<(), Error> {
    if viewer.recently_authenticated(now) {
        return Ok(());
    }
    Err(Error::problem(ProblemKind::NotAllowed, "Confirm first that it’s you: Settings, Security."))
}
