//! Everything that is computed from one recording.

use domain::activities::Caveat;
use recordings::{Recording, Sport};

use crate::athlete::Athlete;
use crate::clean::clean;
use crate::efforts::{DISTANCES_M, DURATIONS_S, Effort, over_distances, over_durations};
use crate::grade::Model;
use crate::lag::{self, Lag, low_pass};
use crate::load::{edwards, hr_stress, running_stress, trimp};
use crate::order::at_one_instant;
use crate::repairs::Repairs;
use crate::seconds::{decoupling, normalised};
use crate::segment::{LapMetrics, laps};
use crate::splits::{Split, splits};
use crate::times::{times, untimed};
use crate::zones::{ZoneModel, bounds, time_in_pace_zones, time_in_zones};
use crate::{Track, capacity};

/// The metrics of one recording; `None` if the samples do not contain what is needed.
#[derive(Debug, Clone)]
pub struct Analysis {
    /// The cleaned samples and steps that the metrics come from.
    pub track: Track,
    /// Seconds from the recording's start to the activity's: samples with an impossible time are left out, and if the clock was set on the
    /// way, the times after that are right.
    pub start_s: f64,
    /// Seconds from the first sample to the last, or the device's total if that is slightly longer.
    pub elapsed_s: Option<f64>,
    /// Seconds with the timer running.
    pub timer_s: Option<f64>,
    /// Moving seconds.
    pub moving_s: Option<f64>,
    /// Metres.
    pub distance_m: Option<f64>,
    /// Elevation gain in metres.
    pub elevation_gain_m: Option<f64>,
    /// Mean heart rate over recorded time, as on devices, beats per minute.
    pub avg_hr_bpm: Option<f64>,
    /// Highest heart rate, beats per minute.
    pub max_hr_bpm: Option<f64>,
    /// Moving seconds per kilometre.
    pub avg_pace_s_per_km: Option<f64>,
    /// Grade-adjusted pace (GAP): seconds per kilometre on the flat for the same effort. On foot only, like the next three.
    pub gap_s_per_km: Option<f64>,
    /// Normalised graded pace, seconds per kilometre.
    pub ngp_s_per_km: Option<f64>,
    /// Efficiency factor: metres per minute per beat per minute, which is metres per heartbeat.
    pub efficiency_factor: Option<f64>,
    /// Aerobic decoupling (Pa:HR), per cent; positive when the heart drifted up against pace.
    pub decoupling_pct: Option<f64>,
    /// How the heart rate followed the pace; 30 s without an interval if the fit is poor.
    pub hr_lag: Option<Lag>,
    /// Banister's TRIMP.
    pub trimp: Option<f64>,
    /// Edwards TRIMP.
    pub edwards: Option<f64>,
    /// Heart-rate stress score: an hour at threshold heart rate is 100.
    pub hr_stress: Option<f64>,
    /// Running stress score: an hour at threshold speed is 100. Needs a threshold speed.
    pub running_stress: Option<f64>,
    /// Estimate of `VO₂max` in ml/kg/min; only for steady runs of at least twenty minutes.
    pub vo2max: Option<f64>,
    /// Seconds in each of the athlete's five zones.
    pub zones_s: Option<[f64; 5]>,
    /// Moving seconds in each of five zones of graded pace; needs a threshold speed, and is of runs alone.
    pub pace_zones_s: Option<[f64; 5]>,
    /// Laps.
    pub laps: Vec<LapMetrics>,
    /// Best efforts over distances; on foot only.
    pub best_over_distances: Vec<Effort>,
    /// Best efforts over durations; on foot only.
    pub best_over_durations: Vec<Effort>,
    /// Mean cadence in revolutions a minute while turning; on foot the strides of one leg.
    pub cadence_rpm: Option<f64>,
    /// Mean temperature in degrees Celsius.
    pub temperature_c: Option<f64>,
    /// Kilometre splits.
    pub splits: Vec<Split>,
    /// What cleaning repaired.
    pub repairs: Repairs,
    /// Caveats about the numbers.
    pub caveats: Vec<Caveat>,
}

/// Computes every metric of a recording.
#[must_use]
pub fn analyse(recording: &Recording, athlete: &Athlete) -> Analysis {
    // Readers return only possible values; what was stored before that rule, or imported from an export, may be anything.
    if recording.is_possible() { analyse_possible(recording, athlete) } else { analyse_possible(&recording.clone().possible(), athlete) }
}

fn analyse_possible(recording: &Recording, athlete: &Athlete) -> Analysis {
    // Without any sample there are still totals that were entered by hand.
    let timeless = !recording.samples.is_empty() && recording.samples.time_s.iter().all(|t| t.is_nan());
    let instant = !timeless && at_one_instant(&recording.samples);
    let totals = &recording.totals;
    let positive = |v: f64| (v.is_finite() && v > 0.0).then_some(v);
    let (samples, map, repairs) = if timeless || instant { untimed(recording) } else { clean(recording) };
    let track = Track::new(samples, recording, &map, athlete.grade_model);
    let distance_m = track.total_m().or(totals.distance_m.and_then(positive));
    let on_foot = matches!(recording.sport, Sport::Running | Sport::Walking);

    let (elapsed_s, timer_s, moving_s) = if timeless { (None, None, None) } else { times(&track, totals, instant) };
    // From here on, samples without times count as none.
    let timeless = timeless || instant;
    let (mut beats, mut beat_s, mut highest, mut impulse) = (0.0, 0.0, f64::NAN, 0.0);
    let (mut recorded_beats, mut recorded_s) = (0.0, 0.0);
    let mut beating: Vec<(f64, f64)> = Vec::new();
    for (i, &dt) in track.moving_s.iter().enumerate() {
        let hr = track.samples.heart_rate_bpm[i + 1];
        if let Some((hr, s)) = track.beat_s(i).filter(|_| !timeless) {
            recorded_beats += hr * s;
            recorded_s += s;
            highest = hr.max(highest);
        }
        if hr.is_finite() && dt > 0.0 && !timeless {
            beats += hr * dt;
            beat_s += dt;
            impulse += trimp(dt / 60.0, athlete.reserve_share(hr), athlete.sex);
            beating.push((hr, dt));
        }
    }
    let has_hr = beat_s > 0.0;
    let moving_hr_bpm = has_hr.then(|| beats / beat_s);
    let avg_hr_bpm = (recorded_s > 0.0).then(|| recorded_beats / recorded_s).or(totals.avg_hr_bpm);
    let impulse = match (has_hr, recording.samples.is_empty(), totals.avg_hr_bpm, moving_s) {
        (true, ..) => Some(impulse),
        // Only the mean is known: Banister's original formula.
        (false, true, Some(hr), Some(s)) => Some(trimp(s / 60.0, athlete.reserve_share(hr), athlete.sex)),
        _ => None,
    };
    let max_hr_bpm = (recorded_s > 0.0).then_some(highest).or(totals.max_hr_bpm);
    let avg_pace_s_per_km = moving_s.zip(distance_m).map(|(s, m)| s / m * 1000.0);

    let (speed, heart_rate) = track.each_moving_second();
    let graded = track.moving_graded_m();
    // Without altitude GAP would silently be the plain pace: then it is unknown.
    let hills_known = track.profile.is_some();
    let moved_s: f64 = track.moving_s.iter().sum();
    let gap_s_per_km = (on_foot && hills_known && graded > 0.0 && !timeless && moved_s > 0.0).then(|| moved_s / graded * 1000.0);
    let ngp_mps = if on_foot && !timeless { normalised(&speed) } else { None };
    let ngp_s_per_km = ngp_mps.filter(|_| hills_known).map(|v| 1000.0 / v);
    let efficiency_factor = ngp_mps.zip(moving_hr_bpm).map(|(v, hr)| v * 60.0 / hr);
    let too_long = track.is_too_long_for_seconds();
    let hr_lag = (on_foot && has_hr && !too_long).then(|| lag::fit(&speed, &heart_rate));
    let decoupling_pct = hr_lag.and_then(|l| decoupling(&low_pass(&speed, l.tau_s), &heart_rate));
    let zones_s = has_hr.then(|| time_in_zones(&athlete.zone_bounds(), beating.iter().copied()));
    // Edwards's own zones, whatever zones the athlete uses.
    let by_maximum = bounds(ZoneModel::Maximum, athlete.hr_rest_bpm, athlete.hr_max_bpm, athlete.threshold_hr());
    let edwards = has_hr.then(|| edwards(&time_in_zones(&by_maximum, beating.iter().copied())));
    let hr_stress = impulse.map(|i| hr_stress(i, athlete.reserve_share(athlete.threshold_hr()), athlete.sex));
    let running_stress = ngp_mps.zip(athlete.threshold_mps).zip(moving_s).map(|((ngp, threshold), s)| running_stress(s / 3600.0, ngp, threshold));
    let steady = |hr: f64| moving_hr_bpm.is_some_and(|mean| beat_s >= 1200.0 && (hr - mean).abs() < 0.1 * mean);
    let mostly_steady = beating.iter().filter(|(hr, _)| steady(*hr)).map(|(_, s)| s).sum::<f64>() >= 0.8 * beat_s;
    let vo2max = ngp_mps
        .zip(moving_hr_bpm)
        .filter(|_| recording.sport == Sport::Running && beat_s >= 1200.0 && mostly_steady)
        .and_then(|(v, hr)| capacity::vo2max_estimate(v, hr, athlete.hr_max_bpm));
    let running = recording.sport == Sport::Running && !timeless && !track.distance_m.is_empty();
    let (times, ways) = if running { (&track.samples.time_s[..], &track.distance_m[..]) } else { (&[][..], &[][..]) };
    let best_over_distances = over_distances(times, ways, &DISTANCES_M);
    let best_over_durations = over_durations(times, ways, &DURATIONS_S);
    let laps = if timeless { Vec::new() } else { laps(&track, recording, &map, elapsed_s) };
    let elevation_gain_m = track.profile.as_ref().zip(track.total_m()).map(|(p, d)| p.climb(0.0, d)).or(totals.elevation_gain_m);
    let splits = if timeless { Vec::new() } else { splits(&track, 1000.0) };
    let caveats = caveats(&track, &repairs, instant.then_some(moving_s.is_some()), recorded_s);
    Analysis {
        start_s: map.start_s(),
        elapsed_s,
        timer_s,
        moving_s,
        distance_m,
        elevation_gain_m,
        avg_hr_bpm,
        max_hr_bpm,
        avg_pace_s_per_km,
        gap_s_per_km,
        ngp_s_per_km,
        efficiency_factor,
        decoupling_pct,
        hr_lag,
        trimp: impulse,
        edwards,
        hr_stress,
        running_stress,
        vo2max,
        zones_s,
        pace_zones_s: pace_zones(recording.sport, athlete, &speed),
        laps,
        best_over_distances,
        best_over_durations,
        cadence_rpm: mean(&track.samples.cadence_rpm, |c| c > 0.0),
        temperature_c: mean(&track.samples.temperature_c, f64::is_finite),
        splits,
        repairs,
        caveats,
        track,
    }
}

/// Seconds in zones of pace: of runs, where the athlete has a threshold pace.
fn pace_zones(sport: Sport, athlete: &Athlete, speed: &[f64]) -> Option<[f64; 5]> {
    let threshold_mps = athlete.threshold_mps.filter(|_| sport == Sport::Running && !speed.is_empty())?;
    Some(time_in_pace_zones(threshold_mps, speed))
}

/// The track of [`Analysis::track`] by itself, without the metrics; `None` without times, where nothing can be said of a part.
#[must_use]
pub fn track(recording: &Recording, model: Model) -> Option<Track> {
    let possible = (!recording.is_possible()).then(|| recording.clone().possible());
    let recording = possible.as_ref().unwrap_or(recording);
    if recording.samples.time_s.iter().all(|t| t.is_nan()) || at_one_instant(&recording.samples) {
        return None;
    }
    let (samples, map, _) = clean(recording);
    Some(Track::new(samples, recording, &map, model))
}

/// The splits of a recording by another length than the kilometre of [`Analysis::splits`], in metres, by itself: without the other metrics.
#[must_use]
pub fn splits_by(recording: &Recording, model: Model, length_m: f64) -> Vec<Split> {
    track(recording, model).map_or_else(Vec::new, |track| splits(&track, length_m))
}

/// The mean of the values that count; `None` if none does.
fn mean(values: &[f64], counts: fn(f64) -> bool) -> Option<f64> {
    let (n, sum) = values.iter().filter(|v| counts(**v)).fold((0.0, 0.0), |(n, sum), v| (n + 1.0, sum + v));
    (n > 0.0).then(|| sum / n)
}

/// Caveats to show with the numbers. `instant` is set if all samples have one time, and says whether the totals have a duration.
fn caveats(track: &Track, repairs: &Repairs, instant: Option<bool>, recorded_s: f64) -> Vec<Caveat> {
    let recorded_share = recorded_s / track.timer_s.iter().sum::<f64>();
    [
        instant.map(|timed| if timed { Caveat::TimesOfTotals } else { Caveat::OneInstant }),
        (track.jumped_m > 0.0).then_some(Caveat::NotRun { metres: track.jumped_m }),
        (recorded_s > 0.0 && recorded_share < 0.5).then_some(Caveat::LittleHeartRate { percent: 100.0 * recorded_share }),
        repairs.contains_key("cadence_doubled").then_some(Caveat::StepsOfBothLegs),
        repairs.contains_key("clock_set").then_some(Caveat::ClockSet),
        (track.is_too_long_for_seconds() && instant.is_none()).then_some(Caveat::TooLongForSeconds),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use recordings::Samples;

    use super::*;
    use crate::load::Sex;

    fn run(seconds: usize, speed: impl Fn(usize) -> f64, hr: impl Fn(usize) -> f64, altitude: impl Fn(f64) -> f64) -> Recording {
        let mut samples = Samples::default();
        let mut d = 0.0;
        for i in 0..seconds {
            samples.push(i as f64);
            samples.distance_m[i] = d;
            samples.altitude_m[i] = altitude(d);
            samples.heart_rate_bpm[i] = hr(i);
            d += speed(i);
        }
        Recording { sport: Sport::Running, started_at_ms: Some(0), samples, ..Recording::default() }
    }

    #[test]
    fn decoupling_matches_its_test_vector() {
        let r = run(3601, |_| 3.0, |i| if i <= 1800 { 150.0 } else { 157.5 }, |_| 10.0);
        let a = analyse(&r, &Athlete::default());
        assert!((a.decoupling_pct.expect("an hour with heart rate") - 4.762).abs() < 1e-3);
    }

    #[test]
    fn splits_of_any_length_cover_the_run() {
        let r = run(3000, |i| if i < 1500 { 3.0 } else { 4.0 }, |_| 150.0, |_| 10.0);
        let a = analyse(&r, &Athlete::default());
        let (total, moving): (f64, f64) = (a.distance_m.expect("distance"), a.splits.iter().map(|s| s.moving_s).sum());
        assert_eq!(splits_by(&r, Model::HeartRate, 1000.0), a.splits);
        for (length, count) in [(1609.344, 7), (5000.0, 3), (100.0, 105), (91.44, 115)] {
            let by = splits_by(&r, Model::HeartRate, length);
            assert_eq!(by.len(), count, "{length}");
            assert!(by[..count - 1].iter().all(|s| (s.distance_m - length).abs() < 1e-6));
            assert!((by.iter().map(|s| s.distance_m).sum::<f64>() - total).abs() < 1e-6, "{length}");
            assert!((by.iter().map(|s| s.moving_s).sum::<f64>() - moving).abs() < 1e-6, "{length}");
        }
        assert!(splits_by(&Recording::default(), Model::HeartRate, 100.0).is_empty());
    }

    #[test]
    fn a_pause_is_not_moving_time() {
        let mut r = run(1200, |i| if (400..700).contains(&i) { 0.0 } else { 3.0 }, |_| 150.0, |_| 10.0);
        let by_standing = analyse(&r, &Athlete::default());
        r.pauses.push(recordings::Pause { from_s: 400.0, to_s: 700.0 });
        let by_event = analyse(&r, &Athlete::default());
        for a in [by_standing, by_event] {
            assert!((a.moving_s.expect("moving") - 899.0).abs() <= 10.0, "{:?}", a.moving_s);
            assert!((a.elapsed_s.expect("elapsed") - 1199.0).abs() < 1e-9);
        }
    }

    #[test]
    fn nothing_is_made_up() {
        let a = analyse(&Recording { sport: Sport::Running, ..Recording::default() }, &Athlete::default());
        assert!(a.distance_m.is_none() && a.moving_s.is_none() && a.avg_hr_bpm.is_none() && a.trimp.is_none() && a.splits.is_empty());
        let flat = analyse(&run(600, |_| 3.0, |_| f64::NAN, |_| f64::NAN), &Athlete::default());
        assert!(flat.gap_s_per_km.is_none() && flat.elevation_gain_m.is_none() && flat.efficiency_factor.is_none());
    }

    #[test]
    fn an_hour_at_threshold_is_a_hundred_from_samples_to_stress() {
        let athlete = Athlete { threshold_mps: Some(3.0), ..Athlete::default() };
        let hr = athlete.threshold_hr();
        let a = analyse(&run(3601, |_| 3.0, |_| hr, |_| 100.0), &athlete);
        assert!((a.running_stress.expect("a threshold") - 100.0).abs() < 0.1, "{:?}", a.running_stress);
        assert!((a.hr_stress.expect("heart rate") - 100.0).abs() < 0.1, "{:?}", a.hr_stress);
        let zones: f64 = a.zones_s.expect("heart rate").iter().sum();
        assert!((zones - 3600.0).abs() < 1e-6);
    }

    #[test]
    fn a_manual_activity_has_its_totals_and_a_load_from_its_mean_heart_rate() {
        let totals = recordings::Totals {
            elapsed_s: Some(3600.0),
            timer_s: Some(3600.0),
            distance_m: Some(10_000.0),
            avg_hr_bpm: Some(150.0),
            ..Default::default()
        };
        let a = analyse(&Recording { sport: Sport::Running, started_at_ms: Some(0), totals, ..Recording::default() }, &Athlete::default());
        assert_eq!((a.elapsed_s, a.moving_s, a.distance_m), (Some(3600.0), Some(3600.0), Some(10_000.0)));
        assert!((a.trimp.expect("a mean") - trimp(60.0, 90.0 / 130.0, Sex::Unknown)).abs() < 1e-9);
        assert!(a.efficiency_factor.is_none() && a.best_over_distances.is_empty());
    }

    #[test]
    fn laps_add_up_to_the_run() {
        let mut r = run(1201, |i| if i < 600 { 3.0 } else { 4.0 }, |_| 150.0, |_| 100.0);
        r.laps = vec![
            recordings::Lap { start_s: 0.0, elapsed_s: 600.0, ..recordings::Lap::default() },
            recordings::Lap { start_s: 600.0, elapsed_s: 600.0, rest: true, ..recordings::Lap::default() },
        ];
        let a = analyse(&r, &Athlete::default());
        let metres: f64 = a.laps.iter().filter_map(|l| l.distance_m).sum();
        assert!((metres - a.distance_m.expect("distance")).abs() < 1e-6);
        assert!(a.laps[0].gap_s_per_km > a.laps[1].gap_s_per_km && a.laps[1].rest);
    }

    proptest! {
        #[test]
        fn graded_pace_equals_pace_on_the_flat(v in 2.0..5.0f64) {
            let a = analyse(&run(1200, |_| v, |_| 150.0, |_| 100.0), &Athlete::default());
            let (pace, graded) = (a.avg_pace_s_per_km.expect("pace"), a.gap_s_per_km.expect("graded"));
            prop_assert!((pace - graded).abs() < 0.01);
            prop_assert!((a.ngp_s_per_km.expect("ngp") - 1000.0 / v).abs() < 0.01);
            prop_assert!((a.efficiency_factor.expect("ef") - v * 60.0 / 150.0).abs() < 1e-3);
        }

        #[test]
        fn uphill_is_worth_more(grade in 0.01..0.15f64) {
            let a = analyse(&run(1200, |_| 3.0, |_| 150.0, |d| 100.0 + d * grade), &Athlete::default());
            prop_assert!(a.gap_s_per_km.expect("graded") < a.avg_pace_s_per_km.expect("pace"));
        }
    }
}
