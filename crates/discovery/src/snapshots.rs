//! Snapshots of the findings: one row per day, and what changed since.

use chrono::{DateTime, Days, NaiveDate, Utc};
use domain::discovery::{FindingSnapshot, Report, Tier, TierChange};
use platform::{Error, Tx};

use crate::queries::snapshots::{self, NewSnapshot};

/// How far the page looks back.
const LOOK_BACK: Days = Days::new(28);

/// Saves a snapshot of the report, replacing an earlier one of the same day.
pub(crate) async fn save_snapshot(tx: &mut Tx, report: &Report, fingerprint: &str, now: DateTime<Utc>) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    let findings: Vec<FindingSnapshot> = report
        .cards
        .iter()
        .map(|c| FindingSnapshot { key: c.key.clone(), tier: c.tier, is_beneficial: c.is_beneficial, effect: c.effect, q: c.q })
        .collect();
    let findings = serde_json::to_value(&findings)?;
    let new = NewSnapshot { day: now.date_naive(), computed_at: now, fingerprint, engine: &report.engine, findings };
    snapshots::upsert(tx, athlete, new).await
}

/// Findings whose tier changed since four weeks ago, or since the first snapshot if that is later. `None` without an earlier snapshot.
pub(crate) async fn changes(tx: &mut Tx, report: &Report) -> Result<Option<(NaiveDate, Vec<TierChange>)>, Error> {
    let athlete = tx.viewer()?;
    let today = report.computed_at.date_naive();
    let earlier = snapshots::earlier(tx, athlete, today - LOOK_BACK, today).await?;
    Ok(earlier.and_then(|(day, findings)| {
        let earlier: Vec<FindingSnapshot> = serde_json::from_value(findings).ok()?;
        Some((day, compare(&earlier, report)))
    }))
}

/// Changes that matter to an athlete: to or from a conclusive tier.
pub(crate) fn compare(earlier: &[FindingSnapshot], report: &Report) -> Vec<TierChange> {
    let conclusive = |tier: Tier| tier.holds() || matches!(tier, Tier::NoEffect | Tier::TooSmall);
    let changed = report.cards.iter().filter_map(|card| {
        let before = earlier.iter().find(|k| k.key == card.key).map_or(Tier::NotEnoughData, |k| k.tier);
        let reported = before != card.tier && (conclusive(before) || conclusive(card.tier));
        reported.then(|| TierChange { key: card.key.clone(), input: card.input.clone(), outcome: card.outcome.clone(), before, now: card.tier })
    });
    changed.collect()
}
