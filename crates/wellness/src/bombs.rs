//! Files that are small in transit and enormous once read. Each is read in a process with little memory.

use std::io::{self, Cursor, Read, Write};
use std::ops::ControlFlow;

use zip::write::SimpleFileOptions;

use crate::{Format, Limits, Reading, Remark, read, read_zip};

/// Megabytes of the process, its libraries included.
const MEMORY: u32 = 160;
/// Unpacked bytes of a bomb that is read to its end.
const SIZE: u64 = 24 << 20;
/// Unpacked bytes of a bomb that the reader must not follow.
const UNFOLLOWED: u64 = 800 << 20;

/// A head, and a part of a file again and again: as `part` says for each repetition.
struct Endless<F> {
    ready: Cursor<Vec<u8>>,
    part: F,
    n: u64,
    left: u64,
}

impl<F: FnMut(u64) -> String> Read for Endless<F> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            let n = self.ready.read(out)?;
            if n > 0 || self.left == 0 {
                return Ok(n);
            }
            let mut block = String::new();
            while block.len() < 1 << 16 {
                block.push_str(&(self.part)(self.n));
                self.n += 1;
            }
            self.left = self.left.saturating_sub(block.len() as u64);
            self.ready = Cursor::new(block.into_bytes());
        }
    }
}

fn endless<F: FnMut(u64) -> String>(head: &str, part: F) -> Endless<F> {
    Endless { ready: Cursor::new(head.as_bytes().to_vec()), part, n: 0, left: SIZE }
}

fn repeated(head: &str, part: &str, size: u64) -> impl Read {
    let block = part.repeat((1 << 16) / part.len() + 1);
    Endless { left: size, ..endless(head, move |_| block.clone()) }
}

fn within_bounds(name: &str, format: Format, input: impl Read) -> Reading {
    println!("{name}");
    let reading = read(format, input, &mut |_| ControlFlow::Continue(())).expect("not stopped");
    assert!(reading.values.len() <= 1 << 19 && reading.notes.len() <= 100, "{name}: {} values", reading.values.len());
    reading
}

/// A day that is another one for each number, over three hundred years.
fn date(n: u64) -> String {
    format!("{}-{:02}-{:02}", 1900 + n / 336 % 300, n / 28 % 12 + 1, n % 28 + 1)
}

fn apple(inside: &str) -> String {
    format!("<?xml version=\"1.0\"?><!DOCTYPE HealthData []><HealthData locale=\"de_DE\">{inside}")
}

#[test]
fn no_apple_export_takes_more_memory_than_its_days_need() {
    confined::within(MEMORY, "bombs::no_apple_export_takes_more_memory_than_its_days_need", || {
        let start = apple("");
        let attribute = format!("{start}<Record type=\"HKQuantityTypeIdentifierBodyMass\" sourceName=\"");
        let unfollowed = [
            ("one attribute", attribute.as_str(), "x"),
            ("brackets in an attribute", &attribute, ">"),
            ("attributes", &apple("<Record type=\"HKQuantityTypeIdentifierBodyMass\" "), "a=\"\" "),
            ("depth", &start, "<a>"),
            ("comments", &apple("<!--"), " > "),
            ("text", &start, "x"),
        ];
        let followed = [
            ("references", start.as_str(), "&lt;"),
            ("a DTD without end", "<?xml version=\"1.0\"?><!DOCTYPE HealthData [", "<!ELEMENT HealthData (a)>"),
            ("almost a root", "<?xml version=\"1.0\"?>", "<HealthDat"),
            ("empty elements", &start, "<Record/>"),
            ("ends", &apple("<a>"), "</b><c>"),
        ];
        let sized = unfollowed.map(|bomb| (bomb, UNFOLLOWED)).into_iter().chain(followed.map(|bomb| (bomb, SIZE)));
        for ((name, head, part), size) in sized {
            let reading = within_bounds(name, Format::AppleHealth, repeated(head, part, size));
            assert!(reading.values.is_empty() && !reading.notes.is_empty(), "{name}: {reading:?}");
        }
        let record = |kind: &str, n: u64, value: &str| {
            let day = date(n);
            format!(
                "<Record type=\"HK{kind}\" sourceName=\"{n}\" unit=\"count\" startDate=\"{day} 08:00:00 +0000\" endDate=\"{day} 08:30:00 +0000\" value=\"{value}\"/>"
            )
        };
        within_bounds("days", Format::AppleHealth, endless(&start, |n| record("QuantityTypeIdentifierRestingHeartRate", n, "50")));
        within_bounds("sources", Format::AppleHealth, endless(&start, |n| record("QuantityTypeIdentifierStepCount", n, "5")));
        let sleep = "CategoryTypeIdentifierSleepAnalysis";
        let night = within_bounds("nights", Format::AppleHealth, endless(&start, |n| record(sleep, n, "HKCategoryValueSleepAnalysisAsleepREM")));
        assert!(!night.values.is_empty());
        let one = |_| record(sleep, 7, "HKCategoryValueSleepAnalysisAsleepREM").replace("08:00:00", "00:00:00").replace("08:30", "23:59");
        within_bounds("one night", Format::AppleHealth, endless(&start, one));
    });
}

#[test]
fn no_json_or_table_takes_more_memory_than_its_days_need() {
    confined::within(MEMORY, "bombs::no_json_or_table_takes_more_memory_than_its_days_need", || {
        let unfollowed = [
            ("depth", "[{\"a\": ", "["),
            ("depth of objects", "[", "{\"a\": "),
            ("one text", "[{\"calendarDate\": \"", "x"),
            ("one name", "[{\"", "x"),
            ("one number", "[{\"a\": ", "1"),
        ];
        let followed = [
            ("fields", "[{", "\"a\": 1, "),
            ("fields of the whole", "{", "\"a\": {\"b\": 1}, "),
            ("elements", "[{\"metrics\": [", "{\"type\": \"HRV\"}, "),
            ("numbers", "[", "1, "),
            ("lists", "[", "[1], "),
            ("lists of the whole", "{", "\"a\": [{\"calendarDate\": 5}], "),
            ("spaces", "[", " "),
        ];
        for ((name, head, part), size) in unfollowed.map(|bomb| (bomb, UNFOLLOWED)).into_iter().chain(followed.map(|bomb| (bomb, SIZE))) {
            let reading = within_bounds(name, Format::GarminHealth, repeated(head, part, size));
            assert!(reading.values.is_empty(), "{name}");
        }
        let day = |n: u64| format!("{{\"calendarDate\": \"{}\", \"totalSteps\": 5000, \"restingHeartRate\": 50}}, ", date(n));
        within_bounds("days", Format::GarminDays, endless("[", day));
        let night = |n: u64| format!("{{\"calendarDate\": \"{}\", \"deepSleepSeconds\": 5000}}, ", date(n / 20));
        within_bounds("nights", Format::GarminSleep, endless("[", night));
        for (name, head, part) in [
            ("lines", "timestamp,rmssd\n", "\n"),
            ("commas", "timestamp,rmssd\n", ","),
            ("quotes", "timestamp,rmssd\n", "\""),
            ("columns", "", "timestamp,"),
            ("rows", "timestamp,rmssd\n", "2026-11-02,60\n"),
        ] {
            within_bounds(name, Format::FitbitNightly, repeated(head, part, 4 * SIZE));
        }
    });
}

#[test]
fn no_archive_takes_more_than_its_size_allows() {
    confined::within_seconds(MEMORY, 100, "bombs::no_archive_takes_more_than_its_size_allows", || {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let sound = r#"[{"calendarDate": "2026-11-02", "totalSteps": 5000}]"#;
        for (name, head, part) in [
            ("a/UDSFile_1.json", sound, ""),
            ("apple_health_export/export.xml", &apple("<Record type=\"HKQuantityTypeIdentifierBodyMass\" sourceName=\""), "x"),
            ("b/UDSFile_2.json", "[{\"calendarDate\": \"2026-11-03\", \"totalSteps\": 5000}, ", "{}, "),
            ("c/notes.json", "", " "),
            ("d/UDSFile_3.json", sound, ""),
        ] {
            zip.start_file(name, SimpleFileOptions::default()).expect("begun");
            zip.write_all(head.as_bytes()).expect("written");
            for _ in 0..if part.is_empty() { 0 } else { 1 << 10 } {
                zip.write_all(part.repeat((1 << 16) / part.len()).as_bytes()).expect("written");
            }
        }
        let zip = zip.finish().expect("finished").into_inner();
        let mut last = 0;
        let mut progress = |read| {
            last = read;
            ControlFlow::Continue(())
        };
        let reading = read_zip(Cursor::new(&zip), Limits::default(), &mut progress).expect("a zip");
        assert!(last <= 100 * zip.len() as u64 + (64 << 10), "{last} of {}", zip.len());
        assert!(reading.values.iter().any(|value| value.measure == "steps"));
        assert!(reading.notes.iter().any(|note| note.remark == Remark::ArchiveTooLarge), "{:?}", reading.notes);
        let few = Limits { entries: 1, ..Limits::default() };
        let reading = read_zip(Cursor::new(&zip), few, &mut |_| ControlFlow::Continue(())).expect("a zip");
        assert!(reading.notes.iter().any(|note| note.remark == Remark::TooManyEntries { limit: 1 }));
        let small = Limits { entry_bytes: 1 << 20, ..Limits::default() };
        let reading = read_zip(Cursor::new(&zip), small, &mut |_| ControlFlow::Continue(())).expect("a zip");
        let days: Vec<String> = reading.values.iter().map(|value| value.day.to_string()).collect();
        assert_eq!(days, ["2026-11-02", "2026-11-03"], "{:?}", reading.notes);
        // Without its directory it must unpack what it skips, and is bounded the same.
        let cut = &zip[..zip.len() - 100];
        let mut last = 0;
        let mut progress = |read| {
            last = read;
            ControlFlow::Continue(())
        };
        let reading = read_zip(Cursor::new(cut), Limits::default(), &mut progress).expect("a zip");
        assert!(last <= 100 * cut.len() as u64 + (64 << 10), "{last} of {}", cut.len());
        assert!(reading.values.iter().any(|value| value.measure == "steps"));
        let mut bomb = zip::ZipWriter::new_stream(Vec::new());
        bomb.start_file("a.bin", SimpleFileOptions::default()).expect("begun");
        let zeros = vec![0; 1 << 16];
        for _ in 0..1 << 13 {
            bomb.write_all(&zeros).expect("written");
        }
        let mut bomb = bomb.finish().expect("finished").into_inner();
        bomb.truncate(bomb.len() - 60);
        let mut last = 0;
        let mut progress = |read| {
            last = read;
            ControlFlow::Continue(())
        };
        let reading = read_zip(Cursor::new(&bomb), Limits::default(), &mut progress).expect("a zip");
        assert!(last <= 100 * bomb.len() as u64 + (64 << 10), "{last} of {}", bomb.len());
        assert_eq!(reading.notes.iter().map(|note| &note.remark).collect::<Vec<_>>(), [&Remark::ArchiveTooLarge]);
    });
}
