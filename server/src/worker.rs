//! `legwork worker`: background jobs without a web server.

use std::path::Path;

use platform::jobs;
use platform::postgres::Mode;

use crate::bootstrap::Runtime;
use crate::metrics;
use crate::serve::shutdown_signal;

/// Runs jobs until Ctrl-C or a termination signal. Then they may finish for a moment; what takes longer returns to the queue.
pub(crate) async fn run(config: Option<&Path>) -> Result<(), String> {
    let runtime = Runtime::start(config, Mode::Cli).await?;
    let result = match metrics::serve(&runtime.platform) {
        Ok(()) => jobs::start(&runtime.platform).await.map_err(|e| format!("The job queue cannot be used: {e}")),
        Err(message) => Err(message),
    };
    if result.is_ok() {
        println!("Legwork runs background jobs");
        shutdown_signal().await;
    }
    runtime.stop().await;
    result
}
