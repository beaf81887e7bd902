//! Whether a finding was of use: what its reader said of exactly these numbers, and what admins see of it.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::discovery::{Feedback, FeedbackCount, Report};
use domain::measures::built_in;
use domain::units::{Units, lowercase_label};
use domain::{Problem, ProblemKind};
use platform::feature::{Described, Edit};
use platform::{Error, Tx};
use serde_json::{Map, Value};

use crate::presentation::{group_of, result};
use crate::queries::feedback::{self as queries, Answer};
use crate::report::finding;
use crate::variables::OUTCOMES;

/// The lock under which an athlete's answers are changed.
pub(crate) const LOCK: &str = "finding_feedback";

/// What was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stored {
    /// The numbers that it is about.
    pub(crate) result: String,
    /// Key of the outcome.
    pub(crate) outcome: String,
}

/// Stores what the viewer says of a finding, instead of what they said of the same numbers before. `seen` is the result that they saw, if it is known: an
/// answer to numbers that are no longer there is refused.
pub(crate) async fn answer(tx: &mut Tx, key: &str, seen: Option<&str>, feedback: &Feedback, now: DateTime<Utc>) -> Result<Stored, Error> {
    tx.lock_own(LOCK).await?;
    let (finding, formulas) = finding(tx, key).await?.ok_or_else(|| Error::not_found("finding"))?;
    let result = result(&finding);
    if seen.is_some_and(|seen| seen != result) {
        let message = "It was computed again while you read it, and these are the new numbers. What do you say of them?";
        return Err(Problem::new(ProblemKind::Conflict, message).into());
    }
    let group = group_of(&finding).ok_or_else(|| Error::not_found("finding"))?;
    let group = serde_json::to_value(group)?;
    let (athlete, engine) = (tx.viewer()?, finding.how.engine);
    let answer = Answer {
        result: &result,
        input: &finding.input,
        outcome: &finding.outcome,
        group: group.as_str().unwrap_or_default(),
        engine: &engine,
        formulas,
        feedback,
    };
    queries::put(tx, athlete, &answer, now).await?;
    Ok(Stored { result, outcome: finding.outcome })
}

/// Puts what the viewer said beside each card.
pub(crate) async fn attach(tx: &mut Tx, report: &mut Report) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    let results: Vec<String> = report.cards.iter().map(|card| card.result.clone()).collect();
    let mut said: HashMap<String, Feedback> = queries::of_results(tx, athlete, &results).await?.into_iter().collect();
    for card in &mut report.cards {
        card.feedback = said.remove(&card.result);
    }
    Ok(())
}

/// How many found the findings of a pair helpful, by where they stood and what computed them, where at least five people said so. Counts, no names and no
/// comments; nothing unless the viewer is an admin.
pub async fn counts(tx: &mut Tx) -> Result<Vec<FeedbackCount>, Error> {
    queries::counts(tx).await
}

type Row = Map<String, Value>;

/// Answers in the change log: the pair, yes or no, and the comment.
#[expect(clippy::unused_async, reason = "a description may ask the database")]
pub(crate) async fn describe(_tx: &mut Tx, edits: &[Edit], _units: Units) -> Result<Vec<Described>, Error> {
    Ok(edits.iter().map(described).collect())
}

fn described(edit: &Edit) -> Described {
    let row = edit.after.as_ref().or(edit.before.as_ref());
    let text = |field: &str| row.and_then(|row| row.get(field)?.as_str());
    let outcome = text("outcome").and_then(|key| OUTCOMES.iter().find(|outcome| outcome.key == key)).map(|outcome| lowercase_label(outcome.label));
    let label =
        |key: &str| built_in().iter().find(|measure| measure.key == key).map_or_else(|| key.replace('_', " "), |measure| measure.label.clone());
    let title = text("input").zip(outcome).map(|(input, outcome)| format!("{} → {outcome}", label(input)));
    let helpful = |row: &Row| Some(if row.get("helpful")?.as_bool()? { "yes" } else { "no" }.to_owned());
    let comment = |row: &Row| Some(row.get("comment")?.as_str()?.chars().take(80).collect());
    let fields = [edit.field("helpful", helpful), edit.field("comment", comment)];
    Described { title, day: None, fields: Some(fields.into_iter().flatten().collect()) }
}
