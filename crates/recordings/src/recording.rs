//! The type that every reader returns.

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use crate::{Samples, StreamError, bounds, samples};

/// The sport. Anything without a rule of its own is `Other`.
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
    /// Anything else, or unknown.
    #[default]
    Other,
}

impl Sport {
    /// The name in storage and in JSON.
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

    /// From the stored name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Running, Self::Cycling, Self::Swimming, Self::Walking, Self::Transition, Self::Other].into_iter().find(|s| s.as_str() == text)
    }

    /// From the free text of GPX `<type>` and TCX `Sport`, and the sub-sport. Old Strava files have numbers.
    #[must_use]
    pub fn from_text(text: &str) -> (Self, Option<&'static str>) {
        let lower = text.trim().to_lowercase().replace('_', " ");
        let has = |words: &[&str]| words.iter().any(|w| lower.contains(w));
        let sport = if has(&["run"]) || lower == "9" {
            Self::Running
        } else if has(&["bik", "cycl", "ride"]) || lower == "1" {
            Self::Cycling
        } else if has(&["swim"]) || lower == "16" {
            Self::Swimming
        } else if has(&["walk", "hik"]) || lower == "10" || lower == "4" {
            Self::Walking
        } else if lower == "transition" {
            Self::Transition
        } else {
            Self::Other
        };
        let kinds = [
            ("hik", "hiking"),
            ("rowing", "rowing"),
            ("ski", "skiing"),
            ("strength", "strength_training"),
            ("weight", "strength_training"),
            ("yoga", "yoga"),
            ("trail", "trail"),
            ("treadmill", "treadmill"),
            ("track", "track"),
            ("open water", "open_water"),
            ("lap swimming", "lap_swimming"),
            ("indoor running", "indoor_running"),
            ("virtual", "virtual_activity"),
            ("ultra", "ultra"),
            ("street", "street"),
            ("mountain", "mountain"),
            ("gravel", "gravel_cycling"),
            ("road", "road"),
        ];
        (sport, kinds.iter().find(|(word, _)| has(&[word])).map(|(_, kind)| *kind))
    }
}

/// A pause, during which the timer was stopped, in seconds from the start.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Pause {
    /// Seconds from the start of the recording.
    pub from_s: f64,
    /// Seconds from the start of the recording, not before `from_s`.
    pub to_s: f64,
}

/// A lap as the device wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Lap {
    /// Start, seconds from the start of the recording.
    pub start_s: f64,
    /// Elapsed seconds, pauses included.
    pub elapsed_s: f64,
    /// Seconds with the timer running, if the device recorded it.
    pub timer_s: Option<f64>,
    /// Metres, if the device recorded it.
    pub distance_m: Option<f64>,
    /// Mean heart rate in beats per minute, if the device recorded it.
    pub avg_hr_bpm: Option<f64>,
    /// Maximum heart rate in beats per minute, if the device recorded it.
    pub max_hr_bpm: Option<f64>,
    /// Whether the athlete or the workout marked it as recovery.
    pub rest: bool,
}

/// The stroke of a length, after FIT's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stroke {
    /// Front crawl, mostly.
    Freestyle,
    /// On the back.
    Backstroke,
    /// On the breast.
    Breaststroke,
    /// Both arms at once.
    Butterfly,
    /// A drill, which the watch does not classify.
    Drill,
    /// Several.
    Mixed,
    /// Individual medley: all four in turn.
    Medley,
}

impl Stroke {
    /// All, in the order of FIT's numbers.
    pub const ALL: [Self; 7] = [Self::Freestyle, Self::Backstroke, Self::Breaststroke, Self::Butterfly, Self::Drill, Self::Mixed, Self::Medley];

    /// The word that is shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Freestyle => "freestyle",
            Self::Backstroke => "backstroke",
            Self::Breaststroke => "breaststroke",
            Self::Butterfly => "butterfly",
            Self::Drill => "drill",
            Self::Mixed => "mixed",
            Self::Medley => "medley",
        }
    }
}

/// One pool length.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Length {
    /// Start, seconds from the start of the recording.
    pub start_s: f64,
    /// Elapsed seconds.
    pub elapsed_s: f64,
    /// Strokes, if the device counted them.
    pub strokes: Option<f64>,
    /// The stroke, if the device recorded it.
    pub stroke: Option<Stroke>,
    /// Whether it was swum; otherwise the athlete rested at the wall.
    pub active: bool,
}

/// A sensor or device that took part.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Sensor {
    /// Manufacturer and product, as far as known.
    pub name: String,
    /// What it measures, such as "heart rate"; empty if the file does not say.
    pub kind: String,
    /// Its serial number.
    pub serial: Option<u32>,
}

/// The device's own totals for the activity; metrics use them only if samples are missing.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Totals {
    /// Seconds from start to end.
    pub elapsed_s: Option<f64>,
    /// Seconds with the timer running.
    pub timer_s: Option<f64>,
    /// Metres.
    pub distance_m: Option<f64>,
    /// Elevation gain in metres.
    pub elevation_gain_m: Option<f64>,
    /// Mean heart rate, beats per minute.
    pub avg_hr_bpm: Option<f64>,
    /// Maximum heart rate, beats per minute.
    pub max_hr_bpm: Option<f64>,
}

/// One activity: when, what, and its samples.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Recording {
    /// The sport.
    pub sport: Sport,
    /// The sub-sport, such as "trail" or "treadmill", in FIT's words.
    pub sub_sport: Option<String>,
    /// A name that the athlete or service gave.
    pub title: Option<String>,
    /// What the athlete wrote about it.
    pub description: Option<String>,
    /// Shoes or bicycle, as the athlete calls them.
    pub gear: Option<String>,
    /// The device or application that wrote it.
    pub device: Option<String>,
    /// Sensors that took part.
    pub sensors: Vec<Sensor>,
    /// Milliseconds since 1970-01-01T00:00Z of the first sample; `None` if the file has no times.
    pub started_at_ms: Option<i64>,
    /// Seconds to add to UTC for the local time at the start, if the file has it.
    pub utc_offset_s: Option<i32>,
    /// The samples, column by column.
    #[serde(skip)]
    pub samples: Samples,
    /// Laps in order.
    pub laps: Vec<Lap>,
    /// Pauses in order.
    pub pauses: Vec<Pause>,
    /// Pool lengths in order.
    pub lengths: Vec<Length>,
    /// Length of that pool in metres.
    pub pool_length_m: Option<f64>,
    /// The device's own totals.
    pub totals: Totals,
}

/// First byte of the stored form of a whole recording; samples alone begin with their own version.
const VERSION: u8 = 0x10;

impl Recording {
    /// The compressed form that [`Recording::from_bytes`] restores exactly (times in laps that are `NaN` become zero).
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        // Serialising our own plain data fails only on a number that JSON cannot hold, and serde_json writes null for those.
        let head = serde_json::to_vec(self).unwrap_or_default();
        let mut out = vec![VERSION];
        out.extend((head.len() as u32).to_le_bytes());
        out.extend(head);
        out.extend(self.samples.to_bytes());
        out
    }

    /// Whether stored bytes from an upload are within the limits of the readers, judged by their sizes and the lists of their header; no sample
    /// is unpacked.
    #[must_use]
    pub fn is_within_bounds(bytes: &[u8]) -> bool {
        /// The lists of a header, of which only the lengths are kept.
        #[derive(Deserialize, Default)]
        #[serde(default)]
        struct Lists {
            laps: Vec<IgnoredAny>,
            lengths: Vec<IgnoredAny>,
            pauses: Vec<IgnoredAny>,
            sensors: Vec<IgnoredAny>,
        }
        let behind_head = || {
            let Some(rest) = bytes.strip_prefix(&[VERSION]) else { return Some(bytes) };
            let (size, rest) = rest.split_first_chunk::<4>()?;
            let size = usize::try_from(u32::from_le_bytes(*size)).ok().filter(|size| *size <= bounds::STORED_HEAD)?;
            let (head, samples) = rest.split_at_checked(size)?;
            let lists: Lists = serde_json::from_slice(head).ok()?;
            let few = lists.laps.len() <= bounds::LAPS
                && lists.lengths.len() <= bounds::LENGTHS
                && lists.pauses.len() <= bounds::TIMER_EVENTS
                && lists.sensors.len() <= bounds::STORED_SENSORS;
            few.then_some(samples)
        };
        behind_head().is_some_and(samples::are_within_bounds)
    }

    /// Reads what [`Recording::to_bytes`] wrote, or samples alone.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StreamError> {
        let damaged = |what: &str| StreamError::new(what);
        match bytes.split_first() {
            Some((&VERSION, rest)) => {
                let (size, rest) = rest.split_first_chunk::<4>().ok_or_else(|| damaged("no head"))?;
                let (head, samples) = rest.split_at_checked(u32::from_le_bytes(*size) as usize).ok_or_else(|| damaged("cut off"))?;
                let mut recording: Self = serde_json::from_slice(head).map_err(|e| damaged(&e.to_string()))?;
                recording.samples = Samples::from_bytes(samples)?;
                Ok(recording)
            }
            _ => Ok(Self { samples: Samples::from_bytes(bytes)?, ..Self::default() }),
        }
    }
}
