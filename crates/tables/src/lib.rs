//! CSV tables, read row by row. One row is held at a time, in buffers that are allocated once: no text can make them grow, whatever its
//! lines, cells and quotes.
//!
//! Pure: text in, rows out.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use thiserror::Error;

/// Limits of a table.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Maximum cells per row.
    pub columns: usize,
    /// Maximum rows, including the header.
    pub rows: u64,
    /// Maximum bytes of all cells of a row.
    pub row_bytes: usize,
}

/// Where a table exceeds its limits. The sentence is meant for the user who uploaded it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TooLarge {
    /// Too many cells.
    #[error("Line {line} has more than {most} columns. Leave out those that are not needed.")]
    Columns {
        /// Counted from 1.
        line: u64,
        /// What is allowed.
        most: usize,
    },
    /// Too much text in one row.
    #[error("Line {line} is longer than {} kB, or a quotation mark is missing in it.", .most / 1024)]
    Row {
        /// Counted from 1.
        line: u64,
        /// What is allowed, in bytes.
        most: usize,
    },
    /// Too many rows.
    #[error("The table has more than {most} lines. Split it.")]
    Rows {
        /// What is allowed.
        most: u64,
    },
}

/// Reads a table row by row.
pub struct Rows<'t> {
    reader: Reader,
    rest: &'t [u8],
    bounds: Bounds,
    text: Vec<u8>,
    ends: Vec<usize>,
    seen: u64,
    over: bool,
}

impl<'t> Rows<'t> {
    /// Starts at the first line, which is a row like any other.
    #[must_use]
    pub fn new(table: &'t str, delimiter: u8, bounds: Bounds) -> Self {
        Self {
            reader: ReaderBuilder::new().delimiter(delimiter).build(),
            rest: table.as_bytes(),
            bounds,
            text: vec![0; bounds.row_bytes],
            ends: vec![0; bounds.columns],
            seen: 0,
            over: false,
        }
    }

    /// The next row; blank lines are skipped. Nothing after a row that is too large is read.
    pub fn next_row(&mut self) -> Option<Result<Row<'_>, TooLarge>> {
        if self.over {
            return None;
        }
        // Skipped here and not by the reader, so that the row's first line number is known.
        while let Some(blank) = self.rest.first().filter(|b| matches!(b, b'\n' | b'\r')) {
            self.reader.set_line(self.reader.line() + u64::from(*blank == b'\n'));
            self.rest = &self.rest[1..];
        }
        let (mut written, mut cells) = (0, 0);
        let line = self.reader.line();
        loop {
            let (result, read, more, ended) = self.reader.read_record(self.rest, &mut self.text[written..], &mut self.ends[cells..]);
            self.rest = &self.rest[read..];
            written += more;
            cells += ended;
            let error = match result {
                ReadRecordResult::InputEmpty => continue,
                ReadRecordResult::Record if self.seen >= self.bounds.rows => TooLarge::Rows { most: self.bounds.rows },
                ReadRecordResult::Record => break,
                ReadRecordResult::End => {
                    self.over = true;
                    return None;
                }
                ReadRecordResult::OutputFull => TooLarge::Row { line, most: self.bounds.row_bytes },
                ReadRecordResult::OutputEndsFull => TooLarge::Columns { line, most: self.bounds.columns },
            };
            self.over = true;
            return Some(Err(error));
        }
        self.seen += 1;
        Some(Ok(Row { line, text: &self.text, ends: &self.ends[..cells] }))
    }
}

/// One row.
#[derive(Debug, Clone, Copy)]
pub struct Row<'r> {
    /// Where it begins, counted from 1.
    pub line: u64,
    text: &'r [u8],
    ends: &'r [usize],
}

impl<'r> Row<'r> {
    /// The cells, trimmed.
    pub fn cells(&self) -> impl Iterator<Item = &'r str> + Clone + use<'r> {
        let (text, ends) = (self.text, self.ends);
        (0..ends.len()).map(move |i| cell(text, ends, i))
    }

    /// One cell; empty if the row has no such cell.
    #[must_use]
    pub fn cell(&self, column: usize) -> &'r str {
        cell(self.text, self.ends, column)
    }
}

fn cell<'r>(text: &'r [u8], ends: &[usize], column: usize) -> &'r str {
    let start = column.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
    // Cells end at ASCII bytes of valid text, so each of them is valid, too.
    let bytes = ends.get(column).and_then(|end| text.get(start..*end)).unwrap_or_default();
    str::from_utf8(bytes).unwrap_or_default().trim()
}

/// A text as shown in a sentence: shortened if it is longer than `most` characters.
#[must_use]
pub fn shown(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BOUNDS: Bounds = Bounds { columns: 4, rows: 5, row_bytes: 64 };

    fn read(text: &str) -> Result<Vec<(u64, Vec<String>)>, TooLarge> {
        let mut rows = Rows::new(text, b',', BOUNDS);
        let mut all = Vec::new();
        while let Some(row) = rows.next_row() {
            let row = row?;
            all.push((row.line, row.cells().map(str::to_owned).collect()));
        }
        Ok(all)
    }

    #[test]
    fn rows_carry_their_line_and_cells_their_text() {
        let got = read("a, b ,c\n\n1,\"two\nlines, \"\"quoted\"\"\",\r\n4,5,6").expect("within bounds");
        assert_eq!(got[0], (1, vec!["a".into(), "b".into(), "c".into()]));
        assert_eq!(got[1].0, 3);
        assert_eq!(got[1].1, ["1", "two\nlines, \"quoted\"", ""]);
        assert_eq!(got[2].1, ["4", "5", "6"]);
        assert_eq!(got[2].0, 5);
    }

    #[test]
    fn what_is_too_large_is_named_and_ends_the_table() {
        assert_eq!(read("a,b\n,,,,,\n"), Err(TooLarge::Columns { line: 2, most: 4 }));
        assert_eq!(read(&format!("a\n{}\n", "x".repeat(65))), Err(TooLarge::Row { line: 2, most: 64 }));
        assert_eq!(read(&format!("a\n\"{}", "x\n".repeat(65))), Err(TooLarge::Row { line: 2, most: 64 }));
        assert_eq!(read(&"a\n".repeat(6)), Err(TooLarge::Rows { most: 5 }));
        assert_eq!(read(&"a\n".repeat(5)).expect("five").len(), 5);
        let commas = ",".repeat(1000);
        let mut rows = Rows::new(&commas, b',', BOUNDS);
        assert!(rows.next_row().is_some_and(|row| row.is_err()));
        assert!(rows.next_row().is_none());
    }

    #[test]
    fn a_long_text_is_shown_by_its_beginning() {
        assert_eq!(shown("größer", 3), "grö…");
        assert_eq!(shown("größer", 6), "größer");
    }

    proptest! {
        #[test]
        fn within_bounds_it_reads_what_the_csv_library_would(text in "[a-c,\"\n\r ]{0,60}") {
            let bounds = Bounds { columns: 100, rows: 100, row_bytes: 200 };
            let mut rows = Rows::new(&text, b',', bounds);
            let mut all = Vec::new();
            while let Some(row) = rows.next_row() {
                all.push(row.expect("within bounds").cells().map(str::to_owned).collect::<Vec<_>>());
            }
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
            let expected: Vec<Vec<String>> = reader.records().map(|r| r.expect("text").iter().map(str::to_owned).collect()).collect();
            prop_assert_eq!(all, expected);
        }
    }
}
