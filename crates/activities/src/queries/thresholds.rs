//! The table `athlete_thresholds`.

use chrono::{DateTime, NaiveDate, Utc};
use domain::activities::{DatedThresholds, Thresholds};
use platform::{Error, Tx};

/// All entries of the viewer, oldest first.
pub async fn thresholds(tx: &mut Tx) -> Result<Vec<DatedThresholds>, Error> {
    let athlete = tx.viewer()?;
    let rows = sqlx::query!(
        "select valid_from, resting_hr, hr_max, threshold_hr, threshold_s_per_km, sex, birth_year, zone_model, grade_model
         from athlete_thresholds where athlete_id = $1 order by valid_from",
        athlete
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| {
            let thresholds = Thresholds {
                resting_hr: r.resting_hr,
                hr_max: r.hr_max,
                threshold_hr: r.threshold_hr,
                threshold_s_per_km: r.threshold_s_per_km,
                sex: r.sex,
                birth_year: r.birth_year,
                zone_model: r.zone_model,
                grade_model: r.grade_model,
            };
            DatedThresholds { valid_from: r.valid_from, values: thresholds }
        })
        // An older version stored a weight alone, which is a daily value now.
        .filter(|dated| dated.values != Thresholds::default())
        .collect())
}

/// Stores the thresholds that hold from a day, replacing those it had. The database marks every activity that is scored with them.
pub(crate) async fn save(tx: &mut Tx, dated: &DatedThresholds, now: DateTime<Utc>) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    let t = &dated.values;
    sqlx::query!(
        "insert into athlete_thresholds (athlete_id, valid_from, resting_hr, hr_max, threshold_hr, threshold_s_per_km, sex, birth_year, zone_model,
           grade_model, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict (athlete_id, valid_from) do update set resting_hr = excluded.resting_hr, hr_max = excluded.hr_max,
           threshold_hr = excluded.threshold_hr, threshold_s_per_km = excluded.threshold_s_per_km, sex = excluded.sex,
           birth_year = excluded.birth_year, zone_model = excluded.zone_model, grade_model = excluded.grade_model",
        athlete,
        dated.valid_from,
        t.resting_hr,
        t.hr_max,
        t.threshold_hr,
        t.threshold_s_per_km,
        t.sex,
        t.birth_year,
        t.zone_model,
        t.grade_model,
        now
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Deletes the thresholds of a day. `false` if it has none.
pub(crate) async fn delete(tx: &mut Tx, valid_from: NaiveDate) -> Result<bool, Error> {
    let athlete = tx.viewer()?;
    let deleted = sqlx::query!("delete from athlete_thresholds where athlete_id = $1 and valid_from = $2", athlete, valid_from);
    Ok(deleted.execute(tx.connection()).await?.rows_affected() > 0)
}

/// Forgets what somebody would rather leave out, in all entries, and deletes the entries that say nothing else.
pub(crate) async fn forget(tx: &mut Tx, sex: bool, birth_year: bool) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    sqlx::query!(
        "update athlete_thresholds set sex = case when not $2 then sex end, birth_year = case when not $3 then birth_year end
         where athlete_id = $1 and ($2 and sex is not null or $3 and birth_year is not null)",
        athlete,
        sex,
        birth_year
    )
    .execute(tx.connection())
    .await?;
    sqlx::query!(
        "delete from athlete_thresholds where athlete_id = $1
           and num_nonnulls(resting_hr, hr_max, threshold_hr, threshold_s_per_km, sex, birth_year, zone_model, grade_model) = 0",
        athlete
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}
