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
const SUB_SPORTS: [(u8, &str); 19] = [
    (1, "treadmill"),
    (2, "street"),
    (3, "trail"),
    (4, "track"),
    (5, "spin"),
    (6, "indoor_cycling"),
    (7, "road"),
    (8, "mountain"),
    (14, "indoor_rowing"),
    (16, "elliptical"),
    (17, "lap_swimming"),
    (18, "open_water"),
    (20, "strength_training"),
    (27, "indoor_walking"),
    (43, "yoga"),
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

/// Sports that the file names and whose metrics are those of another one, or of none: the name stands for the sub-sport.
const OTHER_SPORTS: [(u8, &str); 21] = [
    (4, "fitness_equipment"),
    (6, "basketball"),
    (7, "soccer"),
    (8, "tennis"),
    (10, "training"),
    (12, "cross_country_skiing"),
    (13, "alpine_skiing"),
    (14, "snowboarding"),
    (15, "rowing"),
    (16, "mountaineering"),
    (17, "hiking"),
    (19, "paddling"),
    (30, "inline_skating"),
    (31, "rock_climbing"),
    (32, "sailing"),
    (33, "ice_skating"),
    (35, "snowshoeing"),
    (37, "stand_up_paddleboarding"),
    (38, "surfing"),
    (41, "kayaking"),
    (62, "hiit"),
];

pub(super) fn other_sport(number: f64) -> Option<&'static str> {
    OTHER_SPORTS.iter().find(|(n, _)| *n == number as u8).map(|(_, name)| *name)
}

pub(super) fn other_sport_number(name: &str) -> Option<u8> {
    OTHER_SPORTS.iter().find(|(_, n)| *n == name).map(|(number, _)| *number)
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
