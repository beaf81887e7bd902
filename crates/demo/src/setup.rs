//! Makes the demo account, once.

use accounts::{NewAccount, register, viewer_by_email};
use domain::accounts::Registration;
use domain::activities::{DatedThresholds, Thresholds};
use platform::{Error, Platform};
use recordings::fit;
use uuid::Uuid;

use crate::days;

/// Where to sign in as the demo athlete.
pub const EMAIL: &str = "demo@legwork.example";
/// With what; the account holds nothing but made-up data.
pub const PASSWORD: &str = "legwork-demo";
/// Eighteen months.
pub const DAYS: u16 = 548;

/// Of everything about them: an athlete whose six inert inputs stay inert. One athlete in six has one that does not, by chance.
pub const SEED: u64 = 1;

/// What is being done: a step of so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Runs so far.
    pub done: usize,
    /// Runs in all.
    pub of: usize,
}

/// Makes the account with its runs and its journal, unless it is there already; a set-up that was cut off is completed. Tells progress
/// after each run.
pub async fn set_up(platform: &Platform, count: u16, mut progress: impl FnMut(Progress)) -> Result<Uuid, Error> {
    let viewer = if let Some(viewer) = viewer_by_email(platform, EMAIL).await? {
        viewer.id
    } else {
        let registration = Registration::parse("Demo athlete", EMAIL, PASSWORD)?;
        register(platform, NewAccount { registration, time_zone: "UTC".into(), synthetic: true }).await?.viewer.id
    };
    let now = platform.clock.now();
    let mut session = platform.database.begin_as(viewer).await?;
    let journalled = journal::all(&mut session).await?;
    drop(session);
    // The journal is written last: with it, the set-up is complete.
    if journalled.len() > usize::from(count) / 2 {
        return Ok(viewer);
    }
    let today = now.date_naive();
    let days = tokio::task::spawn_blocking(move || days(SEED, today, count)).await.map_err(|e| Error::Internal(e.to_string()))?;
    let mut session = platform.database.begin_as(viewer).await?;
    for (day, threshold_s_per_km) in [(0, 285.0), (usize::from(count) / 2, 274.0)] {
        let Some(day) = days.get(day) else { continue };
        let values = Thresholds { threshold_s_per_km: Some(threshold_s_per_km), ..Thresholds::default() };
        activities::save_thresholds(&mut session, &DatedThresholds { valid_from: day.date, values }, now).await?;
    }
    session.commit().await?;
    let import = platform.ids.uuid(now);
    let runs: Vec<_> = days.iter().filter_map(|d| d.run.as_ref().map(|r| (d.date, r))).collect();
    let of = runs.len();
    for (done, (date, run)) in runs.into_iter().enumerate() {
        let mut incoming = imports::UploadWriter::start(platform).await?;
        incoming.write(&fit::encode(run)).await?;
        imports::receive(platform, viewer, import, &format!("{date}.fit"), incoming).await?;
        imports::run_to_end(platform, viewer).await?;
        progress(Progress { done: done + 1, of });
    }
    let entries: Vec<journal::Day> = days.into_iter().filter(|d| d.date < today).map(|d| (d.date, d.entry)).collect();
    let mut session = platform.database.begin_as(viewer).await?;
    journal::save_days(&mut session, &entries, today, now).await?;
    session.commit().await?;
    Ok(viewer)
}
