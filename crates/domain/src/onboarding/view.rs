//! What the pages of the steps show.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Body, Food, Goals};
use crate::activities::{FoundThresholds, Thresholds};
use crate::measures::Measure;

/// The first step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GoalsView {
    /// As they are stored.
    pub goals: Goals,
    /// In the athlete's time zone.
    pub today: NaiveDate,
}

/// What is known of the body.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BodyView {
    /// What was typed today, and what holds of sex and year of birth.
    pub body: Body,
    /// The last height, in centimetres, and its day.
    pub height: Option<(NaiveDate, f64)>,
    /// The last weight, in kilograms, and its day.
    pub weight: Option<(NaiveDate, f64)>,
    /// In the athlete's time zone.
    pub today: NaiveDate,
}

/// What was found, and what is confirmed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ThresholdsView {
    /// In the recordings.
    pub found: FoundThresholds,
    /// Those that hold today.
    pub known: Thresholds,
    /// In the athlete's time zone.
    pub today: NaiveDate,
}

/// What may be asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QuestionsView {
    /// Those that are asked, in their order.
    pub asked: Vec<Measure>,
    /// The others.
    pub others: Vec<Measure>,
    /// Nothing if it is not said.
    pub food: Option<Food>,
}
