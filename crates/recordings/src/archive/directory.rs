//! Opens a zip without trusting its central directory: the library allocates as many entries as it claims, and more for each of them. So the
//! end of the file is checked first, and the library sees only what was checked.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use zip::ZipArchive;

use crate::{Part, ReadError};

/// Maximum bytes of a directory and everything after it: a hundred thousand files with long names.
const DIRECTORY_BYTES: u64 = 16 << 20;
/// Bytes of the end record without its comment; of a comment; of the zip64 locator; of the zip64 end record.
const END: u64 = 22;
const COMMENT: u64 = u16::MAX as u64;
const LOCATOR: u64 = 20;
const END64: u64 = 56;
/// Minimum bytes of a directory entry.
const ENTRY: u64 = 46;

/// A zip whose directory has been checked.
pub type Zip<R> = ZipArchive<Curtained<R>>;

/// Opens a zip. A directory that is damaged, larger than for any archive of recordings, or hides another one, is an error.
pub fn open_zip<R: Read + Seek>(mut reader: R) -> Result<Zip<R>, ReadError> {
    let damaged = ReadError::Damaged { part: Part::ZipDirectory };
    let start = directory_start(&mut reader).map_err(|_| damaged.clone())?;
    let curtain = Arc::new(AtomicU64::new(start));
    let zip = ZipArchive::new(Curtained { inner: reader, at: 0, curtain: curtain.clone() }).map_err(|_| damaged)?;
    curtain.store(0, Ordering::Relaxed);
    Ok(zip)
}

/// A file whose beginning is hidden while its directory is read: nothing there can be taken for another directory.
pub struct Curtained<R> {
    inner: R,
    at: u64,
    curtain: Arc<AtomicU64>,
}

impl<R: Read + Seek> Read for Curtained<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let hidden = self.curtain.load(Ordering::Relaxed).saturating_sub(self.at);
        if hidden == 0 {
            let n = self.inner.read(out)?;
            self.at += n as u64;
            return Ok(n);
        }
        let n = usize::try_from(hidden).unwrap_or(usize::MAX).min(out.len());
        out[..n].fill(0);
        self.at += n as u64;
        self.inner.seek(SeekFrom::Start(self.at))?;
        Ok(n)
    }
}

impl<R: Seek> Seek for Curtained<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = self.inner.seek(to)?;
        Ok(self.at)
    }
}

/// Where the directory begins, if its end record is plausible.
fn directory_start<R: Read + Seek>(reader: &mut R) -> io::Result<u64> {
    let wrong = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let length = reader.seek(SeekFrom::End(0))?;
    let from = length.saturating_sub(DIRECTORY_BYTES + COMMENT + END + LOCATOR + END64);
    reader.seek(SeekFrom::Start(from))?;
    let mut tail = Vec::new();
    reader.take(length - from).read_to_end(&mut tail)?;
    let positions = |mark: &[u8; 4]| tail.windows(4).enumerate().filter(|(_, w)| *w == mark).map(|(at, _)| at).collect::<Vec<_>>();
    let ends = positions(b"PK\x05\x06");
    let end = *ends.last().ok_or_else(|| wrong("there is none"))?;
    let u16_at = |at: usize| tail.get(at..at + 2).and_then(|b| b.try_into().ok()).map(u16::from_le_bytes).map(u64::from);
    let u32_at = |at: usize| tail.get(at..at + 4).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes).map(u64::from);
    let u64_at = |at: usize| tail.get(at..at + 8).and_then(|b| b.try_into().ok()).map(u64::from_le_bytes);
    let cut = || wrong("it is cut off");
    let entries = u16_at(end + 8).max(u16_at(end + 10));
    let (mut entries, mut size) = (entries.ok_or_else(cut)?, u32_at(end + 12).ok_or_else(cut)?);
    let mut behind = end;
    let locator = end.checked_sub(LOCATOR as usize).filter(|at| tail[*at..].starts_with(b"PK\x06\x07"));
    if let Some(locator) = locator {
        let larger = locator.checked_sub(END64 as usize).filter(|at| tail[*at..].starts_with(b"PK\x06\x06"));
        behind = larger.ok_or_else(|| wrong("its larger form is not where it should be"))?;
        entries = entries.max(u64_at(behind + 32).ok_or_else(cut)?);
        size = if size == u64::from(u32::MAX) { u64_at(behind + 40).ok_or_else(cut)? } else { size };
    }
    let start = (behind as u64).checked_sub(size).ok_or_else(|| wrong("it is larger than any archive of recordings has"))?;
    if size > DIRECTORY_BYTES || entries.saturating_mul(ENTRY) > size {
        return Err(wrong("it says that there is more in it than there can be"));
    }
    let shown = usize::try_from(start).unwrap_or(usize::MAX);
    let hides = |mark: &[u8; 4], own: Option<usize>| positions(mark).into_iter().any(|at| at >= shown && Some(at) != own);
    if hides(b"PK\x05\x06", Some(end)) || hides(b"PK\x06\x06", locator.map(|_| behind)) {
        return Err(wrong("it hides another one"));
    }
    Ok(from + start)
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use zip::write::SimpleFileOptions;

    use super::*;

    fn zip_of(entries: usize, large: bool) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for i in 0..entries {
            zip.start_file(format!("{i}.gpx"), SimpleFileOptions::default().large_file(large)).expect("begun");
            zip.write_all(b"<gpx/>").expect("written");
        }
        zip.finish().expect("finished").into_inner()
    }

    #[test]
    fn sound_archives_open_small_large_and_empty() {
        for (entries, large) in [(0, false), (3, false), (3, true), (70_000, false)] {
            let mut zip = open_zip(Cursor::new(zip_of(entries, large))).unwrap_or_else(|e| panic!("{entries}, {large}: {e}"));
            assert_eq!(zip.len(), entries);
            if entries > 0 {
                let mut text = String::new();
                zip.by_index(entries - 1).expect("there").read_to_string(&mut text).expect("read");
                assert_eq!(text, "<gpx/>");
            }
        }
    }

    #[test]
    fn a_directory_that_says_too_much_or_hides_another_is_refused() {
        let mut many = zip_of(3, false);
        let end = many.len() - 22;
        many[end + 10] = 200;
        assert!(open_zip(Cursor::new(many)).is_err());
        // Zip64, with a number of entries that would be allocated at once.
        let mut large = zip_of(70_000, false);
        let end64 = large.len() - (END + LOCATOR + END64) as usize;
        large[end64 + 24..end64 + 40].copy_from_slice(&[4_000_000_u64.to_le_bytes(); 2].concat());
        assert!(open_zip(Cursor::new(large)).is_err());
        let mut hiding = zip::ZipWriter::new(Cursor::new(Vec::new()));
        hiding.start_file("PK\x05\x06.gpx", SimpleFileOptions::default()).expect("begun");
        assert!(open_zip(Cursor::new(hiding.finish().expect("finished").into_inner())).is_err());
        for bytes in [&b""[..], b"PK\x05\x06", &[0; 100]] {
            assert!(open_zip(Cursor::new(bytes.to_vec())).is_err());
        }
    }
}
