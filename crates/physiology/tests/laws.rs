//! Invariants of the metrics for any bytes: real and generated files, with bits flipped, truncated and with segments repeated.
//!
//! Real files need `LEGWORK_RECORDINGS`; the test reports that they were skipped if that is unset.

use std::sync::OnceLock;

use physiology::climbs::{climbs, parts};
use physiology::pacing::{climbs_against_flat, second_half_pct};
use physiology::route::{Line, Match};
use physiology::stretch::Stretches;
use physiology::{Analysis, Athlete, analyse};
use proptest::prelude::*;
use recordings::{Lap, Length, Pause, Recording, Samples, Sport, Stroke, fit, gpx, tcx};

/// Larger files add nothing here, and are slower.
const MOST_BYTES: u64 = 120_000;

/// A run over a hill with a pause, laps and everything that a device measures; and a pool swim.
fn made() -> Vec<Vec<u8>> {
    let mut samples = Samples::default();
    for i in 0..900_usize {
        samples.push(i as f64 + if i > 400 { 120.0 } else { 0.0 });
        samples.distance_m[i] = i as f64 * 2.8;
        samples.altitude_m[i] = 100.0 + (i as f64 / 60.0).sin() * 20.0;
        samples.heart_rate_bpm[i] = 140.0 + (i % 20) as f64;
        samples.cadence_rpm[i] = 85.0;
        samples.latitude_deg[i] = 50.0 + i as f64 * 2.5e-5;
        samples.longitude_deg[i] = 8.0;
    }
    let lap = |start_s, elapsed_s| Lap { start_s, elapsed_s, timer_s: Some(elapsed_s), distance_m: Some(elapsed_s * 2.8), ..Lap::default() };
    let run = Recording {
        sport: Sport::Running,
        started_at_ms: Some(1_700_000_000_000),
        samples,
        laps: vec![lap(0.0, 400.0), lap(400.0, 320.0), lap(720.0, 299.0)],
        pauses: vec![Pause { from_s: 400.0, to_s: 521.0 }],
        ..Recording::default()
    };
    let mut samples = Samples::default();
    for i in 0..600_usize {
        samples.push(i as f64);
        samples.heart_rate_bpm[i] = 120.0;
    }
    let length = |k: u32| Length {
        start_s: f64::from(k) * 40.0,
        elapsed_s: 40.0,
        strokes: (k % 5 != 4).then_some(18.0),
        stroke: Some(Stroke::Freestyle),
        active: k % 5 != 4,
    };
    let swim = Recording {
        sport: Sport::Swimming,
        started_at_ms: Some(1_700_000_000_000),
        samples,
        lengths: (0..15).map(length).collect(),
        laps: (0..3).map(|k| Lap { start_s: f64::from(k) * 200.0, elapsed_s: 200.0, ..Lap::default() }).collect(),
        pool_length_m: Some(25.0),
        ..Recording::default()
    };
    [Some(fit::encode(&run)), gpx::encode(&run).ok(), tcx::encode(&run), Some(fit::encode(&swim))].into_iter().flatten().collect()
}

fn files() -> &'static [Vec<u8>] {
    static FILES: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    FILES.get_or_init(|| {
        let mut out = made();
        let Some(root) = std::env::var_os("LEGWORK_RECORDINGS").map(std::path::PathBuf::from) else {
            println!("real files were skipped: LEGWORK_RECORDINGS is not set");
            return out;
        };
        for folder in ["fit", "fit-broken", "gpx", "tcx", "reports"] {
            let mut paths: Vec<_> = std::fs::read_dir(root.join(folder)).expect("folder").map(|e| e.expect("entry").path()).collect();
            paths.sort();
            for path in paths {
                let bytes = std::fs::read(&path).expect("file");
                // A bit flipped in a wrapper only ends it.
                let bytes = if bytes.starts_with(&[0x1f, 0x8b]) { recordings::gunzip(&bytes, 1 << 28).expect("gzip").0 } else { bytes };
                if bytes.len() as u64 <= MOST_BYTES && recordings::read(&bytes, 1 << 28).is_ok() {
                    out.push(bytes);
                }
            }
        }
        out
    })
}

fn hold(a: &Analysis) -> Result<(), TestCaseError> {
    let sane = |v: Option<f64>| v.is_none_or(|v| v.is_finite() && v >= 0.0);
    for (name, value) in [
        ("distance", a.distance_m),
        ("elapsed", a.elapsed_s),
        ("timer", a.timer_s),
        ("moving", a.moving_s),
        ("climb", a.elevation_gain_m),
        ("pace", a.avg_pace_s_per_km),
        ("graded pace", a.gap_s_per_km),
        ("heart rate", a.avg_hr_bpm),
    ] {
        prop_assert!(sane(value), "{name}: {value:?}");
    }
    let within = |part: Option<f64>, whole: Option<f64>| part.zip(whole).is_none_or(|(p, w)| p <= w + 1e-6 + 1e-12 * w);
    prop_assert!(within(a.moving_s, a.timer_s) && within(a.timer_s, a.elapsed_s), "{:?} {:?} {:?}", a.moving_s, a.timer_s, a.elapsed_s);
    prop_assert!(a.moving_s.is_none() || a.elapsed_s.is_some());
    // A year and ten thousand kilometres are the limits.
    prop_assert!(a.elapsed_s.is_none_or(|s| s <= 366.0 * 86_400.0) && a.distance_m.is_none_or(|m| m <= 1e7), "{:?} {:?}", a.elapsed_s, a.distance_m);
    prop_assert!(a.trimp.is_none_or(f64::is_finite) && a.cadence_rpm.is_none_or(f64::is_finite) && a.temperature_c.is_none_or(f64::is_finite));
    prop_assert!(a.track.samples.time_s.windows(2).all(|w| w[1] > w[0]), "times ascend");
    prop_assert!(a.track.distance_m.windows(2).all(|w| w[1] >= w[0]), "distance never falls");
    let moved: f64 = a.track.moving_s.iter().sum();
    let metres = a.track.total_m().unwrap_or(0.0);
    let near = |x: f64, y: f64| (x - y).abs() <= 1e-6 * y.abs().max(1.0);
    if !a.splits.is_empty() {
        prop_assert!(near(a.splits.iter().map(|s| s.distance_m).sum(), metres), "metres of splits");
        prop_assert!(near(a.splits.iter().map(|s| s.moving_s).sum(), moved), "moving time of splits");
    }
    if a.track.samples.len() > 1 && a.moving_s.is_some() {
        let total = |of: fn(&physiology::LapMetrics) -> f64| a.laps.iter().map(of).sum::<f64>();
        prop_assert!(total(|l| l.moving_s) <= moved + 1e-6, "moving time of laps: {} of {moved}", total(|l| l.moving_s));
        if !a.track.distance_m.is_empty() {
            prop_assert!(total(|l| l.distance_m.unwrap_or(0.0)) <= metres + 0.02, "metres of laps");
        }
        prop_assert!(a.laps.windows(2).all(|w| w[0].start_s <= w[1].start_s));
    }
    let lapped: f64 = a.laps.iter().map(|l| l.elapsed_s).sum();
    prop_assert!(a.laps.is_empty() || within(Some(lapped), a.elapsed_s), "laps of {lapped} s in {:?}", a.elapsed_s);
    prop_assert!(a.laps.iter().all(|l| l.moving_s >= 0.0 && l.moving_s <= l.elapsed_s && l.distance_m.is_none_or(|d| d >= 0.0)), "{:?}", a.laps);
    Ok(())
}

/// What is computed from a track for its page: climbs, parts, the route.
fn hold_on_its_page(a: &Analysis) -> Result<(), TestCaseError> {
    let near = |x: f64, y: f64| (x - y).abs() <= 1e-6 * y.abs().max(1.0);
    let same = |x: Option<f64>, y: Option<f64>| x.zip(y).map_or(x.is_none() == y.is_none(), |(x, y)| near(x, y));
    if let Some((profile, total)) = a.track.profile.as_ref().zip(a.track.total_m()) {
        let climbs = climbs(profile, total);
        prop_assert!(climbs.iter().all(|c| c.start_m >= 0.0 && c.end_m > c.start_m && c.end_m <= total && c.gain_m.is_finite()), "{climbs:?}");
        prop_assert!(near(parts(&climbs, total).iter().map(|p| p.to_m - p.from_m).sum(), total), "{climbs:?} of {total}");
        prop_assert!(climbs_against_flat(&a.track, &climbs).is_none_or(f64::is_finite));
    }
    prop_assert!(second_half_pct(&a.track).is_none_or(f64::is_finite));
    let stretches = Stretches::new(&a.track, true, a.hr_lag.map_or(30.0, |lag| lag.tau_s));
    let by_time = stretches.between_times(f64::NEG_INFINITY, f64::INFINITY);
    let whole = a.track.total_m().map_or(by_time, |total| stretches.between_distances(0.0, total));
    if let Some(whole) = whole.filter(|_| a.moving_s.is_some() && a.timer_s.is_some()) {
        prop_assert!(same(whole.distance_m.filter(|m| *m > 0.0), a.track.total_m()), "{:?} of {:?}", whole.distance_m, a.track.total_m());
        prop_assert!(near(whole.moving_s, a.track.moving_s.iter().sum()), "{} of {:?}", whole.moving_s, a.moving_s);
        if a.efficiency_factor.is_some() {
            prop_assert!(same(whole.efficiency_factor, a.efficiency_factor) && same(whole.decoupling_pct, a.decoupling_pct), "{whole:?}");
            prop_assert!(same(whole.elevation_gain_m, a.track.profile.as_ref().and(a.elevation_gain_m)), "{whole:?} {:?}", a.elevation_gain_m);
        }
    }
    if let Some(line) = Line::of_track(&a.track) {
        prop_assert_eq!(line.matches(&line), Match::Same);
        prop_assert!(line.signature().candidates().contain(line.signature()));
        prop_assert!(Line::try_from(Vec::from(line.clone())).is_ok_and(|stored| stored == line));
    }
    Ok(())
}

/// The invariants, for the recording and for its crops. Returns the metres of its two parts and of both together.
fn hold_when_cut(recording: &Recording, (from, at, to): (f64, f64, f64)) -> Result<[f64; 3], TestCaseError> {
    let whole = analyse(recording, &Athlete::default());
    hold(&whole)?;
    hold_on_its_page(&whole)?;
    let parts = [(from, at), (at + 1e-3, to), (from, to)].map(|(from, to)| analyse(&recording.crop(from, to), &Athlete::default()));
    for part in &parts {
        hold(part)?;
        hold_on_its_page(part)?;
    }
    Ok(parts.map(|part| part.distance_m.unwrap_or(0.0)))
}

#[test]
fn laps_and_splits_of_sound_files_are_the_whole() {
    for bytes in made() {
        let read = recordings::read(&bytes, 1 << 28).expect("readable");
        let a = analyse(&read.recordings[0], &Athlete::default());
        hold(&a).expect("lawful");
        let metres = a.distance_m.expect("distance");
        let of_laps: f64 = a.laps.iter().filter_map(|l| l.distance_m).sum();
        assert!((of_laps - metres).abs() < 0.01, "{of_laps} of {metres}");
        let moving: f64 = a.laps.iter().map(|l| l.moving_s).sum();
        assert!((moving - a.moving_s.expect("moving")).abs() < 0.01, "{moving} of {:?}", a.moving_s);
    }
}

#[test]
fn every_sound_file_is_lawful() {
    for bytes in files() {
        for recording in &recordings::read(bytes, 1 << 28).expect("readable").recordings {
            let end = recording.samples.time_s.iter().copied().filter(|t| t.is_finite()).fold(0.0, f64::max);
            let [first, second, both] = hold_when_cut(recording, (0.1 * end, 0.4 * end, 0.9 * end)).expect("lawful");
            // The step at the cut is in neither part; jumps and outliers of a part may differ a little.
            assert!(first + second <= 1.005 * both + 60.0, "{first} and {second} of {both} m");
        }
    }
}

/// A crop of a sound recording has the distance that was run in it, wherever it is and however distance is counted.
#[test]
fn what_is_cropped_is_in_no_metric() {
    for bytes in made() {
        let whole = recordings::read(&bytes, 1 << 28).expect("readable").recordings.remove(0);
        let total = analyse(&whole, &Athlete::default());
        let end = total.elapsed_s.expect("elapsed");
        for (from, to) in [(0.0, 300.0), (1.0, end), (60.0, end), (60.0, 400.0), (300.0, 700.0), (650.0, end)] {
            let part = analyse(&whole.crop(from, to), &Athlete::default());
            hold(&part).expect("lawful");
            let inside: f64 = {
                let track = &total.track;
                let at = |moment: f64| track.distance_m[track.samples.time_s.partition_point(|t| *t < moment).min(track.distance_m.len() - 1)];
                at(to) - at(from)
            };
            // A pool length at the cut is removed as a whole, or kept.
            let off = if whole.lengths.is_empty() { 10.0 } else { 50.0 };
            let metres = part.distance_m.unwrap_or(0.0);
            assert!((metres - inside).abs() <= off, "{from} to {to}: {metres}, right is {inside}");
        }
    }
}

/// Laps that overlap, repeat or lie after the end, in otherwise sound files.
#[test]
fn laps_that_overlap_are_no_more_than_the_whole() {
    let lap = |start_s, elapsed_s| Lap { start_s, elapsed_s, timer_s: Some(elapsed_s), distance_m: Some(2.8 * elapsed_s), ..Lap::default() };
    for bytes in made() {
        let sound = recordings::read(&bytes, 1 << 28).expect("readable").recordings.remove(0);
        let twice = |laps: &[Lap]| laps.iter().chain(laps).copied().collect::<Vec<_>>();
        // Starts in whole seconds, and durations slightly longer than the differences.
        let uneven: Vec<Lap> = (0..60).map(|k| lap(f64::from(k) * 10.0, if k % 2 == 0 { 11.4 } else { 8.3 })).collect();
        let longer: Vec<Lap> = (0..100).map(|k| lap(f64::from(k) * 6.0, 7.9)).collect();
        for laps in [twice(&sound.laps), vec![lap(0.0, 5e5), lap(0.0, 5e5)], vec![lap(2e6, 60.0), lap(0.0, 100.0), lap(50.0, 100.0)], uneven, longer]
        {
            let mut r = Recording { laps, ..sound.clone() };
            hold(&analyse(&r, &Athlete::default())).expect("lawful");
            // The same without samples, as the device wrote them.
            r.samples = Samples::default();
            r.totals.elapsed_s = Some(900.0);
            hold(&analyse(&r, &Athlete::default())).expect("lawful");
        }
    }
}

/// Seconds or metres as files claim them: mostly possible, now and then anything.
fn anything() -> impl Strategy<Value = f64> {
    prop_oneof![6 => -10.0..2000.0f64, 3 => 0.0..1e6f64, 1 => any::<f64>(), 1 => Just(1e300)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_damage_breaks_a_law(
        which in any::<prop::sample::Index>(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), 0..8_u8), 0..24),
        cut in prop_oneof![Just(1.0), 0.2..1.0f64],
        repeat in prop::option::of((any::<prop::sample::Index>(), any::<prop::sample::Index>())),
        cut_at in (0.0..200.0f64, 200.0..700.0f64, 500.0..5e4f64),
    ) {
        let mut bytes = files()[which.index(files().len())].clone();
        for (at, bit) in &flips {
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
        }
        if let Some((from, to)) = repeat {
            let (from, to) = (from.index(bytes.len()), to.index(bytes.len()));
            let part = bytes[from.min(to)..from.max(to)].to_vec();
            bytes.extend(part);
        }
        bytes.truncate((bytes.len() as f64 * cut) as usize);
        if let Ok(read) = recordings::read(&bytes, 1 << 26) {
            for recording in &read.recordings {
                prop_assert!(recording.is_possible());
                hold_when_cut(recording, cut_at)?;
            }
        }
    }

    /// Damage on the level of values: single values of a recording that are anything.
    #[test]
    fn no_value_breaks_a_law(
        which in 0..4_usize,
        spoilt in prop::collection::vec((0..10_usize, any::<prop::sample::Index>(), prop_oneof![any::<f64>(), -1e5..1e5f64, Just(0.0)]), 1..12),
        pauses in prop::collection::vec((-100.0..2000.0f64, -100.0..2000.0f64), 0..4),
        laps in prop::collection::vec((-100.0..2000.0f64, anything()), 0..6),
        totals in (prop::option::of(anything()), prop::option::of(anything()), prop::option::of(anything())),
        cut_at in (0.0..200.0f64, 200.0..700.0f64, 500.0..5e4f64),
    ) {
        let mut recording = recordings::read(&made()[which], 1 << 26).expect("readable").recordings.remove(0);
        for (column, at, value) in spoilt {
            let at = at.index(recording.samples.len());
            recording.samples.columns_mut()[column][at] = if value.is_finite() { value } else { f64::NAN };
        }
        recording.pauses.extend(pauses.into_iter().map(|(from_s, to_s)| Pause { from_s, to_s }));
        recording.laps.extend(laps.into_iter().map(|(start_s, elapsed_s)| Lap { start_s, elapsed_s, ..Lap::default() }));
        (recording.totals.elapsed_s, recording.totals.timer_s, recording.totals.distance_m) = totals;
        hold_when_cut(&recording, cut_at)?;
    }
}
