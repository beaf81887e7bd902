//! All SQL of export, import and deletion.

pub(crate) mod archived;
pub(crate) mod bounds;
pub(crate) mod exports;
