//! The list of activities in a Strava export (`activities.csv`).

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use tables::{Bounds, Row, Rows};

use crate::bounds::{self, clipped};
use crate::{Recording, Sport};

/// What the athlete wrote about a recording in the service that it was exported from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct About {
    /// The activity's name.
    pub title: Option<String>,
    /// Its description.
    pub description: Option<String>,
    /// Its type, if the word is known.
    pub sport: Option<Sport>,
    /// Shoes or bicycle.
    pub gear: Option<String>,
}

impl About {
    /// Overrides what the recording itself says.
    pub fn apply(&self, recording: &mut Recording) {
        recording.title = self.title.clone().or_else(|| recording.title.take());
        recording.description = self.description.clone().or_else(|| recording.description.take());
        recording.gear = self.gear.clone().or_else(|| recording.gear.take());
        // A file without a sport, or with "other", gets this one; a more specific one is kept.
        if recording.sport == Sport::Other {
            recording.sport = self.sport.unwrap_or_default();
        }
    }
}

/// Limits of the list: twice the columns that Strava writes, descriptions of any length that it accepts.
const BOUNDS: Bounds = Bounds { columns: 250, rows: 200_000, row_bytes: 256 << 10 };

/// The list, by the recording's file name.
#[derive(Debug, Default)]
pub struct StravaCatalog {
    entries: HashMap<String, About>,
    without_file: usize,
}

impl StravaCatalog {
    /// Reads `activities.csv`. Its headers are in the account's language and some occur twice, but the columns keep their order: id,
    /// date, name, type and description come first, and the gear precedes the file name, which is recognised by its values.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let text = text.trim_start_matches('\u{feff}');
        // Two passes: which column has the file names is known only at the end. Nothing after a row that is too large is read.
        let mut votes = vec![0_usize; BOUNDS.columns];
        for_each_row(text, |row| {
            for (votes, _) in votes.iter_mut().zip(row.cells()).filter(|(_, value)| is_recording(value)) {
                *votes += 1;
            }
        });
        let file = votes.iter().enumerate().filter(|(_, votes)| **votes > 0).max_by_key(|(column, votes)| (**votes, usize::MAX - column));
        let Some((file, _)) = file else { return Self::default() };
        let mut out = Self::default();
        for_each_row(text, |row| out.add(row, file));
        out
    }

    fn add(&mut self, row: Row<'_>, file: usize) {
        let text = |column: usize, most: usize| Some(clipped(row.cell(column), most)).filter(|t| !t.is_empty());
        let Some(name) = Some(row.cell(file)).filter(|n| is_recording(n)) else {
            self.without_file += 1;
            return;
        };
        let about = About {
            title: text(2, bounds::TITLE).filter(|_| file > 2),
            description: text(4, bounds::DESCRIPTION).filter(|_| file > 4),
            sport: text(3, bounds::TITLE).filter(|_| file > 3).as_deref().and_then(sport),
            gear: file.checked_sub(1).filter(|gear| *gear > 4).and_then(|gear| text(gear, bounds::TITLE)).filter(|g| g.parse::<f64>().is_err()),
        };
        self.entries.insert(super::display_name(name), about);
    }

    /// The entry for a file, by its name without folders.
    #[must_use]
    pub fn about(&self, name: &str) -> Option<About> {
        self.entries.get(name).cloned()
    }

    /// How many listed activities name no recording: those entered by hand.
    #[must_use]
    pub fn without_file(&self) -> usize {
        self.without_file
    }
}

/// Calls `each` with the rows after the header.
fn for_each_row(text: &str, mut each: impl FnMut(Row<'_>)) {
    let mut rows = Rows::new(text, b',', BOUNDS);
    let _header = rows.next_row();
    while let Some(Ok(row)) = rows.next_row() {
        each(row);
    }
}

fn is_recording(value: &str) -> bool {
    let lower = value.trim().to_ascii_lowercase();
    let plain = lower.strip_suffix(".gz").unwrap_or(&lower);
    [".fit", ".gpx", ".tcx"].iter().any(|end| plain.ends_with(end))
}

/// The words for sports in Strava's languages; for anything else the file's sport is kept.
fn sport(word: &str) -> Option<Sport> {
    const RUN: [&str; 20] = [
        "run",
        "lauf",
        "course à pied",
        "carrera",
        "corsa",
        "corrida",
        "hardloop",
        "løb",
        "løp",
        "löp",
        "juoks",
        "bieg",
        "běh",
        "beh",
        "futás",
        "koşu",
        "бег",
        "ラン",
        "跑",
        "달리기",
    ];
    const RIDE: [&str; 16] = [
        "ride",
        "radfahr",
        "radfahrt",
        "vélo",
        "bicicleta",
        "ciclismo",
        "pedalada",
        "fiets",
        "cykel",
        "sykkel",
        "jazda",
        "kolo",
        "bisiklet",
        "велос",
        "ライド",
        "骑",
    ];
    const SWIM: [&str; 12] = ["swim", "schwimm", "natation", "natación", "nuoto", "natação", "zwem", "svøm", "sim", "pływ", "плав", "スイム"];
    const WALK: [&str; 16] = [
        "walk",
        "hike",
        "spazier",
        "wander",
        "marche",
        "randonnée",
        "camin",
        "sender",
        "passeggiata",
        "escursion",
        "wandel",
        "gåtur",
        "spacer",
        "ходьба",
        "ウォーク",
        "ハイク",
    ];
    let lower = word.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|w| lower.contains(w));
    if has(&RUN) {
        Some(Sport::Running)
    } else if has(&RIDE) {
        Some(Sport::Cycling)
    } else if has(&WALK) {
        Some(Sport::Walking)
    } else if has(&SWIM) {
        Some(Sport::Swimming)
    } else {
        None
    }
}
