//! From received bytes to activities: the reading and computing, without the database.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek as _};

use activities::{AnalysedActivity, analyse_recording};
use chrono::{DateTime, Utc};
use domain::activities::DatedThresholds;
use flate2::read::MultiGzDecoder;
use platform::Files;
use platform::config::Uploads;
use recordings::archive::About;
use recordings::{Format, Read as Found, ReadError, Warning, gunzip, read, sniff};
use sha2::{Digest, Sha256};

/// What reading needs to know beside the bytes.
#[derive(Clone)]
pub(crate) struct Context {
    /// IANA name.
    pub(crate) time_zone: String,
    /// The athlete's values with their dates.
    pub(crate) values: Vec<DatedThresholds>,
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
    Recording(Box<DecodedFile>),
    /// An archive, to be unpacked where it keeps nobody waiting.
    Archive,
    /// A sound file that is no activity; the sentence says what it is.
    NoActivity(String),
    /// Nothing; the sentence says why.
    Nothing(String),
}

/// A recording file that could be read.
pub(crate) struct DecodedFile {
    /// Of the unpacked bytes: the same run zipped, gzipped or plain is the same.
    pub(crate) sha256: Vec<u8>,
    /// As received, unpacked.
    pub(crate) original: Vec<u8>,
    /// Each ready to be stored, or why it cannot be.
    pub(crate) activities: Vec<Result<AnalysedActivity, String>>,
    /// What the reader had to say.
    pub(crate) warnings: Vec<String>,
}

/// Reads the received file of a key. Blocking. One recording is in memory at once.
pub(crate) fn process(files: &Files, key: &str, context: &Context) -> io::Result<Content> {
    let limits = &context.limits;
    let (mut file, format) = open(files, key)?;
    let failed = |e: ReadError| Ok(Content::Nothing(e.to_string()));
    match format {
        Err(e) => failed(e),
        Ok(Kind::Zip | Kind::Tar | Kind::GzippedTar) => Ok(Content::Archive),
        Ok(Kind::Recording(_)) if file.metadata()?.len() > limits.max_recording_bytes => {
            failed(ReadError::TooLarge { limit: limits.max_recording_bytes })
        }
        Ok(Kind::Recording(format)) => {
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            Ok(recording(bytes, format, context))
        }
    }
}

/// What a received file is by its first bytes.
pub(crate) enum Kind {
    Zip,
    Tar,
    GzippedTar,
    Recording(Format),
}

/// Opens the received file of a key, and looks what it is.
pub(crate) fn open(files: &Files, key: &str) -> io::Result<(File, Result<Kind, ReadError>)> {
    let mut file = File::open(files.upload_path(key))?;
    let mut head = [0; 4096];
    let filled = fill(&mut file, &mut head)?;
    file.rewind()?;
    let kind = match sniff(&head[..filled]) {
        _ if filled == 0 => Err(ReadError::Empty),
        None => Err(ReadError::Unknown),
        Some(Format::Zip) => Ok(Kind::Zip),
        Some(Format::Tar) => Ok(Kind::Tar),
        Some(Format::Gzip) if holds_tar(&mut file)? => Ok(Kind::GzippedTar),
        Some(format) => Ok(Kind::Recording(format)),
    };
    Ok((file, kind))
}

/// Whether a gzipped file is a tar. Leaves the file at its beginning.
fn holds_tar(file: &mut File) -> io::Result<bool> {
    let mut head = Vec::new();
    // Damage shows itself later, with its sentence.
    let _ = MultiGzDecoder::new(BufReader::new(&mut *file)).take(512).read_to_end(&mut head);
    file.rewind()?;
    Ok(sniff(&head) == Some(Format::Tar))
}

fn recording(bytes: Vec<u8>, format: Format, context: &Context) -> Content {
    let limit = context.limits.max_recording_bytes;
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
                    analyse_recording(recording, &context.values, &context.time_zone).map_err(|p| p.message)
                })
                .collect();
            Content::Recording(Box::new(DecodedFile {
                sha256: Sha256::digest(&original).to_vec(),
                original,
                activities,
                warnings: warnings.iter().map(ToString::to_string).collect(),
            }))
        }
    }
}

fn fill(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..])? {
            0 => break,
            n => filled += n,
        }
    }
    Ok(filled)
}
