//! The tables `measures` and `journal_settings`.

use chrono::{DateTime, Utc};
use domain::measures::{Direction, Kind, Known, Measure, NewMeasure};
use platform::{Error, Tx};
use uuid::Uuid;

/// A measure that an athlete made.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct OwnMeasure {
    /// What it is.
    pub(crate) measure: Measure,
    /// Whether it is no longer asked.
    pub(crate) retired: bool,
}

struct Row {
    key: String,
    label: String,
    kind: String,
    unit: String,
    minimum: f64,
    maximum: f64,
    words: Vec<String>,
    presets: Vec<f64>,
    known: String,
    better: Option<String>,
    notable: f64,
    retired: bool,
}

impl Row {
    fn measure(self) -> OwnMeasure {
        let kind = match self.kind.as_str() {
            "number" => Kind::Number { min: self.minimum, max: self.maximum, unit: self.unit },
            "scale" => Kind::Scale { words: self.words },
            "count" => Kind::Count { max: self.maximum, unit: self.unit },
            "clock" => Kind::Clock { earliest: self.minimum },
            "duration" => Kind::Duration { max: self.maximum },
            "text" => Kind::Text { longest: self.maximum as u32 },
            _ => Kind::YesNo,
        };
        let new = NewMeasure {
            label: self.label,
            kind,
            presets: self.presets,
            known: if self.known == "before_run" { Known::BeforeRun } else { Known::AfterRun },
            better: self.better.map(|better| if better == "more" { Direction::More } else { Direction::Less }),
            notable: self.notable,
        };
        OwnMeasure { measure: new.with_key(self.key), retired: self.retired }
    }
}

/// A measure in columns: kind, unit, minimum, maximum, words.
fn columns(kind: &Kind) -> (&'static str, &str, f64, f64, &[String]) {
    match kind {
        Kind::Number { min, max, unit } => ("number", unit, *min, *max, &[]),
        Kind::Scale { words } | Kind::Choice { options: words } => ("scale", "", 0.0, 0.0, words),
        Kind::YesNo => ("yes_no", "", 0.0, 0.0, &[]),
        Kind::Count { max, unit } => ("count", unit, 0.0, *max, &[]),
        // The latest is a day after the earliest; nothing else reads it.
        Kind::Clock { earliest } => ("clock", "", *earliest, earliest.max(0.0), &[]),
        Kind::Duration { max } => ("duration", "", 0.0, *max, &[]),
        Kind::Text { longest } => ("text", "", 0.0, f64::from(*longest), &[]),
    }
}

/// The measures of an athlete, retired ones included, in the order in which they were made.
pub(crate) async fn list(tx: &mut Tx, athlete: Uuid) -> Result<Vec<OwnMeasure>, Error> {
    let rows = sqlx::query_as!(
        Row,
        r#"select key, label, kind, unit, minimum, maximum, words, presets, known, better, notable, retired_at is not null as "retired!"
           from measures where athlete_id = $1 order by created_at, key"#,
        athlete
    );
    Ok(rows.fetch_all(tx.connection()).await?.into_iter().map(Row::measure).collect())
}

/// Inserts a measure, or changes its words; how it is answered stays, because its values are of that.
pub(crate) async fn upsert(tx: &mut Tx, athlete: Uuid, (id, measure): (Uuid, &Measure), now: DateTime<Utc>) -> Result<(), Error> {
    let (kind, unit, minimum, maximum, words) = columns(&measure.kind);
    let known = if measure.known == Known::BeforeRun { "before_run" } else { "after_run" };
    let better = measure.better.map(|better| if better == Direction::More { "more" } else { "less" });
    sqlx::query!(
        "insert into measures (id, athlete_id, key, label, kind, unit, minimum, maximum, words, presets, known, better, notable, created_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
           on conflict (athlete_id, key) do update set label = excluded.label, unit = excluded.unit, presets = excluded.presets, known = excluded.known,
             better = excluded.better, notable = excluded.notable, retired_at = null",
        id,
        athlete,
        measure.key,
        measure.label,
        kind,
        unit,
        minimum,
        maximum,
        words,
        &measure.presets,
        known,
        better,
        measure.notable,
        now
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Retires a measure, or takes it up again. `false` if the athlete has none of this key.
pub(crate) async fn retire(tx: &mut Tx, athlete: Uuid, key: &str, retired_at: Option<DateTime<Utc>>) -> Result<bool, Error> {
    let retired = sqlx::query!("update measures set retired_at = $3 where athlete_id = $1 and key = $2", athlete, key, retired_at);
    Ok(retired.execute(tx.connection()).await?.rows_affected() == 1)
}

/// What an athlete chose: what is asked, in this order, and the order of sources.
pub(crate) async fn settings(tx: &mut Tx, athlete: Uuid) -> Result<Option<(Option<Vec<String>>, Vec<String>)>, Error> {
    let row = sqlx::query!("select asked, source_order from journal_settings where athlete_id = $1", athlete);
    Ok(row.fetch_optional(tx.connection()).await?.map(|row| (row.asked, row.source_order)))
}

/// Records what is asked, in this order.
pub(crate) async fn set_asked(tx: &mut Tx, athlete: Uuid, asked: &[String], now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "insert into journal_settings (athlete_id, asked, created_at) values ($1, $2, $3) on conflict (athlete_id) do update set asked = excluded.asked",
        athlete,
        asked,
        now
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Records which source counts before which.
pub(crate) async fn set_source_order(tx: &mut Tx, athlete: Uuid, order: &[String], now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "insert into journal_settings (athlete_id, source_order, created_at) values ($1, $2, $3)
         on conflict (athlete_id) do update set source_order = excluded.source_order",
        athlete,
        order,
        now
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}
