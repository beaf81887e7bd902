//! Which points of a route others see: not where it begins, ends or stops in a privacy zone.

use super::{PrivacyZone, metres};

/// A route has left a zone, or not yet entered it, with so many consecutive points outside it, and so many metres along them. A stray first
/// position does not count.
const LEFT: (usize, f64) = (5, 100.0);
/// Staying for so long, in seconds, within so many metres, is a stop. So is a recording gap of that length.
const STOP: (f64, f64) = (120.0, 30.0);
/// A step that is longer than this, in metres, and faster than this, in metres per second, is a jump: something in between was not
/// recorded.
const JUMP: (f64, f64) = (200.0, 50.0);

/// A point of a route; unknown values are `NaN`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrackPoint {
    /// Seconds, as recorded: clocks get set, and files are not always written in chronological order.
    pub time_s: f64,
    /// Degrees north.
    pub latitude_deg: f64,
    /// Degrees east.
    pub longitude_deg: f64,
}

impl TrackPoint {
    fn position(&self) -> (f64, f64) {
        (self.latitude_deg, self.longitude_deg)
    }

    fn has_position(&self) -> bool {
        self.latitude_deg.is_finite() && self.longitude_deg.is_finite()
    }
}

/// Consecutive points on one side of the zones' edges.
#[derive(Clone, Copy, PartialEq)]
enum Stretch {
    /// Outside, long enough to have left.
    Outside,
    /// Outside, but too briefly to count.
    Astray,
    /// Through a zone without a stop.
    Passing,
    /// In a zone, with a stop or a break in the recording: one route ended there, and another began.
    Stopping,
}

/// Which points of a route others see: none in a zone between where the route begins, ends or stops and where it has clearly left the zones.
/// Where it only passes through a zone it stays whole, because a hole would point at the zone, unless the zone hides everything.
/// With zones, points without a position before the first and after the last visible one are also hidden: they may lead from the front door.
///
/// Whatever the order of the points, nothing of a head or a tail is visible: what is visible inside a zone follows, step by step and forwards in
/// time, from something outside, and leads to something outside.
#[must_use]
pub fn seen(route: &[TrackPoint], zones: &[PrivacyZone]) -> Vec<usize> {
    let known: Vec<usize> = (0..route.len()).filter(|&i| route[i].has_position()).collect();
    if known.is_empty() || zones.is_empty() {
        return (0..route.len()).collect();
    }
    let inside = |i: usize| zones.iter().any(|z| z.hides(route[i].latitude_deg, route[i].longitude_deg));
    let timed = known.windows(2).any(|w| route[w[1]].time_s > route[w[0]].time_s);
    let mut to = 0;
    let mut stretches: Vec<(&[usize], Stretch)> = Vec::new();
    for points in known.chunk_by(|&a, &b| inside(a) == inside(b)) {
        let from = to;
        to += points.len();
        let stretch = if inside(points[0]) {
            // With the steps into the zone and out of it.
            let around = &known[from.saturating_sub(1)..known.len().min(to + 1)];
            let whole = timed && around.windows(2).all(|w| is_continuous(&route[w[0]], &route[w[1]])) && !stops(route, points);
            if whole { Stretch::Passing } else { Stretch::Stopping }
        } else if points.len() == known.len() || (points.len() >= LEFT.0 && along(route, points) >= LEFT.1) {
            Stretch::Outside
        } else {
            Stretch::Astray
        };
        stretches.push((points, stretch));
    }
    let mut shown = vec![true; stretches.len()];
    hide_ends(stretches.iter().map(|s| s.1).zip(shown.iter_mut()));
    hide_ends(stretches.iter().map(|s| s.1).zip(shown.iter_mut()).rev());
    let hidden = |i: usize| zones.iter().any(|z| z.everything && z.hides(route[i].latitude_deg, route[i].longitude_deg));
    let mut out = Vec::with_capacity(known.len());
    let mut before = None;
    for ((points, _), shown) in stretches.iter().zip(shown) {
        for &next in *points {
            if !shown || hidden(next) {
                before = None;
                continue;
            }
            // A point without a position lies where its neighbours do.
            if let Some(before) = before {
                out.extend(before + 1..next);
            }
            out.push(next);
            before = Some(next);
        }
    }
    out
}

/// Where a route began: its first position that is not separated by a jump from those after it.
#[must_use]
pub fn start(route: &[TrackPoint]) -> Option<(f64, f64)> {
    let known: Vec<usize> = (0..route.len()).filter(|&i| route[i].has_position()).collect();
    let mut segments = known.chunk_by(|&a, &b| !is_jump(&route[a], &route[b]));
    let first = segments.find(|s| s.len() >= LEFT.0 && along(route, s) >= LEFT.1).and_then(|s| s.first()).or(known.first());
    first.map(|&i| route[i].position())
}

/// From one end: hides until a stretch outside, and again from each stop on.
fn hide_ends<'a>(stretches: impl Iterator<Item = (Stretch, &'a mut bool)>) {
    let mut hidden = true;
    for (stretch, shown) in stretches {
        match stretch {
            Stretch::Outside => hidden = false,
            Stretch::Stopping => hidden = true,
            Stretch::Astray | Stretch::Passing => {}
        }
        *shown &= !hidden;
    }
}

/// Metres along some of the points.
fn along(route: &[TrackPoint], points: &[usize]) -> f64 {
    points.windows(2).map(|w| metres(route[w[0]].position(), route[w[1]].position())).sum()
}

fn is_jump(a: &TrackPoint, b: &TrackPoint) -> bool {
    let far = metres(a.position(), b.position());
    far > JUMP.0 && far > JUMP.1 * (b.time_s - a.time_s).abs().max(f64::MIN_POSITIVE)
}

/// Whether the recording is continuous between two points.
fn is_continuous(a: &TrackPoint, b: &TrackPoint) -> bool {
    (0.0..STOP.0).contains(&(b.time_s - a.time_s)) && !is_jump(a, b)
}

/// Whether the route stops within these points.
fn stops(route: &[TrackPoint], points: &[usize]) -> bool {
    let Some(mut since) = points.first().map(|&i| &route[i]) else { return false };
    points.iter().map(|&i| &route[i]).any(|p| {
        if metres(since.position(), p.position()) > STOP.1 {
            since = p;
        }
        p.time_s - since.time_s >= STOP.0
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::zone;
    use super::*;

    /// A point every four seconds.
    fn timed(points: &[(f64, f64)]) -> Vec<TrackPoint> {
        points.iter().enumerate().map(|(i, p)| TrackPoint { time_s: i as f64 * 4.0, latitude_deg: p.0, longitude_deg: p.1 }).collect()
    }

    fn outside(points: &[(f64, f64)], zones: &[PrivacyZone]) -> std::ops::Range<usize> {
        let seen = seen(&timed(points), zones);
        assert!(seen.windows(2).all(|w| w[1] == w[0] + 1), "no hole");
        seen.first().copied().unwrap_or(0)..seen.last().map_or(0, |i| i + 1)
    }

    /// A modification of a route.
    type Change<'a> = &'a dyn Fn(&mut Vec<TrackPoint>);

    /// A straight line north, a point every eleven metres.
    fn line(from: f64, points: usize) -> Vec<(f64, f64)> {
        (0..points).map(|i| (from + i as f64 * 0.0001, 3.2)).collect()
    }

    #[test]
    fn head_and_tail_go_and_the_middle_stays() {
        let route = line(55.9, 200);
        let seen = outside(&route, &[zone(55.9, 500.0)]);
        assert_eq!(seen, 45..200, "500 m are 44.97 steps");
        let both = outside(&route, &[zone(55.9, 500.0), zone(route[199].0, 200.0)]);
        assert_eq!(both, 45..182);
        assert_eq!(outside(&route, &[zone(route[100].0, 200.0)]), 0..200, "a zone that is passed leaves no hole");
        assert_eq!(outside(&route, &[]), 0..200);
        assert_eq!(outside(&route, &[zone(55.91, 5000.0)]), 0..0, "nothing but home");
        let loop_home: Vec<_> = route.iter().chain(route.iter().rev()).copied().collect();
        assert_eq!(outside(&loop_home, &[zone(55.9, 500.0)]), 45..355);
    }

    #[test]
    fn points_without_a_position_at_home_are_hidden_too() {
        let mut route = line(55.9, 200);
        route[0].0 = f64::NAN;
        route[1].1 = f64::NAN;
        assert_eq!(outside(&route, &[zone(55.9, 500.0)]), 45..200);
        let indoors = vec![(f64::NAN, f64::NAN); 10];
        assert_eq!(outside(&indoors, &[zone(55.9, 500.0)]), 0..10, "nothing to hide");
        assert_eq!(outside(&[], &[zone(55.9, 500.0)]), 0..0);
    }

    #[test]
    fn a_stray_first_position_does_not_reveal_the_front_door() {
        let mut route = line(55.9, 200);
        route[0] = (56.3, 3.2);
        route[1] = (56.3, 3.201);
        let last = route.len() - 1;
        route[last] = (56.4, 3.2);
        assert_eq!(outside(&route, &[zone(55.9, 500.0)]), 45..199 + 1, "the last one is beyond the edge like those before it");
        let back: Vec<_> = route.iter().rev().copied().collect();
        assert_eq!(outside(&back, &[zone(55.9, 500.0)]), 0..155);
        assert_eq!(outside(&route[..40], &[zone(55.9, 500.0)]), 0..0, "all of it at home but what is off");
    }

    #[test]
    fn the_way_from_the_front_door_before_the_first_position_is_hidden() {
        let mut route = line(55.91, 200);
        route[..30].fill((f64::NAN, f64::NAN));
        assert_eq!(outside(&route, &[zone(55.9, 500.0)]), 30..200);
        assert_eq!(outside(&route, &[]), 0..200, "without zones nothing is hidden");
    }

    #[test]
    fn a_zone_that_hides_everything_makes_a_hole_and_the_others_do_not() {
        let mut route = line(55.9, 200);
        route[100] = (f64::NAN, f64::NAN);
        let passed = PrivacyZone { everything: true, ..zone(55.91, 200.0) };
        let hole = seen(&timed(&route), std::slice::from_ref(&passed));
        assert_eq!(hole, (0..83).chain(118..200).collect::<Vec<_>>(), "200 m are 17.99 steps");
        assert_eq!(seen(&timed(&route), &[zone(55.9, 200.0), passed]), (18..83).chain(118..200).collect::<Vec<_>>());
    }

    #[test]
    fn a_stop_at_home_is_an_end_and_a_beginning() {
        // Past the front door, a kilometre on either side of it.
        let door = 100;
        let route = line(55.891, 201);
        let zones = [zone(route[door].0, 500.0)];
        // How many points others see, and how many of them lie in the zone.
        let count = |change: Change| {
            let mut points = timed(&route);
            change(&mut points);
            let seen = seen(&points, &zones);
            (seen.len(), seen.iter().filter(|&&i| zones[0].hides(points[i].latitude_deg, points[i].longitude_deg)).count())
        };
        let later = |points: &mut [TrackPoint], by: f64| points.iter_mut().for_each(|p| p.time_s += by);
        assert_eq!(count(&|_| {}), (201, 89), "it only passes");
        assert_eq!(count(&|p| later(&mut p[door..], 60.0)), (201, 89), "a minute for the lights");
        let stops: [(&str, Change); 9] = [
            ("a break of an hour", &|p| later(&mut p[door..], 3600.0)),
            ("a clock that is set back", &|p| later(&mut p[door..], -3600.0)),
            ("a clock that is set back a little", &|p| later(&mut p[door..], -10.0)),
            ("no times at all", &|p| p.iter_mut().for_each(|p| p.time_s = f64::NAN)),
            ("one time for all", &|p| p.iter_mut().for_each(|p| p.time_s = 7.0)),
            ("no time at the door", &|p| p[door].time_s = f64::NAN),
            ("a quarter of an hour at the door, with the watch running", &|p| {
                let at = p[door];
                later(&mut p[door..], 900.0);
                p.splice(door..door, (0..225).map(|i| TrackPoint { time_s: at.time_s + f64::from(i) * 4.0, ..at }));
            }),
            ("a jump to the door", &|p| p[..door].iter_mut().for_each(|p| p.latitude_deg -= 0.1)),
            ("no position for five minutes at the door", &|p| {
                later(&mut p[door..], 300.0);
                p[door - 10..door + 10].iter_mut().for_each(|p| p.latitude_deg = f64::NAN);
            }),
        ];
        for (what, change) in stops {
            let (all, at_home) = count(change);
            assert!(all >= 112 && at_home == 0, "{what}: {all} points, {at_home} of them at home");
        }
    }

    #[test]
    fn a_route_begins_where_its_positions_agree() {
        let mut route = line(55.9, 50);
        assert_eq!(start(&timed(&route)), Some(route[0]));
        let home = route[3];
        route[0] = (0.0, 0.0);
        route[1] = (0.0, 0.0);
        route[2] = (f64::NAN, 3.2);
        assert_eq!(start(&timed(&route)), Some(home));
        assert_eq!(start(&timed(&[(f64::NAN, 3.2)])), None);
        assert_eq!(start(&timed(&route[3..5])), Some(home), "few are better than none");
    }
}
