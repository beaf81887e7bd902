//! Archives, unpacked into the file store: concurrently with everything else, durable before anything relies on it, and abandoned when it is
//! cancelled.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek as _};

use domain::imports::Reason;
use flate2::read::MultiGzDecoder;
use platform::config::Uploads;
use platform::{Fault, Files};
use recordings::ReadError;
use recordings::archive::{self, About, Entry, Limits};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::daily::{DailyValues, read_archive};
use crate::process::{Kind, open};
use crate::progress::Progress;

/// The result of unpacking an archive.
pub(crate) enum Unpacking {
    /// Its files are in the file store, to be queued separately.
    Done {
        /// One per file that may be a recording.
        entries: Vec<Unpacked>,
        /// What of the archive could not be read.
        unread: Vec<Reason>,
        /// What it has of devices' exports.
        daily: Option<DailyValues>,
    },
    /// Nothing.
    Failed(Reason),
    /// It was cancelled, and nothing of it is left.
    Stopped,
}

/// A file of an archive in the file store.
pub(crate) struct Unpacked {
    pub(crate) name: String,
    pub(crate) metadata: Option<About>,
    /// Key and size, or why it could not be stored.
    pub(crate) stored: Result<(String, u64), Reason>,
}

/// In a key, separates the archive's key from the number of a file in it.
const ARCHIVE_ENTRY_MARK: &str = "-in-";

/// Whether a key belongs to a file that came out of an archive.
pub(crate) fn is_archive_entry(key: &str) -> bool {
    key.contains(ARCHIVE_ENTRY_MARK)
}

/// Unpacks the received archive of a key, one file at a time and as a stream. Blocking, for minutes if it is large. A fault of the machine
/// is an error; then, and when `stop` is cancelled, nothing of the archive stays on the disk.
///
/// `token` is different for each lease and part of every key, so that a worker that was wrongly thought dead neither overwrites nor removes
/// another's files. What a killed worker leaves is collected later.
pub(crate) fn unpack(
    files: &Files,
    (key, token): (&str, Uuid),
    limits: &Uploads,
    progress: &Progress,
    stop: &CancellationToken,
) -> io::Result<Unpacking> {
    let bounds = Limits {
        entry_bytes: limits.max_recording_bytes,
        total_bytes: limits.max_archive_bytes,
        entries: limits.max_files_per_import,
        // One level of nested archives is opened.
        nested: !is_archive_entry(key),
    };
    let prefix = format!("{key}{ARCHIVE_ENTRY_MARK}{}-", token.simple());
    let mut unpacker = Unpacker { files, prefix, stop, entries: Vec::new(), fault: None };
    let (mut file, kind) = open(files, key, "")?;
    let bytes = file.metadata()?.len();
    // A zip is read twice: for days, and for recordings.
    let times = if matches!(kind, Ok(Kind::Zip)) { 2 } else { 1 };
    let daily = if times == 2 { read_archive(progress.watch(file.try_clone()?, bytes, times), limits, stop) } else { None };
    file.rewind()?;
    let file = BufReader::new(Stoppable { inner: progress.watch(file, bytes, times), stop });
    let each = |entry: Entry<'_>| unpacker.add(entry, bounds);
    let result = match kind {
        Ok(Kind::Zip) => archive::for_each_in_zip(file, bounds, each),
        Ok(Kind::Tar) => archive::for_each_in_tar(file, bounds, each),
        Ok(Kind::GzippedTar) => archive::for_each_in_tar(MultiGzDecoder::new(file), bounds, each),
        Ok(Kind::Recording(_) | Kind::Daily(..)) => Err(ReadError::UnknownFormat),
        Err(e) => Err(e),
    };
    let Unpacker { entries, fault, .. } = unpacker;
    let fault = fault.or_else(|| files.sync_uploads().err());
    if fault.is_some() || stop.is_cancelled() {
        remove_entries(files, &entries);
        return fault.map_or(Ok(Unpacking::Stopped), Err);
    }
    Ok(match result {
        Err(e) if daily.is_none() => {
            remove_entries(files, &entries);
            Unpacking::Failed(e.into())
        }
        // Its recordings cannot be read, and its days can, which say why.
        Err(_) => Unpacking::Done { entries, unread: Vec::new(), daily },
        Ok(warnings) if entries.is_empty() && warnings.is_empty() && daily.is_none() => Unpacking::Failed(Reason::NoRecordings),
        Ok(warnings) => Unpacking::Done { entries, unread: warnings.into_iter().map(Reason::from).collect(), daily },
    })
}

/// Removes unpacked files that will not be queued.
pub(crate) fn remove_entries(files: &Files, entries: &[Unpacked]) {
    for (key, _) in entries.iter().filter_map(|e| e.stored.as_ref().ok()) {
        files.remove_upload(key);
    }
}

struct Unpacker<'a> {
    files: &'a Files,
    /// Prefix of every key.
    prefix: String,
    stop: &'a CancellationToken,
    entries: Vec<Unpacked>,
    fault: Option<io::Error>,
}

impl Unpacker<'_> {
    fn add(&mut self, entry: Entry<'_>, bounds: Limits) {
        // The iteration cannot be stopped from here; the remaining entries are skipped.
        if self.fault.is_some() || self.stop.is_cancelled() {
            return;
        }
        let stored = entry.content.map_err(Reason::from).and_then(|content| {
            let key = format!("{}{}", self.prefix, self.entries.len());
            self.store(&key, content).map(|bytes| (key.clone(), bytes)).map_err(|e| {
                self.files.remove_upload(&key);
                if e.to_string() == archive::TOO_LARGE {
                    return ReadError::TooLargeUnpacked { limit: bounds.entry_bytes }.into();
                }
                if Fault::of_io(&e).is_some() {
                    self.fault = Some(e);
                }
                Reason::NotUnpacked
            })
        });
        self.entries.push(Unpacked { name: entry.name, metadata: entry.about, stored });
    }

    /// Stores an entry durably: the archive is removed after it.
    fn store(&self, key: &str, content: &mut dyn Read) -> io::Result<u64> {
        let mut file = File::create(self.files.upload_path(key))?;
        let bytes = io::copy(&mut Stoppable { inner: content, stop: self.stop }, &mut file)?;
        file.sync_all()?;
        Ok(bytes)
    }
}

/// A reader that fails once it is cancelled, which soon ends the iteration.
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
