//! Activities as a table for people, in the units that they read. The JSON beside it has what is stored.

use domain::units::{Units, decimal};
use platform::feature::{Cells, Spreadsheet};
use platform::{Error, Tx};

use crate::queries::export::SPREADSHEET;

/// The viewer's activities. The names of columns say the unit.
pub(crate) async fn cells(tx: &mut Tx) -> Result<Cells, Error> {
    let stored = Spreadsheet::Query("", SPREADSHEET).cells(tx).await?;
    Ok(in_units(stored, accounts::units(tx).await?))
}

pub(crate) fn in_units((mut names, mut rows): Cells, units: Units) -> Cells {
    let usual = Units::default();
    for (column, name) in names.iter_mut().enumerate() {
        let convert: Box<dyn Fn(f64) -> f64> = match name.as_str() {
            "distance_m" if units.length != usual.length => Box::new(move |metres| metres / units.unit_m()),
            "elevation_gain_m" if units.length != usual.length => Box::new(move |metres| units.height_value(metres)),
            "gap_s_per_km" | "ngp_s_per_km" if units.length != usual.length => Box::new(move |pace| units.per_unit(pace)),
            "temperature_c" if units.temperature != usual.temperature => Box::new(move |celsius| units.degrees(celsius)),
            _ => continue,
        };
        *name = match name.as_str() {
            "distance_m" => format!("distance_{}", units.distance_unit()),
            "elevation_gain_m" => format!("elevation_gain_{}", units.height_unit()),
            "temperature_c" => "temperature_f".to_owned(),
            pace => pace.replace("_km", &format!("_{}", units.distance_unit())),
        };
        for row in &mut rows {
            if let Some(cell) = row.get_mut(column)
                && let Ok(number) = cell.parse::<f64>()
            {
                // Spreadsheets know no true minus.
                *cell = decimal(convert(number), 3).replace('\u{2212}', "-");
            }
        }
    }
    (names, rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_says_its_units_and_is_in_them() {
        let row = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        let names = row(&["title", "distance_m", "elevation_gain_m", "gap_s_per_km", "temperature_c"]);
        let stored = || (names.clone(), vec![row(&["Run", "1609.344", "30.48", "300", "-10"]), row(&["1", "", "", "", ""])]);
        assert_eq!(in_units(stored(), Units::default()), stored());
        let (names, rows) = in_units(stored(), Units::AMERICAN);
        assert_eq!(names, ["title", "distance_mi", "elevation_gain_ft", "gap_s_per_mi", "temperature_f"]);
        assert_eq!(rows, [row(&["Run", "1.000", "100.000", "482.803", "14.000"]), row(&["1", "", "", "", ""])]);
    }
}
