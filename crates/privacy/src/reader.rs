//! Reads an archive that somebody sends: some lines at a time, never more than it may unpack to, and not for longer than it may take.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::time::Instant;

use domain::ProblemKind;
use platform::Error;
use platform::config::Uploads;
use recordings::archive::{MOST_RATIO, Zip, open_zip};
use serde::de::IgnoredAny;
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use crate::archive::{FORMAT, Manifest, invalid_archive};
use crate::tables::Table;

/// Bytes of rows that are handed out at once.
const BATCH_BYTES: usize = 4 << 20;
/// Longest line of the table that holds recordings, and of any other: a day of samples, or a day of everything else, is far below.
const RECORDING_LINE_BYTES: u64 = 64 << 20;
const LINE_BYTES: u64 = 4 << 20;
/// Lists in lists of a row.
const MOST_DEEP: usize = 32;
/// Longest `legwork.json`.
const MANIFEST_BYTES: u64 = 1 << 20;

/// An archive, and what may still be spent on it.
pub(crate) struct Reader {
    zip: Zip<BufReader<File>>,
    left: Left,
    most_original: u64,
}

/// What may still be spent on an archive.
struct Left {
    bytes: u64,
    until: Instant,
    stop: CancellationToken,
}

impl Left {
    /// Takes what was read off what the archive may unpack to, if there is still time.
    fn spend(&mut self, bytes: usize) -> Result<(), Error> {
        let rest = self.bytes.checked_sub(bytes as u64);
        self.bytes = rest.ok_or_else(|| Error::problem(ProblemKind::TooLarge, "That archive unpacks to more than this server takes."))?;
        if self.stop.is_cancelled() {
            let words = "The server is stopping, and nothing was brought back. Send the archive again in a minute.";
            return Err(Error::problem(ProblemKind::Unavailable, words));
        }
        if Instant::now() >= self.until {
            return Err(Error::problem(
                ProblemKind::TooLarge,
                "That archive takes longer to read than this server has for one. Nothing was brought back.",
            ));
        }
        Ok(())
    }
}

impl Reader {
    /// Reads until a moment, or until the process stops.
    pub(crate) fn open(path: &Path, bounds: &Uploads, until: Instant, stop: CancellationToken) -> Result<Self, Error> {
        let file = File::open(path)?;
        let most = file.metadata()?.len().saturating_mul(MOST_RATIO).saturating_add(bounds.max_recording_bytes);
        let zip = open_zip(BufReader::new(file)).map_err(|e| invalid_archive(&e))?;
        let left = Left { bytes: most.min(bounds.max_archive_bytes), until, stop };
        Ok(Self { zip, left, most_original: bounds.max_recording_bytes })
    }

    /// What the archive says about itself. `schema` is the newest whose rows can be brought back.
    pub(crate) fn manifest(&mut self, schema: i32) -> Result<Manifest, Error> {
        let entry = self.zip.by_name("legwork.json").map_err(|e| invalid_archive(&e))?;
        let manifest: Manifest = serde_json::from_reader(BufReader::new(entry.take(MANIFEST_BYTES))).map_err(|e| invalid_archive(&e))?;
        if manifest.format > FORMAT || manifest.schema > schema {
            return Err(Error::problem(ProblemKind::Invalid, "That archive is from a newer version of Legwork. Update this server first."));
        }
        Ok(manifest)
    }

    /// The lines of a table.
    pub(crate) fn lines(&mut self, table: &Table) -> Option<Lines<'_>> {
        let file = |table| format!("data/{table}.jsonl");
        let names = [Some(table.table), table.former];
        let index = names.into_iter().flatten().find_map(|name| self.zip.index_for_name(&file(name)))?;
        let entry = self.zip.by_index(index).ok()?;
        let table = table.table;
        let most = if table == "activity_streams" { RECORDING_LINE_BYTES } else { LINE_BYTES };
        Some(Lines { reader: BufReader::new(Box::new(entry)), left: &mut self.left, table, number: 0, most })
    }

    /// Whether each original is what its name says: its content's hash. None is kept in memory.
    pub(crate) fn check_originals(&mut self) -> Result<(), Error> {
        for name in self.originals() {
            let mut entry = self.zip.by_name(&format!("originals/{name}")).map_err(|e| invalid_archive(&e))?.take(self.most_original + 1);
            let (mut hash, mut buffer, mut bytes) = (Sha256::new(), vec![0; 64 << 10], 0);
            loop {
                let read = entry.read(&mut buffer).map_err(|e| invalid_archive(&e))?;
                if read == 0 {
                    break;
                }
                hash.update(&buffer[..read]);
                bytes += read as u64;
                self.left.spend(read)?;
            }
            if bytes > self.most_original {
                return Err(invalid_archive(&format!("originals/{name} is larger than a recording may be")));
            }
            if platform::hex(&hash.finalize()) != name {
                return Err(invalid_archive(&format!("originals/{name} is not what its name says")));
            }
        }
        Ok(())
    }

    /// The original with this hash, where there is one.
    pub(crate) fn original(&mut self, hash: &str) -> Result<Option<Vec<u8>>, Error> {
        self.left.spend(0)?;
        let Ok(entry) = self.zip.by_name(&format!("originals/{hash}")) else { return Ok(None) };
        let mut bytes = Vec::new();
        entry.take(self.most_original).read_to_end(&mut bytes).map_err(|e| invalid_archive(&e))?;
        Ok(Some(bytes))
    }

    fn originals(&self) -> Vec<String> {
        self.zip.file_names().filter_map(|n| n.strip_prefix("originals/")).map(str::to_owned).collect()
    }
}

/// Whether JSON is nested deeper than [`MOST_DEEP`]: the database takes any depth, and what reads it does not.
fn is_deep(json: &[u8]) -> bool {
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_text,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => depth += 1,
            b']' | b'}' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MOST_DEEP {
            return true;
        }
    }
    false
}

/// The lines of a table that are still to come.
pub(crate) struct Lines<'a> {
    reader: BufReader<Box<dyn Read + 'a>>,
    left: &'a mut Left,
    table: &'static str,
    number: u64,
    most: u64,
}

impl Lines<'_> {
    /// Some more lines as one JSON list; `None` behind the last one. Each line is checked to be JSON, and named when it is not.
    pub(crate) fn next_batch(&mut self) -> Result<Option<Vec<u8>>, Error> {
        let mut batch = vec![b'['];
        while batch.len() < BATCH_BYTES {
            let start = batch.len();
            let read = self.reader.by_ref().take(self.most).read_until(b'\n', &mut batch).map_err(|e| invalid_archive(&e))?;
            if read == 0 {
                break;
            }
            self.number += 1;
            self.left.spend(read)?;
            let wrong = |what: &dyn std::fmt::Display| invalid_archive(&format!("data/{}.jsonl, line {}: {what}", self.table, self.number));
            if batch.last() != Some(&b'\n') {
                let long = read as u64 == self.most;
                return Err(wrong(&if long { "it is longer than any row" } else { "it ends in the middle" }));
            }
            serde_json::from_slice::<IgnoredAny>(&batch[start..]).map_err(|e| wrong(&e))?;
            if is_deep(&batch[start..]) {
                return Err(wrong(&"it is nested deeper than any row"));
            }
            if let Some(last) = batch.last_mut() {
                *last = b',';
            }
        }
        if batch.len() == 1 {
            return Ok(None);
        }
        if let Some(last) = batch.last_mut() {
            *last = b']';
        }
        Ok(Some(batch))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_is_counted_outside_of_texts() {
        let deep = |n: usize| format!("{{\"a\":{}{}}}", "[".repeat(n), "]".repeat(n));
        assert!(!is_deep(deep(MOST_DEEP - 1).as_bytes()));
        assert!(is_deep(deep(MOST_DEEP).as_bytes()));
        assert!(!is_deep(format!("[\"{}\\\"{}\"]", "[".repeat(50), "{".repeat(50)).as_bytes()));
    }
}
