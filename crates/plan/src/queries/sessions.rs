//! Planned sessions.

use chrono::{DateTime, NaiveDate, Utc};
use domain::activities::Kind;
use domain::plan::{Choice, PlannedSession, Target, read, write};
use domain::units::Units;
use platform::{Error, Tx};
use uuid::Uuid;

/// An athlete's sessions as a table.
pub(crate) const SPREADSHEET: &str =
    "select day, kind, words, target, amount, steps, matched_activity_id as activity from planned_sessions where athlete_id = $1 order by day, id";

/// As the database has it.
struct Row {
    id: Uuid,
    day: NaiveDate,
    kind: String,
    words: String,
    target: String,
    amount: Option<i32>,
    steps: String,
    matched_activity_id: Option<Uuid>,
    unmatched: bool,
}

impl From<Row> for PlannedSession {
    fn from(row: Row) -> Self {
        let choice = match (row.matched_activity_id, row.unmatched) {
            (Some(activity), _) => Choice::Chosen(activity),
            (None, true) => Choice::Off,
            (None, false) => Choice::ByShape,
        };
        let amount = row.amount.and_then(|amount| u32::try_from(amount).ok());
        Self {
            id: row.id,
            day: row.day,
            kind: Kind::parse(&row.kind).unwrap_or(Kind::Other),
            words: row.words,
            target: Target::of(&row.target, amount).unwrap_or_default(),
            // What is stored was written by us, or checked as if it was.
            steps: read(&row.steps).unwrap_or_default(),
            choice,
        }
    }
}

/// The sessions of a span of days, in order, at most so many.
pub(crate) async fn between(tx: &mut Tx, athlete: Uuid, from: NaiveDate, to: NaiveDate, limit: i64) -> Result<Vec<PlannedSession>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "select id, day, kind, words, target, amount, steps, matched_activity_id, unmatched from planned_sessions
         where athlete_id = $1 and day between $2 and $3 order by day, id limit $4",
        athlete,
        from,
        to,
        limit
    );
    Ok(rows.fetch_all(tx.connection()).await?.into_iter().map(PlannedSession::from).collect())
}

/// The same with when each changed last.
pub(crate) async fn changed_between(
    tx: &mut Tx,
    athlete: Uuid,
    from: NaiveDate,
    to: NaiveDate,
    limit: i64,
) -> Result<Vec<(PlannedSession, DateTime<Utc>)>, Error> {
    let rows = sqlx::query!(
        "select id, day, kind, words, target, amount, steps, matched_activity_id, unmatched, updated_at from planned_sessions
         where athlete_id = $1 and day between $2 and $3 order by day, id limit $4",
        athlete,
        from,
        to,
        limit
    );
    let mut found = Vec::new();
    for r in rows.fetch_all(tx.connection()).await? {
        let row = Row {
            id: r.id,
            day: r.day,
            kind: r.kind,
            words: r.words,
            target: r.target,
            amount: r.amount,
            steps: r.steps,
            matched_activity_id: r.matched_activity_id,
            unmatched: r.unmatched,
        };
        found.push((row.into(), r.updated_at));
    }
    Ok(found)
}

/// The sessions before a position in the list, latest day first.
pub(crate) async fn page(tx: &mut Tx, athlete: Uuid, (before, before_id): (NaiveDate, Uuid), limit: i64) -> Result<Vec<PlannedSession>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "select id, day, kind, words, target, amount, steps, matched_activity_id, unmatched from planned_sessions
         where athlete_id = $1 and (day, id) < ($2, $3) order by day desc, id desc limit $4",
        athlete,
        before,
        before_id,
        limit
    );
    Ok(rows.fetch_all(tx.connection()).await?.into_iter().map(PlannedSession::from).collect())
}

/// One session.
pub(crate) async fn get(tx: &mut Tx, athlete: Uuid, id: Uuid) -> Result<Option<PlannedSession>, Error> {
    let row = sqlx::query_as!(
        Row,
        "select id, day, kind, words, target, amount, steps, matched_activity_id, unmatched from planned_sessions where id = $1 and athlete_id = $2",
        id,
        athlete
    );
    Ok(row.fetch_optional(tx.connection()).await?.map(PlannedSession::from))
}

/// Which of these activities other sessions than these have chosen.
pub(crate) async fn chosen_elsewhere(tx: &mut Tx, athlete: Uuid, activities: &[Uuid], but: &[Uuid]) -> Result<Vec<Uuid>, Error> {
    let found = sqlx::query_scalar!(
        r#"select matched_activity_id as "id!" from planned_sessions
           where athlete_id = $1 and matched_activity_id = any($2) and id <> all($3)"#,
        athlete,
        activities,
        but
    );
    Ok(found.fetch_all(tx.connection()).await?)
}

/// Adds a session, or replaces the one with its id. A new one may be of a copy of a week.
pub(crate) async fn put(tx: &mut Tx, athlete: Uuid, session: &PlannedSession, copy: Option<Uuid>, now: DateTime<Utc>) -> Result<(), Error> {
    let (target, amount) = session.target.parts();
    let activity = match session.choice {
        Choice::Chosen(activity) => Some(activity),
        Choice::ByShape | Choice::Off => None,
    };
    sqlx::query!(
        "insert into planned_sessions (id, athlete_id, day, kind, words, target, amount, steps, matched_activity_id, unmatched, copy_id, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)
         on conflict (id) do update set day = excluded.day, kind = excluded.kind, words = excluded.words, target = excluded.target,
           amount = excluded.amount, steps = excluded.steps, matched_activity_id = excluded.matched_activity_id, unmatched = excluded.unmatched,
           copy_id = null",
        session.id,
        athlete,
        session.day,
        session.kind.code(),
        session.words,
        target,
        amount.and_then(|amount| i32::try_from(amount).ok()),
        write(&session.steps, Units::default()),
        activity,
        session.choice == Choice::Off,
        copy,
        now
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Deletes a session. `false` if there is none.
pub(crate) async fn delete(tx: &mut Tx, athlete: Uuid, id: Uuid) -> Result<bool, Error> {
    let deleted = sqlx::query!("delete from planned_sessions where id = $1 and athlete_id = $2", id, athlete).execute(tx.connection()).await?;
    Ok(deleted.rows_affected() > 0)
}

/// How many sessions of a copy are as they were made.
pub(crate) async fn count_of_copy(tx: &mut Tx, athlete: Uuid, copy: Uuid) -> Result<i64, Error> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "n!" from planned_sessions where athlete_id = $1 and copy_id = $2 and updated_at = created_at"#,
        athlete,
        copy
    );
    Ok(count.fetch_one(tx.connection()).await?)
}

/// Deletes the sessions of a copy that are as they were made.
pub(crate) async fn delete_copy(tx: &mut Tx, athlete: Uuid, copy: Uuid) -> Result<(), Error> {
    sqlx::query!("delete from planned_sessions where athlete_id = $1 and copy_id = $2 and updated_at = created_at", athlete, copy)
        .execute(tx.connection())
        .await?;
    Ok(())
}

/// How many sessions a day has.
pub(crate) async fn count_of_day(tx: &mut Tx, athlete: Uuid, day: NaiveDate) -> Result<i64, Error> {
    let count = sqlx::query_scalar!(r#"select count(*) as "n!" from planned_sessions where athlete_id = $1 and day = $2"#, athlete, day);
    Ok(count.fetch_one(tx.connection()).await?)
}

/// How many sessions there are, and the most that a day has.
pub(crate) async fn counts(tx: &mut Tx, athlete: Uuid) -> Result<(i64, i64), Error> {
    let row = sqlx::query!(
        r#"select coalesce(sum(n), 0)::int8 as "all!", coalesce(max(n), 0) as "fullest!"
           from (select count(*) as n from planned_sessions where athlete_id = $1 group by day) days"#,
        athlete
    );
    let row = row.fetch_one(tx.connection()).await?;
    Ok((row.all, row.fullest))
}

/// The words and the steps of all sessions, as they are stored.
pub(crate) async fn texts(tx: &mut Tx, athlete: Uuid) -> Result<Vec<(String, String)>, Error> {
    let rows = sqlx::query!("select words, steps from planned_sessions where athlete_id = $1", athlete);
    Ok(rows.fetch_all(tx.connection()).await?.into_iter().map(|row| (row.words, row.steps)).collect())
}
