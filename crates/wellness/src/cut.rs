//! A zip without a directory, as a download that was cut off leaves it: its entries are read in their order, each after the header of its own. What a
//! header says is never believed further than the bytes that are there: nothing is allocated by it but its name.
//!
//! The layout is that of APPNOTE.TXT 6.3, sections 4.3.7 to 4.3.9 (<https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>).

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::DeflateDecoder;

/// Bytes that are read at a time.
const BUFFER: usize = 64 << 10;
/// The mark of an entry, of a directory, and of the end of one.
const ENTRY: [u8; 4] = *b"PK\x03\x04";
const DIRECTORY: [[u8; 4]; 2] = [*b"PK\x01\x02", *b"PK\x05\x06"];
/// Bytes of a header behind its mark.
const HEADER: usize = 26;
/// Bytes of what may stand between an entry and the next mark: a checksum and two sizes, with a mark of their own.
const DESCRIPTOR: u64 = 24;

/// How the bytes of an entry are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    Stored,
    Deflated,
    /// Any other, or encrypted: it can only be skipped.
    Unknown,
}

/// The header of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    /// As it is written there.
    pub(crate) path: String,
    method: Method,
    /// Packed bytes, if they were known when the header was written.
    packed: Option<u64>,
}

impl Header {
    /// Whether its content can be read.
    pub(crate) fn can_be_read(&self) -> bool {
        match self.method {
            Method::Stored => self.packed.is_some(),
            Method::Deflated => true,
            Method::Unknown => false,
        }
    }

    /// Whether it can be skipped without being unpacked.
    pub(crate) fn can_be_skipped(&self) -> bool {
        self.packed.is_some()
    }
}

/// A zip that is read from its beginning.
pub(crate) struct Entries<R> {
    input: Counted<BufReader<R>>,
    /// Where the bytes of the current entry end, if that is known.
    ends: Option<u64>,
}

impl<R: Read> Entries<R> {
    pub(crate) fn new(input: R) -> Self {
        Self { input: Counted { inner: BufReader::with_capacity(BUFFER, input), at: 0 }, ends: Some(0) }
    }

    /// The next header. `None` at the directory, at the end of what is there, and where the next mark is not where it must be.
    pub(crate) fn next_header(&mut self) -> Option<Header> {
        if let Some(ends) = self.ends {
            let rest = ends.checked_sub(self.input.at)?;
            let skipped = io::copy(&mut (&mut self.input).take(rest), &mut io::sink()).ok()?;
            (skipped == rest).then_some(())?;
        }
        self.find_mark().ok().flatten()?;
        let mut fixed = [0; HEADER];
        self.input.read_exact(&mut fixed).ok()?;
        let u16_at = |at: usize| u16::from_le_bytes([fixed[at], fixed[at + 1]]);
        let u32_at = |at: usize| u32::from_le_bytes([fixed[at], fixed[at + 1], fixed[at + 2], fixed[at + 3]]);
        let (flags, method, packed, unpacked) = (u16_at(2), u16_at(4), u32_at(14), u32_at(18));
        let mut name = vec![0; usize::from(u16_at(22))];
        let mut extra = vec![0; usize::from(u16_at(24))];
        self.input.read_exact(&mut name).ok()?;
        self.input.read_exact(&mut extra).ok()?;
        let packed = match packed {
            // Written afterwards.
            0 if flags & 8 != 0 => None,
            u32::MAX => larger_size(&extra, unpacked == u32::MAX).filter(|packed| *packed > 0 || flags & 8 == 0),
            packed => Some(u64::from(packed)),
        };
        let method = match method {
            _ if flags & 1 != 0 => Method::Unknown,
            0 => Method::Stored,
            8 => Method::Deflated,
            _ => Method::Unknown,
        };
        self.ends = packed.map(|packed| self.input.at.saturating_add(packed));
        Some(Header { path: String::from_utf8_lossy(&name).into_owned(), method, packed })
    }

    /// The unpacked bytes of the entry whose header came last. Read to its end unless its packed size is known: the next entry is behind it.
    pub(crate) fn content(&mut self, header: &Header) -> Box<dyn Read + '_> {
        let packed = (&mut self.input).take(header.packed.unwrap_or(u64::MAX));
        match header.method {
            Method::Stored => Box::new(packed),
            Method::Deflated => Box::new(DeflateDecoder::new(packed)),
            Method::Unknown => Box::new(io::empty()),
        }
    }

    /// Reads up to and with the mark of the next entry, which is at most a descriptor away. `None` if a directory comes first, or nothing.
    fn find_mark(&mut self) -> io::Result<Option<()>> {
        let mut last = [0; 4];
        for n in 1..=DESCRIPTOR + 4 {
            let mut byte = [0];
            if self.input.read(&mut byte)? == 0 {
                return Ok(None);
            }
            last.rotate_left(1);
            last[3] = byte[0];
            if n >= 4 && last == ENTRY {
                return Ok(Some(()));
            }
            if n >= 4 && DIRECTORY.contains(&last) {
                return Ok(None);
            }
        }
        Ok(None)
    }
}

/// The packed size of the extra field of larger files (4.5.3), where it is behind the unpacked one if that is there, too.
fn larger_size(mut extra: &[u8], behind_another: bool) -> Option<u64> {
    while let [a, b, c, d, rest @ ..] = extra {
        let (id, length) = (u16::from_le_bytes([*a, *b]), usize::from(u16::from_le_bytes([*c, *d])));
        let field = rest.get(..length)?;
        if id == 1 {
            let at = if behind_another { 8 } else { 0 };
            return field.get(at..at + 8)?.try_into().ok().map(u64::from_le_bytes);
        }
        extra = &rest[length..];
    }
    None
}

/// Counts what is consumed.
struct Counted<R> {
    inner: R,
    at: u64,
}

impl<R: BufRead> Read for Counted<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(out)?;
        self.at += n as u64;
        Ok(n)
    }
}

impl<R: BufRead> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, n: usize) {
        self.at += n as u64;
        self.inner.consume(n);
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use flate2::write::DeflateEncoder;
    use flate2::{Compression, Crc};
    use zip::CompressionMethod;
    use zip::write::SimpleFileOptions;

    use super::*;

    const FILES: [(&str, &str); 3] = [("a.txt", "one"), ("folder/b.txt", "PK\x03\x04 is no mark in here"), ("c.txt", "")];

    /// As Python writes it where a file may be large and it cannot go back: with room for the sizes of larger files, and zeros in there.
    fn streamed_with_room_for_large_sizes() -> Vec<u8> {
        let mut zip: Vec<u8> = Vec::new();
        for (name, text) in FILES {
            let mut packed = DeflateEncoder::new(Vec::new(), Compression::default());
            packed.write_all(text.as_bytes()).expect("packed");
            let (packed, mut sum) = (packed.finish().expect("packed"), Crc::new());
            sum.update(text.as_bytes());
            let sizes = [packed.len() as u64, text.len() as u64].map(u64::to_le_bytes).concat();
            zip.extend(ENTRY);
            // Version 4.5, sizes that follow, deflated, a time, a day, no sum yet, and sizes that stand elsewhere.
            zip.extend([45, 0, 8, 0, 8, 0, 0, 0, 0x21, 0, 0, 0, 0, 0]);
            zip.extend([0xff; 8]);
            zip.extend([name.len() as u8, 0, 20, 0]);
            zip.extend(name.as_bytes());
            // The extra field: its id, its length, and both sizes.
            zip.extend([1, 0, 16, 0]);
            zip.extend([0; 16]);
            zip.extend(packed);
            zip.extend(b"PK\x07\x08");
            zip.extend(sum.sum().to_le_bytes());
            zip.extend(sizes);
        }
        // Nobody reads further than to here.
        zip.extend(DIRECTORY[0]);
        zip
    }

    /// As software writes it that can go back to a header, and as a phone and a script write it, which cannot.
    fn zips() -> [Vec<u8>; 4] {
        let fill = |options: SimpleFileOptions| {
            let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
            for (name, text) in FILES {
                zip.start_file(name, options).expect("begun");
                zip.write_all(text.as_bytes()).expect("written");
            }
            zip.finish().expect("finished").into_inner()
        };
        let mut streamed = zip::ZipWriter::new_stream(Vec::new());
        for (name, text) in FILES {
            streamed.start_file(name, SimpleFileOptions::default()).expect("begun");
            streamed.write_all(text.as_bytes()).expect("written");
        }
        let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        let large = fill(SimpleFileOptions::default().large_file(true));
        [fill(stored), large, streamed.finish().expect("finished").into_inner(), streamed_with_room_for_large_sizes()]
    }

    fn read(bytes: &[u8]) -> Vec<(String, String)> {
        let (mut entries, mut all) = (Entries::new(bytes), Vec::new());
        while let Some(header) = entries.next_header() {
            assert!(header.can_be_read());
            let mut text = Vec::new();
            let _ = entries.content(&header).read_to_end(&mut text);
            all.push((header.path, String::from_utf8(text).expect("text")));
        }
        all
    }

    #[test]
    fn entries_are_read_without_the_directory() {
        let expected = FILES.map(|(name, text)| (name.to_owned(), text.to_owned()));
        for (n, zip) in zips().into_iter().enumerate() {
            assert_eq!(read(&zip), expected, "{n}");
            let directory = zip.windows(4).position(|mark| mark == DIRECTORY[0]).expect("a directory");
            assert_eq!(read(&zip[..directory]), expected, "{n}");
        }
    }

    #[test]
    fn entries_of_a_known_size_are_skipped_unread() {
        let zip = &zips()[1];
        let mut entries = Entries::new(&zip[..]);
        let mut names = Vec::new();
        while let Some(header) = entries.next_header() {
            assert!(header.can_be_skipped());
            names.push(header.path);
        }
        assert_eq!(names, ["a.txt", "folder/b.txt", "c.txt"]);
    }

    #[test]
    fn however_it_is_cut_what_came_is_a_beginning() {
        for zip in zips() {
            let whole = read(&zip);
            for at in 0..zip.len() {
                let cut = read(&zip[..at]);
                assert!(
                    cut.len() <= whole.len() && cut.iter().zip(&whole).all(|(cut, whole)| cut.0 == whole.0 && whole.1.starts_with(&cut.1)),
                    "{at}"
                );
            }
        }
        assert_eq!((read(b""), read(b"PK"), read(&[b'P'; 100])), (vec![], vec![], vec![]));
    }
}
