//! Garmin's FIT, read straight into typed columns and written back.
//!
//! After the FIT SDK's protocol description: a header, a chain of definition and data messages, a checksum; files may be
//! chained. Everything before damage is kept.

mod base;
mod decode;
mod encode;
mod messages;

pub use decode::decode;
pub use encode::encode;

/// Whether these first bytes are a FIT header, sound or nearly so.
#[must_use]
pub fn looks_like(head: &[u8]) -> bool {
    head.get(8..12) == Some(b".FIT") || (matches!(head.first(), Some(12 | 14)) && head.get(9..12) == Some(b"FIT"))
}

/// Seconds between the Unix epoch and FIT's (1989-12-31T00:00Z).
pub(crate) const EPOCH_S: i64 = 631_065_600;

/// The checksum of the FIT protocol: CRC-16 with a nibble table.
pub(crate) fn crc(bytes: &[u8]) -> u16 {
    const TABLE: [u16; 16] =
        [0x0000, 0xCC01, 0xD801, 0x1400, 0xF001, 0x3C00, 0x2800, 0xE401, 0xA001, 0x6C00, 0x7800, 0xB401, 0x5000, 0x9C01, 0x8801, 0x4400];
    bytes.iter().fold(0, |crc: u16, &byte| {
        let low = (crc >> 4) ^ TABLE[usize::from(crc & 0xF)] ^ TABLE[usize::from(byte & 0xF)];
        (low >> 4) ^ TABLE[usize::from(low & 0xF)] ^ TABLE[usize::from(byte >> 4)]
    })
}
