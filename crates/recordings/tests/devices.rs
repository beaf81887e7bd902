//! Files of real devices, and how they are read. Needs `LEGWORK_RECORDINGS`, and is counted as skipped without.

use std::path::PathBuf;

use recordings::fit::{self, Value};
use recordings::{Recording, Sport};

fn folder() -> PathBuf {
    std::env::var_os("LEGWORK_RECORDINGS").expect("LEGWORK_RECORDINGS").into()
}

fn read(folder: &std::path::Path, name: &str) -> Vec<Recording> {
    let bytes = std::fs::read(folder.join(name)).expect("recording");
    recordings::read(&bytes, 1 << 28).expect("readable").recordings
}

#[test]
#[ignore = "needs LEGWORK_RECORDINGS"]
fn a_triathlon_is_its_legs_wherever_the_summaries_are() {
    let folder = folder();
    for name in ["fit/triathlon_summary_first.fit", "fit/triathlon_summary_last.fit"] {
        let legs = read(&folder, name);
        let sports: Vec<Sport> = legs.iter().map(|l| l.sport).collect();
        assert_eq!(sports, [Sport::Swimming, Sport::Transition, Sport::Cycling, Sport::Transition, Sport::Running], "{name}");
        assert!(legs.windows(2).all(|w| w[0].started_at_ms < w[1].started_at_ms));
        assert!(legs.iter().all(|l| l.samples.time_s.first().is_none_or(|t| t.abs() < 1e-9)), "{name}: each leg begins at zero");
    }
}

#[test]
#[ignore = "needs LEGWORK_RECORDINGS"]
fn a_pool_swim_has_lengths_a_distance_and_the_straps_heart_rate() {
    let folder = folder();
    let swim = &read(&folder, "fit/sdk-activity_poolswim_with_hr.fit")[0];
    assert_eq!((swim.sport, swim.sub_sport.as_deref(), swim.pool_length_m), (Sport::Swimming, Some("lap_swimming"), Some(25.0)));
    assert_eq!(swim.lengths.iter().filter(|l| l.active).count(), 68);
    let last = swim.samples.distance_m.iter().rev().copied().find(|d| d.is_finite());
    assert_eq!(last, Some(1700.0));
    let s = &swim.samples;
    assert!(s.heart_rate_bpm.iter().filter(|h| h.is_finite()).count() * 100 > s.len() * 99);
    // The watch computed its own numbers after the strap had sent its readings: the mean over the lengths that were swum.
    let swum = |t: f64| swim.lengths.iter().any(|l| l.active && (l.start_s..=l.start_s + l.elapsed_s).contains(&t));
    let hr: Vec<f64> = (0..s.len()).filter(|&i| swum(s.time_s[i])).map(|i| s.heart_rate_bpm[i]).filter(|h| h.is_finite()).collect();
    let mean = hr.iter().sum::<f64>() / hr.len() as f64;
    let highest = s.heart_rate_bpm.iter().copied().fold(0.0, f64::max);
    assert!((mean - swim.totals.avg_hr_bpm.expect("a mean")).abs() < 1.5, "{mean}");
    assert!((highest - swim.totals.max_hr_bpm.expect("a highest")).abs() < 1.0, "{highest}");
}

#[test]
#[ignore = "needs LEGWORK_RECORDINGS"]
fn developer_fields_come_with_name_and_unit() {
    let folder = folder();
    let run = &read(&folder, "fit/sdk-activity_developerdata.fit")[0];
    let names: Vec<(&str, &str)> = run.samples.extra.iter().map(|s| (s.name.as_str(), s.unit.as_str())).collect();
    assert_eq!(names, [("Heart Rate", "bpm")]);
    assert!(run.samples.extra.iter().all(|s| s.values.len() == run.samples.len()));
}

/// The two ways to read a FIT file must not disagree: the typed columns are the `record` messages' fields.
#[test]
#[ignore = "needs LEGWORK_RECORDINGS"]
fn columns_and_messages_agree() {
    let folder = folder();
    let mut compared = 0;
    for file in std::fs::read_dir(folder.join("fit")).expect("folder") {
        let path = file.expect("entry").path();
        let bytes = std::fs::read(&path).expect("file");
        let (messages, _) = fit::messages(&bytes).expect("readable");
        let read = fit::decode(&bytes).expect("readable");
        // Sessions split the records; a strap's heart rate and pool lengths are no fields of them.
        let [recording] = &read.recordings[..] else { continue };
        let records: Vec<_> = messages.iter().filter(|m| m.number == 20).collect();
        if recording.pool_length_m.is_some() {
            continue;
        }
        assert_eq!(records.len(), recording.samples.len(), "{}", path.display());
        let merged = messages.iter().any(|m| m.number == 132);
        for (i, record) in records.iter().enumerate() {
            let s = &recording.samples;
            let number = |names: &[&str]| {
                names.iter().find_map(|n| record.field(n)).map_or(f64::NAN, |f| match &f.value {
                    Value::Number(n) => *n,
                    _ => f64::NAN,
                })
            };
            let degrees = 180.0 / 2_147_483_648.0;
            for (name, ours, theirs) in [
                ("position_lat", s.latitude_deg[i], number(&["position_lat"]) * degrees),
                ("altitude", s.altitude_m[i], number(&["enhanced_altitude", "altitude"])),
                ("distance", s.distance_m[i], number(&["distance"])),
                ("speed", s.speed_mps[i], number(&["enhanced_speed", "speed"])),
                ("power", s.power_w[i], number(&["power"])),
                ("temperature", s.temperature_c[i], number(&["temperature"])),
                ("heart_rate", if merged { number(&["heart_rate"]) } else { s.heart_rate_bpm[i] }, number(&["heart_rate"])),
            ] {
                // Positions at exactly zero are watches without a fix.
                let same = (ours.is_nan() && (theirs.is_nan() || theirs.abs() < 1e-12)) || (ours - theirs).abs() < 1e-9;
                assert!(same, "{} record {i}: {name} {ours} {theirs}", path.display());
                compared += 1;
            }
        }
    }
    assert!(compared > 1_000_000, "{compared}");
}
