//! The numbers of a part of a run, chosen by distance or by time.
//!
//! They are those of the run, of its splits and of its laps: distance, times, graded pace and heart rate come from the same sums, efficiency and
//! decoupling from the same seconds. So the parts of a run add up to it, and the whole run as a part has its numbers.

use domain::activities::Stretch;

use crate::Track;
use crate::lag::low_pass;
use crate::seconds::{decoupling, normalised};
use crate::segment::{Sums, at, segment};

/// A run, prepared for any number of parts.
pub struct Stretches<'a> {
    track: &'a Track,
    sums: Sums,
    /// Heart rate times moving seconds, and these seconds, cumulative at each sample.
    moving_beats: Vec<f64>,
    moving_beat_s: Vec<f64>,
    /// One value per moving second; empty if it is not on foot.
    speed: Vec<f64>,
    followed: Vec<f64>,
    heart_rate: Vec<f64>,
}

impl<'a> Stretches<'a> {
    /// Of a track. Efficiency and decoupling are for sports on foot; `lag_s` is the heart-rate lag of the run (`Analysis::hr_lag`).
    #[must_use]
    pub fn new(track: &'a Track, on_foot: bool, lag_s: f64) -> Self {
        let (speed, heart_rate) = if on_foot { track.each_moving_second() } else { (Vec::new(), Vec::new()) };
        let (mut moving_beats, mut moving_beat_s) = (vec![0.0], vec![0.0]);
        for (i, dt) in track.moving_s.iter().enumerate() {
            let hr = track.samples.heart_rate_bpm[i + 1];
            let s = if hr.is_finite() { *dt } else { 0.0 };
            moving_beats.push(moving_beats[i] + if s > 0.0 { hr * s } else { 0.0 });
            moving_beat_s.push(moving_beat_s[i] + s);
        }
        Self { track, sums: Sums::new(track), moving_beats, moving_beat_s, followed: low_pass(&speed, lag_s), speed, heart_rate }
    }

    /// The part between two distances in metres from the start; `None` where no distance is known, or nothing lies between. A stop counts where
    /// the way goes on.
    #[must_use]
    pub fn between_distances(&self, from_m: f64, to_m: f64) -> Option<Stretch> {
        let (total, end) = (self.track.total_m()?, *self.track.samples.time_s.last()?);
        let (from, to) = (from_m.clamp(0.0, total), to_m.clamp(0.0, total));
        let reached = |metres: f64| if metres <= 0.0 { 0.0 } else { self.time_at(metres) };
        let end = if to >= total { end } else { reached(to) };
        // A counter may begin with some metres: they belong to the first part, as to the first split.
        (from < to).then(|| self.part(reached(from), end, Some((from, to)))).flatten()
    }

    /// The part between two times in seconds from the start of the run; `None` without times, or if nothing lies between.
    #[must_use]
    pub fn between_times(&self, from_s: f64, to_s: f64) -> Option<Stretch> {
        let ends = |from: f64, to: f64| {
            let at = |moment: f64| at(&self.track.samples.time_s, &self.track.distance_m, moment);
            (!self.track.distance_m.is_empty()).then(|| (at(from), at(to)))
        };
        let (from, to) = self.within(from_s, to_s)?;
        self.part(from, to, ends(from, to))
    }

    /// The two times, if both are known and something lies between.
    fn within(&self, from_s: f64, to_s: f64) -> Option<(f64, f64)> {
        let time = &self.track.samples.time_s;
        let (first, end) = (*time.first()?, *time.last()?);
        let (from, to) = (from_s.clamp(first, end), to_s.clamp(first, end));
        (from < to).then_some((from, to))
    }

    /// The part between two times, with the distances of its ends.
    fn part(&self, from_s: f64, to_s: f64, ends: Option<(f64, f64)>) -> Option<Stretch> {
        let (from, to) = self.within(from_s, to_s)?;
        let part = segment(self.track, &self.sums, from, to);
        let distance_m = ends.map(|(from, to)| (to - from).max(0.0));
        let profile = self.track.profile.as_ref().zip(ends);
        let seconds = self.seconds(from, to);
        let (beats, beat_s) = (self.sum(&self.moving_beats, from, to), self.sum(&self.moving_beat_s, from, to));
        let normal_mps = normalised(&self.speed[seconds.clone()]);
        Some(Stretch {
            from_s: from,
            to_s: to,
            from_m: ends.map(|e| e.0),
            distance_m,
            elapsed_s: to - from,
            moving_s: part.moving_s,
            pace_s_per_km: distance_m.filter(|m| *m > 0.0 && part.moving_s > 0.0).map(|m| part.moving_s / m * 1000.0),
            gap_s_per_km: part.gap_s_per_km,
            avg_hr_bpm: part.avg_hr_bpm,
            max_hr_bpm: part.max_hr_bpm,
            efficiency_factor: normal_mps.filter(|_| beat_s > 0.0).map(|v| v * 60.0 / (beats / beat_s)),
            elevation_gain_m: profile.map(|(p, (from, to))| p.climb(from, to)),
            elevation_loss_m: profile.map(|(p, (from, to))| p.descent(from, to)),
            decoupling_pct: decoupling(&self.followed[seconds.clone()], &self.heart_rate[seconds]),
            series: None,
        })
    }

    /// The moving seconds between two times, as indices into those of the run.
    fn seconds(&self, from: f64, to: f64) -> std::ops::Range<usize> {
        let time = &self.track.samples.time_s;
        let clock = |moment: f64| at(time, &self.sums.moving_s, moment);
        let first = (clock(from).ceil() as usize).min(self.speed.len());
        // A sum of seconds may end just below the whole number.
        first..((clock(to) + 1e-6).floor() as usize).clamp(first, self.speed.len())
    }

    fn sum(&self, column: &[f64], from: f64, to: f64) -> f64 {
        let time = &self.track.samples.time_s;
        at(time, column, to) - at(time, column, from)
    }

    /// When a distance was reached first.
    fn time_at(&self, metres: f64) -> f64 {
        let (distance, time) = (&self.track.distance_m, &self.track.samples.time_s);
        let k = distance.partition_point(|d| *d < metres).clamp(1, distance.len() - 1);
        let step = distance[k] - distance[k - 1];
        let share = if step > 0.0 { ((metres - distance[k - 1]) / step).clamp(0.0, 1.0) } else { 1.0 };
        time[k - 1] + share * (time[k] - time[k - 1])
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use recordings::{Recording, Samples, Sport};

    use super::*;
    use crate::{Analysis, Athlete, analyse};

    /// Rolling hills with a stop at a kilometre and one between, heart rate that drifts.
    fn analysed(seconds: usize, every: usize) -> Analysis {
        let mut samples = Samples::default();
        let mut d = 0.0;
        for i in 0..=seconds {
            if i % every == 0 {
                samples.push(i as f64);
                let k = samples.len() - 1;
                samples.distance_m[k] = d;
                samples.altitude_m[k] = 100.0 + 15.0 * (d / 300.0).sin();
                samples.heart_rate_bpm[k] = if i % 97 == 0 { f64::NAN } else { 140.0 + i as f64 / 200.0 + (i % 13) as f64 };
            }
            let stopped = (600..640).contains(&i) || (1000..1060).contains(&i);
            d += if stopped { 0.0 } else { 2.5 + 0.5 * (i as f64 / 120.0).sin() };
        }
        analyse(&Recording { sport: Sport::Running, started_at_ms: Some(0), samples, ..Recording::default() }, &Athlete::default())
    }

    fn stretches(a: &Analysis) -> Stretches<'_> {
        Stretches::new(&a.track, true, a.hr_lag.expect("a lag").tau_s)
    }

    #[track_caller]
    fn same(a: Option<f64>, b: Option<f64>) {
        assert!(a.zip(b).is_some_and(|(a, b)| (a - b).abs() < 1e-6 * b.abs().max(1.0)), "{a:?} {b:?}");
    }

    #[test]
    fn the_whole_run_has_its_own_numbers() {
        let a = analysed(3600, 1);
        let total = a.distance_m.expect("distance");
        let whole = stretches(&a).between_distances(0.0, total).expect("all of it");
        same(whole.distance_m, a.distance_m);
        same(Some(whole.moving_s), a.moving_s);
        same(Some(whole.elapsed_s), a.elapsed_s);
        same(whole.pace_s_per_km, a.avg_pace_s_per_km);
        same(whole.gap_s_per_km, a.gap_s_per_km);
        same(whole.avg_hr_bpm, a.avg_hr_bpm);
        same(whole.max_hr_bpm, a.max_hr_bpm);
        same(whole.efficiency_factor, a.efficiency_factor);
        same(whole.decoupling_pct, a.decoupling_pct);
        same(whole.elevation_gain_m, a.elevation_gain_m);
    }

    #[test]
    fn a_kilometre_has_the_numbers_of_its_split_and_a_time_those_of_its_lap() {
        for every in [1, 5] {
            let a = analysed(3600, every);
            let parts = stretches(&a);
            for (k, split) in a.splits.iter().enumerate() {
                let from = k as f64 * 1000.0;
                let part = parts.between_distances(from, from + split.distance_m).expect("a kilometre");
                same(part.distance_m, Some(split.distance_m));
                same(Some(part.moving_s), Some(split.moving_s));
                same(part.gap_s_per_km, split.gap_s_per_km);
                same(part.avg_hr_bpm, split.avg_hr_bpm);
                same(part.elevation_gain_m, split.elevation_gain_m);
            }
            let part = parts.between_times(600.0, 1500.0).expect("a quarter of an hour");
            let lap = segment(&a.track, &Sums::new(&a.track), 600.0, 1500.0);
            same(part.distance_m, lap.distance_m);
            same(part.avg_hr_bpm, lap.avg_hr_bpm);
            assert!((part.moving_s - 800.0).abs() < 25.0 && (part.elapsed_s - 900.0).abs() < 1e-9, "{part:?}");
        }
    }

    #[test]
    fn a_steady_part_has_the_numbers_that_were_made() {
        let mut samples = Samples::default();
        for i in 0..=3600_usize {
            samples.push(i as f64);
            samples.distance_m[i] = i as f64 * 3.0;
            // Flat, half a kilometre up at 6 %, and down again.
            let d = i as f64 * 3.0;
            samples.altitude_m[i] = 50.0 + 0.06 * (500.0 - (d - 5500.0).abs()).max(0.0);
            samples.heart_rate_bpm[i] = if i < 1200 { 150.0 } else { 157.5 };
        }
        let a = analyse(&Recording { sport: Sport::Running, started_at_ms: Some(0), samples, ..Recording::default() }, &Athlete::default());
        let parts = Stretches::new(&a.track, true, 30.0);
        // science.md: 150 and then 157.5 beats at one speed decouple by 4.762 %.
        let part = parts.between_times(0.0, 1600.0).expect("a part");
        assert!(part.decoupling_pct.is_some_and(|d| d > 2.0 && d < 4.762));
        let part = parts.between_times(300.0, 2100.0).expect("a part");
        same(part.pace_s_per_km, Some(1000.0 / 3.0));
        let flat = parts.between_distances(1000.0, 3000.0).expect("a part");
        assert!((flat.efficiency_factor.expect("heart rate") - 180.0 / 150.0).abs() < 1e-6);
        same(flat.from_m, Some(1000.0));
        let hill = parts.between_distances(5000.0, 6000.0).expect("the hill");
        assert!((hill.elevation_gain_m.expect("altitude") - 30.0).abs() < 2.0 && (hill.elevation_loss_m.expect("altitude") - 30.0).abs() < 2.0);
        assert!(Stretches::new(&a.track, false, 30.0).between_times(0.0, 600.0).is_some_and(|p| p.efficiency_factor.is_none()));
    }

    #[test]
    fn nothing_lies_between_what_is_not_there() {
        let a = analysed(1200, 1);
        let parts = stretches(&a);
        assert!(parts.between_distances(500.0, 500.0).is_none() && parts.between_times(900.0, 100.0).is_none());
        assert!(parts.between_distances(1e9, 2e9).is_none() && parts.between_times(f64::NAN, 10.0).is_none());
        let empty = analyse(&Recording { sport: Sport::Running, ..Recording::default() }, &Athlete::default());
        let parts = Stretches::new(&empty.track, true, 30.0);
        assert!(parts.between_distances(0.0, 1.0).is_none() && parts.between_times(0.0, 1.0).is_none());
    }

    proptest! {
        #[test]
        fn parts_add_up(cut in 0.01..0.99f64, every in 1..9_usize, by_time in any::<bool>()) {
            let a = analysed(1800, every);
            let (total, end) = (a.distance_m.expect("distance"), a.elapsed_s.expect("elapsed"));
            let parts = stretches(&a);
            let pair = if by_time {
                [parts.between_times(0.0, cut * end), parts.between_times(cut * end, end)]
            } else {
                [parts.between_distances(0.0, cut * total), parts.between_distances(cut * total, total)]
            };
            let [first, second] = pair.map(|p| p.expect("a part"));
            prop_assert!((first.distance_m.expect("metres") + second.distance_m.expect("metres") - total).abs() < 1e-6);
            prop_assert!((first.elapsed_s + second.elapsed_s - end).abs() < 1e-6);
            prop_assert!((first.moving_s + second.moving_s - a.moving_s.expect("moving")).abs() < 1e-6);
        }
    }
}
