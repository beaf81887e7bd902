//! Files of an export that people open in a spreadsheet.

use sqlx::{AssertSqlSafe, Row};

use super::Ask;
use crate::{Error, Tx};

/// A file of an export for people. The JSON next to it has everything.
#[derive(Debug)]
pub enum Spreadsheet {
    /// A file, and the query of an athlete's (`$1`) rows.
    Query(&'static str, &'static str),
    /// A file, and the viewer's cells, where columns depend on what there is.
    Made(&'static str, Ask<Cells>),
}

/// The names of columns, and the cells of each row as text.
pub type Cells = (Vec<String>, Vec<Vec<String>>);

impl Spreadsheet {
    /// The name of the file.
    #[must_use]
    pub const fn file(&self) -> &'static str {
        match self {
            Self::Query(file, _) | Self::Made(file, _) => file,
        }
    }

    /// The viewer's cells. The database writes numbers and dates of a query as people read them; without a row there are no names.
    pub async fn cells(&self, tx: &mut Tx) -> Result<Cells, Error> {
        let sql = match self {
            Self::Query(_, sql) => sql,
            Self::Made(_, cells) => return cells(tx).await,
        };
        let athlete = tx.viewer()?;
        let sql = format!(
            "select array(select key from json_each_text(row_to_json(t))), array(select coalesce(value, '') from json_each_text(row_to_json(t))) from ({sql}) t"
        );
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(athlete).fetch_all(tx.connection()).await?;
        let names = rows.first().map(|row| row.try_get(0)).transpose()?.unwrap_or_default();
        let cells = rows.iter().map(|row| row.try_get(1)).collect::<Result<_, _>>()?;
        Ok((names, cells))
    }
}
