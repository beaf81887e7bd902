//! From received bytes to activities: the reading and computing, without the database.

use std::fs::File;
use std::io::{BufReader, Read, Seek as _};

use activities::{Prepared, prepare};
use chrono::{DateTime, Utc};
use domain::activities::DatedValues;
use flate2::read::MultiGzDecoder;
use platform::Files;
use platform::config::Uploads;
use recordings::archive::{self, About, Entry, Limits};
use recordings::{Format, Read as Found, ReadError, Warning, gunzip, read, sniff};
use sha2::{Digest, Sha256};

/// What reading needs to know beside the bytes.
pub(crate) struct Context {
    /// IANA name.
    pub(crate) time_zone: String,
    /// The athlete's values with their dates.
    pub(crate) values: Vec<DatedValues>,
    /// What an archive's list says about the file.
    pub(crate) about: Option<About>,
    /// Bounds.
    pub(crate) limits: Uploads,
    /// When it is imported: a start behind that is told.
    pub(crate) now: DateTime<Utc>,
}

/// What a received file turned out to be.
pub(crate) enum Content {
    /// One recording with its activities.
    Recording(Box<Readable>),
    /// Files of an archive, in the file store, to be queued on their own; with what was skipped.
    Archive {
        /// One for each file that may be a recording.
        entries: Vec<Unpacked>,
        /// Sentences about the whole archive.
        notes: Vec<String>,
    },
    /// A sound file that is no activity; the sentence says what it is.
    NoActivity(String),
    /// Nothing; the sentence says why.
    Nothing(String),
}

/// A file of an archive in the file store. Its key follows from the archive's, so that doing it again after a crash writes the same.
pub(crate) struct Unpacked {
    pub(crate) name: String,
    pub(crate) about: Option<About>,
    /// Key and size, or the sentence that says why there is nothing.
    pub(crate) kept: Result<(String, u64), String>,
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

/// Reads the received file of a key. Blocking. One recording is in memory at once, of an archive none.
pub(crate) fn process(files: &Files, key: &str, context: &Context) -> std::io::Result<Content> {
    let limits = &context.limits;
    let mut file = File::open(files.upload_path(key))?;
    let mut head = [0; 4096];
    let filled = fill(&mut file, &mut head)?;
    let head = &head[..filled];
    file.rewind()?;
    let failed = |e: ReadError| Ok(Content::Nothing(e.to_string()));
    match sniff(head) {
        _ if head.is_empty() => failed(ReadError::Empty),
        None => failed(ReadError::Unknown),
        Some(Format::Zip) => unpack(files, key, limits, |bounds, each| archive::for_each_in_zip(BufReader::new(file), bounds, each)),
        Some(Format::Tar) => unpack(files, key, limits, |bounds, each| archive::for_each_in_tar(BufReader::new(file), bounds, each)),
        Some(Format::Gzip) if holds_tar(&mut file)? => {
            unpack(files, key, limits, |bounds, each| archive::for_each_in_tar(MultiGzDecoder::new(BufReader::new(file)), bounds, each))
        }
        Some(_) if file.metadata()?.len() > limits.recording_bytes => failed(ReadError::TooLarge { limit: limits.recording_bytes }),
        Some(format) => {
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            Ok(recording(bytes, format, context))
        }
    }
}

/// Whether a gzipped file is a tar. Leaves the file at its beginning.
fn holds_tar(file: &mut File) -> std::io::Result<bool> {
    let mut head = Vec::new();
    // Damage shows itself later, with its sentence.
    let _ = MultiGzDecoder::new(BufReader::new(&mut *file)).take(512).read_to_end(&mut head);
    file.rewind()?;
    Ok(sniff(&head) == Some(Format::Tar))
}

fn recording(bytes: Vec<u8>, format: Format, context: &Context) -> Content {
    let limit = context.limits.recording_bytes;
    let (original, whole) = match format {
        Format::Gzip => match gunzip(&bytes, limit) {
            Ok(unpacked) => unpacked,
            Err(e) => return Content::Nothing(e.to_string()),
        },
        _ => (bytes, true),
    };
    match read(&original, limit) {
        Err(e @ ReadError::NotAnActivity(_)) => Content::NoActivity(e.to_string()),
        Err(e) => Content::Nothing(e.to_string()),
        Ok(Found { recordings, mut warnings, .. }) => {
            if !whole && warnings.is_empty() {
                warnings.push(Warning::EndedEarly { kept_percent: 99 });
            }
            for recording in &recordings {
                if let Some(told) = recording.impossible_date(Some(context.now.timestamp_millis())).filter(|w| !warnings.contains(w)) {
                    warnings.push(told);
                }
            }
            // The list of an export speaks of one activity; a file that holds several keeps its own words.
            let about = context.about.as_ref().filter(|_| recordings.len() == 1);
            let activities = recordings
                .into_iter()
                .map(|mut recording| {
                    if let Some(about) = about {
                        about.apply(&mut recording);
                    }
                    prepare(recording, &context.values, &context.time_zone).map_err(|p| p.message)
                })
                .collect();
            Content::Recording(Box::new(Readable {
                sha256: Sha256::digest(&original).to_vec(),
                original,
                activities,
                warnings: warnings.iter().map(ToString::to_string).collect(),
            }))
        }
    }
}

type Walked = Result<Vec<Warning>, ReadError>;

fn unpack(files: &Files, key: &str, limits: &Uploads, walk: impl FnOnce(Limits, &mut dyn FnMut(Entry<'_>)) -> Walked) -> std::io::Result<Content> {
    let bounds = Limits {
        entry_bytes: limits.recording_bytes,
        total_bytes: limits.archive_bytes,
        entries: limits.files,
        // The key of a file that came out of an archive says so: one archive inside another is opened, and none inside that.
        nested: !key.contains(INSIDE),
    };
    let mut entries: Vec<Unpacked> = Vec::new();
    let mut broken = None;
    let result = walk(bounds, &mut |entry: Entry<'_>| {
        let kept = entry.content.map_err(|e| e.to_string()).and_then(|content| {
            let key = format!("{key}{INSIDE}{}", entries.len());
            keep(files, &key, content).map_err(|e| {
                let _ = std::fs::remove_file(files.upload_path(&key));
                if e.to_string() == archive::TOO_LARGE {
                    return ReadError::TooLarge { limit: bounds.entry_bytes }.to_string();
                }
                if e.kind() == std::io::ErrorKind::StorageFull {
                    broken.get_or_insert(std::io::Error::from(e.kind()));
                }
                format!("It cannot be unpacked: {e}.")
            })
        });
        entries.push(Unpacked { name: entry.name, about: entry.about, kept });
    });
    if let Some(error) = broken {
        return Err(error);
    }
    Ok(match result {
        Err(e) => Content::Nothing(e.to_string()),
        Ok(notes) if entries.is_empty() && notes.is_empty() => Content::Nothing("The archive holds no FIT, GPX or TCX files.".into()),
        Ok(notes) => Content::Archive { entries, notes: notes.iter().map(ToString::to_string).collect() },
    })
}

/// Stands in a key between an archive's and the number of a file in it.
const INSIDE: &str = "-in-";

/// Whether a key is that of a file that came out of an archive.
pub(crate) fn from_archive(key: &str) -> bool {
    key.contains(INSIDE)
}

fn keep(files: &Files, key: &str, content: &mut dyn Read) -> std::io::Result<(String, u64)> {
    let mut file = File::create(files.upload_path(key))?;
    let bytes = std::io::copy(content, &mut file)?;
    Ok((key.to_owned(), bytes))
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
