//! The archive format: a zip of JSON lines for machines, CSV for people, and the original recordings.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::Path;

use chrono::{DateTime, Utc};
use domain::units::Units;
use platform::Error;
use platform::feature::archive::invalid;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// The version of the format. Readers support all versions up to this one.
pub(crate) const FORMAT: u32 = 1;
/// The schema of archives whose manifest names none.
const FIRST_SCHEMA: i32 = 15;

/// `legwork.json`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Manifest {
    pub(crate) format: u32,
    /// The schema version that wrote the rows.
    #[serde(default = "first_schema")]
    pub(crate) schema: i32,
    pub(crate) exported_at: DateTime<Utc>,
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) time_zone: String,
    /// Nothing in an archive that knew none.
    #[serde(default)]
    pub(crate) units: Option<Units>,
    pub(crate) consents: Vec<Consent>,
    /// Rows of each table.
    pub(crate) rows: BTreeMap<String, i64>,
}

const fn first_schema() -> i32 {
    FIRST_SCHEMA
}

/// A consent: to what, in which version, and when.
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

    /// Starts a file; what is written next goes into it.
    pub(crate) fn begin(&mut self, name: &str) -> Result<(), Error> {
        self.0.start_file(name, SimpleFileOptions::default().large_file(true)).map_err(|e| invalid(&e))
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        Ok(self.0.write_all(bytes)?)
    }

    pub(crate) fn finish(self) -> Result<(), Error> {
        self.0.finish().map_err(|e| invalid(&e))?.sync_all()?;
        Ok(())
    }
}

/// Writes an archive on a blocking thread: compression is CPU-bound, and files wait for the disk. If it is dropped before
/// [`Packer::finish`], the file is not a valid archive.
pub(crate) struct Packer {
    items: mpsc::Sender<ArchiveItem>,
    packing: JoinHandle<Result<(), Error>>,
}

/// The contents of an archive, in order.
enum ArchiveItem {
    Begin(String),
    Bytes(Vec<u8>),
    End,
}

impl Packer {
    pub(crate) fn create(path: &Path) -> Self {
        // A full channel makes the reader of the database wait for the disk.
        let (items, mut incoming) = mpsc::channel(64);
        let path = path.to_owned();
        let packing = tokio::task::spawn_blocking(move || {
            let mut archive = Writer::create(&path)?;
            while let Some(item) = incoming.blocking_recv() {
                match item {
                    ArchiveItem::Begin(name) => archive.begin(&name)?,
                    ArchiveItem::Bytes(bytes) => archive.write(&bytes)?,
                    ArchiveItem::End => return archive.finish(),
                }
            }
            Ok(())
        });
        Self { items, packing }
    }

    /// Starts a file; what is written next goes into it.
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

    async fn pass(&mut self, item: ArchiveItem) -> Result<(), Error> {
        if self.items.send(item).await.is_ok() {
            return Ok(());
        }
        self.ended().await?;
        Err(Error::Internal("packing an archive stopped too early".into()))
    }

    async fn ended(&mut self) -> Result<(), Error> {
        (&mut self.packing).await.map_err(|e| Error::internal("packing an archive", &e))?
    }
}
