//! What formulas need to know about the athlete.

use crate::grade::Model;
use crate::load::Sex;
use crate::zones::{ZoneModel, bounds};

/// What formulas need to know about the athlete, on that day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Athlete {
    /// Resting heart rate, beats per minute.
    pub hr_rest_bpm: f64,
    /// Maximum heart rate, beats per minute.
    pub hr_max_bpm: f64,
    /// Heart rate that can be held for an hour; `None` means resting + 0.85 of the reserve.
    pub threshold_hr_bpm: Option<f64>,
    /// Speed on the flat that can be held for an hour, in m/s.
    pub threshold_mps: Option<f64>,
    /// For the load formulas that differ by sex.
    pub sex: Sex,
    /// The grade model.
    pub grade_model: Model,
    /// What heart-rate zones are based on.
    pub zone_model: ZoneModel,
}

impl Athlete {
    /// Heart rate at threshold in beats per minute.
    #[must_use]
    pub fn threshold_hr(&self) -> f64 {
        self.threshold_hr_bpm.unwrap_or(self.hr_rest_bpm + 0.85 * (self.hr_max_bpm - self.hr_rest_bpm))
    }

    /// A heart rate as a share of the heart-rate reserve.
    #[must_use]
    pub fn reserve_share(&self, hr_bpm: f64) -> f64 {
        (hr_bpm - self.hr_rest_bpm) / (self.hr_max_bpm - self.hr_rest_bpm)
    }

    /// The lower bounds of the five zones, beats per minute.
    #[must_use]
    pub fn zone_bounds(&self) -> [f64; 5] {
        bounds(self.zone_model, self.hr_rest_bpm, self.hr_max_bpm, self.threshold_hr())
    }
}

impl Default for Athlete {
    /// An adult runner of whom nothing is known: resting 60, maximum 190.
    fn default() -> Self {
        Self {
            hr_rest_bpm: 60.0,
            hr_max_bpm: 190.0,
            threshold_hr_bpm: None,
            threshold_mps: None,
            sex: Sex::Unknown,
            grade_model: Model::HeartRate,
            zone_model: ZoneModel::Maximum,
        }
    }
}
