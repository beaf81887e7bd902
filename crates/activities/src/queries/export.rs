//! What of activities is exported for people, and how they are called in the change log.

use chrono::NaiveDate;
use platform::feature::Cells;
use platform::{Error, Tx};
use uuid::Uuid;

/// An athlete's activities as a table.
pub(crate) const SPREADSHEET: &str =
    "select local_start as start, sport, title, distance_m, moving_s, elapsed_s, elevation_gain_m, avg_hr_bpm, max_hr_bpm, gap_s_per_km, ngp_s_per_km,
       efficiency_factor, decoupling_pct, trimp, temperature_c, source_name as file, encode(source_sha256, 'hex') as original
     from activities where athlete_id = $1 and merged_into is null order by started_at";

/// Some activities as a table, in the order of their ids: the names of columns, and the cells.
pub(crate) async fn rows(tx: &mut Tx, ids: &[Uuid]) -> Result<Cells, Error> {
    let rows = sqlx::query!(
        r#"select array(select key from json_each_text(row_to_json(t))) as "names!: Vec<String>",
             array(select coalesce(value, '') from json_each_text(row_to_json(t))) as "cells!: Vec<String>"
           from unnest($1::uuid[]) with ordinality as wanted (id, n)
             join activities a on a.id = wanted.id
             cross join lateral (select a.local_start as start, kind_of_activity(a.kind, a.sport, a.sub_sport) as sport, a.title, a.distance_m, a.moving_s,
               a.elapsed_s, a.elevation_gain_m, a.avg_hr_bpm, a.max_hr_bpm, a.gap_s_per_km, a.trimp, a.gear, array_to_string(a.tags, ', ') as tags) t
           order by wanted.n"#,
        ids
    )
    .fetch_all(tx.connection())
    .await?;
    let names = rows.first().map(|row| row.names.clone()).unwrap_or_default();
    Ok((names, rows.into_iter().map(|row| row.cells).collect()))
}

/// The titles and days of those of some activities that still exist.
pub(crate) async fn titles(tx: &mut Tx, athlete: Uuid, ids: &[Uuid]) -> Result<Vec<(Uuid, String, Option<NaiveDate>)>, Error> {
    let rows = sqlx::query!("select id, title, local_date from activities where athlete_id = $1 and id = any ($2)", athlete, ids);
    Ok(rows.fetch_all(tx.connection()).await?.into_iter().map(|row| (row.id, row.title, Some(row.local_date))).collect())
}
