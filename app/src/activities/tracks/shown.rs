//! What the charts of an activity draw, in the words and units of its sport and its reader.

use domain::activities::{ChartSeries, Line, LineKind, SportStyle};
use domain::units::{NBSP, Rate, Units, decimal, duration, format_significant, signed};

/// One position for each point; `None` is a gap.
pub(in crate::activities) type Positions = Vec<Option<(f32, f32)>>;

/// One value for each point; `None` is a gap.
pub(in crate::activities) type Values = Vec<Option<f32>>;

/// What is drawn, in the units of whoever reads it.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::activities) struct Shown {
    /// How far from the start, in `unit`.
    pub(in crate::activities) along: Vec<f32>,
    /// Kilometres or miles, of a swim metres or yards; minutes where no distance is known.
    pub(in crate::activities) unit: &'static str,
    /// Metres of that unit, or seconds.
    pub(in crate::activities) unit_m: f64,
    /// Whether it is minutes.
    pub(in crate::activities) timed: bool,
    /// Seconds from the start.
    pub(in crate::activities) time_s: Vec<f32>,
    /// How fast, in the sport's unit.
    pub(in crate::activities) rate: Values,
    /// The same on the flat for the same effort.
    pub(in crate::activities) graded: Values,
    /// How fast is said of the sport.
    pub(in crate::activities) sport: &'static str,
    /// Beats per minute.
    pub(in crate::activities) heart_rate: Values,
    /// Metres or feet.
    pub(in crate::activities) altitude: Values,
    /// Other measurements along the way.
    pub(in crate::activities) lines: Vec<ShownLine>,
    /// The route in a unit square, x to the east and y to the south.
    pub(in crate::activities) route: Positions,
}

/// Another measurement along the way.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::activities) struct ShownLine {
    pub(in crate::activities) kind: LineKind,
    /// Its name and unit, where it has no kind of its own.
    pub(in crate::activities) named: Option<(String, String)>,
    /// How far from the start, and the value; temperatures in degrees Celsius or Fahrenheit.
    pub(in crate::activities) points: Vec<(f32, f32)>,
}

/// Whether there is anything to draw.
pub(in crate::activities) fn is_known(values: &Values) -> bool {
    values.iter().any(Option::is_some)
}

impl Shown {
    /// A recording's series in the words and units of its sport.
    pub(in crate::activities) fn new(series: ChartSeries, style: SportStyle, units: Units) -> Self {
        let timed = series.km.is_empty();
        let along = |at: f32| if timed { at / 60.0 } else { (f64::from(at) * 1000.0 / style.unit_m(units)) as f32 };
        let all = |values: Values, show: &dyn Fn(f64) -> f64| -> Values {
            values.into_iter().map(|value| value.map(|value| show(f64::from(value)) as f32)).collect()
        };
        let line = |line: Line| {
            let value = |value: f32| if line.kind == LineKind::Temperature { units.degrees(f64::from(value)) as f32 } else { value };
            ShownLine { kind: line.kind, named: line.named, points: line.points.iter().map(|(x, at)| (along(*x), value(*at))).collect() }
        };
        let of_sport = |wanted: bool, values: Values| if wanted { values } else { Vec::new() };
        let rate = |s_per_km: f64| units.rate_value(style.sport, s_per_km);
        Self {
            along: if timed { &series.time_s } else { &series.km }.iter().map(|at| along(*at)).collect(),
            unit_m: if timed { 60.0 } else { style.unit_m(units) },
            unit: if timed { "min" } else { style.unit(units) },
            timed,
            time_s: series.time_s,
            rate: all(series.pace, &rate),
            graded: all(of_sport(style.graded, series.graded), &rate),
            sport: style.sport,
            heart_rate: series.heart_rate,
            altitude: all(of_sport(style.has_heights, series.altitude), &|metres| units.height_value(metres)),
            lines: series.lines.into_iter().map(line).collect(),
            route: series.route,
        }
    }

    /// The tracks that there is something to draw for, from the top.
    pub(in crate::activities) fn kinds(&self) -> Vec<Kind> {
        let charts = [(Kind::Rate, &self.rate), (Kind::HeartRate, &self.heart_rate), (Kind::Altitude, &self.altitude)];
        let charts = charts.into_iter().filter(|(_, values)| is_known(values)).map(|(kind, _)| kind);
        charts.chain((0..self.lines.len()).map(Kind::Line)).collect()
    }

    /// A track's name.
    pub(in crate::activities) fn name(&self, kind: Kind, units: Units) -> String {
        match kind {
            Kind::Rate if is_known(&self.graded) => format!("{}, GAP as shade", units.rate_name(self.sport)),
            Kind::Rate => units.rate_name(self.sport).to_owned(),
            Kind::HeartRate => "Heart rate".to_owned(),
            Kind::Altitude => "Altitude".to_owned(),
            Kind::Line(i) => match (&self.lines[i].named, self.lines[i].kind) {
                (Some((name, _)), _) => name.clone(),
                (None, LineKind::Power) => "Power".to_owned(),
                (None, LineKind::Temperature) => "Temperature".to_owned(),
                (None, LineKind::Steps | LineKind::Cadence | LineKind::Other) => "Cadence".to_owned(),
            },
        }
    }

    /// The unit of a track's numbers.
    pub(in crate::activities) fn unit_of(&self, kind: Kind, units: Units) -> String {
        match kind {
            Kind::Rate => units.rate_unit(self.sport).to_owned(),
            Kind::HeartRate => "bpm".to_owned(),
            Kind::Altitude => units.height_unit().to_owned(),
            Kind::Line(i) => match (&self.lines[i].named, self.lines[i].kind) {
                (Some((_, unit)), _) => unit.clone(),
                (None, LineKind::Steps) => "steps/min".to_owned(),
                (None, LineKind::Power) => "W".to_owned(),
                (None, LineKind::Temperature) => units.temperature_unit().to_owned(),
                (None, LineKind::Cadence | LineKind::Other) => "rpm".to_owned(),
            },
        }
    }

    /// A number of a track, without its unit.
    pub(in crate::activities) fn number(&self, kind: Kind, value: f64, units: Units) -> String {
        match kind {
            Kind::Rate => units.rate_number(self.sport, value),
            Kind::Line(i) if self.lines[i].kind == LineKind::Other => format_significant((value * 100.0).round() / 100.0),
            Kind::HeartRate | Kind::Altitude | Kind::Line(_) => decimal(value, 0),
        }
    }

    /// Whether it is said by pace, of which less is faster.
    pub(in crate::activities) fn rate_is_pace(&self, units: Units) -> bool {
        units.rate(self.sport) == Rate::Pace
    }

    /// Whether less of it is more: of a pace.
    pub(in crate::activities) fn is_pace(&self, kind: Kind, units: Units) -> bool {
        kind == Kind::Rate && self.rate_is_pace(units)
    }

    /// A track's values, each with how far along it is.
    pub(in crate::activities) fn points(&self, kind: Kind) -> Vec<(f32, Option<f32>)> {
        let along = |values: &Values| self.along.iter().copied().zip(values.iter().copied()).collect();
        match kind {
            Kind::Rate => along(&self.rate),
            Kind::HeartRate => along(&self.heart_rate),
            Kind::Altitude => along(&self.altitude),
            Kind::Line(i) => self.lines[i].points.iter().map(|(at, value)| (*at, Some(*value))).collect(),
        }
    }

    /// The point that is nearest to a place along the way.
    pub(in crate::activities) fn index_at(&self, along: f32) -> usize {
        nearest(&self.along, |at| *at, along)
    }

    /// A track's number there with its unit, and for the pace the graded one, for the altitude the grade; empty where nothing is known.
    pub(in crate::activities) fn reading(&self, kind: Kind, along: f32, units: Units) -> String {
        let i = self.index_at(along);
        let value = match kind {
            Kind::Rate => self.rate.get(i).copied().flatten(),
            Kind::HeartRate => self.heart_rate.get(i).copied().flatten(),
            Kind::Altitude => self.altitude.get(i).copied().flatten(),
            Kind::Line(line) => {
                let points = &self.lines[line].points;
                points.get(nearest(points, |point| point.0, along)).map(|point| point.1)
            }
        };
        let Some(value) = value else { return String::new() };
        let number = self.number(kind, f64::from(value), units);
        let graded = self.graded.get(i).copied().flatten().filter(|_| kind == Kind::Rate);
        let graded = graded.map(|graded| format!(" GAP {}", self.number(kind, f64::from(graded), units)));
        let grade = (kind == Kind::Altitude).then(|| self.grade_at(i, units)).flatten().map(|grade| format!(", grade {}{NBSP}%", signed(grade, 1)));
        format!("{number}{}{NBSP}{}{}", graded.unwrap_or_default(), self.unit_of(kind, units), grade.unwrap_or_default())
    }

    /// The grade around a point in per cent, over five points.
    pub(in crate::activities) fn grade_at(&self, i: usize, units: Units) -> Option<f64> {
        let (from, to) = (i.saturating_sub(2), (i + 2).min(self.altitude.len().checked_sub(1)?));
        let rise_m = units.height_m(f64::from(self.altitude[to]?) - f64::from(self.altitude[from]?));
        let way_m = f64::from(self.along[to] - self.along[from]) * self.unit_m;
        (!self.timed && way_m > 0.0).then(|| 100.0 * rise_m / way_m)
    }

    /// How far from the start a place is: `3.42`; of a swim whole metres.
    pub(in crate::activities) fn how_far(&self, along: f32, decimals: usize) -> String {
        let whole = self.sport == "swimming";
        decimal(f64::from(along), if whole { 0 } else { decimals })
    }

    /// What the cursor is on, in a line.
    pub(in crate::activities) fn read_out(&self, along: f32, units: Units) -> String {
        let i = self.index_at(along);
        let rate = |v: f32| format!("{}{NBSP}{}", units.rate_number(self.sport, f64::from(v)), units.rate_unit(self.sport));
        let mut parts = Vec::new();
        parts.extend((!self.timed).then(|| format!("{}{NBSP}{}", self.how_far(along, 2), self.unit)));
        parts.push(duration(f64::from(self.time_s[i])));
        parts.extend(self.rate[i].map(rate));
        parts.extend(self.heart_rate[i].map(|h| format!("{h:.0}{NBSP}bpm")));
        parts.extend(self.altitude.get(i).copied().flatten().map(|a| format!("{a:.0}{NBSP}{}", units.height_unit())));
        parts.join(" · ")
    }
}

/// The index of the item nearest to a place; items are in order.
fn nearest<T>(items: &[T], at: impl Fn(&T) -> f32, place: f32) -> usize {
    let after = items.partition_point(|item| at(item) < place);
    let closer_before = after > 0 && (after == items.len() || place - at(&items[after - 1]) <= at(&items[after]) - place);
    if closer_before { after - 1 } else { after.min(items.len().saturating_sub(1)) }
}

/// A track of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::activities) enum Kind {
    /// How fast.
    Rate,
    /// Beats per minute.
    HeartRate,
    /// Heights along the way.
    Altitude,
    /// Another measurement, by its place among the lines.
    Line(usize),
}

impl Kind {
    /// Its class in the style sheet.
    pub(in crate::activities) const fn class(self) -> &'static str {
        match self {
            Self::Rate => "chart pace",
            Self::HeartRate => "chart heart",
            Self::Altitude => "chart altitude",
            Self::Line(_) => "chart more",
        }
    }

    /// Its height in pixels.
    pub(in crate::activities) const fn height(self) -> u32 {
        match self {
            Self::Rate => 104,
            Self::HeartRate => 84,
            Self::Altitude => 66,
            Self::Line(_) => 46,
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
        let line = Line { kind: LineKind::Temperature, named: None, points: vec![(1.609_344, 10.0)] };
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
            let rate = format!("{} {}", shown.name(Kind::Rate, units), shown.unit_of(Kind::Rate, units)).replace(NBSP, " ");
            (rate, shown.read_out(shown.along[0], units).replace(NBSP, " "), shown.kinds())
        };
        let (ride, read, kinds) = shown("cycling", Units::default());
        assert_eq!((ride.as_str(), read.as_str()), ("Speed km/h", "1.50 km · 3:00 · 30.0 km/h · 140 bpm · 30 m"));
        assert_eq!(kinds, [Kind::Rate, Kind::HeartRate, Kind::Altitude]);
        assert!(shown("cycling", Units::AMERICAN).1.contains("18.6 mph"));
        let (swim, read, kinds) = shown("swimming", Units::default());
        assert_eq!((swim.as_str(), read.as_str()), ("Pace /100 m", "1500 m · 3:00 · 0:12 /100 m · 140 bpm"));
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
            lines: vec![Line { kind: LineKind::Power, named: None, points: vec![(120.0, 200.0)] }],
            ..ChartSeries::default()
        };
        let shown = Shown::new(series, SportStyle::of("other", Some("strength_training")), Units::AMERICAN);
        assert_eq!((shown.unit, shown.timed, shown.kinds()), ("min", true, vec![Kind::HeartRate, Kind::Line(0)]));
        assert_eq!((shown.along.clone(), shown.lines[0].points.clone()), (vec![1.0, 3.0], vec![(2.0, 200.0)]));
        assert_eq!(shown.read_out(3.0, Units::default()), "3:00 · 130\u{a0}bpm");
        assert_eq!(shown.reading(Kind::Line(0), 9.0, Units::default()), "200\u{a0}W");
    }

    #[test]
    fn a_reading_says_the_pace_with_the_graded_one_and_the_altitude_with_its_grade() {
        let climb = ChartSeries {
            km: (0..20).map(|k| k as f32 * 0.025).collect(),
            time_s: (0..20).map(|k| k as f32 * 9.0).collect(),
            pace: vec![Some(360.0); 20],
            graded: vec![Some(300.0); 20],
            heart_rate: vec![None; 20],
            altitude: (0..20).map(|k| Some(100.0 + k as f32 * 1.25)).collect(),
            ..ChartSeries::default()
        };
        for units in [Units::default(), Units::AMERICAN] {
            let shown = Shown::new(climb.clone(), SportStyle::of("running", None), units);
            let middle = shown.along[10];
            assert!(shown.reading(Kind::Altitude, middle, units).ends_with("grade +5.0\u{a0}%"), "{}", shown.reading(Kind::Altitude, middle, units));
            assert!(shown.reading(Kind::HeartRate, middle, units).is_empty());
        }
        let shown = Shown::new(climb, SportStyle::of("running", None), Units::default());
        assert_eq!(shown.reading(Kind::Rate, 0.26, Units::default()), "6:00 GAP 5:00\u{a0}/km");
        assert_eq!((shown.index_at(-1.0), shown.index_at(0.26), shown.index_at(9.0)), (0, 10, 19));
    }
}
