//! A line on a plane: at even steps, simplified, and beside another one.

use std::collections::HashMap;

/// Metres of a degree of latitude (mean Earth radius of 6 371 008.8 m).
pub(super) const DEGREE_M: f64 = 111_195.08;
/// Stored positions are whole hundred-thousandths of a degree: 1.1 m.
pub(super) const UNIT: f64 = 1e5;
/// How near is near, in metres: the errors of two receivers, and the width of a street.
const NEAR_M: f64 = 40.0;
/// Lines are compared at points so far apart, in metres, but at no more than [`MOST_COMPARED`].
const STEP_M: f64 = 20.0;
const MOST_COMPARED: f64 = 4000.0;

/// A stretch of a line between gaps, in hundred-thousandths of a degree (north, east).
pub(super) type Stretch = Vec<(i32, i32)>;

/// A plane that touches the Earth at a point: metres to the north and to the east of it.
pub(super) struct Plane {
    origin: (f64, f64),
    narrowed: f64,
}

impl Plane {
    pub(super) fn around(origin: (f64, f64)) -> Self {
        Self { origin, narrowed: origin.0.to_radians().cos().max(1e-3) }
    }

    pub(super) fn of(stretches: &[Stretch]) -> Option<Self> {
        stretches.first().and_then(|s| s.first()).map(|p| Self::around((f64::from(p.0) / UNIT, f64::from(p.1) / UNIT)))
    }

    pub(super) fn metres(&self, (north, east): (f64, f64)) -> (f64, f64) {
        // The shorter way around the Earth.
        let turned = (east - self.origin.1 + 540.0).rem_euclid(360.0) - 180.0;
        ((north - self.origin.0) * DEGREE_M, turned * self.narrowed * DEGREE_M)
    }

    pub(super) fn position(&self, (north, east): (f64, f64)) -> (i32, i32) {
        let turned = (self.origin.1 + east / self.narrowed / DEGREE_M + 540.0).rem_euclid(360.0) - 180.0;
        let north = (self.origin.0 + north / DEGREE_M).clamp(-90.0, 90.0);
        ((north * UNIT).round() as i32, (turned * UNIT).round() as i32)
    }
}

/// A point of a line and the way that it leads there, as a vector of length 1.
pub(super) struct Point {
    pub(super) at: (f64, f64),
    heading: (f64, f64),
}

/// A line at even steps.
pub(super) struct Shape {
    pub(super) points: Vec<Point>,
    pub(super) length_m: f64,
    pub(super) gaps_m: f64,
}

/// Points of one cell that lead within one eighth of all ways, at most.
const MOST_ALIKE: u8 = 12;
/// An eighth of all ways.
const SECTOR: f64 = std::f64::consts::FRAC_PI_4;

impl Shape {
    pub(super) fn new(stretches: &[Stretch], plane: &Plane, step_m: f64) -> Self {
        let mut shape = Self { points: Vec::new(), length_m: 0.0, gaps_m: 0.0 };
        let mut before: Option<(f64, f64)> = None;
        for stretch in stretches {
            let corners: Vec<(f64, f64)> = stretch.iter().map(|p| plane.metres((f64::from(p.0) / UNIT, f64::from(p.1) / UNIT))).collect();
            shape.gaps_m += before.zip(corners.first().copied()).map_or(0.0, |(a, b)| distance(a, b));
            before = corners.last().copied();
            let mut next = step_m / 2.0;
            let mut passed = 0.0;
            for pair in corners.windows(2) {
                let metres = distance(pair[0], pair[1]);
                if metres <= 0.0 {
                    continue;
                }
                let heading = ((pair[1].0 - pair[0].0) / metres, (pair[1].1 - pair[0].1) / metres);
                while next <= passed + metres {
                    let along = next - passed;
                    shape.points.push(Point { at: (pair[0].0 + along * heading.0, pair[0].1 + along * heading.1), heading });
                    next += step_m;
                }
                passed += metres;
            }
            shape.length_m += passed;
        }
        shape.length_m += shape.gaps_m;
        shape
    }

    /// The shares of this line that lie near another one where that leads the same way, and where it leads the opposite way.
    pub(super) fn near(&self, other: &Self, step_m: f64) -> (f64, f64) {
        // A point halfway between two of the other's is near it at the same distance from the line.
        let reach = NEAR_M.hypot(step_m / 2.0);
        let cell = |(north, east): (f64, f64)| ((north / reach).floor() as i64, (east / reach).floor() as i64);
        let mut cells: HashMap<(i64, i64), Vec<&Point>> = HashMap::new();
        // Of points in one cell that lead the same way, a few stand for all: a line that goes over one spot again and again is as near with them.
        let mut crowd: HashMap<((i64, i64), i8), u8> = HashMap::new();
        for point in &other.points {
            let (place, sector) = (cell(point.at), (point.heading.1.atan2(point.heading.0) / SECTOR).floor() as i8);
            let n = crowd.entry((place, sector)).or_default();
            if *n < MOST_ALIKE {
                *n += 1;
                cells.entry(place).or_default().push(point);
            }
        }
        let (mut forwards, mut backwards) = (0.0, 0.0);
        for point in &self.points {
            let (row, column) = cell(point.at);
            let around = (-1..=1).flat_map(|r| (-1..=1).map(move |c| (row + r, column + c)));
            let (mut same, mut opposite) = (false, false);
            for there in around.filter_map(|c| cells.get(&c)).flatten() {
                if same && opposite {
                    break;
                }
                if distance(there.at, point.at) > reach {
                    continue;
                }
                // Less than 60° apart: at a crossing neither way is the other's.
                let turn = point.heading.0 * there.heading.0 + point.heading.1 * there.heading.1;
                same |= turn > 0.5;
                opposite |= turn < -0.5;
            }
            forwards += f64::from(u8::from(same));
            backwards += f64::from(u8::from(opposite));
        }
        let all = self.points.len() as f64;
        let excused = other.gaps_m / step_m;
        let share = |near: f64| if near > 0.0 { near / (all - (all - near).min(excused)) } else { 0.0 };
        (share(forwards), share(backwards))
    }
}

/// The step at which a line of this length is looked at, in metres.
pub(super) fn step_m(length_m: f64) -> f64 {
    STEP_M.max(length_m / MOST_COMPARED)
}

pub(super) fn distance(a: (f64, f64), b: (f64, f64)) -> f64 {
    (a.0 - b.0).hypot(a.1 - b.1)
}

/// The line without the points that lie within `tolerance_m` of it (Ramer 1972, doi:10.1016/S0146-664X(72)80017-0; Douglas and Peucker 1973).
pub(super) fn simplified(points: &[(f64, f64)], tolerance_m: f64) -> Vec<(f64, f64)> {
    // The rule compares, at worst, every point with every other: so it is applied to so many at a time.
    const AT_A_TIME: usize = 500;
    let moved = averaged(points, tolerance_m);
    let mut keep = vec![false; moved.len()];
    let last = moved.len() - 1;
    let mut open: Vec<(usize, usize)> = (0..last).step_by(AT_A_TIME).map(|from| (from, (from + AT_A_TIME).min(last))).collect();
    for (from, to) in &open {
        (keep[*from], keep[*to]) = (true, true);
    }
    while let Some((from, to)) = open.pop() {
        let (mut farthest, mut most) = (from, tolerance_m);
        for k in from + 1..to {
            let off = from_segment(moved[k], moved[from], moved[to]);
            if off > most {
                (farthest, most) = (k, off);
            }
        }
        if farthest > from {
            keep[farthest] = true;
            open.extend([(from, farthest), (farthest, to)]);
        }
    }
    moved.iter().zip(keep).filter(|(_, k)| *k).map(|(p, _)| *p).collect()
}

/// The ends of a line, and in between the means of points that lie within `reach_m` of the mean before: without a receiver's trembling, which
/// would make every line longer.
pub(super) fn averaged(points: &[(f64, f64)], reach_m: f64) -> Vec<(f64, f64)> {
    let mut out = vec![points[0]];
    let (mut sum, mut n) = ((0.0, 0.0), 0.0);
    for p in &points[1..] {
        (sum, n) = ((sum.0 + p.0, sum.1 + p.1), n + 1.0);
        let mean = (sum.0 / n, sum.1 / n);
        if distance(out[out.len() - 1], mean) >= reach_m {
            out.push(mean);
            (sum, n) = ((0.0, 0.0), 0.0);
        }
    }
    out.extend(points.last().filter(|_| points.len() > 1));
    out
}

pub(super) fn from_segment(p: (f64, f64), a: (f64, f64), b: (f64, f64)) -> f64 {
    let (dn, de) = (b.0 - a.0, b.1 - a.1);
    let square = dn * dn + de * de;
    let share = if square > 0.0 { (((p.0 - a.0) * dn + (p.1 - a.1) * de) / square).clamp(0.0, 1.0) } else { 0.0 };
    distance(p, (a.0 + share * dn, a.1 + share * de))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn nothing_that_is_simplified_moves_far(corners in prop::collection::vec((-2000.0..2000.0f64, -2000.0..2000.0f64), 2..40)) {
            let short = simplified(&corners, 10.0);
            for p in &averaged(&corners, 10.0) {
                let off = short.windows(2).map(|w| from_segment(*p, w[0], w[1])).fold(f64::INFINITY, f64::min);
                prop_assert!(off <= 10.0 + 1e-9 || short.len() == 1, "{off}");
            }
        }
    }
}
