//! The list of sessions, a page at a time.

use chrono::{NaiveDate, NaiveTime};
use domain::list::{Cursor, Page, PageRequest};
use domain::plan::{Planned, PlannedSession};
use platform::{Error, Tx};

use crate::matched::with_activities;
use crate::queries::sessions as queries;

/// Sessions of a page.
const PAGE_SIZE: u32 = 100;

/// The sessions of a page, the latest day first.
pub(crate) async fn page(tx: &mut Tx, request: &PageRequest, today: NaiveDate) -> Result<Page<Planned>, Error> {
    let athlete = tx.viewer()?;
    let (before, id) = request.before_moment();
    let found = queries::page(tx, athlete, (before.date_naive(), id), request.limit(PAGE_SIZE)).await?;
    let cursor = |session: &PlannedSession| Cursor::of_moment(session.day.and_time(NaiveTime::MIN).and_utc(), session.id);
    let Page { mut items, next, first } = Page::of(request, PAGE_SIZE, found, cursor);
    items.reverse();
    let mut items = with_activities(tx, items, today).await?;
    items.reverse();
    Ok(Page { items, next, first })
}
