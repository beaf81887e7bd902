//! The table `accounts`, and the narrow functions that find accounts of others.

use chrono::{DateTime, Utc};
use domain::accounts::{AccountSummary, Viewer};
use domain::audit::AuditAction;
use domain::permissions::Role;
use domain::units::Units;
use platform::{Error, Tx};
use sqlx::PgConnection;
use uuid::Uuid;

/// A new row.
pub(crate) struct Insert<'a> {
    /// The viewer of the transaction, as the policy requires of an insert.
    pub(crate) id: Uuid,
    pub(crate) email: &'a str,
    pub(crate) name: &'a str,
    /// Empty without a password.
    pub(crate) password_hash: &'a str,
    /// IANA name.
    pub(crate) time_zone: &'a str,
    pub(crate) units: Units,
    pub(crate) synthetic: bool,
    pub(crate) created_at: DateTime<Utc>,
}

/// Inserts an account. `false` if another one has its address.
pub(crate) async fn insert(tx: &mut Tx, row: &Insert<'_>) -> Result<bool, Error> {
    let inserted = sqlx::query!(
        "insert into accounts (id, email, name, password_hash, time_zone, synthetic, created_at, units) values ($1, $2, $3, $4, $5, $6, $7, $8)",
        row.id,
        row.email,
        row.name,
        row.password_hash,
        row.time_zone,
        row.synthetic,
        row.created_at,
        row.units.code()
    )
    .execute(tx.connection())
    .await;
    Ok(unless_taken(inserted)?.is_some())
}

/// `None` if the address belongs to another account.
fn unless_taken<T>(result: Result<T, sqlx::Error>) -> Result<Option<T>, sqlx::Error> {
    match result {
        Err(error) if error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation) => Ok(None),
        result => result.map(Some),
    }
}

/// The account of one exact address, and its password's hash; for an anonymous transaction.
pub(crate) async fn credentials(tx: &mut Tx, email: &str) -> Result<Option<(Uuid, String)>, Error> {
    let row = sqlx::query!(r#"select account_id as "id!", password_hash as "hash!" from credentials_for($1)"#, email)
        .fetch_optional(tx.connection())
        .await?;
    Ok(row.map(|row| (row.id, row.hash)))
}

/// An account as its own viewer.
pub(crate) async fn viewer(tx: &mut Tx, id: Uuid, second_factor: bool) -> Result<Viewer, Error> {
    let row = sqlx::query!(
        "select name, email, time_zone, units, synthetic, email_verified_at, deletion_requested_at, role from accounts where id = $1",
        id
    )
    .fetch_one(tx.connection())
    .await?;
    Ok(Viewer {
        id,
        name: row.name,
        email: row.email,
        time_zone: row.time_zone,
        units: Units::from_code(&row.units),
        synthetic: row.synthetic,
        role: Role::parse(&row.role).unwrap_or_default(),
        verified: row.email_verified_at.is_some(),
        second_factor,
        deletion_requested_at: row.deletion_requested_at,
        reauthenticated_at: None,
        organisations: Vec::new(),
        agreed: None,
    })
}

/// The address and the name.
pub(crate) async fn email_and_name(tx: &mut Tx, id: Uuid) -> Result<(String, String), Error> {
    let row = sqlx::query!("select email, name from accounts where id = $1", id).fetch_one(tx.connection()).await?;
    Ok((row.email, row.name))
}

/// The address.
pub(crate) async fn email(tx: &mut Tx, id: Uuid) -> Result<String, Error> {
    Ok(sqlx::query_scalar!("select email from accounts where id = $1", id).fetch_one(tx.connection()).await?)
}

/// The address, and the password's hash.
pub(crate) async fn email_and_hash(tx: &mut Tx, id: Uuid) -> Result<(String, String), Error> {
    let row = sqlx::query!("select email, password_hash from accounts where id = $1", id).fetch_one(tx.connection()).await?;
    Ok((row.email, row.password_hash))
}

/// The name, and whether the account was made up.
pub(crate) async fn name_and_synthetic(tx: &mut Tx, id: Uuid) -> Result<(String, bool), Error> {
    let row = sqlx::query!("select name, synthetic from accounts where id = $1", id).fetch_one(tx.connection()).await?;
    Ok((row.name, row.synthetic))
}

/// The time zone, an IANA name.
pub(crate) async fn time_zone(tx: &mut Tx, id: Uuid) -> Result<String, Error> {
    Ok(sqlx::query_scalar!("select time_zone from accounts where id = $1", id).fetch_one(tx.connection()).await?)
}

/// The units.
pub(crate) async fn units(tx: &mut Tx, id: Uuid) -> Result<Units, Error> {
    let code = sqlx::query_scalar!("select units from accounts where id = $1", id).fetch_one(tx.connection()).await?;
    Ok(Units::from_code(&code))
}

/// Locks an account until the transaction ends: others may lock it so as well, but nobody changes it.
pub(crate) async fn lock_for_share(tx: &mut Tx, id: Uuid) -> Result<(), Error> {
    sqlx::query!(r#"select 1 as "one!" from accounts where id = $1 for share"#, id).fetch_optional(tx.connection()).await?;
    Ok(())
}

/// An account's name and time zone; nobody else changes them until the transaction ends.
pub(crate) async fn lock_profile(tx: &mut Tx, id: Uuid) -> Result<(String, String), Error> {
    let row = sqlx::query!("select name, time_zone from accounts where id = $1 for no key update", id).fetch_one(tx.connection()).await?;
    Ok((row.name, row.time_zone))
}

/// Sets the name and the time zone. `false` if the account is gone.
pub(crate) async fn set_profile(tx: &mut Tx, id: Uuid, name: &str, time_zone: &str) -> Result<bool, Error> {
    let set = sqlx::query!("update accounts set name = $2, time_zone = $3 where id = $1", id, name, time_zone);
    Ok(set.execute(tx.connection()).await?.rows_affected() == 1)
}

/// Sets the units.
pub(crate) async fn set_units(tx: &mut Tx, id: Uuid, units: Units) -> Result<(), Error> {
    sqlx::query!("update accounts set units = $2 where id = $1", id, units.code()).execute(tx.connection()).await?;
    Ok(())
}

/// Sets the password's hash.
pub(crate) async fn set_hash(tx: &mut Tx, id: Uuid, hash: &str) -> Result<(), Error> {
    sqlx::query!("update accounts set password_hash = $2 where id = $1", id, hash).execute(tx.connection()).await?;
    Ok(())
}

/// Sets the hash of the same password at another cost. `false` if the password was changed in the meantime.
pub(crate) async fn renew_hash(tx: &mut Tx, id: Uuid, fresh: &str, old: &str) -> Result<bool, Error> {
    let renewed = sqlx::query!("update accounts set password_hash = $2 where id = $1 and password_hash = $3", id, fresh, old);
    Ok(renewed.execute(tx.connection()).await?.rows_affected() == 1)
}

/// Whether this is still the password's hash. A change of it waits for this transaction, or this for the change.
pub(crate) async fn has_hash_for_share(tx: &mut Tx, id: Uuid, hash: &str) -> Result<bool, Error> {
    let still = sqlx::query_scalar!(r#"select true as "still!" from accounts where id = $1 and password_hash = $2 for share"#, id, hash);
    Ok(still.fetch_optional(tx.connection()).await?.is_some())
}

/// The same, for a transaction that changes the account.
pub(crate) async fn has_hash_for_update(tx: &mut Tx, id: Uuid, hash: &str) -> Result<bool, Error> {
    let still = sqlx::query_scalar!(r#"select true as "still!" from accounts where id = $1 and password_hash = $2 for update"#, id, hash);
    Ok(still.fetch_optional(tx.connection()).await?.is_some())
}

/// Records that the address is confirmed.
pub(crate) async fn set_confirmed(tx: &mut Tx, id: Uuid, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!("update accounts set email_verified_at = $2 where id = $1", id, now).execute(tx.connection()).await?;
    Ok(())
}

/// Records that this address is confirmed, and whether that is the first time. `None` if it is no longer the account's.
pub(crate) async fn confirm_address(tx: &mut Tx, id: Uuid, now: DateTime<Utc>, email: &str) -> Result<Option<bool>, Error> {
    let confirmed = sqlx::query_scalar!(
        r#"update accounts a set email_verified_at = coalesce(a.email_verified_at, $2), expiry_told_at = null from accounts before
           where a.id = $1 and a.email = $3 and before.id = a.id returning before.email_verified_at is null as "first!""#,
        id,
        now,
        email
    );
    Ok(confirmed.fetch_optional(tx.connection()).await?)
}

/// Changes the address to one that is confirmed, and returns whether it is the account's first such. `None` if another account has it.
pub(crate) async fn change_address(tx: &mut Tx, id: Uuid, email: &str, now: DateTime<Utc>) -> Result<Option<bool>, Error> {
    let moved = sqlx::query_scalar!(
        r#"update accounts a set email = $2, email_verified_at = $3, expiry_told_at = null from accounts before
           where a.id = $1 and before.id = a.id returning before.email_verified_at is null as "first!""#,
        id,
        email,
        now
    )
    .fetch_one(tx.connection())
    .await;
    Ok(unless_taken(moved)?)
}

/// Accounts whose address or name contains the words, by address, after the one with this id; for staff.
pub(crate) async fn search(tx: &mut Tx, wanted: &str, after: Uuid, limit: i32) -> Result<Vec<AccountSummary>, Error> {
    let rows = sqlx::query!(
        r#"select account_id as "id!", email as "email!", name as "name!", role as "role!", verified as "verified!", created_at as "created_at!"
           from search_accounts($1, $2, $3)"#,
        wanted,
        after,
        limit
    )
    .fetch_all(tx.connection())
    .await?;
    let summary = |id, email, name, role: &str, verified, created_at| {
        let role = Role::parse(role).unwrap_or_default();
        AccountSummary { id, email, name, role, verified, created_at }
    };
    Ok(rows.into_iter().map(|r| summary(r.id, r.email, r.name, &r.role, r.verified, r.created_at)).collect())
}

/// Sets a role on the site, and ends the account's sessions. Returns `done`, or the word for why not.
pub(crate) async fn set_role(tx: &mut Tx, id: Uuid, role: Role) -> Result<String, Error> {
    Ok(sqlx::query_scalar!(r#"select set_role($1, $2) as "said!""#, id, role.key()).fetch_one(tx.connection()).await?)
}

/// Makes an account with a confirmed address an owner, as the owner of the tables, and ends its sessions. `false` if there is no such account.
pub(crate) async fn grant_owner(owner: &mut PgConnection, id: Uuid) -> Result<bool, Error> {
    let change = "update accounts a set role = 'owner' from accounts b
                  where a.id = $1 and b.id = a.id and a.email_verified_at is not null returning b.role";
    let before: Option<String> = sqlx::query_scalar(change).bind(id).fetch_optional(&mut *owner).await?;
    let Some(before) = before else { return Ok(false) };
    sqlx::query("insert into audit_log (subject_id, action, details) values ($1, $2, jsonb_build_object('before', $3::text, 'after', 'owner'))")
        .bind(id)
        .bind(AuditAction::RoleChanged.key())
        .bind(before)
        .execute(&mut *owner)
        .await?;
    sqlx::query("delete from sessions where account_id = $1").bind(id).execute(owner).await?;
    Ok(true)
}
