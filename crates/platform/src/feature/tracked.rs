//! Edits of a table's rows, which a trigger on the table (`record_change`) records.

use chrono::NaiveDate;
use domain::units::Units;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::{Map, Value};

use crate::{Error, Tx};

/// How edits of a table's rows are shown and undone.
#[derive(Debug, Clone, Copy)]
pub struct Tracked {
    /// The columns that a row of an athlete is known by. The trigger records their values with spaces between them.
    pub key: &'static [&'static str],
    /// What people call a row.
    pub label: &'static str,
    /// Says of edits what they are of, in their order and in the reader's units, where a label and what the database holds do not say enough.
    pub describe: Describe,
    /// The lock of the athlete ([`Tx::lock_own`]) that is held from reading a row until it is written, if reading does not lock the row.
    pub lock: Option<&'static str>,
    /// Whether the edits of a day are one line of the history, which opens.
    pub one_line_a_day: bool,
}

/// [`Tracked::describe`].
type Describe = for<'a> fn(&'a mut Tx, &'a [Edit], Units) -> BoxFuture<'a, Result<Vec<Described>, Error>>;

/// An edit of a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Edit {
    /// The row's key.
    pub key: String,
    /// The row before it; nothing if it created the row.
    pub before: Option<Map<String, Value>>,
    /// The row after it; nothing if it deleted the row.
    pub after: Option<Map<String, Value>>,
}

impl Edit {
    /// A field as people read it, if the edit changed it: its name, and what it was before and after. Where it says nothing stands a dash.
    pub fn field(&self, name: &str, show: impl Fn(&Map<String, Value>) -> Option<String>) -> Option<(String, String, String)> {
        let of = |row: &Option<Map<String, Value>>| row.as_ref().and_then(&show).unwrap_or_else(|| "–".to_owned());
        let (before, after) = (of(&self.before), of(&self.after));
        (before != after).then(|| (name.to_owned(), before, after))
    }
}

/// What an edit is of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Described {
    /// What people call the row; [`Tracked::label`] otherwise.
    pub title: Option<String>,
    /// The day that it belongs to.
    pub day: Option<NaiveDate>,
    /// What changed: field, before, after. Otherwise the columns that differ.
    pub fields: Option<Vec<(String, String, String)>>,
}

impl Tracked {
    /// By the values of these columns within an athlete, and what people call a row.
    #[must_use]
    pub const fn by(key: &'static [&'static str], label: &'static str) -> Self {
        Self { key, label, describe: |_, edits, _| async { Ok(edits.iter().map(by_day).collect()) }.boxed(), lock: None, one_line_a_day: false }
    }

    /// Says of edits what they are of, in the reader's units.
    #[must_use]
    pub const fn described(self, describe: Describe) -> Self {
        Self { describe, ..self }
    }

    /// A day has many rows, which are one line of the history together.
    #[must_use]
    pub const fn one_line_a_day(self) -> Self {
        Self { one_line_a_day: true, ..self }
    }

    /// Its rows are written under this lock of the athlete.
    #[must_use]
    pub const fn locked(self, name: &'static str) -> Self {
        Self { lock: Some(name), ..self }
    }
}

/// A row that is known by a day belongs to it.
fn by_day(edit: &Edit) -> Described {
    Described { day: edit.key.parse().ok(), ..Described::default() }
}
