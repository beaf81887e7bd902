//! Checks of an archive's rows beyond the tables' own constraints: an archive may hold anything, and pages expect stored data as they wrote them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use domain::activities::{ChartSeries, Lap, Split};
use domain::discovery::{FindingSnapshot, Report};
use domain::sharing::hidden_m;
use futures::TryStreamExt;
use platform::feature::Features;
use platform::{Error, Tx};
use recordings::Recording;
use serde::Deserialize;
use sqlx::AssertSqlSafe;
use sqlx::types::Json;
use uuid::Uuid;

use crate::archive::invalid_archive;

/// Characters of a text: the longest that a form accepts.
const TEXT: usize = domain::activities::MAX_DESCRIPTION;
/// Characters of an array of texts, such as a reader's warnings; and elements of an array of numbers, such as the zones.
const LIST: usize = 100_000;
const NUMBERS: usize = 100;
/// Points of a chart and of a route preview, splits and laps, and kinds of repair: several times what we produce.
const POINTS: usize = 4_000;
const PREVIEW: usize = 1_000;
const ROWS: usize = 20_000;
const KINDS: usize = 100;
/// Maximum hidden radius of a privacy zone, in metres: the widest that forms allow, plus the shift of an older zone.
const MAX_HIDDEN_M: f64 = 30_000.0;

/// Refuses what was stored for an account if no page could show it, or if a privacy zone would not hide what it should.
pub(crate) async fn check(tx: &mut Tx, viewer: Uuid, features: Features) -> Result<(), Error> {
    check_column_bounds(tx, viewer, features).await?;
    check_activities(tx, viewer).await?;
    check_zones(tx, viewer).await?;
    check_shapes(tx, viewer).await?;
    delete_unreadable_findings(tx, viewer).await
}

/// Refuses dates that no page can show, numbers that are not finite or out of range, and texts that are too long.
async fn check_column_bounds(tx: &mut Tx, viewer: Uuid, features: Features) -> Result<(), Error> {
    let tables: Vec<&str> = features.exported().map(|table| table.name).collect();
    let found: Vec<(String, String)> = sqlx::query_as(
        "select c.relname::text, string_agg(format(case
             when a.atttypid in ('date'::regtype, 'timestamptz'::regtype, 'timestamp'::regtype) then 'not %1$I between ''1900-01-01'' and ''2200-01-01'''
             when a.atttypid in ('float8'::regtype, 'int8'::regtype) then 'not %1$I between -1e13 and 1e13'
             when a.atttypid = 'float8[]'::regtype then
               'cardinality(%1$I) > %4$s or array_ndims(%1$I) > 1 or exists (select from unnest(%1$I) v where v is null or not v between -1e13 and 1e13)'
             when a.atttypid = 'text'::regtype then 'length(%1$I) > %2$s'
             else
               'cardinality(%1$I) > %3$s or length(array_to_string(%1$I, ''x'')) > %3$s or array_ndims(%1$I) > 1
                or exists (select from unnest(%1$I) v where v is null)' end, a.attname, $2::int, $3::int, $4::int), ' or ')
           from pg_class c join pg_attribute a on a.attrelid = c.oid
           where c.relnamespace = 'public'::regnamespace and c.relname = any($1) and a.attnum > 0 and not a.attisdropped and a.atttypid in
             ('date'::regtype, 'timestamptz'::regtype, 'timestamp'::regtype, 'float8'::regtype, 'int8'::regtype, 'float8[]'::regtype, 'text'::regtype,
              'text[]'::regtype)
           group by 1",
    )
    .bind(&tables)
    .bind(TEXT as i32)
    .bind(LIST as i32)
    .bind(NUMBERS as i32)
    .fetch_all(tx.connection())
    .await?;
    for (table, impossible) in found {
        let sql = format!("select exists (select from {table} where athlete_id = $1 and ({impossible}))");
        if sqlx::query_scalar(AssertSqlSafe(sql)).bind(viewer).fetch_one(tx.connection()).await? {
            return Err(invalid_archive(&format!("data/{table}.jsonl: a date, a number or a text in it is out of range")));
        }
    }
    Ok(())
}

/// A merged activity's target must not be merged itself, no activity is split from itself, and every activity has its recording.
async fn check_activities(tx: &mut Tx, viewer: Uuid) -> Result<(), Error> {
    let wrong = sqlx::query_scalar!(
        r#"select exists (
             select from activities a where a.athlete_id = $1 and (
               a.split_from = a.id or not exists (select from activity_streams s where s.activity_id = a.id)
               or exists (select from activities w where w.id = a.merged_into and w.merged_into is not null))) as "wrong!""#,
        viewer
    );
    if wrong.fetch_one(tx.connection()).await? {
        return Err(invalid_archive(&"data/activities.jsonl: an activity in it is part of itself, or has no recording"));
    }
    Ok(())
}

/// A privacy zone must hide at least the radius that it promises around its original centre, and not too much.
async fn check_zones(tx: &mut Tx, viewer: Uuid) -> Result<(), Error> {
    let zones = sqlx::query!("select radius_m, hidden_m, shift_north_m, shift_east_m from privacy_zones where athlete_id = $1", viewer);
    let hides = |radius_m, hidden: Option<f64>, shift: Option<(f64, f64)>| {
        hidden.zip(shift).is_some_and(|(hidden, shift)| hidden >= hidden_m(radius_m, shift) - 1e-6 && hidden <= MAX_HIDDEN_M)
    };
    let zones = zones.fetch_all(tx.connection()).await?;
    if zones.into_iter().all(|z| hides(z.radius_m, z.hidden_m, z.shift_north_m.zip(z.shift_east_m))) {
        return Ok(());
    }
    Err(invalid_archive(&"data/privacy_zones.jsonl: a zone in it does not hide what it should"))
}

/// Findings that cannot be read are dropped, like those of an older format: they are computed again.
async fn delete_unreadable_findings(tx: &mut Tx, viewer: Uuid) -> Result<(), Error> {
    let report = sqlx::query_scalar!(r#"select report::text as "report!" from discovery_reports where athlete_id = $1"#, viewer);
    let report = report.fetch_optional(tx.connection()).await?;
    if report.is_some_and(|text| serde_json::from_str::<Report>(&text).is_err()) {
        sqlx::query!("delete from discovery_reports where athlete_id = $1", viewer).execute(tx.connection()).await?;
    }
    let mut unreadable = Vec::new();
    let days = sqlx::query!(r#"select day, findings::text as "findings!" from finding_snapshots where athlete_id = $1"#, viewer);
    let mut days = days.fetch(tx.connection());
    while let Some(row) = days.try_next().await? {
        if serde_json::from_str::<Vec<FindingSnapshot>>(&row.findings).is_err() {
            unreadable.push(row.day);
        }
    }
    drop(days);
    sqlx::query!("delete from finding_snapshots where athlete_id = $1 and day = any($2)", viewer, &unreadable).execute(tx.connection()).await?;
    Ok(())
}

/// Checks the JSON columns that pages read.
async fn check_shapes(tx: &mut Tx, viewer: Uuid) -> Result<(), Error> {
    let wrong = |what: &dyn std::fmt::Display| invalid_archive(&format!("data/activities.jsonl: {what}"));
    let mut rows = sqlx::query!(
        r#"select repairs as "repairs: Json<BTreeMap<String, u32>>", route_preview as "route_preview: Json<Vec<(f32, f32)>>", splits as "splits: Json<Vec<Split>>",
             series as "series: Json<ChartSeries>", laps as "laps: Json<Vec<Lap>>"
           from activities where athlete_id = $1"#,
        viewer
    )
    .fetch(tx.connection());
    loop {
        let row = match rows.try_next().await {
            Ok(Some(row)) => row,
            Ok(None) => return Ok(()),
            Err(sqlx::Error::ColumnDecode { source, .. }) => return Err(wrong(&source)),
            Err(error) => return Err(error.into()),
        };
        let series = &row.series;
        let along = series.km.len();
        let even = [series.time_s.len(), series.pace.len(), series.graded.len(), series.heart_rate.len(), series.altitude.len(), series.route.len()];
        let lines = series.lines.len() <= KINDS && series.lines.iter().all(|line| line.points.len() <= POINTS);
        let few =
            along <= POINTS && row.route_preview.len() <= PREVIEW && row.splits.len() <= ROWS && row.laps.len() <= ROWS && row.repairs.len() <= KINDS;
        if !few || !lines || even.into_iter().any(|n| n != along) {
            return Err(wrong(&"a chart or a list in it is too long, or its length does not match the others"));
        }
    }
}

/// Refuses stored recordings that would decode to more than a reader produces from a file.
pub(crate) fn check_recordings(batch: &[u8]) -> Result<(), Error> {
    #[derive(Deserialize)]
    struct Row<'a> {
        #[serde(borrow)]
        samples: Cow<'a, str>,
    }
    let wrong = |what: &dyn std::fmt::Display| invalid_archive(&format!("data/activity_streams.jsonl: {what}"));
    for row in serde_json::from_slice::<Vec<Row<'_>>>(batch).map_err(|e| wrong(&e))? {
        let stored = row.samples.strip_prefix("\\x").and_then(platform::decode_hex).filter(|bytes| Recording::is_within_bounds(bytes));
        stored.ok_or_else(|| wrong(&"a recording in it is not valid"))?;
    }
    Ok(())
}
