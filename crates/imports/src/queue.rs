//! What is enqueued for the workers: whose files to read or unpack. What a worker does then is in `jobs`.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Reads an athlete's queued recordings.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ReadRecordings {
    pub(crate) athlete: Uuid,
}

/// Unpacks an athlete's queued archives, one at a time.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct UnpackArchives {
    pub(crate) athlete: Uuid,
}
