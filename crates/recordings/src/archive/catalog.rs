//! The list of activities that a Strava export carries beside its recordings.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::{Recording, Sport};

/// What the athlete wrote about a recording in the service that it was exported from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct About {
    /// The activity's name.
    pub title: Option<String>,
    /// Its description.
    pub description: Option<String>,
    /// Its type, where we know the word.
    pub sport: Option<Sport>,
    /// Shoes or bicycle.
    pub gear: Option<String>,
}

impl About {
    /// Puts what is said here over what the recording itself says.
    pub fn apply(&self, recording: &mut Recording) {
        recording.title = self.title.clone().or_else(|| recording.title.take());
        recording.description = self.description.clone().or_else(|| recording.description.take());
        recording.gear = self.gear.clone().or_else(|| recording.gear.take());
        // A file that says nothing or "other" learns its sport; one that knows better keeps it.
        if recording.sport == Sport::Other {
            recording.sport = self.sport.unwrap_or_default();
        }
    }
}

/// The list, by the recording's file name.
#[derive(Debug, Default)]
pub struct Catalog {
    entries: HashMap<String, About>,
    without_file: usize,
}

impl Catalog {
    /// Reads `activities.csv`. Its headers are in the account's language and some come twice, but the columns keep their order: the id,
    /// date, name, type and description come first, and the gear stands before the file name, which shows itself by its values.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let rows: Vec<csv::StringRecord> = reader.records().flatten().collect();
        let mut votes: HashMap<usize, usize> = HashMap::new();
        for (column, _) in rows.iter().flat_map(|r| r.iter().enumerate()).filter(|(_, value)| is_recording(value)) {
            *votes.entry(column).or_default() += 1;
        }
        let Some((file, _)) = votes.into_iter().max_by_key(|(column, votes)| (*votes, usize::MAX - column)) else { return Self::default() };
        let mut out = Self::default();
        for row in &rows {
            let text = |column: usize| row.get(column).map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
            let Some(name) = text(file).filter(|n| is_recording(n)) else {
                out.without_file += 1;
                continue;
            };
            let about = About {
                title: text(2).filter(|_| file > 2),
                description: text(4).filter(|_| file > 4),
                sport: text(3).filter(|_| file > 3).as_deref().and_then(sport),
                gear: file.checked_sub(1).filter(|gear| *gear > 4).and_then(text).filter(|g| g.parse::<f64>().is_err()),
            };
            out.entries.insert(super::display_name(&name), about);
        }
        out
    }

    /// What is said about a file, by its name without folders.
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

fn is_recording(value: &str) -> bool {
    let lower = value.trim().to_ascii_lowercase();
    let plain = lower.strip_suffix(".gz").unwrap_or(&lower);
    [".fit", ".gpx", ".tcx"].iter().any(|end| plain.ends_with(end))
}

/// The words for sports in the languages that Strava speaks; anything else leaves the sport to the file.
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
