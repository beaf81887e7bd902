//! Members of an organisation and their roles. Row-level security lets members see and change only what their role there allows; what they may
//! not see is "not found".

use accounts::require_mfa_for;
use chrono::TimeDelta;
use domain::ProblemKind;
use domain::accounts::{Viewer, parse_email};
use domain::organisations::{Invitation, Member, Membership, Organisation, parse_name};
use domain::permissions::{Permission, Role, may};
use platform::secrets::{self, token_hash};
use platform::{Email, Error, Platform, Tx};
use uuid::Uuid;

/// How long an invitation works.
const INVITATION_TTL: TimeDelta = TimeDelta::days(14);

/// The viewer's organisations.
pub async fn list_memberships(tx: &mut Tx) -> Result<Vec<Membership>, Error> {
    let account = tx.viewer()?;
    let rows = sqlx::query!(
        "select o.id, o.name, m.role from memberships m join organisations o on o.id = m.organisation_id where m.account_id = $1 order by lower(o.name), o.id",
        account
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows.into_iter().map(|r| Membership { id: r.id, name: r.name, role: Role::parse(&r.role).unwrap_or_default() }).collect())
}

/// Creates an organisation, owned by the viewer.
pub async fn create(platform: &Platform, viewer: Uuid, name: &str) -> Result<Uuid, Error> {
    let name = parse_name(name)?;
    let now = platform.clock.now();
    let id = platform.ids.uuid(now);
    let mut tx = platform.database.begin_as(viewer).await?;
    sqlx::query!("select create_organisation($1, $2, $3)", id, name, now).execute(tx.connection()).await?;
    tx.commit().await?;
    Ok(id)
}

/// An organisation as the viewer's role in it lets them see it.
pub async fn organisation(platform: &Platform, viewer: &Viewer, id: Uuid) -> Result<Organisation, Error> {
    let mut tx = platform.database.begin_as(viewer.id).await?;
    let own = own_membership(&mut tx, id).await?;
    let members = if may(own.role, Permission::SeeMembers) {
        let rows = sqlx::query!(
            r#"select account_id as "id!", name as "name!", email as "email!", role as "role!", joined_at as "joined_at!",
                 exists (select from visibility_of_athlete(account_id)) as "shows!"
               from members_of($1)"#,
            id
        )
        .fetch_all(tx.connection())
        .await?;
        let role = |role: &str| Role::parse(role).unwrap_or_default();
        rows.into_iter()
            .map(|r| Member { id: r.id, name: r.name, email: r.email, role: role(&r.role), joined_at: r.joined_at, shows: r.shows })
            .collect()
    } else {
        Vec::new()
    };
    let invited = sqlx::query!("select id, email, role, expires_at from invitations where organisation_id = $1 order by email", id)
        .fetch_all(tx.connection())
        .await?;
    let invited = invited
        .into_iter()
        .map(|r| Invitation { id: r.id, email: r.email, role: Role::parse(&r.role).unwrap_or_default(), expires_at: r.expires_at })
        .collect();
    let wants_factor = require_mfa_for(platform, viewer, own.role).is_err();
    Ok(Organisation { own, members, invited, viewer: viewer.id, wants_factor })
}

/// Renames an organisation.
pub async fn rename(platform: &Platform, viewer: &Viewer, id: Uuid, name: &str) -> Result<(), Error> {
    let (mut tx, _) = require_manager(platform, viewer, id).await?;
    let name = parse_name(name)?;
    sqlx::query!("update organisations set name = $2 where id = $1", id, name).execute(tx.connection()).await?;
    tx.commit().await
}

/// Invites someone to join, by an email, which is returned. A second invitation to the same address replaces the first.
pub async fn invite(platform: &Platform, viewer: &Viewer, id: Uuid, email: &str, role: &str) -> Result<Email, Error> {
    let (mut tx, own) = require_manager(platform, viewer, id).await?;
    let role = member_role(role)?;
    let email = parse_email(email)?;
    let (token, now) = (secrets::token(&platform.ids), platform.clock.now());
    sqlx::query!("delete from invitations where organisation_id = $1 and (email = $2 or expires_at < $3)", id, email, now)
        .execute(tx.connection())
        .await?;
    sqlx::query!(
        "insert into invitations (id, organisation_id, email, role, token_hash, created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7)",
        platform.ids.uuid(now),
        id,
        email,
        role.key(),
        token_hash(&token),
        now,
        now + INVITATION_TTL
    )
    .execute(tx.connection())
    .await?;
    accounts::audit(&mut tx, viewer.id, "invited", serde_json::json!({ "organisation": id, "role": role.key() })).await?;
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
    let gone = sqlx::query!("delete from invitations where id = $1 and organisation_id = $2", invitation, id).execute(tx.connection()).await?;
    if gone.rows_affected() == 0 {
        return Err(Error::not_found("invitation"));
    }
    tx.commit().await
}

/// Joins with the token from an invitation email.
pub async fn join(tx: &mut Tx, token: &str, now: chrono::DateTime<chrono::Utc>) -> Result<Uuid, Error> {
    sqlx::query_scalar!("select accept_invitation($1, $2)", token_hash(token), now)
        .fetch_one(tx.connection())
        .await?
        .ok_or_else(|| Error::problem(ProblemKind::NotFound, "That invitation was already used, was revoked, or is too old. Ask for a new one."))
}

/// Changes a member's role. The last owner stays one.
pub async fn change_role(platform: &Platform, viewer: &Viewer, id: Uuid, member: Uuid, role: &str) -> Result<(), Error> {
    let (mut tx, _) = require_manager(platform, viewer, id).await?;
    let role = member_role(role)?;
    let changed = sqlx::query!("update memberships set role = $3 where organisation_id = $1 and account_id = $2", id, member, role.key())
        .execute(tx.connection())
        .await;
    if map_last_owner(changed)?.rows_affected() == 0 {
        return Err(Error::not_found("member"));
    }
    accounts::audit(&mut tx, member, "member role", serde_json::json!({ "organisation": id, "after": role.key() })).await?;
    tx.commit().await
}

/// Removes a member, or leaves. The last owner must stay while there are other members; with the last member the organisation is deleted.
pub async fn remove(platform: &Platform, viewer: &Viewer, id: Uuid, member: Uuid) -> Result<(), Error> {
    let mut tx = if member == viewer.id { platform.database.begin_as(viewer.id).await? } else { require_manager(platform, viewer, id).await?.0 };
    let gone = sqlx::query!("delete from memberships where organisation_id = $1 and account_id = $2", id, member).execute(tx.connection()).await;
    if map_last_owner(gone)?.rows_affected() == 0 {
        return Err(Error::not_found("member"));
    }
    accounts::audit(&mut tx, member, "left", serde_json::json!({ "organisation": id })).await?;
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

/// Maps the database's error that an organisation would be left without an owner.
fn map_last_owner<T>(result: Result<T, sqlx::Error>) -> Result<T, Error> {
    result.map_err(|error| match error.as_database_error().and_then(|e| e.code().map(|c| c == "LW001")) {
        Some(true) => Error::problem(ProblemKind::Conflict, "That is the last owner. Appoint another one first."),
        _ => error.into(),
    })
}
