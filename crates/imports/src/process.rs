//! From received bytes to activities: the reading and computing, without the database.

use std::fs::File;
use std::io::Read as _;

use activities::{Prepared, prepare};
use physiology::Athlete;
use platform::Files;
use platform::config::Uploads;
use recordings::archive::{self, Limits};
use recordings::{Format, ReadError, gunzip, read, sniff};
use sha2::{Digest, Sha256};

/// What a received file turned out to be.
pub(crate) enum Content {
    /// One recording with its activities.
    Recording(Box<Readable>),
    /// Files of an archive, in the file store, to be queued on their own; with what was skipped.
    Archive {
        /// Name and where it lies, or the sentence that says why there is nothing.
        entries: Vec<(String, Result<Unpacked, String>)>,
        /// Sentences about the whole archive.
        notes: Vec<String>,
    },
    /// Nothing; the sentence says why.
    Nothing(String),
}

/// A file of an archive in the file store. Its key follows from the archive's, so that doing it again after a crash writes the same.
pub(crate) struct Unpacked {
    pub(crate) key: String,
    pub(crate) bytes: usize,
}

/// A recording file that could be read.
pub(crate) struct Readable {
    /// Of the unpacked bytes: the same run zipped, gzipped or plain is the same.
    pub(crate) sha256: Vec<u8>,
    /// As received, unpacked.
    pub(crate) original: Vec<u8>,
    /// Each ready to be stored, or why it cannot be.
    pub(crate) activities: Vec<Result<Prepared, String>>,
    /// What the reader had to say.
    pub(crate) warnings: Vec<String>,
}

/// Reads the received file of a key. Blocking. One recording is in memory at once, of an archive, too.
pub(crate) fn process(files: &Files, key: &str, time_zone: &str, limits: &Uploads) -> std::io::Result<Content> {
    let path = &files.upload_path(key);
    let mut file = File::open(path)?;
    let mut head = [0; 4096];
    let filled = fill(&mut file, &mut head)?;
    let head = &head[..filled];
    let failed = |e: ReadError| Ok(Content::Nothing(e.to_string()));
    match sniff(head) {
        _ if head.is_empty() => failed(ReadError::Empty),
        None => failed(ReadError::Unknown),
        Some(Format::Zip) => unpack(files, key, limits),
        Some(_) if file.metadata()?.len() > limits.recording_bytes => failed(ReadError::TooLarge { limit: limits.recording_bytes }),
        Some(_) => {
            let bytes = std::fs::read(path)?;
            Ok(recording(&bytes, time_zone, limits))
        }
    }
}

fn recording(bytes: &[u8], time_zone: &str, limits: &Uploads) -> Content {
    let unpacked = match sniff(bytes) {
        Some(Format::Gzip) => match gunzip(bytes, limits.recording_bytes) {
            Ok((inner, _)) => Some(inner),
            Err(e) => return Content::Nothing(e.to_string()),
        },
        _ => None,
    };
    match read(bytes, limits.recording_bytes) {
        Err(e) => Content::Nothing(e.to_string()),
        Ok(found) => {
            let athlete = Athlete::default();
            let activities = found.recordings.into_iter().map(|r| prepare(r, &athlete, time_zone).map_err(|p| p.message)).collect();
            let original = unpacked.unwrap_or_else(|| bytes.to_vec());
            Content::Recording(Box::new(Readable {
                sha256: Sha256::digest(&original).to_vec(),
                original,
                activities,
                warnings: found.warnings.iter().map(ToString::to_string).collect(),
            }))
        }
    }
}

fn unpack(files: &Files, archive_key: &str, limits: &Uploads) -> std::io::Result<Content> {
    let bounds = Limits { entry_bytes: limits.recording_bytes, total_bytes: limits.archive_bytes, entries: limits.files };
    let mut entries: Vec<(String, Result<Unpacked, String>)> = Vec::new();
    let mut broken = None;
    let reader = std::io::BufReader::new(File::open(files.upload_path(archive_key))?);
    let result = archive::for_each(reader, bounds, |(name, content)| {
        let kept = content.map_err(|e| e.to_string()).map(|bytes| {
            let key = format!("{archive_key}-{}", entries.len());
            if let Err(error) = std::fs::write(files.upload_path(&key), &bytes) {
                broken.get_or_insert(error);
            }
            Unpacked { key, bytes: bytes.len() }
        });
        entries.push((name, kept));
    });
    if let Some(error) = broken {
        return Err(error);
    }
    Ok(match result {
        Err(e) => Content::Nothing(e.to_string()),
        Ok(notes) if entries.is_empty() && notes.is_empty() => Content::Nothing("The zip holds no FIT, GPX or TCX files.".into()),
        Ok(notes) => Content::Archive { entries, notes: notes.iter().map(ToString::to_string).collect() },
    })
}

fn fill(file: &mut File, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..])? {
            0 => break,
            n => filled += n,
        }
    }
    Ok(filled)
}
