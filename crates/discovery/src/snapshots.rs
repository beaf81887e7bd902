//! What was known when: one row a day, and what changed since.

use chrono::{DateTime, Days, NaiveDate, Utc};
use domain::discovery::{FindingSnapshot, Report, Tier, TierChange};
use platform::{Error, Tx};

/// How far the page looks back.
const LOOK_BACK: Days = Days::new(28);

/// Keeps what the report says, in place of what was said earlier on the same day.
pub(crate) async fn save_snapshot(session: &mut Tx, report: &Report, fingerprint: &str, now: DateTime<Utc>) -> Result<(), Error> {
    let athlete = session.viewer()?;
    let known: Vec<FindingSnapshot> =
        report.cards.iter().map(|c| FindingSnapshot { key: c.key.clone(), tier: c.tier, works: c.works, effect: c.effect, q: c.q }).collect();
    sqlx::query!(
        "insert into finding_snapshots (athlete_id, day, computed_at, fingerprint, engine, findings) values ($1, $2, $3, $4, $5, $6)
         on conflict (athlete_id, day) do update set
           computed_at = excluded.computed_at, fingerprint = excluded.fingerprint, engine = excluded.engine, findings = excluded.findings",
        athlete,
        now.date_naive(),
        now,
        fingerprint,
        report.engine,
        serde_json::to_value(&known)?
    )
    .execute(session.connection())
    .await?;
    Ok(())
}

/// What became surer or less sure since four weeks ago; since the first day on record where that is later. `None` without an earlier day.
pub(crate) async fn changes(session: &mut Tx, report: &Report) -> Result<Option<(NaiveDate, Vec<TierChange>)>, Error> {
    let athlete = session.viewer()?;
    let today = report.computed_at.date_naive();
    let row = sqlx::query!(
        "(select day, findings from finding_snapshots where athlete_id = $1 and day <= $2 order by day desc limit 1)
         union all (select day, findings from finding_snapshots where athlete_id = $1 and day > $2 and day < $3 order by day limit 1)
         limit 1",
        athlete,
        today - LOOK_BACK,
        today
    )
    .fetch_optional(session.connection())
    .await?;
    Ok(row.and_then(|row| {
        let known: Vec<FindingSnapshot> = serde_json::from_value(row.findings?).ok()?;
        Some((row.day?, compare(&known, report)))
    }))
}

/// Changes that an athlete would want to hear of: to or from an answer.
pub(crate) fn compare(known: &[FindingSnapshot], report: &Report) -> Vec<TierChange> {
    let answers = |tier: Tier| tier.holds() || matches!(tier, Tier::NoEffect | Tier::TooSmall);
    let changed = report.cards.iter().filter_map(|card| {
        let before = known.iter().find(|k| k.key == card.key).map_or(Tier::NotEnoughData, |k| k.tier);
        let told = before != card.tier && (answers(before) || answers(card.tier));
        told.then(|| TierChange { key: card.key.clone(), input: card.input.clone(), outcome: card.outcome.clone(), before, now: card.tier })
    });
    changed.collect()
}
