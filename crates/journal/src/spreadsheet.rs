//! The journal as a table for people: a row for each day, a column for each measure that has a value. The importer reads it back.

use std::collections::BTreeSet;

use platform::feature::Cells;
use platform::{Error, Tx};

use crate::catalogue::catalogue;
use crate::service::all;

/// The viewer's days, with the keys of measures as names of columns.
pub(crate) async fn cells(tx: &mut Tx) -> Result<Cells, Error> {
    let catalogue = catalogue(tx).await?;
    let days = all(tx).await?;
    let used: BTreeSet<&str> = days.iter().flat_map(|(_, answers)| answers.iter().map(|(key, _)| key)).collect();
    let columns: Vec<_> = catalogue.measures.iter().filter(|measure| used.contains(measure.key.as_str())).collect();
    let names = std::iter::once("day".to_owned()).chain(columns.iter().map(|measure| measure.key.clone())).collect();
    let cell = |answers: &domain::measures::Answers, measure: &domain::measures::Measure| {
        answers.get(&measure.key).map(|answer| measure.write(answer)).unwrap_or_default()
    };
    let rows =
        days.iter().map(|(day, answers)| std::iter::once(day.to_string()).chain(columns.iter().map(|measure| cell(answers, measure))).collect());
    Ok((names, rows.collect()))
}
