//! FIT's numbers for sports and sensors.

use crate::Sport;

pub(super) fn sport(number: f64) -> Sport {
    match number as u8 {
        1 => Sport::Running,
        2 | 21 => Sport::Cycling,
        3 => Sport::Transition,
        5 => Sport::Swimming,
        11 | 17 => Sport::Walking,
        _ => Sport::Other,
    }
}

pub(super) const fn sport_number(sport: Sport) -> u8 {
    match sport {
        Sport::Running => 1,
        Sport::Cycling => 2,
        Sport::Transition => 3,
        Sport::Swimming => 5,
        Sport::Walking => 11,
        Sport::Other => 0,
    }
}

/// The sub-sports that metrics or pages distinguish.
const SUB_SPORTS: [(u8, &str); 15] = [
    (1, "treadmill"),
    (2, "street"),
    (3, "trail"),
    (4, "track"),
    (5, "spin"),
    (6, "indoor_cycling"),
    (7, "road"),
    (8, "mountain"),
    (17, "lap_swimming"),
    (18, "open_water"),
    (27, "indoor_walking"),
    (45, "indoor_running"),
    (46, "gravel_cycling"),
    (58, "virtual_activity"),
    (67, "ultra"),
];

pub(super) fn sub_sport(number: f64) -> Option<&'static str> {
    SUB_SPORTS.iter().find(|(n, _)| *n == number as u8).map(|(_, name)| *name)
}

pub(super) fn sub_sport_number(name: &str) -> Option<u8> {
    SUB_SPORTS.iter().find(|(_, n)| *n == name).map(|(number, _)| *number)
}

/// ANT+ device types of the sensors that a runner or rider wears.
pub(super) const SENSOR_KINDS: [(u8, &str); 8] = [
    (120, "heart rate"),
    (124, "foot pod"),
    (11, "power"),
    (121, "speed and cadence"),
    (122, "cadence"),
    (123, "speed"),
    (119, "scale"),
    (25, "environment"),
];
