//! Every sport in its own words. What is stored is a sport of six, on which the metrics depend, and a sub-sport as files name it; people know kinds.

use serde::{Deserialize, Serialize};

use crate::units::{NBSP, Units};

/// What an activity is called, which icon it has, and how fast is said of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// On a road or track, or it is not known where.
    Run,
    /// On trails.
    TrailRun,
    /// Indoors.
    Treadmill,
    /// On foot, walking.
    Walk,
    /// On foot, far.
    Hike,
    /// On a bicycle.
    Ride,
    /// In a pool, or it is not known where.
    Swim,
    /// In a lake, a river or the sea.
    OpenWater,
    /// In a boat, or on a machine.
    Row,
    /// On skis.
    Ski,
    /// With weights.
    Strength,
    /// Yoga.
    Yoga,
    /// From one leg of a triathlon to the next.
    Transition,
    /// Anything else, or unknown.
    Other,
}

impl Kind {
    /// All of them, in the order of the database function `activity_kinds`: stored rows hold the place in it.
    pub const ALL: [Self; 14] = [
        Self::Run,
        Self::TrailRun,
        Self::Treadmill,
        Self::Walk,
        Self::Hike,
        Self::Ride,
        Self::Swim,
        Self::OpenWater,
        Self::Row,
        Self::Ski,
        Self::Strength,
        Self::Yoga,
        Self::Transition,
        Self::Other,
    ];

    /// The kind: what the athlete chose, else what sport and sub-sport say. The database function `kind_of_activity` says the same.
    #[must_use]
    pub fn of(chosen: Option<&str>, sport: &str, sub_sport: Option<&str>) -> Self {
        if let Some(chosen) = chosen.and_then(Self::parse) {
            return chosen;
        }
        match (sport, sub_sport.unwrap_or_default()) {
            ("running", "trail") => Self::TrailRun,
            ("running", "treadmill" | "indoor_running") => Self::Treadmill,
            ("running", _) => Self::Run,
            ("walking", "hiking") => Self::Hike,
            ("walking", _) => Self::Walk,
            ("cycling", _) => Self::Ride,
            ("swimming", "open_water") => Self::OpenWater,
            ("swimming", _) => Self::Swim,
            ("transition", _) => Self::Transition,
            (_, "rowing" | "indoor_rowing") => Self::Row,
            (_, "skiing" | "cross_country_skiing" | "alpine_skiing") => Self::Ski,
            (_, "strength_training") => Self::Strength,
            (_, "yoga") => Self::Yoga,
            _ => Self::Other,
        }
    }

    /// The name in storage and in addresses.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::TrailRun => "trail_run",
            Self::Treadmill => "treadmill",
            Self::Walk => "walk",
            Self::Hike => "hike",
            Self::Ride => "ride",
            Self::Swim => "swim",
            Self::OpenWater => "open_water",
            Self::Row => "row",
            Self::Ski => "ski",
            Self::Strength => "strength",
            Self::Yoga => "yoga",
            Self::Transition => "transition",
            Self::Other => "other",
        }
    }

    /// From the name in storage.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// How files name it within its sport; the inverse of [`Kind::of`].
    #[must_use]
    pub const fn sub_sport(self) -> Option<&'static str> {
        match self {
            Self::TrailRun => Some("trail"),
            Self::Treadmill => Some("treadmill"),
            Self::Hike => Some("hiking"),
            Self::OpenWater => Some("open_water"),
            Self::Row => Some("rowing"),
            Self::Ski => Some("skiing"),
            Self::Strength => Some("strength_training"),
            Self::Yoga => Some("yoga"),
            Self::Run | Self::Walk | Self::Ride | Self::Swim | Self::Transition | Self::Other => None,
        }
    }

    /// The stored sport of such an activity, on which its metrics depend.
    #[must_use]
    pub const fn sport(self) -> &'static str {
        match self {
            Self::Run | Self::TrailRun | Self::Treadmill => "running",
            Self::Walk | Self::Hike => "walking",
            Self::Ride => "cycling",
            Self::Swim | Self::OpenWater => "swimming",
            Self::Transition => "transition",
            Self::Row | Self::Ski | Self::Strength | Self::Yoga | Self::Other => "other",
        }
    }

    /// What one of it is called: `Trail run`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Run => "Run",
            Self::TrailRun => "Trail run",
            Self::Treadmill => "Treadmill run",
            Self::Walk => "Walk",
            Self::Hike => "Hike",
            Self::Ride => "Ride",
            Self::Swim => "Swim",
            Self::OpenWater => "Open-water swim",
            Self::Row => "Row",
            Self::Ski => "Ski",
            Self::Strength => "Strength",
            Self::Yoga => "Yoga",
            Self::Transition => "Transition",
            Self::Other => "Other",
        }
    }

    /// What several of it are called: `Trail runs`.
    #[must_use]
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Run => "Runs",
            Self::TrailRun => "Trail runs",
            Self::Treadmill => "Treadmill runs",
            Self::Walk => "Walks",
            Self::Hike => "Hikes",
            Self::Ride => "Rides",
            Self::Swim => "Swims",
            Self::OpenWater => "Open-water swims",
            Self::Row => "Rows",
            Self::Ski => "Skiing",
            Self::Strength => "Strength",
            Self::Yoga => "Yoga",
            Self::Transition => "Transitions",
            Self::Other => "Others",
        }
    }

    /// So many of it: `1 run`, `68 runs`, `10 strength`.
    #[must_use]
    pub fn count(self, n: u32) -> String {
        format!("{n}{NBSP}{}", if n == 1 { self.name() } else { self.plural() }.to_lowercase())
    }

    /// Whether it is in water, where distances are short.
    #[must_use]
    pub const fn is_swim(self) -> bool {
        matches!(self, Self::Swim | Self::OpenWater)
    }

    /// Whether how fast says something of it.
    #[must_use]
    pub const fn has_rate(self) -> bool {
        !matches!(self, Self::Strength | Self::Yoga | Self::Transition)
    }

    /// A distance in metres as it is said of it, number and unit: `10.0` and `km`, `1500` and `m`.
    #[must_use]
    pub fn distance(self, metres: f64, units: Units) -> (String, &'static str) {
        if self.is_swim() { units.short_distance_number(metres) } else { (units.distance_number(metres, 1), units.distance_unit()) }
    }

    /// How fast it was, number and unit, of seconds and metres. `None` where that says nothing of it.
    #[must_use]
    pub fn rate(self, seconds: Option<f64>, metres: Option<f64>, units: Units) -> Option<(String, &'static str)> {
        let (s, m) = (seconds?, metres?);
        (self.has_rate() && m > 0.0 && s > 0.0).then(|| units.rate_of(self.sport(), s / m * 1000.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_code_and_is_found_by_its_sport() {
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.code()), Some(kind));
            assert_eq!(Kind::of(Some(kind.code()), "other", None), kind);
            assert_eq!(Kind::of(None, kind.sport(), kind.sub_sport()), kind);
            // A sport alone is its plainest kind.
            assert_eq!(Kind::of(None, kind.sport(), None).sport(), kind.sport());
        }
        assert_eq!(Kind::of(None, "running", Some("trail")), Kind::TrailRun);
        assert_eq!(Kind::of(None, "other", Some("strength_training")), Kind::Strength);
        assert_eq!(Kind::of(Some("nonsense"), "cycling", None), Kind::Ride);
    }

    #[test]
    fn each_is_said_in_its_own_units() {
        let units = Units::default();
        assert_eq!(Kind::Run.distance(8_240.0, units), ("8.2".into(), "km"));
        assert_eq!(Kind::Swim.distance(1_500.0, units), ("1500".into(), "m"));
        assert_eq!(Kind::Swim.rate(Some(2000.0), Some(1500.0), units), Some(("2:13".into(), "/100\u{a0}m")));
        assert_eq!(Kind::Run.rate(Some(2381.0), Some(8200.0), units), Some(("4:50".into(), "/km")));
        assert_eq!(Kind::Strength.rate(Some(2100.0), Some(900.0), units), None);
        assert_eq!(Kind::Run.rate(Some(2100.0), None, units), None);
        assert_eq!(
            (Kind::Run.count(1), Kind::OpenWater.count(5), Kind::Strength.count(10)),
            ("1\u{a0}run".into(), "5\u{a0}open-water swims".into(), "10\u{a0}strength".into())
        );
    }
}
