//! Daily values: the first byte says which format the rest is read as, and the rest is also tried as a file of any kind and as a zip.
#![no_main]

use std::io::Cursor;
use std::ops::ControlFlow;

use libfuzzer_sys::fuzz_target;
use wellness::{Format, Limits, Reading, identify, measures, read, read_zip};

const FORMATS: [Format; 23] = [
    Format::AppleHealth,
    Format::WhoopCycles,
    Format::WhoopSleeps,
    Format::WhoopJournal,
    Format::OuraTable,
    Format::OuraReadiness,
    Format::OuraJson,
    Format::FitbitSleep,
    Format::FitbitRestingHr,
    Format::FitbitSteps,
    Format::FitbitWeight,
    Format::FitbitVo2max,
    Format::FitbitNightly,
    Format::FitbitReadiness,
    Format::GarminSleep,
    Format::GarminDays,
    Format::GarminBody,
    Format::GarminHealth,
    Format::GarminReadiness,
    Format::GarminVo2max,
    Format::PolarSleep,
    Format::PolarRecovery,
    Format::PolarActivity,
];

const LIMITS: Limits = Limits { entry_bytes: 1 << 16, total_bytes: 1 << 18, entries: 100 };

fn check(reading: &Reading) {
    assert!(reading.values.is_sorted_by_key(|value| value.day) && reading.notes.len() <= 100);
    for value in &reading.values {
        assert!(value.value.is_finite() && measures().any(|(key, _)| key == value.measure), "{value:?}");
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, rest)) = bytes.split_first() else { return };
    let mut go_on = |_| ControlFlow::Continue(());
    let formats = [FORMATS.get(usize::from(*kind)).copied(), identify(rest)];
    for format in formats.into_iter().flatten() {
        check(&read(format, rest, &mut go_on).expect("not stopped"));
    }
    if let Ok(reading) = read_zip(Cursor::new(rest), LIMITS, &mut go_on) {
        check(&reading);
    }
});
