//! Lists that are read page by page: what a page begins after travels in the address, so a page can be linked, reloaded and left by the browser's
//! own buttons, and the cost of a page does not grow with what lies before it.
//!
//! A feature's query reads one row more than a page has, from after the cursor's position on:
//!
//! ```
//! use domain::list::{Cursor, Page, PageRequest};
//!
//! // `select … where athlete_id = $1 and id < $2 order by id desc limit $3`
//! let request = PageRequest::first();
//! assert_eq!((request.before_number(), request.limit(2)), (i64::MAX, 3));
//! let page = Page::of(&request, 2, vec![9, 7, 4], |id| Cursor::of_number(*id));
//! assert_eq!(page.items, [9, 7]);
//! // The next page begins after 7, and its address says so.
//! let next = PageRequest::parse(page.next.as_ref().map(Cursor::as_str));
//! assert_eq!((next.before_number(), next.is_first()), (7, false));
//! ```

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Day;

/// Maximum bytes of a cursor in an address.
const MAX_BYTES: usize = 80;

/// The sort keys of a row, as text. It names no more than a row's place: no name, no address.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Cursor(String);

impl Cursor {
    /// Of a list sorted by a number.
    #[must_use]
    pub fn of_number(number: i64) -> Self {
        Self(number.to_string())
    }

    /// Of a list sorted by id.
    #[must_use]
    pub fn of_id(id: Uuid) -> Self {
        Self(id.to_string())
    }

    /// Of a list sorted by day.
    #[must_use]
    pub fn of_day(day: NaiveDate) -> Self {
        Self(day.to_string())
    }

    /// Of a list sorted by a moment, then by id.
    #[must_use]
    pub fn of_moment(at: DateTime<Utc>, id: Uuid) -> Self {
        Self(format!("{}_{id}", at.timestamp_micros()))
    }

    /// Of a list sorted by a number, then by id.
    #[must_use]
    pub fn of_number_and_id(number: i64, id: Uuid) -> Self {
        Self(format!("{number}_{id}"))
    }

    /// As it stands in an address: letters, digits, `-` and `_`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Which page of a list is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct PageRequest {
    after: Option<Cursor>,
}

impl PageRequest {
    /// The first page.
    #[must_use]
    pub const fn first() -> Self {
        Self { after: None }
    }

    /// The page that an address asks for with `after`. Nonsense is the first page.
    #[must_use]
    pub fn parse(after: Option<&str>) -> Self {
        let plain = |text: &&str| text.len() <= MAX_BYTES && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        Self { after: after.filter(|text| !text.is_empty()).filter(plain).map(|text| Cursor(text.to_owned())) }
    }

    /// Whether it is the first page.
    #[must_use]
    pub const fn is_first(&self) -> bool {
        self.after.is_none()
    }

    /// How many rows a query for a page of `size` reads: one more than it shows.
    #[must_use]
    pub const fn limit(&self, size: u32) -> i64 {
        size as i64 + 1
    }

    /// For a list with the largest number first: the number that all of the page's are below.
    #[must_use]
    pub fn before_number(&self) -> i64 {
        self.text().and_then(|text| text.parse().ok()).unwrap_or(i64::MAX)
    }

    /// For a list with the smallest id first: the id that all of the page's are above.
    #[must_use]
    pub fn after_id(&self) -> Uuid {
        self.text().and_then(|text| text.parse().ok()).unwrap_or(Uuid::nil())
    }

    /// For a list with the latest day first: the day that all of the page's are before.
    #[must_use]
    pub fn before_day(&self) -> NaiveDate {
        let parsed = self.text().and_then(|text| text.parse::<Day>().ok());
        parsed.map_or(NaiveDate::from_ymd_opt(Day::LAST_YEAR + 1, 1, 1).unwrap_or(NaiveDate::MAX), Day::date)
    }

    /// For a list with the latest moment first, and the largest id among equals: what all of the page's are before.
    #[must_use]
    pub fn before_moment(&self) -> (DateTime<Utc>, Uuid) {
        self.text().and_then(moment).unwrap_or((DateTime::<Utc>::MAX_UTC, Uuid::max()))
    }

    /// For a list by a number and then by id: what the page begins after. `None` for the first page.
    #[must_use]
    pub fn after_number_and_id(&self) -> Option<(i64, Uuid)> {
        let (number, id) = self.text()?.split_once('_')?;
        Some((number.parse().ok()?, id.parse().ok()?))
    }

    /// Whether it is the first page, or begins after a cursor of such a list.
    #[must_use]
    pub fn fits(&self, order: Order) -> bool {
        let Some(text) = self.text() else { return true };
        match order {
            Order::Number => text.parse::<i64>().is_ok(),
            Order::Id => text.parse::<Uuid>().is_ok(),
            Order::Day => text.parse::<Day>().is_ok(),
            Order::Moment => moment(text).is_some(),
        }
    }

    fn text(&self) -> Option<&str> {
        self.after.as_ref().map(Cursor::as_str)
    }
}

/// The moment and the id of a cursor.
fn moment(text: &str) -> Option<(DateTime<Utc>, Uuid)> {
    let (micros, id) = text.split_once('_')?;
    Some((DateTime::from_timestamp_micros(micros.parse().ok()?)?, id.parse().ok()?))
}

/// What a list is sorted by, and what its cursors are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// [`Cursor::of_number`].
    Number,
    /// [`Cursor::of_id`].
    Id,
    /// [`Cursor::of_day`].
    Day,
    /// [`Cursor::of_moment`].
    Moment,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    /// Its rows.
    pub items: Vec<T>,
    /// What the next page begins after, if there is one.
    pub next: Option<Cursor>,
    /// Whether it is the first page.
    pub first: bool,
}

impl<T> Page<T> {
    /// The page of what a query read with [`PageRequest::limit`].
    #[must_use]
    pub fn of(request: &PageRequest, size: u32, mut rows: Vec<T>, cursor: impl Fn(&T) -> Cursor) -> Self {
        let more = rows.len() > size as usize;
        rows.truncate(size as usize);
        let next = if more { rows.last().map(cursor) } else { None };
        Self { items: rows, next, first: request.is_first() }
    }

    /// The same page with other rows.
    #[must_use]
    pub fn map<U>(self, each: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(each).collect(), next: self.next, first: self.first }
    }

    /// Whether everything is on this page.
    #[must_use]
    pub const fn is_all(&self) -> bool {
        self.first && self.next.is_none()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_cursor_fits_the_list_that_it_came_from_and_no_other_and_not_when_it_is_cut() {
        let (at, id) = (DateTime::from_timestamp_micros(1_590_758_262_000_000).unwrap_or_default(), Uuid::from_u128(7));
        let of = |cursor: &Cursor| PageRequest::parse(Some(cursor.as_str()));
        let day = NaiveDate::from_ymd_opt(2026, 11, 27).unwrap_or_default();
        let cursors = [Cursor::of_number(7), Cursor::of_id(id), Cursor::of_day(day), Cursor::of_moment(at, id)];
        let orders = [Order::Number, Order::Id, Order::Day, Order::Moment];
        for (i, cursor) in cursors.iter().enumerate() {
            for (j, order) in orders.into_iter().enumerate() {
                assert_eq!(of(cursor).fits(order), i == j, "{cursor:?} in a list by {order:?}");
            }
        }
        assert!(!PageRequest::parse(Some("1590758262000000_")).fits(Order::Moment));
        assert!(orders.into_iter().all(|order| PageRequest::first().fits(order)));
    }

    #[test]
    fn nonsense_is_the_first_page() {
        for text in ["", "x y", "<script>", "a".repeat(81).as_str(), "👟"] {
            assert!(PageRequest::parse(Some(text)).is_first(), "{text:?}");
        }
        let other = PageRequest::parse(Some("another-list"));
        assert_eq!(other.before_number(), i64::MAX);
        assert_eq!(other.before_moment(), PageRequest::first().before_moment());
        assert_eq!(other.before_day(), PageRequest::first().before_day());
        assert_eq!(PageRequest::parse(Some(Cursor::of_day(NaiveDate::MIN).as_str())).before_day(), other.before_day());
        assert_eq!(other.after_id(), Uuid::nil());
    }

    proptest! {
        #[test]
        fn pages_show_every_row_once_and_in_order(
            rows in prop::collection::btree_set((-5_000_000_000_000_i64..5_000_000_000_000, any::<u128>()), 0..60),
            size in 1..9_u32,
        ) {
            let rows: Vec<(DateTime<Utc>, Uuid)> = rows
                .into_iter()
                .rev()
                .map(|(micros, id)| (DateTime::from_timestamp_micros(micros).expect("a moment"), Uuid::from_u128(id)))
                .collect();
            let (mut request, mut seen) = (PageRequest::first(), Vec::new());
            loop {
                let before = request.before_moment();
                let read = rows.iter().copied().filter(|row| *row < before).take(size as usize + 1).collect();
                let page = Page::of(&request, size, read, |(at, id)| Cursor::of_moment(*at, *id));
                prop_assert!(page.items.len() <= size as usize);
                seen.extend(page.items);
                let Some(next) = page.next else { break };
                request = PageRequest::parse(Some(next.as_str()));
            }
            prop_assert_eq!(seen, rows);
        }
    }
}
