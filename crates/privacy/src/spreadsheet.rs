//! Tables of an archive for people, as CSV.

use platform::feature::Spreadsheet;
use platform::{Error, Tx};

/// The viewer's rows of a spreadsheet, with a line of names first.
pub(crate) async fn table(tx: &mut Tx, spreadsheet: &Spreadsheet) -> Result<Vec<u8>, Error> {
    let (names, rows) = spreadsheet.cells(tx).await?;
    let mut csv = csv::Writer::from_writer(Vec::new());
    if !rows.is_empty() {
        csv.write_record(names).map_err(|e| Error::internal("a spreadsheet", &e))?;
    }
    for row in rows {
        csv.write_record(row.into_iter().map(inert)).map_err(|e| Error::internal("a spreadsheet", &e))?;
    }
    csv.into_inner().map_err(|e| Error::internal("a spreadsheet", &e))
}

/// A cell that a spreadsheet does not evaluate: a title from someone else's file may start like a formula. An apostrophe is how spreadsheets
/// themselves mark text. The JSON next to it has every text unchanged.
fn inert(cell: String) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err();
    if formula { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use super::inert;

    #[test]
    fn no_cell_is_a_formula() {
        for (cell, safe) in [
            ("=HYPERLINK(\"x\")", "'=HYPERLINK(\"x\")"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-1+cmd|' /C calc'!A0", "'-1+cmd|' /C calc'!A0"),
            ("\t=1", "'\t=1"),
        ] {
            assert_eq!(inert(cell.to_owned()), safe);
        }
        for cell in ["-3.5", "+2", "1e-3", "Morning run", "2026-05-03", ""] {
            assert_eq!(inert(cell.to_owned()), cell);
        }
    }
}
