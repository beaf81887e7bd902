//! All SQL of the journal. A function is one statement, in the transaction of its caller.

pub(crate) mod measures;
pub(crate) mod presets;
pub(crate) mod values;
