//! The change log and the trash: edits that can be undone, deletions that can be restored.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::list::Page;

/// How long a deleted activity can be restored, in days.
pub const TRASH_RETENTION_DAYS: i64 = 30;

/// An activity in the trash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrashedActivity {
    /// Identifies it for restoring.
    pub id: Uuid,
    /// Its title.
    pub title: String,
    /// The day it took place.
    pub day: NaiveDate,
    /// When it was deleted.
    pub deleted_at: DateTime<Utc>,
}

/// One edit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeLogEntry {
    /// Identifies it for undoing.
    pub id: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Whether another user made it.
    pub by_other: bool,
    /// What was edited, such as "Sleep, 5 January 2026".
    pub what: String,
    /// What its line is called, if edits of one day are one line, such as "Journal, 5 January 2026"; and its name within that, such as "Sleep".
    pub of_day: Option<(String, String)>,
    /// Field, before, after.
    pub fields: Vec<(String, String, String)>,
}

/// The trash and the change log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeLog {
    /// What can be restored.
    pub trash: Vec<TrashedActivity>,
    /// A page of what can be undone, newest first.
    pub changes: Page<ChangeLogEntry>,
}

/// A line of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangeLine {
    /// One edit.
    One(ChangeLogEntry),
    /// Edits of one day, newest first: what they are of, and each.
    Day(String, Vec<ChangeLogEntry>),
}

/// The edits of a page as lines: those of one day are where the newest of them is.
#[must_use]
pub fn lines(changes: Vec<ChangeLogEntry>) -> Vec<ChangeLine> {
    let mut days: Vec<(Option<String>, Vec<ChangeLogEntry>)> = Vec::new();
    for change in changes {
        let day = change.of_day.as_ref().map(|(day, _)| day.clone());
        match days.iter_mut().find(|(of, _)| of.is_some() && *of == day) {
            Some((_, edits)) => edits.push(change),
            None => days.push((day, vec![change])),
        }
    }
    let line = |(day, mut edits): (Option<String>, Vec<ChangeLogEntry>)| match day {
        Some(day) if edits.len() > 1 => Some(ChangeLine::Day(day, edits)),
        _ => edits.pop().map(ChangeLine::One),
    };
    days.into_iter().filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(id: i64, what: &str, of_day: Option<&str>) -> ChangeLogEntry {
        let of_day = of_day.map(|day| (day.to_owned(), what.to_owned()));
        ChangeLogEntry { id, at: DateTime::UNIX_EPOCH, by_other: false, what: what.to_owned(), of_day, fields: Vec::new() }
    }

    #[test]
    fn edits_of_one_day_are_one_line_where_the_newest_is() {
        let page = vec![
            edit(6, "Mood", Some("Monday")),
            edit(5, "Tempo", None),
            edit(4, "Sleep", Some("Monday")),
            edit(3, "Sleep", Some("Sunday")),
            edit(2, "Hills", None),
            edit(1, "Stress", Some("Monday")),
        ];
        let told: Vec<(String, Vec<i64>)> = lines(page)
            .into_iter()
            .map(|line| match line {
                ChangeLine::One(edit) => (edit.what, vec![edit.id]),
                ChangeLine::Day(day, edits) => (day, edits.iter().map(|edit| edit.id).collect()),
            })
            .collect();
        let expected = [("Monday", vec![6, 4, 1]), ("Tempo", vec![5]), ("Sleep", vec![3]), ("Hills", vec![2])];
        assert_eq!(told, expected.map(|(what, ids)| (what.to_owned(), ids)));
    }
}
