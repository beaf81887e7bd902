//! Zip and tar, with tight limits, and the `activities.csv` of a Strava export.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use recordings::archive::{Entry, Limits, StravaCatalog, for_each_in_tar, for_each_in_zip};

const LIMITS: Limits = Limits { entry_bytes: 1 << 16, total_bytes: 1 << 18, entries: 100, nested: true };

fuzz_target!(|bytes: &[u8]| {
    let mut total = 0;
    let mut each = |entry: Entry<'_>| {
        assert!(!entry.name.contains(['/', '\\']));
        if let Ok(content) = entry.content {
            let mut out = Vec::new();
            let _ = content.read_to_end(&mut out);
            total += out.len();
        }
    };
    let _ = for_each_in_zip(Cursor::new(bytes), LIMITS, &mut each);
    let _ = for_each_in_tar(bytes, LIMITS, &mut each);
    assert!(total as u64 <= 2 * LIMITS.total_bytes);
    let _ = StravaCatalog::parse(bytes);
});
