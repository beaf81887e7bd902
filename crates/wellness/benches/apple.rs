//! How fast a large Apple export is read, and in how much memory: `cargo xtask bench wellness`, of 300 MB, and `LEGWORK_EXPORT_MB=2048 cargo xtask bench
//! wellness` of two billion bytes. As it is, in a zip, and both cut in the middle.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Seek, Write};
use std::ops::ControlFlow;
use std::time::Instant;

use chrono::{Days, NaiveDate, NaiveDateTime, TimeDelta};
use wellness::{Format, Limits, Reading, read, read_zip};
use zip::write::SimpleFileOptions;

/// Megabytes of the export, unless `LEGWORK_EXPORT_MB` says another number.
const MEGABYTES: u64 = 300;
/// Megabytes that reading may add, however large the file is.
const MOST: u64 = 60;

fn record(out: &mut String, kind: &str, source: &str, unit: &str, from: NaiveDateTime, minutes: i64, value: &str) {
    let to = from + TimeDelta::minutes(minutes);
    let unit = if unit.is_empty() { String::new() } else { format!(" unit=\"{unit}\"") };
    let device = "&lt;&lt;HKDevice: 0x28ab1e4b0&gt;, name:Apple Watch, manufacturer:Apple Inc., model:Watch, hardware:Watch6,2, software:10.1&gt;";
    let _ = writeln!(
        out,
        " <Record type=\"HK{kind}\" sourceName=\"{source}\" sourceVersion=\"10.1\" device=\"{device}\"{unit} creationDate=\"{to} +0100\" \
         startDate=\"{from} +0100\" endDate=\"{to} +0100\" value=\"{value}\"/>"
    );
}

/// A day as a watch and a phone write it: mostly heart rate and energy.
fn day(out: &mut String, day: NaiveDate) {
    let at = |hour: u32, minute: u32| day.and_hms_opt(hour, minute, 0).unwrap_or_default();
    for hour in 0..24 {
        for minute in (0..60).step_by(5) {
            record(out, "QuantityTypeIdentifierHeartRate", "Watch", "count/min", at(hour, minute), 0, "61");
        }
    }
    for hour in 7..22 {
        for minute in (0..60).step_by(10) {
            record(out, "QuantityTypeIdentifierActiveEnergyBurned", "Watch", "kcal", at(hour, minute), 10, "7.25");
            record(out, "QuantityTypeIdentifierStepCount", "Watch", "count", at(hour, minute), 10, "100");
            record(out, "QuantityTypeIdentifierStepCount", "iPhone", "count", at(hour, minute + 1), 9, "90");
        }
    }
    for segment in 0..14 {
        let stage = ["AsleepCore", "AsleepDeep", "AsleepCore", "AsleepREM"][segment % 4];
        let from = at(0, 0) - TimeDelta::minutes(60) + TimeDelta::minutes(30 * segment as i64);
        record(out, "CategoryTypeIdentifierSleepAnalysis", "Watch", "", from, 30, &format!("HKCategoryValueSleepAnalysis{stage}"));
    }
    record(out, "QuantityTypeIdentifierRestingHeartRate", "Watch", "count/min", at(0, 1), 1200, "47");
    record(out, "QuantityTypeIdentifierHeartRateVariabilitySDNN", "Watch", "ms", at(4, 0), 1, "80.5");
    record(out, "QuantityTypeIdentifierBodyMass", "Scale", "kg", at(6, 58), 0, "70.1");
}

fn export(out: impl Write, size: u64) -> u64 {
    let mut out = BufWriter::new(out);
    let mut written = 0;
    let mut text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE HealthData [\n]>\n<HealthData locale=\"de_DE\">\n".to_owned();
    let mut days = 0;
    while written < size {
        day(&mut text, NaiveDate::from_ymd_opt(2015, 1, 1).unwrap_or_default() + Days::new(days));
        out.write_all(text.as_bytes()).expect("written");
        written += text.len() as u64;
        text.clear();
        days += 1;
    }
    out.write_all(b"</HealthData>\n").expect("written");
    out.flush().expect("written");
    days
}

/// Megabytes of this process at most so far.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok()).unwrap_or(0) / 1024
}

fn measured(name: &str, size: u64, work: impl FnOnce() -> Reading) -> Reading {
    let (before, start) = (peak(), Instant::now());
    let reading = work();
    let seconds = start.elapsed().as_secs_f64();
    let (megabytes, added) = (size as f64 / 1e6, peak().saturating_sub(before));
    println!("{name}: {megabytes:.0} MB in {seconds:.2} s, {:.0} MB/s; {added} MB more than the {before} MB before", megabytes / seconds);
    assert!(added <= MOST, "{name} took {added} MB");
    reading
}

fn main() {
    let megabytes = std::env::var("LEGWORK_EXPORT_MB").ok().and_then(|megabytes| megabytes.parse().ok()).unwrap_or(MEGABYTES);
    let size = megabytes << 20;
    let go_on = &mut |_| ControlFlow::Continue(());
    let mut file = tempfile::tempfile().expect("a file");
    let days = export(&mut file, size);
    file.rewind().expect("rewound");
    let reading = measured("export.xml", size, || read(Format::AppleHealth, &file, go_on).expect("read"));
    let nights = reading.values.iter().filter(|value| value.measure == "sleep_hours" && (value.value - 7.0).abs() < 0.01).count();
    assert_eq!((nights as u64, &reading.notes), (days, &vec![]));
    file.set_len(size / 2).expect("cut");
    file.rewind().expect("rewound");
    let half = measured("export.xml, cut in the middle", size / 2, || read(Format::AppleHealth, &file, go_on).expect("read"));
    assert_eq!(remarks(&half), ["values_ended_early"]);
    drop(file);
    let archive = tempfile::tempfile().expect("a file");
    let mut zip = zip::ZipWriter::new(archive);
    zip.start_file("apple_health_export/export.xml", SimpleFileOptions::default().large_file(true)).expect("begun");
    export(&mut zip, size);
    let archive: File = zip.finish().expect("finished");
    let packed = archive.metadata().expect("a file").len();
    println!("the zip has {:.1} MB", packed as f64 / 1e6);
    let zipped = measured("export.zip", size, || read_zip(&archive, Limits::default(), go_on).expect("read"));
    if packed * 100 > size {
        assert_eq!(zipped, reading);
    }
    archive.set_len(packed / 2).expect("cut");
    let half = measured("export.zip, cut in the middle", size / 2, || read_zip(&archive, Limits::default(), go_on).expect("read"));
    assert!(half.values.len() * 3 > reading.values.len() && half.values.len() < reading.values.len(), "{} values", half.values.len());
    assert_eq!(remarks(&half), ["values_ended_early", "values_archive_ended_early"]);
}

/// The codes of what is said of a file.
fn remarks(reading: &Reading) -> Vec<String> {
    let codes = serde_json::to_value(&reading.notes).expect("JSON");
    codes.as_array().into_iter().flatten().filter_map(|note| Some(note["code"].as_str()?.to_owned())).collect()
}
