//! How an athlete mapped the columns of earlier tables: the next one of the same kind is read in the same way.

use chrono::{DateTime, Utc};
use domain::journal::{ColumnMeaning, Preview};
use platform::{Error, Tx};
use uuid::Uuid;

use crate::lock::lock;
use crate::queries;
pub use crate::queries::presets::Preset;

/// Presets that are kept of an athlete.
const MOST: i64 = 40;
/// Characters of a name that are compared and kept.
const NAME_CHARS: usize = 100;

/// A table that is like an earlier one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recognised {
    /// The meaning of each of its columns.
    pub mapping: Vec<ColumnMeaning>,
    /// The names of columns that the earlier table had and this one lacks.
    pub gone: Vec<String>,
}

/// The viewer's presets, the one that was used last first.
pub async fn presets(tx: &mut Tx) -> Result<Vec<Preset>, Error> {
    let athlete = tx.viewer()?;
    queries::presets::list(tx, athlete).await
}

/// Keeps how the columns of a table were mapped.
pub(crate) async fn remember(tx: &mut Tx, id: Uuid, headers: &[String], preview: &Preview, now: DateTime<Utc>) -> Result<(), Error> {
    lock(tx).await?;
    let athlete = tx.viewer()?;
    let meanings = preview.columns.iter().map(|(_, meaning)| meaning);
    let meant = headers.iter().zip(meanings).filter(|(header, meaning)| **meaning != ColumnMeaning::Ignore && !header.is_empty());
    let preset: Preset = meant.map(|(header, meaning)| (named(header), meaning.clone())).collect();
    if preset.is_empty() {
        return Ok(());
    }
    queries::presets::put(tx, athlete, id, &preset, now).await?;
    queries::presets::keep_latest(tx, athlete, MOST).await
}

/// Finds the earlier table that a table with these columns is most like: it has the date, and at least half of what was read.
#[must_use]
pub fn recognise(headers: &[String], presets: &[Preset]) -> Option<Recognised> {
    let names: Vec<String> = headers.iter().map(|header| named(header)).collect();
    let there = |preset: &&Preset| preset.iter().filter(|(name, _)| names.contains(name)).count();
    let fits = |preset: &&Preset| {
        let dated = preset.iter().any(|(name, meaning)| *meaning == ColumnMeaning::Date && names.contains(name));
        let answers = there(preset).saturating_sub(1);
        dated && answers > 0 && 2 * answers >= preset.len() - 1
    };
    // The first of the best: it was used last.
    let best = presets.iter().filter(fits).rev().max_by_key(|preset| (there(preset) * 1000) / preset.len().max(1))?;
    let meaning = |name: &String| best.iter().find(|(known, _)| known == name).map_or(ColumnMeaning::Ignore, |(_, meaning)| meaning.clone());
    Some(Recognised {
        mapping: names.iter().map(meaning).collect(),
        gone: best.iter().filter(|(name, _)| !names.contains(name)).map(|(name, _)| name.clone()).collect(),
    })
}

fn named(header: &str) -> String {
    header.trim().chars().take(NAME_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn preset(columns: &[(&str, &str)]) -> Preset {
        columns.iter().map(|(name, meaning)| ((*name).to_owned(), ColumnMeaning::parse(meaning))).collect()
    }

    fn headers(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn the_most_alike_is_found_and_what_is_gone_is_named() {
        let presets = [
            preset(&[("Tag", "date"), ("Laune", "mood"), ("Schlaf", "sleep_hours")]),
            preset(&[("Tag", "date"), ("Laune", "stress"), ("Puls", "resting_hr"), ("Gewicht", "weight_kg")]),
        ];
        let same = recognise(&headers(&["Tag", "Wetter", "Schlaf", "Laune"]), &presets).expect("recognised");
        assert_eq!(same.mapping.iter().map(ColumnMeaning::name).collect::<Vec<_>>(), ["date", "ignore", "sleep_hours", "mood"]);
        assert!(same.gone.is_empty());
        let less = recognise(&headers(&["Tag", "Puls", "Gewicht"]), &presets).expect("recognised");
        assert_eq!((less.mapping[1].name(), less.gone), ("resting_hr", vec!["Laune".to_owned()]));
        assert_eq!(recognise(&headers(&["Tag", "Wetter"]), &presets), None, "nothing of it is there");
        assert_eq!(recognise(&headers(&["Laune", "Schlaf"]), &presets), None, "no date");
    }
}
