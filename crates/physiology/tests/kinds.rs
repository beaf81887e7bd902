//! Different recordings of the same thing: the known result must come out of each.

use physiology::{Analysis, Athlete, Caveat, analyse, in_order};
use recordings::{Lap, Length, Pause, Recording, Samples, Sport, Totals};

/// A recording of `seconds` at 1 Hz, at the speed `mps(second)`.
fn recorded(seconds: usize, mps: impl Fn(usize) -> f64) -> Recording {
    let mut samples = Samples::default();
    let mut d = 0.0;
    for i in 0..=seconds {
        samples.push(i as f64);
        samples.distance_m[i] = d;
        samples.heart_rate_bpm[i] = 150.0;
        samples.altitude_m[i] = 100.0;
        d += mps(i);
    }
    Recording { sport: Sport::Running, started_at_ms: Some(1_700_000_000_000), samples, ..Recording::default() }
}

fn keeping(mut r: Recording, keep: impl Fn(usize) -> bool) -> Recording {
    let kept: Vec<usize> = (0..r.samples.len()).filter(|&i| keep(i)).collect();
    r.samples = r.samples.select(&kept);
    r
}

fn numbers(r: &Recording) -> Analysis {
    analyse(r, &Athlete::default())
}

#[track_caller]
fn near(what: &str, value: Option<f64>, right: f64, off: f64) {
    let value = value.unwrap_or_else(|| panic!("no {what}"));
    assert!((value - right).abs() <= off, "{what}: {value}, right is {right}");
}

#[test]
fn slow_movement_is_moving_at_any_sampling_rate() {
    for mps in [0.6, 0.8, 1.2] {
        let way = |_: usize| mps;
        for every in [1, 3, 5, 7, 20, 60, 200] {
            let a = numbers(&keeping(recorded(3600, way), |i| i % every == 0));
            near(&format!("moving at {mps} m/s, a sample every {every} s"), a.moving_s, 3600.0, 60.0);
        }
        // A counter slower than the samples: it advances every few seconds, in turn.
        for every in [2, 4, 6, 12, 17] {
            let mut r = recorded(3600, way);
            for i in 0..=3600 {
                r.samples.distance_m[i] = (i / every * every) as f64 * mps;
            }
            near(&format!("moving at {mps} m/s, counted every {every} s"), numbers(&r).moving_s, 3600.0, 60.0);
        }
    }
}

#[test]
fn standing_is_standing_stated_or_not_at_any_sampling_rate() {
    let way = |i: usize| if (1000..1300).contains(&i) || (2000..2060).contains(&i) { 0.0 } else { 2.8 };
    for every in [1, 4] {
        let plain = keeping(recorded(3600, way), |i| i % every == 0);
        near("moving", numbers(&plain).moving_s, 3240.0, 20.0);
        let mut stated = plain.clone();
        stated.pauses = vec![Pause { from_s: 1000.0, to_s: 1300.0 }, Pause { from_s: 2000.0, to_s: 2060.0 }];
        let a = numbers(&stated);
        near("moving", a.moving_s, 3240.0, 20.0);
        near("timer", a.timer_s, 3240.0, 1e-6);
        near("elapsed", a.elapsed_s, 3600.0, 1e-6);
        // Stated twice, overlapping, and without samples inside.
        stated.pauses.push(Pause { from_s: 900.0 + 100.0, to_s: 1200.0 });
        stated.pauses.push(Pause { from_s: 1100.0, to_s: 1300.0 });
        let stated = keeping(stated, |i| !(1004..1296).contains(&(i * every)));
        near("timer", numbers(&stated).timer_s, 3240.0, 1e-6);
        near("moving", numbers(&stated).moving_s, 3240.0, 20.0);
    }
}

#[test]
fn a_runner_who_wanders_about_is_standing_by_stravas_rule() {
    // The rule for runs is 30 minutes a mile: a minute of wandering about is no part of the run.
    let a = numbers(&recorded(3600, |i| if (1000..1100).contains(&i) { 0.5 } else { 3.0 }));
    near("moving", a.moving_s, 3500.0, 10.0);
}

#[test]
fn stops_that_only_the_devices_timer_knows_are_stops() {
    // As in a TCX: no event, no samples while the timer was stopped, and a lower timer time.
    let mut r = keeping(recorded(3600, |i| if (1000..1300).contains(&i) { 0.0 } else { 2.8 }), |i| !(1001..1300).contains(&i));
    r.samples.heart_rate_bpm[1001..].fill(130.0);
    r.samples.heart_rate_bpm[1001] = 90.0;
    near("timer without a witness", numbers(&r).timer_s, 3600.0, 1e-6);
    r.totals.timer_s = Some(3300.0);
    let a = numbers(&r);
    near("timer", a.timer_s, 3300.0, 1.0);
    near("moving", a.moving_s, 3300.0, 12.0);
    near("elapsed", a.elapsed_s, 3600.0, 1e-6);
}

#[test]
fn a_receiver_that_drifts_at_rest_does_not_move() {
    let mut samples = Samples::default();
    for i in 0..2400_usize {
        samples.push(i as f64);
        // Twenty minutes of running, and as many at rest with half a metre of error.
        let along = i.min(1200) as f64 * 3.0;
        let error = |k: usize| if i > 1200 { ((i * k % 11) as f64 - 5.0) * 0.1 } else { 0.0 };
        samples.latitude_deg[i] = 47.0 + (along + error(7919)) / 111_195.08;
        samples.longitude_deg[i] = 8.0 + error(104_729) / 75_800.0;
    }
    let r = Recording { sport: Sport::Running, started_at_ms: Some(1_700_000_000_000), samples, ..Recording::default() };
    near("moving", numbers(&r).moving_s, 1200.0, 10.0);
}

#[test]
fn segments_written_newest_first_are_sorted() {
    let right = recorded(3600, |_| 3.0);
    let order: Vec<usize> = (1800..=3600).chain(600..1800).chain(0..600).collect();
    let mut turned = right.clone();
    turned.samples = right.samples.select(&order);
    for t in &mut turned.samples.time_s {
        *t -= 1800.0;
    }
    let (a, b) = (numbers(&turned), numbers(&right));
    assert_eq!((a.distance_m, a.elapsed_s, a.moving_s), (b.distance_m, b.elapsed_s, b.moving_s));
    near("start", Some(a.start_s), -1800.0, 1e-9);

    // The recording itself, put in order, has the same numbers and nothing left to repair.
    let lap = |start_s, elapsed_s| Lap { start_s, elapsed_s, ..Lap::default() };
    turned.laps = vec![lap(0.0, 1800.0), lap(-1200.0, 1200.0), lap(-1800.0, 600.0)];
    let (ordered, sources) = in_order(turned.clone());
    assert_eq!(ordered.started_at_ms, right.started_at_ms.map(|ms| ms - 1_800_000));
    assert_eq!(ordered.laps, [lap(0.0, 600.0), lap(600.0, 1200.0), lap(1800.0, 1800.0)]);
    assert!(sources.iter().enumerate().all(|(k, &i)| order[i] == k), "each comes from where it was");
    let a = numbers(&ordered);
    assert_eq!((a.distance_m, a.elapsed_s, a.moving_s, a.start_s), (b.distance_m, b.elapsed_s, b.moving_s, 0.0));
    assert!(a.repairs.is_empty(), "{:?}", a.repairs);
}

#[test]
fn rests_in_a_pool_are_rests_whether_stated_or_not() {
    let length = |start_s: f64, active: bool| Length { start_s, elapsed_s: 30.0, strokes: active.then_some(15.0), stroke: None, active };
    let swum = || (0..4_u32).map(|k| length(f64::from(k) * 30.0, true)).chain((0..4_u32).map(|k| length(180.0 + f64::from(k) * 30.0, true)));
    let lap = |start_s, elapsed_s| Lap { start_s, elapsed_s, ..Lap::default() };
    let swim = Recording {
        sport: Sport::Swimming,
        started_at_ms: Some(1_700_000_000_000),
        lengths: swum().collect(),
        laps: vec![lap(0.0, 120.0), lap(120.0, 60.0), lap(180.0, 120.0)],
        pool_length_m: Some(25.0),
        totals: Totals { elapsed_s: Some(300.0), timer_s: Some(300.0), distance_m: Some(200.0), ..Totals::default() },
        ..Recording::default()
    };
    let mut stated = swim.clone();
    stated.lengths.extend([length(120.0, false), length(150.0, false)]);
    stated.lengths.sort_by(|a, b| a.start_s.total_cmp(&b.start_s));
    for written in [swim, stated] {
        // As a reader gives it: the lengths alone, and with a record a second.
        for recorded in [false, true] {
            let mut written = written.clone();
            if recorded {
                for i in 0..=300_u32 {
                    written.samples.push(f64::from(i));
                    written.samples.heart_rate_bpm[i as usize] = 120.0;
                }
            }
            let read = recordings::read(&recordings::fit::encode(&written), 1 << 24).expect("readable");
            let a = numbers(&read.recordings[0]);
            near("distance", a.distance_m, 200.0, 1e-6);
            near("elapsed", a.elapsed_s, 300.0, 1e-6);
            near("moving", a.moving_s, 240.0, 3.0);
            let of_laps: Vec<_> = a.laps.iter().map(|l| (l.distance_m, l.rest, l.lengths, l.swolf)).collect();
            assert_eq!(of_laps, [(Some(100.0), false, 4, Some(45.0)), (Some(0.0), true, 0, None), (Some(100.0), false, 4, Some(45.0))]);
        }
    }
}

/// Two stretches north along a meridian, with `gap_s` and `gap_m` between them.
fn segments(gap_s: f64, gap_m: f64, stated: bool) -> Recording {
    let mut samples = Samples::default();
    for i in 0..1200_usize {
        let second = i >= 600;
        samples.push(i as f64 + if second { gap_s } else { 0.0 });
        let metres = i as f64 * 3.0 + if second { gap_m } else { 0.0 };
        samples.latitude_deg[i] = 50.0 + metres / 111_195.08;
        samples.longitude_deg[i] = 8.0;
    }
    let pauses = if stated { vec![Pause { from_s: 599.0, to_s: 600.0 + gap_s }] } else { Vec::new() };
    Recording { sport: Sport::Running, started_at_ms: Some(1_700_000_000_000), samples, pauses, ..Recording::default() }
}

#[test]
fn distance_across_a_stated_gap_is_not_run() {
    let a = numbers(&segments(3600.0, 6900.0, true));
    near("distance", a.distance_m, 3594.0, 1.0);
    near("timer", a.timer_s, 1198.0, 1e-6);
    near("moving", a.moving_s, 1198.0, 10.0);
    assert!(a.caveats.iter().any(|c| matches!(c, Caveat::NotRun { metres } if (metres - 6903.0).abs() < 2.0)), "{:?}", a.caveats);
    // A gap without a statement counts as run, if that is possible.
    let a = numbers(&segments(600.0, 1800.0, false));
    near("distance", a.distance_m, 5397.0, 1.0);
    near("moving", a.moving_s, 1799.0, 10.0);
    assert!(a.caveats.is_empty());
    // And as standing, if it was too slow.
    near("moving", numbers(&segments(3600.0, 50.0, false)).moving_s, 1198.0, 15.0);
}

#[test]
fn a_counter_that_jumps_across_a_pause_is_trusted_if_the_devices_total_confirms_it() {
    let mut r = recorded(1200, |i| if i == 599 { 5000.0 } else { 3.0 });
    for t in &mut r.samples.time_s[600..] {
        *t += 1000.0;
    }
    r.pauses.push(Pause { from_s: 599.0, to_s: 1600.0 });
    near("distance", numbers(&r).distance_m, 3597.0, 10.0);
    r.totals.distance_m = Some(8597.0);
    near("distance", numbers(&r).distance_m, 8597.0, 10.0);
    r.totals.distance_m = Some(3597.0);
    near("distance", numbers(&r).distance_m, 3597.0, 10.0);
}

/// An hour at 3 m/s in which the clock is shifted by `by_s` after the first ten minutes.
fn moved(by_s: f64, elapsed_s: Option<f64>) -> Recording {
    let mut r = recorded(3600, |_| 3.0);
    for t in &mut r.samples.time_s[601..] {
        *t += by_s;
    }
    r.totals = Totals { elapsed_s, timer_s: elapsed_s.map(|s| s.min(3600.0)), ..Totals::default() };
    r
}

#[test]
fn a_jump_in_time_is_judged_by_the_devices_totals() {
    const DAYS: f64 = 3.0 * 86_400.0;
    // Confirmed: nothing is lost.
    let a = numbers(&moved(DAYS, Some(3600.0 + DAYS)));
    near("elapsed", a.elapsed_s, 3600.0 + DAYS, 1.0);
    near("distance", a.distance_m, 10_800.0, 1.0);
    near("moving", a.moving_s, 3600.0, 10.0);
    assert!(a.repairs.is_empty(), "{:?}", a.repairs);
    // Denied: a clock that was set, and the later times are right.
    for by_s in [DAYS, 7200.0, 30.0 * 365.0 * 86_400.0, -1800.0, -90_000.0] {
        let a = numbers(&moved(by_s, Some(3600.0)));
        near("elapsed", a.elapsed_s, 3600.0, 1.0);
        near("distance", a.distance_m, 10_800.0, 1.0);
        near("moving", a.moving_s, 3600.0, 10.0);
        near("start", Some(a.start_s), by_s, 1.0);
        assert!(a.caveats.contains(&Caveat::ClockSet), "{by_s}");
    }
    // Software that knows no stops, and a stop of twenty minutes or more: the start is unchanged.
    let a = numbers(&moved(1234.0, Some(3600.0)));
    assert!(a.caveats.is_empty() && a.start_s.abs() < 1e-9, "{:?}", a.caveats);
    near("elapsed", a.elapsed_s, 4834.0, 1.0);
    near("timer", a.timer_s, 3600.0, 2.0);
    // Software that knows them, and has none here.
    let mut r = moved(1234.0, Some(3700.0));
    r.samples.time_s[2000..].iter_mut().for_each(|t| *t += 100.0);
    r.totals.timer_s = Some(3600.0);
    let a = numbers(&r);
    near("elapsed", a.elapsed_s, 3700.0, 1.0);
    assert!(a.caveats.contains(&Caveat::ClockSet));
    // No statement at all: a gap of two hours is a stop, one of three days is not.
    near("elapsed", numbers(&moved(7200.0, None)).elapsed_s, 10_800.0, 1.0);
    near("elapsed", numbers(&moved(DAYS, None)).elapsed_s, 2999.0, 1.0);
}

#[test]
fn a_few_wrong_times_cost_only_themselves() {
    for wrong in [1e9, -5.0, 4e5, 100.0, 3599.5] {
        for at in [0, 1, 700, 3599] {
            let mut r = recorded(3600, |_| 3.0);
            r.samples.time_s[at] = wrong;
            let a = numbers(&r);
            near(&format!("distance with {wrong} at {at}"), a.distance_m, 10_800.0, 10.0);
            near(&format!("moving with {wrong} at {at}"), a.moving_s, 3600.0, 12.0);
        }
    }
    for wrong in [1e6, 0.0, 9000.0] {
        let mut r = recorded(3600, |_| 3.0);
        r.samples.distance_m[700] = wrong;
        near(&format!("distance with {wrong}"), numbers(&r).distance_m, 10_800.0, 1.0);
    }
}

#[test]
fn records_of_one_second_are_one_record_that_lacks_nothing() {
    let whole = recorded(1200, |_| 3.0);
    let mut pairs = Samples::default();
    for i in 0..=1200 {
        let k = 2 * i;
        pairs.push(whole.samples.time_s[i]);
        pairs.push(whole.samples.time_s[i]);
        pairs.distance_m[k] = whole.samples.distance_m[i];
        pairs.heart_rate_bpm[k + 1] = whole.samples.heart_rate_bpm[i];
        pairs.altitude_m[k + 1] = whole.samples.altitude_m[i];
    }
    let a = numbers(&Recording { samples: pairs, ..whole.clone() });
    let right = numbers(&whole);
    assert_eq!(
        (a.distance_m, a.avg_hr_bpm, a.moving_s, a.elevation_gain_m),
        (right.distance_m, right.avg_hr_bpm, right.moving_s, right.elevation_gain_m)
    );
}

#[test]
fn samples_with_one_time_have_their_distance_and_the_devices_times() {
    let mut r = recorded(1200, |_| 3.0);
    r.samples.time_s.fill(7.0);
    let a = numbers(&r);
    assert_eq!((a.moving_s, a.avg_pace_s_per_km, &a.caveats[..]), (None, None, &[Caveat::OneInstant][..]));
    near("distance", a.distance_m, 3600.0, 1e-6);
    r.totals = Totals { elapsed_s: Some(1250.0), timer_s: Some(1200.0), ..Totals::default() };
    let a = numbers(&r);
    near("moving", a.moving_s, 1200.0, 1e-6);
    near("elapsed", a.elapsed_s, 1250.0, 1e-6);
    assert_eq!(a.caveats, [Caveat::TimesOfTotals]);
}

#[test]
fn a_clock_with_only_minutes_loses_no_distance() {
    let mut r = recorded(3600, |_| 3.0);
    for t in &mut r.samples.time_s {
        *t = (*t / 60.0).floor() * 60.0;
    }
    let a = numbers(&r);
    near("distance", a.distance_m, 10_800.0, 1.0);
    near("elapsed", a.elapsed_s, 3600.0, 2.0);
    near("moving", a.moving_s, 3600.0, 70.0);
}

#[test]
fn a_counter_that_restarts_with_each_lap_is_continued() {
    let mut r = recorded(3600, |_| 3.0);
    for i in 0..=3600 {
        r.samples.distance_m[i] = (i % 400) as f64 * 3.0;
    }
    near("distance", numbers(&r).distance_m, 10_800.0, 40.0);
}

#[test]
fn a_heart_rate_for_part_of_the_time_says_for_how_much() {
    let with = |seconds: usize| {
        let mut r = recorded(3600, |_| 3.0);
        r.samples.heart_rate_bpm[seconds..].fill(f64::NAN);
        numbers(&r)
    };
    assert!(with(2000).caveats.is_empty());
    let a = with(1000);
    assert!(matches!(a.caveats[..], [Caveat::LittleHeartRate { percent }] if (percent - 28.0).abs() < 1.0), "{:?}", a.caveats);
    near("heart rate", a.avg_hr_bpm, 150.0, 1e-9);
}

#[test]
fn the_mean_heart_rate_includes_stops_and_efficiency_does_not() {
    let mut r = recorded(3600, |i| if i >= 1800 { 0.0 } else { 3.0 });
    r.samples.heart_rate_bpm[1801..].fill(100.0);
    let a = numbers(&r);
    near("heart rate", a.avg_hr_bpm, 125.0, 0.2);
    near("efficiency", a.efficiency_factor, 3.0 * 60.0 / 150.0, 0.01);
    r.pauses.push(Pause { from_s: 1800.0, to_s: 3600.0 });
    near("heart rate without the pause", numbers(&r).avg_hr_bpm, 150.0, 0.1);
}

#[test]
fn doubled_cadence_is_halved_and_a_fast_one_is_not() {
    let with = |rpm: f64, mps: f64, sport: Sport| {
        let mut r = recorded(1200, |_| mps);
        r.sport = sport;
        r.samples.cadence_rpm.fill(rpm);
        numbers(&r).cadence_rpm
    };
    for (written, mps, sport, right) in [
        (172.0, 3.0, Sport::Running, 86.0),
        (115.0, 1.4, Sport::Walking, 57.5),
        (86.0, 3.0, Sport::Running, 86.0),
        (100.0, 5.5, Sport::Running, 100.0),
        (55.0, 1.3, Sport::Walking, 55.0),
        (45.0, 0.5, Sport::Walking, 45.0),
        (120.0, 9.0, Sport::Cycling, 120.0),
    ] {
        near("cadence", with(written, mps, sport), right, 1e-9);
    }
}

#[test]
fn a_late_fix_after_a_gap_does_not_make_the_run_faster() {
    let metres = |a: &Analysis| a.distance_m.expect("distance");
    let fastest = |a: &Analysis| a.best_over_durations.iter().map(|e| e.distance_m / e.elapsed_s).fold(0.0, f64::max);
    for late in [1, 5, 30] {
        // No position, then no count, then the last position or count repeated.
        let mut unknown = segments(3600.0, 5000.0, true);
        unknown.samples.latitude_deg[600..600 + late].fill(f64::NAN);
        let mut uncounted = recorded(1200, |i| if i == 599 { 5000.0 } else { 3.0 });
        for t in &mut uncounted.samples.time_s[600..] {
            *t += 3600.0;
        }
        uncounted.pauses.push(Pause { from_s: 599.0, to_s: 4200.0 });
        let mut repeated_place = segments(3600.0, 5000.0, true);
        let place = repeated_place.samples.latitude_deg[599];
        repeated_place.samples.latitude_deg[600..600 + late].fill(place);
        let mut repeated_count = uncounted.clone();
        let count = repeated_count.samples.distance_m[599];
        repeated_count.samples.distance_m[600..600 + late].fill(count);
        uncounted.samples.distance_m[600..600 + late].fill(f64::NAN);
        for (what, r) in [("no place", unknown), ("no count", uncounted), ("the same place", repeated_place), ("the same count", repeated_count)] {
            let a = numbers(&r);
            let off = 15.0;
            assert!((metres(&a) - 3597.0).abs() < off, "{what} for {late} s: {} m", metres(&a));
            assert!(fastest(&a) < 3.2, "{what} for {late} s: {} m/s", fastest(&a));
            near(&format!("moving with {what} for {late} s"), a.moving_s, 1199.0, 15.0);
            let jumped = a.caveats.iter().find_map(|c| if let Caveat::NotRun { metres } = c { Some(*metres) } else { None });
            near(&format!("jump with {what} for {late} s"), jumped, 5000.0, 15.0);
        }
    }
}

#[test]
fn a_fast_sport_loses_no_distance_to_a_short_stop() {
    // A sample per minute, and a timer stop of five seconds inside a step: 550 m in 55 s is cycling.
    let seldom = |sport: Sport, mps: f64| {
        let mut r = keeping(recorded(3600, |_| mps), |i| i % 60 == 0);
        r.sport = sport;
        r.pauses.push(Pause { from_s: 1810.0, to_s: 1815.0 });
        let along = |r: &Recording| {
            let mut along = r.clone();
            for i in 0..r.samples.len() {
                along.samples.latitude_deg[i] = 50.0 + r.samples.distance_m[i] / 111_195.08;
                along.samples.longitude_deg[i] = 8.0;
            }
            along.samples.distance_m.fill(f64::NAN);
            along
        };
        [along(&r), r]
    };
    for (sport, mps) in [(Sport::Cycling, 10.0), (Sport::Cycling, 25.0), (Sport::Running, 9.0), (Sport::Other, 30.0), (Sport::Walking, 1.5)] {
        for r in seldom(sport, mps) {
            let a = numbers(&r);
            near(&format!("{sport:?} at {mps} m/s"), a.distance_m, 3600.0 * mps, 2.0);
            assert!(a.caveats.is_empty(), "{:?}", a.caveats);
        }
    }
}

#[test]
fn a_jump_is_not_confirmed_by_a_total_that_fits_better_without_it() {
    // 400 m by car in a pause of a marathon: within a per cent of the device's total, which excludes them.
    let mut r = recorded(14_000, |i| if i == 7000 { 400.0 } else { 3.0 });
    for t in &mut r.samples.time_s[7001..] {
        *t += 600.0;
    }
    r.pauses.push(Pause { from_s: 7000.0, to_s: 7601.0 });
    for (stated, right) in [(None, 41_997.0), (Some(41_997.0), 41_997.0), (Some(42_397.0), 42_397.0)] {
        r.totals.distance_m = stated;
        near(&format!("distance with {stated:?}"), numbers(&r).distance_m, right, 5.0);
    }
}

#[test]
fn a_gap_is_time_where_the_whole_fits_as_it_is() {
    // Nearly fourteen hours with an unstated gap of twelve minutes, which is within two per cent.
    let gap = |total: usize| {
        let mut r = keeping(recorded(total, |_| 2.0), |i| !(20_001..20_720).contains(&i) && i % 5 == 0);
        r.totals.timer_s = Some(49_000.0);
        r
    };
    let mut whole = gap(50_000);
    whole.totals.elapsed_s = Some(50_000.0);
    let a = numbers(&whole);
    near("elapsed", a.elapsed_s, 50_000.0, 1.0);
    assert!(a.repairs.is_empty() && a.start_s.abs() < 1e-9, "{:?}", a.repairs);
    // The same where the device denies it.
    whole.totals.elapsed_s = Some(49_280.0);
    near("elapsed", numbers(&whole).elapsed_s, 49_281.0, 6.0);
    // Two gaps, of which the device denies the shorter one.
    let mut two = keeping(gap(50_000), |i| !(6000..6200).contains(&i));
    two.totals.elapsed_s = Some(49_280.0);
    let a = numbers(&two);
    near("elapsed", a.elapsed_s, 49_281.0, 6.0);
    near("start", Some(a.start_s), 720.0, 6.0);
    // A duplicated segment: fifteen minutes in fourteen hours are within two per cent, too.
    let mut twice = recorded(50_000, |_| 2.0);
    let order: Vec<usize> = (0..=20_000).chain(19_100..=50_000).collect();
    twice.samples = twice.samples.select(&order);
    twice.totals = Totals { elapsed_s: Some(50_000.0), timer_s: Some(50_000.0), ..Totals::default() };
    let a = numbers(&twice);
    near("elapsed", a.elapsed_s, 50_000.0, 1.0);
    near("distance", a.distance_m, 100_000.0, 1.0);
    assert!(!a.caveats.contains(&Caveat::ClockSet));
}

#[test]
fn a_recording_of_years_is_a_clock_error() {
    // Steps of less than two days each, so that none of them is a jump.
    let mut r = recorded(2000, |_| 100.0);
    for (i, t) in r.samples.time_s.iter_mut().enumerate() {
        *t = i as f64 * 172_000.0;
    }
    let a = numbers(&r);
    assert!(a.elapsed_s.is_some_and(|s| s > 360.0 * 86_400.0 && s <= 366.0 * 86_400.0), "{:?}", a.elapsed_s);
    assert_eq!(a.repairs.get("time_impossible"), Some(&(2001 - a.track.samples.len())));
    // A stated pause of a thousand years.
    let mut r = recorded(1200, |_| 3.0);
    r.samples.time_s[600..].iter_mut().for_each(|t| *t += 3e10);
    r.pauses.push(Pause { from_s: 599.0, to_s: 600.0 + 3e10 });
    near("elapsed", numbers(&r).elapsed_s, 599.0, 1e-6);
    // Impossible totals are ignored, with samples and without.
    for stated in [1e300, f64::INFINITY, f64::NAN, 4_320_001.0, -1.0] {
        let mut r = recorded(1200, |_| 3.0);
        let stated = Some(stated);
        r.totals = Totals {
            elapsed_s: stated,
            timer_s: stated,
            distance_m: stated.map(|t| 1e5 * t),
            elevation_gain_m: stated,
            avg_hr_bpm: stated,
            max_hr_bpm: stated,
        };
        near("elapsed", numbers(&r).elapsed_s, 1200.0, 1e-6);
        r.samples = Samples::default();
        r.laps = vec![Lap { elapsed_s: 1e300, ..Lap::default() }];
        let a = numbers(&r);
        assert_eq!((a.elapsed_s, a.moving_s, a.distance_m, a.trimp, a.laps.len()), (None, None, None, None, 0), "{stated:?}");
    }
}
