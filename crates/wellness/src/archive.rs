//! An export as it is downloaded: a zip with the files among many others.

use std::io::{self, Cursor, Read, Seek};
use std::ops::ControlFlow;

use recordings::archive::{MOST_RATIO, display_name, open_zip};

use crate::days::Days;
use crate::format::{HEAD, identify_entry};
use crate::read;
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
        let left = total.saturating_sub(watch.read);
        let Ok(mut entry) = zip.by_index(index) else {
            days.note(None, Remark::EntryDamaged);
            continue;
        };
        // By name first: what cannot be one of them is not unpacked.
        if entry.is_dir() || !may_be_read(entry.name()) {
            continue;
        }
        let (path, name) = (entry.name().to_owned(), display_name(entry.name()));
        let mut head = Vec::new();
        let failed = watch.file(entry.by_ref(), left).take(HEAD as u64).read_to_end(&mut head).is_err() || watch.failed;
        if watch.stopped {
            return Err(Failure::Stopped);
        }
        let Some(format) = identify_entry(&path, &head) else { continue };
        let left = total.saturating_sub(watch.read);
        let rest = if failed { 0 } else { limits.entry_bytes.min(left) };
        // The head has been counted.
        watch.read -= head.len() as u64;
        let most = rest + head.len() as u64;
        let archive_is_over = rest == left && !failed;
        read::file(&mut days, &mut watch, format, Some(&name), (index % 256) as u8, Cursor::new(&head).chain(entry), most);
        if failed {
            days.note(Some(&name), Remark::EntryDamaged);
        }
        if watch.stopped {
            return Err(Failure::Stopped);
        }
        if watch.over && archive_is_over {
            days.note(None, Remark::ArchiveTooLarge);
            break;
        }
    }
    Ok(days.finish())
}

fn may_be_read(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    [".json", ".csv", ".xml"].iter().any(|end| lower.ends_with(end)) && !lower.starts_with("__macosx/")
}
