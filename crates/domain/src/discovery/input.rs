//! What might have an effect: measures of a day, as features declare them and as cards tell of them.

/// A measure of a day that might have an effect, with its words: a feature's own, or those that an athlete gave to a measure.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// Its column in the daily table, and part of the key of its cards: what was found is stored by it.
    pub key: String,
    /// Label on badges and axes.
    pub label: String,
    /// Axis of the scatter chart.
    pub axis: String,
    /// By what a value of the column is multiplied to be in the unit of the axis.
    pub scale: f64,
    /// Amount that a sentence is about, in the column's unit.
    pub step: f64,
    /// That amount, at the start of a sentence.
    pub more: String,
    /// After the unit of the effect.
    pub per: String,
    /// The earliest lag in days that makes sense: 1 for what may be recorded after the run.
    pub first_lag: usize,
    /// What a day without a value means.
    pub gap: Gap,
    /// What to say when it helps.
    pub when_good: String,
    /// What to say when it costs.
    pub when_bad: String,
}

/// What a day without a value means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Gap {
    /// Nothing is known of it.
    Unknown,
    /// It has this value, as a day without training has a load of zero.
    Value(f64),
    /// It has this value if any day has one: without any training there is none to rest from.
    ValueAmongOthers(f64),
}
