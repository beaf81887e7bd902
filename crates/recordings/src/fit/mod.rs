//! Garmin's FIT, read straight into typed columns and written back.
//!
//! Following the FIT SDK's protocol description: a header, a chain of definition and data messages, a checksum; files may be
//! chained. Everything before damage is kept.

mod base;
mod collect;
mod encode;
mod heart_rate;
mod laps;
mod left;
mod messages;
mod plans;
mod pool;
mod profile;
mod records;
mod sports;
mod wire;
mod workout;

pub use encode::encode;
pub use messages::{Field, Message, Value, for_each_message, messages};
pub use workout::{Workout, encode_workout};

use crate::ReadError;
use crate::format::{Format, Read};

/// Reads the activities of a FIT file, or of several chained in one. Damage is skipped and reported.
pub fn decode(bytes: &[u8]) -> Result<Read, ReadError> {
    let mut collector = collect::Collector::default();
    let mut warnings = wire::walk(bytes, |event| match event {
        wire::Event::Message(message) => collector.take(&message),
        wire::Event::EndOfFile => collector.end_of_file(),
    })?;
    if collector.is_too_much() {
        warnings.push(crate::Warning::TooMuch);
    }
    Ok(Read { format: Format::Fit, recordings: collector.finish()?, warnings })
}

/// Whether these first bytes are a FIT header, sound or nearly sound.
#[must_use]
pub fn looks_like(head: &[u8]) -> bool {
    head.get(8..12) == Some(b".FIT") || (matches!(head.first(), Some(12 | 14)) && head.get(9..12) == Some(b"FIT"))
}

/// Seconds between the Unix epoch and FIT's (1989-12-31T00:00Z).
pub(crate) const EPOCH_S: i64 = 631_065_600;

/// The checksum of the FIT protocol: CRC-16 with the reflected polynomial 0xA001, eight bytes a step.
pub(crate) fn crc(bytes: &[u8]) -> u16 {
    static TABLES: [[u16; 256]; 8] = crc_tables();
    let mut crc = 0_u16;
    let mut chunks = bytes.chunks_exact(8);
    for c in &mut chunks {
        let [low, high] = crc.to_le_bytes();
        let at = |table: usize, byte: u8| TABLES[table][usize::from(byte)];
        crc = at(7, c[0] ^ low) ^ at(6, c[1] ^ high) ^ at(5, c[2]) ^ at(4, c[3]) ^ at(3, c[4]) ^ at(2, c[5]) ^ at(1, c[6]) ^ at(0, c[7]);
    }
    chunks.remainder().iter().fold(crc, |crc, &byte| (crc >> 8) ^ TABLES[0][usize::from(crc as u8 ^ byte)])
}

/// `tables[k][b]` is the checksum of byte `b` followed by `k` zeros.
const fn crc_tables() -> [[u16; 256]; 8] {
    let mut tables = [[0; 256]; 8];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = byte as u16;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xA001 } else { crc >> 1 };
            bit += 1;
        }
        tables[0][byte] = crc;
        byte += 1;
    }
    let mut k = 1;
    while k < 8 {
        let mut byte = 0;
        while byte < 256 {
            let crc = tables[k - 1][byte];
            tables[k][byte] = (crc >> 8) ^ tables[0][(crc & 0xff) as usize];
            byte += 1;
        }
        k += 1;
    }
    tables
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_checksum_matches_its_check_value() {
        // CRC-16/ARC of the standard check string.
        assert_eq!(super::crc(b"123456789"), 0xBB3D);
        assert_eq!(super::crc(b""), 0);
    }
}
