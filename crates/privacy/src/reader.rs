//! Reads an uploaded archive: some lines at a time, never more than it may unpack to, and for no longer than it may take.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::time::Instant;

use domain::ProblemKind;
use platform::Error;
use platform::config::Uploads;
use platform::feature::Table;
use platform::feature::archive::invalid;
use recordings::archive::{MOST_RATIO, Zip, open_zip};
use serde::de::IgnoredAny;
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use crate::archive::{FORMAT, Manifest};

/// Bytes of rows in one batch.
const BATCH_BYTES: usize = 4 << 20;
/// Maximum nesting depth of a row's JSON.
const MAX_DEPTH: usize = 32;
/// Longest `legwork.json`.
const MANIFEST_BYTES: u64 = 1 << 20;

/// An archive, and the budget that is left for it.
pub(crate) struct Reader {
    zip: Zip<BufReader<File>>,
    budget: Budget,
    max_original_bytes: u64,
}

/// What may still be spent on an archive: bytes and time.
struct Budget {
    bytes: u64,
    until: Instant,
    stop: CancellationToken,
}

impl Budget {
    /// Subtracts bytes that were read from what the archive may unpack to; an error when they or the time run out.
    fn spend(&mut self, bytes: usize) -> Result<(), Error> {
        let rest = self.bytes.checked_sub(bytes as u64);
        self.bytes = rest.ok_or_else(|| Error::problem(ProblemKind::TooLarge, "That archive unpacks to more than this server takes."))?;
        if self.stop.is_cancelled() {
            let words = "The server is stopping, and nothing was imported. Send the archive again in a minute.";
            return Err(Error::problem(ProblemKind::Unavailable, words));
        }
        if Instant::now() >= self.until {
            return Err(Error::problem(ProblemKind::TooLarge, "That archive takes longer to read than this server allows. Nothing was imported."));
        }
        Ok(())
    }
}

impl Reader {
    /// Opens an archive, to be read until a deadline, or until the process stops.
    pub(crate) fn open(path: &Path, bounds: &Uploads, until: Instant, stop: CancellationToken) -> Result<Self, Error> {
        let file = File::open(path)?;
        let most = file.metadata()?.len().saturating_mul(MOST_RATIO).saturating_add(bounds.max_recording_bytes);
        let zip = open_zip(BufReader::new(file)).map_err(|e| invalid(&e))?;
        let budget = Budget { bytes: most.min(bounds.max_archive_bytes), until, stop };
        Ok(Self { zip, budget, max_original_bytes: bounds.max_recording_bytes })
    }

    /// The archive's manifest. `schema` is the newest whose rows can be imported.
    pub(crate) fn manifest(&mut self, schema: i32) -> Result<Manifest, Error> {
        let entry = self.zip.by_name("legwork.json").map_err(|e| invalid(&e))?;
        let manifest: Manifest = serde_json::from_reader(BufReader::new(entry.take(MANIFEST_BYTES))).map_err(|e| invalid(&e))?;
        if manifest.format > FORMAT || manifest.schema > schema {
            return Err(Error::problem(ProblemKind::Invalid, "That archive is from a newer version of Legwork. Update this server first."));
        }
        Ok(manifest)
    }

    /// The lines of a table.
    pub(crate) fn lines(&mut self, table: &Table) -> Option<Lines<'_>> {
        let file = |table| format!("data/{table}.jsonl");
        let names = [Some(table.name), table.former];
        let index = names.into_iter().flatten().find_map(|name| self.zip.index_for_name(&file(name)))?;
        let entry = self.zip.by_index(index).ok()?;
        Some(Lines { reader: BufReader::new(Box::new(entry)), budget: &mut self.budget, table: table.name, number: 0, most: table.row_bytes })
    }

    /// Checks that each original's name is the hash of its content. None is kept in memory.
    pub(crate) fn check_originals(&mut self) -> Result<(), Error> {
        for name in self.originals() {
            let mut entry = self.zip.by_name(&format!("originals/{name}")).map_err(|e| invalid(&e))?.take(self.max_original_bytes + 1);
            let (mut hash, mut buffer, mut bytes) = (Sha256::new(), vec![0; 64 << 10], 0);
            loop {
                let read = entry.read(&mut buffer).map_err(|e| invalid(&e))?;
                if read == 0 {
                    break;
                }
                hash.update(&buffer[..read]);
                bytes += read as u64;
                self.budget.spend(read)?;
            }
            if bytes > self.max_original_bytes {
                return Err(invalid(&format!("originals/{name} is larger than a recording may be")));
            }
            if platform::hex(&hash.finalize()) != name {
                return Err(invalid(&format!("originals/{name} is not what its name says")));
            }
        }
        Ok(())
    }

    /// The original with this hash, if there is one.
    pub(crate) fn original(&mut self, hash: &str) -> Result<Option<Vec<u8>>, Error> {
        self.budget.spend(0)?;
        let Ok(entry) = self.zip.by_name(&format!("originals/{hash}")) else { return Ok(None) };
        let mut bytes = Vec::new();
        entry.take(self.max_original_bytes).read_to_end(&mut bytes).map_err(|e| invalid(&e))?;
        Ok(Some(bytes))
    }

    fn originals(&self) -> Vec<String> {
        self.zip.file_names().filter_map(|n| n.strip_prefix("originals/")).map(str::to_owned).collect()
    }
}

/// Whether JSON is nested deeper than [`MAX_DEPTH`]: the database accepts any depth, and what reads it does not.
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
        if depth > MAX_DEPTH {
            return true;
        }
    }
    false
}

/// The remaining lines of a table.
pub(crate) struct Lines<'a> {
    reader: BufReader<Box<dyn Read + 'a>>,
    budget: &'a mut Budget,
    table: &'static str,
    number: u64,
    most: u64,
}

impl Lines<'_> {
    /// The next lines as one JSON array; `None` after the last one. Each line is checked to be JSON; the error names the line that is not.
    pub(crate) fn next_batch(&mut self) -> Result<Option<Vec<u8>>, Error> {
        let mut batch = vec![b'['];
        while batch.len() < BATCH_BYTES {
            let start = batch.len();
            let read = self.reader.by_ref().take(self.most).read_until(b'\n', &mut batch).map_err(|e| invalid(&e))?;
            if read == 0 {
                break;
            }
            self.number += 1;
            self.budget.spend(read)?;
            let wrong = |what: &dyn std::fmt::Display| invalid(&format!("data/{}.jsonl, line {}: {what}", self.table, self.number));
            if batch.last() != Some(&b'\n') {
                let too_long = read as u64 == self.most;
                return Err(wrong(&if too_long { "it is longer than any row" } else { "it ends in the middle" }));
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
    fn depth_is_counted_outside_of_strings() {
        let deep = |n: usize| format!("{{\"a\":{}{}}}", "[".repeat(n), "]".repeat(n));
        assert!(!is_deep(deep(MAX_DEPTH - 1).as_bytes()));
        assert!(is_deep(deep(MAX_DEPTH).as_bytes()));
        assert!(!is_deep(format!("[\"{}\\\"{}\"]", "[".repeat(50), "{".repeat(50)).as_bytes()));
    }
}
