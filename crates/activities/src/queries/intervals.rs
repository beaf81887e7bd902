//! The intervals that an athlete gave an activity in place of those that are found in it.

use chrono::{DateTime, TimeDelta, Utc};
use domain::activities::Stretch;
use platform::{Error, Tx};
use sqlx::types::Json;
use uuid::Uuid;

/// An athlete's own intervals of an activity, by the clock of its recording.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct OwnIntervals {
    /// From and to, in milliseconds since 1970.
    pub(crate) at_ms: Vec<(i64, i64)>,
    /// Milliseconds from the recording's clock to the right time.
    pub(crate) clock_shift_ms: i64,
}

impl OwnIntervals {
    /// Seconds from the start of the activity.
    pub(crate) fn times(&self, started_at: DateTime<Utc>) -> Vec<(f64, f64)> {
        let start = self.start_ms(started_at);
        let seconds = |ms: i64| ms.saturating_sub(start) as f64 / 1000.0;
        self.at_ms.iter().map(|(from, to)| (seconds(*from), seconds(*to))).collect()
    }

    /// The same intervals, from seconds since the start of the activity.
    pub(crate) fn set(&mut self, started_at: DateTime<Utc>, times: &[(f64, f64)]) {
        let start = self.start_ms(started_at);
        let ms = |seconds: f64| start.saturating_add((seconds * 1000.0).round() as i64);
        self.at_ms = times.iter().map(|(from, to)| (ms(*from), ms(*to))).collect();
    }

    /// The start by the recording's clock.
    pub(crate) fn start_ms(&self, started_at: DateTime<Utc>) -> i64 {
        let by_its_clock = TimeDelta::try_milliseconds(self.clock_shift_ms).and_then(|shift| started_at.checked_sub_signed(shift));
        by_its_clock.unwrap_or(started_at).timestamp_millis()
    }
}

fn pairs(stored: &[i64]) -> Vec<(i64, i64)> {
    stored.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
}

/// The athlete's own intervals of an activity; `None` while those count that are found.
pub(crate) async fn own(tx: &mut Tx, id: Uuid) -> Result<Option<OwnIntervals>, Error> {
    let row = sqlx::query!("select own_intervals, clock_shift_ms from activities where id = $1", id).fetch_optional(tx.connection()).await?;
    Ok(row.and_then(|row| Some(OwnIntervals { at_ms: pairs(&row.own_intervals?), clock_shift_ms: row.clock_shift_ms.unwrap_or_default() })))
}

/// What the intervals of an activity are, and where it begins and ends.
pub(crate) struct Counted {
    pub(crate) own: OwnIntervals,
    /// Whether they are the athlete's own.
    pub(crate) corrected: bool,
    pub(crate) started_at: DateTime<Utc>,
    /// Seconds.
    pub(crate) elapsed_s: Option<f64>,
    /// Whether there is a recording, rather than totals that were entered by hand.
    pub(crate) recorded: bool,
    /// Those that count: seconds from the start.
    pub(crate) times: Vec<(f64, f64)>,
}

/// The intervals of an activity, which is locked until the transaction ends; `None` if there is none.
pub(crate) async fn lock(tx: &mut Tx, id: Uuid) -> Result<Option<Counted>, Error> {
    let row = sqlx::query!(
        r#"select own_intervals, clock_shift_ms, started_at, elapsed_s, origin, intervals as "intervals: Json<Vec<Stretch>>"
           from activities where id = $1 for update"#,
        id
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(row.map(|row| Counted {
        corrected: row.own_intervals.is_some(),
        own: OwnIntervals { at_ms: pairs(&row.own_intervals.unwrap_or_default()), clock_shift_ms: row.clock_shift_ms.unwrap_or_default() },
        started_at: row.started_at,
        elapsed_s: row.elapsed_s,
        recorded: row.origin != "manual",
        times: row.intervals.0.iter().map(|interval| (interval.from_s, interval.to_s)).collect(),
    }))
}

/// Sets the athlete's own intervals of an activity; `None` lets those count that are found.
pub(crate) async fn set(tx: &mut Tx, id: Uuid, own: Option<&OwnIntervals>) -> Result<(), Error> {
    let stored: Option<Vec<i64>> = own.map(|own| own.at_ms.iter().flat_map(|(from, to)| [*from, *to]).collect());
    sqlx::query!("update activities set own_intervals = $2 where id = $1", id, stored.as_deref()).execute(tx.connection()).await?;
    Ok(())
}
