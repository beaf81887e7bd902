//! Decompression bombs and other tables that are small to upload and enormous once read. Each is read in a process with little memory.

use std::io::Write;

use chrono::NaiveDate;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::{ParsedCsv, read_csv};

/// Megabytes of the process, its libraries included.
const MEMORY: u32 = 300;

/// A gzip of `part` repeated to `size` bytes between `head` and `tail`.
fn gzipped(head: &str, part: &str, size: usize, tail: &str) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(head.as_bytes()).expect("written");
    let block = part.repeat((1 << 16) / part.len());
    for _ in 0..size / block.len() {
        gzip.write_all(block.as_bytes()).expect("written");
    }
    gzip.write_all(tail.as_bytes()).expect("written");
    gzip.finish().expect("finished")
}

fn assert_within_bounds(name: &str, bytes: &[u8]) {
    match read_csv(bytes, domain::measures::built_in(), &[], NaiveDate::from_ymd_opt(2026, 1, 1).expect("a date")) {
        Ok(ParsedCsv { preview, days, .. }) => {
            let shown = serde_json::to_vec(&preview).expect("serialised").len();
            assert!(shown < 300_000 && days.len() < 40_000, "{name}: a preview of {shown} bytes");
        }
        Err(problem) => assert!(problem.message.len() < 500, "{name}: {}", problem.message),
    }
}

#[test]
fn no_table_takes_more_memory_than_a_table_may() {
    confined::within(MEMORY, "bombs::no_table_takes_more_memory_than_a_table_may", || {
        let commas = ",".repeat(8 << 20);
        for (name, text) in [
            ("commas", &commas[..]),
            ("commas with a header", &format!("date{commas}\n2026-01-01{commas}")),
            ("commas by the row", &format!("date,sleep\n{}", ",,,,,,,,,,,,,,,,,\n".repeat(200_000))),
            ("commas of a short row", &format!("{}\n{}", &commas[..64 << 10], &commas[..64 << 10])),
            ("a quotation mark", &format!("date,sleep\n\"{}", "2026-01-01,\n".repeat(200_000))),
            ("one long cell", &format!("date,sleep\n{}", "x".repeat(8 << 20))),
            ("a long header", &format!("{},date\n2026-01-01,1", "x".repeat(60_000))),
            ("wrong cells", &format!("date,sleep\n{}", format!("2026-01-01,{}\n", "x".repeat(60_000)).repeat(100))),
            ("blank lines", &"\n".repeat(8 << 20)),
            ("dates", &format!("date,mood\n{}", "2025-01-01,3\n".repeat(200_000))),
        ] {
            assert_within_bounds(name, text.as_bytes());
        }
    });
}

/// The largest table that is read whole: every measure of every day that there can be.
#[test]
fn no_table_of_all_measures_takes_more_memory_than_a_table_may() {
    confined::within(MEMORY, "bombs::no_table_of_all_measures_takes_more_memory_than_a_table_may", || {
        let keys: Vec<&str> = domain::measures::built_in().iter().map(|measure| measure.key.as_str()).collect();
        let answers = ",1".repeat(keys.len());
        let first = NaiveDate::from_ymd_opt(1990, 1, 1).expect("a date");
        let head = format!("date,{}", keys.join(","));
        let days = first.iter_days().take(13_000).map(|day| format!("{day}{answers}"));
        let lines: Vec<String> = std::iter::once(head).chain(days).collect();
        assert_within_bounds("all measures", lines.join("\n").as_bytes());
    });
}

#[test]
fn no_compressed_table_takes_more_memory_than_a_table_may() {
    confined::within(MEMORY, "bombs::no_compressed_table_takes_more_memory_than_a_table_may", || {
        for size in [8 << 20, 31 << 20, 1 << 28] {
            for (name, head, part) in [
                ("commas", "date", ","),
                ("lines", "date,sleep\n", "\n"),
                ("cells", "date,sleep\n", "a,b\n"),
                ("zeros", "", "\0"),
                ("spaces", "", " "),
            ] {
                let bytes = gzipped(head, part, size, "");
                assert!(bytes.len() < 8 << 20, "it may be uploaded");
                assert_within_bounds(name, &bytes);
            }
        }
        let small = gzipped("date,mood\n2025-01-01,3\n", "\n", 1 << 16, "");
        assert_within_bounds("members", &small.repeat((8 << 20) / small.len()));
    });
}

#[test]
fn no_list_of_days_takes_more_memory_than_a_table_may() {
    confined::within(MEMORY, "bombs::no_list_of_days_takes_more_memory_than_a_table_may", || {
        let size = 8 << 20;
        for (name, head, part, tail) in [
            ("numbers", "[", "0,", "0]"),
            ("days", "[", "{},", "{}]"),
            ("open lists", "", "[", ""),
            ("open objects", "[", "{\"a\":", ""),
            ("lists in a day", "[{\"a\":[", "[],", "0]}]"),
            ("a long number", "[{\"a\":", "1", "}]"),
            ("a long text", "[{\"date\":\"", "x", "\"}]"),
            ("a long name", "[{\"", "x", "\":1}]"),
            ("one name often", "[{", "\"a\":1,", "\"a\":1}]"),
            ("nights", "[", "{\"dateOfSleep\":\"2026-01-01\",\"minutesAsleep\":1},", "{}]"),
            ("blanks", "[", " ", "]"),
        ] {
            assert_within_bounds(name, &gzipped(head, part, size, tail));
        }
        let names: String = (0..400_000).map(|i| format!("{{\"n{i}\":1}},")).collect::<Vec<_>>().concat();
        assert_within_bounds("names", format!("[{names}{{}}]").as_bytes());
        // The largest table that is still read: every day has every column.
        let day: String = (0..199).map(|i| format!("\"c{i}\":1,")).collect::<Vec<_>>().concat();
        let days: String =
            (0..4_000).map(|i| format!("{{{day}\"date\":\"20{:02}-01-{:02}\"}},", i / 28 % 26, i % 28 + 1)).collect::<Vec<_>>().concat();
        assert_within_bounds("wide days", format!("[{days}{{}}]").as_bytes());
    });
}
