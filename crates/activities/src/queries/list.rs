//! Activities as lists show them.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use domain::activities::{Kind, ListRow, Related, Summary};
use platform::{Error, Tx};
use sqlx::types::Json;
use uuid::Uuid;

use crate::listed::Month;

/// A row.
struct Row {
    id: Uuid,
    sport: String,
    title: String,
    started_at: DateTime<Utc>,
    local_start: NaiveDateTime,
    local_date: NaiveDate,
    distance_m: Option<f64>,
    moving_s: Option<f64>,
    elapsed_s: Option<f64>,
    elevation_gain_m: Option<f64>,
    avg_hr_bpm: Option<f64>,
    gap_s_per_km: Option<f64>,
    efficiency_factor: Option<f64>,
    decoupling_pct: Option<f64>,
    trimp: Option<f64>,
    route_preview: Json<Vec<(f32, f32)>>,
    sub_sport: Option<String>,
    kind: Option<String>,
    tags: Vec<String>,
    sport_guessed: bool,
    hidden: bool,
}

impl From<Row> for Summary {
    fn from(r: Row) -> Self {
        Self {
            id: r.id,
            sport: r.sport,
            title: r.title,
            day: r.local_date,
            local_start: r.local_start,
            started_at: r.started_at,
            distance_m: r.distance_m,
            moving_s: r.moving_s,
            elapsed_s: r.elapsed_s,
            elevation_gain_m: r.elevation_gain_m,
            avg_hr_bpm: r.avg_hr_bpm,
            gap_s_per_km: r.gap_s_per_km,
            efficiency_factor: r.efficiency_factor,
            decoupling_pct: r.decoupling_pct,
            trimp: r.trimp,
            route_preview: r.route_preview.0,
        }
    }
}

impl From<Row> for ListRow {
    fn from(r: Row) -> Self {
        Self {
            kind: Kind::of(r.kind.as_deref(), &r.sport, r.sub_sport.as_deref()),
            tags: r.tags.clone(),
            guessed: r.sport_guessed,
            hidden: r.hidden,
            summary: r.into(),
        }
    }
}

/// What the list filters by, of months, the newest first; with the lines of words if they are wanted.
pub(crate) async fn months(tx: &mut Tx, from: NaiveDate, to: NaiveDate, words: bool) -> Result<Vec<Month>, Error> {
    let athlete = tx.viewer()?;
    let months = sqlx::query_as!(
        Month,
        r#"select facts, case when $4 then words else '' end as "words!" from activity_months
           where athlete_id = $1 and month between $2 and $3 order by month desc"#,
        athlete,
        from,
        to,
        words
    );
    Ok(months.fetch_all(tx.connection()).await?)
}

/// Where an activity began, in degrees north and east, if that is known.
pub(crate) async fn start(tx: &mut Tx, id: Uuid) -> Result<Option<(f64, f64)>, Error> {
    let row =
        sqlx::query!("select start_latitude_deg, start_longitude_deg from activities where id = $1", id).fetch_optional(tx.connection()).await?;
    Ok(row.and_then(|row| row.start_latitude_deg.zip(row.start_longitude_deg)))
}

/// Rows of the list by their ids, in no order.
pub(crate) async fn rows(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<ListRow>, Error> {
    let rows = sqlx::query_as!(
        Row,
        r#"select id, sport, title, started_at, local_start, local_date, distance_m, moving_s, elapsed_s, elevation_gain_m, avg_hr_bpm, gap_s_per_km,
             efficiency_factor, decoupling_pct, trimp, route_preview as "route_preview: Json<Vec<(f32, f32)>>", sub_sport, kind, tags, sport_guessed, hidden
           from activities where id = any ($1)"#,
        ids
    );
    Ok(rows.fetch_all(tx.connection()).await?.into_iter().map(ListRow::from).collect())
}

/// How many activities there are.
pub async fn count(tx: &mut Tx) -> Result<u32, Error> {
    let athlete = tx.viewer()?;
    let total = sqlx::query_scalar!(r#"select coalesce(sum(activities), 0) as "total!" from activity_months where athlete_id = $1"#, athlete)
        .fetch_one(tx.connection())
        .await?;
    Ok(u32::try_from(total).unwrap_or(u32::MAX))
}

/// The latest activity, if there is one. What a wrong clock dates into the future does not count.
pub async fn latest(tx: &mut Tx) -> Result<Option<Summary>, Error> {
    let athlete = tx.viewer()?;
    let row = sqlx::query_as!(
        Row,
        r#"select id, sport, title, started_at, local_start, local_date, distance_m, moving_s, elapsed_s, elevation_gain_m, avg_hr_bpm, gap_s_per_km,
             efficiency_factor, decoupling_pct, trimp, route_preview as "route_preview: Json<Vec<(f32, f32)>>", sub_sport, kind, tags, sport_guessed, hidden
           from activities where athlete_id = $1 and merged_into is null and is_possible_day(local_date, created_at)
           order by started_at desc, id desc limit 1"#,
        athlete
    );
    Ok(row.fetch_optional(tx.connection()).await?.map(Summary::from))
}

/// Other activities that overlap one in time, which it might be merged with.
pub async fn overlapping(tx: &mut Tx, id: Uuid) -> Result<Vec<Related>, Error> {
    let athlete = tx.viewer()?;
    let rows = sqlx::query!(
        "select o.id, o.title, coalesce(o.device, o.source_name) as source, o.local_start, o.distance_m
         from activities a join activities o on o.athlete_id = a.athlete_id and o.id <> a.id and o.merged_into is null and o.origin = 'file'
           and o.split_from is null and o.started_at between a.started_at - interval '2 days' and a.started_at + coalesce(a.elapsed_s, 0) * interval '1 second'
           and o.started_at + coalesce(o.elapsed_s, 0) * interval '1 second' >= a.started_at
         where a.id = $1 and a.athlete_id = $2 order by o.started_at limit 20",
        id,
        athlete
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| Related { id: r.id, title: r.title, source: r.source.unwrap_or_default(), local_start: r.local_start, distance_m: r.distance_m })
        .collect())
}

/// The activity that each of these import files became, or became part of: the first, if there are several.
pub async fn activities_of_files(tx: &mut Tx, files: &[Uuid]) -> Result<HashMap<Uuid, Uuid>, Error> {
    let rows = sqlx::query!(
        r#"select distinct on (import_file_id) import_file_id as "file!", coalesce(merged_into, id) as "activity!"
           from activities where import_file_id = any($1) order by import_file_id, source_part, origin = 'split', id"#,
        files
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows.into_iter().map(|row| (row.file, row.activity)).collect())
}
