//! The report: computed in the background when the data behind it changed, kept until then.

use domain::discovery::{Card, Report, Tier};
use inference::{Options, discover};
use platform::{Error, Platform, Tx};
use uuid::Uuid;

use crate::presentation::{Athlete, card};
use crate::snapshots;
use crate::table::daily;
use crate::variables::{EXCLUDED_PAIRS, INPUTS, OUTCOMES};

/// Changes when questions or sentences change, so that kept reports are made anew.
const REPORT_VERSION: u32 = 3;

/// What a report must have been made with to be the latest.
pub(crate) fn version() -> String {
    format!("{}.{REPORT_VERSION}", inference::ENGINE_VERSION)
}

/// The data behind a report, and what it was made with.
pub(crate) async fn fingerprint(session: &mut Tx) -> Result<String, Error> {
    Ok(format!("{} {} {}", version(), activities::fingerprint(session).await?, journal::fingerprint(session).await?))
}

/// Whether there is anything to compare at all.
pub(crate) async fn has_data(session: &mut Tx) -> Result<bool, Error> {
    let athlete = session.viewer()?;
    let row = sqlx::query_scalar!(
        r#"select exists (select from activities where athlete_id = $1) or exists (select from journal_entries where athlete_id = $1) as "any!""#,
        athlete
    );
    Ok(row.fetch_one(session.connection()).await?)
}

/// The kept report and whether it still is the latest. One of an older shape cannot be read; it is as if there were none.
pub(crate) async fn load_report(session: &mut Tx) -> Result<(Option<Report>, bool), Error> {
    let athlete = session.viewer()?;
    let current = fingerprint(session).await?;
    let row =
        sqlx::query!("select fingerprint, report from discovery_reports where athlete_id = $1", athlete).fetch_optional(session.connection()).await?;
    Ok(row.map_or((None, false), |row| {
        let report = serde_json::from_value(row.report).inspect_err(|error| tracing::warn!(%error, "a kept report cannot be read")).ok();
        let fresh = report.is_some() && row.fingerprint == current;
        (report, fresh)
    }))
}

/// Computes an athlete's findings and keeps them, unless nothing changed. For the background job and for setting up a demo; a page
/// only reads.
pub async fn discover_now(platform: &Platform, athlete: Uuid) -> Result<Report, Error> {
    let mut session = platform.database.begin_as(athlete).await?;
    if let (Some(report), true) = load_report(&mut session).await? {
        return Ok(report);
    }
    let fingerprint = fingerprint(&mut session).await?;
    let runs = activities::run_days(&mut session).await?;
    let loads = activities::load_days(&mut session).await?;
    let days = journal::all(&mut session).await?;
    let now = platform.clock.now();
    let work = tokio::task::spawn_blocking(move || compute(&runs, &loads, &days, now));
    let report = work.await.map_err(|e| Error::Internal(format!("discovery: {e}")))?;
    sqlx::query!(
        "insert into discovery_reports (athlete_id, fingerprint, computed_at, report) values ($1, $2, $3, $4)
         on conflict (athlete_id) do update set fingerprint = excluded.fingerprint, computed_at = excluded.computed_at, report = excluded.report",
        athlete,
        fingerprint,
        now,
        serde_json::to_value(&report)?
    )
    .execute(session.connection())
    .await?;
    snapshots::save_snapshot(&mut session, &report, &fingerprint, now).await?;
    session.commit().await?;
    Ok(report)
}

pub(crate) fn compute(
    runs: &[activities::RunDay],
    loads: &[activities::DayLoad],
    days: &[journal::Day],
    now: chrono::DateTime<chrono::Utc>,
) -> Report {
    let empty =
        Report { computed_at: now, engine: inference::ENGINE_VERSION.into(), questions: 0, inputs: 0, outcomes: 0, runs: 0, cards: Vec::new() };
    let Some(mut table) = daily(runs, loads, days) else { return empty };
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    // What was never answered is no question; it does not make the others harder to pass.
    let answered = |c: &inference::Column| c.values.iter().any(|v| v.is_finite());
    table.inputs.retain(answered);
    table.outcomes.retain(answered);
    let options = Options { q_supported: domain::discovery::Q_SUPPORTED, ..Options::default() };
    let asked = |i: &inference::Column, o: &inference::Column| i.name != o.name && !EXCLUDED_PAIRS.contains(&(&i.name, &o.name));
    let pairs = table.inputs.iter().flat_map(|i| table.outcomes.iter().filter(move |o| asked(i, o)).map(move |_| i));
    let questions: usize = pairs.map(|i| options.max_lag + 1 - i.first_lag).sum();
    let mut paces: Vec<f64> = runs.iter().filter_map(|r| r.ngp_s_per_km).collect();
    paces.sort_by(f64::total_cmp);
    let athlete = Athlete { usual_pace: paces.get(paces.len() / 2).copied(), first_day: table.first_day };
    let mut cards: Vec<Card> = discover(&table, &options)
        .iter()
        .filter_map(|f| {
            let input = INPUTS.iter().find(|i| i.key == f.input)?;
            let outcome = OUTCOMES.iter().find(|o| o.key == f.outcome)?;
            Some(card(f, input, outcome, &athlete))
        })
        .collect();
    cards.sort_by(|a, b| rank(a).cmp(&rank(b)).then(strength(b).total_cmp(&strength(a))));
    Report {
        questions: count(questions),
        inputs: count(table.inputs.len()),
        outcomes: count(table.outcomes.len()),
        runs: count(runs.len()),
        cards,
        ..empty
    }
}

/// Sure ones first; among equals, what the athlete came for: efficiency before everything else.
fn rank(card: &Card) -> (u8, u8) {
    let tier = match card.tier {
        Tier::Confirmed => 0,
        Tier::Supported => 1,
        Tier::Watching => 2,
        Tier::TooSmall => 3,
        Tier::NoEffect => 4,
        Tier::Unknown => 5,
        Tier::NotEnoughData => 6,
    };
    (tier, u8::from(card.outcome != "Efficiency"))
}

fn strength(card: &Card) -> f64 {
    card.r.unwrap_or(0.0).abs()
}
