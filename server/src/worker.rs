//! `legwork worker`: background jobs without a web server.

use std::path::Path;

use platform::postgres::Mode;
use platform::{Platform, jobs};

use crate::bootstrap::Runtime;
use crate::metrics;
use crate::serve::StopSignals;

/// Runs jobs until Ctrl-C or a termination signal. Then they may finish for a moment; what takes longer returns to the queue.
pub(crate) async fn run(config: Option<&Path>) -> Result<(), String> {
    let runtime = Runtime::start(config, Mode::Cli).await?;
    let result = work(&runtime.platform).await;
    runtime.stop().await;
    result
}

async fn work(platform: &Platform) -> Result<(), String> {
    let mut stop = StopSignals::listen()?;
    metrics::serve(platform)?;
    jobs::start(platform).await.map_err(|e| format!("The job queue cannot be used: {e}"))?;
    println!("Legwork runs background jobs");
    stop.received().await;
    Ok(())
}
