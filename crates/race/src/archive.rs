//! What the import of an archive asks of courses.

use domain::one_line;
use domain::race::MOST_COURSES;
use futures::FutureExt;
use platform::feature::archive::{Archive, Contents, invalid};
use platform::{Error, Tx};

use crate::packed::unpack;
use crate::queries;

/// Courses keep an archive out, as a plan does. Their points must be such as we write.
pub(crate) const ARCHIVE: Archive = Archive { contents: |tx| contents(tx).boxed(), check: |tx, _| check(tx).boxed() };

/// Courses of an archive: more than may be added, since a deletion that is undone brings one back beyond that.
const MOST_BROUGHT: usize = 4 * MOST_COURSES;

async fn contents(tx: &mut Tx) -> Result<Contents, Error> {
    let athlete = tx.viewer()?;
    Ok(if queries::count(tx, athlete).await? > 0 { Contents::Training } else { Contents::Nothing })
}

async fn check(tx: &mut Tx) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    let brought = queries::brought(tx, athlete, MOST_BROUGHT as i64 + 1).await?;
    if brought.len() > MOST_BROUGHT {
        return Err(invalid(&format!("data/courses.jsonl: more than {MOST_BROUGHT} courses")));
    }
    let is_course = |(name, distance_m, points): &(String, f64, Vec<u8>)| {
        let end = unpack(points).and_then(|points| points.last().map(|point| point.at_m));
        one_line(name) == *name && end.is_some_and(|end| (end - distance_m).abs() < 1.0)
    };
    if brought.iter().all(is_course) { Ok(()) } else { Err(invalid(&"data/courses.jsonl: a course in it is none")) }
}
