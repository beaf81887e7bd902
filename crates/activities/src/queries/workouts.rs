//! When the athlete was training.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use platform::{Error, Tx};
use uuid::Uuid;

/// An activity as a span of time.
#[derive(Debug, Clone, PartialEq)]
pub struct Workout {
    /// Its id.
    pub id: Uuid,
    /// `running`, `walking`, `cycling`, `swimming`, `transition` or `other`.
    pub sport: String,
    /// Its title.
    pub title: String,
    /// The day that it counts for.
    pub day: NaiveDate,
    /// The start on the athlete's clock.
    pub local_start: NaiveDateTime,
    /// The instant of the start.
    pub started_at: DateTime<Utc>,
    /// Seconds, stops included.
    pub elapsed_s: Option<f64>,
    /// Seconds in motion.
    pub moving_s: Option<f64>,
    /// Metres.
    pub distance_m: Option<f64>,
}

/// The activities that began within a span of time, in order. Days that are impossible because a clock was wrong do not count.
pub async fn workouts(tx: &mut Tx, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Vec<Workout>, Error> {
    let athlete = tx.viewer()?;
    let rows = sqlx::query_as!(
        Workout,
        "select id, sport, title, local_date as day, local_start, started_at, elapsed_s, moving_s, distance_m from activities
         where athlete_id = $1 and merged_into is null and started_at between $2 and $3 and is_possible_day(local_date, created_at)
         order by started_at, id",
        athlete,
        from,
        to
    );
    Ok(rows.fetch_all(tx.connection()).await?)
}
