//! The shape that every reader fills.

use serde::{Deserialize, Serialize};

use crate::Samples;

/// What kind of effort it was. Anything without a rule of its own is `Other`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sport {
    /// On foot, running.
    Running,
    /// On a bicycle.
    Cycling,
    /// In water.
    Swimming,
    /// On foot, walking or hiking.
    Walking,
    /// The change from one leg of a triathlon to the next.
    Transition,
    /// Anything else, or not said.
    #[default]
    Other,
}

impl Sport {
    /// The name that is stored and sent, as in the JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Cycling => "cycling",
            Self::Swimming => "swimming",
            Self::Walking => "walking",
            Self::Transition => "transition",
            Self::Other => "other",
        }
    }

    /// From the free text of GPX `<type>` and TCX `Sport`. Strava writes "9" for a run in older GPX files.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        let lower = text.trim().to_ascii_lowercase();
        if lower.contains("run") || lower == "9" {
            Self::Running
        } else if lower.contains("bik") || lower.contains("cycl") || lower.contains("ride") {
            Self::Cycling
        } else if lower.contains("swim") {
            Self::Swimming
        } else if lower.contains("walk") || lower.contains("hik") {
            Self::Walking
        } else {
            Self::Other
        }
    }
}

/// A stretch in which the athlete had stopped the timer, in seconds from the start.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pause {
    /// Seconds from the start of the recording.
    pub from_s: f64,
    /// Seconds from the start of the recording, not before `from_s`.
    pub to_s: f64,
}

/// A lap as the device wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Lap {
    /// Start, seconds from the start of the recording.
    pub start_s: f64,
    /// Elapsed seconds, pauses included.
    pub elapsed_s: f64,
    /// Metres, where the device said so.
    pub distance_m: Option<f64>,
    /// Mean heart rate in beats per minute, where the device said so.
    pub avg_hr_bpm: Option<f64>,
}

/// What the device itself reported for the whole activity; metrics use it only where samples are lacking.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Totals {
    /// Seconds from start to end.
    pub elapsed_s: Option<f64>,
    /// Seconds with the timer running.
    pub timer_s: Option<f64>,
    /// Metres.
    pub distance_m: Option<f64>,
    /// Metres climbed.
    pub ascent_m: Option<f64>,
    /// Mean heart rate, beats per minute.
    pub avg_hr_bpm: Option<f64>,
    /// Highest heart rate, beats per minute.
    pub max_hr_bpm: Option<f64>,
}

/// One activity: when, what, and its samples.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Recording {
    /// What kind of effort.
    pub sport: Sport,
    /// A name that the athlete or service gave.
    pub title: Option<String>,
    /// The device or application that wrote it.
    pub device: Option<String>,
    /// Milliseconds since 1970-01-01T00:00Z of the first sample; `None` where the file holds no times.
    pub started_at_ms: Option<i64>,
    /// Seconds to add to UTC for the local time at the start, where the file says so.
    pub utc_offset_s: Option<i32>,
    /// The samples, column by column.
    pub samples: Samples,
    /// Laps in order.
    pub laps: Vec<Lap>,
    /// Stops of the timer in order.
    pub pauses: Vec<Pause>,
    /// The device's own totals.
    pub totals: Totals,
}
