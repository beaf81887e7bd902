//! All SQL of imports, one file for each matter. A function is one statement, or a few that go together, in the transaction of its caller; it
//! reads and writes what is the viewer's, unless it says otherwise.

pub(crate) mod archive;
pub(crate) mod files;
pub(crate) mod imports;
pub(crate) mod leases;
