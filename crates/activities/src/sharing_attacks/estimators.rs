//! What somebody may compute from where shared runs begin and end.

use recordings::Recording;

use super::runs::{DOOR, Place};

/// Where a shared run begins or ends, and the unit vector along which it goes on from there.
pub(super) struct End {
    pub at: Place,
    along: Place,
}

pub(super) fn ends(shared: &Recording) -> [End; 2] {
    let s = &shared.samples;
    let place = |i: usize| {
        let (lat, lon) = (s.latitude_deg[i], s.longitude_deg[i]);
        ((lat - DOOR.0) * 111_195.0, (lon - DOOR.1) * 111_195.0 * DOOR.0.to_radians().cos())
    };
    let end = |i: usize, inner: usize| {
        let (at, to) = (place(i), place(inner));
        let far = (to.0 - at.0).hypot(to.1 - at.1);
        End { at, along: ((to.0 - at.0) / far, (to.1 - at.1) / far) }
    };
    let last = s.len() - 1;
    [end(0, 2), end(last, last - 2)]
}

/// Weighted solution of the two equations that many lines give: normal (a, b) and offset c each.
fn solve(lines: impl Iterator<Item = (f64, f64, f64, f64)>) -> Place {
    let (mut aa, mut ab, mut bb, mut ac, mut bc) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (a, b, c, weight) in lines {
        aa += weight * a * a;
        ab += weight * a * b;
        bb += weight * b * b;
        ac += weight * a * c;
        bc += weight * b * c;
    }
    let det = aa * bb - ab * ab;
    ((ac * bb - bc * ab) / det, (bc * aa - ac * ab) / det)
}

pub(super) fn mean(places: &[Place]) -> Place {
    let n = places.len() as f64;
    (places.iter().map(|p| p.0).sum::<f64>() / n, places.iter().map(|p| p.1).sum::<f64>() / n)
}

pub(super) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The algebraic circle (Kåsa): linear in the middle once the mean is taken away.
pub(super) fn circle(places: &[Place]) -> Place {
    let m = mean(places);
    let square = |p: &Place| (p.0 - m.0).powi(2) + (p.1 - m.1).powi(2);
    let half = places.iter().map(square).sum::<f64>() / places.len() as f64;
    let found = solve(places.iter().map(|p| (p.0 - m.0, p.1 - m.1, (square(p) - half) / 2.0, 1.0)));
    (m.0 + found.0, m.1 + found.1)
}

/// The geometric circle by Gauss and Newton; `robust` weighs points by their distance from it (Huber, ten metres).
pub(super) fn geometric_circle(places: &[Place], robust: bool) -> Place {
    let mut middle = circle(places);
    for _ in 0..30 {
        let far = |p: &Place| (p.0 - middle.0).hypot(p.1 - middle.1);
        let radius = if robust { median(places.iter().map(far).collect()) } else { places.iter().map(far).sum::<f64>() / places.len() as f64 };
        let step = solve(places.iter().map(|p| {
            let (d, off) = (far(p), far(p) - radius);
            let weight = if robust { (10.0 / off.abs().max(1e-9)).min(1.0) } else { 1.0 };
            ((p.0 - middle.0) / d, (p.1 - middle.1) / d, off, weight)
        }));
        middle = (middle.0 + step.0, middle.1 + step.1);
    }
    middle
}

/// Where the ways meet when they are drawn on backwards; `robust` makes the sum of distances least, not that of their squares.
pub(super) fn rays(ends: &[End], robust: bool) -> Place {
    let line = |e: &End| (-e.along.1, e.along.0, -e.along.1 * e.at.0 + e.along.0 * e.at.1);
    let mut found = solve(ends.iter().map(|e| (line(e).0, line(e).1, line(e).2, 1.0)));
    for _ in 0..if robust { 50 } else { 0 } {
        let before = found;
        found = solve(ends.iter().map(|e| {
            let (a, b, c) = line(e);
            (a, b, c, 1.0 / (a * before.0 + b * before.1 - c).abs().max(1.0))
        }));
    }
    found
}

/// With as many of the ends on either side, to the north and to the east.
pub(super) fn median_of_each(places: &[Place]) -> Place {
    (median(places.iter().map(|p| p.0).collect()), median(places.iter().map(|p| p.1).collect()))
}

/// From which the sum of the distances to all ends is least (Weiszfeld): there the directions to the ends cancel out, and how far away each
/// of them is makes no difference.
pub(super) fn geometric_median(places: &[Place]) -> Place {
    let mut found = mean(places);
    for _ in 0..100 {
        let (mut north, mut east, mut sum) = (0.0, 0.0, 0.0);
        for p in places {
            let weight = 1.0 / (p.0 - found.0).hypot(p.1 - found.1).max(1.0);
            north += weight * p.0;
            east += weight * p.1;
            sum += weight;
        }
        found = (north / sum, east / sum);
    }
    found
}

/// The mean lies half-way between the middle of what is hidden and the door, where runs go in all directions alike.
pub(super) fn twice_the_mean_less_the_circle(places: &[Place]) -> Place {
    let (mean, circle) = (mean(places), circle(places));
    (2.0 * mean.0 - circle.0, 2.0 * mean.1 - circle.1)
}
