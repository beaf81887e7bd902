//! How large a table of days may be.

use tables::Bounds;

/// A lifetime of days, several rows a day, and more columns than any watch writes.
pub(crate) const BOUNDS: Bounds = Bounds { columns: 500, rows: 100_000, row_bytes: 64 << 10 };
