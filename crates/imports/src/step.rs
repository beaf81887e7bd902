//! One line of the queue: what it holds is read and computed outside of any transaction, and stored with the line's outcome in one.

use activities::{IngestOutcome, Source, ingest};
use domain::imports::Outcome;
use platform::{Error, Fault, Platform, Tx};
use uuid::Uuid;

use crate::lease::{Lease, acquire};
use crate::process::{Content, DecodedFile, process};
use crate::unpack::{Unpacked, Unpacking, is_archive_entry, remove_entries, unpack};

/// A file that stops the server this often is left alone.
const MAX_ATTEMPTS: i32 = 3;
/// Lines that are written at once.
const BATCH: usize = 2000;

/// What a look into the queue came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// There is nothing that is due.
    Nothing,
    /// A line was dealt with, or let go because the process stops.
    Done,
    /// An archive was found, and is somebody else's.
    Archive,
}

/// Deals with an athlete's next recording.
pub(crate) async fn recording(platform: &Platform, athlete: Uuid) -> Result<Step, Error> {
    let Some(hold) = acquire(platform, athlete, false).await? else { return Ok(Step::Nothing) };
    release_on_error(platform, &hold, read(platform, &hold).await).await
}

/// Unpacks an athlete's next archive.
pub(crate) async fn unpacking(platform: &Platform, athlete: Uuid) -> Result<Step, Error> {
    let Some(hold) = acquire(platform, athlete, true).await? else { return Ok(Step::Nothing) };
    release_on_error(platform, &hold, open(platform, &hold).await).await
}

/// A line that could not be dealt with goes back.
async fn release_on_error(platform: &Platform, hold: &Lease, result: Result<Step, Error>) -> Result<Step, Error> {
    if let Err(error) = &result {
        hold.return_after_fault(platform, error.fault()).await;
    }
    result
}

pub(crate) async fn read(platform: &Platform, hold: &Lease) -> Result<Step, Error> {
    let Some(key) = upload(hold) else { return give_up(platform, hold).await };
    let (files, upload, context) = (platform.files.clone(), key.clone(), hold.context.clone());
    let stop = platform.tasks.stopping().child_token();
    let work = platform::compute(move || process(&files, &upload, &context));
    let Some(content) = platform.tasks.until_shutdown(Box::pin(hold.while_leased(platform, &stop, work))).await else {
        hold.release(platform).await;
        return Ok(Step::Done);
    };
    let (outcome, sentence) = match content {
        Ok(Ok(Content::Recording(readable))) => return store_recording(platform, hold, &key, *readable).await,
        Ok(Ok(Content::Archive)) => {
            hold.release_to_unpacker(platform).await?;
            return Ok(Step::Archive);
        }
        // Exports hold years of monitoring beside the activities: those lines say what they are and are no failures.
        Ok(Ok(Content::NoActivity(sentence))) if is_archive_entry(&key) => (Outcome::Skipped, sentence),
        Ok(Ok(Content::Nothing(sentence) | Content::NoActivity(sentence))) => (Outcome::Failed, sentence),
        Ok(Err(error)) => (Outcome::Failed, unreadable(error)?),
        Err(panic) => {
            tracing::error!(%panic, file = %hold.name, "a recording made the reader panic");
            (Outcome::Failed, "It confused us badly. We would like to see it.".to_owned())
        }
    };
    finish_without_activity(platform, hold, &key, outcome, &sentence).await
}

pub(crate) async fn open(platform: &Platform, hold: &Lease) -> Result<Step, Error> {
    let Some(key) = upload(hold) else { return give_up(platform, hold).await };
    let (files, archive, limits) = (platform.files.clone(), key.clone(), hold.context.limits.clone());
    let stop = platform.tasks.stopping().child_token();
    let told = stop.clone();
    // Not `compute`: it may take minutes, and waits for the disk.
    let by = hold.token;
    let work = tokio::task::spawn_blocking(move || unpack(&files, &archive, by, &limits, &told));
    match hold.while_leased(platform, &stop, work).await {
        Ok(Ok(Unpacking::Done { entries, notes })) => {
            let queued = enqueue_entries(platform, hold, &key, &entries, notes).await;
            // Where it is not known whether they were queued, they stay, and are collected one day.
            if matches!(queued, Ok(false)) {
                let files = platform.files.clone();
                tokio::task::spawn_blocking(move || remove_entries(&files, &entries)).await.map_err(std::io::Error::from)?;
                hold.release(platform).await;
            }
            queued?;
            Ok(Step::Done)
        }
        Ok(Ok(Unpacking::Nothing(sentence))) => finish_without_activity(platform, hold, &key, Outcome::Failed, &sentence).await,
        Ok(Ok(Unpacking::Stopped)) => {
            hold.release(platform).await;
            Ok(Step::Done)
        }
        Ok(Err(error)) => finish_without_activity(platform, hold, &key, Outcome::Failed, &unreadable(error)?).await,
        Err(panic) => {
            tracing::error!(%panic, file = %hold.name, "an archive made the reader panic");
            finish_without_activity(platform, hold, &key, Outcome::Failed, "It confused us badly. We would like to see it.").await
        }
    }
}

/// The key of the bytes, where there are any and they did not stop us too often.
fn upload(hold: &Lease) -> Option<String> {
    hold.upload.clone().filter(|_| hold.attempts <= MAX_ATTEMPTS)
}

async fn give_up(platform: &Platform, hold: &Lease) -> Result<Step, Error> {
    let key = hold.upload.clone().unwrap_or_default();
    finish_without_activity(platform, hold, &key, Outcome::Failed, "It stopped the import three times. We would like to see it.").await
}

/// The sentence for a received file that is not there as it should be; the machine's own faults are no outcome of a file.
fn unreadable(error: std::io::Error) -> Result<String, Error> {
    if Fault::of_io(&error).is_some() {
        return Err(error.into());
    }
    Ok(format!("The received file cannot be read back: {error}."))
}

/// Ends a line without activities.
async fn finish_without_activity(platform: &Platform, hold: &Lease, key: &str, outcome: Outcome, sentence: &str) -> Result<Step, Error> {
    let mut session = platform.database.begin_as(hold.athlete).await?;
    if hold.is_valid(&mut session).await? {
        hold.set_outcome(platform, &mut session, outcome, sentence).await?;
        session.commit().await?;
        if outcome != Outcome::Failed {
            platform.files.remove_upload(key);
        }
    }
    Ok(Step::Done)
}

/// Stores the activities of a recording and the original, and what became of the line.
async fn store_recording(platform: &Platform, hold: &Lease, key: &str, readable: DecodedFile) -> Result<Step, Error> {
    let mut session = platform.database.begin_as(hold.athlete).await?;
    activities::lock_thresholds(&mut session).await?;
    session.claim_originals().await?;
    if !hold.is_valid(&mut session).await? || activities::thresholds(&mut session).await? != hold.context.values {
        // Undone meanwhile, or to be computed with other values.
        drop(session);
        hold.release(platform).await;
        return Ok(Step::Done);
    }
    let (outcome, message) = activities_of(platform, &mut session, hold, readable).await?;
    hold.set_outcome(platform, &mut session, outcome, &message).await?;
    session.commit().await?;
    if outcome != Outcome::Failed {
        platform.files.remove_upload(key);
    }
    Ok(Step::Done)
}

async fn activities_of(platform: &Platform, session: &mut Tx, hold: &Lease, readable: DecodedFile) -> Result<(Outcome, String), Error> {
    let now = platform.clock.now();
    let (mut new, mut here, mut merged, mut told) = (0, 0, Vec::new(), readable.warnings.clone());
    let mut refused = Vec::new();
    for (part, prepared) in readable.activities.iter().enumerate() {
        match prepared {
            Err(sentence) => refused.push(sentence.clone()),
            Ok(prepared) => {
                told.extend(prepared.caveats());
                let part = i16::try_from(part).unwrap_or(i16::MAX);
                let (sha256, warnings) = (&readable.sha256, &readable.warnings);
                let source = Source { import_file: Some(hold.line), sha256, part, name: &hold.name, warnings, origin: "file" };
                match ingest(session, platform.ids.uuid(now), prepared, source, now).await? {
                    IngestOutcome::New(_) => new += 1,
                    IngestOutcome::Merged(twin) => merged.push(twin),
                    IngestOutcome::Duplicate(_) => here += 1,
                }
            }
        }
    }
    if new > 0 || !merged.is_empty() {
        let (files, athlete) = (platform.files.clone(), hold.athlete);
        let kept = tokio::task::spawn_blocking(move || files.put_original(athlete, &platform::hex(&readable.sha256), &readable.original));
        kept.await.map_err(std::io::Error::from)??;
        told.extend(refused);
        let outcome = match (new, told.is_empty()) {
            (0, _) => Outcome::Merged,
            (_, true) => Outcome::Imported,
            (_, false) => Outcome::Recovered,
        };
        if !merged.is_empty() {
            told.insert(0, "The same activity was here from another source. The better of both counts; its page can take them apart.".into());
        }
        if new > 1 {
            told.insert(0, format!("{new} activities in one file."));
        }
        return Ok((outcome, told.join(" ")));
    }
    if here > 0 {
        return Ok((Outcome::Duplicate, "Here already. Nothing was added.".into()));
    }
    Ok((Outcome::Failed, refused.first().cloned().unwrap_or_else(|| "There is nothing in it to keep.".into())))
}

/// Queues the files of an archive in place of its own line; `false` when it was undone meanwhile.
async fn enqueue_entries(platform: &Platform, hold: &Lease, key: &str, entries: &[Unpacked], notes: Vec<String>) -> Result<bool, Error> {
    let now = platform.clock.now();
    let mut session = platform.database.begin_as(hold.athlete).await?;
    if !hold.is_valid(&mut session).await? {
        return Ok(false);
    }
    for some in entries.chunks(BATCH) {
        let (mut ids, mut names, mut sizes, mut uploads, mut messages, mut about) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for entry in some {
            ids.push(platform.ids.uuid(now));
            names.push(entry.name.clone());
            let kept = entry.kept.as_ref();
            sizes.push(kept.map_or(0, |(_, bytes)| i64::try_from(*bytes).unwrap_or(i64::MAX)));
            uploads.push(kept.ok().map(|(key, _)| key.clone()));
            messages.push(kept.err().cloned().unwrap_or_default());
            about.push(entry.about.as_ref().map(serde_json::to_value).transpose()?);
        }
        sqlx::query!(
            "insert into import_files (id, import_id, athlete_id, name, bytes, upload_key, outcome, message, metadata, created_at, finished_at)
             select e.id, $1, $2, e.name, e.bytes, e.upload_key, case when e.upload_key is null then 'failed' else 'queued' end, e.message, e.metadata,
               $3::timestamptz, case when e.upload_key is null then $3 end
             from unnest($4::uuid[], $5::text[], $6::bigint[], $7::text[], $8::text[], $9::jsonb[]) as e (id, name, bytes, upload_key, message, metadata)",
            hold.import,
            hold.athlete,
            now,
            &ids,
            &names,
            &sizes,
            &uploads as &[Option<String>],
            &messages,
            &about as &[Option<serde_json::Value>]
        )
        .execute(session.connection())
        .await?;
    }
    let counted = domain::units::pluralize(entries.len(), "file in it.", "files in it.");
    let message = std::iter::once(counted).chain(notes).collect::<Vec<_>>().join(" ");
    hold.set_outcome(platform, &mut session, Outcome::Unpacked, &message).await?;
    session.commit().await?;
    platform.files.remove_upload(key);
    Ok(true)
}
