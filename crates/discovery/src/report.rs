//! The report: computed when the data behind it changed, kept until then.

use domain::discovery::{Card, Report, Tier};
use inference::{Options, discover};
use platform::{Error, Platform};
use sqlx::types::Json;
use uuid::Uuid;

use crate::explain::{Athlete, card};
use crate::questions::{INPUTS, OUTCOMES, pointless};
use crate::table::daily;

/// Changes when questions, sentences or the engine change, so that kept reports are made anew.
const REPORT_VERSION: u32 = 2;

/// An athlete's findings, at most as old as their data.
pub async fn report(platform: &Platform, viewer: Uuid) -> Result<Report, Error> {
    let mut session = platform.database.as_viewer(viewer).await?;
    let fingerprint = format!(
        "{REPORT_VERSION}/{}/{}/{}",
        inference::ENGINE_VERSION,
        activities::fingerprint(&mut session).await?,
        journal::fingerprint(&mut session).await?
    );
    let kept = sqlx::query!(r#"select fingerprint, report as "report: Json<Report>" from discovery_reports where athlete_id = $1"#, viewer)
        .fetch_optional(session.connection())
        .await;
    // A kept report of an older shape cannot be read; it is simply made anew.
    if let Ok(Some(kept)) = kept {
        if kept.fingerprint == fingerprint {
            return Ok(kept.report.0);
        }
    } else if kept.is_err() {
        session = platform.database.as_viewer(viewer).await?;
    }
    let runs = activities::run_days(&mut session).await?;
    let loads = activities::load_days(&mut session).await?;
    let days = journal::all(&mut session).await?;
    let now = platform.clock.now();
    let report = tokio::task::spawn_blocking(move || compute(&runs, &loads, &days, now)).await.map_err(|e| Error::Stored(e.to_string()))?;
    sqlx::query!(
        "insert into discovery_reports (athlete_id, fingerprint, computed_at, report) values ($1, $2, $3, $4)
         on conflict (athlete_id) do update set fingerprint = excluded.fingerprint, computed_at = excluded.computed_at, report = excluded.report",
        viewer,
        fingerprint,
        now,
        serde_json::to_value(&report)?
    )
    .execute(session.connection())
    .await?;
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
    let options = Options::default();
    let lags: usize = table.inputs.iter().map(|i| options.max_lag + 1 - i.first_lag).sum();
    let mut paces: Vec<f64> = runs.iter().filter_map(|r| r.ngp_s_per_km).collect();
    paces.sort_by(f64::total_cmp);
    let athlete = Athlete { usual_pace: paces.get(paces.len() / 2).copied() };
    let mut cards: Vec<Card> = discover(&table, &options)
        .iter()
        .filter(|f| !pointless(&f.input, &f.outcome))
        .filter_map(|f| {
            let input = INPUTS.iter().find(|i| i.key == f.input)?;
            let outcome = OUTCOMES.iter().find(|o| o.key == f.outcome)?;
            Some(card(f, input, outcome, &athlete))
        })
        .collect();
    cards.sort_by(|a, b| rank(a).cmp(&rank(b)).then(strength(b).total_cmp(&strength(a))));
    Report {
        questions: count(lags * table.outcomes.len()),
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
        Tier::NoEffect => 3,
        Tier::Unknown => 4,
        Tier::NotEnoughData => 5,
    };
    (tier, u8::from(card.outcome != "Efficiency"))
}

fn strength(card: &Card) -> f64 {
    card.r.unwrap_or(0.0).abs()
}
