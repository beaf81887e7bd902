//! Cropping: the recording between two times, as if only that had been recorded.

use crate::{Lap, Recording};

impl Recording {
    /// The part from `from_s` to `to_s`, both in seconds from the start and inclusive; its start and its distance begin at the first
    /// sample that is kept. The device's own totals do not apply to a part and are left out.
    #[must_use]
    pub fn crop(&self, from_s: f64, to_s: f64) -> Self {
        let keep: Vec<usize> = (0..self.samples.len()).filter(|&i| (from_s..=to_s).contains(&self.samples.time_s[i])).collect();
        self.kept(&keep, from_s)
    }

    /// Some of the samples, ascending, and what belongs to them. By index in the file, because times may repeat.
    #[must_use]
    pub fn part(&self, keep: &[usize]) -> Self {
        self.kept(keep, 0.0)
    }

    fn kept(&self, keep: &[usize], from_s: f64) -> Self {
        let zero = keep.first().map_or(from_s, |&i| self.samples.time_s[i]);
        let mut samples = self.samples.select(keep);
        for t in &mut samples.time_s {
            *t -= zero;
        }
        if let Some(first) = keep.first() {
            count_from(&mut samples.distance_m, self.counted(*first));
        }
        let end = samples.time_s.last().copied().unwrap_or(0.0);
        let laps = self.laps.iter().filter_map(|lap| {
            let (from, to) = ((lap.start_s - zero).max(0.0), (lap.start_s + lap.elapsed_s - zero).min(end));
            // A cut lap is shorter than the device's numbers for it.
            let whole = (to - from - lap.elapsed_s).abs() < 1e-6;
            let rest = Lap { start_s: from, elapsed_s: to - from, rest: lap.rest, ..Lap::default() };
            (to > from).then_some(if whole { Lap { start_s: from, ..*lap } } else { rest })
        });
        let pauses = self.pauses.iter().filter_map(|p| {
            let (from_s, to_s) = ((p.from_s - zero).max(0.0), (p.to_s - zero).min(end));
            (to_s > from_s).then_some(crate::Pause { from_s, to_s })
        });
        let lengths = self.lengths.iter().map(|l| crate::Length { start_s: l.start_s - zero, ..*l });
        Self {
            laps: laps.collect(),
            pauses: pauses.collect(),
            lengths: lengths.filter(|l| l.start_s >= 0.0 && l.start_s + l.elapsed_s <= end).collect(),
            started_at_ms: self.started_at_ms.map(|s| s.saturating_add((zero * 1000.0).round() as i64)),
            samples,
            totals: crate::Totals::default(),
            ..self.clone_head()
        }
    }

    /// The counter at sample `at`, interpolated between its neighbours if it has none there. Zero before its first value: that distance was
    /// covered until then.
    fn counted(&self, at: usize) -> f64 {
        let (time_s, counter) = (&self.samples.time_s, &self.samples.distance_m);
        let Some(before) = (0..at).rev().find(|&i| counter[i].is_finite()) else { return 0.0 };
        let Some(behind) = (at..counter.len()).find(|&i| counter[i].is_finite()) else { return counter[before] };
        let share = ((time_s[at] - time_s[before]) / (time_s[behind] - time_s[before])).clamp(0.0, 1.0);
        let metres = counter[behind] - counter[before];
        // A counter that fell in between restarted.
        if metres < 0.0 || share.is_nan() { counter[behind].min(counter[before]) } else { counter[before] + share * metres }
    }

    /// Everything but the columns.
    pub(crate) fn clone_head(&self) -> Self {
        Self {
            sport: self.sport,
            sub_sport: self.sub_sport.clone(),
            title: self.title.clone(),
            description: self.description.clone(),
            gear: self.gear.clone(),
            device: self.device.clone(),
            sensors: self.sensors.clone(),
            started_at_ms: self.started_at_ms,
            utc_offset_s: self.utc_offset_s,
            samples: crate::Samples::default(),
            laps: self.laps.clone(),
            pauses: self.pauses.clone(),
            lengths: self.lengths.clone(),
            pool_length_m: self.pool_length_m,
            totals: self.totals,
        }
    }
}

/// Subtracts `base` from a counter, until it restarts from less, as some software writes it for each lap.
fn count_from(counter: &mut [f64], base: f64) {
    let known: Vec<usize> = (0..counter.len()).filter(|&i| counter[i].is_finite()).collect();
    let written: Vec<f64> = known.iter().map(|&i| counter[i]).collect();
    for (k, &i) in known.iter().enumerate() {
        let less = |k: usize| written.get(k).is_some_and(|&d| d < base);
        if less(k) && less(k + 1) {
            return;
        }
        // A single lower value is wrong, and is recognised by its neighbours.
        if !less(k) {
            counter[i] -= base;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Lap, Pause, Recording, Samples};

    fn hour() -> Recording {
        let mut samples = Samples::default();
        for i in 0..=3600 {
            samples.push(f64::from(i));
            samples.distance_m[i as usize] = f64::from(i) * 3.0;
        }
        Recording {
            started_at_ms: Some(1_700_000_000_000),
            laps: vec![
                Lap { start_s: 0.0, elapsed_s: 1800.0, distance_m: Some(5400.0), ..Lap::default() },
                Lap { start_s: 1800.0, elapsed_s: 1800.0, distance_m: Some(5400.0), ..Lap::default() },
            ],
            pauses: vec![Pause { from_s: 1000.0, to_s: 1100.0 }],
            samples,
            ..Recording::default()
        }
    }

    #[test]
    fn a_part_begins_at_zero_and_keeps_what_lies_inside() {
        let part = hour().crop(600.0, 2400.0);
        assert_eq!((part.samples.len(), part.samples.time_s[0], part.started_at_ms), (1801, 0.0, Some(1_700_000_600_000)));
        assert_eq!(part.pauses, [Pause { from_s: 400.0, to_s: 500.0 }]);
        assert_eq!((part.laps[0].elapsed_s, part.laps[1].elapsed_s, part.laps[1].distance_m), (1200.0, 600.0, None));
    }

    #[test]
    fn the_distance_of_a_part_begins_with_it() {
        let metres = |r: &Recording| (r.samples.distance_m[0], *r.samples.distance_m.last().expect("samples"));
        assert_eq!(metres(&hour().crop(60.0, 1e9)), (0.0, 10_620.0));
        assert_eq!(metres(&hour().crop(0.0, 1800.0)), (0.0, 5400.0));
        // No count at the cut: interpolated between its neighbours, by time.
        let mut gaps = hour();
        gaps.samples.distance_m[55..65].fill(f64::NAN);
        let part = gaps.crop(60.0, 1e9);
        assert!(part.samples.distance_m[0].is_nan());
        assert_eq!((part.samples.distance_m[5], part.samples.distance_m[3540]), (15.0, 10_620.0));
        // The first sample's count was covered before it.
        let mut late = hour();
        late.samples.distance_m.iter_mut().for_each(|d| *d += 120.0);
        assert_eq!(metres(&late.crop(0.0, 600.0)), (120.0, 1920.0));
        // Counted from zero in each lap: only the cut lap loses what was cut off.
        let mut laps = hour();
        laps.samples.distance_m.iter_mut().for_each(|d| *d %= 1000.0);
        let part = laps.crop(60.0, 1e9);
        assert_eq!((part.samples.distance_m[0], part.samples.distance_m[270], part.samples.distance_m[300]), (0.0, 810.0, 80.0));
        // A single wrong count changes no later ones.
        let mut stray = hour();
        stray.samples.distance_m[100] = 7.0;
        assert_eq!(metres(&stray.crop(60.0, 1e9)), (0.0, 10_620.0));
    }

    #[test]
    fn two_parts_hold_every_sample_of_the_whole() {
        let whole = hour();
        let (first, second) = (whole.crop(0.0, 1799.5), whole.crop(1799.5, 1e9));
        assert_eq!(first.samples.len() + second.samples.len(), whole.samples.len());
        assert_eq!(second.laps, [Lap { start_s: 0.0, ..whole.laps[1] }]);
    }
}
