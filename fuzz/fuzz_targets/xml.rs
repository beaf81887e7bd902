//! GPX and TCX: reading, and writing what was read.
#![no_main]

use libfuzzer_sys::fuzz_target;
use recordings::{gpx, tcx};

fuzz_target!(|bytes: &[u8]| {
    for read in [gpx::decode(bytes), gpx::decode_routes(bytes), tcx::decode(bytes)].into_iter().flatten() {
        for recording in &read.recordings {
            for column in recording.samples.columns() {
                assert_eq!(column.len(), recording.samples.len());
            }
            if let Ok(written) = gpx::encode(recording) {
                // A single point is no track.
                if recording.samples.latitude_deg.iter().filter(|v| v.is_finite()).count() > 2 {
                    let _ = gpx::decode(&written);
                }
            }
            let _ = tcx::encode(recording);
        }
    }
});
