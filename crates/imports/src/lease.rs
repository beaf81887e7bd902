//! Leases of import files. The lease is a column of the import file, not a transaction that stays open: its holder renews it while the work
//! lasts, and an expired lease is free. Results are stored in a transaction that checks that the lease is still valid.

use std::future::Future;
use std::time::Duration;

use chrono::TimeDelta;
use domain::imports::{Outcome, Reason};
use platform::{Error, Fault, Platform, Tx};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::process::Context;
use crate::progress::Progress;
use crate::queries::leases;
use crate::queue::UnpackArchives;

/// How long a lease lasts unless it is renewed: an import file of a process that died is free after that.
const LEASE_TTL: TimeDelta = TimeDelta::seconds(30);
/// How often a holder renews its lease; and how often it looks whether there is progress to store.
const RENEW_INTERVAL: Duration = Duration::from_secs(8);
const PROGRESS_INTERVAL: Duration = Duration::from_secs(1);
/// How long an import file waits after a fault, so that others get their turn.
const RETRY_DELAY: TimeDelta = TimeDelta::seconds(15);
/// Pause between attempts to release a lease, at first and at most.
const RELEASE_BACKOFF: [Duration; 2] = [Duration::from_millis(250), Duration::from_secs(8)];

/// A leased import file.
pub(crate) struct Lease {
    pub(crate) athlete: Uuid,
    pub(crate) file: Uuid,
    pub(crate) import: Uuid,
    pub(crate) name: String,
    pub(crate) upload_key: Option<String>,
    pub(crate) context: Context,
    /// Number of attempts, this one included.
    pub(crate) attempts: i32,
    /// Unique to this lease.
    pub(crate) token: Uuid,
}

/// Leases the first import file of an athlete that is due. The attempt is counted before the work, so that a file that kills the process cannot
/// do so for ever.
pub(crate) async fn acquire(platform: &Platform, athlete: Uuid, archive: bool) -> Result<Option<Lease>, Error> {
    let now = platform.clock.now();
    let token = platform.ids.uuid(now);
    let mut tx = platform.database.begin_as(athlete).await?;
    let Some(row) = leases::lease_next(&mut tx, archive, now, token, now + LEASE_TTL).await? else { return Ok(None) };
    let time_zone = accounts::time_zone(&mut tx).await?;
    let thresholds = activities::thresholds(&mut tx).await?;
    tx.commit().await?;
    let context = Context {
        time_zone,
        thresholds,
        // Metadata that cannot be parsed is dropped; the file itself is still there.
        metadata: row.metadata.and_then(|metadata| serde_json::from_value(metadata).ok()),
        limits: platform.config.uploads.clone(),
        now,
        progress: Progress::default(),
    };
    Ok(Some(Lease {
        athlete,
        file: row.id,
        import: row.import_id,
        name: row.name,
        upload_key: row.upload_key,
        context,
        attempts: row.attempts,
        token,
    }))
}

impl Lease {
    /// Runs `work` and renews the lease meanwhile. Cancels `stop` when the lease is lost, as when the import was undone.
    pub(crate) async fn while_leased<T>(&self, platform: &Platform, stop: &CancellationToken, work: impl Future<Output = T>) -> T {
        tokio::pin!(work);
        let (mut waited, mut told) = (Duration::ZERO, None);
        loop {
            tokio::select! {
                done = &mut work => return done,
                () = tokio::time::sleep(PROGRESS_INTERVAL) => waited += PROGRESS_INTERVAL,
            }
            let percent = self.context.progress.percent();
            if waited < RENEW_INTERVAL && percent == told {
                continue;
            }
            (waited, told) = (Duration::ZERO, percent);
            match self.renew(platform).await {
                Ok(true) => {}
                Ok(false) => stop.cancel(),
                Err(error) => tracing::warn!(%error, "the lease of an import file could not be renewed"),
            }
        }
    }

    /// Renews the lease, and stores how far the file has been read.
    pub(crate) async fn renew(&self, platform: &Platform) -> Result<bool, Error> {
        let mut tx = platform.database.begin_as(self.athlete).await?;
        let read = self.context.progress.percent().map(|percent| Reason::BeingRead { percent });
        let renewed = leases::renew(&mut tx, self.file, self.token, platform.clock.now() + LEASE_TTL, read.as_slice()).await?;
        tx.commit().await?;
        Ok(renewed)
    }

    /// Whether the lease is still valid and the athlete's time zone is still the one that the work assumed. Locks the import file until the
    /// transaction ends.
    pub(crate) async fn is_valid(&self, tx: &mut Tx) -> Result<bool, Error> {
        Ok(leases::lock(tx, self.file, self.token).await? && accounts::time_zone(tx).await? == self.context.time_zone)
    }

    /// Records the outcome of the import file and ends the lease.
    pub(crate) async fn set_outcome(&self, platform: &Platform, tx: &mut Tx, outcome: Outcome, reasons: &[Reason]) -> Result<(), Error> {
        leases::finish(tx, self.file, outcome, reasons, platform.clock.now()).await
    }

    /// Marks the import file as an archive and releases it to the worker that unpacks those. Detecting it was no attempt.
    pub(crate) async fn release_to_unpacker(&self, platform: &Platform) -> Result<(), Error> {
        let mut tx = platform.database.begin_as(self.athlete).await?;
        leases::release_archive(&mut tx, self.file, self.token).await?;
        tx.enqueue(&UnpackArchives { athlete: self.athlete }).await?;
        tx.commit().await
    }

    /// Releases the lease, if it is still ours, because the process stops or the work must be done with other thresholds: the file was not at fault.
    pub(crate) async fn release(&self, platform: &Platform) {
        if let Err(error) = self.release_with(platform, true, TimeDelta::zero(), &[]).await {
            tracing::warn!(%error, "an import file stays leased until its lease expires");
        }
    }

    /// Releases an import file that could not be processed, for a retry later. Faults of the machine cost no attempt: then it is released however
    /// long the database is unreachable.
    pub(crate) async fn return_after_fault(&self, platform: &Platform, fault: Option<Fault>) {
        let reasons: &[Reason] = match fault {
            Some(Fault::Full) => &[Reason::DiskFull],
            Some(Fault::Disk) => &[Reason::DiskUnusable],
            Some(Fault::Unavailable) | None => &[],
        };
        let stop = platform.tasks.stopping();
        let [mut pause, longest] = RELEASE_BACKOFF;
        while let Err(error) = self.release_with(platform, fault.is_some(), RETRY_DELAY, reasons).await {
            if error.fault().is_none() || stop.is_cancelled() {
                tracing::error!(%error, "an import file stays leased until its lease expires");
                return;
            }
            tracing::warn!(%error, "waiting for the database to release an import file");
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(pause) => {}
            }
            pause = (pause * 2).min(longest);
        }
    }

    async fn release_with(&self, platform: &Platform, refund: bool, delay: TimeDelta, reasons: &[Reason]) -> Result<(), Error> {
        let mut tx = platform.database.begin_as(self.athlete).await?;
        leases::release(&mut tx, self.file, self.token, refund, platform.clock.now() + delay, reasons).await?;
        tx.commit().await
    }
}
