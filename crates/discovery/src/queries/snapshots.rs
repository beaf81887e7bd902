//! The table `finding_snapshots`: the findings of an athlete, once a day.

use chrono::{DateTime, NaiveDate, Utc};
use futures::TryStreamExt;
use platform::{Error, Tx};
use serde_json::Value;
use uuid::Uuid;

/// A snapshot to store.
pub(crate) struct NewSnapshot<'a> {
    pub(crate) day: NaiveDate,
    pub(crate) computed_at: DateTime<Utc>,
    pub(crate) fingerprint: &'a str,
    pub(crate) engine: &'a str,
    pub(crate) findings: Value,
}

/// Inserts a snapshot, or replaces that of the same day.
pub(crate) async fn upsert(tx: &mut Tx, athlete: Uuid, new: NewSnapshot<'_>) -> Result<(), Error> {
    sqlx::query!(
        "insert into finding_snapshots (athlete_id, day, computed_at, fingerprint, engine, findings) values ($1, $2, $3, $4, $5, $6)
         on conflict (athlete_id, day) do update set
           computed_at = excluded.computed_at, fingerprint = excluded.fingerprint, engine = excluded.engine, findings = excluded.findings",
        athlete,
        new.day,
        new.computed_at,
        new.fingerprint,
        new.engine,
        new.findings
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// A stored snapshot.
pub(crate) struct Snapshot {
    pub(crate) day: NaiveDate,
    pub(crate) engine: String,
    pub(crate) findings: Value,
}

/// The latest snapshot until `until`, or else the first one before `today`.
pub(crate) async fn earlier(tx: &mut Tx, athlete: Uuid, until: NaiveDate, today: NaiveDate) -> Result<Option<Snapshot>, Error> {
    let snapshot = sqlx::query_as!(
        Snapshot,
        r#"(select day as "day!", engine as "engine!", findings as "findings!" from finding_snapshots where athlete_id = $1 and day <= $2 order by day desc limit 1)
         union all (select day, engine, findings from finding_snapshots where athlete_id = $1 and day > $2 and day < $3 order by day limit 1)
         limit 1"#,
        athlete,
        until,
        today
    );
    Ok(snapshot.fetch_optional(tx.connection()).await?)
}

/// The latest snapshot.
pub(crate) async fn latest(tx: &mut Tx, athlete: Uuid) -> Result<Option<Snapshot>, Error> {
    let snapshot =
        sqlx::query_as!(Snapshot, "select day, engine, findings from finding_snapshots where athlete_id = $1 order by day desc limit 1", athlete);
    Ok(snapshot.fetch_optional(tx.connection()).await?)
}

/// Deletes what is older than `since`, but for the last of each month, and what is older than `first`.
pub(crate) async fn thin_out(tx: &mut Tx, athlete: Uuid, since: NaiveDate, first: NaiveDate) -> Result<(), Error> {
    sqlx::query!(
        "delete from finding_snapshots s where s.athlete_id = $1 and s.day < $2 and (s.day < $3 or exists (
           select from finding_snapshots l where l.athlete_id = $1 and l.day > s.day and l.day < (date_trunc('month', s.day) + interval '1 month')::date))",
        athlete,
        since,
        first
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Deletes the snapshots of an athlete whose findings are not readable.
pub(crate) async fn delete_unless(tx: &mut Tx, athlete: Uuid, is_readable: impl Fn(&str) -> bool + Send) -> Result<(), Error> {
    let mut unreadable = Vec::new();
    let days = sqlx::query!(r#"select day, findings::text as "findings!" from finding_snapshots where athlete_id = $1"#, athlete);
    let mut days = days.fetch(tx.connection());
    while let Some(row) = days.try_next().await? {
        if !is_readable(&row.findings) {
            unreadable.push(row.day);
        }
    }
    drop(days);
    sqlx::query!("delete from finding_snapshots where athlete_id = $1 and day = any($2)", athlete, &unreadable).execute(tx.connection()).await?;
    Ok(())
}
