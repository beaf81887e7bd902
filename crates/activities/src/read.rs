//! Reading activities for pages.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use domain::activities::{ActivityList, Caution, ChartSeries, Detail, Effort, Lap, PAGE_SIZE, Provenance, Related, Split, Summary};
use domain::list::{Cursor, Page, PageRequest};
use platform::{Error, Tx};
use recordings::Warning;
use serde::de::DeserializeOwned;
use sqlx::types::Json;
use uuid::Uuid;

struct SummaryRow {
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
}

impl From<SummaryRow> for Summary {
    fn from(r: SummaryRow) -> Self {
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

/// One page of the list, and how many there are in all.
pub async fn list(tx: &mut Tx, request: &PageRequest) -> Result<ActivityList, Error> {
    let total = count(tx).await?;
    Ok(ActivityList { page: page(tx, request).await?, total })
}

/// One page of the list, newest first; a page beyond the last is empty.
pub(crate) async fn page(tx: &mut Tx, request: &PageRequest) -> Result<Page<Summary>, Error> {
    let athlete = tx.viewer()?;
    let (before, before_id) = request.before_moment();
    let rows = sqlx::query_as!(
        SummaryRow,
        r#"select id, sport, title, started_at, local_start, local_date, distance_m, moving_s, elapsed_s, elevation_gain_m, avg_hr_bpm, gap_s_per_km,
             efficiency_factor, decoupling_pct, trimp, route_preview as "route_preview: Json<Vec<(f32, f32)>>"
           from activities where athlete_id = $1 and merged_into is null and (started_at, id) < ($2, $3)
           order by started_at desc, id desc limit $4"#,
        athlete,
        before,
        before_id,
        request.limit(PAGE_SIZE)
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(Page::of(request, PAGE_SIZE, rows, |row| Cursor::of_moment(row.started_at, row.id)).map(Summary::from))
}

/// How many activities there are.
pub async fn count(tx: &mut Tx) -> Result<u32, Error> {
    let athlete = tx.viewer()?;
    let total = sqlx::query_scalar!(r#"select count(*) as "total!" from activities where athlete_id = $1 and merged_into is null"#, athlete)
        .fetch_one(tx.connection())
        .await?;
    Ok(u32::try_from(total).unwrap_or(u32::MAX))
}

/// The latest activity, if there is one. What a wrong clock dates into the future does not count.
pub async fn latest(tx: &mut Tx) -> Result<Option<Summary>, Error> {
    let athlete = tx.viewer()?;
    let row = sqlx::query_as!(
        SummaryRow,
        r#"select id, sport, title, started_at, local_start, local_date, distance_m, moving_s, elapsed_s, elevation_gain_m, avg_hr_bpm, gap_s_per_km,
             efficiency_factor, decoupling_pct, trimp, route_preview as "route_preview: Json<Vec<(f32, f32)>>"
           from activities where athlete_id = $1 and merged_into is null and is_possible_day(local_date, created_at)
           order by started_at desc, id desc limit 1"#,
        athlete
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(row.map(Summary::from))
}

/// Locks an activity until the transaction ends.
pub(crate) async fn lock(tx: &mut Tx, id: Uuid) -> Result<(), Error> {
    let found = sqlx::query_scalar!("select id from activities where id = $1 for update", id).fetch_optional(tx.connection()).await?;
    found.map(|_| ()).ok_or_else(|| Error::not_found("activity"))
}

/// Everything that an activity's page shows.
pub async fn detail(tx: &mut Tx, id: Uuid) -> Result<Detail, Error> {
    let athlete = tx.viewer()?;
    let row = sqlx::query!(
        r#"select id, sport, title, started_at, local_start, local_date, distance_m, moving_s, elapsed_s, elevation_gain_m, avg_hr_bpm, gap_s_per_km,
             efficiency_factor, decoupling_pct, trimp, route_preview as "route_preview: Json<Vec<(f32, f32)>>", device, max_hr_bpm, ngp_s_per_km, hr_lag_s,
             temperature_c, repairs as "repairs: Json<std::collections::BTreeMap<String, u32>>",
             warnings as "warnings: Vec<Json<serde_json::Value>>", caveats as "caveats: Vec<Json<serde_json::Value>>",
             splits as "splits: Json<Vec<Split>>", series as "series: Json<ChartSeries>", hr_lag_low_s, hr_lag_high_s, description, gear, sub_sport,
             edwards, hr_stress, running_stress, vo2max, zones_s, zone_bounds, laps as "laps: Json<Vec<Lap>>"
           from activities where id = $1"#,
        id
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or_else(|| Error::not_found("activity"))?;
    let efforts = efforts(tx, id).await?;
    let provenance = provenance(tx, id).await?;
    // Where the date is impossible, the page itself asks for it; once it is given, the warning is void.
    let asked = provenance.dated || provenance.impossible_day;
    let warnings = known::<Warning>(row.warnings).filter(|w| !(asked && w.is_about_date())).map(|w| w.to_string());
    let warnings = warnings.chain(known::<Caution>(row.caveats).map(|c| c.to_string())).collect();
    let before = sqlx::query!(
        "select avg(efficiency_factor) filter (where local_date >= $2::date - 28) as days_28, avg(efficiency_factor) as days_90
         from activities where athlete_id = $1 and merged_into is null and sport = $3 and local_date >= $2::date - 90 and started_at < $4",
        athlete,
        row.local_date,
        row.sport,
        row.started_at
    )
    .fetch_one(tx.connection())
    .await?;
    let versus = |mean: Option<f64>| row.efficiency_factor.zip(mean).filter(|(_, m)| *m > 0.0).map(|(own, m)| 100.0 * (own / m - 1.0));
    Ok(Detail {
        against_28_days: versus(before.days_28),
        against_90_days: versus(before.days_90),
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
        zones: row.zone_bounds.unwrap_or_default().into_iter().zip(row.zones_s.unwrap_or_default()).collect(),
        laps: row.laps.0,
        efforts,
        history: provenance,
        temperature_c: row.temperature_c,
        repairs: row.repairs.0.into_iter().collect(),
        warnings,
        splits: row.splits.0,
        series: row.series.0,
    })
}

/// Codes as stored. One that only a newer version knows is left out.
fn known<T: DeserializeOwned>(stored: Vec<Json<serde_json::Value>>) -> impl Iterator<Item = T> {
    let read = |Json(code)| serde_json::from_value(code).inspect_err(|error| tracing::warn!(%error, "a code of an activity")).ok();
    stored.into_iter().filter_map(read)
}

/// Best efforts over distances, each with its rank among all of the athlete's.
async fn efforts(tx: &mut Tx, id: Uuid) -> Result<Vec<Effort>, Error> {
    let athlete = tx.viewer()?;
    let rows = sqlx::query!(
        r#"select e.target as distance_m, e.elapsed_s,
             (select count(*) from activity_efforts o join activities a on a.id = o.activity_id
              where o.athlete_id = $1 and o.kind = 'distance' and o.target = e.target and o.elapsed_s < e.elapsed_s
                and a.merged_into is null and a.id <> e.activity_id and a.sport = 'running') as "faster!"
           from activity_efforts e where e.activity_id = $2 and e.kind = 'distance' order by e.target"#,
        athlete,
        id
    )
    .fetch_all(tx.connection())
    .await?;
    let rank = |faster: i64| u8::try_from(faster + 1).ok().filter(|r| *r <= 3);
    Ok(rows.into_iter().map(|r| Effort { distance_m: r.distance_m, elapsed_s: r.elapsed_s, rank: rank(r.faster) }).collect())
}

/// Where an activity came from and what was done to it.
async fn provenance(tx: &mut Tx, id: Uuid) -> Result<Provenance, Error> {
    let own = sqlx::query!(
        r#"select origin, source_name, split_from, crop_from is not null or crop_to is not null as cropped, formula_version, metrics_stale,
             clock_shift_ms is not null as "dated!", origin <> 'manual' and not is_possible_day(local_date, created_at) as "impossible_day!",
             (created_at at time zone 'UTC')::date as "imported!"
         from activities where id = $1"#,
        id
    )
    .fetch_one(tx.connection())
    .await?;
    let rows = sqlx::query!(
        "select id, title, coalesce(device, source_name) as source, local_start, distance_m, merged_into, split_from from activities
         where merged_into = $1 or split_from = $1 or id = $2 order by local_start, id",
        id,
        own.split_from
    )
    .fetch_all(tx.connection())
    .await?;
    let mut out = Provenance {
        manual: own.origin == "manual",
        source_name: own.source_name,
        cropped: own.cropped.unwrap_or(false),
        dated: own.dated,
        impossible_day: own.impossible_day,
        imported: own.imported,
        whole_s: crate::edit::source_duration_s(tx, id).await?,
        formula_version: own.formula_version,
        stale: own.metrics_stale,
        ..Provenance::default()
    };
    for r in rows {
        let related =
            Related { id: r.id, title: r.title, source: r.source.unwrap_or_default(), local_start: r.local_start, distance_m: r.distance_m };
        if r.merged_into == Some(id) {
            out.merged.push(related);
        } else if r.split_from == Some(id) {
            out.split_off.push(related);
        } else {
            out.split_from = Some(related);
        }
    }
    Ok(out)
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
