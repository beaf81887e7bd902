//! How far a large file has been read: counted by whoever reads it, and stored by whoever renews its lease, so that every process can show it.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes below which a file is read before anybody looks.
const LARGE: u64 = 16 << 20;

/// Bytes that have been read, and all that there are.
#[derive(Debug, Clone, Default)]
pub(crate) struct Progress(Arc<(AtomicU64, AtomicU64)>);

impl Progress {
    /// A file of so many bytes, from now on counted. Read `times` times, one after the other: each counts for its share.
    pub(crate) fn watch<R>(&self, inner: R, bytes: u64, times: u64) -> Watched<R> {
        self.0.1.store(bytes.saturating_mul(times), Ordering::Relaxed);
        Watched { inner, progress: self.clone() }
    }

    /// Per cent that have been read, if the file is large.
    pub(crate) fn percent(&self) -> Option<u8> {
        let (read, all) = (self.0.0.load(Ordering::Relaxed), self.0.1.load(Ordering::Relaxed));
        (all >= LARGE).then(|| (u128::from(read.min(all)) * 100 / u128::from(all)) as u8)
    }
}

/// A reader of which the bytes are counted.
pub(crate) struct Watched<R> {
    inner: R,
    progress: Progress,
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(out)?;
        self.progress.0.0.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}

impl<R: Seek> Seek for Watched<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_read_twice_is_half_read_after_the_first_time() {
        let progress = Progress::default();
        assert_eq!(progress.percent(), None);
        let bytes = 40 << 20;
        io::copy(&mut progress.watch(io::repeat(0), bytes, 2).take(bytes / 2), &mut io::sink()).expect("read");
        assert_eq!(progress.percent(), Some(25));
        io::copy(&mut progress.watch(io::repeat(0), bytes, 2).take(2 * bytes), &mut io::sink()).expect("read");
        assert_eq!(progress.percent(), Some(100));
        let small = Progress::default();
        io::copy(&mut small.watch(io::empty(), 1 << 20, 1), &mut io::sink()).expect("read");
        assert_eq!(small.percent(), None);
    }
}
