//! What capacity and records are made of.

use chrono::NaiveDate;
use domain::activities::{Record, Split, YearRecord};
use platform::{Error, Tx};
use sqlx::types::Json;
use uuid::Uuid;

/// A run.
pub(crate) struct Run {
    pub(crate) id: Uuid,
    pub(crate) title: String,
    pub(crate) local_date: NaiveDate,
    /// In ml/kg/min.
    pub(crate) vo2max: Option<f64>,
}

/// The runs after a day.
pub(crate) async fn runs_after(tx: &mut Tx, day: NaiveDate) -> Result<Vec<Run>, Error> {
    let athlete = tx.viewer()?;
    let runs = sqlx::query_as!(
        Run,
        "select id, title, local_date, vo2max from activities
         where athlete_id = $1 and local_date > $2 and sport = 'running' and merged_into is null and is_possible_day(local_date, created_at)",
        athlete,
        day
    );
    Ok(runs.fetch_all(tx.connection()).await?)
}

/// A best effort.
pub(crate) struct BestEffort {
    pub(crate) activity_id: Uuid,
    /// Whether the target is a duration in seconds; otherwise it is a distance in metres.
    pub(crate) by_duration: bool,
    pub(crate) target: f64,
    pub(crate) distance_m: f64,
    pub(crate) elapsed_s: f64,
}

/// The best efforts of activities.
pub(crate) async fn efforts_of(tx: &mut Tx, activities: &[Uuid]) -> Result<Vec<BestEffort>, Error> {
    let efforts = sqlx::query_as!(
        BestEffort,
        r#"select activity_id, kind = 'duration' as "by_duration!", target, distance_m, elapsed_s from activity_efforts where activity_id = any($1)"#,
        activities
    );
    Ok(efforts.fetch_all(tx.connection()).await?)
}

/// The fastest effort over each distance: for each, the first of an index that is the activity of a run.
pub(crate) async fn records(tx: &mut Tx) -> Result<Vec<Record>, Error> {
    let athlete = tx.viewer()?;
    let rows = sqlx::query_as!(
        Record,
        r#"select t.target as "distance_m!", best.elapsed_s as "elapsed_s!", best.id as "activity!", best.title as "title!", best.local_date as "day!"
           from unnest($2::float8[]) t (target) cross join lateral (
             select e.elapsed_s, a.id, a.title, a.local_date from activity_efforts e join activities a on a.id = e.activity_id
             where e.athlete_id = $1 and e.kind = 'distance' and e.target = t.target and a.sport = 'running' and a.merged_into is null
             order by e.elapsed_s, a.started_at limit 1
           ) best
           order by t.target"#,
        athlete,
        &physiology::efforts::DISTANCES_M
    );
    Ok(rows.fetch_all(tx.connection()).await?)
}

/// The fastest effort of each year over each distance, the latest year first: for each, the first of an index that is of a run.
pub(crate) async fn records_by_year(tx: &mut Tx, years: (i32, i32)) -> Result<Vec<YearRecord>, Error> {
    let athlete = tx.viewer()?;
    let rows = sqlx::query_as!(
        YearRecord,
        r#"select t.target as "distance_m!", y.year as "year!", best.elapsed_s as "elapsed_s!", best.id as "activity!"
           from unnest($2::float8[]) t (target) cross join generate_series($3::int, $4::int) y (year) cross join lateral (
             select e.elapsed_s, a.id from activity_efforts e join activities a on a.id = e.activity_id
             where e.athlete_id = $1 and e.kind = 'distance' and e.target = t.target and e.year = y.year and a.sport = 'running'
               and a.merged_into is null and is_possible_day(a.local_date, a.created_at)
             order by e.elapsed_s limit 1
           ) best
           order by t.target, y.year desc"#,
        athlete,
        &physiology::efforts::DISTANCES_M,
        years.0,
        years.1
    );
    Ok(rows.fetch_all(tx.connection()).await?)
}

/// The farthest run in each of these durations in seconds: for each, the last of an index that is the activity of a run.
pub(crate) async fn by_duration(tx: &mut Tx, seconds: &[f64]) -> Result<Vec<Record>, Error> {
    let athlete = tx.viewer()?;
    let rows = sqlx::query_as!(
        Record,
        r#"select best.distance_m as "distance_m!", t.target as "elapsed_s!", best.id as "activity!", best.title as "title!", best.local_date as "day!"
           from unnest($2::float8[]) t (target) cross join lateral (
             select e.distance_m, a.id, a.title, a.local_date from activity_efforts e join activities a on a.id = e.activity_id
             where e.athlete_id = $1 and e.kind = 'duration' and e.target = t.target and a.sport = 'running' and a.merged_into is null
             order by e.elapsed_s desc, e.distance_m desc limit 1
           ) best
           order by t.target"#,
        athlete,
        seconds
    );
    Ok(rows.fetch_all(tx.connection()).await?)
}

/// What the runs from one day to another add up to.
pub(crate) struct RunSums {
    pub(crate) runs: i64,
    pub(crate) distance_m: f64,
    pub(crate) moving_s: f64,
    pub(crate) elevation_gain_m: f64,
}

/// The sums of the runs of some days, ends included.
pub(crate) async fn run_sums(tx: &mut Tx, from: NaiveDate, to: NaiveDate) -> Result<RunSums, Error> {
    let athlete = tx.viewer()?;
    let sums = sqlx::query_as!(
        RunSums,
        r#"select count(*) as "runs!", coalesce(sum(distance_m), 0) as "distance_m!", coalesce(sum(moving_s), 0) as "moving_s!",
             coalesce(sum(elevation_gain_m), 0) as "elevation_gain_m!"
           from activities where athlete_id = $1 and sport = 'running' and merged_into is null and local_date between $2 and $3
             and is_possible_day(local_date, created_at)"#,
        athlete,
        from,
        to
    );
    Ok(sums.fetch_one(tx.connection()).await?)
}

/// What the thresholds of a run are found in.
pub(crate) struct Recorded {
    pub(crate) title: String,
    pub(crate) local_date: NaiveDate,
    pub(crate) max_hr_bpm: Option<f64>,
    pub(crate) splits: Json<Vec<Split>>,
}

/// The runs after a day with their kilometres, in order.
pub(crate) async fn recorded_after(tx: &mut Tx, day: NaiveDate) -> Result<Vec<Recorded>, Error> {
    let athlete = tx.viewer()?;
    let runs = sqlx::query_as!(
        Recorded,
        r#"select title, local_date, max_hr_bpm, splits as "splits: Json<Vec<Split>>" from activities
           where athlete_id = $1 and local_date > $2 and sport = 'running' and merged_into is null and is_possible_day(local_date, created_at)
           order by local_date, id"#,
        athlete,
        day
    );
    Ok(runs.fetch_all(tx.connection()).await?)
}
