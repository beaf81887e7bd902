//! Pool swims: the lengths give time and distance, records add what was measured in between.

use crate::{Length, Samples};

/// A first length may begin this long before the first record, in seconds.
pub(super) const EARLIER_S: f64 = 3600.0;
/// Starts and ends are whole seconds: lengths may overlap by this many without contradiction.
const ROUNDING_S: f64 = 2.0;
/// A record this close to the end of a length represents it, in seconds.
const NEAR_S: f64 = 1.5;

/// A length from its message; `start_s` in it is not set.
pub(super) struct RawLength {
    pub(super) start: Option<u32>,
    pub(super) end: Option<u32>,
    pub(super) length: Length,
}

/// The lengths inside a session, one after the other, their `start_s` in seconds since FIT's epoch. If the starts contradict the
/// durations the ends are used, and if all have the same time, as in rewritten files, only the durations, from `start` on.
pub(super) fn placed(raw: &[RawLength], start: Option<u32>, inside: impl Fn(Option<f64>) -> bool) -> Vec<Length> {
    let lengths: Vec<&RawLength> = raw.iter().filter(|l| inside(l.start.or(l.end).map(f64::from))).collect();
    let ascending = |of: fn(&RawLength) -> Option<u32>| lengths.iter().all(|l| of(l).is_some()) && lengths.windows(2).all(|w| of(w[1]) > of(w[0]));
    let follow = |w: &[&RawLength]| {
        let (a, b) = (w[0].start.unwrap_or(0), w[1].start.unwrap_or(0));
        f64::from(b) + ROUNDING_S >= f64::from(a) + w[0].length.elapsed_s
    };
    if ascending(|l| l.start) && lengths.windows(2).all(follow) {
        return lengths.iter().map(|l| Length { start_s: f64::from(l.start.unwrap_or(0)), ..l.length }).collect();
    }
    let by_ends = ascending(|l| l.end);
    let mut at = f64::from(start.or_else(|| lengths.iter().find_map(|l| l.start.or(l.end))).unwrap_or(0));
    lengths
        .iter()
        .map(|l| {
            let end = if by_ends { f64::from(l.end.unwrap_or(0)) } else { at + l.length.elapsed_s };
            let start_s = at.max(end - l.length.elapsed_s).min(end);
            at = end;
            Length { start_s, elapsed_s: end - start_s, ..l.length }
        })
        .collect()
}

/// Metres of a length: as set on the watch, else the distance divided by the lengths that were swum.
pub(super) fn length_m(configured: Option<f64>, distance_m: Option<f64>, lengths: &[Length]) -> Option<f64> {
    let swum = lengths.iter().filter(|l| l.active).count();
    configured.or_else(|| distance_m.filter(|d| *d > 0.0 && swum > 0).map(|d| d / swum as f64))
}

/// Adds time and distance of the lengths to the samples: a sample where the first begins and at both ends of a rest, stated or not, if no
/// record is near; and the distance at the end of each, if the records have none.
pub(super) fn fill(samples: &mut Samples, lengths: &[Length], pool_m: Option<f64>) {
    let Some(first) = lengths.first() else { return };
    let counted = samples.distance_m.iter().any(|d| d.is_finite());
    let mut metres = 0.0;
    let mut marks = vec![(first.start_s, 0.0)];
    let mut before = first.start_s;
    for length in lengths {
        let end = length.start_s + length.elapsed_s;
        if length.active && length.start_s - before > ROUNDING_S {
            marks.extend([(before, metres), (length.start_s, metres)]);
        }
        before = end;
        if length.active {
            metres += pool_m.unwrap_or(f64::NAN);
        } else {
            marks.push((length.start_s, metres));
        }
        if !counted || !length.active {
            marks.push((end, metres));
        }
    }
    marks.retain(|(at, _)| at.is_finite());
    let recorded = samples.len();
    // Both lists ascend, or nearly so: the nearest record is found by walking along.
    let mut near = 0;
    for (at, metres) in marks {
        while near + 1 < recorded && (samples.time_s[near + 1] - at).abs() <= (samples.time_s[near] - at).abs() {
            near += 1;
        }
        let added = samples.len().checked_sub(1).filter(|&k| k >= recorded && (samples.time_s[k] - at).abs() < 1e-9);
        if let Some(k) = added {
            samples.distance_m[k] = metres;
        } else if near < recorded && (samples.time_s[near] - at).abs() <= NEAR_S {
            if !counted {
                samples.distance_m[near] = metres;
            }
        } else {
            samples.push(at);
            let k = samples.len() - 1;
            samples.distance_m[k] = metres;
        }
    }
    if samples.len() > recorded {
        let mut order: Vec<usize> = (0..samples.len()).collect();
        order.sort_by(|a, b| samples.time_s[*a].total_cmp(&samples.time_s[*b]));
        *samples = samples.select(&order);
    }
}
