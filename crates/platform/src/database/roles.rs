//! The roles of one database, created and maintained by its owner.
//!
//! Three, besides the owner: `legwork_app` holds the application's privileges and cannot log in; the *login* is the role of the application's
//! connections, and only a member of `legwork_app`; the *definer* owns the functions that answer narrow questions across accounts, and
//! cannot log in. Login and definer are named after the database: two databases of one `PostgreSQL` never change each other's.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};

use crate::error::Error;
use crate::hex;

/// Creates the roles and sets up tables and functions; idempotent.
const ROLES: &str = include_str!("roles.sql");

/// The login of the application's connections.
#[derive(Debug)]
pub(super) struct Login {
    /// The role's name.
    pub(super) name: String,
    /// `None` if the owner has none either: then access to the socket's folder or the network is what is restricted.
    password: Option<String>,
    /// Whether its password is derived from the owner's, and so ours to set.
    derived: bool,
    pub(super) definer: String,
}

/// Whether the migrations have run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Schema {
    /// Migrations are yet to run, and must see every row.
    Old,
    /// They have run.
    Migrated,
}

/// Tables that force their policies on the owner and have no policy that shows it every row; none for a superuser.
const HIDDEN: &str = "
  select c.oid::regclass::text from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relforcerowsecurity and row_security_active(c.oid)
      and not exists (select from pg_policy p, unnest(p.polroles) role
        where p.polrelid = c.oid and p.polpermissive and p.polcmd = '*' and pg_get_expr(p.polqual, p.polrelid) = 'true'
          and role <> 0 and pg_has_role(role, 'usage'))
    order by 1";

impl Login {
    /// The login of a database, with a password derived from the owner's: every server of the database can compute it, and none stores it.
    pub(super) fn of(owner: &PgConnectOptions) -> Self {
        let database = database(owner);
        let suffix = role_suffix(database);
        let password = owner.to_url_lossy().password().map(|encoded| hex(&keyed(encoded.as_bytes(), &format!("legwork login {database}"))));
        Self { name: format!("legwork_login_{suffix}"), password, derived: true, definer: format!("legwork_definer_{suffix}") }
    }

    /// A login of the operator's choice.
    pub(super) fn given(owner: &PgConnectOptions, app: &PgConnectOptions) -> Self {
        let password = password(app);
        let definer = format!("legwork_definer_{}", role_suffix(database(owner)));
        Self { name: app.get_username().to_owned(), password, derived: false, definer }
    }

    /// How the application connects if the operator configured no address for it.
    pub(super) fn options(&self, owner: &PgConnectOptions) -> PgConnectOptions {
        let options = owner.clone().username(&self.name);
        if let Some(password) = &self.password { options.password(password) } else { options }
    }

    /// Creates the roles, forces row-level security on every table that has it, and hands functions to the definer; with an old schema, does only
    /// what makes its rows visible to migrations.
    pub(super) async fn secure(&self, owner: &mut PgConnection, schema: Schema) -> Result<(), Error> {
        locked(owner, async |owner| {
            let mut transaction = owner.begin().await?;
            let verifier = self.password.as_deref().map(verifier).unwrap_or_default();
            let migrated = if schema == Schema::Migrated { "true" } else { "false" };
            for (key, value) in [("login", self.name.as_str()), ("definer", &self.definer), ("verifier", &verifier), ("migrated", migrated)] {
                let set = sqlx::query("select set_config('legwork.' || $1, $2, true)").bind(key).bind(value);
                set.persistent(false).execute(&mut *transaction).await?;
            }
            sqlx::raw_sql(ROLES).execute(&mut *transaction).await.map_err(|e| self.setup_error(&e))?;
            Ok(transaction.commit().await?)
        })
        .await
    }

    /// Resets the password after the owner's has changed. `false` if it is not ours to set.
    pub(super) async fn renew_password(&self, owner: &mut PgConnection) -> Result<bool, Error> {
        let Some(password) = self.password.as_deref().filter(|_| self.derived) else { return Ok(false) };
        // A verifier is letters, digits and `$:+/=`; the name is ours.
        let sql = format!("alter role {} password '{}'", self.name, verifier(password));
        locked(owner, async |owner| {
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *owner).await.map_err(|e| self.setup_error(&e))?;
            Ok(true)
        })
        .await
    }

    /// Runs something while the owner is a member of the definer: it sees every row, which `FORCE ROW LEVEL SECURITY` hides even from the owner
    /// unless it is a superuser, and may change the definer's functions. If it would not see every row, nothing is run. Several may do so
    /// concurrently; the last one revokes the membership.
    pub(super) async fn with_definer_role<T>(
        &self,
        owner: &mut PgConnection,
        act: impl AsyncFnOnce(&mut PgConnection) -> Result<T, Error>,
    ) -> Result<T, Error> {
        locked(owner, async |owner| {
            sqlx::query("select pg_advisory_lock_shared(hashtext('legwork lifted'))").execute(&mut *owner).await?;
            self.change_membership(owner, "grant %I to %I").await
        })
        .await?;
        let done = match sees_all(owner).await {
            Ok(()) => act(owner).await,
            Err(error) => Err(error),
        };
        let left = locked(owner, async |owner| {
            sqlx::query("select pg_advisory_unlock_shared(hashtext('legwork lifted'))").execute(&mut *owner).await?;
            let last: bool = sqlx::query_scalar("select pg_try_advisory_lock(hashtext('legwork lifted'))").fetch_one(&mut *owner).await?;
            if last {
                self.change_membership(owner, "revoke %I from %I").await?;
                sqlx::query("select pg_advisory_unlock(hashtext('legwork lifted'))").execute(owner).await?;
            }
            Ok(())
        })
        .await;
        let done = done?;
        left.map(|()| done)
    }

    async fn change_membership(&self, owner: &mut PgConnection, statement: &'static str) -> Result<(), Error> {
        let change = "select format($1, $2, current_user) from pg_roles where rolname = current_user and not rolsuper
                      and exists (select from pg_roles where rolname = $2)";
        if let Some(sql) = sqlx::query_scalar::<_, String>(change).bind(statement).bind(&self.definer).fetch_optional(&mut *owner).await? {
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(owner).await.map_err(|e| self.setup_error(&e))?;
        }
        Ok(())
    }

    fn setup_error(&self, error: &sqlx::Error) -> Error {
        Error::Setup(format!(
            "The roles {} and {} cannot be set up: {error}. The user of DATABASE_URL must own the database and have CREATEROLE; or set \
             storage.app_url to a login that is a member of `legwork_app` and of nothing else.",
            self.name, self.definer
        ))
    }
}

/// An error if the owner's statements would silently skip rows.
async fn sees_all(owner: &mut PgConnection) -> Result<(), Error> {
    let hidden: Vec<String> = sqlx::query_scalar(HIDDEN).fetch_all(owner).await?;
    let Some(first) = hidden.first() else { return Ok(()) };
    Err(Error::Setup(format!(
        "The user of DATABASE_URL does not see the rows of {first} and {} more tables, so nothing was done: a migration or a backup would skip \
        them. It must inherit the privileges of its roles (`alter role … inherit`), and own the database.",
        hidden.len() - 1
    )))
}

/// What `PostgreSQL` stores of a password (RFC 5803), so that the password itself appears in no statement and in no statement log.
fn verifier(password: &str) -> String {
    const ROUNDS: u32 = 4096;
    let salt = &keyed(password.as_bytes(), "legwork salt")[..16];
    // PBKDF2 with HMAC-SHA-256, one block.
    let mut step = keyed_bytes(password.as_bytes(), &[salt, &[0, 0, 0, 1]].concat());
    let mut salted = step;
    for _ in 1..ROUNDS {
        step = keyed_bytes(password.as_bytes(), &step);
        salted.iter_mut().zip(step).for_each(|(all, one)| *all ^= one);
    }
    let stored = Sha256::digest(keyed(&salted, "Client Key"));
    let server = keyed(&salted, "Server Key");
    format!("SCRAM-SHA-256${ROUNDS}:{}${}:{}", STANDARD.encode(salt), STANDARD.encode(stored), STANDARD.encode(server))
}

/// One at a time per database: servers may start at once, and no two may change the catalogues together.
async fn locked<T>(owner: &mut PgConnection, act: impl AsyncFnOnce(&mut PgConnection) -> Result<T, Error>) -> Result<T, Error> {
    sqlx::query("select pg_advisory_lock(hashtext('legwork roles'))").execute(&mut *owner).await?;
    let done = act(owner).await;
    sqlx::query("select pg_advisory_unlock(hashtext('legwork roles'))").execute(owner).await?;
    done
}

/// As in `PostgreSQL`, the user's name if no database is given.
fn database(owner: &PgConnectOptions) -> &str {
    owner.get_database().unwrap_or_else(|| owner.get_username())
}

/// The password of a connection URL, if it has one.
pub(super) fn password(options: &PgConnectOptions) -> Option<String> {
    let url = options.to_url_lossy();
    let pair = format!("p={}", url.password()?);
    url::form_urlencoded::parse(pair.as_bytes()).next().map(|(_, password)| password.into_owned())
}

/// Distinguishes the roles of one database from those of another on the same server.
fn role_suffix(database: &str) -> String {
    hex(&Sha256::digest(database.as_bytes())[..6])
}

fn keyed(key: &[u8], text: &str) -> [u8; 32] {
    keyed_bytes(key, text.as_bytes())
}

fn keyed_bytes(key: &[u8], bytes: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"));
    mac.update(bytes);
    mac.finalize().into_bytes().into()
}
