//! Stored recordings: damaged bytes are an error, and sound ones round-trip exactly.
#![no_main]

use libfuzzer_sys::fuzz_target;
use recordings::Recording;

fuzz_target!(|bytes: &[u8]| {
    let Ok(recording) = Recording::from_bytes(bytes) else { return };
    let again = Recording::from_bytes(&recording.to_bytes()).expect("what we wrote");
    for (a, b) in recording.samples.columns().into_iter().zip(again.samples.columns()) {
        assert!(a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())));
    }
});
