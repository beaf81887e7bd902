//! Recordings within the readers' limits that once made a step of the analysis quadratic. Each is analysed in a process with limits on memory
//! and processor time.

use physiology::{Analysis, Athlete, analyse};
use recordings::{Lap, Length, Pause, Recording, Samples, Sport, Totals};

/// Megabytes of the process: the samples, cleaned samples and what is computed at each of them.
const MEMORY: u32 = 1000;
/// Seconds of processor time for all of them. Together they take a few; one quadratic step takes minutes.
const SECONDS: u32 = 60;
/// The readers' limit of samples.
const MOST: usize = 1 << 20;

fn recording(n: usize, time_s: impl Fn(usize) -> f64) -> Recording {
    let mut samples = Samples::default();
    for i in 0..n {
        samples.push(time_s(i));
    }
    for i in 0..n {
        samples.heart_rate_bpm[i] = 140.0 + (i % 40) as f64;
        samples.altitude_m[i] = 100.0 + (i % 7) as f64;
        samples.distance_m[i] = i as f64 * 0.1;
    }
    Recording { sport: Sport::Running, started_at_ms: Some(1_700_000_000_000), samples, ..Recording::default() }
}

fn numbers(name: &str, r: &Recording) -> Analysis {
    println!("{name}");
    let a = analyse(r, &Athlete::default());
    assert!(a.elapsed_s.is_none_or(f64::is_finite) && a.distance_m.is_none_or(|m| m <= 1e7), "{name}");
    a
}

#[test]
fn years_between_a_few_points_take_no_more_memory_than_days() {
    confined::within_seconds(300, SECONDS, "years_between_a_few_points_take_no_more_memory_than_days", || {
        for (name, n, step_s, step_m) in
            [("two thousand points", 2000, 172_000.0, 100_000.0), ("days apart", 300, 86_400.0, 60_000.0), ("many", 60_000, 500.0, 300.0)]
        {
            let mut placed = recording(n, |i| i as f64 * step_s);
            for i in 0..n {
                placed.samples.distance_m[i] = f64::NAN;
                placed.samples.latitude_deg[i] = -80.0 + i as f64 * step_m / 111_195.0 % 160.0;
                placed.samples.longitude_deg[i] = 8.0;
            }
            let mut counted = recording(n, |i| i as f64 * step_s);
            for (i, d) in counted.samples.distance_m.iter_mut().enumerate() {
                *d = i as f64 * step_m;
            }
            for r in [placed, counted] {
                let a = numbers(name, &r);
                assert!(a.caveats.contains(&physiology::Caveat::TooLongForSeconds), "{name}: {:?}", a.caveats);
                assert!(a.ngp_s_per_km.is_none() && a.hr_lag.is_none() && a.avg_hr_bpm.is_some());
            }
        }
    });
}

#[test]
fn no_step_of_computing_multiplies_with_another() {
    confined::within_seconds(MEMORY, SECONDS, "no_step_of_computing_multiplies_with_another", || {
        // All at two times, in two seconds, in a minute, and every millisecond.
        numbers("two instants", &recording(MOST, |i| (i % 2) as f64));
        numbers("two halves", &recording(MOST, |i| (2 * i / MOST) as f64));
        numbers("two seconds", &recording(MOST, |i| 2.0 * i as f64 / MOST as f64));
        numbers("a minute", &recording(MOST, |i| 60.0 * i as f64 / MOST as f64));
        numbers("milliseconds", &recording(MOST, |i| i as f64 / 1000.0));
        numbers("back and forth", &recording(MOST, |i| if i % 2 == 0 { i as f64 } else { 0.0 }));
        numbers("backwards", &recording(MOST, |i| (MOST - i) as f64));
        numbers("two hundred times the same", &recording(MOST, |i| (i % (MOST / 199)) as f64));
        numbers("one after the other, days apart", &recording(MOST, |i| (i / 5300) as f64 * 172_801.0 + (i % 5300) as f64));
        // A heart rate among many samples without one.
        let mut seldom = recording(MOST, |i| i as f64 / 1000.0);
        seldom.samples.heart_rate_bpm.iter_mut().enumerate().for_each(|(i, h)| *h = if i % 100 == 0 { 150.0 } else { f64::NAN });
        numbers("a heart rate now and then", &seldom);
        // Stated pauses, each between two samples that lie far apart; and all of them over each other.
        let mut paused = recording(MOST / 2, |i| i as f64 * 61.0);
        paused.pauses = (0..MOST / 2 - 1).map(|i| Pause { from_s: i as f64 * 61.0 + 1.0, to_s: i as f64 * 61.0 + 60.0 }).collect();
        numbers("pauses", &paused);
        let mut gaps = recording(40_000, |i| i as f64 * 700.0);
        gaps.pauses = (0..500_000).map(|k| Pause { from_s: f64::from(k) * 50.0, to_s: f64::from(k) * 50.0 + 1.0 }).collect();
        numbers("unstated gaps among pauses", &gaps);
        gaps.pauses = (0..500_000).map(|k| Pause { from_s: f64::from(k), to_s: 1e7 }).collect();
        numbers("pauses over each other", &gaps);
        // As many laps as a file may have, over as many lengths of a pool.
        let mut swim = recording(MOST, |i| i as f64);
        swim.sport = Sport::Swimming;
        swim.pool_length_m = Some(25.0);
        swim.lengths = (0..20_000_u32)
            .map(|k| Length { start_s: f64::from(k) * 50.0, elapsed_s: 40.0, strokes: Some(10.0), stroke: None, active: true })
            .collect();
        let lap = |k: u32| Lap { start_s: f64::from(k) * 10.0, elapsed_s: 10.0, ..Lap::default() };
        swim.laps = (0..100_000).map(lap).collect();
        numbers("laps over lengths", &swim);
        swim.laps = (0..100_000).map(|k| Lap { start_s: 0.0, elapsed_s: 1e6, ..lap(k) }).collect();
        numbers("laps over each other", &swim);
        // Breaks that are judged by the totals.
        let mut broken = recording(MOST, |i| i as f64 + (i / 5300) as f64 * 700.0);
        broken.totals = Totals { elapsed_s: Some(MOST as f64), timer_s: Some(1e5), ..Totals::default() };
        numbers("breaks", &broken);
    });
}
