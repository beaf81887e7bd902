//! What an attacker may compute from where shared runs begin and end.

use recordings::Recording;

use super::runs::{DOOR, Offset};

/// Where a shared run begins or ends, and the unit vector along which it continues from there.
pub(super) struct End {
    pub at: Offset,
    along: Offset,
}

pub(super) fn ends(shared: &Recording) -> [End; 2] {
    let s = &shared.samples;
    let offset = |i: usize| {
        let (lat, lon) = (s.latitude_deg[i], s.longitude_deg[i]);
        ((lat - DOOR.0) * 111_195.0, (lon - DOOR.1) * 111_195.0 * DOOR.0.to_radians().cos())
    };
    let end = |i: usize, inner: usize| {
        let (at, to) = (offset(i), offset(inner));
        let distance = (to.0 - at.0).hypot(to.1 - at.1);
        End { at, along: ((to.0 - at.0) / distance, (to.1 - at.1) / distance) }
    };
    let last = s.len() - 1;
    [end(0, 2), end(last, last - 2)]
}

/// Weighted least-squares intersection of many lines, each with normal (a, b) and offset c, and its weight.
fn solve(lines: impl Iterator<Item = (f64, f64, f64, f64)>) -> Offset {
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

pub(super) fn mean(points: &[Offset]) -> Offset {
    let n = points.len() as f64;
    (points.iter().map(|p| p.0).sum::<f64>() / n, points.iter().map(|p| p.1).sum::<f64>() / n)
}

pub(super) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The algebraic circle fit (Kåsa): linear in the centre once the mean is subtracted.
pub(super) fn circle(points: &[Offset]) -> Offset {
    let m = mean(points);
    let square = |p: &Offset| (p.0 - m.0).powi(2) + (p.1 - m.1).powi(2);
    let half = points.iter().map(square).sum::<f64>() / points.len() as f64;
    let found = solve(points.iter().map(|p| (p.0 - m.0, p.1 - m.1, (square(p) - half) / 2.0, 1.0)));
    (m.0 + found.0, m.1 + found.1)
}

/// The geometric circle fit (Gauss–Newton); `robust` weights points by their distance from it (Huber, ten metres).
pub(super) fn geometric_circle(points: &[Offset], robust: bool) -> Offset {
    let mut centre = circle(points);
    for _ in 0..30 {
        let distance = |p: &Offset| (p.0 - centre.0).hypot(p.1 - centre.1);
        let radius =
            if robust { median(points.iter().map(distance).collect()) } else { points.iter().map(distance).sum::<f64>() / points.len() as f64 };
        let step = solve(points.iter().map(|p| {
            let (d, off) = (distance(p), distance(p) - radius);
            let weight = if robust { (10.0 / off.abs().max(1e-9)).min(1.0) } else { 1.0 };
            ((p.0 - centre.0) / d, (p.1 - centre.1) / d, off, weight)
        }));
        centre = (centre.0 + step.0, centre.1 + step.1);
    }
    centre
}

/// Where the ends meet when they are extended backwards; `robust` minimises the sum of distances, not that of their squares.
pub(super) fn rays(ends: &[End], robust: bool) -> Offset {
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

/// The median to the north and to the east, each by itself.
pub(super) fn median_of_each(points: &[Offset]) -> Offset {
    (median(points.iter().map(|p| p.0).collect()), median(points.iter().map(|p| p.1).collect()))
}

/// The point with the least sum of distances to all ends (Weiszfeld): there the directions to the ends cancel out, and how far away each
/// of them is makes no difference.
pub(super) fn geometric_median(points: &[Offset]) -> Offset {
    let mut found = mean(points);
    for _ in 0..100 {
        let (mut north, mut east, mut sum) = (0.0, 0.0, 0.0);
        for p in points {
            let weight = 1.0 / (p.0 - found.0).hypot(p.1 - found.1).max(1.0);
            north += weight * p.0;
            east += weight * p.1;
            sum += weight;
        }
        found = (north / sum, east / sum);
    }
    found
}

/// The mean lies half-way between the centre of what is hidden and the front door, where runs go in all directions alike.
pub(super) fn twice_the_mean_less_the_circle(points: &[Offset]) -> Offset {
    let (mean, circle) = (mean(points), circle(points));
    (2.0 * mean.0 - circle.0, 2.0 * mean.1 - circle.1)
}
