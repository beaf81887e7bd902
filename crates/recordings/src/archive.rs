//! Zip archives of recordings, read entry by entry and bounded.

use std::io::{Read, Seek};

use crate::{ReadError, Warning};

/// Bounds that hold against a hostile archive.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The most bytes that one entry may unpack to.
    pub entry_bytes: u64,
    /// The most bytes that all entries together may unpack to.
    pub total_bytes: u64,
    /// The most entries that are looked at.
    pub entries: usize,
}

/// One file of an archive: its name for display (never used as a path), and its bytes or why there are none.
pub type Entry = (String, Result<Vec<u8>, ReadError>);

/// Calls `each` for every file that may be a recording, one at a time, so that one entry is in memory at once.
/// Folders, hidden files and files of other kinds are passed over; what a limit cuts off is told in the warnings.
pub fn for_each<R: Read + Seek>(reader: R, limits: Limits, mut each: impl FnMut(Entry)) -> Result<Vec<Warning>, ReadError> {
    let mut zip = zip::ZipArchive::new(reader).map_err(|e| ReadError::Damaged(format!("the zip's directory, {e}")))?;
    let mut warnings = Vec::new();
    let mut total = 0_u64;
    if zip.len() > limits.entries {
        warnings.push(Warning::Skipped(format!(
            "The zip holds {} entries. The first {} were read; drop the rest in a second zip.",
            zip.len(),
            limits.entries
        )));
    }
    for index in 0..zip.len().min(limits.entries) {
        let mut file = match zip.by_index(index) {
            Ok(file) => file,
            Err(e) => {
                each((format!("entry {}", index + 1), Err(ReadError::Damaged(e.to_string()))));
                continue;
            }
        };
        let name = display_name(file.name());
        if file.is_dir() || !may_be_recording(&name) {
            continue;
        }
        let allowed = limits.entry_bytes.min(limits.total_bytes.saturating_sub(total));
        let mut bytes = Vec::new();
        let result = file.by_ref().take(allowed + 1).read_to_end(&mut bytes);
        total += bytes.len() as u64;
        if bytes.len() as u64 > allowed {
            each((name, Err(ReadError::TooLarge { limit: allowed })));
            if total >= limits.total_bytes {
                warnings.push(Warning::Skipped("The zip unpacks to more than it may. What came before is kept, the rest was not read.".into()));
                break;
            }
            continue;
        }
        match result {
            Ok(_) => each((name, Ok(bytes))),
            // A damaged entry may still hold a readable beginning: the readers know how much of it is sound.
            Err(_) if !bytes.is_empty() => each((name, Ok(bytes))),
            Err(e) => each((name, Err(ReadError::Damaged(e.to_string())))),
        }
    }
    Ok(warnings)
}

/// The name without folders, drive letters or control characters; an archive's paths are never followed.
#[must_use]
pub fn display_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).find(|part| !part.is_empty()).unwrap_or(name);
    last.chars().filter(|c| !c.is_control()).take(200).collect()
}

fn may_be_recording(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let plain = lower.strip_suffix(".gz").unwrap_or(&lower);
    !lower.starts_with('.') && [".fit", ".gpx", ".tcx"].iter().any(|end| plain.ends_with(end))
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use zip::write::SimpleFileOptions;

    use super::*;

    fn zip_of(entries: &[(&str, &[u8])]) -> Cursor<Vec<u8>> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in entries {
            zip.start_file(*name, SimpleFileOptions::default()).expect("start");
            zip.write_all(bytes).expect("write");
        }
        zip.finish().expect("finish")
    }

    const LIMITS: Limits = Limits { entry_bytes: 1000, total_bytes: 1500, entries: 10 };

    #[test]
    fn names_never_leave_the_archive() {
        let mut names = Vec::new();
        for_each(zip_of(&[("../../etc/passwd.fit", b"x"), ("a/b/run.gpx.gz", b"y"), ("notes.txt", b"z")]), LIMITS, |(n, _)| names.push(n))
            .expect("zip");
        assert_eq!(names, ["passwd.fit", "run.gpx.gz"]);
    }

    #[test]
    fn a_bomb_is_cut_off_and_what_came_before_is_kept() {
        let big = vec![0_u8; 1_000_000];
        let mut seen = Vec::new();
        let zip = zip_of(&[("a.fit", b"small"), ("b.fit", &big), ("c.fit", &big), ("d.fit", b"late")]);
        let warnings = for_each(zip, LIMITS, |(n, r)| seen.push((n, r.map(|b| b.len())))).expect("zip");
        assert_eq!(seen[0], ("a.fit".to_owned(), Ok(5)));
        assert_eq!(seen[1].1, Err(ReadError::TooLarge { limit: 1000 }));
        assert_eq!(seen.len(), 3);
        assert_eq!(warnings.len(), 1);
    }
}
