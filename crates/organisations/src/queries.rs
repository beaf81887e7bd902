//! All SQL of organisations. Policies let members see and change only what their role allows.

use chrono::{DateTime, Utc};
use domain::organisations::{Invitation, Member, Membership};
use domain::permissions::Role;
use platform::secrets::token_hash;
use platform::{Error, Tx};
use uuid::Uuid;

/// The database's error code for an organisation that would be left without an owner.
const NO_OWNER: &str = "LW001";

/// A new invitation.
pub(crate) struct NewInvitation<'a> {
    pub(crate) id: Uuid,
    pub(crate) organisation: Uuid,
    pub(crate) email: &'a str,
    pub(crate) role: Role,
    pub(crate) now: DateTime<Utc>,
    pub(crate) expires_at: DateTime<Utc>,
}

/// What came of a change of members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Changed {
    Done,
    /// There is no such member that the viewer may change.
    NotFound,
    /// The organisation would be left without an owner.
    LastOwner,
}

fn role(key: &str) -> Role {
    Role::parse(key).unwrap_or_default()
}

/// The organisations of an account, by name.
pub(crate) async fn memberships(tx: &mut Tx, account: Uuid) -> Result<Vec<Membership>, Error> {
    let rows = sqlx::query!(
        "select o.id, o.name, m.role from memberships m join organisations o on o.id = m.organisation_id where m.account_id = $1 order by lower(o.name), o.id",
        account
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows.into_iter().map(|r| Membership { id: r.id, name: r.name, role: role(&r.role) }).collect())
}

/// Creates an organisation that the viewer owns.
pub(crate) async fn create(tx: &mut Tx, id: Uuid, name: &str, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!("select create_organisation($1, $2, $3)", id, name, now).execute(tx.connection()).await?;
    Ok(())
}

/// Renames an organisation.
pub(crate) async fn rename(tx: &mut Tx, id: Uuid, name: &str) -> Result<(), Error> {
    sqlx::query!("update organisations set name = $2 where id = $1", id, name).execute(tx.connection()).await?;
    Ok(())
}

/// The members of an organisation, and whether each shows the viewer anything.
pub(crate) async fn members(tx: &mut Tx, organisation: Uuid) -> Result<Vec<Member>, Error> {
    let rows = sqlx::query!(
        r#"select account_id as "id!", name as "name!", email as "email!", role as "role!", joined_at as "joined_at!",
                 exists (select from visibility_of_athlete(account_id)) as "shows!"
               from members_of($1)"#,
        organisation
    )
    .fetch_all(tx.connection())
    .await?;
    let member = |id, name, email, key: &str, joined_at, shows| Member { id, name, email, role: role(key), joined_at, shows };
    Ok(rows.into_iter().map(|r| member(r.id, r.name, r.email, &r.role, r.joined_at, r.shows)).collect())
}

/// Sets a member's role.
pub(crate) async fn set_role(tx: &mut Tx, organisation: Uuid, member: Uuid, role: Role) -> Result<Changed, Error> {
    let changed = sqlx::query!("update memberships set role = $3 where organisation_id = $1 and account_id = $2", organisation, member, role.key());
    outcome(changed.execute(tx.connection()).await)
}

/// Deletes a membership.
pub(crate) async fn delete_member(tx: &mut Tx, organisation: Uuid, member: Uuid) -> Result<Changed, Error> {
    let gone = sqlx::query!("delete from memberships where organisation_id = $1 and account_id = $2", organisation, member);
    outcome(gone.execute(tx.connection()).await)
}

fn outcome(result: Result<sqlx::postgres::PgQueryResult, sqlx::Error>) -> Result<Changed, Error> {
    match result {
        Err(error) if error.as_database_error().is_some_and(|e| e.code().is_some_and(|code| code == NO_OWNER)) => Ok(Changed::LastOwner),
        result => Ok(if result?.rows_affected() == 0 { Changed::NotFound } else { Changed::Done }),
    }
}

/// The invitations to an organisation, by address.
pub(crate) async fn invitations(tx: &mut Tx, organisation: Uuid) -> Result<Vec<Invitation>, Error> {
    let rows = sqlx::query!("select id, email, role, expires_at from invitations where organisation_id = $1 order by email", organisation)
        .fetch_all(tx.connection())
        .await?;
    Ok(rows.into_iter().map(|r| Invitation { id: r.id, email: r.email, role: role(&r.role), expires_at: r.expires_at }).collect())
}

/// Inserts an invitation, in place of an earlier one to the same address; expired ones go, too.
pub(crate) async fn replace_invitation(tx: &mut Tx, token: &str, new: NewInvitation<'_>) -> Result<(), Error> {
    sqlx::query!("delete from invitations where organisation_id = $1 and (email = $2 or expires_at < $3)", new.organisation, new.email, new.now)
        .execute(tx.connection())
        .await?;
    sqlx::query!(
        "insert into invitations (id, organisation_id, email, role, token_hash, created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7)",
        new.id,
        new.organisation,
        new.email,
        new.role.key(),
        token_hash(token),
        new.now,
        new.expires_at
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Deletes an invitation. `false` if the organisation has none with this id.
pub(crate) async fn delete_invitation(tx: &mut Tx, organisation: Uuid, id: Uuid) -> Result<bool, Error> {
    let gone = sqlx::query!("delete from invitations where id = $1 and organisation_id = $2", id, organisation).execute(tx.connection()).await?;
    Ok(gone.rows_affected() == 1)
}

/// Uses an invitation, and returns its organisation; `None` if it is not valid.
pub(crate) async fn accept_invitation(tx: &mut Tx, token: &str, now: DateTime<Utc>) -> Result<Option<Uuid>, Error> {
    Ok(sqlx::query_scalar!("select accept_invitation($1, $2)", token_hash(token), now).fetch_one(tx.connection()).await?)
}
