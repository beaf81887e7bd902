//! Takes queued lines one by one.

use std::sync::Arc;
use std::time::Duration;

use activities::{Source, Stored, store};
use domain::imports::Outcome;
use platform::{Error, Platform, Session};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::process::{Content, Context, Readable, Unpacked, from_archive, process};

/// A file that stops the server this often is left alone.
const MOST_ATTEMPTS: i32 = 3;
/// How often to look for lines that another process queued.
const LOOK: Duration = Duration::from_secs(5);

/// The background worker of a server: wakes when a file came in, and every few seconds.
#[derive(Clone)]
pub struct Worker {
    wake: Arc<Notify>,
}

impl Worker {
    /// Starts it; it begins with what an earlier process left in the queue.
    #[must_use]
    pub fn start(platform: Platform) -> Self {
        let worker = Self { wake: Arc::new(Notify::new()) };
        let wake = worker.wake.clone();
        tokio::spawn(async move {
            loop {
                if let Err(error) = everybody(&platform).await {
                    tracing::error!(%error, "importing stopped, and goes on in a moment");
                }
                tokio::select! {
                    () = wake.notified() => {}
                    () = tokio::time::sleep(LOOK) => {}
                }
            }
        });
        worker
    }

    /// Says that there is something to do.
    pub fn wake(&self) {
        self.wake.notify_one();
    }
}

async fn everybody(platform: &Platform) -> Result<(), Error> {
    loop {
        let mut session = platform.database.as_nobody().await?;
        let athletes: Vec<Uuid> = sqlx::query_scalar!(r#"select athletes_with_queued_files as "id!" from athletes_with_queued_files()"#)
            .fetch_all(session.connection())
            .await?;
        drop(session);
        let mut done = 0;
        for athlete in athletes {
            // A few at a time, so that one athlete's archive does not keep the others waiting.
            for _ in 0..20 {
                if !step(platform, athlete).await? {
                    break;
                }
                done += 1;
            }
        }
        if done == 0 {
            return Ok(());
        }
    }
}

/// Deals with everything that an athlete has queued, for the command line.
pub async fn work_off(platform: &Platform, athlete: Uuid) -> Result<(), Error> {
    while step(platform, athlete).await? {}
    Ok(())
}

/// Deals with one line; `false` when none is left.
async fn step(platform: &Platform, athlete: Uuid) -> Result<bool, Error> {
    // The attempt is counted before the work, so that a file that kills the process cannot do so for ever.
    let mut session = platform.database.as_viewer(athlete).await?;
    let claimed = sqlx::query!(
        "update import_files set attempts = attempts + 1 where id = (
           select id from import_files where athlete_id = $1 and outcome = 'queued' order by created_at, id limit 1 for update skip locked)
         returning id, attempts",
        athlete
    )
    .fetch_optional(session.connection())
    .await?;
    session.commit().await?;
    let Some(claimed) = claimed else { return Ok(false) };

    let mut session = platform.database.as_viewer(athlete).await?;
    let line = sqlx::query!(
        "select f.import_id, f.name, f.upload, f.about, a.time_zone from import_files f join accounts a on a.id = f.athlete_id
         where f.id = $1 and f.outcome = 'queued' for update of f skip locked",
        claimed.id
    )
    .fetch_optional(session.connection())
    .await?;
    // Another worker was quicker.
    let Some(line) = line else { return Ok(true) };
    let Some(key) = line.upload.filter(|_| claimed.attempts <= MOST_ATTEMPTS) else {
        finish(platform, &mut session, claimed.id, Outcome::Failed, "It stopped the import three times. We would like to see it.", true).await?;
        session.commit().await?;
        return Ok(true);
    };
    let (files, upload) = (platform.files.clone(), key.clone());
    let context = Context {
        time_zone: line.time_zone,
        values: activities::values(&mut session).await?,
        about: line.about.map(serde_json::from_value).transpose()?,
        limits: platform.config.uploads.clone(),
        now: platform.clock.now(),
    };
    let content = tokio::task::spawn_blocking(move || process(&files, &upload, &context)).await;
    let keep_upload = match content {
        Ok(Ok(Content::Recording(readable))) => {
            let (outcome, message) = keep(platform, &mut session, athlete, claimed.id, &line.name, *readable).await?;
            finish(platform, &mut session, claimed.id, outcome, &message, outcome == Outcome::Failed).await?;
            outcome == Outcome::Failed
        }
        Ok(Ok(Content::Archive { entries, notes })) => {
            let n = entries.len();
            queue_entries(platform, &mut session, athlete, line.import_id, entries).await?;
            let message = std::iter::once(domain::units::counted(n, "file in it.", "files in it.")).chain(notes).collect::<Vec<_>>().join(" ");
            finish(platform, &mut session, claimed.id, Outcome::Unpacked, &message, false).await?;
            false
        }
        // Exports hold years of monitoring beside the activities: those lines say what they are and are no failures.
        Ok(Ok(Content::NoActivity(sentence))) if from_archive(&key) => {
            finish(platform, &mut session, claimed.id, Outcome::Skipped, &sentence, false).await?;
            false
        }
        Ok(Ok(Content::Nothing(sentence) | Content::NoActivity(sentence))) => {
            finish(platform, &mut session, claimed.id, Outcome::Failed, &sentence, true).await?;
            true
        }
        Ok(Err(error)) => {
            finish(platform, &mut session, claimed.id, Outcome::Failed, &format!("The received file cannot be read back: {error}."), true).await?;
            true
        }
        Err(panic) => {
            tracing::error!(%panic, file = %line.name, "a recording made the reader panic");
            finish(platform, &mut session, claimed.id, Outcome::Failed, "It confused us badly. We would like to see it.", true).await?;
            true
        }
    };
    session.commit().await?;
    if !keep_upload {
        platform.files.remove_upload(&key);
    }
    Ok(true)
}

/// Stores the activities of a recording and the original; gives the outcome of the line and what there is to say.
async fn keep(
    platform: &Platform,
    session: &mut Session,
    athlete: Uuid,
    line: Uuid,
    name: &str,
    readable: Readable,
) -> Result<(Outcome, String), Error> {
    let now = platform.clock.now();
    let (mut new, mut here, mut merged, mut told) = (0, 0, Vec::new(), readable.warnings.clone());
    let mut refused = Vec::new();
    for (part, prepared) in readable.activities.iter().enumerate() {
        match prepared {
            Err(sentence) => refused.push(sentence.clone()),
            Ok(prepared) => {
                told.extend(prepared.cautions());
                let part = i16::try_from(part).unwrap_or(i16::MAX);
                let source = Source { import_file: Some(line), sha256: &readable.sha256, part, name, warnings: &readable.warnings, origin: "file" };
                match store(session, platform.ids.uuid(now), prepared, source, now).await? {
                    Stored::New(_) => new += 1,
                    Stored::Merged(twin) => merged.push(twin),
                    Stored::Duplicate(_) => here += 1,
                }
            }
        }
    }
    if new > 0 || !merged.is_empty() {
        platform.files.keep_original(athlete, &platform::hex(&readable.sha256), &readable.original)?;
        told.extend(refused);
        let outcome = match (new, told.is_empty()) {
            (0, true) => Outcome::Merged,
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

/// Queues the files of an archive.
async fn queue_entries(platform: &Platform, session: &mut Session, athlete: Uuid, import: Uuid, entries: Vec<Unpacked>) -> Result<(), Error> {
    let now = platform.clock.now();
    for Unpacked { name, about, kept } in entries {
        let (outcome, upload, bytes, message) = match kept {
            Ok((key, bytes)) => (Outcome::Queued, Some(key), bytes, String::new()),
            Err(sentence) => (Outcome::Failed, None, 0, sentence),
        };
        let about = about.map(serde_json::to_value).transpose()?;
        sqlx::query!(
            "insert into import_files (id, import_id, athlete_id, name, bytes, upload, outcome, message, about, created_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            platform.ids.uuid(now),
            import,
            athlete,
            name,
            i64::try_from(bytes).unwrap_or(i64::MAX),
            upload,
            outcome.as_str(),
            message,
            about,
            now
        )
        .execute(session.connection())
        .await?;
    }
    Ok(())
}

async fn finish(platform: &Platform, session: &mut Session, line: Uuid, outcome: Outcome, message: &str, keep_upload: bool) -> Result<(), Error> {
    sqlx::query!(
        "update import_files set outcome = $2, message = $3, finished_at = $4, upload = case when $5 then upload end where id = $1",
        line,
        outcome.as_str(),
        message,
        platform.clock.now(),
        keep_upload
    )
    .execute(session.connection())
    .await?;
    Ok(())
}
