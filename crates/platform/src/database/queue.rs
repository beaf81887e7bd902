//! The schema of the job queue, which the library that works it brings along.

use graphile_worker::WorkerOptions;

use super::Database;
use crate::error::Error;

/// Creates the queue's schema, or updates it.
pub async fn install_queue_schema(database: &Database) -> Result<(), Error> {
    let pool = database.owner_pool();
    let made = WorkerOptions::default().pg_pool(pool.clone()).listen_os_shutdown_signals(false).init().await;
    pool.close().await;
    made.map(|_| ()).map_err(|e| Error::internal("the job queue", &e))
}
