//! The entry point for every format.

use std::io::Read as _;

use crate::format::{Format, Read};
use crate::{Part, ReadError, Warning, fit, gpx, tcx};

/// Detects the format from the first bytes (512 are plenty).
#[must_use]
pub fn sniff(head: &[u8]) -> Option<Format> {
    if head.starts_with(&[0x1f, 0x8b]) {
        return Some(Format::Gzip);
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Some(Format::Zip);
    }
    if head.get(257..262) == Some(b"ustar") {
        return Some(Format::Tar);
    }
    if fit::looks_like(head) {
        return Some(Format::Fit);
    }
    let text = String::from_utf8_lossy(&head[..head.len().min(4096)]);
    let text = text.replace('\0', ""); // UTF-16 seen as bytes
    // The first element decides: a GPX may name the TCX schema among its namespaces.
    let element = |name: &str| {
        text.match_indices(name).map(|(at, _)| at).find(|&at| {
            let before = &text[..at];
            let prefix = before.trim_end_matches(|c: char| c.is_alphanumeric() || c == ':' || c == '_' || c == '-');
            prefix.ends_with('<') && (prefix.len() == before.len() || before.ends_with(':'))
        })
    };
    match (element("gpx"), element("TrainingCenterDatabase")) {
        (Some(gpx), Some(tcx)) => Some(if gpx < tcx { Format::Gpx } else { Format::Tcx }),
        (Some(_), None) => Some(Format::Gpx),
        (None, Some(_)) => Some(Format::Tcx),
        (None, None) => None,
    }
}

/// Reads one recording file, gzipped or not. `limit` bounds the unpacked size in bytes. An impossible date is reported; whether it is
/// in the future only the caller knows ([`crate::Recording::impossible_date`]).
pub fn read(bytes: &[u8], limit: u64) -> Result<Read, ReadError> {
    let mut read = unpacked(bytes, limit)?;
    for recording in &read.recordings {
        if let Some(warning) = recording.impossible_date(None).filter(|w| !read.warnings.contains(w)) {
            read.warnings.push(warning);
        }
    }
    Ok(read)
}

fn unpacked(bytes: &[u8], limit: u64) -> Result<Read, ReadError> {
    if bytes.is_empty() {
        return Err(ReadError::Empty);
    }
    if bytes.len() as u64 > limit {
        return Err(ReadError::TooLargeUnpacked { limit });
    }
    match sniff(bytes) {
        Some(Format::Gzip) => {
            let (inner, whole) = gunzip(bytes, limit)?;
            if matches!(sniff(&inner), Some(Format::Gzip | Format::Zip | Format::Tar)) {
                return Err(ReadError::NestedArchive);
            }
            let mut read = unpacked(&inner, limit)?;
            if !whole && read.warnings.is_empty() {
                read.warnings.push(Warning::EndedEarly { kept_percent: 99 });
            }
            Ok(read)
        }
        Some(Format::Fit) => fit::decode(bytes),
        Some(Format::Gpx) => gpx::decode(bytes),
        Some(Format::Tcx) => tcx::decode(bytes),
        Some(Format::Zip | Format::Tar) => Err(ReadError::NestedArchive),
        None => Err(ReadError::UnknownFormat),
    }
}

/// Unpacks gzip, at most `limit` bytes. The flag says whether the stream was complete; a truncated one yields what there was.
pub fn gunzip(bytes: &[u8], limit: u64) -> Result<(Vec<u8>, bool), ReadError> {
    let mut out = Vec::new();
    let result = flate2::read::MultiGzDecoder::new(bytes).take(limit + 1).read_to_end(&mut out);
    if out.len() as u64 > limit {
        return Err(ReadError::TooLargeUnpacked { limit });
    }
    match result {
        Ok(_) if out.is_empty() => Err(ReadError::Empty),
        Ok(_) => Ok((out, true)),
        Err(_) if out.is_empty() => Err(ReadError::Damaged { part: Part::Gzip }),
        Err(_) => Ok((out, false)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_element_decides_the_format() {
        let gpx = br#"<?xml version="1.0"?><gpx xmlns:t="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2">"#;
        assert_eq!(sniff(gpx), Some(Format::Gpx));
        assert_eq!(sniff(b"<a:gpx>"), Some(Format::Gpx));
        assert_eq!(sniff(br#"<TrainingCenterDatabase xmlns="x">"#), Some(Format::Tcx));
        assert_eq!(sniff(b"a text about gpx and TrainingCenterDatabase"), None);
        assert_eq!(sniff(&[0; 600]), None);
    }
}
