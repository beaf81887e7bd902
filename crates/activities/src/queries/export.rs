//! What of activities is exported for people, and how they are called in the change log.

use chrono::NaiveDate;
use platform::{Error, Tx};
use uuid::Uuid;

/// An athlete's activities as a table.
pub(crate) const SPREADSHEET: &str =
    "select local_start as start, sport, title, distance_m, moving_s, elapsed_s, elevation_gain_m, avg_hr_bpm, max_hr_bpm, gap_s_per_km, ngp_s_per_km,
       efficiency_factor, decoupling_pct, trimp, temperature_c, source_name as file, encode(source_sha256, 'hex') as original
     from activities where athlete_id = $1 and merged_into is null order by started_at";

/// The titles and days of those of some activities that still exist.
pub(crate) async fn titles(tx: &mut Tx, athlete: Uuid, ids: &[Uuid]) -> Result<Vec<(Uuid, String, Option<NaiveDate>)>, Error> {
    let rows = sqlx::query!("select id, title, local_date from activities where athlete_id = $1 and id = any ($2)", athlete, ids);
    Ok(rows.fetch_all(tx.connection()).await?.into_iter().map(|row| (row.id, row.title, Some(row.local_date))).collect())
}
