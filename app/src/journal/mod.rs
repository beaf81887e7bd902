//! The journal: today in fifteen seconds, any other day, and a CSV.

mod csv;
mod day;

use chrono::NaiveDate;
use domain::Day;
use domain::access::Access;
use domain::journal::{JournalEntry, Preview};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::AppError;
use crate::json::Json;

use crate::ui::Icon;
use crate::ui::navigation::{Entry, Place};
use crate::ui::pages::{functions, pages};
pub use csv::JournalImportPage;
pub use day::{JournalDayPage, JournalPage};

pages! {
    journal_import, __preload_journal_import {
        "/journal/import" => JournalImportPage, Access::Athlete,
    }
    journal, __preload_journal {
        "/journal" => JournalPage, Access::Athlete,
        "/journal/:day" => JournalDayPage, Access::Athlete,
    }
}

/// Links to the pages.
pub(crate) const NAVIGATION: &[Entry] = &[
    Entry::new(Place::Sidebar, "/journal", "Journal", Some(Icon::Journal)),
    Entry::new(Place::Tab(2), "/journal", "Journal", Some(Icon::Log)),
    Entry::new(Place::Running, "/journal/import", "Import a journal from CSV", None),
];

functions! {
    GetDay => Access::Athlete, r#"{"day": "{day}"}"#,
    PreviewCsv => Access::ResourceOwner, r#"{"file": "{csv}", "mapping": []}"#,
}

/// A day of the journal with what helps to fill it in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DayView {
    /// Which day.
    pub day: NaiveDate,
    /// Today's date in the athlete's time zone.
    pub today: NaiveDate,
    /// What was answered.
    pub entry: JournalEntry,
    /// What was answered the day before.
    pub before: JournalEntry,
    /// Days with an entry among the last fourteen, newest first.
    pub recent: Vec<(NaiveDate, usize)>,
    /// The key under which the browser keeps the unsaved draft, unique to this athlete and day.
    pub draft: String,
}

/// A day of the journal; `None` is today.
#[server(prefix = "/api", endpoint = "journal/day", input = Json, output = Json)]
pub async fn get_day(day: Option<Day>) -> Result<DayView, AppError> {
    use crate::server::{to_app_error, today, user_tx};
    let (platform, viewer, mut tx) = user_tx().await?;
    let today = today(&platform, &viewer);
    let day = day.map_or(today, Day::date);
    let entry = journal::get(&mut tx, day).await.map_err(to_app_error)?;
    let before = journal::get(&mut tx, day.pred_opt().unwrap_or(day)).await.map_err(to_app_error)?;
    let recent = journal::recent(&mut tx, today, 14).await.map_err(to_app_error)?;
    let draft = format!("{}/{day}", viewer.id);
    Ok(DayView { day, today, entry, before, draft, recent: recent.into_iter().map(|(d, e)| (d, e.answered())).collect() })
}

/// A preview of an uploaded CSV with this mapping; an empty mapping is guessed.
#[server(prefix = "/api", endpoint = "journal/preview", input = Json, output = Json)]
pub async fn preview_csv(file: String, mapping: Vec<String>) -> Result<Preview, AppError> {
    use crate::server::{current_user, platform, to_app_error};
    use domain::journal::ColumnMeaning;
    let (platform, viewer) = (platform()?, current_user()?);
    let mapping: Vec<ColumnMeaning> = mapping.iter().map(|m| ColumnMeaning::parse(m)).collect();
    journal::http::preview(&platform, &viewer, &file, mapping).await.map_err(to_app_error)
}
