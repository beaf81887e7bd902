//! What the charts of an activity draw, in the words and units of its sport and its reader.

use domain::activities::{ChartSeries, Line, LineKind, SportStyle};
use domain::units::{NBSP, Rate, Units, decimal, duration};

/// One value for each point; `None` is a gap.
pub(super) type Values = Vec<Option<f32>>;

/// What is drawn, in the units of whoever reads it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shown {
    /// How far from the start, in `unit`.
    pub(super) along: Vec<f32>,
    /// Kilometres or miles, of a swim metres or yards; minutes where no distance is known.
    pub(super) unit: &'static str,
    /// Whether it is minutes.
    pub(super) timed: bool,
    /// Seconds from the start.
    pub(super) time_s: Vec<f32>,
    /// How fast, in the sport's unit.
    pub(super) rate: Values,
    /// The same on the flat for the same effort.
    pub(super) graded: Values,
    /// How fast is said of the sport.
    pub(super) sport: &'static str,
    /// Beats per minute.
    pub(super) heart_rate: Values,
    /// Metres or feet.
    pub(super) altitude: Values,
    /// Other measurements along the way.
    pub(super) lines: Vec<ShownLine>,
}

/// Another measurement along the way.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ShownLine {
    pub(super) kind: LineKind,
    /// How far from the start, and the value; temperatures in degrees Celsius or Fahrenheit.
    pub(super) points: Vec<(f32, f32)>,
}

/// Whether there is anything to draw.
pub(super) fn is_known(values: &Values) -> bool {
    values.iter().any(Option::is_some)
}

impl Shown {
    /// A recording's series in the words and units of its sport.
    pub(super) fn new(series: ChartSeries, style: SportStyle, units: Units) -> Self {
        let timed = series.km.is_empty();
        let along = |at: f32| if timed { at / 60.0 } else { (f64::from(at) * 1000.0 / style.unit_m(units)) as f32 };
        let all = |values: Values, show: &dyn Fn(f64) -> f64| -> Values {
            values.into_iter().map(|value| value.map(|value| show(f64::from(value)) as f32)).collect()
        };
        let line = |line: Line| {
            let value = |value: f32| if line.kind == LineKind::Temperature { units.degrees(f64::from(value)) as f32 } else { value };
            ShownLine { kind: line.kind, points: line.points.iter().map(|(x, at)| (along(*x), value(*at))).collect() }
        };
        let of_sport = |wanted: bool, values: Values| if wanted { values } else { Vec::new() };
        let rate = |s_per_km: f64| units.rate_value(style.sport, s_per_km);
        Self {
            along: if timed { &series.time_s } else { &series.km }.iter().map(|at| along(*at)).collect(),
            unit: if timed { "min" } else { style.unit(units) },
            timed,
            time_s: series.time_s,
            rate: all(series.pace, &rate),
            graded: all(of_sport(style.graded, series.graded), &rate),
            sport: style.sport,
            heart_rate: series.heart_rate,
            altitude: all(of_sport(style.has_heights, series.altitude), &|metres| units.height_value(metres)),
            lines: series.lines.into_iter().map(line).collect(),
        }
    }

    /// The charts that there is something to draw for, from the top.
    pub(super) fn kinds(&self) -> Vec<Kind> {
        let charts = [(Kind::Rate, &self.rate), (Kind::HeartRate, &self.heart_rate), (Kind::Altitude, &self.altitude)];
        charts.into_iter().filter(|(_, values)| is_known(values)).map(|(kind, _)| kind).collect()
    }

    /// What the first chart draws, and in which unit.
    pub(super) fn rate_title(&self, style: SportStyle, units: Units) -> String {
        let unit = match units.rate(style.sport) {
            Rate::Pace => format!("min{}", units.rate_unit(style.sport)),
            Rate::Speed => units.rate_unit(style.sport).to_owned(),
        };
        let name = units.rate_name(style.sport);
        if is_known(&self.graded) { format!("{name} (line) and the same on the flat, GAP (shade), {unit}") } else { format!("{name}, {unit}") }
    }

    /// How far from the start a point is: `3.42`; of a swim whole metres.
    pub(super) fn how_far(&self, i: usize, decimals: usize) -> String {
        let whole = self.sport == "swimming";
        decimal(f64::from(self.along[i]), if whole { 0 } else { decimals })
    }

    /// What the pointer is on, in a line.
    pub(super) fn read_out(&self, i: usize, units: Units) -> String {
        let rate = |v: f32| format!("{}{NBSP}{}", units.rate_number(self.sport, f64::from(v)), units.rate_unit(self.sport));
        let mut parts = Vec::new();
        parts.extend((!self.timed).then(|| format!("{}{NBSP}{}", self.how_far(i, 2), self.unit)));
        parts.push(duration(f64::from(self.time_s[i])));
        parts.extend(self.rate[i].map(rate));
        parts.extend(self.heart_rate[i].map(|h| format!("{h:.0}{NBSP}bpm")));
        parts.extend(self.altitude.get(i).copied().flatten().map(|a| format!("{a:.0}{NBSP}{}", units.height_unit())));
        parts.join(" · ")
    }
}

/// A chart of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// How fast.
    Rate,
    /// Beats per minute.
    HeartRate,
    /// Heights along the way.
    Altitude,
}

impl Kind {
    /// Its class in the style sheet.
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Rate => "chart pace",
            Self::HeartRate => "chart heart",
            Self::Altitude => "chart altitude",
        }
    }

    /// Its height in pixels.
    pub(super) const fn height(self) -> u32 {
        match self {
            Self::Rate => 130,
            Self::HeartRate => 110,
            Self::Altitude => 80,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(shown: f32, expected: f32) {
        assert!((shown - expected).abs() < 1e-3, "{shown}, not {expected}");
    }

    #[test]
    fn a_mile_of_a_recording_is_a_mile_and_stays_a_kilometre() {
        let line = Line { kind: LineKind::Temperature, points: vec![(1.609_344, 10.0)] };
        let series =
            ChartSeries { km: vec![1.609_344], pace: vec![Some(300.0)], altitude: vec![Some(30.48)], lines: vec![line], ..ChartSeries::default() };
        let run = SportStyle::of("running", None);
        let miles = Shown::new(series.clone(), run, Units::AMERICAN);
        near(miles.along[0], 1.0);
        near(miles.rate[0].expect("a pace"), 482.803);
        near(miles.altitude[0].expect("an altitude"), 100.0);
        near(miles.lines[0].points[0].0, 1.0);
        near(miles.lines[0].points[0].1, 50.0);
        let metric = Shown::new(series.clone(), run, Units::default());
        assert_eq!((metric.along, metric.rate, metric.altitude), (series.km, series.pace, series.altitude));
    }

    #[test]
    fn a_ride_has_a_speed_a_swim_a_pace_of_a_hundred_and_neither_is_graded() {
        let some = |value| vec![Some(value)];
        let series = ChartSeries {
            km: vec![1.5],
            time_s: vec![180.0],
            pace: some(120.0),
            graded: some(110.0),
            heart_rate: some(140.0),
            altitude: some(30.0),
            ..ChartSeries::default()
        };
        let shown = |sport, units| {
            let style = SportStyle::of(sport, None);
            let shown = Shown::new(series.clone(), style, units);
            (shown.rate_title(style, units), shown.read_out(0, units).replace(NBSP, " "), shown.kinds())
        };
        let (ride, read, kinds) = shown("cycling", Units::default());
        assert_eq!((ride.as_str(), read.as_str()), ("Speed, km/h", "1.50 km · 3:00 · 30.0 km/h · 140 bpm · 30 m"));
        assert_eq!(kinds, [Kind::Rate, Kind::HeartRate, Kind::Altitude]);
        assert!(shown("cycling", Units::AMERICAN).1.contains("18.6 mph"));
        let (swim, read, kinds) = shown("swimming", Units::default());
        assert_eq!((swim.as_str(), read.as_str()), ("Pace, min/100\u{a0}m", "1500 m · 3:00 · 0:12 /100 m · 140 bpm"));
        assert_eq!(kinds, [Kind::Rate, Kind::HeartRate]);
        assert!(shown("running", Units::default()).0.contains("GAP"));
    }

    #[test]
    fn a_recording_without_distance_is_drawn_against_minutes() {
        let nothing = vec![None, None];
        let series = ChartSeries {
            time_s: vec![60.0, 180.0],
            pace: nothing.clone(),
            graded: nothing.clone(),
            heart_rate: vec![Some(120.0), Some(130.0)],
            altitude: nothing,
            lines: vec![Line { kind: LineKind::Power, points: vec![(120.0, 200.0)] }],
            ..ChartSeries::default()
        };
        let shown = Shown::new(series, SportStyle::of("other", Some("strength_training")), Units::AMERICAN);
        assert_eq!((shown.unit, shown.timed, shown.kinds()), ("min", true, vec![Kind::HeartRate]));
        assert_eq!((shown.along.clone(), shown.lines[0].points.clone()), (vec![1.0, 3.0], vec![(2.0, 200.0)]));
        assert_eq!(shown.read_out(1, Units::default()), "3:00 · 130\u{a0}bpm");
    }
}
