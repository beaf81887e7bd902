//! The daily table.

use chrono::NaiveDate;

/// One value a day, `NaN` where nothing was recorded. Missing is never zero.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// A name, unique in its table.
    pub name: String,
    /// As long as the table has days.
    pub values: Vec<f64>,
    /// The smallest lag in days that makes sense: 1 for an input that is known only after the day's run.
    pub first_lag: usize,
}

impl Column {
    /// A column that may act on the same day.
    #[must_use]
    pub fn new(name: impl Into<String>, values: Vec<f64>) -> Self {
        Self { name: name.into(), values, first_lag: 0 }
    }

    pub(crate) fn is_binary(&self) -> bool {
        let mut levels = self.values.iter().filter(|v| v.is_finite());
        #[expect(clippy::float_cmp, reason = "yes and no are stored as exactly 1 and 0")]
        let ok = levels.clone().all(|v| *v == 0.0 || *v == 1.0);
        ok && levels.next().is_some()
    }
}

/// Consecutive calendar days of one person.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The date of the first row; every next row is the next day.
    pub first_day: NaiveDate,
    /// Number of days.
    pub days: usize,
    /// What might have an effect.
    pub inputs: Vec<Column>,
    /// What might be affected.
    pub outcomes: Vec<Column>,
    /// What is held constant where it is known: temperature, duration, climb. Never something that the inputs act through.
    pub covariates: Vec<Column>,
}

impl Table {
    /// Values of a column by day, `NaN` beyond its end and for anything that is not a number.
    pub(crate) fn padded(&self, column: &Column) -> Vec<f64> {
        (0..self.days).map(|i| column.values.get(i).copied().filter(|v| v.is_finite() && v.abs() < 1e12).unwrap_or(f64::NAN)).collect()
    }
}
