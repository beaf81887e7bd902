//! The archive itself: a zip of JSON lines for programs, CSV for people, and the original recordings.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::Path;

use chrono::{DateTime, Utc};
use platform::Error;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// The version of the form. Readers know all up to this one.
pub(crate) const FORMAT: u32 = 1;
/// The schema that wrote the archives which do not say it.
const FIRST_SCHEMA: i32 = 15;

/// `legwork.json`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Manifest {
    pub(crate) format: u32,
    /// Which schema wrote the rows.
    #[serde(default = "first_schema")]
    pub(crate) schema: i32,
    pub(crate) exported_at: DateTime<Utc>,
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) time_zone: String,
    pub(crate) consents: Vec<Consent>,
    /// Rows of each table.
    pub(crate) rows: BTreeMap<String, i64>,
}

const fn first_schema() -> i32 {
    FIRST_SCHEMA
}

/// What was agreed to, in which words, and when.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Consent {
    pub(crate) what: String,
    pub(crate) version: String,
    pub(crate) given_at: DateTime<Utc>,
    pub(crate) withdrawn_at: Option<DateTime<Utc>>,
}

/// Writes an archive.
pub(crate) struct Writer(ZipWriter<File>);

impl Writer {
    pub(crate) fn create(path: &Path) -> Result<Self, Error> {
        Ok(Self(ZipWriter::new(File::create(path)?)))
    }

    /// Begins a file; what is written next goes into it.
    pub(crate) fn begin(&mut self, name: &str) -> Result<(), Error> {
        self.0.start_file(name, SimpleFileOptions::default().large_file(true)).map_err(|e| invalid_archive(&e))
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        Ok(self.0.write_all(bytes)?)
    }

    pub(crate) fn finish(self) -> Result<(), Error> {
        self.0.finish().map_err(|e| invalid_archive(&e))?.sync_all()?;
        Ok(())
    }
}

/// Writes an archive on a thread of its own: packing is work for the processor, and files wait for the disk. Dropped before
/// [`Packer::finish`], what is there is no archive.
pub(crate) struct Packer {
    pieces: mpsc::Sender<ArchiveItem>,
    packing: JoinHandle<Result<(), Error>>,
}

/// What an archive is made of, in order.
enum ArchiveItem {
    Begin(String),
    Bytes(Vec<u8>),
    End,
}

impl Packer {
    pub(crate) fn create(path: &Path) -> Self {
        // A full channel makes whoever reads from the database wait for the disk.
        let (pieces, mut received) = mpsc::channel(64);
        let path = path.to_owned();
        let packing = tokio::task::spawn_blocking(move || {
            let mut archive = Writer::create(&path)?;
            while let Some(piece) = received.blocking_recv() {
                match piece {
                    ArchiveItem::Begin(name) => archive.begin(&name)?,
                    ArchiveItem::Bytes(bytes) => archive.write(&bytes)?,
                    ArchiveItem::End => return archive.finish(),
                }
            }
            Ok(())
        });
        Self { pieces, packing }
    }

    /// Begins a file; what is written next goes into it.
    pub(crate) async fn begin(&mut self, name: &str) -> Result<(), Error> {
        self.pass(ArchiveItem::Begin(name.to_owned())).await
    }

    pub(crate) async fn write(&mut self, bytes: Vec<u8>) -> Result<(), Error> {
        self.pass(ArchiveItem::Bytes(bytes)).await
    }

    /// Durable before it returns.
    pub(crate) async fn finish(mut self) -> Result<(), Error> {
        self.pass(ArchiveItem::End).await?;
        self.ended().await
    }

    async fn pass(&mut self, piece: ArchiveItem) -> Result<(), Error> {
        if self.pieces.send(piece).await.is_ok() {
            return Ok(());
        }
        self.ended().await?;
        Err(Error::Internal("an archive ended too early".into()))
    }

    async fn ended(&mut self) -> Result<(), Error> {
        (&mut self.packing).await.map_err(|e| Error::Internal(format!("packing an archive: {e}")))?
    }
}

pub(crate) fn invalid_archive(what: &dyn std::fmt::Display) -> Error {
    // What is wrong may be quoted from the archive, which is as long as somebody made it.
    let what = tables::shown(&what.to_string(), 200);
    Error::problem(domain::ProblemKind::Invalid, format!("That is no archive of Legwork, or a damaged one: {what}."))
}
