//! The only way to the database: a session that says who is looking.

use std::str::FromStr;
use std::sync::Arc;

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection, PgConnection, PgPool, Postgres, Transaction};
use uuid::Uuid;

use crate::error::Error;
use crate::jobs;

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations");

/// A pool whose connections run as `legwork_app`: they own nothing and cannot bypass row-level security.
#[derive(Clone, Debug)]
pub struct Database {
    pool: PgPool,
    owner: Arc<PgConnectOptions>,
}

/// A transaction in which the database knows who is looking. Dropped without [`Session::commit`], nothing of it happened.
#[derive(Debug)]
pub struct Session {
    transaction: Transaction<'static, Postgres>,
    viewer: Option<Uuid>,
}

impl Database {
    /// Migrates as the owner, then opens the pool as the application's role.
    pub async fn open(owner: PgConnectOptions, connections: u32) -> Result<Self, Error> {
        migrate(&owner).await?;
        let database = Self::connect(owner, connections)?;
        jobs::install(&database).await?;
        Ok(database)
    }

    /// Opens the pool without migrating, for tests that migrated already.
    pub fn connect(owner: PgConnectOptions, connections: u32) -> Result<Self, Error> {
        let options = owner.clone().options([("role", "legwork_app")]).application_name("legwork");
        Ok(Self { pool: PgPoolOptions::new().max_connections(connections).connect_lazy_with(options), owner: Arc::new(owner) })
    }

    /// A few connections as the owner, for the queue of jobs alone: its tables belong to nobody's athlete.
    pub(crate) fn queue(&self) -> PgPool {
        let options = self.owner.as_ref().clone().application_name("legwork jobs");
        PgPoolOptions::new().max_connections(4).connect_lazy_with(options)
    }

    /// How the owner of the tables connects, for commands of whoever runs the server.
    #[must_use]
    pub fn owner(&self) -> &PgConnectOptions {
        &self.owner
    }

    /// Parses a `DATABASE_URL`.
    pub fn parse_url(url: &str) -> Result<PgConnectOptions, Error> {
        Ok(PgConnectOptions::from_str(url)?)
    }

    /// A session of an athlete: sees and changes what is theirs.
    pub async fn as_viewer(&self, viewer: Uuid) -> Result<Session, Error> {
        let mut session = self.as_nobody().await?;
        session.identify(viewer).await?;
        Ok(session)
    }

    /// Does something in a session of an athlete, all of it or nothing.
    pub async fn within<T>(&self, viewer: Uuid, act: impl AsyncFnOnce(&mut Session) -> Result<T, Error>) -> Result<T, Error> {
        let mut session = self.as_viewer(viewer).await?;
        let done = act(&mut session).await?;
        session.commit().await?;
        Ok(done)
    }

    /// A session of an athlete that sees one moment and changes nothing, for long reads.
    pub async fn snapshot(&self, viewer: Uuid) -> Result<Session, Error> {
        let mut session = Session { transaction: self.pool.begin_with("begin isolation level repeatable read read only").await?, viewer: None };
        session.identify(viewer).await?;
        Ok(session)
    }

    /// A session of nobody: sees no row at all, but may ask the narrow questions that sign-in needs.
    pub async fn as_nobody(&self) -> Result<Session, Error> {
        Ok(Session { transaction: self.pool.begin().await?, viewer: None })
    }

    /// Closes all connections.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

impl Session {
    /// For SQL.
    pub fn connection(&mut self) -> &mut PgConnection {
        &mut self.transaction
    }

    /// From here on somebody is looking: a token of theirs was taken, in this transaction.
    pub async fn identify(&mut self, viewer: Uuid) -> Result<(), Error> {
        sqlx::query("select set_config('legwork.viewer', $1, true)").bind(viewer.to_string()).execute(&mut *self.transaction).await?;
        self.viewer = Some(viewer);
        Ok(())
    }

    /// Who is looking. A session of nobody has no business where this is asked.
    pub fn viewer(&self) -> Result<Uuid, Error> {
        self.viewer.ok_or_else(|| Error::problem(domain::ProblemKind::NotSignedIn, "Sign in first."))
    }

    /// Makes it happen.
    pub async fn commit(self) -> Result<(), Error> {
        Ok(self.transaction.commit().await?)
    }
}

/// Applies what is new, under `PostgreSQL`'s advisory lock, so that two servers may start at once.
pub async fn migrate(owner: &PgConnectOptions) -> Result<(), Error> {
    let mut connection = PgConnection::connect_with(owner).await?;
    MIGRATIONS.run(&mut connection).await.map_err(|e| sqlx::Error::Migrate(Box::new(e)))?;
    connection.close().await?;
    Ok(())
}
