//! Members of an organisation and their roles. Row-level security lets members see and change only what their role there allows; what they may
//! not see is "not found".

use accounts::require_mfa_for;
use chrono::TimeDelta;
use domain::ProblemKind;
use domain::accounts::{Viewer, parse_email};
use domain::audit::AuditAction;
use domain::organisations::{Membership, Organisation, parse_name};
use domain::permissions::{Permission, Role, may};
use platform::secrets;
use platform::{Email, Error, Platform, Tx};
use uuid::Uuid;

use crate::queries::{self, Changed, NewInvitation};

/// How long an invitation works.
const INVITATION_TTL: TimeDelta = TimeDelta::days(14);

/// The viewer's organisations.
pub async fn list_memberships(tx: &mut Tx) -> Result<Vec<Membership>, Error> {
    let account = tx.viewer()?;
    queries::memberships(tx, account).await
}

/// Creates an organisation, owned by the viewer.
pub async fn create(platform: &Platform, viewer: Uuid, name: &str) -> Result<Uuid, Error> {
    let name = parse_name(name)?;
    let now = platform.clock.now();
    let id = platform.ids.uuid(now);
    let mut tx = platform.database.begin_as(viewer).await?;
    queries::create(&mut tx, id, &name, now).await?;
    tx.commit().await?;
    Ok(id)
}

/// An organisation as the viewer's role in it lets them see it.
pub async fn organisation(platform: &Platform, viewer: &Viewer, id: Uuid) -> Result<Organisation, Error> {
    let mut tx = platform.database.begin_as(viewer.id).await?;
    let own = own_membership(&mut tx, id).await?;
    let members = if may(own.role, Permission::SeeMembers) { queries::members(&mut tx, id).await? } else { Vec::new() };
    let invited = queries::invitations(&mut tx, id).await?;
    let mfa_required = require_mfa_for(platform, viewer, own.role).is_err();
    Ok(Organisation { own, members, invited, viewer: viewer.id, mfa_required })
}

/// Renames an organisation.
pub async fn rename(platform: &Platform, viewer: &Viewer, id: Uuid, name: &str) -> Result<(), Error> {
    let (mut tx, _) = require_manager(platform, viewer, id).await?;
    let name = parse_name(name)?;
    queries::rename(&mut tx, id, &name).await?;
    tx.commit().await
}

/// Invites someone to join, by an email, which is returned. A second invitation to the same address replaces the first.
pub async fn invite(platform: &Platform, viewer: &Viewer, id: Uuid, email: &str, role: &str) -> Result<Email, Error> {
    let (mut tx, own) = require_manager(platform, viewer, id).await?;
    let role = member_role(role)?;
    let email = parse_email(email)?;
    let (token, now) = (secrets::token(&platform.ids), platform.clock.now());
    let new = NewInvitation { id: platform.ids.uuid(now), organisation: id, email: &email, role, now, expires_at: now + INVITATION_TTL };
    queries::replace_invitation(&mut tx, &token, new).await?;
    accounts::audit(&mut tx, viewer.id, AuditAction::MemberInvited, serde_json::json!({ "organisation": id, "role": role.key() })).await?;
    let link = platform.config.server.link(&format!("/invitations/accept?token={token}"));
    let text = format!(
        "Hello,\n\n{} invites you to join {} on Legwork as {}:\n\n{link}\n\nThe link works for two weeks. If you do not know them, do nothing.\n",
        viewer.name,
        own.name,
        role.label().to_lowercase()
    );
    let email = Email { account: viewer.id, to: email, subject: format!("Join {}", own.name), text };
    platform.send_email(&mut tx, &email).await?;
    tx.commit().await?;
    Ok(email)
}

/// Revokes an invitation.
pub async fn revoke_invitation(platform: &Platform, viewer: &Viewer, id: Uuid, invitation: Uuid) -> Result<(), Error> {
    let (mut tx, _) = require_manager(platform, viewer, id).await?;
    if !queries::delete_invitation(&mut tx, id, invitation).await? {
        return Err(Error::not_found("invitation"));
    }
    tx.commit().await
}

/// Joins with the token from an invitation email.
pub async fn join(tx: &mut Tx, token: &str, now: chrono::DateTime<chrono::Utc>) -> Result<Uuid, Error> {
    queries::accept_invitation(tx, token, now)
        .await?
        .ok_or_else(|| Error::problem(ProblemKind::NotFound, "That invitation was already used, was revoked, or is too old. Ask for a new one."))
}

/// Changes a member's role. The last owner stays one.
pub async fn change_role(platform: &Platform, viewer: &Viewer, id: Uuid, member: Uuid, role: &str) -> Result<(), Error> {
    let (mut tx, _) = require_manager(platform, viewer, id).await?;
    let role = member_role(role)?;
    require_done(queries::set_role(&mut tx, id, member, role).await?)?;
    accounts::audit(&mut tx, member, AuditAction::MemberRoleChanged, serde_json::json!({ "organisation": id, "after": role.key() })).await?;
    tx.commit().await
}

/// Removes a member, or leaves. The last owner must stay while there are other members; with the last member the organisation is deleted.
pub async fn remove(platform: &Platform, viewer: &Viewer, id: Uuid, member: Uuid) -> Result<(), Error> {
    let mut tx = if member == viewer.id { platform.database.begin_as(viewer.id).await? } else { require_manager(platform, viewer, id).await?.0 };
    require_done(queries::delete_member(&mut tx, id, member).await?)?;
    accounts::audit(&mut tx, member, AuditAction::MemberLeft, serde_json::json!({ "organisation": id })).await?;
    tx.commit().await
}

/// The viewer's membership in an organisation; "not found" for non-members.
async fn own_membership(tx: &mut Tx, id: Uuid) -> Result<Membership, Error> {
    list_memberships(tx).await?.into_iter().find(|b| b.id == id).ok_or_else(|| Error::not_found("organisation"))
}

/// A transaction of a manager of the organisation; "not found" for all others.
async fn require_manager(platform: &Platform, viewer: &Viewer, id: Uuid) -> Result<(Tx, Membership), Error> {
    let mut tx = platform.database.begin_as(viewer.id).await?;
    let own = own_membership(&mut tx, id).await?;
    if !may(own.role, Permission::ManageMembers) {
        return Err(Error::not_found("organisation"));
    }
    require_mfa_for(platform, viewer, own.role)?;
    Ok((tx, own))
}

fn member_role(key: &str) -> Result<Role, Error> {
    Role::parse(key).filter(|r| Role::MEMBER.contains(r)).ok_or_else(|| Error::problem(ProblemKind::Invalid, "There is no such role."))
}

/// The problem with a change of members that was refused.
fn require_done(changed: Changed) -> Result<(), Error> {
    match changed {
        Changed::Done => Ok(()),
        Changed::NotFound => Err(Error::not_found("member")),
        Changed::LastOwner => Err(Error::problem(ProblemKind::Conflict, "That is the last owner. Appoint another one first.")),
    }
}
