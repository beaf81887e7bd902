//! Threshold speed, threshold heart rate and maximum heart rate, estimated from what was run anyway.
//!
//! A time trial of half an hour estimates the speed and the heart rate at the lactate threshold better than other tests without a laboratory
//! (`McGehee`, Tanner and Houmard 2005, J. Strength Cond. Res. 19(3):553–558: standard errors of 0.21 m/s and 8 beats a minute; heart rate of the
//! last 20 minutes). Nobody says which of their runs was one, so the hardest stretch of 25 to 60 minutes is taken from each run, brought to an hour
//! by equal VDOT (Daniels and Gilbert 1979), and only those near the best ones count. What is found is offered, never used by itself.

use crate::capacity::vdot;

/// Seconds of an effort that says something of the threshold.
const EFFORT_S: (f64, f64) = (1500.0, 3600.0);
/// Seconds at the beginning of an effort in which the heart rate still rises.
const RISE_S: f64 = 600.0;
const HOUR_S: f64 = 3600.0;
/// Speeds over an hour that somebody may have run, in m/s: from a walk to beyond the world record of 21.3 km.
const POSSIBLE_MPS: (f64, f64) = (1.2, 6.1);
/// How far below and above the second best an effort may be to count. The best alone may be a fault of the positions.
const NEAR: (f64, f64) = (0.95, 1.03);
/// The share of the highest heart rate that a hard effort has at least: lactate thresholds of runners are between 80 and 95 %.
const HARD: f64 = 0.8;
/// Efforts that an estimate needs.
const LEAST_EFFORTS: usize = 3;
/// Beats within which runs agree on the highest heart rate.
const SAME_BPM: f64 = 3.0;
/// Runs that have to agree: a strap that slips does so once.
const LEAST_SEEN: usize = 3;

/// A part of a run without a stop, such as a kilometre.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stretch {
    /// Seconds.
    pub seconds: f64,
    /// Metres on the flat that cost as much.
    pub graded_m: f64,
    /// Mean heart rate, beats per minute.
    pub hr_bpm: Option<f64>,
}

/// The hardest part of a run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effort {
    /// Seconds, 1500 to 3600.
    pub seconds: f64,
    /// The speed over an hour that is worth as much, on the flat, in m/s.
    pub hour_mps: f64,
    /// Mean heart rate after the first ten minutes, beats per minute; `None` if some of it is unknown.
    pub hr_bpm: Option<f64>,
}

/// An estimate, and the middle half of what it was made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The median.
    pub value: f64,
    /// The lower quartile.
    pub low: f64,
    /// The upper quartile.
    pub high: f64,
    /// How many efforts.
    pub efforts: usize,
}

/// Threshold speed in m/s and threshold heart rate in beats per minute, from the same efforts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    /// On the flat, over an hour.
    pub speed_mps: Estimate,
    /// Over an hour.
    pub hr_bpm: Estimate,
}

/// The highest heart rate that several runs agree on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Highest {
    /// Beats per minute.
    pub bpm: f64,
    /// Runs that came within three beats of it.
    pub seen: usize,
}

/// The speed in m/s that a runner of this VDOT holds for an hour: [`vdot`] solved for the speed.
#[must_use]
pub fn hour_speed(wanted_vdot: f64) -> f64 {
    let minutes = HOUR_S / 60.0;
    let share = 0.8 + 0.189_439_3 * (-0.012_778 * minutes).exp() + 0.298_955_8 * (-0.193_260_5 * minutes).exp();
    let (a, b, c) = (0.000_104, 0.182_258, -4.6 - wanted_vdot * share);
    (-b + (b * b - 4.0 * a * c).sqrt()) / (2.0 * a) / 60.0
}

/// The hardest part of 25 to 60 minutes of a run, given in order. `None` if the run is shorter, or faster than anybody runs.
#[must_use]
pub fn hardest_effort(run: &[Stretch]) -> Option<Effort> {
    let is_sound = |stretch: &Stretch| stretch.seconds > 0.0 && stretch.graded_m > 0.0 && stretch.seconds.is_finite() && stretch.graded_m.is_finite();
    let mut best: Option<Effort> = None;
    for start in 0..run.len() {
        let (mut seconds, mut metres) = (0.0, 0.0);
        for (at, stretch) in run.iter().enumerate().skip(start).take_while(|(_, stretch)| is_sound(stretch)) {
            seconds += stretch.seconds;
            metres += stretch.graded_m;
            if seconds > EFFORT_S.1 {
                break;
            }
            if seconds < EFFORT_S.0 {
                continue;
            }
            let hour_mps = hour_speed(vdot(metres, seconds));
            if (POSSIBLE_MPS.0..=POSSIBLE_MPS.1).contains(&hour_mps) && best.is_none_or(|best| hour_mps > best.hour_mps) {
                best = Some(Effort { seconds, hour_mps, hr_bpm: settled_hr(&run[start..=at]) });
            }
        }
    }
    best
}

/// The mean heart rate of what begins after the first ten minutes.
fn settled_hr(effort: &[Stretch]) -> Option<f64> {
    let (mut before, mut beats, mut seconds) = (0.0, 0.0, 0.0);
    for stretch in effort {
        if before >= RISE_S {
            beats += stretch.hr_bpm? * stretch.seconds;
            seconds += stretch.seconds;
        }
        before += stretch.seconds;
    }
    (seconds > 0.0).then(|| beats / seconds)
}

/// Both thresholds from the hardest efforts of runs. `highest_bpm` tells a hard effort from one that only was the fastest. `None` with fewer than
/// three efforts: who never runs hard has no threshold that could be seen, and one without a heart rate cannot be told.
#[must_use]
pub fn thresholds(efforts: &[Effort], highest_bpm: f64) -> Option<Thresholds> {
    let mut hard: Vec<(f64, f64)> = efforts.iter().filter_map(|effort| Some((effort.hour_mps, effort.hr_bpm?))).collect();
    hard.retain(|(_, hr)| *hr >= HARD * highest_bpm && *hr <= highest_bpm + SAME_BPM);
    hard.sort_by(|a, b| b.0.total_cmp(&a.0));
    let second_best = hard.get(1)?.0;
    hard.retain(|(speed, _)| (NEAR.0 * second_best..=NEAR.1 * second_best).contains(speed));
    let estimate = |of: fn(&(f64, f64)) -> f64| estimate(hard.iter().map(of).collect());
    (hard.len() >= LEAST_EFFORTS).then(|| Thresholds { speed_mps: estimate(|effort| effort.0), hr_bpm: estimate(|effort| effort.1) })
}

fn estimate(mut values: Vec<f64>) -> Estimate {
    values.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let position = share * (values.len() - 1) as f64;
        let (below, above) = (values[position.floor() as usize], values[position.ceil() as usize]);
        below + (above - below) * position.fract()
    };
    Estimate { value: at(0.5), low: at(0.25), high: at(0.75), efforts: values.len() }
}

/// The highest of the runs' own maxima that at least three runs came near to, so that a strap that slips once does not set it. It is at most the true
/// maximum: few runs reach that.
#[must_use]
pub fn highest_hr(maxima: &[f64]) -> Option<Highest> {
    let mut sorted: Vec<f64> = maxima.iter().copied().filter(|bpm| bpm.is_finite()).collect();
    sorted.sort_by(|a, b| b.total_cmp(a));
    sorted.iter().enumerate().find_map(|(at, bpm)| {
        let seen = sorted[at..].iter().take_while(|other| *other >= &(bpm - SAME_BPM)).count();
        (seen >= LEAST_SEEN).then_some(Highest { bpm: *bpm, seen })
    })
}

/// The maximum heart rate at an age in years: `208 − 0.7·age` (Tanaka, Monahan and Seals 2001, doi:10.1016/S0735-1097(00)01054-8). People of one age
/// differ by about ten beats; a measured maximum is always better.
#[must_use]
pub fn hr_max_by_age(years: f64) -> f64 {
    208.0 - 0.7 * years
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Kilometres at a pace in seconds, with a heart rate.
    fn kilometres(count: usize, seconds: f64, hr: f64) -> Vec<Stretch> {
        vec![Stretch { seconds, graded_m: 1000.0, hr_bpm: Some(hr) }; count]
    }

    #[test]
    fn an_hour_is_the_inverse_of_its_vdot() {
        for speed in [2.0, 3.5, 5.0] {
            assert!((hour_speed(vdot(speed * 3600.0, 3600.0)) - speed).abs() < 1e-9);
        }
        // 20:00 over 5 km is a VDOT of 49.8; the threshold pace of 50 is 4:15 per kilometre in Daniels's table.
        let pace = 1000.0 / hour_speed(vdot(5000.0, 1200.0));
        assert!((253.0..257.0).contains(&pace), "{pace}");
    }

    #[test]
    fn the_hardest_part_of_a_run_is_found() {
        let mut run = kilometres(3, 360.0, 130.0);
        run.extend(kilometres(8, 255.0, 164.0));
        run.extend(kilometres(3, 380.0, 140.0));
        let effort = hardest_effort(&run).expect("an effort");
        assert!((effort.seconds - 8.0 * 255.0).abs() < 1e-9, "{effort:?}");
        assert!(effort.hr_bpm.is_some_and(|hr| (hr - 164.0).abs() < 1e-9));
        // Eight kilometres in 34 minutes are worth a little less over an hour.
        assert!((255.0..268.0).contains(&(1000.0 / effort.hour_mps)), "{}", 1000.0 / effort.hour_mps);
        assert_eq!(hardest_effort(&kilometres(5, 280.0, 160.0)), None, "23 minutes say too little");
        assert_eq!(hardest_effort(&kilometres(20, 120.0, 160.0)), None, "nobody runs that");
    }

    #[test]
    fn a_stretch_without_a_heart_rate_leaves_it_open() {
        let mut run = kilometres(8, 255.0, 164.0);
        run[6].hr_bpm = None;
        assert!(hardest_effort(&run).is_some_and(|effort| effort.hr_bpm.is_none()));
        // Before it has settled it does not matter.
        let mut run = kilometres(8, 255.0, 164.0);
        run[0].hr_bpm = None;
        assert!(hardest_effort(&run).is_some_and(|effort| effort.hr_bpm.is_some()));
    }

    fn effort(hour_mps: f64, hr: f64) -> Effort {
        Effort { seconds: 1800.0, hour_mps, hr_bpm: Some(hr) }
    }

    #[test]
    fn both_thresholds_come_from_the_same_hard_efforts() {
        let hard = [(3.80, 162.0), (3.85, 164.0), (3.83, 167.0), (3.88, 165.0)];
        let easy = [(2.9, 138.0), (3.0, 141.0), (3.1, 158.0)];
        let mut efforts: Vec<Effort> = hard.iter().chain(&easy).map(|(speed, hr)| effort(*speed, *hr)).collect();
        let found = thresholds(&efforts, 186.0).expect("enough");
        assert_eq!((found.speed_mps.efforts, found.hr_bpm.efforts), (4, 4));
        assert!((found.hr_bpm.value - 164.5).abs() < 1e-9 && (found.speed_mps.value - 3.84).abs() < 1e-9);
        assert!(found.hr_bpm.low < found.hr_bpm.value && found.hr_bpm.value < found.hr_bpm.high);
        // One impossible run changes neither the bounds nor the numbers.
        efforts.push(effort(5.9, 166.0));
        assert_eq!(thresholds(&efforts, 186.0), Some(found));
    }

    #[test]
    fn who_never_runs_hard_has_no_threshold_to_see() {
        let easy: Vec<Effort> = (0..40).map(|i| effort(2.8 + f64::from(i % 5) * 0.02, 138.0)).collect();
        assert_eq!(thresholds(&easy, 186.0), None);
        assert_eq!(thresholds(&[effort(3.8, 164.0), effort(3.8, 165.0)], 186.0), None, "two are too few");
        let without_hr = Effort { hr_bpm: None, ..effort(3.8, 0.0) };
        assert_eq!(thresholds(&[without_hr; 9], 186.0), None);
    }

    #[test]
    fn one_slip_of_the_strap_is_no_maximum() {
        let highest = highest_hr(&[231.0, 186.0, 184.0, 170.0, 185.0, f64::NAN, 150.0]).expect("three agree");
        assert_eq!(highest, Highest { bpm: 186.0, seen: 3 });
        assert_eq!(highest_hr(&[190.0, 180.0, 170.0]), None);
        assert_eq!(highest_hr(&[]), None);
    }

    #[test]
    fn forty_years_are_a_hundred_and_eighty() {
        assert!((hr_max_by_age(40.0) - 180.0).abs() < 1e-12 && (hr_max_by_age(20.0) - 194.0).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn whatever_was_run_gives_numbers_in_order(runs in prop::collection::vec((1.2..6.0f64, 90.0..200.0f64), 0..60), highest in 150.0..210.0f64) {
            let efforts: Vec<Effort> = runs.iter().map(|(speed, hr)| effort(*speed, *hr)).collect();
            if let Some(found) = thresholds(&efforts, highest) {
                for estimate in [found.speed_mps, found.hr_bpm] {
                    prop_assert!(estimate.low <= estimate.value && estimate.value <= estimate.high && estimate.efforts >= LEAST_EFFORTS);
                }
                prop_assert!(found.hr_bpm.low >= HARD * highest);
            }
        }

        #[test]
        fn any_run_is_read(run in prop::collection::vec((-1.0..4000.0f64, -1.0..4000.0f64, prop::option::of(30.0..220.0f64)), 0..80)) {
            let run: Vec<Stretch> = run.into_iter().map(|(seconds, graded_m, hr_bpm)| Stretch { seconds, graded_m, hr_bpm }).collect();
            if let Some(effort) = hardest_effort(&run) {
                prop_assert!((EFFORT_S.0..=EFFORT_S.1).contains(&effort.seconds) && effort.hour_mps.is_finite());
            }
        }
    }
}
