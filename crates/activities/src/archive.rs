//! What an archive's activities must be like, beyond the tables' own constraints: pages expect stored data as they wrote it.

use std::borrow::Cow;

use domain::activities::Line;
use domain::sharing::hidden_m;
use futures::FutureExt;
use platform::feature::archive::{Archive, Contents, StoredFiles, invalid};
use platform::{Error, Tx};
use recordings::Recording;
use serde::Deserialize;

use crate::queries::archive::{self as queries, Shapes};

/// Bytes of a row with a recording: a day of samples is far below.
pub(crate) const RECORDING_ROW_BYTES: u64 = 64 << 20;
/// Points of a chart and of a route preview, splits and laps, kinds of repair and of warning: several times what we produce.
const POINTS: usize = 4_000;
const PREVIEW: usize = 1_000;
const ROWS: usize = 20_000;
const KINDS: usize = 100;
/// Of the name of a line and its unit.
const NAME_BYTES: usize = 400;
/// Maximum hidden radius of a privacy zone, in metres: the widest that forms allow, plus the shift of an older zone.
const MAX_HIDDEN_M: f64 = 30_000.0;

pub(crate) const ARCHIVE: Archive = Archive { contents: |tx| contents(tx).boxed(), check: |tx, before| check(tx, before).boxed() };

pub(crate) const FILES: StoredFiles = StoredFiles { originals: |tx| queries::originals(tx).boxed(), ..StoredFiles::NONE };

async fn contents(tx: &mut Tx) -> Result<Contents, Error> {
    Ok(match queries::contents(tx).await? {
        (true, _) => Contents::Training,
        (false, true) => Contents::Settings,
        (false, false) => Contents::Nothing,
    })
}

async fn check(tx: &mut Tx, before: Contents) -> Result<(), Error> {
    // A merged activity's target is not merged itself, no activity is split from itself, and every activity has its recording.
    if queries::has_impossible_activity(tx).await? {
        return Err(invalid(&"data/activities.jsonl: an activity in it is part of itself, or has no recording"));
    }
    check_zones(tx).await?;
    check_shapes(tx).await?;
    if before == Contents::Settings {
        // Their metrics come from the archive's thresholds, some of which may have been dropped in favour of the account's own.
        queries::mark_stale(tx).await?;
    }
    Ok(())
}

/// A privacy zone must hide at least the radius that it promises around its original centre, and not too much.
async fn check_zones(tx: &mut Tx) -> Result<(), Error> {
    let hides = |radius_m, hidden: Option<f64>, shift: Option<(f64, f64)>| {
        hidden.zip(shift).is_some_and(|(hidden, shift)| hidden >= hidden_m(radius_m, shift) - 1e-6 && hidden <= MAX_HIDDEN_M)
    };
    let zones = queries::zones(tx).await?;
    if zones.into_iter().all(|z| hides(z.radius_m, z.hidden_m, z.shift)) {
        return Ok(());
    }
    Err(invalid(&"data/privacy_zones.jsonl: a zone in it does not hide what it should"))
}

/// Checks the JSON columns that pages read.
async fn check_shapes(tx: &mut Tx) -> Result<(), Error> {
    let wrong = |what: &dyn std::fmt::Display| invalid(&format!("data/activities.jsonl: {what}"));
    let check = |row: &Shapes| {
        let series = &row.series;
        let along = series.time_s.len();
        // A recording without distance has none.
        let far = series.km.is_empty() || series.km.len() == along;
        let even = [series.pace.len(), series.graded.len(), series.heart_rate.len(), series.altitude.len(), series.route.len()];
        let short = |(name, unit): &(String, String)| name.len().max(unit.len()) <= NAME_BYTES;
        let fits = |line: &Line| line.points.len() <= POINTS && line.named.as_ref().is_none_or(short);
        let lines = series.lines.len() <= KINDS && series.lines.iter().all(fits);
        let few = along <= POINTS
            && row.route_preview.len() <= PREVIEW
            && row.splits.len() <= ROWS
            && row.laps.len().max(row.climbs.len()).max(row.intervals.len()) <= ROWS
            && row.own_intervals.as_ref().is_none_or(|at| at.is_sorted())
            && row.intervals.iter().all(|interval| interval.series.is_none())
            && row.repairs.len() <= KINDS
            && row.warnings.len() + row.caveats.len() <= KINDS;
        if !few || !lines || !far || even.into_iter().any(|n| n != along) {
            return Err(wrong(&"a chart or a list in it is too long, or its length does not match the others"));
        }
        Ok(())
    };
    queries::check_shapes(tx, check, wrong).await
}

/// Refuses rows with recordings that would decode to more than a reader produces from a file.
pub(crate) fn check_recordings(rows: &[u8]) -> Result<(), Error> {
    #[derive(Deserialize)]
    struct Row<'a> {
        #[serde(borrow)]
        samples: Cow<'a, str>,
    }
    let wrong = |what: &dyn std::fmt::Display| invalid(&format!("data/activity_streams.jsonl: {what}"));
    for row in serde_json::from_slice::<Vec<Row<'_>>>(rows).map_err(|e| wrong(&e))? {
        let stored = row.samples.strip_prefix("\\x").and_then(platform::decode_hex).filter(|bytes| Recording::is_within_bounds(bytes));
        stored.ok_or_else(|| wrong(&"a recording in it is not valid"))?;
    }
    Ok(())
}
