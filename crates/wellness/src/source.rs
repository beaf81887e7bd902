//! The bytes of a file, counted and bounded. An error of the medium, a limit and a stop by the caller all look like the end of the file to a
//! reader, which keeps what came before; afterwards [`Watch`] says which of them it was.

use std::io::{self, Read};
use std::ops::ControlFlow;

/// Told how many bytes have been read so far; may stop the reading.
pub(crate) type Progress<'p> = &'p mut dyn FnMut(u64) -> ControlFlow<()>;

/// What happened while one or more files were read.
pub(crate) struct Watch<'p> {
    progress: Progress<'p>,
    /// Bytes of all files so far.
    pub(crate) read: u64,
    /// The caller stopped it.
    pub(crate) stopped: bool,
    /// The current file is larger than it may be.
    pub(crate) over: bool,
    /// The current file could not be read to its end.
    pub(crate) failed: bool,
}

impl<'p> Watch<'p> {
    pub(crate) fn new(progress: Progress<'p>) -> Self {
        Self { progress, read: 0, stopped: false, over: false, failed: false }
    }

    /// A file of at most `most` bytes.
    pub(crate) fn file<R: Read>(&mut self, inner: R, most: u64) -> Source<'_, 'p, R> {
        (self.over, self.failed) = (false, false);
        Source { inner, left: most, watch: self }
    }
}

/// A file that is being read.
pub(crate) struct Source<'w, 'p, R> {
    inner: R,
    left: u64,
    watch: &'w mut Watch<'p>,
}

impl<R: Read> Read for Source<'_, '_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.watch.stopped || self.watch.failed || out.is_empty() {
            return Ok(0);
        }
        if self.left == 0 {
            // One more byte shows whether the file ends exactly here.
            self.watch.over = self.watch.over || self.inner.read(&mut [0]).is_ok_and(|n| n > 0);
            return Ok(0);
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(out.len());
        let n = match self.inner.read(&mut out[..most]) {
            Ok(n) => n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
            Err(_) => {
                self.watch.failed = true;
                return Ok(0);
            }
        };
        self.left -= n as u64;
        self.watch.read += n as u64;
        self.watch.stopped = (self.watch.progress)(self.watch.read).is_break();
        Ok(if self.watch.stopped { 0 } else { n })
    }
}
