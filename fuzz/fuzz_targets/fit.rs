//! FIT: both readers on the same bytes, and a round trip of what was read.
#![no_main]

use libfuzzer_sys::fuzz_target;
use recordings::fit;

fuzz_target!(|bytes: &[u8]| {
    let _ = fit::messages(bytes);
    let Ok(read) = fit::decode(bytes) else { return };
    for recording in &read.recordings {
        for column in recording.samples.columns() {
            assert_eq!(column.len(), recording.samples.len());
        }
        for extra in &recording.samples.extra {
            assert_eq!(extra.values.len(), recording.samples.len());
        }
        let again = fit::encode(recording);
        if !recording.samples.is_empty() {
            assert!(fit::decode(&again).is_ok(), "what we write we can read");
        }
    }
});
