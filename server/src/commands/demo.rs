//! `legwork demo`: the synthetic athlete, then the app.

use std::io::Write;
use std::path::Path;

use clap::Args;
use domain::units::pluralize;
use platform::Platform;
use platform::postgres::Mode;

use super::progress;
use crate::bootstrap::Runtime;
use crate::serve;

/// How much of the athlete.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Days of running and journal, up to today.
    #[arg(long, default_value_t = demo::DAYS)]
    days: u16,
    /// Create the athlete and stop, without serving.
    #[arg(long)]
    no_serve: bool,
}

pub(crate) async fn run(config: Option<&Path>, arguments: &Arguments) -> Result<(), String> {
    let runtime = Runtime::start(config, Mode::Serve).await?;
    let result = match prepare(&runtime.platform, arguments).await {
        // Last, so that it is not somewhere above what a start logs.
        Ok(athlete) if !arguments.no_serve => serve::listen(&runtime.platform, || say(&athlete)).await,
        prepared => prepared.map(|athlete| say(&athlete)),
    };
    runtime.stop().await;
    result
}

fn say(athlete: &str) {
    // Whoever started it may have read as far as the address, and closed the pipe.
    let _ = writeln!(std::io::stdout(), "{athlete}");
}

/// Creates the athlete, and returns what to say of them.
async fn prepare(platform: &Platform, arguments: &Arguments) -> Result<String, String> {
    if platform.config.security.is_production() {
        return Err("The demo athlete has a well-known password, so there is none in production.".into());
    }
    let viewer = demo::set_up(platform, arguments.days, |p| progress::show("The demo athlete’s runs", p.done, p.of))
        .await
        .map_err(|e| e.into_problem().message)?;
    // So that the page is ready on the first visit.
    let report = discovery::discover_now(platform, viewer).await.map_err(|e| e.into_problem().message)?;
    // In the words of the page.
    let (runs, questions) = (pluralize(report.runs as usize, "run day", "run days"), pluralize(report.cards.len(), "question", "questions"));
    let tests = pluralize(report.questions as usize, "test", "tests");
    let (email, password) = (demo::EMAIL, demo::PASSWORD);
    Ok(format!("Demo athlete: {runs}, {questions}, {tests}. Everything about them is synthetic.\nSign in as {email} with the password {password}"))
}
