//! The report: computed in the background when the data behind it changed, stored until then.

use std::collections::BTreeMap;

use domain::discovery::{Card, Caveat, FindingSnapshot, Input, Report, StoredFinding, StoredReport, TestableGroup, Tier, is_sign};
use domain::units::Units;
use inference::{Finding, Options, Table, discover};
use platform::feature::Features;
use platform::{Error, Platform, Tx};
use uuid::Uuid;

use crate::finding::{Athlete, stored};
use crate::queries::reports::{self, NewReport};
use crate::table::{Offer, daily, usual_pace};
use crate::variables::{EFFICIENCY, EXCLUDED_PAIRS, OUTCOMES, PACE};
use crate::{presentation, snapshots, testable};

/// Incremented when questions or the stored form change, so that stored reports are recomputed. Words are made when a report is read.
const REPORT_VERSION: u32 = 8;

/// The version that an up-to-date report was computed with: of the engine, of the report, and of what features declare of their inputs, but for words
/// and in whatever order.
pub(crate) fn version(features: Features) -> String {
    let mut inputs: Vec<String> =
        features.inputs().map(|input| format!("{} {} {} {:?}", input.key, input.step, input.first_lag, input.gap)).collect();
    inputs.sort();
    // FNV-1a.
    let inputs = inputs.join("\n").bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    format!("{}.{REPORT_VERSION}.{inputs:08x}", inference::ENGINE_VERSION)
}

/// Whether there is anything to compute of.
pub(crate) async fn has_data(tx: &mut Tx, features: Features) -> Result<bool, Error> {
    Ok(fingerprint(tx, features).await?.1)
}

/// Fingerprint of the data behind a report and of the version that computed it, and whether there is any data at all.
async fn fingerprint(tx: &mut Tx, features: Features) -> Result<(String, bool), Error> {
    let mut parts = Vec::new();
    for feature in features.iter() {
        parts.extend((feature.daily.fingerprint)(tx).await?.map(|part| format!("{}:{part}", feature.name)));
    }
    // Whatever order the features are in: if that changed it, all reports would be out of date, and nothing would request new ones.
    parts.sort();
    let any = !parts.is_empty();
    parts.insert(0, version(features));
    Ok((parts.join(" "), any))
}

/// The stored report, and how it stands to the data.
pub(crate) struct Loaded {
    /// In words. One of an older format cannot be parsed and counts as none.
    pub(crate) report: Option<Report>,
    /// What is kept of that, in the units that are stored.
    pub(crate) summary: Vec<FindingSnapshot>,
    /// Whether it is up to date: without data, none is.
    pub(crate) fresh: bool,
    /// What could be tested.
    pub(crate) testable: Vec<TestableGroup>,
    /// All inputs, with the words for them.
    pub(crate) inputs: Vec<Input>,
    /// Of the data as it is now.
    fingerprint: String,
}

/// Reads the stored report.
pub(crate) async fn load_report(tx: &mut Tx, features: Features, units: Units) -> Result<Loaded, Error> {
    let athlete = tx.viewer()?;
    let (fingerprint, any_data) = fingerprint(tx, features).await?;
    let row = reports::find(tx, athlete).await?;
    let stored = row.and_then(|row| Some((parse(&row.report)?, row.fingerprint == fingerprint)));
    let offered = testable::offered(tx, features).await?;
    let testable = testable::testable(&offered, stored.as_ref().map(|(report, _)| report));
    let inputs = testable::inputs(&offered);
    let Some((report, fresh)) = stored else {
        return Ok(Loaded { report: None, summary: Vec::new(), fresh: !any_data, testable, inputs, fingerprint });
    };
    let summary = presentation::summary(&report, &inputs);
    let report = Some(presentation::report(report, &inputs, units));
    Ok(Loaded { report, summary, fresh, testable, inputs, fingerprint })
}

fn parse(report: &str) -> Option<StoredReport> {
    serde_json::from_str(report).inspect_err(|error| tracing::warn!(%error, "a stored report cannot be parsed")).ok()
}

/// The surest finding that holds and is no mere sign, without what its chart draws. One of an older shape cannot be read; it is as if there were none.
pub async fn top_finding(tx: &mut Tx, features: Features, units: Units) -> Result<Option<Card>, Error> {
    let athlete = tx.viewer()?;
    let top = reports::top(tx, athlete).await?;
    let Some(top) = top.and_then(|top| serde_json::from_value(top).ok()) else { return Ok(None) };
    Ok(presentation::card(top, &features.inputs_of(tx).await?, units))
}

/// The stored finding of a card, and the version of the formulas behind its metrics.
pub(crate) async fn finding(tx: &mut Tx, key: &str) -> Result<Option<(StoredFinding, i32)>, Error> {
    let athlete = tx.viewer()?;
    let Some(report) = reports::find(tx, athlete).await?.and_then(|row| parse(&row.report)) else { return Ok(None) };
    let formulas = report.formulas;
    Ok(report.findings.into_iter().find(|finding| finding.key() == key).map(|finding| (finding, formulas)))
}

/// The interactive charts of the cards that have points, by the keys of the cards: `ECharts` options as JSON.
pub(crate) async fn charts(mut tx: Tx, features: Features, units: Units) -> Result<BTreeMap<String, String>, Error> {
    let athlete = tx.viewer()?;
    let row = reports::find(&mut tx, athlete).await?;
    let inputs = features.inputs_of(&mut tx).await?;
    // Drawing may wait for its turn, and needs no connection.
    tx.rollback().await?;
    let Some(row) = row else { return Ok(BTreeMap::new()) };
    let draw = move || {
        let findings = parse(&row.report).map(|report| report.findings).unwrap_or_default();
        findings.iter().filter_map(|finding| Some((finding.key(), presentation::interactive_chart(finding, &inputs, units)?))).collect()
    };
    platform::compute(draw).await
}

/// Computes an athlete's findings and stores them, unless nothing changed. For the background job and for setting up the demo; pages only
/// read.
pub async fn discover_now(platform: &Platform, athlete: Uuid) -> Result<Report, Error> {
    let mut tx = platform.database.begin_as(athlete).await?;
    let features = platform.features;
    let fingerprint = match load_report(&mut tx, features, Units::default()).await? {
        Loaded { report: Some(report), fresh: true, .. } => return Ok(report),
        Loaded { fingerprint, .. } => fingerprint,
    };
    let runs = activities::run_days(&mut tx).await?;
    let mut offers = Vec::new();
    for feature in features.iter() {
        let daily = feature.daily;
        offers.push(Offer { inputs: daily.offered(&mut tx).await?, days: (daily.values)(&mut tx).await? });
    }
    let now = platform.clock.now();
    let work = tokio::task::spawn_blocking(move || compute(&runs, &offers, now));
    let report = work.await.map_err(|e| Error::internal("discovery", &e))?;
    let top = report.findings.iter().find(|f| f.tier.holds() && !is_sign(&f.input)).map(|f| serde_json::to_value(f.without_chart())).transpose()?;
    let new = NewReport { fingerprint: &fingerprint, computed_at: now, report: serde_json::to_string(&report)?, top };
    reports::upsert(&mut tx, athlete, new).await?;
    let inputs = features.inputs_of(&mut tx).await?;
    let summary = presentation::summary(&report, &inputs);
    let report = presentation::report(report, &inputs, Units::default());
    snapshots::save_snapshot(&mut tx, (&report.engine, &summary), &fingerprint, now).await?;
    tx.commit().await?;
    Ok(report)
}

/// What discovery says of an account without any data.
pub(crate) fn without_data(platform: &Platform) -> Report {
    presentation::report(compute(&[], &[], platform.clock.now()), &[], Units::default())
}

pub(crate) fn compute(runs: &[activities::RunDay], offers: &[Offer], now: chrono::DateTime<chrono::Utc>) -> StoredReport {
    let engine = inference::ENGINE_VERSION.into();
    let formulas = physiology::FORMULA_VERSION;
    let empty = StoredReport { computed_at: now, engine, formulas, questions: 0, inputs: 0, outcomes: 0, runs: 0, findings: Vec::new() };
    let Some(mut table) = daily(runs, offers) else { return empty };
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    // A variable without data is not tested, so it does not count in the correction for multiple tests.
    let has_values = |c: &inference::Column| c.values.iter().any(|v| v.is_finite());
    table.inputs.retain(has_values);
    table.outcomes.retain(has_values);
    let options = Options { q_supported: domain::discovery::Q_SUPPORTED, ..Options::default() };
    let is_tested = |i: &inference::Column, o: &inference::Column| i.name != o.name && !EXCLUDED_PAIRS.contains(&(&i.name, &o.name));
    let pairs = table.inputs.iter().flat_map(|i| table.outcomes.iter().filter(move |o| o.name != PACE && is_tested(i, o)).map(move |_| i));
    let questions: usize = pairs.map(|i| options.max_lag + 1 - i.first_lag).sum();
    let athlete = Athlete { usual_pace: usual_pace(runs), first_day: table.first_day };
    // What says efficiency once more is neither a question nor a test of its own.
    let outcomes = table.outcomes.iter().filter(|outcome| outcome.name != PACE).count();
    let (found, restated) = findings(&table, &options);
    let words = |f: &Finding| {
        let input = offers.iter().flat_map(|offer| &offer.inputs).find(|i| i.key == f.input)?;
        let outcome = OUTCOMES.iter().find(|o| o.key == f.outcome)?;
        Some(stored(f, input, outcome, &athlete))
    };
    let restated = restated.iter().filter_map(words).map(|finding| {
        let caveats = if finding.tier.holds() { [vec![Caveat::Restates], finding.caveats].concat() } else { finding.caveats };
        StoredFinding { caveats, ..finding }
    });
    let mut findings: Vec<StoredFinding> = found.iter().filter_map(words).chain(restated).collect();
    findings.sort_by(|a, b| rank(a).cmp(&rank(b)).then(strength(b).total_cmp(&strength(a))));
    StoredReport {
        questions: count(questions),
        inputs: count(table.inputs.len()),
        outcomes: count(outcomes),
        runs: count(runs.iter().filter(|run| run.efficiency_factor.is_some_and(|v| v > 0.0)).count()),
        findings,
        ..empty
    }
}

/// Findings of all questions, and those of pace at a fixed heart rate. That is efficiency once more, of the same runs and the same heartbeats: it is no
/// question of its own. It is asked apart, so that it lowers the bar of no other question, and it holds only where efficiency does, so that it finds nothing
/// alone: two words for one thing are never two findings, and of noise there are no more findings than without it.
fn findings(table: &Table, options: &Options) -> (Vec<Finding>, Vec<Finding>) {
    let (restating, outcomes) = table.outcomes.iter().cloned().partition(|outcome| outcome.name == PACE);
    let found = discover(&Table { outcomes, ..table.clone() }, options);
    let mut restated = discover(&Table { outcomes: restating, priority: Vec::new(), ..table.clone() }, options);
    for finding in &mut restated {
        let Some(efficiency) = found.iter().find(|f| f.outcome == EFFICIENCY && f.input == finding.input) else {
            if finding.tier.holds() {
                (finding.tier, finding.expected) = (inference::Tier::Watching, None);
            }
            continue;
        };
        finding.q = finding.q.zip(efficiency.q).map(|(own, other)| own.max(other));
        finding.q_strict = finding.q_strict.zip(efficiency.q_strict).map(|(own, other)| own.max(other));
        let agrees = efficiency.tier.holds() && efficiency.effect.zip(finding.effect).is_some_and(|(one, other)| one * other > 0.0);
        if finding.tier.holds() && !agrees {
            (finding.tier, finding.expected) = (inference::Tier::Watching, None);
        }
    }
    (found, restated)
}

/// Supported findings first; among equals, what the athlete came for: efficiency before everything else, and what says it once more after it.
fn rank(finding: &StoredFinding) -> (u8, u8) {
    let tier = match finding.tier {
        Tier::Confirmed => 0,
        Tier::Supported => 1,
        Tier::Watching => 2,
        Tier::TooSmall => 3,
        Tier::NoEffect => 4,
        Tier::Unknown => 5,
        Tier::NotEnoughData => 6,
    };
    let outcome = match finding.outcome.as_str() {
        EFFICIENCY => 0,
        PACE => 2,
        _ => 1,
    };
    (tier, outcome)
}

fn strength(finding: &StoredFinding) -> f64 {
    finding.r.unwrap_or(0.0).abs()
}
