//! What the tests of isolation need of activities.

use chrono::{DateTime, Utc};
use domain::Problem;
use platform::jobs::Job;
use platform::testing::{Meaning, Samples as Needs, Value, id};
use platform::{Error, Platform, Tx};
use recordings::{Recording, Samples, Sport, Warning};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::recomputer::DateAgain;
use crate::{IngestOutcome, Source, analyse_recording, delete, ingest, merge_into, split, thresholds};

/// When the first recording began.
const START_S: i64 = 1_780_000_000;
/// Seconds from one recording to the next that has nothing to do with it.
const APART_S: i64 = 86_400;

/// Recordings that are alone, merged, split and deleted, with what decides who sees them.
pub const SAMPLES: Needs = Needs {
    rows: &[
        "insert into athlete_thresholds (athlete_id, valid_from, resting_hr, created_at) values ($1, '2026-01-05', 47, now())",
        "insert into visibility_settings (athlete_id) values ($1)",
        "insert into privacy_zones (id, athlete_id, name, latitude_deg, longitude_deg, radius_m, created_at)
           values ('{zone}', $1, 'Geheimrunde', 1, 2, 500, now())",
        "insert into gear (id, athlete_id, name, kind, created_at) values ('{gear}', $1, 'Geheimrunde-shoes', 'shoes', now())",
        "insert into saved_filters (id, athlete_id, name, query, created_at) values ('{filter}', $1, 'Geheimrunde', 'q=Geheimrunde', now())",
        "insert into bulk_edits (id, athlete_id, action, before, created_at) values ('{bulk_edit}', $1, 'hide', '[]', now())",
        "insert into recompute_tasks (id, athlete_id, reason, total, created_at, finished_at) values ('{recompute}', $1, 'edits', 1, now(), now())",
    ],
    prepare: |platform, victim| Box::pin(prepare(platform, victim)),
    values: &[("athlete", Meaning::named("{victim}", "{nobody}")), ("format", Meaning::plain("gpx"))],
    permit: &[
        "update visibility_settings set training = 'everybody', map = 'everybody', heart_rate = 'everybody' where athlete_id = $1",
        // Not before: the worker would finish it.
        "update recompute_tasks set finished_at = null where athlete_id = $1",
    ],
    fill: include_str!("fill.sql"),
    ..Needs::NONE
};

async fn prepare(platform: Platform, victim: Uuid) -> Result<Vec<Value>, Error> {
    let now = platform.clock.now();
    let mut tx = platform.database.begin_as(victim).await?;
    add(&platform, &mut tx, "activity", 0, now).await?;
    add(&platform, &mut tx, "other_activity", 600, now).await?;
    add(&platform, &mut tx, "whole", APART_S, now).await?;
    add(&platform, &mut tx, "part", APART_S + 600, now).await?;
    merge_into(&mut tx, id("whole"), id("part")).await?;
    add(&platform, &mut tx, "first_half", 2 * APART_S, now).await?;
    let half = split(&mut tx, id("first_half"), &platform.ids, |name| (name == "at").then_some("10:00"), now).await?;
    add(&platform, &mut tx, "deleted", 3 * APART_S, now).await?;
    delete(&mut tx, id("deleted"), id("trashed_activity"), now).await?;
    tx.commit().await?;
    Ok(vec![("half", Meaning::Named(half.to_string().into(), "{nobody}"))])
}

/// Twenty minutes at 3 m/s, as a file.
async fn add(platform: &Platform, tx: &mut Tx, name: &str, after_s: i64, now: DateTime<Utc>) -> Result<(), Error> {
    let mut samples = Samples::default();
    for i in 0..1200_usize {
        samples.push(i as f64);
        samples.distance_m[i] = 3.0 * i as f64;
        samples.heart_rate_bpm[i] = 140.0;
        samples.latitude_deg[i] = 52.5 + samples.distance_m[i] / 111_195.0;
        samples.longitude_deg[i] = 13.4;
    }
    let started_at_ms = Some((START_S + after_s) * 1000);
    let recording = Recording { sport: Sport::Running, title: Some("Geheimrunde".into()), started_at_ms, samples, ..Recording::default() };
    let analysed = analyse_recording(recording, &thresholds(tx).await?, "UTC").map_err(Problem::from)?;
    let sha256 = Sha256::digest(name.as_bytes());
    platform.files.put_original(tx.viewer()?, &platform::hex(&sha256), name.as_bytes())?;
    let source = Source { import_file: None, sha256: &sha256, part: 0, name: "Geheimrunde.gpx", warnings: &[Warning::BadHeader], origin: "file" };
    match ingest(tx, id(name), &analysed, source, now).await? {
        IngestOutcome::New(_) => Ok(()),
        other => Err(Error::Internal(format!("{name} is not new: {other:?}"))),
    }
}

/// Marks an athlete's activities as the job does that follows a change of the time zone.
pub async fn date_again(platform: &Platform, athlete: Uuid) -> Result<(), Error> {
    DateAgain { athlete }.run(platform).await
}
