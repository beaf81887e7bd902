//! Reading activities for pages.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use domain::activities::{Detail, PAGE_SIZE, Page, Series, Split, Summary};
use platform::{Error, Session};
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
    ascent_m: Option<f64>,
    avg_hr_bpm: Option<f64>,
    gap_s_per_km: Option<f64>,
    efficiency_factor: Option<f64>,
    decoupling_pct: Option<f64>,
    trimp: Option<f64>,
    thumb: Json<Vec<(f32, f32)>>,
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
            ascent_m: r.ascent_m,
            avg_hr_bpm: r.avg_hr_bpm,
            gap_s_per_km: r.gap_s_per_km,
            efficiency_factor: r.efficiency_factor,
            decoupling_pct: r.decoupling_pct,
            trimp: r.trimp,
            thumb: r.thumb.0,
        }
    }
}

/// One page of the list, newest first; a page beyond the last is the last.
pub async fn list(session: &mut Session, page: u32) -> Result<Page, Error> {
    let athlete = session.viewer()?;
    let total =
        sqlx::query_scalar!(r#"select count(*) as "total!" from activities where athlete_id = $1"#, athlete).fetch_one(session.connection()).await?;
    let total = u32::try_from(total).unwrap_or(u32::MAX);
    let pages = total.div_ceil(PAGE_SIZE).max(1);
    let number = page.clamp(1, pages);
    let items = sqlx::query_as!(
        SummaryRow,
        r#"select id, sport, title, started_at, local_start, local_date, distance_m, moving_s, elapsed_s, ascent_m, avg_hr_bpm, gap_s_per_km,
             efficiency_factor, decoupling_pct, trimp, thumb as "thumb: Json<Vec<(f32, f32)>>"
           from activities where athlete_id = $1 order by started_at desc, id desc limit $2 offset $3"#,
        athlete,
        i64::from(PAGE_SIZE),
        i64::from((number - 1) * PAGE_SIZE)
    )
    .fetch_all(session.connection())
    .await?;
    Ok(Page { items: items.into_iter().map(Summary::from).collect(), number, pages, total })
}

/// The last activity, if there is one.
pub async fn latest(session: &mut Session) -> Result<Option<Summary>, Error> {
    let athlete = session.viewer()?;
    let row = sqlx::query_as!(
        SummaryRow,
        r#"select id, sport, title, started_at, local_start, local_date, distance_m, moving_s, elapsed_s, ascent_m, avg_hr_bpm, gap_s_per_km,
             efficiency_factor, decoupling_pct, trimp, thumb as "thumb: Json<Vec<(f32, f32)>>"
           from activities where athlete_id = $1 order by started_at desc, id desc limit 1"#,
        athlete
    )
    .fetch_optional(session.connection())
    .await?;
    Ok(row.map(Summary::from))
}

/// Everything that an activity's page shows.
pub async fn detail(session: &mut Session, id: Uuid) -> Result<Detail, Error> {
    let athlete = session.viewer()?;
    let row = sqlx::query!(
        r#"select id, sport, title, started_at, local_start, local_date, distance_m, moving_s, elapsed_s, ascent_m, avg_hr_bpm, gap_s_per_km,
             efficiency_factor, decoupling_pct, trimp, thumb as "thumb: Json<Vec<(f32, f32)>>", device, max_hr_bpm, ngp_s_per_km, hr_lag_s,
             temperature_c, repairs as "repairs: Json<std::collections::BTreeMap<String, u32>>", warnings,
             splits as "splits: Json<Vec<Split>>", series as "series: Json<Series>"
           from activities where id = $1"#,
        id
    )
    .fetch_optional(session.connection())
    .await?
    .ok_or_else(|| Error::not_found("activity"))?;
    let before = sqlx::query!(
        "select avg(efficiency_factor) filter (where local_date >= $2::date - 28) as days_28, avg(efficiency_factor) as days_90
         from activities where athlete_id = $1 and sport = $3 and local_date >= $2::date - 90 and started_at < $4",
        athlete,
        row.local_date,
        row.sport,
        row.started_at
    )
    .fetch_one(session.connection())
    .await?;
    let against = |mean: Option<f64>| row.efficiency_factor.zip(mean).filter(|(_, m)| *m > 0.0).map(|(own, m)| 100.0 * (own / m - 1.0));
    Ok(Detail {
        against_28_days: against(before.days_28),
        against_90_days: against(before.days_90),
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
            ascent_m: row.ascent_m,
            avg_hr_bpm: row.avg_hr_bpm,
            gap_s_per_km: row.gap_s_per_km,
            efficiency_factor: row.efficiency_factor,
            decoupling_pct: row.decoupling_pct,
            trimp: row.trimp,
            thumb: row.thumb.0,
        },
        device: row.device,
        max_hr_bpm: row.max_hr_bpm,
        ngp_s_per_km: row.ngp_s_per_km,
        hr_lag_s: row.hr_lag_s,
        temperature_c: row.temperature_c,
        repairs: row.repairs.0.into_iter().collect(),
        warnings: row.warnings,
        splits: row.splits.0,
        series: row.series.0,
    })
}
