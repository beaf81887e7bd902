//! Archives, unpacked into the file store: beside everything else, durable before anybody relies on it, and given up when nobody waits for it.

use std::fs::File;
use std::io::{self, BufReader, Read};

use flate2::read::MultiGzDecoder;
use platform::config::Uploads;
use platform::{Fault, Files};
use recordings::ReadError;
use recordings::archive::{self, About, Entry, Limits};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::process::{Kind, open};

/// What came of an archive.
pub(crate) enum Unpacking {
    /// Its files are in the file store, to be queued on their own.
    Done {
        /// One for each file that may be a recording.
        entries: Vec<Unpacked>,
        /// Sentences about the whole archive.
        notes: Vec<String>,
    },
    /// Nothing; the sentence says why.
    Nothing(String),
    /// Nobody waits for it any more, and nothing of it is left.
    Stopped,
}

/// A file of an archive in the file store.
pub(crate) struct Unpacked {
    pub(crate) name: String,
    pub(crate) about: Option<About>,
    /// Key and size, or the sentence that says why there is nothing.
    pub(crate) kept: Result<(String, u64), String>,
}

/// Stands in a key between an archive's and the number of a file in it.
const ARCHIVE_ENTRY_MARK: &str = "-in-";

/// Whether a key is that of a file that came out of an archive.
pub(crate) fn is_archive_entry(key: &str) -> bool {
    key.contains(ARCHIVE_ENTRY_MARK)
}

/// Unpacks the received archive of a key, one file at a time and as a stream. Blocking, for minutes where it is large. A fault of the machine
/// is an error; then, and when `stop` says so, nothing of the archive stays on the disk.
///
/// `by` is different each time and stands in every key: whoever was only thought dead writes over and removes nothing of another's. What one
/// leaves that is killed is collected one day.
pub(crate) fn unpack(files: &Files, key: &str, by: Uuid, limits: &Uploads, stop: &CancellationToken) -> io::Result<Unpacking> {
    let bounds = Limits {
        entry_bytes: limits.max_recording_bytes,
        total_bytes: limits.max_archive_bytes,
        entries: limits.max_files_per_import,
        // One archive inside another is opened, and none inside that.
        nested: !is_archive_entry(key),
    };
    let begin = format!("{key}{ARCHIVE_ENTRY_MARK}{}-", by.simple());
    let mut unpacker = Unpacker { files, begin, stop, entries: Vec::new(), fault: None };
    let (file, kind) = open(files, key)?;
    let file = BufReader::new(Stoppable { inner: file, stop });
    let each = |entry: Entry<'_>| unpacker.take(entry, bounds);
    let result = match kind {
        Ok(Kind::Zip) => archive::for_each_in_zip(file, bounds, each),
        Ok(Kind::Tar) => archive::for_each_in_tar(file, bounds, each),
        Ok(Kind::GzippedTar) => archive::for_each_in_tar(MultiGzDecoder::new(file), bounds, each),
        Ok(Kind::Recording(_)) => Err(ReadError::Unknown),
        Err(e) => Err(e),
    };
    let Unpacker { entries, fault, .. } = unpacker;
    let fault = fault.or_else(|| files.sync_uploads().err());
    if fault.is_some() || stop.is_cancelled() {
        remove_entries(files, &entries);
        return fault.map_or(Ok(Unpacking::Stopped), Err);
    }
    Ok(match result {
        Err(e) => {
            remove_entries(files, &entries);
            Unpacking::Nothing(e.to_string())
        }
        Ok(notes) if entries.is_empty() && notes.is_empty() => Unpacking::Nothing("The archive holds no FIT, GPX or TCX files.".into()),
        Ok(notes) => Unpacking::Done { entries, notes: notes.iter().map(ToString::to_string).collect() },
    })
}

/// Removes what was unpacked and nobody will ask for.
pub(crate) fn remove_entries(files: &Files, entries: &[Unpacked]) {
    for (key, _) in entries.iter().filter_map(|e| e.kept.as_ref().ok()) {
        files.remove_upload(key);
    }
}

struct Unpacker<'a> {
    files: &'a Files,
    /// Of every key.
    begin: String,
    stop: &'a CancellationToken,
    entries: Vec<Unpacked>,
    fault: Option<io::Error>,
}

impl Unpacker<'_> {
    fn take(&mut self, entry: Entry<'_>, bounds: Limits) {
        // The walk cannot be broken off from here; what is left of it is passed over.
        if self.fault.is_some() || self.stop.is_cancelled() {
            return;
        }
        let kept = entry.content.map_err(|e| e.to_string()).and_then(|content| {
            let key = format!("{}{}", self.begin, self.entries.len());
            self.keep(&key, content).map(|bytes| (key.clone(), bytes)).map_err(|e| {
                self.files.remove_upload(&key);
                if e.to_string() == archive::TOO_LARGE {
                    return ReadError::TooLarge { limit: bounds.entry_bytes }.to_string();
                }
                let sentence = format!("It cannot be unpacked: {e}.");
                if Fault::of_io(&e).is_some() {
                    self.fault = Some(e);
                }
                sentence
            })
        });
        self.entries.push(Unpacked { name: entry.name, about: entry.about, kept });
    }

    /// Durable before the archive is forgotten.
    fn keep(&self, key: &str, content: &mut dyn Read) -> io::Result<u64> {
        let mut file = File::create(self.files.upload_path(key))?;
        let bytes = io::copy(&mut Stoppable { inner: content, stop: self.stop }, &mut file)?;
        file.sync_all()?;
        Ok(bytes)
    }
}

/// Reads until somebody says stop; then every read fails, which ends the walk soon.
struct Stoppable<'a, R> {
    inner: R,
    stop: &'a CancellationToken,
}

impl<R: Read> Read for Stoppable<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.stop.is_cancelled() { Err(io::Error::other("it was stopped")) } else { self.inner.read(out) }
    }
}

impl<R: io::Seek> io::Seek for Stoppable<'_, R> {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}
