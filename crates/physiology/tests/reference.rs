//! Real runs against published values. Needs `LEGWORK_RECORDINGS`, and is counted as skipped without.

use std::path::PathBuf;

use physiology::climbs::{Climb, climbs};
use physiology::{Analysis, Athlete, analyse};

fn analysed(path: &str) -> Analysis {
    let folder = PathBuf::from(std::env::var_os("LEGWORK_RECORDINGS").expect("LEGWORK_RECORDINGS"));
    let bytes = std::fs::read(folder.join(path)).expect("recording");
    let read = recordings::read(&bytes, 1 << 28).expect("readable");
    analyse(&read.recordings[0], &Athlete::default())
}

/// The grade-adjusted pace that Strava shows for three runs. Nothing in the method was fitted to them: see docs/physiology.md.
#[test]
#[ignore = "needs LEGWORK_RECORDINGS"]
fn graded_pace_matches_stravas_within_five_seconds() {
    for (name, published) in [("sloatsburg", 298.0), ("loup-blanc", 331.0), ("trosku", 261.0)] {
        let a = analysed(&format!("fit/{name}.fit"));
        let ours = a.gap_s_per_km.expect("hills");
        println!("{name}: {ours:.1} s/km, Strava {published}; smoothing σ = {:.1} m", a.track.profile.as_ref().expect("altitude").sigma_m());
        assert!((ours - published).abs() <= 5.0, "{name}: {ours}");
    }
}

/// A race of ten laps over one hill, with a ramp before the first: the laps are the same hill, ten times, and nothing else is a climb.
#[test]
#[ignore = "needs LEGWORK_RECORDINGS"]
fn ten_laps_over_a_hill_are_ten_climbs() {
    let a = analysed("fit/loup-blanc.fit");
    let found = climbs(a.track.profile.as_ref().expect("altitude"), a.distance_m.expect("distance"));
    let hill = &found[1..];
    let range = |of: fn(&Climb) -> f64| {
        let values: Vec<f64> = hill.iter().map(of).collect();
        values.iter().copied().fold(f64::NEG_INFINITY, f64::max) - values.iter().copied().fold(f64::INFINITY, f64::min)
    };
    println!("{} climbs, gain within {:.1} m, length within {:.0} m", found.len(), range(|c| c.gain_m), range(Climb::length_m));
    assert_eq!(hill.len(), 10);
    assert!(range(|c| c.gain_m) < 10.0 && range(Climb::length_m) < 120.0);
    let laps: Vec<f64> = hill.windows(2).map(|w| w[1].start_m - w[0].start_m).collect();
    assert!(laps.iter().all(|m| (m - 3540.0).abs() < 80.0), "{laps:?}");
}

/// Two sessions of a minute fast and a minute slow, and a run with a block of half an hour; no other run of the folder is a session.
#[test]
#[ignore = "needs LEGWORK_RECORDINGS"]
fn sessions_are_told_from_hilly_runs() {
    let root = std::path::PathBuf::from(std::env::var_os("LEGWORK_RECORDINGS").expect("LEGWORK_RECORDINGS"));
    let folders = ["fit", "gpx", "tcx"].map(|folder| std::fs::read_dir(root.join(folder)).expect("a folder"));
    let mut runs = 0;
    let mut found: Vec<(String, usize)> = Vec::new();
    for path in folders.into_iter().flatten().map(|entry| entry.expect("a file").path()) {
        let Ok(read) = recordings::read(&std::fs::read(&path).expect("bytes"), 1 << 28) else { continue };
        for recording in read.recordings.iter().filter(|recording| recording.sport == recordings::Sport::Running) {
            let Some(track) = physiology::track(recording, physiology::grade::Model::HeartRate) else { continue };
            runs += 1;
            let intervals = physiology::repeats::repeats(&track).len();
            if intervals > 0 {
                found.push((path.file_name().unwrap_or_default().to_string_lossy().into_owned(), intervals));
            }
        }
    }
    found.sort();
    println!("{} of {runs} runs have intervals: {found:?}", found.len());
    let is = |k: usize, name: &str, range: std::ops::RangeInclusive<usize>| found[k].0.starts_with(name) && range.contains(&found[k].1);
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(is(0, "activity-small-fenix2", 1..=1) && is(1, "trackeR-2013-06-03", 15..=20) && is(2, "trackeR-2013-06-14", 19..=21), "{found:?}");
}

/// The same run from two exports.
#[test]
#[ignore = "needs LEGWORK_RECORDINGS"]
fn fit_and_tcx_of_one_run_agree_within_a_per_cent() {
    let (fit, tcx) = (analysed("fit/sloatsburg.fit"), analysed("tcx/sloatsburg.tcx.gz"));
    let values = |a: &Analysis| {
        [
            ("distance", a.distance_m),
            ("moving time", a.moving_s),
            ("climb", a.elevation_gain_m),
            ("efficiency factor", a.efficiency_factor),
            ("decoupling", a.decoupling_pct),
            ("graded pace", a.gap_s_per_km),
        ]
    };
    for ((name, a), (_, b)) in values(&fit).into_iter().zip(values(&tcx)) {
        let (a, b) = (a.expect("known"), b.expect("known"));
        println!("{name}: {a:.4} {b:.4} {:+.3} %", 100.0 * (b / a - 1.0));
        assert!((b / a - 1.0).abs() < 0.01, "{name}: {a} {b}");
    }
}
