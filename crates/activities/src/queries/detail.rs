//! What the page of an activity shows: its own row, its efforts, where it came from, and what it is compared with.

use chrono::{Datelike, NaiveDate, NaiveDateTime};
use domain::activities::{Assumed, ChartSeries, ClimbRow, Detail, Kind, Lap, Leg, Perception, Provenance, Split, Stretch, Summary};
use platform::{Error, Tx};
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

/// Locks an activity until the transaction ends. `false` if there is none.
pub(crate) async fn lock(tx: &mut Tx, id: Uuid) -> Result<bool, Error> {
    let found = sqlx::query_scalar!("select id from activities where id = $1 for update", id);
    Ok(found.fetch_optional(tx.connection()).await?.is_some())
}

/// The row of an activity.
pub(crate) struct Own {
    /// What the row says. What other rows say, and what is written in words, is missing.
    pub(crate) detail: Detail,
    /// The decoder's warnings, as codes.
    pub(crate) warnings: Vec<Value>,
    /// Caveats about the numbers, as codes.
    pub(crate) caveats: Vec<Value>,
    /// What is compared with earlier ones beside the metrics.
    pub(crate) compared: OwnCompared,
}

/// What is compared of an activity with earlier ones beside its metrics.
pub(crate) struct OwnCompared {
    /// The route that it was on.
    pub(crate) route_id: Option<Uuid>,
    /// Graded pace on the climbs less that on the flat, seconds per kilometre.
    pub(crate) climbs_against_flat_s_per_km: Option<f64>,
    /// Graded speed of the second half against the first, per cent.
    pub(crate) second_half_pct: Option<f64>,
}

/// An activity's own row.
pub(crate) async fn own(tx: &mut Tx, id: Uuid) -> Result<Option<Own>, Error> {
    let row = sqlx::query!(
        r#"select id, sport, title, started_at, local_start, local_date, distance_m, moving_s, elapsed_s, elevation_gain_m, avg_hr_bpm, gap_s_per_km,
             efficiency_factor, decoupling_pct, trimp, route_preview as "route_preview: Json<Vec<(f32, f32)>>", device, max_hr_bpm, ngp_s_per_km, hr_lag_s,
             temperature_c, repairs as "repairs: Json<std::collections::BTreeMap<String, u32>>",
             warnings as "warnings: Vec<Json<serde_json::Value>>", caveats as "caveats: Vec<Json<serde_json::Value>>",
             splits as "splits: Json<Vec<Split>>", series as "series: Json<ChartSeries>", hr_lag_low_s, hr_lag_high_s, description, gear, sub_sport,
             kind, tags, sport_guessed, hidden, effort, legs, mood, felt, climbs as "climbs: Json<Vec<ClimbRow>>", route_id, climbs_against_flat_s_per_km,
             second_half_pct,
             edwards, hr_stress, running_stress, vo2max, zones_s, zone_bounds, pace_zones_s, pace_zone_bounds, laps as "laps: Json<Vec<Lap>>",
             intervals as "intervals: Json<Vec<Stretch>>", own_intervals is not null as "corrected!"
           from activities where id = $1"#,
        id
    )
    .fetch_optional(tx.connection())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let answer = |number: i16| u8::try_from(number).unwrap_or_default();
    let kind = Kind::of(row.kind.as_deref(), &row.sport, row.sub_sport.as_deref());
    let detail = Detail {
        kind,
        tags: row.tags,
        sport_guessed: row.sport_guessed,
        hidden: row.hidden,
        summary: Summary {
            id: row.id,
            sport: row.sport,
            title: row.title,
            day: row.local_date,
            local_start: row.local_start,
            started_at: row.started_at,
            distance_m: row.distance_m,
            moving_s: row.moving_s,
            elapsed_s: row.elapsed_s,
            elevation_gain_m: row.elevation_gain_m,
            avg_hr_bpm: row.avg_hr_bpm,
            gap_s_per_km: row.gap_s_per_km,
            efficiency_factor: row.efficiency_factor,
            decoupling_pct: row.decoupling_pct,
            trimp: row.trimp,
            route_preview: row.route_preview.0,
        },
        device: row.device,
        max_hr_bpm: row.max_hr_bpm,
        ngp_s_per_km: row.ngp_s_per_km,
        hr_lag_s: row.hr_lag_s,
        hr_lag_interval_s: row.hr_lag_low_s.zip(row.hr_lag_high_s),
        description: row.description,
        gear: row.gear,
        sub_sport: row.sub_sport,
        edwards: row.edwards,
        hr_stress: row.hr_stress,
        running_stress: row.running_stress,
        vo2max: row.vo2max,
        pace_zones: row.pace_zone_bounds.unwrap_or_default().into_iter().zip(row.pace_zones_s.unwrap_or_default()).collect(),
        zones: row.zone_bounds.unwrap_or_default().into_iter().zip(row.zones_s.unwrap_or_default()).collect(),
        laps: row.laps.0,
        intervals: row.intervals.0,
        intervals_corrected: row.corrected,
        event: Vec::new(),
        map_host: None,
        efforts: Vec::new(),
        history: Provenance::default(),
        temperature_c: row.temperature_c,
        repairs: row.repairs.0.into_iter().collect(),
        warnings: Vec::new(),
        splits: row.splits.0,
        series: row.series.0,
        perception: Perception { effort: row.effort.map(answer), legs: row.legs.map(answer), mood: row.mood.map(answer), felt: row.felt },
        climbs: row.climbs.0,
        comparisons: Vec::new(),
        insights: Vec::new(),
        on_route: Vec::new(),
        assumed: Assumed::default(),
        zones_assumed: Assumed::default(),
    };
    let compared =
        OwnCompared { route_id: row.route_id, climbs_against_flat_s_per_km: row.climbs_against_flat_s_per_km, second_half_pct: row.second_half_pct };
    let codes = |codes: Vec<Json<Value>>| codes.into_iter().map(|Json(code)| code).collect();
    Ok(Some(Own { detail, warnings: codes(row.warnings), caveats: codes(row.caveats), compared }))
}

/// The activities of one recording, in its order.
pub(crate) async fn of_one_recording(tx: &mut Tx, id: Uuid) -> Result<Vec<Leg>, Error> {
    /// An event has fewer.
    const MOST: i64 = 40;
    let athlete = tx.viewer()?;
    let rows = sqlx::query!(
        "select id, sport, sub_sport, kind, started_at, elapsed_s, moving_s, distance_m, avg_hr_bpm from activities
         where athlete_id = $1 and source_sha256 = (select source_sha256 from activities where id = $2) and merged_into is null and origin = 'file'
         order by source_part limit $3",
        athlete,
        id,
        MOST
    )
    .fetch_all(tx.connection())
    .await?;
    let legs = rows.into_iter().map(|row| Leg {
        id: row.id,
        kind: Kind::of(row.kind.as_deref(), &row.sport, row.sub_sport.as_deref()),
        sub_sport: row.sub_sport,
        started_at: row.started_at,
        elapsed_s: row.elapsed_s,
        moving_s: row.moving_s,
        distance_m: row.distance_m,
        avg_hr_bpm: row.avg_hr_bpm,
    });
    Ok(legs.collect())
}

/// Seconds that the heart rate of an activity lags behind its pace, and its day.
pub(crate) async fn lag(tx: &mut Tx, id: Uuid) -> Result<Option<(Option<f64>, NaiveDate)>, Error> {
    let row = sqlx::query!("select hr_lag_s, local_date from activities where id = $1", id).fetch_optional(tx.connection()).await?;
    Ok(row.map(|row| (row.hr_lag_s, row.local_date)))
}

/// The best effort of an activity over a distance.
pub(crate) struct BestEffort {
    /// Metres.
    pub(crate) distance_m: f64,
    /// Seconds.
    pub(crate) elapsed_s: f64,
    /// How many other runs of the athlete have a faster one; at most three are counted.
    pub(crate) faster: i64,
    /// The fastest of earlier runs, in seconds.
    pub(crate) best_before_s: Option<f64>,
    /// How many earlier runs have one; at most five of a year are counted.
    pub(crate) runs_before: i64,
}

/// The best efforts of an activity over distances, the shortest first. Each looks at a few rows of each year of an index, however many runs there are;
/// efforts from before the year was stored count once they are computed again.
pub(crate) async fn best_efforts(tx: &mut Tx, own: &Summary) -> Result<Vec<BestEffort>, Error> {
    let athlete = tx.viewer()?;
    let rows = sqlx::query_as!(
        BestEffort,
        r#"select e.target as distance_m, e.elapsed_s,
             (select count(*) from (
               select from activity_efforts o join activities a on a.id = o.activity_id
               where o.athlete_id = $1 and o.kind = 'distance' and o.target = e.target and o.elapsed_s < e.elapsed_s
                 and a.merged_into is null and a.id <> e.activity_id and a.sport = 'running' limit 3) three) as "faster!",
             before.best_s as best_before_s, before.runs as "runs_before!"
           from activity_efforts e cross join lateral (
             select min(best.elapsed_s) as best_s, coalesce(sum(best.runs), 0)::int8 as runs
             from generate_series(2000, $4::int) y (year) cross join lateral (
               select min(few.elapsed_s) as elapsed_s, count(*) as runs from (
                 select o.elapsed_s from activity_efforts o join activities a on a.id = o.activity_id
                 where o.athlete_id = $1 and o.kind = 'distance' and o.target = e.target and o.year = y.year and a.merged_into is null
                   and a.sport = 'running' and a.started_at < $3 and is_possible_day(a.local_date, a.created_at)
                 order by o.elapsed_s limit 5) few) best) before
           where e.activity_id = $2 and e.kind = 'distance' order by e.target"#,
        athlete,
        own.id,
        own.started_at,
        own.day.year()
    );
    Ok(rows.fetch_all(tx.connection()).await?)
}

/// Where an activity came from and how it was computed, without its relatives and the length of its recording; and what it was split off.
pub(crate) async fn provenance(tx: &mut Tx, id: Uuid) -> Result<(Provenance, Option<Uuid>), Error> {
    let row = sqlx::query!(
        r#"select origin, source_name, split_from, crop_from is not null or crop_to is not null as "cropped!", formula_version, metrics_stale,
             clock_shift_ms is not null as "dated!", origin <> 'manual' and not is_possible_day(local_date, created_at) as "impossible_day!",
             (created_at at time zone 'UTC')::date as "imported!"
         from activities where id = $1"#,
        id
    )
    .fetch_one(tx.connection())
    .await?;
    let provenance = Provenance {
        manual: row.origin == "manual",
        source_name: row.source_name,
        cropped: row.cropped,
        dated: row.dated,
        impossible_day: row.impossible_day,
        imported: row.imported,
        formula_version: row.formula_version,
        stale: row.metrics_stale,
        ..Provenance::default()
    };
    Ok((provenance, row.split_from))
}

/// An activity that another one is made of, or was made from.
pub(crate) struct Relative {
    pub(crate) id: Uuid,
    pub(crate) title: String,
    /// The device, or the file's name.
    pub(crate) source: Option<String>,
    pub(crate) local_start: NaiveDateTime,
    pub(crate) distance_m: Option<f64>,
    pub(crate) merged_into: Option<Uuid>,
    pub(crate) split_from: Option<Uuid>,
}

/// What was merged into an activity or split off it, and what it was itself split off.
pub(crate) async fn relatives(tx: &mut Tx, id: Uuid, split_from: Option<Uuid>) -> Result<Vec<Relative>, Error> {
    let rows = sqlx::query_as!(
        Relative,
        "select id, title, coalesce(device, source_name) as source, local_start, distance_m, merged_into, split_from from activities
         where merged_into = $1 or split_from = $1 or id = $2 order by local_start, id",
        id,
        split_from
    );
    Ok(rows.fetch_all(tx.connection()).await?)
}
