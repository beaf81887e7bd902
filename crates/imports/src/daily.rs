//! Files of daily values: exports of devices and services, and any other table of days.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::ops::ControlFlow;

use chrono::NaiveDate;
use domain::imports::{Outcome, Reason};
use domain::measures::{Answer, Answers, Kind, Measure, Source};
use domain::wellness::{Note, Remark};
use flate2::read::MultiGzDecoder;
use journal::{Catalogue, Preset};
use platform::config::Uploads;
use platform::{Error, Platform, Tx};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use wellness::{Failure, Format, Limits, Reading};

/// Largest table in bytes: a lifetime of days is far below.
const TABLE_BYTES: u64 = 32 << 20;
/// Remarks about a file that are kept.
const NOTES: usize = 20;
/// Questions of a device's journal that are listed, and the characters of each.
const QUESTIONS: usize = 12;
const QUESTION_CHARS: usize = 80;
/// Letters and digits of a name that is as long as a name can be.
const LABEL_CHARS: usize = 28;

/// Values of days, which the journal would accept.
pub(crate) struct DailyValues {
    source: Source,
    days: Vec<(NaiveDate, Answers)>,
    /// Yes or no to questions of a device's journal, for measures of the athlete's own.
    answers: BTreeMap<String, BTreeMap<NaiveDate, bool>>,
    reasons: Vec<Reason>,
}

/// Reads a device's export. Blocking. `None` if it was stopped.
pub(crate) fn read_export(file: impl Read + 'static, format: Format, gzipped: bool, stop: &CancellationToken) -> Option<DailyValues> {
    let input: Box<dyn Read> = if gzipped { Box::new(MultiGzDecoder::new(BufReader::new(file))) } else { Box::new(file) };
    match wellness::read(format, input, &mut until(stop)) {
        Ok(reading) => Some(values(reading)),
        Err(Failure::Stopped | Failure::DamagedArchive) => None,
    }
}

/// Reads what a zip has of device's exports, beside its recordings. Blocking. `None` if there is nothing, or it was stopped.
pub(crate) fn read_archive(file: impl Read + Seek, limits: &Uploads, stop: &CancellationToken) -> Option<DailyValues> {
    let limits = Limits { total_bytes: limits.max_archive_bytes, ..Limits::default() };
    let values = values(wellness::read_zip(BufReader::new(file), limits, &mut until(stop)).ok()?);
    (!values.days.is_empty() || !values.answers.is_empty()).then_some(values)
}

fn until(stop: &CancellationToken) -> impl FnMut(u64) -> ControlFlow<()> {
    move |_| if stop.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
}

/// The values of a reading by day. The readers have the catalogue's bounds, so that the journal would accept each.
fn values(reading: Reading) -> DailyValues {
    let mut days: BTreeMap<NaiveDate, Answers> = BTreeMap::new();
    for value in reading.values {
        days.entry(value.day).or_default().set(value.measure, Answer::Number(value.value));
    }
    let reasons = reading.notes.into_iter().take(NOTES).map(Reason::Values).collect();
    DailyValues { source: reading.source.unwrap_or(Source::File), days: days.into_iter().collect(), answers: reading.answers, reasons }
}

/// Reads any other table of days, if the names of its columns say enough: of an athlete's measures, as they are called or as earlier tables were mapped.
/// Blocking.
pub(crate) fn read_table(file: &mut File, (catalogue, presets): (&Catalogue, &[Preset]), today: NaiveDate) -> io::Result<Option<DailyValues>> {
    if file.metadata()?.len() > TABLE_BYTES {
        return Ok(None);
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
            Some(DailyValues { source: Source::File, days: read.days, answers: BTreeMap::new(), reasons })
        }
        _ => None,
    })
}

impl DailyValues {
    /// Stores the values in the journal. What they are is the first reason.
    pub(crate) async fn store(mut self, platform: &Platform, tx: &mut Tx, (file, time_zone): (Uuid, &str)) -> Result<(Outcome, Vec<Reason>), Error> {
        let now = platform.clock.now();
        let today = platform.clock.today(time_zone);
        if !self.answers.is_empty() {
            let catalogue = journal::catalogue(tx).await?;
            self.take_answers(&catalogue.measures);
        }
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

    /// Takes the answers to questions that measures of the athlete's own ask, with yes or no, and says which are left out.
    fn take_answers(&mut self, measures: &[Measure]) {
        let own: Vec<&Measure> = measures.iter().filter(|measure| measure.is_own() && measure.kind == Kind::YesNo).collect();
        let mut days: BTreeMap<NaiveDate, Answers> = std::mem::take(&mut self.days).into_iter().collect();
        let (mut left_out, mut questions) = (0, Vec::new());
        for (question, answers) in std::mem::take(&mut self.answers) {
            let Some(measure) = own.iter().find(|measure| asks(&measure.label, &question)) else {
                left_out += answers.len() as u64;
                questions.push(question);
                continue;
            };
            for (day, yes) in answers {
                days.entry(day).or_default().set(&measure.key, Answer::Number(f64::from(u8::from(yes))));
            }
        }
        self.days = days.into_iter().collect();
        if left_out > 0 {
            let more = questions.len().saturating_sub(QUESTIONS);
            let listed = questions.iter().take(QUESTIONS).map(|question| format!("“{}”", tables::shown(question, QUESTION_CHARS)));
            let listed = listed.collect::<Vec<_>>().join(", ");
            let questions = if more > 0 { format!("{listed} and {more} more") } else { listed };
            self.reasons.push(Reason::Values(Note { file: None, remark: Remark::JournalAnswers { answers: left_out, questions } }));
        }
    }
}

/// Whether a measure is called as a question is, or as the beginning of it where that is all that a name can hold.
fn asks(label: &str, question: &str) -> bool {
    let plain = |text: &str| text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let (label, question) = (plain(label), plain(question));
    label == question || label.chars().count() >= LABEL_CHARS && question.starts_with(&label)
}
