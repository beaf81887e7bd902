//! Any file that a runner may upload: detected by its first bytes, unpacked, read, analysed, cropped, merged with itself.
#![no_main]

use libfuzzer_sys::fuzz_target;
use physiology::{Athlete, analyse};

fuzz_target!(|bytes: &[u8]| {
    let Ok(read) = recordings::read(bytes, 1 << 22) else { return };
    for recording in &read.recordings {
        let analysis = analyse(recording, &Athlete::default());
        assert!(analysis.moving_s.is_none_or(f64::is_finite));
        assert!(analysis.distance_m.is_none_or(|d| d > 0.0));
        let _ = analyse(&recording.crop(10.0, 100.0), &Athlete::default());
        let _ = recordings::same_activity(recording, recording);
        let merged = recordings::merge(recording, recording);
        assert_eq!(merged.samples.len(), recording.samples.len());
    }
});
