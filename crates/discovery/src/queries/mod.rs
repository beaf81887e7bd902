//! All SQL of discovery: one file for each table.

pub(crate) mod feedback;
pub(crate) mod jobs;
pub(crate) mod reports;
pub(crate) mod snapshots;
