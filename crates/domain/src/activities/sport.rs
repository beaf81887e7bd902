//! How an activity of each sport is shown: its words, how fast is said of it, and how long its splits are.

use super::{Kind, Summary};
use crate::units::{NBSP, Units, decimal, duration};

/// Fewer metres than this are not a distance that was measured.
const SHORTEST_M: f64 = 1.0;

/// How an activity of one sport is shown. This is the only place that knows; pages, charts and tables ask it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SportStyle {
    /// The sport as it is stored, which the units know a rate of.
    pub sport: &'static str,
    /// Above the charts: `The ride`.
    pub heading: &'static str,
    /// Within a sentence: `ride`.
    pub noun: &'static str,
    /// Whether hills change the pace in a known way, so that there is a pace on the flat for the same effort: on foot.
    pub graded: bool,
    /// Whether heights say something about it.
    pub has_heights: bool,
    /// Seconds per kilometre of the fastest and the slowest that a chart shows; what is beyond is a standstill or an error.
    pub possible_s_per_km: (f64, f64),
    lengths: Lengths,
}

/// In what its distances are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lengths {
    /// Kilometres or miles, each a split.
    Units,
    /// Kilometres or miles, five to a split.
    Fives,
    /// Metres or yards, a hundred to a split.
    Hundreds,
}

impl SportStyle {
    /// Of a stored sport and the sub-sport as files name it, where no athlete has chosen another kind.
    #[must_use]
    pub fn of(sport: &str, sub_sport: Option<&str>) -> Self {
        Self::of_kind(Kind::of(None, sport, sub_sport), sub_sport)
    }

    /// Of a kind. The sub-sport tells apart what has no kind of its own.
    #[must_use]
    pub fn of_kind(kind: Kind, sub_sport: Option<&str>) -> Self {
        let on_foot = Self {
            sport: "running",
            heading: "The run",
            noun: "run",
            graded: true,
            has_heights: true,
            possible_s_per_km: (90.0, 1800.0),
            lengths: Lengths::Units,
        };
        let named = |heading, noun| Self { sport: "other", heading, noun, graded: false, possible_s_per_km: (25.0, 3600.0), ..on_foot };
        let session = Self { has_heights: false, ..named("The session", "session") };
        match kind {
            Kind::Run | Kind::TrailRun | Kind::Treadmill => on_foot,
            Kind::Hike => Self { sport: "walking", heading: "The hike", noun: "hike", possible_s_per_km: (90.0, 3600.0), ..on_foot },
            Kind::Walk => Self { sport: "walking", heading: "The walk", noun: "walk", possible_s_per_km: (90.0, 3600.0), ..on_foot },
            Kind::Ride => Self { sport: "cycling", lengths: Lengths::Fives, ..named("The ride", "ride") },
            Kind::Swim | Kind::OpenWater => Self {
                sport: "swimming",
                has_heights: false,
                possible_s_per_km: (400.0, 6000.0),
                lengths: Lengths::Hundreds,
                ..named("The swim", "swim")
            },
            Kind::Transition => Self { sport: "transition", ..named("The transition", "transition") },
            Kind::Row => Self { has_heights: false, ..named("The row", "row") },
            Kind::Ski => named("On skis", "time on skis"),
            Kind::Strength | Kind::Yoga => session,
            Kind::Other if matches!(sub_sport, Some("hiit" | "fitness_equipment" | "training")) => session,
            Kind::Other => named("The activity", "activity"),
        }
    }

    /// Metres of a split.
    #[must_use]
    pub fn split_m(self, units: Units) -> f64 {
        match self.lengths {
            Lengths::Units => units.unit_m(),
            Lengths::Fives => 5.0 * units.unit_m(),
            Lengths::Hundreds => 100.0 * units.short_unit_m(),
        }
    }

    /// Above the splits: `Splits, by kilometre`.
    #[must_use]
    pub fn splits_heading(self, units: Units) -> String {
        match self.lengths {
            Lengths::Units => format!("Splits, by {}", units.distance_word()),
            Lengths::Fives => format!("Splits, by 5{NBSP}{}", units.distance_unit()),
            Lengths::Hundreds => format!("Splits, by 100{NBSP}{}", units.short_unit()),
        }
    }

    /// Metres of the unit that its distances are in.
    #[must_use]
    pub const fn unit_m(self, units: Units) -> f64 {
        match self.lengths {
            Lengths::Units | Lengths::Fives => units.unit_m(),
            Lengths::Hundreds => units.short_unit_m(),
        }
    }

    /// The unit that its distances are in: `km`, `mi`; `m`, `yd` of a swim.
    #[must_use]
    pub const fn unit(self, units: Units) -> &'static str {
        match self.lengths {
            Lengths::Units | Lengths::Fives => units.distance_unit(),
            Lengths::Hundreds => units.short_unit(),
        }
    }

    /// A distance in metres as a number of that unit; `None` where none was measured.
    #[must_use]
    pub fn distance_number(self, units: Units, metres: Option<f64>) -> Option<String> {
        let decimals = if self.lengths == Lengths::Hundreds { 0 } else { 2 };
        metres.filter(|m| *m >= SHORTEST_M).map(|m| decimal(m / self.unit_m(units), decimals))
    }

    /// How far a split ends from the start, of metres: `3`, and `10.42` where the last one is not whole.
    #[must_use]
    pub fn split_end(self, units: Units, metres: f64) -> String {
        let ends = metres / self.unit_m(units);
        // A split may end a few metres beyond its length, where the way does.
        let whole = self.lengths == Lengths::Hundreds || (ends - ends.round()).abs() < 0.005;
        decimal(ends, if whole { 0 } else { 2 })
    }

    /// What was measured of an activity: name, number and unit, without what was not. `heights` says whether altitudes were.
    #[must_use]
    pub fn numbers(self, a: &Summary, heights: bool, units: Units) -> Vec<(&'static str, String, &'static str)> {
        let rate = |s_per_km: Option<f64>| s_per_km.filter(|s| *s > 0.0).map(|s| units.rate_of(self.sport, s)).unzip();
        let (pace, per) = rate(a.pace_s_per_km());
        let (graded, _) = rate(a.gap_s_per_km.filter(|_| self.graded));
        let per = per.unwrap_or_default();
        // A device without altitudes says zero.
        let gain = a.elevation_gain_m.filter(|gain| self.has_heights && (heights || *gain > 0.0));
        [
            ("Distance", self.distance_number(units, a.distance_m), self.unit(units)),
            ("Moving time", a.moving_s.filter(|s| *s > 0.0).map(duration), ""),
            ("Elapsed time", a.elapsed_s.map(duration), ""),
            (units.rate_name(self.sport), pace, per),
            ("GAP", graded, per),
            ("Heart rate", a.avg_hr_bpm.map(|v| decimal(v, 0)), "bpm"),
            ("Elevation gain", gain.map(|m| units.height_number(m)), units.height_unit()),
            ("Efficiency", a.efficiency_factor.map(|v| decimal(v, 3)), "m/beat"),
            ("Load", a.trimp.map(|v| decimal(v, 0)), ""),
        ]
        .into_iter()
        .filter_map(|(name, value, unit)| Some((name, value?, unit)))
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, NaiveDate, NaiveDateTime};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn each_sport_is_shown_in_its_own_words_and_lengths() {
        let (metric, american) = (Units::default(), Units::AMERICAN);
        let shown = |sport, sub, units: Units| {
            let style = SportStyle::of(sport, sub);
            (style.heading, style.graded, style.splits_heading(units), style.split_m(units).round(), units.rate_unit(style.sport))
        };
        assert_eq!(shown("running", Some("trail"), metric), ("The run", true, "Splits, by kilometre".into(), 1000.0, "/km"));
        assert_eq!(shown("running", None, american), ("The run", true, "Splits, by mile".into(), 1609.0, "/mi"));
        assert_eq!(shown("cycling", None, metric), ("The ride", false, "Splits, by 5\u{a0}km".into(), 5000.0, "km/h"));
        assert_eq!(shown("cycling", None, american), ("The ride", false, "Splits, by 5\u{a0}mi".into(), 8047.0, "mph"));
        assert_eq!(shown("swimming", None, metric), ("The swim", false, "Splits, by 100\u{a0}m".into(), 100.0, "/100\u{a0}m"));
        assert_eq!(shown("swimming", None, american), ("The swim", false, "Splits, by 100\u{a0}yd".into(), 91.0, "/100\u{a0}yd"));
        for (sport, sub, heading) in [
            ("walking", None, "The walk"),
            ("walking", Some("hiking"), "The hike"),
            ("other", Some("rowing"), "The row"),
            ("other", Some("cross_country_skiing"), "On skis"),
            ("other", Some("strength_training"), "The session"),
            ("other", None, "The activity"),
            ("chess", None, "The activity"),
        ] {
            assert_eq!(SportStyle::of(sport, sub).heading, heading, "{sport} {sub:?}");
        }
        // What an athlete says goes before what the file said.
        assert_eq!(SportStyle::of_kind(Kind::Row, Some("strength_training")).heading, "The row");
        assert_eq!((SportStyle::of("other", Some("hiit")).heading, SportStyle::of("other", Some("yoga")).heading), ("The session", "The session"));
    }

    #[test]
    fn a_distance_that_was_not_measured_is_none() {
        let (units, run, swim) = (Units::default(), SportStyle::of("running", None), SportStyle::of("swimming", None));
        assert_eq!((run.distance_number(units, Some(0.0)), run.distance_number(units, None)), (None, None));
        assert_eq!(run.distance_number(units, Some(10_042.0)).as_deref(), Some("10.04"));
        assert_eq!(swim.distance_number(units, Some(1500.0)).as_deref(), Some("1500"));
        assert_eq!(swim.distance_number(Units::AMERICAN, Some(1500.0)).as_deref(), Some("1640"));
    }

    #[test]
    fn splits_are_numbered_by_how_far_they_end() {
        let (units, run, swim) = (Units::default(), SportStyle::of("running", None), SportStyle::of("swimming", None));
        assert_eq!((run.split_end(units, 3000.0), run.split_end(units, 10_420.0)), ("3".to_owned(), "10.42".to_owned()));
        assert_eq!(run.split_end(Units::AMERICAN, 2.0 * 1609.344), "2");
        assert_eq!(swim.split_end(Units::AMERICAN, 91.44), "100");
    }

    fn summary(sport: &str) -> Summary {
        Summary {
            id: Uuid::nil(),
            sport: sport.to_owned(),
            title: String::new(),
            day: NaiveDate::default(),
            local_start: NaiveDateTime::default(),
            started_at: DateTime::default(),
            distance_m: Some(1500.0),
            moving_s: Some(1680.0),
            elapsed_s: Some(1700.0),
            elevation_gain_m: Some(0.0),
            avg_hr_bpm: None,
            gap_s_per_km: Some(1000.0),
            efficiency_factor: None,
            decoupling_pct: None,
            trimp: None,
            route_preview: Vec::new(),
        }
    }

    fn shown(a: &Summary, heights: bool) -> Vec<String> {
        let numbers = SportStyle::of(&a.sport, None).numbers(a, heights, Units::default());
        numbers.into_iter().map(|(name, value, unit)| format!("{name} {value} {unit}").trim().replace(NBSP, " ")).collect()
    }

    #[test]
    fn what_was_not_measured_is_not_shown() {
        assert_eq!(shown(&summary("swimming"), false), ["Distance 1500 m", "Moving time 28:00", "Elapsed time 28:20", "Pace 1:52 /100 m"]);
        let still = Summary { distance_m: Some(0.0), moving_s: Some(0.0), gap_s_per_km: None, ..summary("other") };
        assert_eq!(shown(&still, false), ["Elapsed time 28:20"]);
        let flat = shown(&summary("running"), true);
        assert!(flat.contains(&"Elevation gain 0 m".to_owned()) && flat.contains(&"GAP 16:40 /km".to_owned()), "{flat:?}");
        assert!(!shown(&summary("running"), false).iter().any(|number| number.starts_with("Elevation")));
    }
}
