//! The only access to the database: transactions that set the viewer for row-level security.

mod backup;
mod check;
mod queue;
mod roles;

use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool, Postgres, Transaction};
use tokio::sync::OnceCell;
use uuid::Uuid;

pub use self::backup::{Backup, backup, check_file, restore};
pub use self::queue::install_queue_schema;
use self::roles::{Login, Schema};
use crate::config::Storage;
use crate::error::Error;
use crate::telemetry;

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations");

/// How long a request waits for a connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(2);

/// A pool whose login owns nothing and can become no other role: no SQL gets past row-level security.
#[derive(Clone, Debug)]
pub struct Database {
    pool: PgPool,
    owner: Arc<PgConnectOptions>,
    login: Arc<Login>,
    /// Set once the roles exist and the login is as weak as it must be. No transaction begins before.
    secured: Arc<OnceCell<()>>,
    prepared_statements: bool,
}

/// A transaction with a viewer for row-level security. Dropped without [`Tx::commit`], it is rolled back.
#[derive(Debug)]
pub struct Tx {
    transaction: Transaction<'static, Postgres>,
    acting: Option<Acting>,
}

/// Who acts in a transaction, whom it is about, and for which organisation. An id alone is an athlete who acts for themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Acting {
    /// Who acts: row-level security decides by them, the change log and the audit log name them.
    pub actor: Uuid,
    /// Whose jobs and events it makes.
    pub subject: Uuid,
    /// The organisation in whose name the actor acts, such as a coach's club.
    pub organisation: Option<Uuid>,
}

impl From<Uuid> for Acting {
    fn from(athlete: Uuid) -> Self {
        Self { actor: athlete, subject: athlete, organisation: None }
    }
}

impl Database {
    /// Migrates as the owner, creates the application's login, and opens the pool with it. An error if that login could do more than it should.
    pub async fn open(owner: PgConnectOptions, settings: &Storage) -> Result<Self, Error> {
        let app = settings.app_url.as_deref().map(Self::parse_url).transpose()?;
        let database = Self::connect_with(owner, app, settings.max_connections, settings.prepared_statements);
        migrate(&database.owner).await?;
        database.ensure_secured().await?;
        install_queue_schema(&database).await?;
        Ok(database)
    }

    /// Opens the pool without migrating, for tests that have migrated already. The first transaction creates the login.
    #[must_use]
    pub fn connect(owner: PgConnectOptions, connections: u32) -> Self {
        Self::connect_with(owner, None, connections, true)
    }

    fn connect_with(owner: PgConnectOptions, app: Option<PgConnectOptions>, connections: u32, prepared_statements: bool) -> Self {
        let login = app.as_ref().map_or_else(|| Login::of(&owner), |app| Login::given(&owner, app));
        let options = app.unwrap_or_else(|| login.options(&owner));
        // Poolers refuse startup parameters that they do not know; numbers travel in binary, so this one is not needed.
        let mut options = options.application_name("legwork").extra_float_digits(None);
        if !prepared_statements {
            options = options.statement_cache_capacity(0);
        }
        let pool = PgPoolOptions::new().max_connections(connections).acquire_timeout(ACQUIRE_TIMEOUT).connect_lazy_with(options);
        Self { pool, owner: Arc::new(owner), login: Arc::new(login), secured: Arc::default(), prepared_statements }
    }

    async fn ensure_secured(&self) -> Result<(), Error> {
        let secure = async || {
            let mut owner = PgConnection::connect_with(&self.owner).await?;
            self.login.secure(&mut owner, Schema::Migrated).await?;
            let mut connection = match self.pool.acquire().await {
                Err(sqlx::Error::Database(refused)) if refused.code().is_some_and(|c| c.starts_with("28")) => {
                    if !self.login.renew_password(&mut owner).await? {
                        return Err(Error::Setup(self.refused(&*refused)));
                    }
                    self.pool.acquire().await?
                }
                other => other?,
            };
            owner.close().await?;
            check::check_privileges(&mut connection).await
        };
        self.secured.get_or_try_init(secure).await?;
        Ok(())
    }

    /// The explanation when the server refuses the login.
    fn refused(&self, refused: &dyn sqlx::error::DatabaseError) -> String {
        let name = &self.login.name;
        let database = self.owner.get_database().unwrap_or_else(|| self.owner.get_username());
        // Not a wrong password, but the authentication rules.
        let rules = if refused.code().as_deref() == Some("28000") {
            format!(
                " With peer authentication, put `local {database} {name} peer map=legwork` above the other lines that begin with `local` in pg_hba.conf \
                 and `legwork {} {name}` into pg_ident.conf, and reload; or set storage.app_url to a login with a password.",
                crate::postgres::user_name()
            )
        } else {
            String::new()
        };
        format!("The database refuses the login {name}: {refused}.{rules}")
    }

    /// A few connections as the owner, for the job queue alone: its tables belong to no athlete.
    pub(crate) fn owner_pool(&self) -> PgPool {
        let options = self.owner.as_ref().clone().application_name("legwork jobs");
        PgPoolOptions::new().max_connections(3).connect_lazy_with(options)
    }

    /// How many connections of the pool are open, and how many of those wait for work.
    #[must_use]
    pub fn connections(&self) -> (u32, usize) {
        (self.pool.size(), self.pool.num_idle())
    }

    /// A connection as the owner, who sees no athlete's rows: for the job queue, whose tables are the owner's, and for what concerns tables and not rows.
    pub(crate) async fn owner_connection(&self) -> Result<PgConnection, Error> {
        Ok(PgConnection::connect_with(&self.owner).await?)
    }

    /// Runs a transaction as the owner of the tables, who sees every row: for the operator's commands and what is deleted at night.
    pub async fn as_owner<T>(&self, act: impl AsyncFnOnce(&mut PgConnection) -> Result<T, Error>) -> Result<T, Error> {
        let mut owner = PgConnection::connect_with(&self.owner).await?;
        let transact = async |owner: &mut PgConnection| {
            let mut transaction = owner.begin().await?;
            let done = act(&mut transaction).await?;
            transaction.commit().await?;
            Ok(done)
        };
        let done = self.login.with_definer_role(&mut owner, transact).await?;
        owner.close().await?;
        Ok(done)
    }

    /// Parses a `DATABASE_URL`.
    pub fn parse_url(url: &str) -> Result<PgConnectOptions, Error> {
        Ok(PgConnectOptions::from_str(url)?)
    }

    /// Begins a transaction of a viewer: it sees and changes what is theirs.
    pub async fn begin_as(&self, acting: impl Into<Acting>) -> Result<Tx, Error> {
        self.begin("begin", Some(acting.into())).await
    }

    /// Begins a transaction of a viewer that cannot write, for pages.
    pub async fn begin_read_only_as(&self, acting: impl Into<Acting>) -> Result<Tx, Error> {
        self.begin("begin read only", Some(acting.into())).await
    }

    /// Runs a transaction of a viewer: all of it or nothing.
    pub async fn transact<T>(&self, viewer: Uuid, act: impl AsyncFnOnce(&mut Tx) -> Result<T, Error>) -> Result<T, Error> {
        let mut tx = self.begin_as(viewer).await?;
        let done = act(&mut tx).await?;
        tx.commit().await?;
        Ok(done)
    }

    /// The same for work that also computes, once a permit is free: whatever a few users do, connections are left for the others.
    pub async fn transact_heavy<T>(&self, viewer: Uuid, act: impl AsyncFnOnce(&mut Tx) -> Result<T, Error>) -> Result<T, Error> {
        crate::with_heavy_permit(crate::ChargedTo::Account(viewer), Box::pin(self.transact(viewer, act))).await
    }

    /// Begins a read-only transaction of a viewer on one snapshot, for long reads.
    pub async fn begin_read_only_snapshot(&self, viewer: Uuid) -> Result<Tx, Error> {
        self.begin("begin isolation level repeatable read read only", Some(viewer.into())).await
    }

    /// Begins an anonymous transaction: it sees no row at all, but may call the narrow functions that sign-in needs.
    pub async fn begin_anonymous(&self) -> Result<Tx, Error> {
        self.begin("begin", None).await
    }

    /// Begins with this viewer and no other, whatever an earlier transaction on this connection may have left behind. One round trip to the database.
    async fn begin(&self, begin: &'static str, acting: Option<Acting>) -> Result<Tx, Error> {
        self.ensure_secured().await?;
        // Uncached statements still have names, and another client of the pooler may have used them on this connection.
        let forget = if self.prepared_statements { "" } else { "deallocate all; " };
        // Compiling a query takes longer than any of ours runs, and where statistics are missing the planner would compile them all.
        let sql = format!("{forget}{begin}; set local jit = off; {}", settings(acting));
        let begun = Instant::now();
        let transaction = self.pool.begin_with(AssertSqlSafe(sql)).await;
        telemetry::count_query(begun.elapsed());
        Ok(Tx { transaction: transaction?, acting })
    }

    /// Closes all connections.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

impl Tx {
    /// The connection, for queries.
    pub fn connection(&mut self) -> &mut PgConnection {
        &mut self.transaction
    }

    /// Sets the viewer from here on: their token was accepted in this transaction.
    pub async fn set_viewer(&mut self, viewer: Uuid) -> Result<(), Error> {
        let acting = Some(viewer.into());
        sqlx::raw_sql(AssertSqlSafe(settings(acting))).execute(&mut *self.transaction).await?;
        self.acting = acting;
        Ok(())
    }

    /// Waits until no other transaction holds the lock of this name, and holds it until this one ends.
    pub async fn lock(&mut self, name: &str) -> Result<(), Error> {
        sqlx::query("select pg_advisory_xact_lock(hashtextextended($1, 0))").bind(name).execute(self.connection()).await?;
        Ok(())
    }

    /// The same with a lock of this name that the viewer has alone: athletes do not wait for one another.
    pub async fn lock_own(&mut self, name: &str) -> Result<(), Error> {
        self.lock(&format!("{name}/{}", self.viewer()?)).await
    }

    /// The viewer; an error in an anonymous transaction.
    pub fn viewer(&self) -> Result<Uuid, Error> {
        Ok(self.acting()?.actor)
    }

    /// Who acts, whom it is about, for which organisation; an error in an anonymous transaction.
    pub fn acting(&self) -> Result<Acting, Error> {
        self.acting.ok_or_else(|| Error::problem(domain::ProblemKind::NotSignedIn, "Sign in first."))
    }

    /// Commits.
    pub async fn commit(self) -> Result<(), Error> {
        Ok(self.transaction.commit().await?)
    }

    /// Rolls back, and releases its locks before this returns.
    pub async fn rollback(self) -> Result<(), Error> {
        Ok(self.transaction.rollback().await?)
    }
}

/// The settings of a transaction that policies and functions read.
fn settings(acting: Option<Acting>) -> String {
    let Some(Acting { actor, subject, organisation }) = acting else {
        return "set local legwork.viewer = ''; set local legwork.subject = ''; set local legwork.organisation = ''".to_owned();
    };
    let organisation = organisation.map(|id| id.to_string()).unwrap_or_default();
    format!("set local legwork.viewer = '{actor}'; set local legwork.subject = '{subject}'; set local legwork.organisation = '{organisation}'")
}

/// Applies new migrations, under `PostgreSQL`'s advisory lock, so that two servers may start at once. Migrations see every row, and may change
/// functions that the definer owns.
pub async fn migrate(owner: &PgConnectOptions) -> Result<(), Error> {
    migrate_with(owner, &MIGRATIONS).await
}

/// The same with other migrations, for tests.
pub async fn migrate_with(owner: &PgConnectOptions, migrations: &Migrator) -> Result<(), Error> {
    let login = Login::of(owner);
    let mut connection = PgConnection::connect_with(owner).await?;
    login.secure(&mut connection, Schema::Old).await?;
    let run = async |owner: &mut PgConnection| Ok(migrations.run(owner).await.map_err(|e| sqlx::Error::Migrate(Box::new(e)))?);
    login.with_definer_role(&mut connection, run).await?;
    connection.close().await?;
    Ok(())
}
