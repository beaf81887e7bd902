//! The same route, recognised by its shape: a simplified line, a signature by which a database finds candidates, and a comparison of two lines.
//!
//! Two lines are the same route if nearly all of each lies near the other and leads the same way. That needs no common start, so that a loop may
//! begin anywhere, and no order of its parts. A way there and back is its own reverse.

use serde::{Deserialize, Serialize};

mod shape;

use shape::{DEGREE_M, Plane, Shape, UNIT, distance, simplified, step_m};

use crate::Track;

/// What simplifying may move a line by, in metres: a receiver's error.
const TOLERANCE_M: f64 = 12.0;
/// The maximum number of stored points. A route that needs more is simplified further.
const MOST_POINTS: usize = 1000;
/// Positions that are further apart have a gap between them, in metres.
const GAP_M: f64 = 250.0;
/// The share of a route that may be gaps.
const MOST_GAPS: f64 = 0.2;
/// A shorter route is none, in metres: two that short lie near each other by chance.
const SHORTEST_M: f64 = 500.0;
/// How much of each line must lie near the other, leading the same way.
const SAME: f64 = 0.9;
/// The length of the same route, as a share, may differ by this factor.
const LENGTHS: f64 = 1.12;
/// How far the middles of the same route may lie apart: metres, or a share of its length.
const MIDDLES: (f64, f64) = (150.0, 0.05);

/// A route, simplified: stretches between gaps, each of two or more points in hundred-thousandths of a degree (north, east).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Vec<(i32, i32)>>", into = "Vec<Vec<(i32, i32)>>")]
pub struct Line(Vec<Vec<(i32, i32)>>);

/// What a database stores of a route to find those that may be the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// Metres of the simplified line.
    pub length_m: i32,
    /// The middle of all its metres, in hundred-thousandths of a degree north: the same wherever a loop begins, and in both directions.
    pub latitude_e5: i32,
    /// The same to the east.
    pub longitude_e5: i32,
}

/// Ranges, ends included, in which the signatures of the same route lie. Two sides of the 180th meridian are not found from each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidates {
    /// Metres.
    pub length_m: (i32, i32),
    /// Hundred-thousandths of a degree north.
    pub latitude_e5: (i32, i32),
    /// Hundred-thousandths of a degree east.
    pub longitude_e5: (i32, i32),
}

/// How two lines lie to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Match {
    /// The same route in the same direction.
    Same,
    /// The same route in the opposite direction.
    Reverse,
    /// Another route.
    Other,
}

/// Shares of two lines, 0 to 1; what lies in a gap of the other is not held against either.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Overlap {
    /// Of each line, the share within 40 m of the other where that leads the same way.
    pub forwards: (f64, f64),
    /// Where it leads the opposite way.
    pub backwards: (f64, f64),
    /// The longer length over the shorter one, at least 1.
    pub lengths: f64,
}

impl TryFrom<Vec<Vec<(i32, i32)>>> for Line {
    type Error = &'static str;

    fn try_from(stretches: Vec<Vec<(i32, i32)>>) -> Result<Self, Self::Error> {
        let on_earth = |(north, east): &(i32, i32)| north.abs() <= 9_000_000 && east.abs() <= 18_000_000;
        if stretches.is_empty() || stretches.iter().map(Vec::len).sum::<usize>() > MOST_POINTS {
            return Err("a route has at least one stretch and at most a thousand points");
        }
        if !stretches.iter().all(|s| s.len() >= 2 && s.iter().all(on_earth)) {
            return Err("a stretch of a route has at least two points, all on Earth");
        }
        Ok(Self(stretches))
    }
}

impl From<Line> for Vec<Vec<(i32, i32)>> {
    fn from(line: Line) -> Self {
        line.0
    }
}

impl Line {
    /// The route of a track; `None` if it has none: no positions, shorter than 500 m, or more than a fifth of it in gaps.
    #[must_use]
    pub fn of_track(track: &Track) -> Option<Self> {
        let positions: Vec<(f64, f64)> = track.samples.latitude_deg.iter().copied().zip(track.samples.longitude_deg.iter().copied()).collect();
        Self::new(&positions)
    }

    /// The route along positions in degrees (north, east), `NaN` where unknown; `None` as for a track.
    #[must_use]
    pub fn new(positions: &[(f64, f64)]) -> Option<Self> {
        let known: Vec<(f64, f64)> = positions.iter().copied().filter(|(n, e)| n.abs() <= 90.0 && e.abs() <= 180.0).collect();
        let plane = Plane::around(*known.first()?);
        let points: Vec<(f64, f64)> = known.iter().map(|p| plane.metres(*p)).collect();
        let mut stretches: Vec<&[(f64, f64)]> = Vec::new();
        let mut from = 0;
        for to in 1..=points.len() {
            if to == points.len() || distance(points[to - 1], points[to]) > GAP_M {
                // A position between two gaps is no stretch.
                if to - from >= 2 {
                    stretches.push(&points[from..to]);
                }
                from = to;
            }
        }
        let mut tolerance = TOLERANCE_M;
        let line = loop {
            let line: Vec<Vec<(f64, f64)>> = stretches.iter().map(|s| simplified(s, tolerance)).collect();
            if line.iter().map(Vec::len).sum::<usize>() <= MOST_POINTS {
                break line;
            }
            // More stretches than that are no route.
            if tolerance > 1000.0 {
                return None;
            }
            tolerance *= 1.5;
        };
        let line = Self(line.into_iter().map(|s| s.into_iter().map(|p| plane.position(p)).collect()).collect());
        let shape = Shape::new(&line.0, &Plane::of(&line.0)?, f64::INFINITY);
        (shape.length_m >= SHORTEST_M && shape.gaps_m <= MOST_GAPS * shape.length_m).then_some(line)
    }

    /// What a database stores to find it.
    #[must_use]
    pub fn signature(&self) -> Signature {
        let plane = Plane::of(&self.0).unwrap_or(Plane::around((0.0, 0.0)));
        let shape = Shape::new(&self.0, &plane, step_m(Shape::new(&self.0, &plane, f64::INFINITY).length_m));
        let n = shape.points.len().max(1) as f64;
        let middle = shape.points.iter().fold((0.0, 0.0), |sum, p| (sum.0 + p.at.0 / n, sum.1 + p.at.1 / n));
        let (latitude_e5, longitude_e5) = plane.position(middle);
        Signature { length_m: shape.length_m.round().min(f64::from(i32::MAX)) as i32, latitude_e5, longitude_e5 }
    }

    /// How this line and another lie to each other.
    #[must_use]
    pub fn compare(&self, other: &Self) -> Overlap {
        let none = Overlap { forwards: (0.0, 0.0), backwards: (0.0, 0.0), lengths: f64::INFINITY };
        let Some(plane) = Plane::of(&self.0) else { return none };
        let length = |line: &Self| Shape::new(&line.0, &plane, f64::INFINITY).length_m;
        let step = step_m(length(self).max(length(other)));
        let (a, b) = (Shape::new(&self.0, &plane, step), Shape::new(&other.0, &plane, step));
        let (of_a, of_b) = (a.near(&b, step), b.near(&a, step));
        let lengths = if a.length_m > 0.0 && b.length_m > 0.0 { (a.length_m / b.length_m).max(b.length_m / a.length_m) } else { f64::INFINITY };
        Overlap { forwards: (of_a.0, of_b.0), backwards: (of_a.1, of_b.1), lengths }
    }

    /// Whether another line is the same route.
    #[must_use]
    pub fn matches(&self, other: &Self) -> Match {
        self.compare(other).verdict()
    }
}

impl Signature {
    /// Where the signatures of the same route lie.
    #[must_use]
    pub fn candidates(self) -> Candidates {
        let length = f64::from(self.length_m);
        let reach = MIDDLES.0.max(MIDDLES.1 * length) / DEGREE_M * UNIT;
        // At the poles every longitude is near.
        let reach_east = (reach / (f64::from(self.latitude_e5) / UNIT).to_radians().cos().max(1e-3)).min(18_000_000.0);
        let around = |middle: i32, reach: f64| (middle.saturating_sub(reach.ceil() as i32), middle.saturating_add(reach.ceil() as i32));
        Candidates {
            length_m: ((length / LENGTHS).floor() as i32, (length * LENGTHS).ceil() as i32),
            latitude_e5: around(self.latitude_e5, reach),
            longitude_e5: around(self.longitude_e5, reach_east),
        }
    }
}

impl Candidates {
    /// Whether a signature lies in the ranges.
    #[must_use]
    pub fn contain(&self, other: Signature) -> bool {
        let inside = |(low, high): (i32, i32), value: i32| (low..=high).contains(&value);
        inside(self.length_m, other.length_m) && inside(self.latitude_e5, other.latitude_e5) && inside(self.longitude_e5, other.longitude_e5)
    }
}

impl Overlap {
    /// The same route, or its reverse, if nine tenths of each lie near the other and their lengths differ by no more than an eighth.
    #[must_use]
    pub fn verdict(&self) -> Match {
        let nearly_all = |(a, b): (f64, f64)| a >= SAME && b >= SAME && self.lengths <= LENGTHS;
        match (nearly_all(self.forwards), nearly_all(self.backwards)) {
            (true, _) => Match::Same,
            (false, true) => Match::Reverse,
            (false, false) => Match::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Positions along corners in metres to the north and the east of a place, one every `step_m`.
    fn along(corners: &[(f64, f64)], step_m: f64) -> Vec<(f64, f64)> {
        let mut out = Vec::new();
        for pair in corners.windows(2) {
            let steps = (distance(pair[0], pair[1]) / step_m).ceil().max(1.0);
            for k in 0..steps as usize {
                let share = k as f64 / steps;
                out.push((pair[0].0 + share * (pair[1].0 - pair[0].0), pair[0].1 + share * (pair[1].1 - pair[0].1)));
            }
        }
        out.extend(corners.last());
        out.into_iter().map(|(n, e)| (48.0 + n / DEGREE_M, 9.0 + e / DEGREE_M / 48_f64.to_radians().cos())).collect()
    }

    fn line(corners: &[(f64, f64)]) -> Line {
        Line::new(&along(corners, 3.0)).expect("a route")
    }

    const SQUARE: [(f64, f64); 5] = [(0.0, 0.0), (1000.0, 0.0), (1000.0, 1000.0), (0.0, 1000.0), (0.0, 0.0)];

    #[test]
    fn a_loop_is_itself_wherever_it_begins_and_another_the_other_way_round() {
        let square = line(&SQUARE);
        let later = line(&[(500.0, 1000.0), (0.0, 1000.0), (0.0, 0.0), (1000.0, 0.0), (1000.0, 1000.0), (500.0, 1000.0)]);
        let mut turned = SQUARE;
        turned.reverse();
        assert_eq!(square.matches(&later), Match::Same);
        assert_eq!(square.matches(&line(&turned)), Match::Reverse);
        assert!((square.signature().length_m - 4000).abs() <= 10, "{:?}", square.signature());
        // 500 m to the north is 0.00450°.
        assert!((square.signature().latitude_e5 - 4_800_450).abs() <= 3);
        // A way there and back is its own reverse.
        let there_and_back = line(&[(0.0, 0.0), (2000.0, 0.0), (0.0, 0.0)]);
        assert_eq!(there_and_back.matches(&there_and_back), Match::Same);
        assert_eq!(there_and_back.matches(&line(&[(2000.0, 0.0), (0.0, 0.0), (2000.0, 0.0)])), Match::Same);
    }

    #[test]
    fn twice_around_a_fifth_elsewhere_and_the_next_street_are_other_routes() {
        let square = line(&SQUARE);
        let twice: Vec<_> = SQUARE.iter().chain(&SQUARE[1..]).copied().collect();
        let elsewhere = [(0.0, 0.0), (1000.0, 0.0), (1000.0, 1000.0), (600.0, 1000.0), (600.0, 700.0), (0.0, 700.0), (0.0, 0.0)];
        let next = SQUARE.map(|(n, e)| (n + 80.0, e + 80.0));
        for other in [twice.as_slice(), &elsewhere, &next, &SQUARE[..4]] {
            assert_eq!(square.matches(&line(other)), Match::Other, "{other:?}");
        }
        // A detour of 5 %, at a crossing that was closed, is none.
        let detour =
            [(0.0, 0.0), (500.0, 0.0), (500.0, 60.0), (600.0, 60.0), (600.0, 0.0), (1000.0, 0.0), (1000.0, 1000.0), (0.0, 1000.0), (0.0, 0.0)];
        assert_eq!(square.matches(&line(&detour)), Match::Same);
    }

    #[test]
    fn what_a_receiver_did_not_record_is_not_held_against_the_route() {
        let whole = along(&SQUARE, 3.0);
        let kept: Vec<_> = whole.iter().enumerate().map(|(k, p)| if (100..330).contains(&k) { (f64::NAN, f64::NAN) } else { *p }).collect();
        let holed = Line::new(&kept).expect("a sixth is unknown");
        assert_eq!(holed.matches(&line(&SQUARE)), Match::Same);
        assert_eq!(line(&SQUARE).matches(&holed), Match::Same);
        let kept: Vec<_> = whole.iter().enumerate().filter(|(k, _)| !(100..500).contains(k)).map(|(_, p)| *p).collect();
        assert!(Line::new(&kept).is_none(), "a third is unknown");
        assert!(Line::new(&along(&[(0.0, 0.0), (400.0, 0.0)], 3.0)).is_none() && Line::new(&[]).is_none());
        assert!(Line::new(&vec![(48.0, 9.0); 5000]).is_none(), "standing is no route");
    }

    #[test]
    fn a_route_may_cross_the_end_of_the_longitudes() {
        let there: Vec<_> = (0..600).map(|k| (-17.0, (179.98 + f64::from(k) * 1e-4 + 180.0).rem_euclid(360.0) - 180.0)).collect();
        let fiji = Line::new(&there).expect("a route");
        assert!((fiji.signature().length_m - 6370).abs() < 20 && fiji.matches(&fiji) == Match::Same, "{:?}", fiji.signature());
    }

    #[test]
    fn stored_lines_come_back_and_impossible_ones_do_not() {
        let square = line(&SQUARE);
        let stored: Vec<Vec<(i32, i32)>> = square.clone().into();
        assert!(stored[0].len() <= 6, "{stored:?}");
        assert_eq!(Line::try_from(stored), Ok(square));
        for impossible in
            [vec![], vec![vec![(0, 0)]], vec![vec![(0, 0), (9_000_001, 0)]], vec![vec![(0, 0), (0, i32::MIN + 1)]], vec![vec![(0, 0); 1001]]]
        {
            assert!(Line::try_from(impossible).is_err());
        }
        // Far beyond any route, and still compared at once.
        let wild = Line::try_from(vec![(0..1000).map(|k| (k % 2 * 8_000_000, k % 7 * 2_000_000)).collect::<Vec<_>>()]).expect("on Earth");
        assert_eq!(wild.matches(&line(&SQUARE)), Match::Other);
        assert!(wild.signature().candidates().contain(wild.signature()));
    }

    proptest! {
        #[test]
        fn a_line_matches_itself_and_comparison_has_two_sides(corners in prop::collection::vec((-3000.0..3000.0f64, -3000.0..3000.0f64), 3..12), other in prop::collection::vec((-3000.0..3000.0f64, -3000.0..3000.0f64), 3..12)) {
            if let (Some(a), Some(b)) = (Line::new(&along(&corners, 7.0)), Line::new(&along(&other, 4.0))) {
                prop_assert_eq!(a.matches(&a), Match::Same);
                prop_assert!(a.signature().candidates().contain(a.signature()));
                let (there, back) = (a.compare(&b), b.compare(&a));
                prop_assert_eq!(there.verdict() == Match::Other, back.verdict() == Match::Other);
                prop_assert!((there.forwards.0 - back.forwards.1).abs() < 0.02 && (there.lengths - back.lengths).abs() < 0.01);
            }
        }
    }
}
