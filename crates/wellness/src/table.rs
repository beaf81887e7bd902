//! Tables, row by row. Those of the services are small, so the text is held; one row of it is an [`Item`].

use std::io::Read;

use tables::{Bounds, Rows, TooLarge};

use crate::item::{CHARS, Item, Scalar};
use crate::reading::Remark;

/// Maximum bytes of a table: a hundred years of nights. The rest is not read.
pub(crate) const BYTES: u64 = 32 << 20;
/// Oura has a night's samples in one cell.
const BOUNDS: Bounds = Bounds { columns: 200, rows: 200_000, row_bytes: 256 << 10 };

/// The most frequent of comma, semicolon and tab in the first line.
pub(crate) fn delimiter(first: &str) -> u8 {
    let count = |c: char| first.matches(c).count();
    if count(';') > count(',') {
        b';'
    } else if count('\t') > count(',') {
        b'\t'
    } else {
        b','
    }
}

/// The names of the columns of a first line, as [`walk`] has them.
pub(crate) fn columns(first: &str) -> Vec<String> {
    let mut rows = Rows::new(first, delimiter(first), BOUNDS);
    let Some(Ok(header)) = rows.next_row() else { return Vec::new() };
    header.cells().map(str::to_lowercase).collect()
}

/// Calls `each` with every row after the first and its line. Names are in lower case; empty cells and long ones are left out. Returns where it
/// had to stop.
pub(crate) fn walk(mut input: impl Read, mut each: impl FnMut(u64, &Item)) -> Option<Remark> {
    let mut bytes = Vec::new();
    // An error shows as the end, see `source`.
    let _ = input.by_ref().take(BYTES).read_to_end(&mut bytes);
    let at = bytes.len() as u64;
    let more = at == BYTES && input.read(&mut [0]).is_ok_and(|n| n > 0);
    let text = String::from_utf8_lossy(&bytes);
    let names = columns(text.lines().next().unwrap_or_default());
    let mut rows = Rows::new(&text, delimiter(text.lines().next().unwrap_or_default()), BOUNDS);
    let _header = rows.next_row();
    let (mut item, mut behind) = (Item::default(), None);
    while let Some(row) = rows.next_row() {
        // Only the last row can be cut, and only if it has fewer cells than the header: a row is read when the next one is there.
        if let Some((line, _)) = behind.take() {
            each(line, &item);
        }
        let row = match row {
            Ok(row) => row,
            Err(TooLarge::Columns { line, .. } | TooLarge::Row { line, .. }) => return Some(Remark::Unreadable { at: start_of(&text, line) }),
            Err(TooLarge::Rows { .. }) => return Some(Remark::TooMuch),
        };
        behind = Some((row.line, row.cells().count()));
        item.clear();
        for (name, cell) in names.iter().zip(row.cells()).filter(|(_, cell)| !cell.is_empty() && cell.len() <= CHARS) {
            item.push(name, Scalar::Text(cell.to_owned()));
        }
    }
    let whole = text.ends_with('\n');
    match behind {
        Some((_, cells)) if !whole && cells < names.len() => return Some(Remark::EndedEarly { at }),
        Some((line, _)) => each(line, &item),
        None => {}
    }
    more.then_some(Remark::Unreadable { at })
}

fn start_of(text: &str, line: u64) -> u64 {
    text.split_inclusive('\n').take(usize::try_from(line.saturating_sub(1)).unwrap_or(usize::MAX)).map(|line| line.len() as u64).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<(u64, Item)>, Option<Remark>) {
        let mut all = Vec::new();
        let remark = walk(text.as_bytes(), |line, item| all.push((line, item.clone())));
        (all, remark)
    }

    #[test]
    fn rows_have_the_names_of_the_header() {
        let (all, remark) = read("id;Day;score\na;2026-11-02;81\n\nb;2026-11-03;\n");
        assert_eq!((all.len(), remark), (2, None));
        assert_eq!((all[0].0, all[0].1.day("day").is_some(), all[0].1.number("score")), (2, true, Some(81.0)));
        assert_eq!((all[1].0, all[1].1.number("score")), (4, None));
    }

    #[test]
    fn a_cut_row_is_left_out() {
        assert_eq!(read("day,score\n2026-11-02,81\n2026-11-0").1, Some(Remark::EndedEarly { at: 33 }));
        assert_eq!(read("day,score\n2026-11-02,81").0.len(), 1);
        assert_eq!(read("day,score\n2026-11-02,81\n2026-11-0").0.len(), 1);
    }

    #[test]
    fn a_row_that_is_too_large_ends_the_table() {
        let text = format!("day,score\n2026-11-02,81\n{}\n2026-11-03,82\n", ",".repeat(1000));
        let (all, remark) = read(&text);
        assert_eq!((all.len(), remark), (1, Some(Remark::Unreadable { at: 24 })));
    }
}
