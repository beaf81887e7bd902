//! The list of sessions, a page at a time.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveTime};
use domain::list::{Cursor, Page, PageRequest};
use domain::plan::{Planned, PlannedSession};
use platform::{Error, Tx};
use uuid::Uuid;

use crate::matched::planned;
use crate::queries::sessions as queries;

/// Sessions of a page.
const PAGE_SIZE: u32 = 100;

/// The sessions of a page, the latest day first.
pub(crate) async fn page(tx: &mut Tx, request: &PageRequest, today: NaiveDate) -> Result<Page<Planned>, Error> {
    let athlete = tx.viewer()?;
    let (before, id) = request.before_moment();
    let found = queries::page(tx, athlete, (before.date_naive(), id), request.limit(PAGE_SIZE)).await?;
    let cursor = |session: &PlannedSession| Cursor::of_moment(session.day.and_time(NaiveTime::MIN).and_utc(), session.id);
    let Page { items, next, first } = Page::of(request, PAGE_SIZE, found, cursor);
    let (Some(latest), Some(earliest)) = (items.first(), items.last()) else { return Ok(Page { items: Vec::new(), next, first }) };
    // With the other sessions of the first and the last day: an activity is of one of them.
    let mut known: HashMap<Uuid, Planned> =
        planned(tx, earliest.day, latest.day, today).await?.into_iter().map(|one| (one.session.id, one)).collect();
    Ok(Page { items: items.iter().filter_map(|session| known.remove(&session.id)).collect(), next, first })
}
