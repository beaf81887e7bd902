//! What is explained: an outcome, prepared once for all inputs.

use crate::design_matrix::Screen;
use crate::options::Options;
use crate::table::{Column, Table};

/// Minimum days of a record whose first ones can be left out.
const LONG_ENOUGH: usize = 90;

/// An outcome, prepared once for all inputs.
pub(crate) struct Outcome<'a> {
    pub(crate) column: &'a Column,
    pub(crate) values: Vec<f64>,
    pub(crate) screen: Option<Screen>,
}

impl<'a> Outcome<'a> {
    pub(crate) fn new(table: &Table, column: &'a Column, options: &Options) -> Self {
        let values = table.padded(column);
        let screen = Screen::new(table, &column.name, &values, first_day(table, options), table.days, None);
        Self { column, values, screen }
    }
}

/// The first day whose outcome is used: in a longer record every lag is then tested on the same days.
pub(crate) fn first_day(table: &Table, options: &Options) -> usize {
    if table.days >= LONG_ENOUGH { options.max_lag.min(14) } else { 0 }
}
