//! The elements of an Apple export, one at a time and each within a limit: nothing is held but the tag that is being read.

use std::io::{self, BufRead, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::reading::Remark;

/// Maximum bytes of a tag, a text or a comment; a record has five hundred.
const EVENT: usize = 1 << 20;
/// Maximum nesting; an export has four.
const DEPTH: usize = 32;
/// Begins the root element. What precedes it is Apple's own DTD, which in several versions of iOS is not well-formed.
const ROOT: &[u8] = b"<HealthData";

/// Calls `each` with every element that is a child of the root. Returns where it had to stop.
pub(super) fn walk(mut input: impl BufRead, mut each: impl FnMut(&BytesStart<'_>)) -> Option<Remark> {
    let skipped = skip_to_root(&mut input);
    let mut reader = Reader::from_reader(Allowance { inner: ROOT.chain(input), left: 0 });
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_dangling_amp = true;
    let (mut buffer, mut depth) = (Vec::new(), 0_usize);
    let position = |at: u64| skipped + at;
    loop {
        buffer.clear();
        reader.get_mut().left = EVENT;
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(start)) => {
                if depth == 1 {
                    each(&start);
                }
                depth += 1;
                if depth > DEPTH {
                    return Some(Remark::Unreadable { at: position(reader.buffer_position()) });
                }
            }
            Ok(Event::Empty(start)) if depth == 1 => each(&start),
            Ok(Event::End(_)) => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return None;
                }
            }
            Ok(Event::Eof) => return Some(Remark::EndedEarly { at: position(reader.buffer_position()) }),
            Ok(_) => {}
            // A tag without an end: cut off if that is the end of the file, and otherwise longer than any.
            Err(_) if reader.get_ref().left > 0 && at_end(reader.get_mut()) => {
                return Some(Remark::EndedEarly { at: position(reader.error_position()) });
            }
            Err(_) => return Some(Remark::Unreadable { at: position(reader.error_position()) }),
        }
    }
}

fn at_end(input: &mut impl BufRead) -> bool {
    input.fill_buf().is_ok_and(<[u8]>::is_empty)
}

/// Skips everything before and including [`ROOT`]; how many bytes are before it.
fn skip_to_root(input: &mut impl BufRead) -> u64 {
    let (mut skipped, mut matched) = (0, 0);
    loop {
        let Ok(ready) = input.fill_buf() else { return skipped };
        if ready.is_empty() {
            return skipped;
        }
        let mut used = 0;
        for byte in ready {
            used += 1;
            // The mark begins with its only angle bracket, so a mismatch can be the start of another, and nothing else.
            matched = if *byte == ROOT[matched] { matched + 1 } else { usize::from(*byte == ROOT[0]) };
            if matched == ROOT.len() {
                break;
            }
        }
        input.consume(used);
        skipped += used as u64;
        if matched == ROOT.len() {
            return skipped - ROOT.len() as u64;
        }
    }
}

/// Input that allows so many bytes to be consumed; the reader has a buffer for what it consumes and no limit of its own.
struct Allowance<R> {
    inner: R,
    left: usize,
}

impl<R: BufRead> Read for Allowance<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let ready = self.fill_buf()?;
        let n = ready.len().min(out.len());
        out[..n].copy_from_slice(&ready[..n]);
        self.consume(n);
        Ok(n)
    }
}

impl<R: BufRead> BufRead for Allowance<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Err(io::Error::other("too long"));
        }
        let ready = self.inner.fill_buf()?;
        Ok(&ready[..ready.len().min(self.left)])
    }

    fn consume(&mut self, n: usize) {
        self.left -= n.min(self.left);
        self.inner.consume(n);
    }
}
