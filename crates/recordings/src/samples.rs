//! Samples as columns, and their compressed form.

use thiserror::Error;

use crate::bounds;

/// Columns of one recording; all have the same length, `NaN` if the device recorded nothing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Samples {
    /// Seconds from the start, as recorded: may repeat or go backwards. All `NaN` if the file has no times.
    pub time_s: Vec<f64>,
    /// Degrees north.
    pub latitude_deg: Vec<f64>,
    /// Degrees east.
    pub longitude_deg: Vec<f64>,
    /// Metres above the sea.
    pub altitude_m: Vec<f64>,
    /// Metres from the start, as counted by the device.
    pub distance_m: Vec<f64>,
    /// Metres per second, as measured by the device.
    pub speed_mps: Vec<f64>,
    /// Beats per minute.
    pub heart_rate_bpm: Vec<f64>,
    /// Revolutions (on foot: strides of one leg) per minute.
    pub cadence_rpm: Vec<f64>,
    /// Watts.
    pub power_w: Vec<f64>,
    /// Degrees Celsius.
    pub temperature_c: Vec<f64>,
    /// What else was recorded: developer fields, running dynamics, breathing. As long as the other columns.
    pub extra: Vec<Stream>,
}

/// An extra column.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Stream {
    /// The device's or developer's name for it.
    pub name: String,
    /// Its unit in the file; may be empty.
    pub unit: String,
    /// One value per sample, `NaN` if there is none.
    pub values: Vec<f64>,
}

/// A stored stream that cannot be read.
#[derive(Debug, Error)]
#[error("the stored samples are damaged: {0}")]
pub struct StreamError(String);

impl StreamError {
    pub(crate) fn new(what: &str) -> Self {
        Self(what.to_owned())
    }
}

/// First byte of the stored form; a later layout gets the next number.
const VERSION: u8 = 1;
/// Marks an extra column, instead of a column number.
const EXTRA: u8 = 255;
/// More extra columns than any device writes.
const MOST_EXTRA: usize = 200;

/// Two months at a sample a second; a larger count is damage and must not become an allocation.
const MOST: usize = 1 << 22;

/// Values of all columns together. The readers' limit is lower; this one allows for what was stored before that limit.
const MOST_CELLS: usize = 1 << 26;

impl Samples {
    /// The number of samples.
    #[must_use]
    pub fn len(&self) -> usize {
        self.time_s.len()
    }

    /// Where the first sample with a position is: degrees north and east.
    #[must_use]
    pub fn first_position(&self) -> Option<(f64, f64)> {
        let mut positions = self.latitude_deg.iter().copied().zip(self.longitude_deg.iter().copied());
        positions.find(|(latitude, longitude)| latitude.is_finite() && longitude.is_finite())
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.time_s.is_empty()
    }

    /// Adds a sample with only a time.
    pub fn push(&mut self, time_s: f64) {
        for column in self.columns_mut() {
            column.push(f64::NAN);
        }
        for stream in &mut self.extra {
            stream.values.push(f64::NAN);
        }
        if let Some(last) = self.time_s.last_mut() {
            *last = time_s;
        }
    }

    /// Keeps the samples at `keep`, in that order.
    #[must_use]
    pub fn select(&self, keep: &[usize]) -> Self {
        let mut out = Self::default();
        for (from, to) in self.columns().into_iter().zip(out.columns_mut()) {
            *to = keep.iter().filter_map(|&i| from.get(i).copied()).collect();
        }
        out.extra = self
            .extra
            .iter()
            .map(|s| Stream { name: s.name.clone(), unit: s.unit.clone(), values: keep.iter().filter_map(|&i| s.values.get(i).copied()).collect() })
            .filter(|s| s.values.iter().any(|v| !v.is_nan()))
            .collect();
        out
    }

    /// All columns, in the order of their stored numbers.
    #[must_use]
    pub fn columns(&self) -> [&Vec<f64>; 10] {
        [
            &self.time_s,
            &self.latitude_deg,
            &self.longitude_deg,
            &self.altitude_m,
            &self.distance_m,
            &self.speed_mps,
            &self.heart_rate_bpm,
            &self.cadence_rpm,
            &self.power_w,
            &self.temperature_c,
        ]
    }

    /// The same, mutable; all must keep the same length.
    pub fn columns_mut(&mut self) -> [&mut Vec<f64>; 10] {
        [
            &mut self.time_s,
            &mut self.latitude_deg,
            &mut self.longitude_deg,
            &mut self.altitude_m,
            &mut self.distance_m,
            &mut self.speed_mps,
            &mut self.heart_rate_bpm,
            &mut self.cadence_rpm,
            &mut self.power_w,
            &mut self.temperature_c,
        ]
    }

    /// The compressed form: version, number of samples, then each column that holds a value. Lossless.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = vec![VERSION];
        out.extend((self.len() as u32).to_le_bytes());
        for (number, column) in self.columns().into_iter().enumerate() {
            if column.iter().all(|v| v.is_nan()) {
                continue;
            }
            out.push(number as u8);
            pack(column, &mut out);
        }
        for stream in self.extra.iter().take(MOST_EXTRA) {
            out.push(EXTRA);
            for text in [&stream.name, &stream.unit] {
                let short: String = text.chars().take(60).collect();
                out.push(short.len() as u8);
                out.extend(short.as_bytes());
            }
            pack(&stream.values, &mut out);
        }
        out
    }

    /// Reads what [`Samples::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StreamError> {
        let damaged = |what: &str| StreamError(what.to_owned());
        let (&version, rest) = bytes.split_first().ok_or_else(|| damaged("empty"))?;
        if version != VERSION {
            return Err(damaged("unknown version"));
        }
        let (len, mut rest) = take_u32(rest).ok_or_else(|| damaged("no length"))?;
        if len > MOST {
            return Err(damaged("longer than a recording can be"));
        }
        let mut out = Self::default();
        let mut cells = 0;
        while let Some((&number, mut tail)) = rest.split_first() {
            let mut texts = [String::new(), String::new()];
            if number == EXTRA {
                for text in &mut texts {
                    let (&size, after) = tail.split_first().ok_or_else(|| damaged("cut off"))?;
                    let (name, after) = after.split_at_checked(usize::from(size)).ok_or_else(|| damaged("cut off"))?;
                    *text = String::from_utf8_lossy(name).into_owned();
                    tail = after;
                }
            }
            let (size, tail) = take_u32(tail).ok_or_else(|| damaged("cut off"))?;
            let (packed, tail) = tail.split_at_checked(size).ok_or_else(|| damaged("cut off"))?;
            rest = tail;
            cells += len;
            if cells > MOST_CELLS {
                return Err(damaged("more values than a recording can have"));
            }
            let values = unpack(packed, len)?;
            if number == EXTRA {
                let [name, unit] = texts;
                if out.extra.len() >= MOST_EXTRA {
                    return Err(damaged("too many columns"));
                }
                out.extra.push(Stream { name, unit, values });
            } else {
                let mut columns = out.columns_mut();
                **columns.get_mut(usize::from(number)).ok_or_else(|| damaged("unknown column"))? = values;
            }
        }
        for column in out.columns_mut() {
            column.resize(len, f64::NAN);
        }
        Ok(out)
    }
}

/// Whether stored samples are within the limits of the readers, judged by their sizes; nothing is unpacked.
pub(crate) fn are_within_bounds(bytes: &[u8]) -> bool {
    let columns = || {
        let (len, mut rest) = take_u32(bytes.strip_prefix(&[VERSION])?)?;
        let mut columns: usize = 0;
        while let Some((&number, mut tail)) = rest.split_first() {
            for _ in 0..if number == EXTRA { 2 } else { 0 } {
                let (&size, after) = tail.split_first()?;
                tail = after.get(usize::from(size)..)?;
            }
            let (size, tail) = take_u32(tail)?;
            rest = tail.get(size..)?;
            columns += 1;
        }
        Some((len, columns))
    };
    columns().is_some_and(|(len, columns)| len <= bounds::SAMPLES && len * columns <= bounds::CELLS + 10 * bounds::SAMPLES)
}

/// Appends a column: its packed size, then its bytes.
fn pack(column: &[f64], out: &mut Vec<u8>) {
    // pco rejects only a bad configuration, and this one is its own default: the fallback is never reached.
    let packed = pco::standalone::simple_compress(column, &pco::ChunkConfig::default()).unwrap_or_default();
    out.extend((packed.len() as u32).to_le_bytes());
    out.extend(packed);
}

/// Unpacks a column that must have `len` values. Damaged bytes may claim any length: no more than `len` is ever held.
fn unpack(packed: &[u8], len: usize) -> Result<Vec<f64>, StreamError> {
    let mut values = vec![f64::NAN; len];
    let progress = pco::standalone::simple_decompress_into(packed, &mut values).map_err(|e| StreamError(e.to_string()))?;
    if progress.finished && progress.n_processed == len { Ok(values) } else { Err(StreamError::new("columns differ in length")) }
}

fn take_u32(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (head, tail) = bytes.split_first_chunk::<4>()?;
    Some((u32::from_le_bytes(*head) as usize, tail))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_stored_form_restores_the_exact_samples(times in prop::collection::vec(0.0..1e5f64, 0..300), hr in 40.0..200.0f64) {
            let mut samples = Samples::default();
            for (i, t) in times.iter().enumerate() {
                samples.push(*t);
                if i % 3 == 0 {
                    samples.heart_rate_bpm[i] = hr + i as f64;
                }
            }
            let back = Samples::from_bytes(&samples.to_bytes()).expect("readable");
            for (a, b) in samples.columns().into_iter().zip(back.columns()) {
                let bits = |v: &Vec<f64>| v.iter().map(|x| if x.is_nan() { 0 } else { x.to_bits() }).collect::<Vec<_>>();
                prop_assert_eq!(bits(a), bits(b));
            }
        }

        #[test]
        fn damaged_bytes_are_an_error_and_never_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Samples::from_bytes(&bytes);
        }
    }
}
