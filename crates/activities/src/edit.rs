//! What an athlete does to an activity: rename, crop, split, merge, unmerge, enter by hand. Recordings are never changed: every step can be
//! undone.

use chrono::{DateTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use domain::ProblemKind;
use domain::activities::{ActivityUpdate, Kind, ManualActivity, TimeRange};
use platform::{Error, Ids, Tx};
use recordings::{Recording, Sport, Totals};
use uuid::Uuid;

use crate::ingest::{IngestOutcome, Source, ingest, synthetic_source_hash};
use crate::instants::{later, moment};
use crate::intervals::rejoin_intervals;
use crate::lock::lock;
use crate::queries::edit::SportNow;
use crate::queries::parts::{self, SecondPart};
use crate::queries::{edit as queries, samples};
use crate::recompute::{analyse, recompute, recompute_stale};
use crate::recording::{MAX_PARTS, effective_recording, last_second, merged_recording, own_recording};
use crate::thresholds::lock_thresholds;

/// Updates an activity's title, sport, description, gear and tags.
pub async fn change(tx: &mut Tx, id: Uuid, update: &ActivityUpdate) -> Result<(), Error> {
    lock(tx).await?;
    let before = queries::lock_sport(tx, id).await?.ok_or_else(|| Error::not_found("activity"))?;
    let sport = chosen(&before, update.kind, &update.sport);
    queries::set_details(tx, id, update, &sport).await?;
    // A generated title names the sport; a typed one stays.
    if before.sport != sport.sport {
        recompute(tx, id).await?;
    }
    Ok(())
}

/// The sport after somebody chose a kind, or a sport alone. What is chosen once more is no guess any longer, and stays what the recording says.
fn chosen(before: &SportNow, kind: Option<Kind>, sport: &str) -> SportNow {
    let is_now = Kind::of(before.kind.as_deref(), &before.sport, before.sub_sport.as_deref());
    let sport_guessed = before.sport_guessed && kind.is_none() && before.sport == sport;
    let same = kind.map_or(before.sport == sport, |kind| kind == is_now);
    let kind = if same { before.kind.clone() } else { kind.map(|kind| kind.code().to_owned()) };
    SportNow { sport: if same { before.sport.clone() } else { sport.to_owned() }, sub_sport: before.sub_sport.clone(), kind, sport_guessed }
}

/// The bounds of an activity's recording before any crop: its length in seconds and when it starts, by its own clock.
async fn source_bounds(tx: &mut Tx, id: Uuid) -> Result<(f64, DateTime<Utc>), Error> {
    let row = samples::lock(tx, id).await?.ok_or_else(|| Error::not_found("activity"))?;
    if row.merged_into.is_some() {
        return Err(Error::problem(ProblemKind::Conflict, "It is part of another activity. Unmerge the two first."));
    }
    let recording = merged_recording(tx, id, row.samples).await?;
    let last = last_second(&recording).unwrap_or_default();
    let start = recording.started_at_ms.and_then(DateTime::from_timestamp_millis);
    match start {
        Some(start) if last > 0.0 => Ok((last, start)),
        _ => Err(Error::problem(ProblemKind::Conflict, "It has no recording, so there is nothing to crop or split.")),
    }
}

fn after(start: DateTime<Utc>, seconds: f64) -> DateTime<Utc> {
    later(start, seconds).unwrap_or(start)
}

/// Leaves out what lies before and after a range; the fields `from` and `to` count from the start of the whole recording.
pub async fn crop<'a>(tx: &mut Tx, id: Uuid, fields: impl Fn(&str) -> Option<&'a str>) -> Result<(), Error> {
    lock(tx).await?;
    let (seconds, start) = source_bounds(tx, id).await?;
    let range = TimeRange::parse(fields, seconds)?;
    let (from, to) = ((range.from_s > 0.0).then(|| after(start, range.from_s)), (range.to_s < seconds).then(|| after(start, range.to_s)));
    queries::set_crop(tx, id, from, to).await?;
    reject_overlapping_crops(tx, id).await?;
    recompute(tx, id).await
}

/// Undoes a crop: the whole recording counts again.
pub async fn uncrop(tx: &mut Tx, id: Uuid) -> Result<(), Error> {
    lock(tx).await?;
    if !queries::set_crop(tx, id, None, None).await? {
        return Err(Error::not_found("activity"));
    }
    reject_overlapping_crops(tx, id).await?;
    recompute(tx, id).await
}

/// Refuses a crop that overlaps that of another activity split from the same recording: the overlap would count twice.
///
/// # Errors
/// A conflict; the transaction must be rolled back.
pub async fn reject_overlapping_crops(tx: &mut Tx, id: Uuid) -> Result<(), Error> {
    if queries::has_overlapping_crop(tx, id).await? {
        return Err(Error::problem(ProblemKind::Conflict, "What was split off is an activity of its own. Rejoin the two instead."));
    }
    Ok(())
}

/// Refuses with `message` when something was split off one of these activities: it would count twice.
async fn require_unsplit(tx: &mut Tx, ids: &[Uuid], message: &str) -> Result<(), Error> {
    if parts::any_split_off(tx, ids).await? { Err(Error::problem(ProblemKind::Conflict, message)) } else { Ok(()) }
}

/// Splits an activity at the field `at`, a time since the start of what counts of it. Returns the second one.
pub async fn split<'a>(tx: &mut Tx, id: Uuid, ids: &Ids, fields: impl Fn(&str) -> Option<&'a str>, now: DateTime<Utc>) -> Result<Uuid, Error> {
    let new_id = ids.uuid(now);
    lock_thresholds(tx).await?;
    let (whole_seconds, whole_start) = source_bounds(tx, id).await?;
    let recording = effective_recording(tx, id).await?;
    let seconds = last_second(&recording).unwrap_or_default();
    let at = TimeRange::parse_split(fields, seconds)?;
    let whole = parts::whole(tx, id).await?;
    // By the clock of the recording, as every crop; both parts keep the corrected date.
    let dated = recording.started_at_ms.and_then(DateTime::from_timestamp_millis);
    let start = dated.map_or(whole_start, |start| after(start, whole.clock_shift_ms.unwrap_or(0) as f64 / -1000.0));
    let end = after(whole_start, whole_seconds);
    let split_at = after(start, at);
    let first_end = split_at - TimeDelta::milliseconds(1);

    // The second part also keeps the whole recording, so that either crop can be changed, and its own copies of what was merged, so that
    // either can lose one without the other.
    let mut rest = own_recording(tx, id).await?;
    rest.sport = recording.sport;
    rest.title = Some(format!("{}, second part", whole.title));
    let analysed = analyse(tx, rest).await?;
    let source = Source {
        import_file: whole.import_file_id,
        sha256: &synthetic_source_hash(new_id),
        part: 0,
        name: &whole.source_name,
        warnings: &[],
        origin: "split",
    };
    match ingest(tx, new_id, &analysed, source, now).await? {
        IngestOutcome::New(_) => {}
        _ => return Err(Error::problem(ProblemKind::Conflict, "It was split already. Reload the page.")),
    }
    let second = SecondPart {
        of: id,
        crop_from: split_at,
        crop_to: whole.crop_to.filter(|to| *to < end),
        clock_shift_ms: whole.clock_shift_ms,
        clock_utc_offset_s: whole.clock_utc_offset_s,
        made_title: whole.made_title.is_some_and(|made| made == whole.title),
    };
    parts::set_second_part(tx, new_id, &second).await?;
    queries::set_crop_end(tx, id, Some(first_end)).await?;
    copy_parts(tx, id, new_id, ids, now).await?;
    recompute(tx, id).await?;
    recompute(tx, new_id).await?;
    Ok(new_id)
}

/// Gives the second part its own copies of the recordings that are merged into the first.
async fn copy_parts(tx: &mut Tx, first: Uuid, second: Uuid, ids: &Ids, now: DateTime<Utc>) -> Result<(), Error> {
    for part in parts::merged_into(tx, first).await? {
        let copy = ids.uuid(now);
        parts::copy_part(tx, part, copy, second, &synthetic_source_hash(copy)).await?;
        recompute_stale(tx, &[copy]).await?;
    }
    Ok(())
}

/// Rejoins an activity with what was split off it. Returns the first one.
pub async fn unsplit(tx: &mut Tx, second: Uuid) -> Result<Uuid, Error> {
    lock(tx).await?;
    let row = parts::lock_split_off(tx, second).await?.ok_or_else(|| Error::not_found("activity"))?;
    let first = row.split_from.ok_or_else(|| Error::problem(ProblemKind::Conflict, "It was not split off another activity."))?;
    if !queries::set_crop_end(tx, first, row.crop_to).await? {
        return Err(Error::problem(ProblemKind::Conflict, "The first part is in the trash, or gone. Restore it first."));
    }
    rejoin_intervals(tx, first, second).await?;
    // What had been split off the second part in turn now belongs to the first.
    parts::move_split_offs(tx, second, first).await?;
    parts::delete_with_parts(tx, second).await?;
    recompute(tx, first).await?;
    Ok(first)
}

/// Merges `other` into `id`: the better of each stream counts, and `other` is no longer an activity of its own.
pub async fn merge_into(tx: &mut Tx, id: Uuid, other: Uuid) -> Result<(), Error> {
    if id == other {
        return Err(Error::problem(ProblemKind::Invalid, "An activity cannot be merged with itself."));
    }
    lock(tx).await?;
    let rows = parts::lock_two(tx, id, other).await?;
    let [a, b] = &rows[..] else { return Err(Error::not_found("activity")) };
    if rows.iter().any(|r| r.merged_into.is_some()) {
        return Err(Error::problem(ProblemKind::Conflict, "One of the two is already part of another activity."));
    }
    if rows.iter().any(|r| r.split_from.is_some() || r.origin != "file") {
        return Err(Error::problem(ProblemKind::Conflict, "Only recordings from files can be merged. Rejoin what was split first."));
    }
    require_unsplit(tx, &[id, other], "A part of one is an activity of its own. Rejoin what was split first.").await?;
    if parts::count_parts(tx, id, other).await? >= MAX_PARTS {
        return Err(Error::problem(ProblemKind::Conflict, format!("More than {MAX_PARTS} recordings cannot be merged into one.")));
    }
    let end = |start: DateTime<Utc>, elapsed: Option<f64>| after(start, elapsed.unwrap_or(0.0));
    if a.started_at > end(b.started_at, b.elapsed_s) || b.started_at > end(a.started_at, a.elapsed_s) {
        return Err(Error::problem(ProblemKind::Conflict, "The two do not overlap in time, so they are two activities."));
    }
    parts::merge(tx, id, other).await?;
    recompute(tx, id).await?;
    recompute_stale(tx, &[other]).await
}

/// Takes a merged recording out again: both become activities of their own. Returns the one it was merged into.
pub async fn unmerge(tx: &mut Tx, part: Uuid) -> Result<Uuid, Error> {
    lock(tx).await?;
    let row = parts::lock_part(tx, part).await?.ok_or_else(|| Error::not_found("activity"))?;
    let whole = row.merged_into.ok_or_else(|| Error::problem(ProblemKind::Conflict, "It is not part of another activity."))?;
    reject_split_copy(&row.origin)?;
    parts::take_out(tx, part, whole).await?;
    recompute_stale(tx, &[part, whole]).await?;
    Ok(whole)
}

/// Refuses to make an activity of a copy that the second part of a split keeps: the recording itself is in the first part, or already an
/// activity.
pub(crate) fn reject_split_copy(origin: &str) -> Result<(), Error> {
    if origin == "split" {
        return Err(Error::problem(ProblemKind::Conflict, "What was split off keeps what was merged before. Rejoin the two first."));
    }
    Ok(())
}

/// Stores an activity that was entered by hand.
pub async fn add_manual(tx: &mut Tx, id: Uuid, manual: &ManualActivity, now: DateTime<Utc>) -> Result<(), Error> {
    lock_thresholds(tx).await?;
    let tz: Tz = accounts::time_zone(tx).await?.parse().unwrap_or(Tz::UTC);
    let start = moment(manual.local_start, tz);
    let recording = Recording {
        sport: Sport::parse(&manual.sport).unwrap_or_default(),
        sub_sport: manual.kind.and_then(Kind::sub_sport).map(str::to_owned),
        title: Some(manual.title.clone()),
        description: Some(manual.description.clone()),
        started_at_ms: Some(start.timestamp_millis()),
        // What was typed stays, whatever time zone the athlete has later.
        utc_offset_s: Some(tz.offset_from_utc_datetime(&start.naive_utc()).fix().local_minus_utc()),
        totals: Totals {
            elapsed_s: Some(manual.elapsed_s),
            timer_s: Some(manual.elapsed_s),
            distance_m: manual.distance_m,
            elevation_gain_m: manual.elevation_gain_m,
            avg_hr_bpm: manual.avg_hr_bpm,
            max_hr_bpm: None,
        },
        ..Recording::default()
    };
    let mut analysed = analyse(tx, recording).await?;
    analysed.title.clone_from(&manual.title);
    let source = Source { import_file: None, sha256: &synthetic_source_hash(id), part: 0, name: "", warnings: &[], origin: "manual" };
    match ingest(tx, id, &analysed, source, now).await? {
        IngestOutcome::New(_) => Ok(()),
        _ => Err(Error::problem(ProblemKind::Conflict, "It is already stored.")),
    }
}
