//! FIT's base types: size, byte order, and the value that means "no value".

/// Bytes of one value of a base type; `None` for a type that the protocol does not know.
pub(super) const fn size(base: u8) -> Option<usize> {
    match base & 0x1f {
        0x00 | 0x01 | 0x02 | 0x07 | 0x0a | 0x0d => Some(1),
        0x03 | 0x04 | 0x0b => Some(2),
        0x05 | 0x06 | 0x08 | 0x0c => Some(4),
        0x09 | 0x0e | 0x0f | 0x10 => Some(8),
        _ => None,
    }
}

/// Whether a base type is text.
pub(super) const fn is_text(base: u8) -> bool {
    base & 0x1f == 0x07
}

/// A number of `base` type at the start of `data`, or `None` if it is the type's invalid value or does not fit.
#[inline]
pub(super) fn number(data: &[u8], base: u8, big: bool) -> Option<f64> {
    macro_rules! read {
        ($t:ty, $n:literal) => {{
            let raw: [u8; $n] = *data.first_chunk()?;
            if big { <$t>::from_be_bytes(raw) } else { <$t>::from_le_bytes(raw) }
        }};
    }
    macro_rules! unless {
        ($v:expr, $invalid:expr) => {{
            let v = $v;
            (v != $invalid).then(|| f64::from(v))
        }};
    }
    match base & 0x1f {
        0x00 | 0x02 | 0x0d => unless!(read!(u8, 1), u8::MAX),
        0x01 => unless!(read!(i8, 1), i8::MAX),
        0x03 => unless!(read!(i16, 2), i16::MAX),
        0x04 => unless!(read!(u16, 2), u16::MAX),
        0x05 => unless!(read!(i32, 4), i32::MAX),
        0x06 => unless!(read!(u32, 4), u32::MAX),
        0x08 => Some(f64::from(read!(f32, 4))).filter(|v| v.is_finite()),
        0x09 => Some(read!(f64, 8)).filter(|v| v.is_finite()),
        0x0a => unless!(read!(u8, 1), 0),
        0x0b => unless!(read!(u16, 2), 0),
        0x0c => unless!(read!(u32, 4), 0),
        0x0e => Some(read!(i64, 8)).filter(|v| *v != i64::MAX).map(|v| v as f64),
        0x0f => Some(read!(u64, 8)).filter(|v| *v != u64::MAX).map(|v| v as f64),
        0x10 => Some(read!(u64, 8)).filter(|v| *v != 0).map(|v| v as f64),
        _ => None,
    }
}

/// A string, which ends at its first zero or, if the device omitted that, at the field's end.
pub(super) fn string(data: &[u8]) -> Option<String> {
    let end = data.iter().position(|&b| b == 0).unwrap_or(data.len());
    let text = String::from_utf8_lossy(&data[..end]).trim().to_owned();
    (!text.is_empty()).then_some(text)
}
