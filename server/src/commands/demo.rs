//! `legwork demo`: the synthetic athlete, then the app.

use std::path::Path;

use clap::Args;
use platform::Platform;
use platform::postgres::Mode;

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
    let result = prepare(&runtime.platform, arguments).await;
    let result = match result {
        Ok(()) if !arguments.no_serve => serve::listen(&runtime.platform).await,
        other => other,
    };
    runtime.stop().await;
    result
}

async fn prepare(platform: &Platform, arguments: &Arguments) -> Result<(), String> {
    if platform.config.security.is_production() {
        return Err("The demo athlete has a well-known password, so there is none in production.".into());
    }
    let viewer = demo::set_up(platform, arguments.days, |p| {
        eprint!("\rThe demo athlete runs: {} of {}", p.done, p.of);
        if p.done == p.of {
            eprintln!();
        }
    })
    .await
    .map_err(|e| e.into_problem().message)?;
    // So that the page is ready on the first visit.
    let report = discovery::discover_now(platform, viewer).await.map_err(|e| e.into_problem().message)?;
    println!("Demo athlete: {} runs, {} questions asked. Everything about them is synthetic.", report.runs, report.questions);
    println!("Sign in as {} with the password {}", demo::EMAIL, demo::PASSWORD);
    Ok(())
}
