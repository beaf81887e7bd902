//! The daily table.

use chrono::NaiveDate;

/// One value per day, `NaN` if nothing was recorded. Missing is never zero.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// A name, unique in its table.
    pub name: String,
    /// One value for each day of the table.
    pub values: Vec<f64>,
    /// Of an input: the smallest lag in days that makes sense, 1 for what is known only after the day's run.
    pub first_lag: usize,
    /// Of an outcome: the smallest effect worth the time, in its own unit. Without it, a share of its standard deviation
    /// ([`Options::smallest_effect_sd`](crate::Options)).
    pub smallest_effect: Option<f64>,
    /// Of a covariate: the outcomes that it is held constant for, by name; empty for all of them. What is known only after an outcome cannot have
    /// confounded it.
    pub only_for: Vec<String>,
    /// Of a covariate: whether its outcomes are defined by it, as an effort at a fixed pace is by the pace. It is held constant first, and also where a
    /// record has room for few covariates.
    pub defining: bool,
}

impl Column {
    /// A column that may act on the same day.
    #[must_use]
    pub fn new(name: impl Into<String>, values: Vec<f64>) -> Self {
        Self { name: name.into(), values, first_lag: 0, smallest_effect: None, only_for: Vec::new(), defining: false }
    }

    /// Whether it is held constant for an outcome.
    pub(crate) fn applies_to(&self, outcome: &str) -> bool {
        self.only_for.is_empty() || self.only_for.iter().any(|name| name == outcome)
    }

    pub(crate) fn is_binary(&self) -> bool {
        let mut levels = self.values.iter().filter(|v| v.is_finite());
        #[expect(clippy::float_cmp, reason = "yes and no are stored as exactly 1 and 0")]
        let ok = levels.clone().all(|v| *v == 0.0 || *v == 1.0);
        ok && levels.next().is_some()
    }
}

/// An input and an outcome, by name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Pair {
    /// Name of the input column.
    pub input: String,
    /// Name of the outcome column.
    pub outcome: String,
}

impl Pair {
    /// The pair of `input` and `outcome`.
    #[must_use]
    pub fn new(input: impl Into<String>, outcome: impl Into<String>) -> Self {
        Self { input: input.into(), outcome: outcome.into() }
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
    /// Covariates: temperature, duration, elevation gain. Never a mediator of the inputs.
    pub covariates: Vec<Column>,
    /// Meaningless pairs: two measures of one thing. They are not tested and do not count.
    pub excluded: Vec<Pair>,
    /// Pairs declared beforehand, about ten: a family with its own half of the error budget.
    pub priority: Vec<Pair>,
}

impl Table {
    /// An empty table that begins on a day.
    #[must_use]
    pub fn new(first_day: NaiveDate, days: usize) -> Self {
        Self { first_day, days, inputs: Vec::new(), outcomes: Vec::new(), covariates: Vec::new(), excluded: Vec::new(), priority: Vec::new() }
    }

    /// Values of a column by day, `NaN` beyond its end and for anything that is not a number.
    pub(crate) fn padded(&self, column: &Column) -> Vec<f64> {
        (0..self.days).map(|i| column.values.get(i).copied().filter(|v| v.is_finite() && v.abs() < 1e12).unwrap_or(f64::NAN)).collect()
    }

    /// Day of the week of a row, 0 for Monday.
    pub(crate) fn weekday(&self, day: usize) -> usize {
        use chrono::Datelike;
        (self.first_day.weekday().num_days_from_monday() as usize + day) % 7
    }

    /// A number for the calendar month of a row.
    pub(crate) fn month(&self, day: usize) -> i32 {
        use chrono::Datelike;
        let date = self.first_day.checked_add_days(chrono::Days::new(day as u64)).unwrap_or(self.first_day);
        date.year() * 12 + date.month0() as i32
    }
}
