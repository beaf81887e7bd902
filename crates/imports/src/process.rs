//! From received bytes to activities: decoding and analysis, without the database.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek as _};

use activities::{AnalysedActivity, analyse_new};
use chrono::{DateTime, Utc};
use domain::activities::{DatedThresholds, Unusable};
use flate2::read::MultiGzDecoder;
use platform::Files;
use platform::config::Uploads;
use recordings::archive::About;
use recordings::{Format, Read as Found, ReadError, Warning, gunzip, read, sniff};
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use crate::daily::{DailyValues, read_export};
use crate::progress::Progress;

/// What decoding and analysis need besides the bytes.
#[derive(Clone)]
pub(crate) struct Context {
    /// IANA name.
    pub(crate) time_zone: String,
    /// The athlete's thresholds with their dates.
    pub(crate) thresholds: Vec<DatedThresholds>,
    /// What the archive's table of activities says about the file.
    pub(crate) metadata: Option<About>,
    /// Size limits.
    pub(crate) limits: Uploads,
    /// When it is imported: a start after that gets a warning.
    pub(crate) now: DateTime<Utc>,
    /// How far it has been read.
    pub(crate) progress: Progress,
}

/// What a received file turned out to be.
pub(crate) enum Content {
    /// One recording with its activities.
    Recording(Box<DecodedFile>),
    /// Values of days.
    Daily(DailyValues),
    /// None of the formats that are known; it may be a table of days.
    Unknown,
    /// An archive, to be unpacked by a separate worker.
    Archive,
    /// Reading was stopped.
    Stopped,
    /// It cannot be read, or is a valid file that is not an activity.
    Unreadable(ReadError),
}

/// A recording file that was decoded.
pub(crate) struct DecodedFile {
    /// SHA-256 of the unpacked bytes: the same run zipped, gzipped or plain has the same.
    pub(crate) sha256: Vec<u8>,
    /// The received bytes, unpacked.
    pub(crate) original: Vec<u8>,
    /// Each activity ready to be stored, or why it cannot be.
    pub(crate) activities: Vec<Result<AnalysedActivity, Unusable>>,
    /// The decoder's warnings.
    pub(crate) warnings: Vec<Warning>,
}

/// Decodes and analyses the received file of a key. Blocking. One recording is in memory for each of these.
pub(crate) fn process(files: &Files, (key, name): (&str, &str), context: &Context, stop: &CancellationToken) -> io::Result<Content> {
    let limits = &context.limits;
    let (mut file, format) = open(files, key, name)?;
    let failed = |e: ReadError| Ok(Content::Unreadable(e));
    match format {
        Err(ReadError::UnknownFormat) => Ok(Content::Unknown),
        Err(e) => failed(e),
        Ok(Kind::Daily(format, gzipped)) => {
            let bytes = file.metadata()?.len();
            let file = context.progress.watch(file, bytes, 1);
            Ok(read_export(file, format, gzipped, stop).map_or(Content::Stopped, Content::Daily))
        }
        Ok(Kind::Zip | Kind::Tar | Kind::GzippedTar) => Ok(Content::Archive),
        Ok(Kind::Recording(_)) if file.metadata()?.len() > limits.max_recording_bytes => {
            failed(ReadError::TooLargeUnpacked { limit: limits.max_recording_bytes })
        }
        Ok(Kind::Recording(format)) => {
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            Ok(recording(bytes, format, context))
        }
    }
}

/// The type of a received file, by its first bytes.
pub(crate) enum Kind {
    Zip,
    Tar,
    GzippedTar,
    Recording(Format),
    /// A device's export, gzipped or not.
    Daily(wellness::Format, bool),
}

/// Opens the received file of a key and detects its type; its name tells apart exports that begin alike.
pub(crate) fn open(files: &Files, key: &str, name: &str) -> io::Result<(File, Result<Kind, ReadError>)> {
    let mut file = File::open(files.upload_path(key))?;
    let mut head = vec![0; wellness::HEAD];
    let filled = fill(&mut file, &mut head)?;
    file.rewind()?;
    let kind = match sniff(&head[..filled]) {
        _ if filled == 0 => Err(ReadError::Empty),
        format
            if format != Some(Format::Zip)
                && let Some(daily) = daily(&mut file, &head[..filled], format, name)? =>
        {
            Ok(daily)
        }
        None => Err(ReadError::UnknownFormat),
        Some(Format::Zip) => Ok(Kind::Zip),
        Some(Format::Tar) => Ok(Kind::Tar),
        Some(Format::Gzip) if holds_tar(&mut file)? => Ok(Kind::GzippedTar),
        Some(format) => Ok(Kind::Recording(format)),
    };
    Ok((file, kind))
}

/// A device's export, plain or gzipped. Rewinds the file.
fn daily(file: &mut File, head: &[u8], format: Option<Format>, name: &str) -> io::Result<Option<Kind>> {
    if format != Some(Format::Gzip) {
        return Ok(wellness::identify_entry(name, head).map(|format| Kind::Daily(format, false)));
    }
    let mut unpacked = Vec::new();
    // Damage is reported later, when the file is decoded.
    let _ = MultiGzDecoder::new(BufReader::new(&mut *file)).take(wellness::HEAD as u64).read_to_end(&mut unpacked);
    file.rewind()?;
    Ok(wellness::identify_entry(name.trim_end_matches(".gz"), &unpacked).map(|format| Kind::Daily(format, true)))
}

/// Whether a gzipped file is a tar. Rewinds the file.
fn holds_tar(file: &mut File) -> io::Result<bool> {
    let mut head = Vec::new();
    // Damage is reported later, when the file is decoded.
    let _ = MultiGzDecoder::new(BufReader::new(&mut *file)).take(512).read_to_end(&mut head);
    file.rewind()?;
    Ok(sniff(&head) == Some(Format::Tar))
}

fn recording(bytes: Vec<u8>, format: Format, context: &Context) -> Content {
    let limit = context.limits.max_recording_bytes;
    let (original, complete) = match format {
        Format::Gzip => match gunzip(&bytes, limit) {
            Ok(unpacked) => unpacked,
            Err(e) => return Content::Unreadable(e),
        },
        _ => (bytes, true),
    };
    match read(&original, limit) {
        Err(e) => Content::Unreadable(e),
        Ok(Found { recordings, mut warnings, .. }) => {
            if !complete && warnings.is_empty() {
                warnings.push(Warning::EndedEarly { kept_percent: 99 });
            }
            for recording in &recordings {
                if let Some(warning) = recording.impossible_date(Some(context.now.timestamp_millis())).filter(|w| !warnings.contains(w)) {
                    warnings.push(warning);
                }
            }
            // A row of an export's table describes one activity; a file that holds several keeps its own metadata.
            let metadata = context.metadata.as_ref().filter(|_| recordings.len() == 1);
            let activities = recordings
                .into_iter()
                .map(|mut recording| {
                    if let Some(metadata) = metadata {
                        metadata.apply(&mut recording);
                    }
                    analyse_new(recording, &context.thresholds, &context.time_zone)
                })
                .collect();
            Content::Recording(Box::new(DecodedFile { sha256: Sha256::digest(&original).to_vec(), original, activities, warnings }))
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
