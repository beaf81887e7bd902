//! The metrics and best efforts of an activity.

use chrono::Datelike;
use domain::activities::Caveat;
use physiology::efforts::Effort;
use platform::{Error, Tx};
use sqlx::types::Json;
use uuid::Uuid;

use crate::analyse::AnalysedActivity;

/// Writes everything that formulas computed. What the athlete may have changed, the title, sport and description, stays; a generated title is
/// generated again for the new start.
pub(crate) async fn write(tx: &mut Tx, id: Uuid, analysed: &AnalysedActivity) -> Result<(), Error> {
    let a = &analysed.analysis;
    let interval = a.hr_lag.and_then(|l| l.interval_s);
    let start = analysed.recording.samples.first_position();
    let pace_bounds = a.pace_zones_s.and(analysed.pace_zone_bounds);
    sqlx::query!(
        "update activities set started_at = $2, local_start = $3, local_date = $4, elapsed_s = $5, moving_s = $6, distance_m = $7, elevation_gain_m = $8,
           avg_hr_bpm = $9, max_hr_bpm = $10, gap_s_per_km = $11, ngp_s_per_km = $12, efficiency_factor = $13, decoupling_pct = $14,
           hr_lag_s = $15, hr_lag_low_s = $16, hr_lag_high_s = $17, trimp = $18, edwards = $19, hr_stress = $20, running_stress = $21,
           vo2max = $22, temperature_c = $23, zones_s = $24, zone_bounds = $25, repairs = $26, splits = $27, laps = $28, route_preview = $29,
           series = $30, device = $31, sub_sport = $32, formula_version = $33, caveats = $35, metrics_stale = false, start_latitude_deg = $36, start_longitude_deg = $37,
           climbs = $38, climbs_against_flat_s_per_km = $39, second_half_pct = $40, intervals = $41, pace_zones_s = $42, pace_zone_bounds = $43,
           title = case when title = made_title then concat($34::text, case when split_from is not null then ', second part' end) else title end,
           made_title = case when title = made_title then concat($34::text, case when split_from is not null then ', second part' end) else made_title end
         where id = $1",
        id,
        analysed.started_at,
        analysed.local_start,
        analysed.local_start.date(),
        a.elapsed_s,
        a.moving_s,
        a.distance_m,
        a.elevation_gain_m,
        a.avg_hr_bpm,
        a.max_hr_bpm,
        a.gap_s_per_km,
        a.ngp_s_per_km,
        a.efficiency_factor,
        a.decoupling_pct,
        a.hr_lag.map(|l| l.tau_s),
        interval.map(|i| i.0),
        interval.map(|i| i.1),
        a.trimp,
        a.edwards,
        a.hr_stress,
        a.running_stress,
        a.vo2max,
        a.temperature_c,
        a.zones_s.as_ref().map(|z| &z[..]),
        a.zones_s.map(|_| &analysed.zone_bounds[..]),
        serde_json::to_value(&a.repairs)?,
        serde_json::to_value(&analysed.splits)?,
        serde_json::to_value(&analysed.laps)?,
        serde_json::to_value(&analysed.route_preview)?,
        serde_json::to_value(&analysed.series)?,
        analysed.recording.device,
        analysed.recording.sub_sport,
        physiology::FORMULA_VERSION,
        analysed.made_title,
        &analysed.caveats().iter().map(Json).collect::<Vec<_>>() as &[Json<&Caveat>],
        start.map(|(latitude, _)| latitude),
        start.map(|(_, longitude)| longitude),
        serde_json::to_value(&analysed.compared.climbs)?,
        analysed.compared.climbs_against_flat_s_per_km,
        analysed.compared.second_half_pct,
        serde_json::to_value(&analysed.intervals)?,
        a.pace_zones_s.as_ref().map(|z| &z[..]),
        pace_bounds.as_ref().map(|z| &z[..]),
    )
    .execute(tx.connection())
    .await?;
    write_efforts(tx, id, analysed.local_start.date().year(), &a.best_over_distances, &a.best_over_durations).await
}

async fn write_efforts(tx: &mut Tx, id: Uuid, year: i32, distances: &[Effort], durations: &[Effort]) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    let all = || distances.iter().map(|e| ("distance", e.distance_m, e)).chain(durations.iter().map(|e| ("duration", e.elapsed_s, e)));
    let kinds: Vec<String> = all().map(|(kind, ..)| kind.to_owned()).collect();
    let targets: Vec<f64> = all().map(|(_, target, _)| target).collect();
    let metres: Vec<f64> = all().map(|(.., e)| e.distance_m).collect();
    let seconds: Vec<f64> = all().map(|(.., e)| e.elapsed_s).collect();
    let starts: Vec<f64> = all().map(|(.., e)| e.start_s).collect();
    sqlx::query!("delete from activity_efforts where activity_id = $1", id).execute(tx.connection()).await?;
    if targets.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "insert into activity_efforts (activity_id, athlete_id, year, kind, target, distance_m, elapsed_s, start_s)
         select $1, $2, $8, * from unnest($3::text[], $4::float8[], $5::float8[], $6::float8[], $7::float8[])",
        id,
        athlete,
        &kinds,
        &targets,
        &metres,
        &seconds,
        &starts,
        i16::try_from(year).ok()
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}
