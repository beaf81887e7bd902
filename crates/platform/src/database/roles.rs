//! The roles of one database, made and kept by its owner.
//!
//! Three, beside the owner: `legwork_app` is what the application may do and cannot log in; the *login* is how the application's connections
//! come in, and is nothing but a member of `legwork_app`; the *definer* owns the functions that answer narrow questions across accounts, and
//! cannot log in. Login and definer are named after the database: two databases of one `PostgreSQL` never change each other's.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};

use crate::error::Error;
use crate::hex;

/// What makes the roles and brings tables and functions into order; safe to run again.
const ROLES: &str = include_str!("roles.sql");

/// Who the application's connections are.
#[derive(Debug)]
pub(super) struct Login {
    /// The role's name.
    pub(super) name: String,
    /// `None` where the owner has none either: the socket's folder or the network is what is guarded there.
    password: Option<String>,
    /// Whether its password is ours to set.
    derived: bool,
    pub(super) definer: String,
}

/// Whether the schema is what this version makes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Schema {
    /// Migrations are about to run, and must see every row.
    Old,
    /// They have run.
    Migrated,
}

/// Tables that force their policies on the owner and have none that shows every row to it; none for a superuser.
const HIDDEN: &str = "
  select c.oid::regclass::text from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relforcerowsecurity and row_security_active(c.oid)
      and not exists (select from pg_policy p, unnest(p.polroles) role
        where p.polrelid = c.oid and p.polpermissive and p.polcmd = '*' and pg_get_expr(p.polqual, p.polrelid) = 'true'
          and role <> 0 and pg_has_role(role, 'usage'))
    order by 1";

impl Login {
    /// The login of a database, with a password that follows from the owner's: every server of the database knows it, and none keeps it.
    pub(super) fn of(owner: &PgConnectOptions) -> Self {
        let database = database(owner);
        let mark = password_comment(database);
        let password = owner.to_url_lossy().password().map(|encoded| hex(&keyed(encoded.as_bytes(), &format!("legwork login {database}"))));
        Self { name: format!("legwork_login_{mark}"), password, derived: true, definer: format!("legwork_definer_{mark}") }
    }

    /// A login of the operator's choice.
    pub(super) fn given(owner: &PgConnectOptions, app: &PgConnectOptions) -> Self {
        let password = password(app);
        let definer = format!("legwork_definer_{}", password_comment(database(owner)));
        Self { name: app.get_username().to_owned(), password, derived: false, definer }
    }

    /// How the application connects where the operator gave no address of its own.
    pub(super) fn options(&self, owner: &PgConnectOptions) -> PgConnectOptions {
        let options = owner.clone().username(&self.name);
        if let Some(password) = &self.password { options.password(password) } else { options }
    }

    /// Makes the roles, forces row-level security on every table that has it, and hands functions to the definer; with an old schema, only what
    /// lets its rows be seen.
    pub(super) async fn secure(&self, owner: &mut PgConnection, schema: Schema) -> Result<(), Error> {
        locked(owner, async |owner| {
            let mut transaction = owner.begin().await?;
            let kept = self.password.as_deref().map(verifier).unwrap_or_default();
            let migrated = if schema == Schema::Migrated { "true" } else { "false" };
            for (key, value) in [("login", self.name.as_str()), ("definer", &self.definer), ("verifier", &kept), ("migrated", migrated)] {
                let set = sqlx::query("select set_config('legwork.' || $1, $2, true)").bind(key).bind(value);
                set.persistent(false).execute(&mut *transaction).await?;
            }
            sqlx::raw_sql(ROLES).execute(&mut *transaction).await.map_err(|e| self.setup_error(&e))?;
            Ok(transaction.commit().await?)
        })
        .await
    }

    /// Sets the password anew, after the owner's has changed. `false` where it is not ours to set.
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

    /// Does something while the owner is a member of the definer: it sees every row, which `FORCE ROW LEVEL SECURITY` keeps even from the owner
    /// unless it is a superuser, and may change the definer's functions. Where it would not see every row, nothing is done. Several may be at it
    /// at once; the last one leaves.
    pub(super) async fn with_definer_role<T>(
        &self,
        owner: &mut PgConnection,
        act: impl AsyncFnOnce(&mut PgConnection) -> Result<T, Error>,
    ) -> Result<T, Error> {
        locked(owner, async |owner| {
            sqlx::query("select pg_advisory_lock_shared(hashtext('legwork lifted'))").execute(&mut *owner).await?;
            self.member(owner, "grant %I to %I").await
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
                self.member(owner, "revoke %I from %I").await?;
                sqlx::query("select pg_advisory_unlock(hashtext('legwork lifted'))").execute(owner).await?;
            }
            Ok(())
        })
        .await;
        let done = done?;
        left.map(|()| done)
    }

    async fn member(&self, owner: &mut PgConnection, form: &'static str) -> Result<(), Error> {
        let change = "select format($1, $2, current_user) from pg_roles where rolname = current_user and not rolsuper
                      and exists (select from pg_roles where rolname = $2)";
        if let Some(sql) = sqlx::query_scalar::<_, String>(change).bind(form).bind(&self.definer).fetch_optional(&mut *owner).await? {
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(owner).await.map_err(|e| self.setup_error(&e))?;
        }
        Ok(())
    }

    fn setup_error(&self, error: &sqlx::Error) -> Error {
        Error::Setup(format!(
            "The roles {} and {} cannot be brought into order: {error}. The user of DATABASE_URL must own the database and have CREATEROLE; or set \
             storage.app_url to a login that is a member of `legwork_app` and of nothing else.",
            self.name, self.definer
        ))
    }
}

/// An error where a statement of the owner's would pass over rows that are there, and pass for done.
async fn sees_all(owner: &mut PgConnection) -> Result<(), Error> {
    let hidden: Vec<String> = sqlx::query_scalar(HIDDEN).fetch_all(owner).await?;
    let Some(first) = hidden.first() else { return Ok(()) };
    Err(Error::Setup(format!(
        "The user of DATABASE_URL does not see the rows of {first} and {} more tables, so nothing was done: a migration or a backup would pass over \
         them. It must inherit what its roles may do (`alter role … inherit`), and own the database.",
        hidden.len() - 1
    )))
}

/// What `PostgreSQL` keeps of a password (RFC 5803), so that the password itself stands in no statement and in no log of statements.
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

/// One at a time for a database: servers may start at once, and catalogues are changed by no two.
async fn locked<T>(owner: &mut PgConnection, act: impl AsyncFnOnce(&mut PgConnection) -> Result<T, Error>) -> Result<T, Error> {
    sqlx::query("select pg_advisory_lock(hashtext('legwork roles'))").execute(&mut *owner).await?;
    let done = act(owner).await;
    sqlx::query("select pg_advisory_unlock(hashtext('legwork roles'))").execute(owner).await?;
    done
}

/// As `PostgreSQL` does, the database is the user's where none is named.
fn database(owner: &PgConnectOptions) -> &str {
    owner.get_database().unwrap_or_else(|| owner.get_username())
}

/// The password of an address, if it has one.
pub(super) fn password(options: &PgConnectOptions) -> Option<String> {
    let url = options.to_url_lossy();
    let pair = format!("p={}", url.password()?);
    url::form_urlencoded::parse(pair.as_bytes()).next().map(|(_, password)| password.into_owned())
}

fn password_comment(database: &str) -> String {
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
