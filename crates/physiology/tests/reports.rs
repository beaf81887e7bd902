//! Files that revealed a bug, and the right results for them. Needs `LEGWORK_RECORDINGS`, and is counted as skipped without.

use std::path::PathBuf;

use physiology::{Analysis, Athlete, Caveat, analyse};
use recordings::{Recording, Warning};

fn folder() -> PathBuf {
    std::env::var_os("LEGWORK_RECORDINGS").expect("LEGWORK_RECORDINGS").into()
}

fn report(name: &str) -> (Recording, Analysis, Vec<Warning>) {
    let bytes = std::fs::read(folder().join("reports").join(name)).expect("recording");
    let read = recordings::read(&bytes, 1 << 28).expect("readable");
    let recording = read.recordings.into_iter().next().expect("an activity");
    let analysis = analyse(&recording, &Athlete::default());
    (recording, analysis, read.warnings)
}

#[track_caller]
fn near(what: &str, value: Option<f64>, right: f64, off: f64) {
    let value = value.unwrap_or_else(|| panic!("no {what}"));
    assert!((value - right).abs() <= off, "{what}: {value}, right is {right}");
}

#[test]
#[ignore = "needs LEGWORK_RECORDINGS"]
fn a_slow_climber_with_rare_positions_is_moving() {
    let (_, a, _) = report("sparse-positions.tcx.gz");
    near("distance", a.distance_m, 8225.0, 1.0);
    near("elapsed", a.elapsed_s, 9602.0, 2.0);
    near("timer", a.timer_s, 9543.0, 3.0);
    near("moving", a.moving_s, 9543.0, 250.0);
    near("pace", a.avg_pace_s_per_km, 1160.0, 30.0);
    near("climb", a.elevation_gain_m, 1817.0, 20.0);
    near("heart rate", a.avg_hr_bpm, 163.0, 1.0);
    near("highest heart rate", a.max_hr_bpm, 175.0, 1.0);
}

#[test]
#[ignore = "needs LEGWORK_RECORDINGS"]
fn distance_between_segments_is_not_run() {
    let (_, a, _) = report("segments-apart.gpx.gz");
    near("distance", a.distance_m, 36_460.0, 20.0);
    near("elapsed", a.elapsed_s, 22_821.0, 1.0);
    near("timer", a.timer_s, 19_041.0, 30.0);
    let jumped = a.caveats.iter().find_map(|c| if let Caveat::NotRun { metres } = c { Some(*metres) } else { None });
    near("jump", jumped, 6900.0, 10.0);
    assert!(a.moving_s <= a.timer_s);
}

#[test]
#[ignore = "needs LEGWORK_RECORDINGS"]
fn the_mean_heart_rate_is_that_of_recorded_time() {
    let (_, a, _) = report("average-hr.tcx.gz");
    near("heart rate", a.avg_hr_bpm, 142.0, 0.6);
    near("highest heart rate", a.max_hr_bpm, 164.0, 0.0);
    near("distance", a.distance_m, 3643.0, 1.0);
    near("elapsed", a.elapsed_s, 1922.0, 1.0);
    assert_eq!(a.laps.len(), 7);
}

#[test]
#[ignore = "needs LEGWORK_RECORDINGS"]
fn a_pool_has_the_time_of_its_lengths() {
    let (r, a, warnings) = report("pool-swim.fit");
    assert_eq!(r.started_at_ms, Some(1_418_890_460_000), "2014-12-18T08:14:20Z");
    near("distance", a.distance_m, 1550.0, 0.1);
    near("elapsed", a.elapsed_s, 2019.0, 1.0);
    near("moving", a.moving_s, 1868.0, 5.0);
    assert_eq!((a.laps.len(), a.laps.iter().filter(|l| l.rest).count()), (11, 5));
    assert!(a.laps.iter().filter(|l| l.rest).all(|l| l.distance_m == Some(0.0)), "{:?}", a.laps);
    near("metres of the first lap", a.laps[0].distance_m, 200.0, 0.1);
    near("strokes", a.laps[0].strokes, 126.0, 0.0);
    near("SWOLF", a.laps[0].swolf, 92.0, 0.5);
    assert_eq!(a.laps[0].stroke.map(recordings::Stroke::as_str), Some("freestyle"));
    assert!(warnings.is_empty());
}

#[test]
#[ignore = "needs LEGWORK_RECORDINGS"]
fn a_clock_that_was_never_set_is_reported_and_everything_else_is_right() {
    let (_, a, warnings) = report("clock-1989.fit");
    assert_eq!(warnings, [Warning::ClockNotSet { day: "1989-12-31".into() }]);
    near("elapsed", a.elapsed_s, 1200.0, 0.0);
    near("distance", a.distance_m, 3600.0, 0.1);
    near("heart rate", a.avg_hr_bpm, 150.0, 0.0);
}

#[test]
#[ignore = "needs LEGWORK_RECORDINGS"]
fn a_track_with_one_time_has_a_distance_and_no_pace() {
    let (_, a, _) = report("one-instant.gpx");
    near("distance", a.distance_m, 1990.0, 1.0);
    assert_eq!((a.avg_pace_s_per_km, a.moving_s, a.gap_s_per_km), (None, None, None));
    assert_eq!(a.caveats, [Caveat::OneInstant]);
}

#[test]
#[ignore = "needs LEGWORK_RECORDINGS"]
fn steps_of_both_legs_are_halved_and_reported() {
    let (_, doubled, _) = report("doubled-cadence.tcx.gz");
    near("steps a minute", doubled.cadence_rpm.map(|c| 2.0 * c), 134.0, 1.0);
    assert!(doubled.caveats.contains(&Caveat::StepsOfBothLegs));
    near("distance", doubled.distance_m, 498.0, 1.0);
    near("elapsed", doubled.elapsed_s, 261.0, 0.0);
    let (_, single, _) = report("single-cadence.gpx.gz");
    near("steps a minute", single.cadence_rpm.map(|c| 2.0 * c), 177.0, 1.0);
    assert!(single.caveats.is_empty());
}

#[test]
#[ignore = "needs LEGWORK_RECORDINGS"]
fn the_same_run_without_positions_has_the_same_times() {
    let (_, a, _) = report("treadmill-twin.tcx.gz");
    near("distance", a.distance_m, 10_630.0, 1.0);
    near("elapsed", a.elapsed_s, 3763.0, 1.0);
    near("timer", a.timer_s, 3098.0, 5.0);
}

/// Prints the metrics of every file, to compare before and after a change: `cargo test -p physiology --test reports -- --nocapture`.
#[test]
#[ignore = "needs LEGWORK_RECORDINGS"]
fn every_file_has_numbers_that_can_be_true() {
    let root = folder();
    let mut files: Vec<PathBuf> = ["fit", "fit-broken", "gpx", "tcx", "reports"]
        .iter()
        .flat_map(|f| std::fs::read_dir(root.join(f)).expect("folder").map(|e| e.expect("entry").path()))
        .collect();
    files.sort();
    let mut read = 0;
    for path in files {
        let Ok(found) = recordings::read(&std::fs::read(&path).expect("file"), 1 << 28) else { continue };
        let name = path.strip_prefix(&root).expect("inside").display().to_string();
        for recording in &found.recordings {
            read += 1;
            let a = analyse(recording, &Athlete::default());
            let n = |v: Option<f64>| v.map_or_else(|| "-".to_owned(), |v| format!("{v:.1}"));
            println!(
                "{name} | {} n {} laps {} d {} el {} tm {} mv {} hr {} {} asc {} pace {} gap {} ef {} cad {} {:?} {:?}",
                recording.sport.as_str(),
                recording.samples.len(),
                a.laps.len(),
                n(a.distance_m),
                n(a.elapsed_s),
                n(a.timer_s),
                n(a.moving_s),
                n(a.avg_hr_bpm),
                n(a.max_hr_bpm),
                n(a.elevation_gain_m),
                n(a.avg_pace_s_per_km),
                n(a.gap_s_per_km),
                a.efficiency_factor.map_or_else(|| "-".to_owned(), |e| format!("{e:.4}")),
                n(a.cadence_rpm),
                a.repairs,
                a.caveats
            );
            assert!(a.moving_s.unwrap_or(0.0) <= a.elapsed_s.unwrap_or(f64::INFINITY) + 1e-6, "{name}");
        }
        for warning in &found.warnings {
            println!("    {warning}");
        }
    }
    assert!(read > 80, "{read}");
}
