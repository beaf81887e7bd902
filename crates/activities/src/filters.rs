//! Filters that an athlete keeps, and the list as a spreadsheet.

use chrono::{DateTime, Utc};
use domain::activities::{ListRequest, MAX_FILTER_NAME, MAX_SAVED_FILTERS};
use domain::units::Units;
use domain::{FieldErrors, ProblemKind};
use platform::{Error, Tx};
use uuid::Uuid;

use crate::queries::{export, filters as queries};
use crate::spreadsheet::in_units;

/// Rows of a spreadsheet.
const MOST_ROWS: usize = 200_000;
/// Rows that are read at once.
const AT_ONCE: usize = 2_000;

/// Keeps the filter and the order of an address under a name.
///
/// # Errors
/// When the name is none, or there are too many.
pub async fn save_filter(tx: &mut Tx, id: Uuid, name: &str, query: &str, now: DateTime<Utc>) -> Result<(), Error> {
    let mut errors = FieldErrors::default();
    let name = errors.check_line("name", name, MAX_FILTER_NAME, "A name of 1 to 60 characters.");
    errors.into_result()?;
    // As this version writes it, whatever was sent.
    let address = ListRequest::of_query(query).0.address();
    let query = address.split_once('?').map_or("", |(_, query)| query);
    let kept = queries::all(tx).await?;
    if kept.len() >= MAX_SAVED_FILTERS && kept.iter().all(|filter| filter.name != name) {
        return Err(Error::problem(ProblemKind::TooLarge, format!("{MAX_SAVED_FILTERS} filters are the most. Forget one that you no longer need.")));
    }
    queries::save(tx, id, &name, query, now).await
}

/// Lets a filter go.
pub async fn forget_filter(tx: &mut Tx, id: Uuid) -> Result<(), Error> {
    if queries::forget(tx, id).await? { Ok(()) } else { Err(Error::not_found("filter")) }
}

/// The activities of a list, in its order, as CSV; the names of columns say the unit.
pub async fn list_csv(tx: &mut Tx, request: &ListRequest, units: Units) -> Result<Vec<u8>, Error> {
    let ids = crate::read::select(tx, &request.filter, request.sort, MOST_ROWS).await?;
    let fault = |error: &dyn std::fmt::Display| Error::Internal(format!("a spreadsheet: {error}"));
    let mut csv = csv::Writer::from_writer(Vec::new());
    for (n, ids) in ids.chunks(AT_ONCE).enumerate() {
        let (names, rows) = in_units(export::rows(tx, ids).await?, units);
        if n == 0 {
            csv.write_record(names).map_err(|e| fault(&e))?;
        }
        for row in rows {
            csv.write_record(row.into_iter().map(inert)).map_err(|e| fault(&e))?;
        }
    }
    csv.into_inner().map_err(|e| fault(&e))
}

/// A cell that a spreadsheet does not evaluate: a title from someone else's file may start like a formula. An apostrophe is how spreadsheets
/// themselves mark text.
fn inert(cell: String) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err();
    if formula { format!("'{cell}") } else { cell }
}
