//! The intervals of a session: its fast stretches, found from pace and heart rate.
//!
//! A session has two levels, work and recovery. Their speeds are the split of all speeds into two that explains the most variance (Otsu 1979); which
//! second belongs to which is the likeliest path between the two, where each change has a price (Viterbi 1967), so that neither a gust nor a bad
//! position makes an interval. What was found counts only if it looks like a session: work is faster than recovery by more than either varies, and
//! the heart follows it. An even run, a hilly one, one with crossings and one that gets faster have none.

use crate::Track;
use crate::intervals::union;

/// Seconds of a bin: what is decided at once.
const BIN_S: f64 = 5.0;
/// A recording with more bins than a day has is no session.
const MOST_BINS: usize = 17_280;
/// How much faster work must be than recovery.
const FASTER: f64 = 1.12;
/// How far apart the levels must be, in standard deviations of the bins within them.
const APART: f64 = 2.2;
/// What a change between the levels costs, in units of log-likelihood: an interval of four bins at two and a half standard deviations is worth it.
const CHANGE: f64 = 6.0;
/// The least standard deviation within a level, as a share of the fast one: speeds from positions are no better.
const LEAST_SD: f64 = 0.04;
/// The shortest interval and the shortest recovery, in seconds.
const SHORTEST_S: f64 = 15.0;
const SHORTEST_REST_S: f64 = 10.0;
/// One interval alone is one if it lasts so long, and so much slower running is before it and after it, in seconds.
const ALONE_S: f64 = 300.0;
const AROUND_ALONE_S: f64 = 60.0;
/// Work is at most this share of the moving time: more is a run with breaks.
const MOST_WORK: f64 = 0.85;
/// The longest interval is at most so many times the shortest: a pyramid from one minute to five is a session, twenty minutes and half a minute are hills.
const MOST_UNEVEN: f64 = 6.0;
/// How far the heart rises from the end of a recovery to the end of an interval, on average, in beats per minute.
const RISE_BPM: f64 = 3.0;
/// Intervals shorter than this say nothing about the heart, which follows late.
const HEARD_S: f64 = 40.0;
/// The most intervals of a session.
pub const MOST: usize = 100;

/// The intervals of a track on foot, each from and to in seconds from the start, in order; none if it is no session.
#[must_use]
pub fn repeats(track: &Track) -> Vec<(f64, f64)> {
    let Some(speed) = Bins::of_speed(track) else { return Vec::new() };
    let Some(levels) = Levels::of(&speed.moving()) else { return Vec::new() };
    let found = levels.path(&speed.mean);
    let found: Vec<(f64, f64)> =
        bouts(&found).into_iter().map(|(from, to)| (speed.edge(from, true, levels), speed.edge(to, false, levels))).collect();
    let found = without_the_short(&found);
    if is_session(track, &speed, &found) { found } else { Vec::new() }
}

/// Mean speed of each five seconds of a recording.
struct Bins {
    /// Metres of equal effort on the flat until each second.
    until_m: Vec<f64>,
    /// Moving seconds until each second.
    moving_s: Vec<f64>,
    /// Graded metres per second of each bin, standing included.
    mean: Vec<f64>,
}

impl Bins {
    fn of_speed(track: &Track) -> Option<Self> {
        let time = &track.samples.time_s;
        let (first, last) = (*time.first()?, *time.last()?);
        let seconds = (last - first).floor();
        if track.distance_m.is_empty() || seconds < 3.0 * BIN_S || seconds > MOST_BINS as f64 * BIN_S {
            return None;
        }
        let seconds = seconds as usize;
        let (mut until_m, mut moving_s) = (vec![0.0], vec![0.0]);
        let (mut metres, mut moved, mut step) = (0.0, 0.0, 0);
        for second in 1..=seconds {
            let until = first + second as f64;
            while step < track.moving_s.len() && time[step + 1] <= until {
                if track.moving_s[step] > 0.0 {
                    metres += track.graded_m[step];
                    moved += track.moving_s[step];
                }
                step += 1;
            }
            // Of a step that lasts longer, its part until here.
            let part = track.moving_s.get(step).map_or(0.0, |_| (until - time[step]) / (time[step + 1] - time[step]));
            let of = |whole: f64| if part.is_finite() && track.moving_s.get(step).is_some_and(|s| *s > 0.0) { whole * part } else { 0.0 };
            until_m.push(metres + of(track.graded_m.get(step).copied().unwrap_or_default()));
            moving_s.push(moved + of(track.moving_s.get(step).copied().unwrap_or_default()));
        }
        let width = BIN_S as usize;
        let mean = until_m.iter().step_by(width).zip(until_m.iter().skip(width).step_by(width)).map(|(a, b)| (b - a) / BIN_S).collect();
        Some(Self { until_m, moving_s, mean })
    }

    /// The speeds of the bins that move throughout.
    fn moving(&self) -> Vec<f64> {
        let width = BIN_S as usize;
        let moved = self.moving_s.iter().step_by(width).zip(self.moving_s.iter().skip(width).step_by(width)).map(|(a, b)| b - a);
        self.mean.iter().zip(moved).filter(|(_, moved)| *moved >= BIN_S - 1.0).map(|(mean, _)| *mean).collect()
    }

    /// The second within two bins of a change at which the two sides fit the levels best.
    fn edge(&self, bin: usize, rises: bool, levels: Levels) -> f64 {
        let around = 2 * BIN_S as usize;
        let at = bin * BIN_S as usize;
        let last = self.until_m.len() - 1;
        let (low, high) = (at.saturating_sub(around), (at + around).min(last));
        // Each second is either nearer to work or to recovery; the best change leaves the fewest on the wrong side, by how wrong they are.
        let excess = |second: usize| self.until_m[second + 1] - self.until_m[second] - f64::midpoint(levels.slow, levels.fast);
        let mut cost: f64 = (low..high).map(|s| if rises { (-excess(s)).max(0.0) } else { excess(s).max(0.0) }).sum();
        let (mut best, mut least) = (low, cost);
        for second in low..high {
            cost += if rises { excess(second) } else { -excess(second) };
            if cost < least - 1e-12 {
                (best, least) = (second + 1, cost);
            }
        }
        best as f64
    }

    /// Mean graded speed between two seconds.
    fn speed(&self, from_s: f64, to_s: f64) -> f64 {
        let at = |s: f64| (s.max(0.0) as usize).min(self.until_m.len() - 1);
        (self.until_m[at(to_s)] - self.until_m[at(from_s)]) / (to_s - from_s)
    }

    /// The same of the moving seconds; `None` if it stands.
    fn moving_speed(&self, from_s: f64, to_s: f64) -> Option<f64> {
        let at = |s: f64| (s.max(0.0) as usize).min(self.until_m.len() - 1);
        let moved = self.moving_s[at(to_s)] - self.moving_s[at(from_s)];
        (moved >= BIN_S).then(|| (self.until_m[at(to_s)] - self.until_m[at(from_s)]) / moved)
    }
}

/// The two levels of a session, in m/s, and how much the bins within them vary.
#[derive(Debug, Clone, Copy)]
struct Levels {
    slow: f64,
    fast: f64,
    sd: f64,
}

impl Levels {
    /// Otsu's split of the moving bins; `None` if the levels are not apart.
    fn of(moving: &[f64]) -> Option<Self> {
        let mut sorted = moving.to_vec();
        sorted.sort_by(f64::total_cmp);
        let n = sorted.len() as f64;
        let total: f64 = sorted.iter().sum();
        let mut below = 0.0;
        let mut best = (0.0, 0.0, 0.0);
        for (i, v) in sorted.iter().enumerate().take(sorted.len().saturating_sub(1)) {
            below += v;
            let (few, many) = (i as f64 + 1.0, n - i as f64 - 1.0);
            let (slow, fast) = (below / few, (total - below) / many);
            let between = few * many * (fast - slow).powi(2);
            if between > best.0 {
                best = (between, slow, fast);
            }
        }
        let (_, slow, fast) = best;
        let of = |v: f64| if (v - slow).abs() < (v - fast).abs() { slow } else { fast };
        let sd = (sorted.iter().map(|v| (v - of(*v)).powi(2)).sum::<f64>() / n.max(1.0)).sqrt().max(LEAST_SD * fast);
        (slow > 0.0 && fast >= FASTER * slow && fast - slow >= APART * sd).then_some(Self { slow, fast, sd })
    }

    /// Which bins are work, on the likeliest path. Faster than work is work, and slower than recovery, or standing, is recovery.
    fn path(self, mean: &[f64]) -> Vec<bool> {
        let cost = |v: f64, level: f64| (v.clamp(self.slow, self.fast) - level).powi(2) / (2.0 * self.sd * self.sd);
        // The cheapest path to each level, and whether it came from the other one.
        let (mut slow, mut fast) = (0.0, CHANGE);
        let mut came: Vec<(bool, bool)> = Vec::with_capacity(mean.len());
        for v in mean {
            let (to_slow, to_fast) = (fast + CHANGE < slow, slow + CHANGE < fast);
            let next = (slow.min(fast + CHANGE) + cost(*v, self.slow), fast.min(slow + CHANGE) + cost(*v, self.fast));
            came.push((to_slow, to_fast));
            (slow, fast) = next;
        }
        let mut work = fast < slow;
        let mut path = vec![false; mean.len()];
        for (bin, (to_slow, to_fast)) in came.iter().enumerate().rev() {
            path[bin] = work;
            work = if work { !*to_fast } else { *to_slow };
        }
        path
    }
}

/// The runs of work, as the bins where they begin and end.
fn bouts(path: &[bool]) -> Vec<(usize, usize)> {
    let mut out: Vec<(usize, usize)> = Vec::new();
    for (bin, _) in path.iter().enumerate().filter(|(_, work)| **work) {
        match out.last_mut() {
            Some(last) if last.1 == bin => last.1 = bin + 1,
            _ => out.push((bin, bin + 1)),
        }
    }
    out
}

/// Without recoveries and then without intervals that are too short to be meant.
fn without_the_short(found: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let joined = union(found.iter().map(|(from, to)| (*from, to + SHORTEST_REST_S)));
    joined.into_iter().map(|(from, to)| (from, to - SHORTEST_REST_S)).filter(|(from, to)| to - from >= SHORTEST_S).collect()
}

/// Whether what was found is a session, and not the ups and downs of a run.
fn is_session(track: &Track, bins: &Bins, found: &[(f64, f64)]) -> bool {
    let end = bins.until_m.len() as f64 - 1.0;
    let worked: f64 = found.iter().map(|(from, to)| to - from).sum();
    let moved = bins.moving_s.last().copied().unwrap_or_default();
    if found.is_empty() || found.len() > MOST || worked > MOST_WORK * moved {
        return false;
    }
    let lasting = |pick: fn(f64, f64) -> f64, start: f64| found.iter().map(|(from, to)| to - from).fold(start, pick);
    if lasting(f64::max, 0.0) > MOST_UNEVEN * lasting(f64::min, f64::INFINITY) {
        return false;
    }
    if let [(from, to)] = found
        && (to - from < ALONE_S || *from < AROUND_ALONE_S || end - to < AROUND_ALONE_S)
    {
        return false;
    }
    // Each is faster than the running around it. Who stands between them recovers, too.
    let before = |k: usize| (if k == 0 { 0.0 } else { found[k - 1].1 }, found[k].0);
    let after = |k: usize| (found[k].1, found.get(k + 1).map_or(end, |next| next.0));
    let faster = |k: usize, (from, to): (f64, f64)| {
        to - from < BIN_S || bins.moving_speed(from, to).is_none_or(|around| bins.speed(found[k].0, found[k].1) >= FASTER * around)
    };
    (0..found.len()).all(|k| faster(k, before(k)) && faster(k, after(k))) && heart_follows(track, found)
}

/// Whether the heart rises with the intervals, on average; without a heart rate, or with short ones alone, nothing speaks against it.
fn heart_follows(track: &Track, found: &[(f64, f64)]) -> bool {
    const AT_THE_END_S: f64 = 15.0;
    let time = &track.samples.time_s;
    let first = time.first().copied().unwrap_or_default();
    let mean = |from: f64, to: f64| {
        let range = time.partition_point(|t| *t < first + from)..time.partition_point(|t| *t <= first + to);
        let (n, sum) = track.samples.heart_rate_bpm[range].iter().filter(|h| h.is_finite()).fold((0.0, 0.0), |(n, sum), h| (n + 1.0, sum + h));
        (n > 0.0).then(|| sum / n)
    };
    let rises: Vec<f64> = found
        .iter()
        .filter(|(from, to)| to - from >= HEARD_S && *from > AT_THE_END_S)
        .filter_map(|(from, to)| Some(mean(to - AT_THE_END_S, *to)? - mean(from - AT_THE_END_S, *from)?))
        .collect();
    rises.is_empty() || rises.iter().sum::<f64>() / rises.len() as f64 >= RISE_BPM
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use recordings::{Recording, Samples, Sport};

    use super::*;
    use crate::grade::Model;

    /// A run second by second: its speed with the noise of a watch, and a heart that follows it with half a minute's delay.
    fn run(parts: &[(f64, usize)], noise: f64, seed: u64) -> Track {
        let mut samples = Samples::default();
        let (mut d, mut hr, mut i, mut state, mut wander) = (0.0, 120.0, 0, seed, 0.0);
        for (speed, seconds) in parts {
            for _ in 0..*seconds {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let uniform = (state >> 11) as f64 / (1u64 << 53) as f64 - 0.5;
                wander = 0.9 * wander + uniform;
                samples.push(f64::from(i));
                samples.distance_m[i as usize] = d;
                samples.heart_rate_bpm[i as usize] = hr;
                d += if *speed > 0.0 { (speed + noise * wander).max(0.3) } else { 0.0 };
                hr += (90.0 + 20.0 * speed - hr) / 30.0;
                i += 1;
            }
        }
        let recording = Recording { sport: Sport::Running, started_at_ms: Some(0), samples, ..Recording::default() };
        crate::track(&recording, Model::HeartRate).expect("times")
    }

    fn session(n: usize, work: (f64, usize), rest: (f64, usize)) -> Vec<(f64, usize)> {
        let mut parts = vec![(2.8, 900)];
        for k in 0..n {
            parts.push(work);
            if k + 1 < n {
                parts.push(rest);
            }
        }
        parts.push((2.6, 600));
        parts
    }

    #[test]
    fn sessions_are_found_to_a_few_seconds() {
        for (n, work, rest) in [
            (6, (4.3, 200), (2.4, 120)),
            (12, (5.2, 75), (2.2, 75)),
            (4, (4.0, 480), (2.9, 180)),
            (5, (4.4, 230), (0.0, 90)),
            (8, (5.8, 20), (2.6, 60)),
        ] {
            let found = repeats(&run(&session(n, work, rest), 0.15, 7));
            assert_eq!(found.len(), n, "{work:?} {rest:?}: {found:?}");
            for (k, (from, to)) in found.iter().enumerate() {
                let start = 900.0 + (k * (work.1 + rest.1)) as f64;
                assert!((from - start).abs() <= 4.0 && (to - start - work.1 as f64).abs() <= 4.0, "{k}: {from} to {to}, {start}");
            }
        }
    }

    #[test]
    fn one_long_block_is_an_interval_and_a_fast_finish_is_none() {
        let tempo = repeats(&run(&[(2.8, 900), (3.8, 1500), (2.7, 600)], 0.15, 3));
        assert!(matches!(tempo[..], [(from, to)] if (from - 900.0).abs() <= 4.0 && (to - 2400.0).abs() <= 4.0), "{tempo:?}");
        assert!(repeats(&run(&[(2.8, 2400), (3.8, 600)], 0.15, 3)).is_empty());
    }

    #[test]
    fn what_is_no_session_has_none() {
        let even = [(3.0, 3600)];
        let crossings: Vec<(f64, usize)> = (0..12).flat_map(|k| [(3.0, 200 + 37 * (k % 5)), (0.0, 25)]).collect();
        let faster: Vec<(f64, usize)> = (0..60).map(|k| (2.6 + 0.02 * f64::from(k), 60)).collect();
        let walks: Vec<(f64, usize)> = (0..6).flat_map(|_| [(2.8, 570), (1.4, 30)]).collect();
        let uneven = [(2.8, 600), (3.8, 1200), (2.7, 200), (3.8, 60), (2.6, 300), (3.7, 25), (2.8, 600)];
        for (name, parts) in [("even", &even[..]), ("crossings", &crossings), ("faster", &faster), ("walks", &walks), ("uneven", &uneven)] {
            for seed in 0..5 {
                let found = repeats(&run(parts, 0.2, seed));
                assert!(found.is_empty(), "{name}: {found:?}");
            }
        }
    }

    #[test]
    fn a_heart_that_does_not_follow_speaks_against_it() {
        let mut track = run(&session(6, (4.3, 200), (2.4, 120)), 0.15, 7);
        assert_eq!(repeats(&track).len(), 6);
        for hr in &mut track.samples.heart_rate_bpm {
            *hr = 140.0;
        }
        assert!(repeats(&track).is_empty(), "the speed alone is the watch's");
        for hr in &mut track.samples.heart_rate_bpm {
            *hr = f64::NAN;
        }
        assert_eq!(repeats(&track).len(), 6, "nothing is known of the heart");
    }

    proptest! {
        #[test]
        fn intervals_are_in_order_and_within_the_run(parts in prop::collection::vec((0.0..7.0f64, 1..400usize), 1..20), seed in 0..9u64) {
            let track = run(&parts, 0.3, seed);
            let end = *track.samples.time_s.last().expect("seconds");
            let found = repeats(&track);
            prop_assert!(found.len() <= MOST);
            prop_assert!(found.iter().all(|(from, to)| *from >= 0.0 && from + SHORTEST_S <= *to && *to <= end));
            prop_assert!(found.windows(2).all(|w| w[0].1 + SHORTEST_REST_S <= w[1].0), "{:?}", found);
        }
    }
}
