//! Decompression bombs: archives that are small to send and enormous to read. Each is read in a process with little memory.

use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use platform::Error;
use platform::config::Uploads;
use tokio_util::sync::CancellationToken;
use zip::write::SimpleFileOptions;

use crate::reader::Reader;
use crate::tests::FEATURES;

/// Megabytes of the process, its libraries included: a few times the longest line of an archive.
const MEMORY: u32 = 500;
const MANIFEST: &str = r#"{"format":1,"exported_at":"2026-01-01T00:00:00Z","email":"x","name":"x","time_zone":"UTC","consents":[],"rows":{}}"#;

/// An archive with one more file: a text repeated up to a size.
fn archive(folder: &Path, name: &str, text: &str, size: usize) -> std::path::PathBuf {
    let path = folder.join("bomb.zip");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).expect("file"));
    if name != "legwork.json" {
        zip.start_file("legwork.json", SimpleFileOptions::default()).expect("begun");
        zip.write_all(MANIFEST.as_bytes()).expect("written");
    }
    zip.start_file(name, SimpleFileOptions::default()).expect("begun");
    let block = text.repeat((1 << 20) / text.len() + 1);
    for _ in 0..=size / block.len() {
        zip.write_all(block.as_bytes()).expect("written");
    }
    zip.finish().expect("finished");
    path
}

/// Everything that an import does before the database. Returns the number of bytes that the database would get.
fn read(path: &Path) -> Result<usize, Error> {
    let mut reader = Reader::open(path, &Uploads::default(), Instant::now() + Duration::from_mins(10), CancellationToken::new())?;
    reader.manifest(39)?;
    reader.check_originals()?;
    let mut bytes = 0;
    for exported in FEATURES.exported() {
        let Some(mut lines) = reader.lines(exported) else { continue };
        while let Some(batch) = lines.next_batch()? {
            (exported.check_rows)(&batch)?;
            bytes += batch.len();
        }
    }
    Ok(bytes)
}

#[test]
fn no_archive_takes_more_memory_than_its_longest_line() {
    confined::within(MEMORY, "bombs::no_archive_takes_more_memory_than_its_longest_line", || {
        let folder = tempfile::tempdir().expect("folder");
        let size = 160 << 20;
        for (name, text) in [
            ("legwork.json", "["),
            ("legwork.json", "\0"),
            ("data/journal_entries.jsonl", "0"),
            ("data/journal_entries.jsonl", "["),
            ("data/journal_entries.jsonl", "{}\n"),
            ("data/activity_streams.jsonl", "{\"a\":"),
            ("data/activity_streams.jsonl", " "),
            ("data/activity_streams.jsonl", "{\"samples\":\"\\\\x10ffffffff\"}\n"),
            ("originals/00", "\0"),
        ] {
            let problem = read(&archive(folder.path(), name, text, size)).expect_err(name).into_problem();
            assert!(problem.message.len() < 500, "{name}: {}", problem.message);
        }
        assert!(read(&archive(folder.path(), "data/sharing.jsonl", "{}\n", 1)).is_ok_and(|bytes| bytes > 1 << 20));
    });
}
