//! What the tests of isolation need of discovery.

use chrono::{DateTime, NaiveDate};
use domain::discovery::{Caveat, Method, StoredFinding, StoredReport, Tier};
use platform::testing::{Meaning, Samples, Value};
use platform::{Error, Platform};
use uuid::Uuid;

/// The key of the finding.
const KEY: &str = "sleep-hours-resting-hr";

/// A report with a finding, what was said of another one, and a job.
pub const SAMPLES: Samples = Samples {
    rows: &[
        "insert into discovery_jobs (id, athlete_id) values ('{job_id}', $1) on conflict do nothing",
        // The job that the triggers enqueued has a random id.
        "update discovery_jobs set id = '{job_id}' where athlete_id = $1",
        "insert into finding_snapshots (athlete_id, day, computed_at, fingerprint, engine, findings) values ($1, '2026-01-05', now(), 'x', 'x', '[]')",
        "insert into finding_feedback (athlete_id, result, input, outcome, finding_group, engine, formulas, helpful, comment, created_at)
           values ($1, '0000000000000000000000000000000000000001', 'sleep_hours', 'resting_hr', 'costs', '3', 4, false, 'Geheimurteil', now())",
    ],
    prepare: |platform, victim| Box::pin(prepare(platform, victim)),
    values: &[("key", Meaning::plain(KEY))],
    fill: include_str!("fill.sql"),
    ..Samples::NONE
};

async fn prepare(platform: Platform, victim: Uuid) -> Result<Vec<Value>, Error> {
    let how = Method {
        engine: "diary-of-the-victim".into(),
        seed: 1,
        held_constant: Vec::new(),
        lags: vec![0],
        effective_lags: 1.0,
        declared: true,
        family_size: 1,
        surrogates: None,
    };
    let finding = StoredFinding {
        input: "sleep_hours".into(),
        outcome: "resting_hr".into(),
        tier: Tier::Supported,
        over_usual_range: false,
        effect: Some(1.0),
        ci_low: Some(0.5),
        ci_high: Some(1.5),
        expected: Some(0.8),
        lag_days: Some(0),
        p: Some(0.01),
        q: Some(0.02),
        q_strict: Some(0.03),
        r: Some(0.5),
        n: 30,
        n_eff: 30.0,
        days_needed: None,
        usual_pace: None,
        profile: Vec::new(),
        levels: None,
        how,
        caveats: vec![Caveat::Reverse],
        points: vec![(7.0, 1.0)],
        days: vec![NaiveDate::default()],
        line: Some(vec![[7.0, 1.0, 0.0, 2.0]]),
    };
    let computed_at = DateTime::default();
    let report =
        StoredReport { computed_at, engine: "x".into(), formulas: 1, questions: 1, inputs: 1, outcomes: 1, runs: 30, findings: vec![finding] };
    let mut tx = platform.database.begin_as(victim).await?;
    sqlx::query("insert into discovery_reports (athlete_id, fingerprint, computed_at, report) values ($1, 'x', now(), $2)")
        .bind(victim)
        .bind(serde_json::to_value(report)?)
        .execute(tx.connection())
        .await?;
    tx.commit().await?;
    Ok(Vec::new())
}
