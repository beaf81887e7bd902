//! What a feature declares of itself, in its own crate, as `FEATURE`. The server has one list of them; export, deletion, the change log, the
//! job runner and the tests of isolation and of query plans read that list, and none keeps a copy.
//!
//! ```
//! use platform::feature::{Export, Feature, Owner, Table};
//!
//! /// Shoes, and when they were retired.
//! pub const FEATURE: Feature = Feature {
//!     tables: &[Table::exported("shoes", Owner::Athlete("athlete_id"), "id").tracked("id", "Shoes")],
//!     ..Feature::named("shoes")
//! };
//! assert!(matches!(FEATURE.tables[0].export, Export::Rows { order: "id", .. }));
//! ```

use graphile_worker::WorkerOptions;

/// A feature, as the house knows it.
#[derive(Debug)]
pub struct Feature {
    /// The name of its crate, of its folder of pages, of its tests.
    pub name: &'static str,
    /// Its tables, in an order in which rows can be inserted: what others refer to comes first.
    pub tables: &'static [Table],
    /// Files of an export that people open in a spreadsheet: the name, and the query of an athlete's (`$1`) rows.
    pub spreadsheets: &'static [(&'static str, &'static str)],
    /// Adds its background jobs to a worker.
    pub jobs: fn(WorkerOptions) -> WorkerOptions,
}

/// What the house itself keeps.
pub const PLATFORM: Feature =
    Feature { tables: &[Table::omitted("database_identity", Owner::Site, "tells this database from others")], ..Feature::named("platform") };

/// A table of a feature.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// Its name, and `data/{name}.jsonl` in an export.
    pub name: &'static str,
    /// Whose rows it holds.
    pub owner: Owner,
    /// Whether its rows are part of an export.
    pub export: Export,
    /// Whether edits of its rows can be undone: the key within an athlete, and what people call a row.
    pub tracked: Option<(&'static str, &'static str)>,
    /// SQL for the values that a row `x` of an archive gets whatever it says, as JSON.
    pub on_import: Option<&'static str>,
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

/// Whether the rows of a table are part of the export of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Export {
    /// They are.
    Rows {
        /// The order of the rows within an athlete, so that two exports of the same data are the same.
        order: &'static str,
        /// Whether a row is known by its athlete and not by an id: then one that the account has already stays, and the export's is left out.
        keyed_by_athlete: bool,
        /// What the table was called, and its file, in older exports.
        former: Option<&'static str>,
    },
    /// They are not, and why.
    Omitted(&'static str),
}

impl Feature {
    /// A feature without anything yet.
    #[must_use]
    pub const fn named(name: &'static str) -> Self {
        Self { name, tables: &[], spreadsheets: &[], jobs: |options| options }
    }
}

impl Table {
    /// A table whose rows are exported, in this order.
    #[must_use]
    pub const fn exported(name: &'static str, owner: Owner, order: &'static str) -> Self {
        Self { name, owner, export: Export::Rows { order, keyed_by_athlete: false, former: None }, tracked: None, on_import: None }
    }

    /// A table whose rows are not exported, and why.
    #[must_use]
    pub const fn omitted(name: &'static str, owner: Owner, why: &'static str) -> Self {
        Self { name, owner, export: Export::Omitted(why), tracked: None, on_import: None }
    }

    /// It was called otherwise, in older exports.
    #[must_use]
    pub const fn formerly(mut self, name: &'static str) -> Self {
        if let Export::Rows { order, keyed_by_athlete, .. } = self.export {
            self.export = Export::Rows { order, keyed_by_athlete, former: Some(name) };
        }
        self
    }

    /// Its rows are known by their athlete and not by an id.
    #[must_use]
    pub const fn keyed_by_athlete(mut self) -> Self {
        if let Export::Rows { order, former, .. } = self.export {
            self.export = Export::Rows { order, keyed_by_athlete: true, former };
        }
        self
    }

    /// SQL for the values that a row `x` of an archive gets whatever it says, as JSON.
    #[must_use]
    pub const fn overridden_on_import(mut self, sql: &'static str) -> Self {
        self.on_import = Some(sql);
        self
    }

    /// Whether its rows are known by their athlete and not by an id.
    #[must_use]
    pub const fn is_keyed_by_athlete(&self) -> bool {
        matches!(self.export, Export::Rows { keyed_by_athlete: true, .. })
    }

    /// What it was called in older exports.
    #[must_use]
    pub const fn former(&self) -> Option<&'static str> {
        match self.export {
            Export::Rows { former, .. } => former,
            Export::Omitted(_) => None,
        }
    }

    /// The order of its rows in an export.
    #[must_use]
    pub const fn order(&self) -> &'static str {
        match self.export {
            Export::Rows { order, .. } => order,
            Export::Omitted(_) => "",
        }
    }

    /// Edits of its rows can be undone: the key within an athlete, and what people call a row.
    #[must_use]
    pub const fn tracked(mut self, key: &'static str, label: &'static str) -> Self {
        self.tracked = Some((key, label));
        self
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
        self.tables().filter(|table| matches!(table.export, Export::Rows { .. }))
    }

    /// The spreadsheets of an export: the file, and the query of an athlete's (`$1`) rows.
    pub fn spreadsheets(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.0.iter().flat_map(|feature| feature.spreadsheets.iter().copied())
    }

    /// The tables whose edits can be undone: the table, its key within an athlete, and what people call a row.
    pub fn tracked(self) -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
        self.tables().filter_map(|table| table.tracked.map(|(key, label)| (table.name, key, label)))
    }

    /// Adds the jobs of all features to a worker.
    #[must_use]
    pub fn jobs(self, options: WorkerOptions) -> WorkerOptions {
        self.0.iter().fold(options, |options, feature| (feature.jobs)(options))
    }
}
