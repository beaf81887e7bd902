//! The archive itself: a zip of JSON lines for programs, CSV for people, and the original recordings.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;

use chrono::{DateTime, Utc};
use platform::Error;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// The version of the form. Readers know all up to this one.
pub(crate) const FORMAT: u32 = 1;
/// Longest line that is read: a row with an hour of samples is far below.
const LINE_BYTES: u64 = 256 << 20;

/// `legwork.json`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Manifest {
    pub(crate) format: u32,
    pub(crate) exported_at: DateTime<Utc>,
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) time_zone: String,
    pub(crate) consents: Vec<Consent>,
    /// Rows of each table.
    pub(crate) rows: BTreeMap<String, i64>,
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
        self.0.start_file(name, SimpleFileOptions::default().large_file(true)).map_err(|e| broken(&e))
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        Ok(self.0.write_all(bytes)?)
    }

    pub(crate) fn finish(self) -> Result<(), Error> {
        self.0.finish().map_err(|e| broken(&e))?.sync_all()?;
        Ok(())
    }
}

/// Writes an archive on a thread of its own: packing is work for the processor, and files wait for the disk. Dropped before
/// [`Packer::finish`], what is there is no archive.
pub(crate) struct Packer {
    pieces: mpsc::Sender<Piece>,
    packing: JoinHandle<Result<(), Error>>,
}

/// What an archive is made of, in order.
enum Piece {
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
                    Piece::Begin(name) => archive.begin(&name)?,
                    Piece::Bytes(bytes) => archive.write(&bytes)?,
                    Piece::End => return archive.finish(),
                }
            }
            Ok(())
        });
        Self { pieces, packing }
    }

    /// Begins a file; what is written next goes into it.
    pub(crate) async fn begin(&mut self, name: &str) -> Result<(), Error> {
        self.pass(Piece::Begin(name.to_owned())).await
    }

    pub(crate) async fn write(&mut self, bytes: Vec<u8>) -> Result<(), Error> {
        self.pass(Piece::Bytes(bytes)).await
    }

    /// Durable before it returns.
    pub(crate) async fn finish(mut self) -> Result<(), Error> {
        self.pass(Piece::End).await?;
        self.ended().await
    }

    async fn pass(&mut self, piece: Piece) -> Result<(), Error> {
        if self.pieces.send(piece).await.is_ok() {
            return Ok(());
        }
        self.ended().await?;
        Err(Error::Stored("an archive ended too early".into()))
    }

    async fn ended(&mut self) -> Result<(), Error> {
        (&mut self.packing).await.map_err(|e| Error::Stored(format!("packing an archive: {e}")))?
    }
}

/// Reads an archive.
pub(crate) struct Reader(ZipArchive<File>);

impl Reader {
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        ZipArchive::new(File::open(path)?).map(Self).map_err(|e| broken(&e))
    }

    pub(crate) fn manifest(&mut self) -> Result<Manifest, Error> {
        let entry = self.0.by_name("legwork.json").map_err(|e| broken(&e))?;
        let manifest: Manifest = serde_json::from_reader(entry.take(1 << 20)).map_err(|e| broken(&e))?;
        if manifest.format > FORMAT {
            return Err(broken(&format!("it is of form {}, and this server reads up to {FORMAT}", manifest.format)));
        }
        Ok(manifest)
    }

    /// The lines of a table, some at a time.
    pub(crate) fn lines(&mut self, table: &str, mut take: impl FnMut(Vec<u8>) -> Result<(), Error>) -> Result<(), Error> {
        let Ok(entry) = self.0.by_name(&format!("data/{table}.jsonl")) else { return Ok(()) };
        let mut reader = BufReader::new(entry);
        loop {
            let mut line = Vec::new();
            if reader.by_ref().take(LINE_BYTES).read_until(b'\n', &mut line)? == 0 {
                return Ok(());
            }
            if line.last() != Some(&b'\n') {
                return Err(broken(&format!("data/{table}.jsonl ends in the middle of a line")));
            }
            take(line)?;
        }
    }

    /// The original recordings: content hash and bytes.
    pub(crate) fn originals(&mut self, most: u64, mut take: impl FnMut(&str, Vec<u8>) -> Result<(), Error>) -> Result<(), Error> {
        let names: Vec<String> = self.0.file_names().filter_map(|n| n.strip_prefix("originals/")).map(str::to_owned).collect();
        for name in names {
            let entry = self.0.by_name(&format!("originals/{name}")).map_err(|e| broken(&e))?;
            let mut bytes = Vec::new();
            entry.take(most + 1).read_to_end(&mut bytes)?;
            if bytes.len() as u64 > most {
                return Err(broken(&format!("originals/{name} is larger than a recording may be")));
            }
            take(&name, bytes)?;
        }
        Ok(())
    }
}

pub(crate) fn broken(what: &dyn std::fmt::Display) -> Error {
    Error::problem(domain::ProblemKind::Invalid, format!("That is no archive of Legwork, or a damaged one: {what}."))
}
