//! Activities by day. What is merged into another one does not count, nor do days that are impossible because a clock was wrong.

use chrono::NaiveDate;
use domain::activities::{DayTotal, EfficiencyPoint};
use platform::{Error, Tx};

/// A day with at least one run. Several runs on a day are weighted by their moving time.
#[derive(Debug, Clone, PartialEq)]
pub struct RunDay {
    /// Which day.
    pub day: NaiveDate,
    /// Metres per heartbeat, graded.
    pub efficiency_factor: Option<f64>,
    /// Per cent.
    pub decoupling_pct: Option<f64>,
    /// Degrees Celsius.
    pub temperature_c: Option<f64>,
    /// Seconds.
    pub moving_s: f64,
    /// Elevation gain in metres.
    pub elevation_gain_m: f64,
    /// Seconds per kilometre on the flat, normalised.
    pub ngp_s_per_km: Option<f64>,
    /// Metres.
    pub distance_m: f64,
    /// How hard the runs felt (RPE, 1 to 10), of those that have an answer and a graded pace.
    pub effort: Option<f64>,
    /// Seconds per kilometre on the flat, normalised, of these runs.
    pub effort_s_per_km: Option<f64>,
    /// Beats per minute in motion, of the runs that have a heart rate and a graded pace.
    pub heart_rate_bpm: Option<f64>,
    /// Seconds per kilometre on the flat, normalised, of these runs.
    pub heart_rate_s_per_km: Option<f64>,
    /// Share of the time on trails, 0 … 1.
    pub trail_share: f64,
    /// Share of the time on a treadmill, 0 … 1.
    pub treadmill_share: f64,
}

/// Training impulse (TRIMP) of a day, all sports.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DayLoad {
    /// Which day.
    pub day: NaiveDate,
    /// Banister's training impulse.
    pub trimp: f64,
}

/// Efficiency of each run since a day.
pub async fn efficiency(tx: &mut Tx, since: NaiveDate) -> Result<Vec<EfficiencyPoint>, Error> {
    let athlete = tx.viewer()?;
    let rows = sqlx::query_as!(
        EfficiencyPoint,
        r#"select id, local_date as day, efficiency_factor as "efficiency_factor!" from activities
           where athlete_id = $1 and merged_into is null and local_date >= $2 and sport = 'running' and efficiency_factor is not null
             and is_possible_day(local_date, created_at) order by local_date"#,
        athlete,
        since
    );
    Ok(rows.fetch_all(tx.connection()).await?)
}

/// Metres run on each day from `from` to `to`, without the days that have none.
pub async fn day_totals(tx: &mut Tx, from: NaiveDate, to: NaiveDate) -> Result<Vec<DayTotal>, Error> {
    let athlete = tx.viewer()?;
    let rows = sqlx::query_as!(
        DayTotal,
        r#"select local_date as day, sum(distance_m) as "distance_m!" from activities
           where athlete_id = $1 and merged_into is null and local_date between $2 and $3 and sport = 'running' and distance_m is not null
             and is_possible_day(local_date, created_at)
           group by local_date order by local_date"#,
        athlete,
        from,
        to
    );
    Ok(rows.fetch_all(tx.connection()).await?)
}

/// All run days, in order.
pub async fn run_days(tx: &mut Tx) -> Result<Vec<RunDay>, Error> {
    let athlete = tx.viewer()?;
    let rows = sqlx::query_as!(
        RunDay,
        r#"select local_date as day,
             sum(efficiency_factor * moving_s) filter (where efficiency_factor is not null)
               / nullif(sum(moving_s) filter (where efficiency_factor is not null), 0) as efficiency_factor,
             max(decoupling_pct) filter (where moving_s >= 1800) as decoupling_pct,
             avg(temperature_c) as temperature_c,
             coalesce(sum(moving_s), 0) as "moving_s!",
             coalesce(sum(elevation_gain_m), 0) as "elevation_gain_m!",
             avg(ngp_s_per_km) as ngp_s_per_km,
             coalesce(sum(distance_m), 0) as "distance_m!",
             sum(effort * moving_s) filter (where felt) / sum(moving_s) filter (where felt) as effort,
             sum(moving_s) filter (where felt) / sum(moving_s / ngp_s_per_km) filter (where felt) as effort_s_per_km,
             -- The efficiency factor is metres a minute for each beat of it: so it knows the mean heart rate in motion.
             sum(60000 / (ngp_s_per_km * efficiency_factor) * moving_s) filter (where beaten) / sum(moving_s) filter (where beaten) as heart_rate_bpm,
             sum(moving_s) filter (where beaten) / sum(moving_s / ngp_s_per_km) filter (where beaten) as heart_rate_s_per_km,
             coalesce(sum(moving_s) filter (where sub_sport = 'trail') / nullif(sum(moving_s), 0), 0) as "trail_share!",
             coalesce(sum(moving_s) filter (where sub_sport in ('treadmill', 'indoor_running', 'virtual_activity')) / nullif(sum(moving_s), 0), 0)
               as "treadmill_share!"
           from (
             select *, effort is not null and paced as felt, efficiency_factor between 0.01 and 100 and paced as beaten
             from (
               select local_date, efficiency_factor, moving_s, decoupling_pct, temperature_c, elevation_gain_m, ngp_s_per_km, distance_m, sub_sport, effort,
                 ngp_s_per_km between 60 and 6000 and moving_s >= 1 as paced
               from activities where athlete_id = $1 and merged_into is null and sport = 'running' and is_possible_day(local_date, created_at)
             ) runs
           ) runs
           group by local_date order by local_date"#,
        athlete
    );
    Ok(rows.fetch_all(tx.connection()).await?)
}

/// Training impulse of each day since `since` that has one, in order; impossible days, where a clock was wrong, do not count.
pub async fn load_days(tx: &mut Tx, since: NaiveDate) -> Result<Vec<DayLoad>, Error> {
    let athlete = tx.viewer()?;
    let rows = sqlx::query_as!(
        DayLoad,
        r#"select local_date as day, sum(trimp) as "trimp!" from activities
           where athlete_id = $1 and local_date >= $2 and merged_into is null and trimp is not null and is_possible_day(local_date, created_at)
           group by local_date order by local_date"#,
        athlete,
        since
    );
    Ok(rows.fetch_all(tx.connection()).await?)
}

/// Training impulse of a sport on a day.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SportLoad {
    pub(crate) day: NaiveDate,
    /// The stored sport.
    pub(crate) sport: String,
    pub(crate) trimp: f64,
}

/// The same as [`load_days`], each sport by itself.
pub(crate) async fn sport_loads(tx: &mut Tx, since: NaiveDate) -> Result<Vec<SportLoad>, Error> {
    let athlete = tx.viewer()?;
    let rows = sqlx::query_as!(
        SportLoad,
        r#"select local_date as day, sport, sum(trimp) as "trimp!" from activities
           where athlete_id = $1 and local_date >= $2 and merged_into is null and trimp is not null and is_possible_day(local_date, created_at)
           group by local_date, sport order by local_date, sport"#,
        athlete,
        since
    );
    Ok(rows.fetch_all(tx.connection()).await?)
}

/// The last day with a load until `today`, however long ago.
pub(crate) async fn last_load(tx: &mut Tx, today: NaiveDate) -> Result<Option<NaiveDate>, Error> {
    let athlete = tx.viewer()?;
    let day = sqlx::query_scalar!(
        "select local_date from activities
         where athlete_id = $1 and local_date <= $2 and merged_into is null and trimp is not null and is_possible_day(local_date, created_at)
         order by local_date desc limit 1",
        athlete,
        today
    );
    Ok(day.fetch_optional(tx.connection()).await?)
}

/// How many activities there are, and when the last of them changed: seconds since 1970.
pub(crate) async fn count_and_change(tx: &mut Tx) -> Result<(i64, f64), Error> {
    let athlete = tx.viewer()?;
    let row = sqlx::query!(
        r#"select count(*) as "n!", coalesce(extract(epoch from max(updated_at)), 0)::float8 as "at!" from activities where athlete_id = $1"#,
        athlete
    )
    .fetch_one(tx.connection())
    .await?;
    Ok((row.n, row.at))
}
