//! Keeping, renaming and deleting courses.

use std::path::Path;

use chrono::{DateTime, Utc};
use domain::race::{Course, MAX_NAME, MOST_COURSES};
use domain::{Problem, ProblemKind, one_line};
use platform::{ChargedTo, Error, Platform, Tx};
use uuid::Uuid;

use crate::packed::{Drawn, pack};
use crate::queries;
use crate::read::{course, read_file};

/// The lock under which an athlete's courses are changed.
pub(crate) const LOCK: &str = "courses";

/// Keeps the course of an uploaded file, and returns its id. It is called as typed, or as the file says, or by the name of the file. The file is read
/// in its turn: those that wait for it hold no memory.
pub(crate) async fn keep_file(
    platform: &Platform,
    viewer: Uuid,
    file: impl AsRef<Path> + Send + 'static,
    typed: &str,
    name: &str,
) -> Result<Uuid, Error> {
    let nameless = name.is_empty();
    let read = move || {
        let bytes = std::fs::read(file)?;
        if bytes.is_empty() && nameless { Err(Error::from(no_file())) } else { Ok(read_file(&bytes)?) }
    };
    let (title, drawn) = platform::compute_for_account(viewer, read).await??;
    let stem = name.rsplit(['/', '\\']).next().unwrap_or_default().split('.').next().unwrap_or_default();
    let name = [typed, &title.unwrap_or_default(), stem].into_iter().find_map(named).unwrap_or_else(|| "Course".to_owned());
    platform.database.transact(viewer, async |tx| insert(platform, tx, "file", name, drawn).await).await
}

/// Keeps the route of an own activity as a course, and returns its id.
pub(crate) async fn keep_route(platform: &Platform, viewer: Uuid, activity: Uuid, typed: &str) -> Result<Uuid, Error> {
    let read = async {
        let mut tx = platform.database.begin_read_only_as(viewer).await?;
        let route = activities::own_route(&mut tx, activity).await?.ok_or_else(no_route)?;
        let recording = activities::recording(&mut tx, activity).await?;
        drop(tx);
        let drawn = platform::compute(move || course(recording)).await?.ok_or_else(no_route)?;
        Ok::<_, Error>((route.title, drawn))
    };
    // A whole recording is in memory meanwhile.
    let (title, drawn) = platform::with_heavy_permit(ChargedTo::Account(viewer), Box::pin(read)).await?;
    let name = [typed, &title].into_iter().find_map(named).unwrap_or_else(|| "Course".to_owned());
    platform.database.transact(viewer, async |tx| insert(platform, tx, "activity", name, drawn).await).await
}

/// That no file was chosen.
pub(crate) fn no_file() -> Problem {
    Problem::of_field("file", "Choose a file with the course.")
}

fn no_route() -> Problem {
    Problem::of_field("activity", "This activity has no route. Choose another one.")
}

/// A name as one line that is not too long; `None` if nothing of it can be seen.
fn named(text: &str) -> Option<String> {
    let line: String = one_line(text).chars().take(MAX_NAME).collect();
    Some(line.trim().to_owned()).filter(|line| !line.is_empty())
}

/// Keeps a course that was asked for by a field.
async fn insert(platform: &Platform, tx: &mut Tx, field: &str, name: String, drawn: Drawn) -> Result<Uuid, Error> {
    tx.lock_own(LOCK).await?;
    let (athlete, now): (Uuid, DateTime<Utc>) = (tx.viewer()?, platform.clock.now());
    if usize::try_from(queries::count(tx, athlete).await?).unwrap_or(usize::MAX) >= MOST_COURSES {
        let sentence = format!("{MOST_COURSES} courses are the most. Delete one that you no longer need.");
        return Err(Problem { kind: ProblemKind::Conflict, ..Problem::of_field(field, sentence) }.into());
    }
    let id = platform.ids.uuid(now);
    let course = Course { id, name, distance_m: drawn.distance_m, climb_m: drawn.climb_m };
    queries::insert(tx, athlete, &course, &pack(&drawn.points), now).await?;
    Ok(id)
}

/// Gives a course another name.
pub(crate) async fn rename(tx: &mut Tx, id: Uuid, name: &str) -> Result<(), Error> {
    tx.lock_own(LOCK).await?;
    let athlete = tx.viewer()?;
    if queries::rename(tx, athlete, id, name).await? { Ok(()) } else { Err(Error::not_found("course")) }
}

/// Deletes a course.
pub(crate) async fn delete(tx: &mut Tx, id: Uuid) -> Result<(), Error> {
    tx.lock_own(LOCK).await?;
    let athlete = tx.viewer()?;
    if queries::delete(tx, athlete, id).await? { Ok(()) } else { Err(Error::not_found("course")) }
}
