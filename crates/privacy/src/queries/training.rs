//! What an archive reads and changes of rows that other features own, and nothing else does. Each of these statements is to move to the service of
//! its feature.

use std::collections::BTreeMap;

use domain::activities::{Caution, ChartSeries, Lap, Split};
use domain::imports::Reason;
use domain::recordings::Warning;
use futures::TryStreamExt;
use platform::{Error, Tx};
use sqlx::types::Json;
use uuid::Uuid;

/// What an account has already before an import.
pub(crate) struct Existing {
    /// Activities or journal days.
    pub(crate) days: bool,
    /// Thresholds.
    pub(crate) thresholds: bool,
}

/// The recording that an activity was computed from.
pub(crate) struct Original {
    pub(crate) sha256: Vec<u8>,
    /// Whether it was made here and there never was a file.
    pub(crate) made_here: bool,
}

/// A privacy zone: the radius that was chosen, the one that is hidden, and how far its centre is shifted north and east, in metres.
pub(crate) struct Zone {
    pub(crate) radius_m: f64,
    pub(crate) hidden_m: Option<f64>,
    pub(crate) shift: Option<(f64, f64)>,
}

/// The columns of an activity that pages read as JSON.
pub(crate) struct Shapes {
    pub(crate) repairs: Json<BTreeMap<String, u32>>,
    pub(crate) route_preview: Json<Vec<(f32, f32)>>,
    pub(crate) splits: Json<Vec<Split>>,
    pub(crate) series: Json<ChartSeries>,
    pub(crate) laps: Json<Vec<Lap>>,
    pub(crate) warnings: Vec<Json<Warning>>,
    pub(crate) caveats: Vec<Json<Caution>>,
}

/// Whether an account has training already.
pub(crate) async fn existing(tx: &mut Tx, athlete: Uuid) -> Result<Existing, Error> {
    let row = sqlx::query!(
        r#"select exists (select from activities where athlete_id = $1) or exists (select from journal_entries where athlete_id = $1) as "days!",
             exists (select from athlete_thresholds where athlete_id = $1) as "values!""#,
        athlete
    )
    .fetch_one(tx.connection())
    .await?;
    Ok(Existing { days: row.days, thresholds: row.values })
}

/// Marks every activity for recomputation.
pub(crate) async fn mark_stale(tx: &mut Tx, athlete: Uuid) -> Result<(), Error> {
    sqlx::query!("update activities set metrics_stale = true, failed_formula_version = 0 where athlete_id = $1", athlete)
        .execute(tx.connection())
        .await?;
    Ok(())
}

/// The hashes of the recordings of all activities.
pub(crate) async fn sources(tx: &mut Tx, athlete: Uuid) -> Result<Vec<Vec<u8>>, Error> {
    let sources = sqlx::query_scalar!("select distinct source_sha256 from activities where athlete_id = $1 order by 1", athlete);
    Ok(sources.fetch_all(tx.connection()).await?)
}

/// The same, with where they are from.
pub(crate) async fn originals(tx: &mut Tx, athlete: Uuid) -> Result<Vec<Original>, Error> {
    let rows =
        sqlx::query!(r#"select distinct source_sha256, origin <> 'file' as "made_here!" from activities where athlete_id = $1 order by 1"#, athlete)
            .fetch_all(tx.connection())
            .await?;
    Ok(rows.into_iter().map(|row| Original { sha256: row.source_sha256, made_here: row.made_here }).collect())
}

/// The files that were uploaded and are not imported yet.
pub(crate) async fn uploads(tx: &mut Tx, athlete: Uuid) -> Result<Vec<String>, Error> {
    let uploads =
        sqlx::query_scalar!(r#"select upload_key as "upload_key!" from import_files where athlete_id = $1 and upload_key is not null"#, athlete);
    Ok(uploads.fetch_all(tx.connection()).await?)
}

/// Whether an activity is split from itself, merged into one that is merged, or without a recording.
pub(crate) async fn has_impossible_activity(tx: &mut Tx, athlete: Uuid) -> Result<bool, Error> {
    let wrong = sqlx::query_scalar!(
        r#"select exists (
             select from activities a where a.athlete_id = $1 and (
               a.split_from = a.id or not exists (select from activity_streams s where s.activity_id = a.id)
               or exists (select from activities w where w.id = a.merged_into and w.merged_into is not null))) as "wrong!""#,
        athlete
    );
    Ok(wrong.fetch_one(tx.connection()).await?)
}

/// The privacy zones.
pub(crate) async fn zones(tx: &mut Tx, athlete: Uuid) -> Result<Vec<Zone>, Error> {
    let rows = sqlx::query!("select radius_m, hidden_m, shift_north_m, shift_east_m from privacy_zones where athlete_id = $1", athlete)
        .fetch_all(tx.connection())
        .await?;
    Ok(rows.into_iter().map(|z| Zone { radius_m: z.radius_m, hidden_m: z.hidden_m, shift: z.shift_north_m.zip(z.shift_east_m) }).collect())
}

/// Passes the JSON columns of each activity to a check, until one is refused; what cannot be decoded goes to `undecodable`.
pub(crate) async fn check_shapes(
    tx: &mut Tx,
    athlete: Uuid,
    mut check: impl FnMut(&Shapes) -> Result<(), Error>,
    undecodable: impl FnOnce(&dyn std::fmt::Display) -> Error,
) -> Result<(), Error> {
    let mut rows = sqlx::query_as!(
        Shapes,
        r#"select repairs as "repairs: Json<BTreeMap<String, u32>>", route_preview as "route_preview: Json<Vec<(f32, f32)>>", splits as "splits: Json<Vec<Split>>",
             series as "series: Json<ChartSeries>", laps as "laps: Json<Vec<Lap>>", warnings as "warnings: Vec<Json<Warning>>", caveats as "caveats: Vec<Json<Caution>>"
           from activities where athlete_id = $1"#,
        athlete
    )
    .fetch(tx.connection());
    loop {
        match rows.try_next().await {
            Ok(Some(row)) => check(&row)?,
            Ok(None) => return Ok(()),
            Err(sqlx::Error::ColumnDecode { source, .. }) => return Err(undecodable(&source)),
            Err(error) => return Err(error.into()),
        }
    }
}

/// Passes what is said about each file of an import to a check, until it is refused; what cannot be decoded goes to `undecodable`.
pub(crate) async fn check_reasons(
    tx: &mut Tx,
    athlete: Uuid,
    check: impl Fn(&[Reason]) -> Result<(), Error>,
    undecodable: impl FnOnce(&dyn std::fmt::Display) -> Error,
) -> Result<(), Error> {
    let rows = sqlx::query_scalar!(r#"select reasons as "reasons: Json<Vec<Reason>>" from import_files where athlete_id = $1"#, athlete);
    let mut rows = rows.fetch(tx.connection());
    loop {
        match rows.try_next().await {
            Ok(Some(reasons)) => check(&reasons)?,
            Ok(None) => return Ok(()),
            Err(sqlx::Error::ColumnDecode { source, .. }) => return Err(undecodable(&source)),
            Err(error) => return Err(error.into()),
        }
    }
}

/// The report of discovery, as JSON.
pub(crate) async fn report(tx: &mut Tx, athlete: Uuid) -> Result<Option<String>, Error> {
    let report = sqlx::query_scalar!(r#"select report::text as "report!" from discovery_reports where athlete_id = $1"#, athlete);
    Ok(report.fetch_optional(tx.connection()).await?)
}

/// Deletes the report of discovery.
pub(crate) async fn delete_report(tx: &mut Tx, athlete: Uuid) -> Result<(), Error> {
    sqlx::query!("delete from discovery_reports where athlete_id = $1", athlete).execute(tx.connection()).await?;
    Ok(())
}

/// Deletes the snapshots of findings that are not readable.
pub(crate) async fn delete_snapshots_unless(tx: &mut Tx, athlete: Uuid, is_readable: impl Fn(&str) -> bool) -> Result<(), Error> {
    let mut unreadable = Vec::new();
    let days = sqlx::query!(r#"select day, findings::text as "findings!" from finding_snapshots where athlete_id = $1"#, athlete);
    let mut days = days.fetch(tx.connection());
    while let Some(row) = days.try_next().await? {
        if !is_readable(&row.findings) {
            unreadable.push(row.day);
        }
    }
    drop(days);
    sqlx::query!("delete from finding_snapshots where athlete_id = $1 and day = any($2)", athlete, &unreadable).execute(tx.connection()).await?;
    Ok(())
}
