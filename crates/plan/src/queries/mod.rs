//! All SQL of the plan. A function is one statement, in the transaction of its caller.

pub(crate) mod feeds;
pub(crate) mod sessions;
