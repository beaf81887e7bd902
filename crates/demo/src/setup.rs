//! Creates the demo account, once.

use accounts::{NewAccount, register, viewer_by_email};
use chrono::NaiveDate;
use domain::accounts::Registration;
use domain::activities::{DatedThresholds, Thresholds};
use platform::{Error, Platform};
use recordings::fit;
use uuid::Uuid;

use crate::days;

/// Email address of the demo athlete.
pub const EMAIL: &str = "demo@legwork.example";
/// Password of the demo athlete; the account contains only synthetic data.
pub const PASSWORD: &str = "legwork-demo";
/// Eighteen months.
pub const DAYS: u16 = 548;

/// Seed of all the data: an athlete whose six null inputs stay without effect. For one athlete in six, one of them shows an effect by chance.
pub const SEED: u64 = 1;

/// Progress of the set-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Runs so far.
    pub done: usize,
    /// Runs in all.
    pub of: usize,
}

/// Creates the account with its runs, its journal and a plan, unless it exists; an interrupted set-up is completed. Reports progress after each
/// run.
pub async fn set_up(platform: &Platform, count: u16, mut progress: impl FnMut(Progress)) -> Result<Uuid, Error> {
    let viewer = if let Some(viewer) = viewer_by_email(platform, EMAIL).await? {
        viewer.id
    } else {
        let registration = Registration::parse("Demo athlete", EMAIL, PASSWORD)?;
        register(platform, NewAccount { registration, time_zone: "UTC".into(), units: domain::units::Units::default(), synthetic: true })
            .await?
            .viewer
            .id
    };
    let now = platform.clock.now();
    let mut tx = platform.database.begin_as(viewer).await?;
    let journalled = journal::all(&mut tx).await?;
    drop(tx);
    // The journal is written last: with it, the set-up is complete.
    if journalled.len() > usize::from(count) / 2 {
        return Ok(viewer);
    }
    let today = now.date_naive();
    let days = tokio::task::spawn_blocking(move || days(SEED, today, count)).await.map_err(|e| Error::internal("the demo athlete", &e))?;
    let mut tx = platform.database.begin_as(viewer).await?;
    for (day, threshold_s_per_km) in [(0, 285.0), (usize::from(count) / 2, 274.0)] {
        let Some(day) = days.get(day) else { continue };
        let values = Thresholds { threshold_s_per_km: Some(threshold_s_per_km), ..Thresholds::default() };
        activities::save_thresholds(&mut tx, &DatedThresholds { valid_from: day.date, values }, now).await?;
    }
    tx.commit().await?;
    let import = platform.ids.uuid(now);
    let runs: Vec<_> = days.iter().filter_map(|d| d.run.as_ref().map(|r| (d.date, r, d.effort))).collect();
    let of = runs.len();
    for (done, (date, run, effort)) in runs.into_iter().enumerate() {
        imports::receive(platform, viewer, import, &format!("{date}.fit"), platform::uploads::at_once(fit::encode(run))).await?;
        imports::run_to_end(platform, viewer).await?;
        if let Some(effort) = effort {
            rate(platform, viewer, date, effort).await?;
        }
        progress(Progress { done: done + 1, of });
    }
    let mut tx = platform.database.begin_as(viewer).await?;
    crate::planned::plan(platform, &mut tx, &days, today).await?;
    let entries: Vec<journal::Day> = days.into_iter().filter(|d| d.date < today).map(|d| (d.date, d.entry)).collect();
    journal::save_days(&mut tx, &entries, (domain::measures::Source::File, import), today, now).await?;
    tx.commit().await?;
    Ok(viewer)
}

/// Says how hard the run of a day was.
async fn rate(platform: &Platform, viewer: Uuid, date: NaiveDate, effort: u8) -> Result<(), Error> {
    let effort = effort.to_string();
    let mut tx = platform.database.begin_as(viewer).await?;
    for run in activities::done(&mut tx, date, date).await? {
        activities::perceive(&mut tx, run.id, |field| (field == "effort").then_some(effort.as_str())).await?;
    }
    tx.commit().await
}
