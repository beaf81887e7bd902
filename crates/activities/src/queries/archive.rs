//! What the export, the import and the deletion of an account read and change of the viewer's activities.

use std::collections::BTreeMap;

use domain::activities::{Caveat, ChartSeries, ClimbRow, Lap, Split, Stretch};
use domain::recordings::Warning;
use physiology::route::Line;
use platform::feature::archive::{Original, check_each};
use platform::{Error, Tx};
use sqlx::types::Json;

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
    pub(crate) climbs: Json<Vec<ClimbRow>>,
    pub(crate) intervals: Json<Vec<Stretch>>,
    pub(crate) own_intervals: Option<Vec<i64>>,
    #[expect(dead_code, reason = "that it can be read is what is checked")]
    pub(crate) route_line: Option<Json<Line>>,
    pub(crate) warnings: Vec<Json<Warning>>,
    pub(crate) caveats: Vec<Json<Caveat>>,
}

/// Whether there is any activity, and whether any thresholds.
pub(crate) async fn contents(tx: &mut Tx) -> Result<(bool, bool), Error> {
    let athlete = tx.viewer()?;
    let row = sqlx::query!(
        r#"select exists (select from activities where athlete_id = $1) as "activities!",
             exists (select from athlete_thresholds where athlete_id = $1) as "thresholds!""#,
        athlete
    )
    .fetch_one(tx.connection())
    .await?;
    Ok((row.activities, row.thresholds))
}

/// Marks every activity for recomputation.
pub(crate) async fn mark_stale(tx: &mut Tx) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    sqlx::query!("update activities set metrics_stale = true, failed_formula_version = 0 where athlete_id = $1", athlete)
        .execute(tx.connection())
        .await?;
    Ok(())
}

/// The recordings of all activities.
pub(crate) async fn originals(tx: &mut Tx) -> Result<Vec<Original>, Error> {
    let athlete = tx.viewer()?;
    let rows = sqlx::query_as!(
        Original,
        r#"select distinct source_sha256 as sha256, origin <> 'file' as "made_here!" from activities where athlete_id = $1 order by 1"#,
        athlete
    );
    Ok(rows.fetch_all(tx.connection()).await?)
}

/// Whether an activity is split from itself, merged into one that is merged, or without a recording.
pub(crate) async fn has_impossible_activity(tx: &mut Tx) -> Result<bool, Error> {
    let athlete = tx.viewer()?;
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
pub(crate) async fn zones(tx: &mut Tx) -> Result<Vec<Zone>, Error> {
    let athlete = tx.viewer()?;
    let rows = sqlx::query!("select radius_m, hidden_m, shift_north_m, shift_east_m from privacy_zones where athlete_id = $1", athlete)
        .fetch_all(tx.connection())
        .await?;
    Ok(rows.into_iter().map(|z| Zone { radius_m: z.radius_m, hidden_m: z.hidden_m, shift: z.shift_north_m.zip(z.shift_east_m) }).collect())
}

/// Passes the JSON columns of each activity to a check, until one is refused; what cannot be decoded goes to `undecodable`.
pub(crate) async fn check_shapes(
    tx: &mut Tx,
    check: impl Fn(&Shapes) -> Result<(), Error> + Send,
    undecodable: impl FnOnce(&dyn std::fmt::Display) -> Error + Send,
) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    let rows = sqlx::query_as!(
        Shapes,
        r#"select repairs as "repairs: Json<BTreeMap<String, u32>>", route_preview as "route_preview: Json<Vec<(f32, f32)>>", splits as "splits: Json<Vec<Split>>",
             series as "series: Json<ChartSeries>", laps as "laps: Json<Vec<Lap>>", climbs as "climbs: Json<Vec<ClimbRow>>", intervals as "intervals: Json<Vec<Stretch>>", own_intervals,
             route_line as "route_line: Json<Line>", warnings as "warnings: Vec<Json<Warning>>", caveats as "caveats: Vec<Json<Caveat>>"
           from activities where athlete_id = $1"#,
        athlete
    );
    check_each(rows.fetch(tx.connection()), check, undecodable).await
}
