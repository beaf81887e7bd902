//! What a feature declares of itself, in its own crate, as `FEATURE`. The server has one list of them; export, import and deletion of accounts, the
//! change log, the job runner, discovery and the tests of isolation read that list, and none keeps a copy.
//!
//! ```
//! use platform::feature::{Feature, Owner, Table, Tracked};
//!
//! /// Shoes, and when they were retired.
//! pub const FEATURE: Feature = Feature {
//!     tables: &[Table::exported("shoes", Owner::Athlete("athlete_id"), "id").tracked(Tracked::by(&["id"], "Shoes"))],
//!     ..Feature::named("shoes")
//! };
//! assert_eq!((FEATURE.tables[0].order, FEATURE.tables[0].omitted), ("id", None));
//! ```

pub mod archive;
pub mod daily;
mod spreadsheet;
mod tracked;

use domain::discovery::Input;
use futures::future::BoxFuture;

use self::archive::{Archive, StoredFiles};
use self::daily::{DAILY_VALUES_CHANGED, Daily};
pub use self::spreadsheet::{Cells, Spreadsheet};
pub use self::tracked::{Described, Edit, Tracked};
use crate::database::Tx;
use crate::error::Error;
use crate::events::{DispatchEvents, DispatchLeftOver, Subscriber};
use crate::jobs::{self, Declaration};
use crate::mail::SendEmail;
use crate::retention::{PurgeExpired, Retention};
use crate::statistics::RefreshStatistics;

/// A question to a feature about the viewer's rows.
pub type Ask<T> = for<'a> fn(&'a mut Tx) -> BoxFuture<'a, Result<T, Error>>;

/// A feature.
#[derive(Debug)]
pub struct Feature {
    /// The name of its crate, of its folder of pages, of its tests.
    pub name: &'static str,
    /// Its tables, in an order in which rows can be inserted: what others refer to comes first.
    pub tables: &'static [Table],
    /// Files of an export that people open in a spreadsheet.
    pub spreadsheets: &'static [Spreadsheet],
    /// Its background jobs.
    pub jobs: &'static [Declaration],
    /// What its events are called.
    pub events: &'static [&'static str],
    /// What it does when something happened, its own or another's.
    pub subscribers: &'static [Subscriber],
    /// Which of its rows are deleted after a while.
    pub retention: &'static [Retention],
    /// What it has to do with the import of an archive.
    pub archive: Archive,
    /// The files that its rows refer to.
    pub files: StoredFiles,
    /// What it offers to discovery.
    pub daily: Daily,
}

/// What belongs to no feature.
pub const PLATFORM: Feature = Feature {
    tables: &[
        Table::omitted("database_identity", Owner::Site, "tells this database from others"),
        Table::omitted("events", Owner::Athlete("athlete_id"), "work that is in progress here"),
        Table::omitted("uploads", Owner::Athlete("athlete_id"), "files that wait to be used here"),
        Table::omitted("idempotency_keys", Owner::Athlete("athlete_id"), "requests of the last day, which would otherwise be done twice"),
    ],
    jobs: &[
        jobs::on_demand::<DispatchEvents>(),
        jobs::nightly_and_at_start::<DispatchLeftOver>(),
        jobs::on_demand::<SendEmail>(),
        jobs::nightly::<PurgeExpired>(),
        jobs::on_demand::<RefreshStatistics>(),
    ],
    retention: &[
        Retention {
            what: "events",
            kept: "a week after they were handled",
            delete: "delete from events where dispatched_at < $1 - interval '7 days'",
        },
        Retention {
            what: "answers to requests with an idempotency key",
            kept: "one to two days",
            delete: "delete from idempotency_keys where created_at < $1 - interval '1 day'",
        },
        Retention {
            what: "uploads that nobody goes on with or uses",
            kept: "one to two days",
            delete: "delete from uploads where updated_at < $1 - interval '1 day'",
        },
        Retention {
            what: "jobs that failed for good",
            kept: "thirty days",
            delete: "delete from graphile_worker._private_jobs where attempts >= max_attempts and locked_at is null and updated_at < $1 - interval '30 days'",
        },
    ],
    ..Feature::named("platform")
};

/// A table of a feature.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// Its name, and `data/{name}.jsonl` in an export.
    pub name: &'static str,
    /// Whose rows it holds.
    pub owner: Owner,
    /// Why its rows are not part of an export, if they are not.
    pub omitted: Option<&'static str>,
    /// The order of its rows within an athlete, so that two exports of the same data are the same.
    pub order: &'static str,
    /// Whether a row is known by its athlete and not by an id: then one that the account has already stays, and the export's is left out.
    pub keyed_by_athlete: bool,
    /// What it was called, and its file, in older exports.
    pub former: Option<&'static str>,
    /// Whether edits of its rows can be undone, and how.
    pub tracked: Option<Tracked>,
    /// SQL for the values that a row `x` of an archive gets whatever it says, as JSON.
    pub on_import: Option<&'static str>,
    /// Bytes of a row in an archive, at most: several times what the application writes.
    pub row_bytes: u64,
    /// Refuses rows of an archive, a JSON array, before they are inserted.
    pub check_rows: fn(&[u8]) -> Result<(), Error>,
}

/// Whose the rows of a table are. Rows of an athlete or an organisation are guarded by policies and go when their owner goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// An athlete's, by this column.
    Athlete(&'static str),
    /// An organisation's, by this column.
    Organisation(&'static str),
    /// Nobody's: the application sees none of it but through functions.
    Site,
}

impl Feature {
    /// A feature without anything yet.
    #[must_use]
    pub const fn named(name: &'static str) -> Self {
        Self {
            name,
            tables: &[],
            spreadsheets: &[],
            jobs: &[],
            events: &[],
            subscribers: &[],
            retention: &[],
            archive: Archive::UNCHECKED,
            files: StoredFiles::NONE,
            daily: Daily::NONE,
        }
    }
}

impl Table {
    /// A table whose rows are exported, in this order.
    #[must_use]
    pub const fn exported(name: &'static str, owner: Owner, order: &'static str) -> Self {
        Self {
            name,
            owner,
            omitted: None,
            order,
            keyed_by_athlete: false,
            former: None,
            tracked: None,
            on_import: None,
            row_bytes: 4 << 20,
            check_rows: |_| Ok(()),
        }
    }

    /// A table whose rows are not exported, and why.
    #[must_use]
    pub const fn omitted(name: &'static str, owner: Owner, why: &'static str) -> Self {
        Self { omitted: Some(why), ..Self::exported(name, owner, "") }
    }

    /// It was called otherwise, in older exports.
    #[must_use]
    pub const fn formerly(self, name: &'static str) -> Self {
        Self { former: Some(name), ..self }
    }

    /// Its rows are known by their athlete and not by an id.
    #[must_use]
    pub const fn keyed_by_athlete(self) -> Self {
        Self { keyed_by_athlete: true, ..self }
    }

    /// Edits of its rows can be undone.
    #[must_use]
    pub const fn tracked(self, tracked: Tracked) -> Self {
        Self { tracked: Some(tracked), ..self }
    }

    /// SQL for the values that a row `x` of an archive gets whatever it says, as JSON.
    #[must_use]
    pub const fn overridden_on_import(self, sql: &'static str) -> Self {
        Self { on_import: Some(sql), ..self }
    }

    /// Its rows are up to so many bytes long in an archive, and are checked before they are inserted.
    #[must_use]
    pub const fn checked_before_import(self, row_bytes: u64, check_rows: fn(&[u8]) -> Result<(), Error>) -> Self {
        Self { row_bytes, check_rows, ..self }
    }
}

/// The features of this server.
#[derive(Debug, Clone, Copy, Default)]
pub struct Features(pub &'static [&'static Feature]);

impl Features {
    /// All tables, in an order in which rows can be inserted.
    pub fn tables(self) -> impl Iterator<Item = &'static Table> + Clone {
        self.0.iter().flat_map(|feature| feature.tables)
    }

    /// The tables of an export, in an order in which rows can be inserted.
    pub fn exported(self) -> impl Iterator<Item = &'static Table> + Clone {
        self.tables().filter(|table| table.omitted.is_none())
    }

    /// The spreadsheets of an export.
    pub fn spreadsheets(self) -> impl Iterator<Item = &'static Spreadsheet> {
        self.0.iter().flat_map(|feature| feature.spreadsheets)
    }

    /// The tables whose edits can be undone, and how.
    pub fn tracked(self) -> impl Iterator<Item = (&'static str, Tracked)> {
        self.tables().filter_map(|table| Some((table.name, table.tracked?)))
    }

    /// How edits of this table can be undone, if they can.
    #[must_use]
    pub fn tracked_by_name(self, table: &str) -> Option<(&'static str, Tracked)> {
        self.tracked().find(|(name, _)| *name == table)
    }

    /// All features.
    pub fn iter(self) -> impl Iterator<Item = &'static Feature> {
        self.0.iter().copied()
    }

    /// All background jobs.
    pub fn jobs(self) -> impl Iterator<Item = &'static Declaration> {
        self.0.iter().flat_map(|feature| feature.jobs)
    }

    /// All rows that are deleted after a while.
    pub fn retention(self) -> impl Iterator<Item = &'static Retention> {
        self.0.iter().flat_map(|feature| feature.retention)
    }

    /// The names of all events.
    pub fn events(self) -> impl Iterator<Item = &'static str> {
        self.0.iter().flat_map(|feature| feature.events.iter().copied())
    }

    /// What is offered to discovery for every athlete, in the order of its page.
    pub fn inputs(self) -> impl Iterator<Item = Input> {
        self.0.iter().flat_map(|feature| (feature.daily.inputs)())
    }

    /// What is offered to discovery for the viewer, with the viewer's own inputs.
    pub async fn inputs_of(self, tx: &mut Tx) -> Result<Vec<Input>, Error> {
        let mut inputs = Vec::new();
        for feature in self.iter() {
            inputs.extend(feature.daily.offered(tx).await?);
        }
        Ok(inputs)
    }

    /// What is done after an event of this name.
    pub fn subscribers_to(self, event: &str) -> impl Iterator<Item = &'static Subscriber> {
        let changes_values = self.0.iter().any(|feature| feature.daily.changed_by.contains(&event));
        self.subscribers().filter(move |s| s.to.contains(&event) || (changes_values && s.to.contains(&DAILY_VALUES_CHANGED)))
    }

    /// All that is done when something happened.
    pub fn subscribers(self) -> impl Iterator<Item = &'static Subscriber> {
        self.0.iter().flat_map(|feature| feature.subscribers)
    }
}
