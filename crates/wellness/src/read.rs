//! Reads one file into the days.

use std::io::{BufReader, Read};
use std::ops::ControlFlow;

use crate::days::Days;
use crate::format::Format;
use crate::item::Item;
use crate::reading::{Failure, Reading, Remark};
use crate::source::Watch;
use crate::{apple, fitbit, garmin, json, oura, polar, table, whoop};

/// Bytes that are read at a time.
const BUFFER: usize = 64 << 10;
/// Maximum bytes of one file: Apple's export after ten years is two billion.
const FILE_BYTES: u64 = 16 << 30;

/// Reads a file of a known format, see [`crate::identify`]. `progress` is told how many bytes have been read and may stop it.
///
/// Memory does not grow with the file: it is at most that of [`crate`]'s bounds.
pub fn read(format: Format, input: impl Read, progress: &mut dyn FnMut(u64) -> ControlFlow<()>) -> Result<Reading, Failure> {
    let (mut days, mut watch) = (Days::default(), Watch::new(progress));
    file(&mut days, &mut watch, &File { format, name: None, number: 0, head: &[], most: FILE_BYTES }, input);
    if watch.stopped { Err(Failure::Stopped) } else { Ok(days.finish()) }
}

/// A file, as one of several.
pub(crate) struct File<'f> {
    pub(crate) format: Format,
    pub(crate) name: Option<&'f str>,
    /// Tells apart files that may overlap.
    pub(crate) number: u8,
    /// Its beginning, which has been read already.
    pub(crate) head: &'f [u8],
    /// Maximum bytes of the rest.
    pub(crate) most: u64,
}

/// Reads the rest of a file into the days.
pub(crate) fn file(days: &mut Days, watch: &mut Watch<'_>, file: &File<'_>, rest: impl Read) {
    let File { format, name, number, head, most } = *file;
    days.begin(format.source());
    let start = watch.read;
    let mut input = BufReader::with_capacity(BUFFER, head.chain(watch.file(rest, most)));
    skip_mark(&mut input);
    let (mut position, mut unread, mut first) = (0, 0, 0);
    let mut note = |at: u64, read: bool| {
        if !read {
            unread += 1;
            first = if first == 0 { at } else { first };
        }
    };
    let remark = if format == Format::AppleHealth {
        apple::read(days, &mut input, &mut note)
    } else if let Some(row) = row(format) {
        table::walk(&mut input, |line, item| note(line, row(days, item)))
    } else {
        json::walk(&mut input, |list, item| {
            position += 1;
            note(position, object(days, format, number, list, item));
        })
    };
    let is_table = row(format).is_some();
    drop(input);
    let at = watch.read - start + head.len() as u64;
    // A table does not show by itself that it was cut.
    let remark = if watch.over { Some(Remark::Unreadable { at }) } else { remark.or_else(|| watch.failed.then_some(Remark::EndedEarly { at })) };
    if let Some(remark) = remark {
        days.note(name, remark);
    }
    if unread > 0 {
        let remark = if is_table { Remark::RowsUnread { rows: unread, line: first } } else { Remark::RecordsUnread { records: unread, first } };
        days.note(name, remark);
    }
}

/// Reads a row of a table; `false` if it has no usable date or number.
type Row = fn(&mut Days, &Item) -> bool;

fn row(format: Format) -> Option<Row> {
    Some(match format {
        Format::WhoopCycles => whoop::cycle,
        Format::WhoopSleeps => whoop::sleep,
        Format::WhoopJournal => whoop::answer,
        Format::OuraTable => |days, item| oura::item(days, "", item),
        Format::OuraReadiness => |days, item| oura::item(days, oura::READINESS, item),
        Format::FitbitNightly => fitbit::nightly,
        Format::FitbitReadiness => fitbit::readiness,
        Format::GoogleBody => fitbit::body,
        _ => return None,
    })
}

fn object(days: &mut Days, format: Format, number: u8, list: &str, item: &Item) -> bool {
    match format {
        Format::OuraJson => oura::item(days, list, item),
        Format::FitbitSleep => fitbit::sleep(days, item),
        Format::FitbitRestingHr => fitbit::resting_hr(days, item),
        Format::FitbitSteps => fitbit::steps(days, number, item),
        Format::FitbitWeight => fitbit::weight(days, item),
        Format::GoogleFitWeight => fitbit::fit_weight(days, item),
        Format::FitbitVo2max => fitbit::vo2max(days, item),
        Format::GarminSleep => garmin::sleep(days, item),
        Format::GarminDays => garmin::day(days, item),
        Format::GarminBody => garmin::body(days, item),
        Format::GarminHealth => garmin::health(days, item),
        Format::GarminReadiness => garmin::readiness(days, item),
        Format::GarminVo2max => garmin::vo2max(days, item),
        Format::PolarSleep => polar::sleep(days, item),
        Format::PolarRecovery => polar::recovery(days, item),
        Format::PolarActivity => polar::activity(days, item),
        // Not JSON.
        _ => true,
    }
}

/// A byte order mark, which neither JSON nor XML would accept.
fn skip_mark(input: &mut BufReader<impl Read>) {
    use std::io::BufRead;
    if input.fill_buf().is_ok_and(|ready| ready.starts_with(&[0xef, 0xbb, 0xbf])) {
        input.consume(3);
    }
}
