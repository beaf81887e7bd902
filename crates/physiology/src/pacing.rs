//! How a run was paced: uphill against the flat, and the second half against the first.

use crate::Track;
use crate::climbs::Climb;

/// Flatter than this is flat (rise over run).
const FLAT: f64 = 0.02;
/// Shorter climbs, in metres altogether, say nothing.
const LEAST_CLIMB_M: f64 = 300.0;
/// Nor does a shorter flat, in metres.
const LEAST_FLAT_M: f64 = 1000.0;

/// Grade-adjusted pace on the climbs less that on the flat, in seconds per kilometre: 0 if both cost the same, positive if the climbs were taken
/// easier. `None` under 300 m of climbs or a kilometre of flat. Descents are neither.
#[must_use]
pub fn climbs_against_flat(track: &Track, climbs: &[Climb]) -> Option<f64> {
    let profile = track.profile.as_ref()?;
    let (mut up, mut flat) = (Sum::default(), Sum::default());
    let mut next = 0;
    for i in 0..track.moving_s.len() {
        if track.moving_s[i] <= 0.0 {
            continue;
        }
        let (from, to) = (track.distance_m[i], track.distance_m[i + 1]);
        let middle = f64::midpoint(from, to);
        while climbs.get(next).is_some_and(|c| c.end_m < middle) {
            next += 1;
        }
        if climbs.get(next).is_some_and(|c| c.start_m <= middle) {
            up.add(track, i);
        } else if profile.grade(middle - 25.0, middle + 25.0).abs() < FLAT {
            flat.add(track, i);
        }
    }
    (up.metres >= LEAST_CLIMB_M && flat.metres >= LEAST_FLAT_M).then(|| up.graded_pace() - flat.graded_pace())
}

/// The graded speed of the second half of the moving time against that of the first, per cent: positive for a negative split. `None` without
/// altitude, or under twenty minutes.
#[must_use]
pub fn second_half_pct(track: &Track) -> Option<f64> {
    const LEAST_S: f64 = 1200.0;
    track.profile.as_ref()?;
    let total: f64 = track.moving_s.iter().sum();
    let (mut passed, mut first_m, mut second_m) = (0.0, 0.0, 0.0);
    for (i, dt) in track.moving_s.iter().enumerate().filter(|(_, dt)| **dt > 0.0) {
        let before = ((total / 2.0 - passed) / dt).clamp(0.0, 1.0);
        first_m += before * track.graded_m[i];
        second_m += (1.0 - before) * track.graded_m[i];
        passed += dt;
    }
    (total >= LEAST_S && first_m > 0.0).then(|| 100.0 * (second_m / first_m - 1.0))
}

#[derive(Default)]
struct Sum {
    seconds: f64,
    metres: f64,
    graded_m: f64,
}

impl Sum {
    fn add(&mut self, track: &Track, i: usize) {
        self.seconds += track.moving_s[i];
        self.metres += track.step_m(i);
        self.graded_m += track.graded_m[i];
    }

    fn graded_pace(&self) -> f64 {
        self.seconds / self.graded_m * 1000.0
    }
}

#[cfg(test)]
mod tests {
    use recordings::{Recording, Samples, Sport};

    use super::*;
    use crate::climbs::climbs;
    use crate::grade::{Model, factor};
    use crate::{Athlete, analyse};

    /// Four kilometres flat, one up at 6 %, one down, two flat; `uphill` is the graded speed on the climb, and 3 m/s it is elsewhere.
    fn track(uphill: f64, later: f64) -> Track {
        let altitude = |d: f64| 50.0 + 0.06 * (1000.0 - (d - 5000.0).abs()).max(0.0);
        let mut samples = Samples::default();
        let mut d = 0.0;
        let mut i = 0;
        while d < 8000.0 {
            samples.push(f64::from(i));
            let k = samples.len() - 1;
            (samples.distance_m[k], samples.altitude_m[k]) = (d, altitude(d));
            let grade = if (4000.0..5000.0).contains(&d) {
                0.06
            } else if (5000.0..6000.0).contains(&d) {
                -0.06
            } else {
                0.0
            };
            let graded = if grade > 0.0 {
                uphill
            } else if d > 6000.0 {
                later
            } else {
                3.0
            };
            d += graded / factor(Model::HeartRate, grade);
            i += 1;
        }
        analyse(&Recording { sport: Sport::Running, started_at_ms: Some(0), samples, ..Recording::default() }, &Athlete::default()).track
    }

    fn hill(track: &Track) -> Option<f64> {
        climbs_against_flat(track, &climbs(track.profile.as_ref().expect("altitude"), 8000.0))
    }

    #[test]
    fn a_hill_at_flat_effort_costs_nothing_and_an_easy_one_does() {
        assert!(hill(&track(3.0, 3.0)).is_some_and(|s| s.abs() < 2.5), "{:?}", hill(&track(3.0, 3.0)));
        // 2.7 m/s is 370.4 s/km, 3 m/s is 333.3 s/km.
        assert!(hill(&track(2.7, 3.0)).is_some_and(|s| (s - 37.0).abs() < 3.0), "{:?}", hill(&track(2.7, 3.0)));
        assert!(climbs_against_flat(&track(3.0, 3.0), &[]).is_none());
    }

    #[test]
    fn a_quicker_second_half_is_a_negative_split() {
        let even = second_half_pct(&track(3.0, 3.0)).expect("altitude");
        assert!(even.abs() < 0.5, "{even}");
        // 2 of 4 graded kilometres or so are quicker by a tenth.
        let quicker = second_half_pct(&track(3.0, 3.3)).expect("altitude");
        assert!(quicker > 3.0 && quicker < 7.0, "{quicker}");
    }
}
