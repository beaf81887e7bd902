//! The table `finding_feedback`: what athletes said of findings, one row for each result.

use chrono::{DateTime, Utc};
use domain::discovery::{Feedback, FeedbackCount};
use platform::{Error, Tx};
use uuid::Uuid;

/// An answer to store.
pub(crate) struct Answer<'a> {
    pub(crate) result: &'a str,
    pub(crate) input: &'a str,
    pub(crate) outcome: &'a str,
    /// Where it stood on the page.
    pub(crate) group: &'a str,
    pub(crate) engine: &'a str,
    pub(crate) formulas: i32,
    pub(crate) feedback: &'a Feedback,
}

/// What the athlete said of these results, by result.
pub(crate) async fn of_results(tx: &mut Tx, athlete: Uuid, results: &[String]) -> Result<Vec<(String, Feedback)>, Error> {
    let rows = sqlx::query!("select result, helpful, comment from finding_feedback where athlete_id = $1 and result = any($2)", athlete, results)
        .fetch_all(tx.connection());
    Ok(rows.await?.into_iter().map(|row| (row.result, Feedback { helpful: row.helpful, comment: row.comment })).collect())
}

/// Inserts an answer, or replaces that to the same result.
pub(crate) async fn put(tx: &mut Tx, athlete: Uuid, answer: &Answer<'_>, now: DateTime<Utc>) -> Result<(), Error> {
    let Answer { result, input, outcome, group, engine, formulas, feedback } = *answer;
    sqlx::query!(
        "insert into finding_feedback as f (athlete_id, result, input, outcome, finding_group, engine, formulas, helpful, comment, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         on conflict (athlete_id, result) do update set
           finding_group = excluded.finding_group, formulas = excluded.formulas, helpful = excluded.helpful, comment = excluded.comment
           where (f.helpful, f.comment) is distinct from (excluded.helpful, excluded.comment)",
        athlete,
        result,
        input,
        outcome,
        group,
        engine,
        formulas,
        feedback.helpful,
        feedback.comment,
        now
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// What was said by pair and group, if the viewer is an admin; otherwise nothing.
pub(crate) async fn counts(tx: &mut Tx) -> Result<Vec<FeedbackCount>, Error> {
    let rows = sqlx::query!(
        r#"select input as "input!", outcome as "outcome!", finding_group as "group!", engine as "engine!", formulas as "formulas!", people as "people!",
             helpful as "helpful!", unhelpful as "unhelpful!", comments as "comments!" from count_finding_feedback()"#
    )
    .fetch_all(tx.connection())
    .await?;
    let count = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
    let counts = rows.into_iter().map(|row| FeedbackCount {
        group: serde_json::from_value(row.group.into()).ok(),
        input: row.input,
        outcome: row.outcome,
        engine: row.engine,
        formulas: row.formulas,
        people: count(row.people),
        helpful: count(row.helpful),
        unhelpful: count(row.unhelpful),
        comments: count(row.comments),
    });
    Ok(counts.collect())
}
