//! The athlete's thresholds with their dates: resting and maximum heart rate, threshold heart rate and pace, weight.

use chrono::{DateTime, NaiveDate, Utc};
use domain::activities::{DatedThresholds, Thresholds};
use physiology::Athlete;
use physiology::grade::Model;
use physiology::load::Sex;
use physiology::zones::ZoneModel;
use platform::{Error, Tx};

/// All entries, oldest first.
pub async fn thresholds(tx: &mut Tx) -> Result<Vec<DatedThresholds>, Error> {
    let athlete = tx.viewer()?;
    let rows = sqlx::query!(
        "select valid_from, resting_hr, hr_max, threshold_hr, threshold_s_per_km, weight_kg, sex, zone_model, grade_model
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
                weight_kg: r.weight_kg,
                sex: r.sex,
                zone_model: r.zone_model,
                grade_model: r.grade_model,
            };
            DatedThresholds { valid_from: r.valid_from, values: thresholds }
        })
        .collect())
}

/// Locks the viewer's thresholds and time zone until the transaction ends. Call it before anything else is locked and before a new activity is
/// computed: a change of thresholds marks the activities that exist, and would miss one that is about to be stored.
///
/// # Errors
/// When the database fails.
pub async fn lock_thresholds(tx: &mut Tx) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    sqlx::query!(r#"select 1 as "one!" from accounts where id = $1 for share"#, athlete).fetch_optional(tx.connection()).await?;
    Ok(())
}

/// Stores the thresholds that hold from a day, replacing those it had. The database marks every activity that is scored with them.
pub async fn save_thresholds(tx: &mut Tx, dated: &DatedThresholds, now: DateTime<Utc>) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    let t = &dated.values;
    sqlx::query!(
        "insert into athlete_thresholds (athlete_id, valid_from, resting_hr, hr_max, threshold_hr, threshold_s_per_km, weight_kg, sex, zone_model,
           grade_model, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict (athlete_id, valid_from) do update set resting_hr = excluded.resting_hr, hr_max = excluded.hr_max,
           threshold_hr = excluded.threshold_hr, threshold_s_per_km = excluded.threshold_s_per_km, weight_kg = excluded.weight_kg,
           sex = excluded.sex, zone_model = excluded.zone_model, grade_model = excluded.grade_model",
        athlete,
        dated.valid_from,
        t.resting_hr,
        t.hr_max,
        t.threshold_hr,
        t.threshold_s_per_km,
        t.weight_kg,
        t.sex,
        t.zone_model,
        t.grade_model,
        now
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Deletes the thresholds of a day.
pub async fn delete_thresholds(tx: &mut Tx, valid_from: NaiveDate) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    let deleted = sqlx::query!("delete from athlete_thresholds where athlete_id = $1 and valid_from = $2", athlete, valid_from)
        .execute(tx.connection())
        .await?;
    if deleted.rows_affected() == 0 {
        return Err(Error::not_found("entry"));
    }
    Ok(())
}

/// The parameters of the formulas, with defaults for what is not known.
pub(crate) fn athlete(thresholds: &Thresholds) -> Athlete {
    let default = Athlete::default();
    Athlete {
        hr_rest_bpm: thresholds.resting_hr.unwrap_or(default.hr_rest_bpm),
        hr_max_bpm: thresholds.hr_max.unwrap_or(default.hr_max_bpm),
        threshold_hr_bpm: thresholds.threshold_hr,
        threshold_mps: thresholds.threshold_s_per_km.map(|s| 1000.0 / s),
        sex: match thresholds.sex.as_deref() {
            Some("female") => Sex::Female,
            Some("male") => Sex::Male,
            _ => Sex::Unknown,
        },
        grade_model: if thresholds.grade_model.as_deref() == Some("minetti") { Model::Minetti } else { Model::HeartRate },
        zone_model: match thresholds.zone_model.as_deref() {
            Some("reserve") => ZoneModel::Reserve,
            Some("threshold") => ZoneModel::Threshold,
            _ => ZoneModel::Maximum,
        },
    }
}
