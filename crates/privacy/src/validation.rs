//! Checks of an archive's rows beyond the tables' own constraints: an archive may hold anything, and pages expect stored data as they wrote them.

use std::borrow::Cow;

use domain::discovery::{FindingSnapshot, StoredReport};
use domain::imports::Reason;
use domain::sharing::hidden_m;
use platform::feature::Features;
use platform::{Error, Tx};
use recordings::Recording;
use serde::Deserialize;
use uuid::Uuid;

use crate::archive::invalid_archive;
use crate::queries::bounds::{self, Bounds};
use crate::queries::training::{self, Shapes};

/// Characters of a text: the longest that a form accepts.
const TEXT: usize = domain::activities::MAX_DESCRIPTION;
/// Characters of an array of texts; and elements of an array of numbers, such as the zones.
const LIST: i32 = 100_000;
const NUMBERS: i32 = 100;
/// Points of a chart and of a route preview, splits and laps, kinds of repair, and things to say about a file: several times what we produce.
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
    check_reasons(tx, viewer).await?;
    delete_unreadable_findings(tx, viewer).await
}

/// Refuses dates that no page can show, numbers that are not finite or out of range, and texts that are too long.
async fn check_column_bounds(tx: &mut Tx, viewer: Uuid, features: Features) -> Result<(), Error> {
    let tables: Vec<&str> = features.exported().map(|table| table.name).collect();
    let bounds = Bounds { text: TEXT as i32, list: LIST, numbers: NUMBERS };
    match bounds::out_of_range(tx, viewer, &tables, bounds).await? {
        Some(table) => Err(invalid_archive(&format!("data/{table}.jsonl: a date, a number or a text in it is out of range"))),
        None => Ok(()),
    }
}

/// A merged activity's target must not be merged itself, no activity is split from itself, and every activity has its recording.
async fn check_activities(tx: &mut Tx, viewer: Uuid) -> Result<(), Error> {
    if training::has_impossible_activity(tx, viewer).await? {
        return Err(invalid_archive(&"data/activities.jsonl: an activity in it is part of itself, or has no recording"));
    }
    Ok(())
}

/// A privacy zone must hide at least the radius that it promises around its original centre, and not too much.
async fn check_zones(tx: &mut Tx, viewer: Uuid) -> Result<(), Error> {
    let hides = |radius_m, hidden: Option<f64>, shift: Option<(f64, f64)>| {
        hidden.zip(shift).is_some_and(|(hidden, shift)| hidden >= hidden_m(radius_m, shift) - 1e-6 && hidden <= MAX_HIDDEN_M)
    };
    let zones = training::zones(tx, viewer).await?;
    if zones.into_iter().all(|z| hides(z.radius_m, z.hidden_m, z.shift)) {
        return Ok(());
    }
    Err(invalid_archive(&"data/privacy_zones.jsonl: a zone in it does not hide what it should"))
}

/// Findings that cannot be read are dropped, like those of an older format: they are computed again.
async fn delete_unreadable_findings(tx: &mut Tx, viewer: Uuid) -> Result<(), Error> {
    if training::report(tx, viewer).await?.is_some_and(|text| serde_json::from_str::<StoredReport>(&text).is_err()) {
        training::delete_report(tx, viewer).await?;
    }
    training::delete_snapshots_unless(tx, viewer, |findings| serde_json::from_str::<Vec<FindingSnapshot>>(findings).is_ok()).await
}

/// Checks the JSON columns that pages read.
async fn check_shapes(tx: &mut Tx, viewer: Uuid) -> Result<(), Error> {
    let wrong = |what: &dyn std::fmt::Display| invalid_archive(&format!("data/activities.jsonl: {what}"));
    let check = |row: &Shapes| {
        let series = &row.series;
        let along = series.km.len();
        let even = [series.time_s.len(), series.pace.len(), series.graded.len(), series.heart_rate.len(), series.altitude.len(), series.route.len()];
        let lines = series.lines.len() <= KINDS && series.lines.iter().all(|line| line.points.len() <= POINTS);
        let few = along <= POINTS
            && row.route_preview.len() <= PREVIEW
            && row.splits.len() <= ROWS
            && row.laps.len() <= ROWS
            && row.repairs.len() <= KINDS
            && row.warnings.len() + row.caveats.len() <= KINDS;
        if !few || !lines || even.into_iter().any(|n| n != along) {
            return Err(wrong(&"a chart or a list in it is too long, or its length does not match the others"));
        }
        Ok(())
    };
    training::check_shapes(tx, viewer, check, wrong).await
}

/// Checks what is said about the files of imports.
async fn check_reasons(tx: &mut Tx, viewer: Uuid) -> Result<(), Error> {
    let wrong = |what: &dyn std::fmt::Display| invalid_archive(&format!("data/import_files.jsonl: {what}"));
    let check = |reasons: &[Reason]| if reasons.len() <= KINDS { Ok(()) } else { Err(wrong(&"there is too much to say about a file in it")) };
    training::check_reasons(tx, viewer, check, wrong).await
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
