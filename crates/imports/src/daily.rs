//! Files of daily values: exports of devices and services, and any other table of days.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::ops::ControlFlow;

use chrono::NaiveDate;
use domain::imports::{Outcome, Reason};
use domain::measures::{Answer, Answers, Source};
use flate2::read::MultiGzDecoder;
use journal::{Catalogue, Preset};
use platform::{Error, Platform, Tx};
use recordings::ReadError;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use wellness::{Failure, Format, Limits, Reading};

/// Largest table in bytes: a lifetime of days is far below.
const TABLE_BYTES: u64 = 32 << 20;
/// Remarks about a file that are kept.
const NOTES: usize = 20;

/// The values of a file.
pub(crate) struct DailyValues {
    source: Source,
    days: Vec<(NaiveDate, Answers)>,
    reasons: Vec<Reason>,
}

/// Reads a device's export. Blocking. `None` if it was stopped.
pub(crate) fn read_export(file: File, format: Format, gzipped: bool, catalogue: &Catalogue, stop: &CancellationToken) -> Option<DailyValues> {
    let input: Box<dyn Read> = if gzipped { Box::new(MultiGzDecoder::new(BufReader::new(file))) } else { Box::new(file) };
    match wellness::read(format, input, &mut until(stop)) {
        Ok(reading) => Some(values(reading, catalogue)),
        Err(Failure::Stopped | Failure::DamagedArchive) => None,
    }
}

/// Reads what a zip has of device's exports, beside its recordings. Blocking. `None` if there is nothing, or it was stopped.
pub(crate) fn read_archive(file: File, catalogue: &Catalogue, stop: &CancellationToken) -> Option<DailyValues> {
    let reading = wellness::read_zip(BufReader::new(file), Limits::default(), &mut until(stop)).ok()?;
    let values = values(reading, catalogue);
    (!values.days.is_empty()).then_some(values)
}

fn until(stop: &CancellationToken) -> impl FnMut(u64) -> ControlFlow<()> {
    move |_| if stop.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
}

/// Values that the journal would accept, by day.
fn values(reading: Reading, catalogue: &Catalogue) -> DailyValues {
    let mut days: BTreeMap<NaiveDate, Answers> = BTreeMap::new();
    for value in reading.values {
        let answer = Answer::Number(value.value);
        if catalogue.get(value.measure).is_some_and(|measure| measure.check(answer.clone()).is_ok()) {
            days.entry(value.day).or_default().set(value.measure, answer);
        }
    }
    let reasons = reading.notes.into_iter().take(NOTES).map(Reason::Values).collect();
    DailyValues { source: reading.source.unwrap_or(Source::File), days: days.into_iter().collect(), reasons }
}

/// Reads any other table of days, if the names of its columns say enough. Blocking.
pub(crate) fn read_table(
    file: &mut File,
    (catalogue, presets): (&Catalogue, &[Preset]),
    today: NaiveDate,
) -> io::Result<Result<DailyValues, ReadError>> {
    if file.metadata()?.len() > TABLE_BYTES {
        return Ok(Err(ReadError::UnknownFormat));
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let read = journal::read_known_csv(&bytes, &catalogue.measures, presets, today);
    Ok(match read {
        Ok(read) if !read.days.is_empty() => {
            let columns = read.preview.columns.into_iter().filter(|(_, meaning)| matches!(meaning, domain::journal::ColumnMeaning::Answer(_)));
            let columns: Vec<String> = columns.map(|(header, _)| header).collect();
            let mut reasons =
                vec![Reason::Table { columns: columns.join(", "), problems: u32::try_from(read.preview.problems.len()).unwrap_or(u32::MAX) }];
            if !read.preview.gone.is_empty() {
                reasons.push(Reason::ColumnsGone { columns: read.preview.gone.join(", ") });
            }
            Ok(DailyValues { source: Source::File, days: read.days, reasons })
        }
        _ => Err(ReadError::UnknownFormat),
    })
}

impl DailyValues {
    /// Stores the values in the journal. What they are is the first reason.
    pub(crate) async fn store(mut self, platform: &Platform, tx: &mut Tx, (file, time_zone): (Uuid, &str)) -> Result<(Outcome, Vec<Reason>), Error> {
        let now = platform.clock.now();
        let today = platform.clock.today(time_zone);
        self.days.retain(|(day, _)| *day <= today);
        if self.days.is_empty() {
            self.reasons.insert(0, Reason::NothingToKeep);
            return Ok((Outcome::Failed, self.reasons));
        }
        journal::save_days(tx, &self.days, (self.source, file), today, now).await?;
        let days = u32::try_from(self.days.len()).unwrap_or(u32::MAX);
        self.reasons.insert(0, Reason::DailyValues { days, source: self.source });
        let outcome = if self.reasons.iter().any(|reason| matches!(reason, Reason::Values(_))) { Outcome::Recovered } else { Outcome::Imported };
        Ok((outcome, self.reasons))
    }
}
