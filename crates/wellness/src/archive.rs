//! An export as it is downloaded: a zip with the files among many others.

use std::io::{self, Read, Seek};
use std::ops::ControlFlow;

use recordings::archive::{MOST_RATIO, display_name, open_zip};

use crate::days::Days;
use crate::format::{HEAD, identify_entry};
use crate::read::{self, File};
use crate::reading::{Failure, Reading, Remark};
use crate::source::Watch;

/// Limits against a hostile archive.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Maximum unpacked bytes of one entry.
    pub entry_bytes: u64,
    /// Maximum unpacked bytes of all entries together; only the beginning of those that are not read counts.
    pub total_bytes: u64,
    /// Maximum number of entries.
    pub entries: usize,
}

impl Default for Limits {
    /// Twelve years of Fitbit are thirty thousand files, and ten of an Apple Watch two billion bytes.
    fn default() -> Self {
        Self { entry_bytes: 8 << 30, total_bytes: 16 << 30, entries: 100_000 }
    }
}

/// Reads all files of a zip that have a known format, as one: a day that is in two of them has one value. `progress` is told how many unpacked
/// bytes have been read and may stop it.
pub fn read_zip<R: Read + Seek>(mut input: R, limits: Limits, progress: &mut dyn FnMut(u64) -> ControlFlow<()>) -> Result<Reading, Failure> {
    let packed = input.seek(io::SeekFrom::End(0)).map_err(|_| Failure::DamagedArchive)?;
    // However small the archive is, the beginning of an entry is read.
    let total = limits.total_bytes.min(packed.saturating_mul(MOST_RATIO).saturating_add(HEAD as u64));
    let mut zip = open_zip(input).map_err(|_| Failure::DamagedArchive)?;
    let (mut days, mut watch) = (Days::default(), Watch::new(progress));
    for index in 0..zip.len() {
        if index >= limits.entries {
            days.note(None, Remark::TooManyEntries { limit: limits.entries as u64 });
            break;
        }
        let Ok(mut entry) = zip.by_index(index) else {
            days.note(None, Remark::EntryDamaged);
            continue;
        };
        // By name first: what cannot be one of them is not unpacked.
        if entry.is_dir() || !may_be_read(entry.name()) {
            continue;
        }
        let left = total.saturating_sub(watch.read);
        if left == 0 {
            days.note(None, Remark::ArchiveTooLarge);
            break;
        }
        let (path, name) = (entry.name().to_owned(), display_name(entry.name()));
        let mut head = Vec::new();
        // An error shows in `watch`.
        let _ = watch.file(entry.by_ref(), left.min(HEAD as u64)).read_to_end(&mut head);
        let damaged = watch.failed;
        if let Some(format) = identify_entry(&path, &head).filter(|_| !watch.stopped) {
            let left = total.saturating_sub(watch.read);
            let most = if damaged { 0 } else { limits.entry_bytes.saturating_sub(head.len() as u64).min(left) };
            let file = File { format, name: Some(&name), number: (index % 256) as u8, head: &head, most };
            read::file(&mut days, &mut watch, &file, entry);
            if damaged {
                days.note(Some(&name), Remark::EntryDamaged);
            } else if watch.over && most == left {
                days.note(None, Remark::ArchiveTooLarge);
                break;
            }
        }
        if watch.stopped {
            return Err(Failure::Stopped);
        }
    }
    Ok(days.finish())
}

fn may_be_read(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    [".json", ".csv", ".xml"].iter().any(|end| lower.ends_with(end)) && !lower.starts_with("__macosx/")
}
