//! One import file of the queue: it is decoded and analysed outside any transaction, then stored together with its outcome in one.

use activities::{IngestOutcome, Source, ingest};
use domain::imports::{Outcome, Reason};
use platform::{Error, Fault, Platform, Tx};
use recordings::{ReadError, Warning};
use uuid::Uuid;

use crate::daily::{DailyValues, read_table};
use crate::lease::{Lease, acquire};
use crate::process::{Content, DecodedFile, process};
use crate::queries::files::{Entry, insert_entries};
use crate::queue::ReadRecordings;
use crate::unpack::{Unpacked, Unpacking, is_archive_entry, remove_entries, unpack};

/// A file that stops the server this often is given up.
const MAX_ATTEMPTS: i32 = 3;
/// Import files that are inserted at once.
const BATCH: usize = 2000;

/// The result of one step of the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Nothing is due.
    Idle,
    /// An import file was processed, or released because the process stops.
    Done,
    /// An archive was found and released to the worker that unpacks those.
    Archive,
}

/// Imports an athlete's next recording.
pub(crate) async fn recording(platform: &Platform, athlete: Uuid) -> Result<Step, Error> {
    let Some(lease) = acquire(platform, athlete, false).await? else { return Ok(Step::Idle) };
    release_on_error(platform, &lease, read(platform, &lease).await).await
}

/// Unpacks an athlete's next archive.
pub(crate) async fn unpacking(platform: &Platform, athlete: Uuid) -> Result<Step, Error> {
    let Some(lease) = acquire(platform, athlete, true).await? else { return Ok(Step::Idle) };
    release_on_error(platform, &lease, open(platform, &lease).await).await
}

/// Releases an import file that could not be processed.
async fn release_on_error(platform: &Platform, lease: &Lease, result: Result<Step, Error>) -> Result<Step, Error> {
    if let Err(error) = &result {
        lease.return_after_fault(platform, error.fault()).await;
    }
    result
}

pub(crate) async fn read(platform: &Platform, lease: &Lease) -> Result<Step, Error> {
    let Some(key) = upload_key(lease) else { return give_up(platform, lease).await };
    let (files, upload, name, context) = (platform.files.clone(), key.clone(), lease.name.clone(), lease.context.clone());
    let stop = platform.tasks.stopping().child_token();
    let reading = stop.clone();
    let work = platform::compute(move || process(&files, (&upload, &name), &context, &reading));
    let Some(content) = platform.tasks.until_shutdown(Box::pin(lease.while_leased(platform, &stop, work))).await else {
        lease.release(platform).await;
        return Ok(Step::Done);
    };
    let content = match content {
        Ok(Ok(Content::Unknown)) => lease.while_leased(platform, &stop, read_as_table(platform, lease, &key)).await?,
        known => known,
    };
    let (outcome, reason) = match content {
        Ok(Ok(Content::Recording(decoded))) => return store_recording(platform, lease, &key, *decoded).await,
        Ok(Ok(Content::Daily(values))) => return store_values(platform, lease, &key, values).await,
        Ok(Ok(Content::Unknown)) => (Outcome::Failed, ReadError::UnknownFormat.into()),
        Ok(Ok(Content::Stopped)) => {
            lease.release(platform).await;
            return Ok(Step::Done);
        }
        Ok(Ok(Content::Archive)) => {
            lease.release_to_unpacker(platform).await?;
            return Ok(Step::Archive);
        }
        // Exports hold years of monitoring data besides the activities: such files say what they are and are no failures.
        Ok(Ok(Content::Unreadable(error @ ReadError::NotAnActivity { .. }))) if is_archive_entry(&key) => (Outcome::Skipped, error.into()),
        Ok(Ok(Content::Unreadable(error))) => (Outcome::Failed, error.into()),
        Ok(Err(error)) => (Outcome::Failed, not_read_back(lease, error)?),
        Err(panic) => {
            tracing::error!(%panic, file = %lease.name, "a recording made the decoder panic");
            (Outcome::Failed, Reason::ReaderPanicked)
        }
    };
    finish_without_activity(platform, lease, &key, outcome, reason).await
}

pub(crate) async fn open(platform: &Platform, lease: &Lease) -> Result<Step, Error> {
    let Some(key) = upload_key(lease) else { return give_up(platform, lease).await };
    let (files, archive, limits) = (platform.files.clone(), key.clone(), lease.context.limits.clone());
    let stop = platform.tasks.stopping().child_token();
    let (token, unpack_stop) = (lease.token, stop.clone());
    let progress = lease.context.progress.clone();
    // Not `compute`: it may take minutes and waits for the disk.
    let work = tokio::task::spawn_blocking(move || unpack(&files, (&archive, token), &limits, &progress, &unpack_stop));
    match lease.while_leased(platform, &stop, work).await {
        Ok(Ok(Unpacking::Done { entries, unread, daily })) => {
            let queued = enqueue_entries(platform, lease, &key, &entries, (unread, daily)).await;
            // If it is unknown whether they were queued, the entries stay, and are collected later if they were not.
            if matches!(queued, Ok(false)) {
                let files = platform.files.clone();
                tokio::task::spawn_blocking(move || remove_entries(&files, &entries)).await.map_err(std::io::Error::from)?;
                lease.release(platform).await;
            }
            queued?;
            Ok(Step::Done)
        }
        Ok(Ok(Unpacking::Failed(reason))) => finish_without_activity(platform, lease, &key, Outcome::Failed, reason).await,
        Ok(Ok(Unpacking::Stopped)) => {
            lease.release(platform).await;
            Ok(Step::Done)
        }
        Ok(Err(error)) => finish_without_activity(platform, lease, &key, Outcome::Failed, not_read_back(lease, error)?).await,
        Err(panic) => {
            tracing::error!(%panic, file = %lease.name, "an archive made the reader panic");
            finish_without_activity(platform, lease, &key, Outcome::Failed, Reason::ReaderPanicked).await
        }
    }
}

/// The key of the bytes, if there are any and they did not stop the process too often.
fn upload_key(lease: &Lease) -> Option<String> {
    lease.upload_key.clone().filter(|_| lease.attempts <= MAX_ATTEMPTS)
}

async fn give_up(platform: &Platform, lease: &Lease) -> Result<Step, Error> {
    let key = lease.upload_key.clone().unwrap_or_default();
    finish_without_activity(platform, lease, &key, Outcome::Failed, Reason::StoppedImport).await
}

/// The reason for a received file that cannot be read back; faults of the machine are errors, not an outcome of the file.
fn not_read_back(lease: &Lease, error: std::io::Error) -> Result<Reason, Error> {
    if Fault::of_io(&error).is_some() {
        return Err(error.into());
    }
    tracing::error!(%error, file = %lease.file, "a received file cannot be read back");
    Ok(Reason::NotReadBack)
}

/// Finishes an import file without activities.
async fn finish_without_activity(platform: &Platform, lease: &Lease, key: &str, outcome: Outcome, reason: Reason) -> Result<Step, Error> {
    let mut tx = platform.database.begin_as(lease.athlete).await?;
    if lease.is_valid(&mut tx).await? {
        lease.set_outcome(platform, &mut tx, outcome, &[reason]).await?;
        tx.commit().await?;
        if outcome != Outcome::Failed {
            platform.files.remove_upload(key);
        }
    }
    Ok(Step::Done)
}

/// Reads a file of no known format as a table of days, in the words that the athlete has for columns. The inner error is a panic.
async fn read_as_table(platform: &Platform, lease: &Lease, key: &str) -> Result<Result<std::io::Result<Content>, Error>, Error> {
    let mut tx = platform.database.begin_read_only_as(lease.athlete).await?;
    let (catalogue, presets) = (journal::catalogue(&mut tx).await?, journal::presets(&mut tx).await?);
    drop(tx);
    let (path, today) = (platform.files.upload_path(key), platform.clock.today(&lease.context.time_zone));
    let read = move || {
        let mut file = std::fs::File::open(path)?;
        Ok(read_table(&mut file, (&catalogue, &presets), today)?.map_or(Content::Unknown, Content::Daily))
    };
    Ok(platform::compute(read).await)
}

/// Stores the values of days, and the outcome of the import file.
async fn store_values(platform: &Platform, lease: &Lease, key: &str, values: DailyValues) -> Result<Step, Error> {
    let mut tx = platform.database.begin_as(lease.athlete).await?;
    if !lease.is_valid(&mut tx).await? {
        drop(tx);
        lease.release(platform).await;
        return Ok(Step::Done);
    }
    let (outcome, reasons) = values.store(platform, &mut tx, (lease.file, &lease.context.time_zone)).await?;
    lease.set_outcome(platform, &mut tx, outcome, &reasons).await?;
    tx.commit().await?;
    if outcome != Outcome::Failed {
        platform.files.remove_upload(key);
    }
    Ok(Step::Done)
}

/// Stores the activities of a recording, the original, and the outcome of the import file.
async fn store_recording(platform: &Platform, lease: &Lease, key: &str, decoded: DecodedFile) -> Result<Step, Error> {
    let mut tx = platform.database.begin_as(lease.athlete).await?;
    activities::lock_thresholds(&mut tx).await?;
    tx.claim_originals().await?;
    if !lease.is_valid(&mut tx).await? || activities::thresholds(&mut tx).await? != lease.context.thresholds {
        // Undone meanwhile, or to be computed with other thresholds.
        drop(tx);
        lease.release(platform).await;
        return Ok(Step::Done);
    }
    let (outcome, reasons) = ingest_activities(platform, &mut tx, lease, decoded).await?;
    lease.set_outcome(platform, &mut tx, outcome, &reasons).await?;
    tx.commit().await?;
    if outcome != Outcome::Failed {
        platform.files.remove_upload(key);
    }
    Ok(Step::Done)
}

async fn ingest_activities(platform: &Platform, tx: &mut Tx, lease: &Lease, decoded: DecodedFile) -> Result<(Outcome, Vec<Reason>), Error> {
    let now = platform.clock.now();
    let (mut new, mut duplicates, mut merged, mut notes) = (0, 0, false, reasons(&decoded.warnings));
    let mut refused: Vec<Reason> = Vec::new();
    for (part, analysed) in decoded.activities.iter().enumerate() {
        match analysed {
            Err(unusable) => refused.push((*unusable).into()),
            Ok(analysed) => {
                notes.extend(analysed.caveats().iter().map(|caveat| Reason::from(*caveat)));
                let part = i16::try_from(part).unwrap_or(i16::MAX);
                let (sha256, warnings) = (&decoded.sha256, &decoded.warnings);
                let source = Source { import_file: Some(lease.file), sha256, part, name: &lease.name, warnings, origin: "file" };
                match ingest(tx, platform.ids.uuid(now), analysed, source, now).await? {
                    IngestOutcome::New(_) => new += 1,
                    IngestOutcome::Merged(_) => merged = true,
                    IngestOutcome::Duplicate(_) => duplicates += 1,
                }
            }
        }
    }
    if new > 0 || merged {
        let (files, athlete) = (platform.files.clone(), lease.athlete);
        let stored = tokio::task::spawn_blocking(move || files.put_original(athlete, &platform::hex(&decoded.sha256), &decoded.original));
        stored.await.map_err(std::io::Error::from)??;
        notes.extend(refused);
        let outcome = match (new, notes.is_empty()) {
            (0, _) => Outcome::Merged,
            (_, true) => Outcome::Imported,
            (_, false) => Outcome::Recovered,
        };
        if merged {
            notes.insert(0, Reason::SameActivity);
        }
        if new > 1 {
            notes.insert(0, Reason::Activities { activities: new });
        }
        return Ok((outcome, notes));
    }
    if duplicates > 0 {
        return Ok((Outcome::Duplicate, vec![Reason::Duplicate]));
    }
    Ok((Outcome::Failed, vec![refused.into_iter().next().unwrap_or(Reason::NothingToKeep)]))
}

fn reasons(warnings: &[Warning]) -> Vec<Reason> {
    warnings.iter().cloned().map(Reason::from).collect()
}

/// Queues the files of an archive and marks the archive as unpacked; `false` when it was undone meanwhile.
async fn enqueue_entries(
    platform: &Platform,
    lease: &Lease,
    key: &str,
    entries: &[Unpacked],
    (unread, daily): (Vec<Reason>, Option<DailyValues>),
) -> Result<bool, Error> {
    let now = platform.clock.now();
    let mut tx = platform.database.begin_as(lease.athlete).await?;
    if !lease.is_valid(&mut tx).await? {
        return Ok(false);
    }
    let of_days = match daily {
        Some(values) => values.store(platform, &mut tx, (lease.file, &lease.context.time_zone)).await?.1,
        None => Vec::new(),
    };
    for batch in entries.chunks(BATCH) {
        let rows: Vec<Entry<'_>> = batch
            .iter()
            .map(|entry| Entry {
                id: platform.ids.uuid(now),
                name: &entry.name,
                stored: entry.stored.as_ref().map(|(key, bytes)| (key.as_str(), *bytes)),
                metadata: entry.metadata.as_ref(),
            })
            .collect();
        insert_entries(&mut tx, lease.import, &rows, now).await?;
    }
    let files = Reason::Files { files: u32::try_from(entries.len()).unwrap_or(u32::MAX) };
    let files = Some(files).filter(|_| !entries.is_empty() || of_days.is_empty());
    let reasons: Vec<Reason> = files.into_iter().chain(of_days).chain(unread).collect();
    lease.set_outcome(platform, &mut tx, Outcome::Unpacked, &reasons).await?;
    tx.enqueue(&ReadRecordings { athlete: lease.athlete }).await?;
    tx.commit().await?;
    platform.files.remove_upload(key);
    Ok(true)
}
