//! An export as it is downloaded: a zip with the files among many others.

use std::io::{self, Read, Seek};
use std::ops::ControlFlow;

use recordings::archive::{MOST_RATIO, Zip, display_name, open_zip};

use crate::cut::Entries;
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
///
/// Where the directory is gone, as at the end of a download that was cut off, the entries are read in their order as far as they go, which is said.
pub fn read_zip<R: Read + Seek>(mut input: R, limits: Limits, progress: &mut dyn FnMut(u64) -> ControlFlow<()>) -> Result<Reading, Failure> {
    let packed = input.seek(io::SeekFrom::End(0)).map_err(|_| Failure::DamagedArchive)?;
    // However small the archive is, the beginning of an entry is read.
    let total = limits.total_bytes.min(packed.saturating_mul(MOST_RATIO).saturating_add(HEAD as u64));
    let mut reader = Reader { days: Days::default(), watch: Watch::new(progress), limits, total };
    if let Ok(zip) = open_zip(&mut input) {
        reader.whole(zip);
    } else {
        input.rewind().map_err(|_| Failure::DamagedArchive)?;
        reader.cut(Entries::new(input))?;
    }
    if reader.watch.stopped { Err(Failure::Stopped) } else { Ok(reader.days.finish()) }
}

/// An archive that is being read.
struct Reader<'p> {
    days: Days,
    watch: Watch<'p>,
    limits: Limits,
    /// Maximum unpacked bytes.
    total: u64,
}

impl Reader<'_> {
    /// Reads the entries that the directory lists.
    fn whole<R: Read + Seek>(&mut self, mut zip: Zip<R>) {
        for index in 0..zip.len() {
            if !self.one_more(index) {
                return;
            }
            let Ok(mut entry) = zip.by_index(index) else {
                self.days.note(None, Remark::EntryDamaged);
                continue;
            };
            // By name first: what cannot be one of them is not unpacked.
            if entry.is_dir() || !may_be_read(entry.name()) {
                continue;
            }
            let path = entry.name().to_owned();
            if !self.entry(&path, index, &mut entry) {
                return;
            }
        }
    }

    /// Reads the entries that follow one another.
    fn cut<R: Read>(&mut self, mut entries: Entries<R>) -> Result<(), Failure> {
        let mut index = 0;
        while let Some(header) = entries.next_header() {
            if !self.one_more(index) {
                return Ok(());
            }
            index += 1;
            let mut content = entries.content(&header);
            if may_be_read(&header.path) && header.can_be_read() && !self.entry(&header.path, index, &mut content) {
                return Ok(());
            }
            if !header.can_be_skipped() && header.can_be_read() && !self.pass(&mut content) {
                return Ok(());
            }
        }
        if index == 0 {
            return Err(Failure::DamagedArchive);
        }
        self.days.note(None, Remark::ArchiveEndedEarly);
        Ok(())
    }

    /// Unpacks what is left of an entry whose size is not known, to find the next one behind it. `false` if nothing more may be read.
    fn pass(&mut self, content: &mut dyn Read) -> bool {
        let left = self.total.saturating_sub(self.watch.read);
        // An error shows in `watch`, and is the end of what can be read.
        let _ = io::copy(&mut self.watch.file(content, left), &mut io::sink());
        if self.watch.over {
            self.days.note(None, Remark::ArchiveTooLarge);
        }
        !self.watch.over && !self.watch.stopped
    }

    fn one_more(&mut self, index: usize) -> bool {
        let more = index < self.limits.entries;
        if !more {
            self.days.note(None, Remark::TooManyEntries { limit: self.limits.entries as u64 });
        }
        more
    }

    /// Reads an entry if it is of a known format. `false` if nothing more may be read.
    fn entry(&mut self, path: &str, index: usize, mut content: &mut dyn Read) -> bool {
        let left = self.total.saturating_sub(self.watch.read);
        if left == 0 {
            self.days.note(None, Remark::ArchiveTooLarge);
            return false;
        }
        let name = display_name(path);
        let mut head = Vec::new();
        // An error shows in `watch`. The head ends before a limit does: at a limit one byte more is read, to see whether there is one.
        let _ = self.watch.file((&mut content).take(HEAD as u64), left).read_to_end(&mut head);
        let damaged = self.watch.failed;
        if let Some(format) = identify_entry(path, &head).filter(|_| !self.watch.stopped) {
            let left = self.total.saturating_sub(self.watch.read);
            let most = if damaged { 0 } else { self.limits.entry_bytes.saturating_sub(head.len() as u64).min(left) };
            let file = File { format, name: Some(&name), number: (index % 256) as u8, head: &head, most };
            read::file(&mut self.days, &mut self.watch, &file, content);
            if damaged {
                self.days.note(Some(&name), Remark::EntryDamaged);
            } else if self.watch.over && most == left {
                self.days.note(None, Remark::ArchiveTooLarge);
                return false;
            }
        }
        !self.watch.stopped
    }
}

fn may_be_read(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    [".json", ".csv", ".xml"].iter().any(|end| lower.ends_with(end)) && !lower.starts_with("__macosx/")
}
