//! All SQL of nutrition. A function is one statement, in the transaction of its caller.

pub(crate) mod entries;
pub(crate) mod favourites;
pub(crate) mod settings;
