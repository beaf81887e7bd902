//! Files that people send: bounded while they come, durable before anybody is told that they have come, in one piece or in several.
//!
//! [`Receiver`] takes one piece. What is received belongs to its athlete until a feature takes it, in the transaction that puts it to use:
//!
//! ```no_run
//! use platform::uploads::{self, Receiver};
//! # use platform::{Error, Platform};
//! # async fn example(platform: &Platform, athlete: uuid::Uuid, field: axum::extract::multipart::Field<'_>) -> Result<(), Error> {
//! let mut receiver = Receiver::start(platform).await?;
//! receiver.read(field).await?;
//! let received = receiver.finish().await?;
//! // Later, perhaps in another request:
//! let mut tx = platform.database.begin_as(athlete).await?;
//! uploads::keep(platform, &mut tx, "journal", "days.csv", &received).await?;
//! let file = uploads::take(&mut tx, "journal", received.id).await?;
//! std::fs::read(platform.files.upload_path(&file.key()))?;
//! # Ok(())
//! # }
//! ```
//!
//! A large file comes in pieces ([`begin`], [`append`]): a connection that breaks costs what was not yet written, and the client goes on from there.
//! An upload that nobody goes on with or takes is deleted after a day.

mod piece;
mod receiver;

use domain::ProblemKind;
use uuid::Uuid;

pub use self::piece::append;
pub use self::receiver::{Interrupted, Received, Receiver, at_once};
use crate::{Error, Platform, Tx};

/// Uploads of one athlete that wait for a feature to take them, at most: each may be as large as a file may be.
const MAX_WAITING: i64 = 20;

/// A file that was sent or is being sent, and that no feature has taken yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Its id.
    pub id: Uuid,
    /// As the athlete knows it.
    pub name: String,
    /// Bytes of the whole file.
    pub bytes: u64,
    /// Bytes that have come and are durable.
    pub received: u64,
}

impl Upload {
    /// Its key in the file store.
    #[must_use]
    pub fn key(&self) -> String {
        self.id.to_string()
    }

    /// Whether all of it has come.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.received == self.bytes
    }
}

struct Row {
    id: Uuid,
    name: String,
    bytes: i64,
    received: i64,
}

impl From<Row> for Upload {
    fn from(row: Row) -> Self {
        // The table has no negative ones.
        let unsigned = |bytes| u64::try_from(bytes).unwrap_or_default();
        Self { id: row.id, name: row.name, bytes: unsigned(row.bytes), received: unsigned(row.received) }
    }
}

/// Begins an upload in pieces for a feature.
pub async fn begin(platform: &Platform, tx: &mut Tx, feature: &str, name: &str, bytes: u64) -> Result<Upload, Error> {
    receiver::require_bounded(platform, bytes)?;
    if bytes == 0 {
        return Err(Error::problem(ProblemKind::Invalid, "The file is empty. Export it again from the watch or the service."));
    }
    let upload = Upload { id: platform.ids.uuid(platform.clock.now()), name: name.to_owned(), bytes, received: 0 };
    insert(platform, tx, feature, &upload).await?;
    Ok(upload)
}

/// Keeps a file that came in one piece until a feature takes it.
pub async fn keep(platform: &Platform, tx: &mut Tx, feature: &str, name: &str, received: &Received) -> Result<(), Error> {
    let upload = Upload { id: received.id, name: name.to_owned(), bytes: received.bytes, received: received.bytes };
    insert(platform, tx, feature, &upload).await
}

async fn insert(platform: &Platform, tx: &mut Tx, feature: &str, upload: &Upload) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    // They are counted one after the other.
    tx.lock_own("uploads").await?;
    let waiting = sqlx::query_scalar!(r#"select count(*) as "n!" from uploads where athlete_id = $1 and feature = $2"#, athlete, feature)
        .fetch_one(tx.connection())
        .await?;
    if waiting >= MAX_WAITING {
        let message = format!("{MAX_WAITING} files are being uploaded already. Finish or give up one of them, or come back tomorrow.");
        return Err(Error::problem(ProblemKind::Conflict, message));
    }
    sqlx::query!(
        "insert into uploads (id, athlete_id, feature, name, bytes, received, created_at) values ($1, $2, $3, $4, $5, $6, $7)",
        upload.id,
        athlete,
        feature,
        upload.name,
        signed(upload.bytes),
        signed(upload.received),
        platform.clock.now()
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// An upload of the athlete's for a feature.
pub async fn find(tx: &mut Tx, feature: &str, id: Uuid) -> Result<Upload, Error> {
    let found = sqlx::query_as!(Row, "select id, name, bytes, received from uploads where id = $1 and feature = $2", id, feature);
    found.fetch_optional(tx.connection()).await?.map(Upload::from).ok_or_else(missing)
}

/// Records how much of an upload has come, and returns whether it was still there.
async fn record(platform: &Platform, athlete: Uuid, before: &Upload, received: u64) -> Result<bool, Error> {
    let mut tx = platform.database.begin_as(athlete).await?;
    let (from, to) = (signed(before.received), signed(received));
    let recorded = sqlx::query!("update uploads set received = $3 where id = $1 and received = $2", before.id, from, to);
    let rows = recorded.execute(tx.connection()).await?.rows_affected();
    tx.commit().await?;
    Ok(rows == 1)
}

/// Takes a whole upload for a feature, whose it is once the transaction is committed.
pub async fn take(tx: &mut Tx, feature: &str, id: Uuid) -> Result<Upload, Error> {
    let upload = delete(tx, feature, id).await?;
    if !upload.is_complete() {
        return Err(Error::problem(ProblemKind::Conflict, format!("Only {} of its {} bytes have come.", upload.received, upload.bytes)));
    }
    Ok(upload)
}

/// Forgets an upload, complete or not. Its file is removed once the transaction is committed, by [`remove`] or at night.
pub async fn delete(tx: &mut Tx, feature: &str, id: Uuid) -> Result<Upload, Error> {
    let deleted = sqlx::query_as!(Row, "delete from uploads where id = $1 and feature = $2 returning id, name, bytes, received", id, feature);
    deleted.fetch_optional(tx.connection()).await?.map(Upload::from).ok_or_else(missing)
}

/// Forgets all of the athlete's uploads for a feature, and returns their ids.
pub async fn delete_all(tx: &mut Tx, feature: &str) -> Result<Vec<Uuid>, Error> {
    let athlete = tx.viewer()?;
    let ids = sqlx::query_scalar!("delete from uploads where athlete_id = $1 and feature = $2 returning id", athlete, feature);
    Ok(ids.fetch_all(tx.connection()).await?)
}

/// All of the athlete's uploads, for the deletion of the account.
pub async fn all(tx: &mut Tx) -> Result<Vec<Uuid>, Error> {
    let athlete = tx.viewer()?;
    Ok(sqlx::query_scalar!("select id from uploads where athlete_id = $1", athlete).fetch_all(tx.connection()).await?)
}

/// Removes the file of an upload that was deleted.
pub fn remove(platform: &Platform, id: Uuid) {
    platform.files.remove_upload(&id.to_string());
}

fn missing() -> Error {
    Error::problem(ProblemKind::NotFound, "That file is gone. Choose it once more.")
}

fn signed(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}
