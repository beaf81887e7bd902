//! What the tests of isolation need of imports.

use platform::Files;
use platform::testing::Samples;
use uuid::Uuid;

/// The key of the bytes that could not be read.
const UPLOAD: &str = "of-the-victim";

/// An import with a file that failed and can be retried.
pub const SAMPLES: Samples = Samples {
    rows: &[
        "insert into imports (id, athlete_id, created_at) values ('{import}', $1, now())",
        "insert into import_files (id, import_id, athlete_id, name, bytes, outcome, reasons, upload_key, created_at)
           values ('{file}', '{import}', $1, 'Geheimrunde.gpx', 1, 'failed', '[{\"code\": \"unknown_format\"}]', 'of-the-victim', now())",
        "insert into uploads (id, athlete_id, feature, name, bytes, received, created_at)
           values ('{upload}', $1, 'imports', 'Geheimrunde.gpx', 1000, 0, now())",
    ],
    files: upload,
    fill: include_str!("fill.sql"),
    ..Samples::NONE
};

fn upload(files: &Files, _victim: Uuid) -> std::io::Result<()> {
    std::fs::write(files.upload_path(UPLOAD), "x")
}
