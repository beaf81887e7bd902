//! The same activity from two devices or services: recognised by time and shape, and merged with the better of each stream.

use crate::{Recording, Samples, Sport, bounds};

/// Minimum time overlap, as a share of the shorter recording.
const OVERLAP: f64 = 0.7;
/// Maximum mean distance of simultaneous positions, in metres: two watches and a clock that is off by some seconds.
const APART_M: f64 = 60.0;
/// Without positions, total distances may differ by this share.
const DISTANCE_SHARE: f64 = 0.05;
/// A value is taken from a sample at most this far away, in seconds.
const NEAR_S: f64 = 5.0;

/// Whether two recordings are of the same activity: the same kind of sport, most of their time in common, and the same shape: the
/// route, or if one has no positions, the distance covered.
#[must_use]
pub fn same_activity(a: &Recording, b: &Recording) -> bool {
    let same_sport = a.sport == b.sport || a.sport == Sport::Other || b.sport == Sport::Other;
    let (Some((from_a, to_a)), Some((from_b, to_b))) = (span_ms(a), span_ms(b)) else { return false };
    let common = to_a.min(to_b).saturating_sub(from_a.max(from_b)) as f64;
    let (long_a, long_b) = (to_a.saturating_sub(from_a), to_b.saturating_sub(from_b));
    let (shorter, longer) = (long_a.min(long_b) as f64, long_a.max(long_b) as f64);
    if !same_sport || shorter <= 0.0 || common < OVERLAP * shorter || shorter < 0.5 * longer {
        return false;
    }
    match apart_m(a, b) {
        Some(metres) => metres <= APART_M,
        None => match (distance_m(a), distance_m(b)) {
            (Some(x), Some(y)) => (x - y).abs() <= DISTANCE_SHARE * x.max(y),
            // Only time to compare: then nearly all of it must agree.
            _ => common >= 0.95 * longer,
        },
    }
}

/// From the first sample to the last, in milliseconds since 1970.
fn span_ms(r: &Recording) -> Option<(i64, i64)> {
    let start = r.started_at_ms?;
    let last = r.samples.time_s.iter().copied().filter(|t| t.is_finite()).fold(f64::NAN, f64::max);
    let seconds = if last.is_finite() { last } else { r.totals.elapsed_s? };
    Some((start, start.saturating_add((seconds * 1000.0) as i64)))
}

fn distance_m(r: &Recording) -> Option<f64> {
    let counted = r.samples.distance_m.iter().rev().copied().find(|d| d.is_finite());
    counted.or(r.totals.distance_m).filter(|d| *d > 0.0)
}

/// Mean distance of simultaneous positions; `None` if they have too few in common.
fn apart_m(a: &Recording, b: &Recording) -> Option<f64> {
    let shift = shift_s(a, b)?;
    let near = Nearest::new(&b.samples, |s, i| s.latitude_deg[i].is_finite() && s.longitude_deg[i].is_finite());
    let placed = |i: usize| a.samples.latitude_deg[i].is_finite() && a.samples.longitude_deg[i].is_finite();
    let every = (a.samples.len() / 400).max(1);
    let (mut sum, mut n) = (0.0, 0);
    for i in (0..a.samples.len()).step_by(every).filter(|&i| placed(i)) {
        if let Some(k) = near.at(a.samples.time_s[i] + shift) {
            sum += metres(&a.samples, i, &b.samples, k);
            n += 1;
        }
    }
    (n >= 20).then(|| sum / f64::from(n))
}

/// Seconds to add to a time of `a` to get the time of `b` at the same moment.
fn shift_s(a: &Recording, b: &Recording) -> Option<f64> {
    Some(a.started_at_ms?.saturating_sub(b.started_at_ms?) as f64 / 1000.0)
}

/// Equirectangular: exact enough for two watches on one arm.
fn metres(a: &Samples, i: usize, b: &Samples, k: usize) -> f64 {
    const METRES_A_DEGREE: f64 = 111_195.0;
    let north = a.latitude_deg[i] - b.latitude_deg[k];
    let east = (a.longitude_deg[i] - b.longitude_deg[k]) * a.latitude_deg[i].to_radians().cos();
    north.hypot(east) * METRES_A_DEGREE
}

/// Finds the sample nearest to a time among those that have the requested value.
struct Nearest {
    /// Time and index, ascending.
    moments: Vec<(f64, usize)>,
}

impl Nearest {
    fn new(samples: &Samples, holds: impl Fn(&Samples, usize) -> bool) -> Self {
        let mut moments: Vec<(f64, usize)> =
            (0..samples.len()).filter(|&i| samples.time_s[i].is_finite() && holds(samples, i)).map(|i| (samples.time_s[i], i)).collect();
        moments.sort_by(|a, b| a.0.total_cmp(&b.0));
        Self { moments }
    }

    fn at(&self, time_s: f64) -> Option<usize> {
        let k = self.moments.partition_point(|m| m.0 < time_s);
        let around = [k.checked_sub(1), Some(k)].into_iter().flatten().filter_map(|k| self.moments.get(k));
        let (time, index) = around.min_by(|a, b| (a.0 - time_s).abs().total_cmp(&(b.0 - time_s).abs()))?;
        ((time - time_s).abs() <= NEAR_S).then_some(*index)
    }
}

/// One recording from two of the same activity. The time base is that of the one with more moving samples; each stream is taken from
/// the one that has more of it, a tie staying with the base; gaps that the other one can fill are filled. Nothing is averaged, so every
/// value is one that a device recorded.
#[must_use]
pub fn merge(a: &Recording, b: &Recording) -> Recording {
    let (base, other) = if weight(b) > weight(a) { (b, a) } else { (a, b) };
    let Some(shift) = shift_s(base, other) else { return base.clone() };
    let mut out = base.clone();
    let near = Nearest::new(&other.samples, |_, _| true);
    let partners: Vec<Option<usize>> = base.samples.time_s.iter().map(|t| near.at(t + shift)).collect();
    // Positions are taken in pairs: latitude of one watch and longitude of another would be a third location.
    let places = |s: &Samples| s.latitude_deg.iter().zip(&s.longitude_deg).filter(|(a, b)| a.is_finite() && b.is_finite()).count();
    let share = |count: usize, s: &Samples| count as f64 / s.len().max(1) as f64;
    let position_from_other = share(places(&other.samples), &other.samples) > share(places(&base.samples), &base.samples) + 0.05;
    let from = other.samples.columns();
    for (k, column) in out.samples.columns_mut().into_iter().enumerate() {
        let known = |c: &[f64]| c.iter().filter(|v| v.is_finite()).count();
        match k {
            0 => {}
            1 | 2 => replace(column, from[k], &partners, position_from_other),
            // Distance and altitude are cumulative: two devices' values must not alternate, so all come from one of them.
            3 | 4 => {
                if share(known(from[k]), &other.samples) > share(known(column), &base.samples) + 0.05 {
                    *column = partners.iter().map(|p| p.map_or(f64::NAN, |i| from[k][i])).collect();
                }
            }
            _ => {
                let better = share(known(from[k]), &other.samples) > share(known(column), &base.samples) + 0.05;
                replace(column, from[k], &partners, better);
            }
        }
    }
    for stream in &other.samples.extra {
        let columns = out.samples.extra.len() + 1;
        let fits = columns <= bounds::EXTRA && columns * out.samples.len() <= bounds::CELLS;
        if fits && !out.samples.extra.iter().any(|s| s.name == stream.name) {
            let values = partners.iter().map(|p| p.map_or(f64::NAN, |i| stream.values[i])).collect();
            out.samples.extra.push(crate::Stream { name: stream.name.clone(), unit: stream.unit.clone(), values });
        }
    }
    head(&mut out, other, shift);
    out
}

/// Fills gaps from the partners; with `better`, the partner's value is preferred and the own one fills gaps.
fn replace(column: &mut [f64], from: &[f64], partners: &[Option<usize>], better: bool) {
    for (value, partner) in column.iter_mut().zip(partners) {
        let theirs = partner.map_or(f64::NAN, |i| from[i]);
        if value.is_nan() || (better && theirs.is_finite()) {
            *value = theirs;
        }
    }
}

fn head(out: &mut Recording, other: &Recording, shift: f64) {
    if out.sport == Sport::Other {
        out.sport = other.sport;
    }
    out.sub_sport = out.sub_sport.take().or_else(|| other.sub_sport.clone());
    out.title = out.title.take().or_else(|| other.title.clone());
    out.description = out.description.take().or_else(|| other.description.clone());
    out.gear = out.gear.take().or_else(|| other.gear.clone());
    out.utc_offset_s = out.utc_offset_s.or(other.utc_offset_s);
    for sensor in &other.sensors {
        if out.sensors.len() < bounds::SENSORS && !out.sensors.contains(sensor) {
            out.sensors.push(sensor.clone());
        }
    }
    if other.laps.len() > out.laps.len() {
        out.laps = other.laps.iter().map(|l| crate::Lap { start_s: l.start_s - shift, ..*l }).collect();
    }
    if out.pauses.is_empty() {
        out.pauses = other.pauses.iter().map(|p| crate::Pause { from_s: p.from_s - shift, to_s: p.to_s - shift }).collect();
    }
}

/// The amount of data in a recording: samples, counted once for each of the most important streams.
fn weight(r: &Recording) -> usize {
    let s = &r.samples;
    [&s.latitude_deg, &s.distance_m, &s.altitude_m, &s.heart_rate_bpm].into_iter().map(|c| c.iter().filter(|v| v.is_finite()).count()).sum::<usize>()
        + s.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn many_parts_become_no_more_than_one_recording_may_be() {
        let part = |n: u32| {
            let mut part = run(0, 60, 1, 0.0);
            let stream = |k: u32| crate::Stream { name: format!("{n}/{k}"), unit: String::new(), values: vec![1.0; part.samples.len()] };
            part.samples.extra = (0..24).map(stream).collect();
            part.sensors = (0..90).map(|k| crate::Sensor { serial: Some(n * 1000 + k), ..crate::Sensor::default() }).collect();
            part
        };
        let whole = (1..40).fold(part(0), |whole, n| merge(&whole, &part(n)));
        assert_eq!((whole.samples.extra.len(), whole.sensors.len()), (bounds::EXTRA, bounds::SENSORS));
        // Nor more values, however long they are.
        let long = |name: &str, columns: usize| {
            let stream = |k: usize| crate::Stream { name: format!("{name}/{k}"), unit: String::new(), values: Vec::new() };
            let mut part = run(0, bounds::CELLS / 24, 1, 0.0);
            part.samples.extra = (0..columns).map(stream).collect();
            part.samples.extra.iter_mut().for_each(|s| s.values.resize(part.samples.time_s.len(), 1.0));
            part
        };
        let whole = merge(&long("a", 20), &long("b", 8));
        assert_eq!(whole.samples.extra.len(), 24);
    }

    /// A run along a curve; `every` seconds per sample, `off_m` metres off the true route.
    fn run(start_s: i64, seconds: usize, every: usize, off_m: f64) -> Recording {
        let mut samples = Samples::default();
        for (i, second) in (0..seconds).step_by(every).enumerate() {
            let t = second as f64;
            samples.push(t);
            let along = t * 3.0 / 111_195.0;
            samples.latitude_deg[i] = 50.0 + along + off_m / 111_195.0;
            samples.longitude_deg[i] = 8.0 + 0.002 * (along * 500.0).sin();
            samples.distance_m[i] = t * 3.0;
        }
        Recording { sport: Sport::Running, started_at_ms: Some(1_700_000_000_000 + start_s * 1000), samples, ..Recording::default() }
    }

    #[test]
    fn two_watches_on_one_run_are_one_activity_and_two_runs_are_two() {
        let watch = run(0, 3600, 1, 0.0);
        assert!(same_activity(&watch, &run(4, 3590, 3, 8.0)));
        assert!(!same_activity(&watch, &run(4, 3590, 3, 900.0)), "another runner");
        assert!(!same_activity(&watch, &run(7200, 3600, 1, 0.0)), "later");
        assert!(!same_activity(&watch, &run(0, 900, 1, 0.0)), "a quarter of it");
        let mut ride = run(0, 3600, 1, 0.0);
        ride.sport = Sport::Cycling;
        assert!(!same_activity(&watch, &ride));
        let mut treadmill = run(2, 3600, 1, 0.0);
        treadmill.samples.latitude_deg.fill(f64::NAN);
        assert!(same_activity(&watch, &treadmill));
        treadmill.samples.distance_m.iter_mut().for_each(|d| *d *= 1.2);
        assert!(!same_activity(&watch, &treadmill));
    }

    #[test]
    fn the_better_of_each_stream_is_kept() {
        let mut watch = run(0, 600, 1, 0.0);
        watch.title = Some("Lunch run".into());
        let mut strap = run(3, 600, 2, 5.0);
        strap.samples.heart_rate_bpm.fill(150.0);
        strap.samples.latitude_deg.fill(f64::NAN);
        strap.samples.longitude_deg.fill(f64::NAN);
        for (a, b) in [(&watch, &strap), (&strap, &watch)] {
            let merged = merge(a, b);
            assert_eq!((merged.samples.len(), merged.title.as_deref()), (600, Some("Lunch run")));
            assert_eq!(merged.samples.latitude_deg, watch.samples.latitude_deg);
            assert_eq!(merged.samples.distance_m, watch.samples.distance_m);
            assert!(merged.samples.heart_rate_bpm.iter().filter(|h| h.is_finite()).count() > 590);
        }
    }

    proptest! {
        #[test]
        fn every_value_of_a_merge_was_recorded(gaps in prop::collection::vec(any::<bool>(), 60), hr in 60.0..180.0f64) {
            let (mut a, mut b) = (run(0, 60, 1, 0.0), run(1, 60, 1, 3.0));
            for (i, gap) in gaps.iter().enumerate() {
                a.samples.heart_rate_bpm[i] = if *gap { f64::NAN } else { hr };
                b.samples.heart_rate_bpm[i] = hr + 1.0;
            }
            let merged = merge(&a, &b);
            let recorded = [hr, hr + 1.0].map(f64::to_bits);
            prop_assert!(merged.samples.heart_rate_bpm.iter().all(|h| h.is_nan() || recorded.contains(&h.to_bits())));
            prop_assert_eq!(&merge(&a, &a).samples.distance_m, &a.samples.distance_m);
        }
    }
}
