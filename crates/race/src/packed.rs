//! A course as it is stored: points at even steps, sixteen bytes each.
//!
//! The altitude is the smoothed one: a plan then sees the grades that the whole file had, however few points are kept. A point is four little-endian
//! integers: centimetres from the start, centimetres above the sea, ten-millionths of a degree north and east. The least integer says that something
//! is not known.

use physiology::Track;

/// Points of a course, at most; the check of the table says the same.
pub(crate) const MOST_POINTS: usize = 2000;
/// Metres between two points, where that are not too many.
const STEP_M: f64 = 10.0;
const POINT_BYTES: usize = 16;
const UNKNOWN: i32 = i32::MIN;
const CENTIMETRES: f64 = 100.0;
const DEGREES: f64 = 1e7;

/// A point; what is not known is `NaN`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Point {
    /// Metres from the start.
    pub(crate) at_m: f64,
    /// Metres above the sea.
    pub(crate) altitude_m: f64,
    /// Degrees north and east.
    pub(crate) position_deg: (f64, f64),
}

impl Point {
    /// One of which nothing is known.
    pub(crate) const UNKNOWN: Self = Self { at_m: f64::NAN, altitude_m: f64::NAN, position_deg: (f64::NAN, f64::NAN) };
}

/// A course without a name.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Drawn {
    /// Metres.
    pub(crate) distance_m: f64,
    /// Metres of climb, where the altitude is known.
    pub(crate) climb_m: Option<f64>,
    /// In order, the first at the start and the last at the end.
    pub(crate) points: Vec<Point>,
}

impl Drawn {
    /// The course that a track went; `None` if it is shorter or longer than a race.
    pub(crate) fn of_track(track: &Track) -> Option<Self> {
        let (first, last) = (*track.distance_m.first()?, *track.distance_m.last()?);
        let distance_m = last - first;
        if !(domain::race::BOUNDS_M.0..=domain::race::BOUNDS_M.1).contains(&distance_m) {
            return None;
        }
        let steps = ((distance_m / STEP_M).ceil() as usize).clamp(1, MOST_POINTS - 1);
        let mut i = 0;
        let mut points = Vec::with_capacity(steps + 1);
        for step in 0..=steps {
            let at_m = distance_m * step as f64 / steps as f64;
            let along = first + at_m;
            while i + 2 < track.distance_m.len() && track.distance_m[i + 1] < along {
                i += 1;
            }
            let altitude_m = track.profile.as_ref().map_or(f64::NAN, |profile| profile.at(along));
            points.push(Point { at_m, altitude_m, position_deg: position(track, i, along) });
        }
        Some(Self { distance_m, climb_m: track.profile.as_ref().map(|profile| profile.climb(first, last)), points })
    }
}

/// Where a track is at a distance between sample `i` and the next: between their positions, or at the one that is known.
fn position(track: &Track, i: usize, along: f64) -> (f64, f64) {
    let (north, east) = (&track.samples.latitude_deg, &track.samples.longitude_deg);
    let next = (i + 1).min(track.distance_m.len() - 1);
    let (from, to) = (track.distance_m[i], track.distance_m[next]);
    let share = if to > from { ((along - from) / (to - from)).clamp(0.0, 1.0) } else { 0.0 };
    let (here, there) = ((north[i], east[i]), (north[next], east[next]));
    // Across the line where dates change, degrees jump.
    if there.0.is_nan() || (there.1 - here.1).abs() > 180.0 {
        return here;
    }
    if here.0.is_nan() { there } else { (here.0 + share * (there.0 - here.0), here.1 + share * (there.1 - here.1)) }
}

/// As the table has it.
pub(crate) fn pack(points: &[Point]) -> Vec<u8> {
    let whole = |value: f64, unit: f64| if value.is_finite() { (value * unit).round().clamp(-2e9, 2e9) as i32 } else { UNKNOWN };
    let fields = |point: &Point| {
        let (north, east) = point.position_deg;
        [whole(point.at_m, CENTIMETRES), whole(point.altitude_m, CENTIMETRES), whole(north, DEGREES), whole(east, DEGREES)]
    };
    points.iter().flat_map(fields).flat_map(i32::to_le_bytes).collect()
}

/// From the table; `None` if it is no course: distances that decrease, or that are too short, places that are not on the globe.
pub(crate) fn unpack(bytes: &[u8]) -> Option<Vec<Point>> {
    let (chunks, rest) = bytes.as_chunks::<POINT_BYTES>();
    if !rest.is_empty() || !(2..=MOST_POINTS).contains(&chunks.len()) {
        return None;
    }
    let known = |value: i32, unit: f64| if value == UNKNOWN { f64::NAN } else { f64::from(value) / unit };
    let points: Vec<Point> = chunks
        .iter()
        .map(|chunk| {
            let field = |k: usize| i32::from_le_bytes([chunk[4 * k], chunk[4 * k + 1], chunk[4 * k + 2], chunk[4 * k + 3]]);
            Point {
                at_m: known(field(0), CENTIMETRES),
                altitude_m: known(field(1), CENTIMETRES),
                position_deg: (known(field(2), DEGREES), known(field(3), DEGREES)),
            }
        })
        .collect();
    let on_globe = |(north, east): (f64, f64)| (north.is_nan() && east.is_nan()) || (north.abs() <= 90.0 && east.abs() <= 180.0);
    let ascends = points.windows(2).all(|w| w[0].at_m <= w[1].at_m);
    let (first, last) = (points.first()?.at_m, points.last()?.at_m);
    let length = (domain::race::BOUNDS_M.0..=domain::race::BOUNDS_M.1).contains(&last);
    let heights = points.iter().all(|point| point.altitude_m.is_nan() || point.altitude_m.abs() < 20_000.0);
    (first.abs() < 1e-9 && ascends && length && heights && points.iter().all(|point| on_globe(point.position_deg))).then_some(points)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn point(at_m: f64, altitude_m: f64, position_deg: (f64, f64)) -> Point {
        Point { at_m, altitude_m, position_deg }
    }

    #[test]
    fn what_is_no_course_is_not_read() {
        let good = [point(0.0, 12.0, (48.0, 9.0)), point(150.0, f64::NAN, (f64::NAN, f64::NAN))];
        let read = unpack(&pack(&good)).expect("a course");
        assert!((read[1].at_m - 150.0).abs() < 1e-9 && read[1].altitude_m.is_nan() && read[1].position_deg.0.is_nan());
        let long = vec![good[0]; MOST_POINTS];
        for wrong in [
            vec![good[0]],
            vec![good[1], good[0]],
            vec![point(5.0, 0.0, (0.0, 0.0)), good[1]],
            vec![good[0], point(50.0, 0.0, (0.0, 0.0))],
            vec![good[0], point(2e6, 0.0, (0.0, 0.0))],
            vec![good[0], point(150.0, 0.0, (91.0, 0.0))],
            vec![good[0], point(150.0, 0.0, (0.0, f64::NAN))],
            vec![good[0], point(150.0, 30_000.0, (0.0, 0.0))],
            [long, vec![good[1]]].concat(),
        ] {
            assert_eq!(unpack(&pack(&wrong)), None, "{:?}", &wrong[..wrong.len().min(3)]);
        }
        assert_eq!(unpack(&pack(&good)[1..]), None);
        assert_eq!(unpack(&[]), None);
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = unpack(&bytes);
        }

        #[test]
        fn a_point_comes_back_to_a_centimetre(steps in prop::collection::vec((1.0..500.0f64, -400.0..8000.0f64, -90.0..90.0f64, -180.0..180.0f64), 2..40)) {
            let mut at_m = 0.0;
            let mut points = vec![point(0.0, 0.0, (0.0, 0.0))];
            for (step, altitude, north, east) in steps {
                at_m += step;
                points.push(point(at_m, altitude, (north, east)));
            }
            prop_assume!(at_m >= 100.0);
            let read = unpack(&pack(&points)).expect("a course");
            for (read, wrote) in read.iter().zip(&points) {
                prop_assert!((read.at_m - wrote.at_m).abs() <= 0.0051 && (read.altitude_m - wrote.altitude_m).abs() <= 0.0051);
                prop_assert!((read.position_deg.0 - wrote.position_deg.0).abs() <= 1e-7 && (read.position_deg.1 - wrote.position_deg.1).abs() <= 1e-7);
            }
        }
    }
}
