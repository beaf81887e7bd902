//! The athlete's values with their dates: resting and highest heart rate, thresholds, weight.

use chrono::{DateTime, NaiveDate, Utc};
use domain::activities::{DatedThresholds, Thresholds};
use physiology::Athlete;
use physiology::grade::Model;
use physiology::load::Sex;
use physiology::zones::ZoneModel;
use platform::{Error, Tx};

/// All entries, oldest first.
pub async fn thresholds(session: &mut Tx) -> Result<Vec<DatedThresholds>, Error> {
    let athlete = session.viewer()?;
    let rows = sqlx::query!(
        "select valid_from, resting_hr, hr_max, threshold_hr, threshold_s_per_km, weight_kg, sex, zone_model, grade_model
         from athlete_thresholds where athlete_id = $1 order by valid_from",
        athlete
    )
    .fetch_all(session.connection())
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| {
            let values = Thresholds {
                resting_hr: r.resting_hr,
                hr_max: r.hr_max,
                threshold_hr: r.threshold_hr,
                threshold_s_per_km: r.threshold_s_per_km,
                weight_kg: r.weight_kg,
                sex: r.sex,
                zone_model: r.zone_model,
                grade_model: r.grade_model,
            };
            DatedThresholds { valid_from: r.valid_from, values }
        })
        .collect())
}

/// Keeps the viewer's values and time zone as they are until the transaction ends. To be asked before anything else is locked and before a
/// new activity is computed: whoever changes values marks the activities that are there, and would not see one that is on its way.
///
/// # Errors
/// When the database fails.
pub async fn lock_thresholds(session: &mut Tx) -> Result<(), Error> {
    let athlete = session.viewer()?;
    sqlx::query!(r#"select 1 as "one!" from accounts where id = $1 for share"#, athlete).fetch_optional(session.connection()).await?;
    Ok(())
}

/// Stores the values of a day, over those that it had. The database marks every activity that is scored with them.
pub async fn save_thresholds(session: &mut Tx, dated: &DatedThresholds, now: DateTime<Utc>) -> Result<(), Error> {
    let athlete = session.viewer()?;
    let v = &dated.values;
    sqlx::query!(
        "insert into athlete_thresholds (athlete_id, valid_from, resting_hr, hr_max, threshold_hr, threshold_s_per_km, weight_kg, sex, zone_model,
           grade_model, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict (athlete_id, valid_from) do update set resting_hr = excluded.resting_hr, hr_max = excluded.hr_max,
           threshold_hr = excluded.threshold_hr, threshold_s_per_km = excluded.threshold_s_per_km, weight_kg = excluded.weight_kg,
           sex = excluded.sex, zone_model = excluded.zone_model, grade_model = excluded.grade_model",
        athlete,
        dated.valid_from,
        v.resting_hr,
        v.hr_max,
        v.threshold_hr,
        v.threshold_s_per_km,
        v.weight_kg,
        v.sex,
        v.zone_model,
        v.grade_model,
        now
    )
    .execute(session.connection())
    .await?;
    Ok(())
}

/// Forgets the values of a day.
pub async fn delete_thresholds(session: &mut Tx, valid_from: NaiveDate) -> Result<(), Error> {
    let athlete = session.viewer()?;
    let gone = sqlx::query!("delete from athlete_thresholds where athlete_id = $1 and valid_from = $2", athlete, valid_from)
        .execute(session.connection())
        .await?;
    if gone.rows_affected() == 0 {
        return Err(Error::not_found("entry"));
    }
    Ok(())
}

/// What formulas take, with their defaults for what is not known.
pub(crate) fn athlete(values: &Thresholds) -> Athlete {
    let default = Athlete::default();
    Athlete {
        hr_rest_bpm: values.resting_hr.unwrap_or(default.hr_rest_bpm),
        hr_max_bpm: values.hr_max.unwrap_or(default.hr_max_bpm),
        threshold_hr_bpm: values.threshold_hr,
        threshold_mps: values.threshold_s_per_km.map(|s| 1000.0 / s),
        sex: match values.sex.as_deref() {
            Some("female") => Sex::Female,
            Some("male") => Sex::Male,
            _ => Sex::Unknown,
        },
        grade_model: if values.grade_model.as_deref() == Some("minetti") { Model::Minetti } else { Model::HeartRate },
        zone_model: match values.zone_model.as_deref() {
            Some("reserve") => ZoneModel::Reserve,
            Some("threshold") => ZoneModel::Threshold,
            _ => ZoneModel::Maximum,
        },
    }
}
