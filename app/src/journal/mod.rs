//! The journal: today in fifteen seconds, any other day, how a measure went, which measures there are, and tables of days.

mod around;
mod ask;
mod band;
mod csv;
mod day;
mod heat;
mod history;
mod measures;
mod sources;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::Day;
use domain::access::Access;
use domain::journal::Preview;
use domain::measures::{Answer, Answers, Measure, Source};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::AppError;
use crate::json::Json;

use crate::ui::Icon;
use crate::ui::navigation::{Entry, Place};
use crate::ui::pages::{functions, pages};
pub use csv::JournalImportPage;
pub use day::{JournalDayPage, JournalPage};
pub use measures::MeasuresPage;
pub(crate) use measures::answered_how;

pages! {
    journal_import, __preload_journal_import {
        "/journal/import" => JournalImportPage, Access::Athlete,
        "/journal/measures" => MeasuresPage, Access::Athlete,
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
    Entry::new(Place::Settings(4), "/journal/measures", "Daily questions", None),
];

functions! {
    GetDay => Access::Athlete, r#"{"day": "{day}"}"#,
    GetAround => Access::Athlete, r#"{"day": "{day}"}"#,
    GetHistory => Access::Athlete, r#"{"measure": "mood"}"#,
    GetMeasures => Access::Athlete, "{}",
    PreviewCsv => Access::ResourceOwner, r#"{"file": "{csv}", "mapping": []}"#,
}

/// A day of the journal with what helps to fill it in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DayView {
    /// Which day.
    pub day: NaiveDate,
    /// Today's date in the athlete's time zone.
    pub today: NaiveDate,
    /// What is asked, in the athlete's order.
    pub asked: Vec<Measure>,
    /// What counts on that day.
    pub answers: Answers,
    /// Where answers come from that were not typed, by measure.
    pub sources: Vec<(String, Source)>,
    /// What each source says of the measures of which several say something, the one that counts first.
    pub several: Vec<(Measure, Vec<(Source, Answer)>)>,
    /// What counted the day before.
    pub before: Answers,
    /// When something was typed for the day last.
    pub saved_at: Option<DateTime<Utc>>,
    /// Days before today with answers to what is asked, newest first.
    pub recent: Vec<(NaiveDate, Answers)>,
    /// The key under which the browser keeps what it could not send, unique to this athlete and day.
    pub keep: String,
}

/// Days in the table of the days before.
#[cfg(feature = "ssr")]
const RECENT_DAYS: u16 = 7;

/// A day of the journal; `None` is today.
#[server(prefix = "/api", endpoint = "journal/day", input = Json, output = Json)]
pub async fn get_day(day: Option<Day>) -> Result<DayView, AppError> {
    use crate::server::{to_app_error, today, user_tx};
    let (platform, viewer, mut tx) = user_tx().await?;
    let today = today(&platform, &viewer);
    let day = day.map_or(today, Day::date);
    let catalogue = journal::catalogue(&mut tx).await.map_err(to_app_error)?;
    let said = journal::said(&mut tx, day).await.map_err(to_app_error)?;
    let before = journal::get(&mut tx, day.pred_opt().unwrap_or(day)).await.map_err(to_app_error)?;
    let recent = journal::recent(&mut tx, today.pred_opt().unwrap_or(today), RECENT_DAYS).await.map_err(to_app_error)?;
    let of_measure = said.chunk_by(|a, b| a.measure == b.measure);
    let several = of_measure.clone().filter(|values| values.len() > 1).filter_map(|values| {
        let measure = catalogue.get(&values.first()?.measure)?.clone();
        Some((measure, values.iter().map(|value| (value.source, value.answer.clone())).collect()))
    });
    let several = several.collect();
    let values: Vec<&journal::Value> = of_measure.filter_map(<[_]>::first).collect();
    let typed = values.iter().filter(|value| value.source == Source::Typed);
    let saved_at = typed.map(|value| value.recorded_at).max();
    let sources = values.iter().filter(|value| value.source != Source::Typed).map(|value| (value.measure.clone(), value.source)).collect();
    let asked: Vec<Measure> = catalogue.asked().cloned().collect();
    let only_asked =
        |answers: Answers| answers.iter().filter(|(key, _)| asked.iter().any(|m| m.key == *key)).map(|(k, a)| (k.to_owned(), a.clone())).collect();
    let recent =
        recent.into_iter().map(|(day, answers)| (day, only_asked(answers))).filter(|(_, answers): &(_, Answers)| !answers.is_empty()).collect();
    let answers = values.into_iter().map(|value| (value.measure.clone(), value.answer.clone())).collect();
    Ok(DayView { day, today, answers, sources, several, before, saved_at, recent, keep: format!("{}/{day}", viewer.id), asked })
}

/// How a measure went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HistoryView {
    /// Today's date in the athlete's time zone.
    pub today: NaiveDate,
    /// The measures that can be shown: those that are asked and have numbers, and the one that is shown.
    pub measures: Vec<(String, String)>,
    /// The one that is shown.
    pub measure: Measure,
    /// Its numbers of the last [`history::DAYS`] days and a few weeks before, by day.
    pub numbers: Vec<(NaiveDate, f64)>,
    /// The training load of the days that had one.
    pub loads: Vec<(NaiveDate, f64)>,
}

/// How a measure went; `None` is the first that is asked and has numbers. Nothing while no measure has any.
#[server(prefix = "/api", endpoint = "journal/history", input = Json, output = Json)]
pub async fn get_history(measure: Option<String>) -> Result<Option<HistoryView>, AppError> {
    use crate::server::{to_app_error, today, user_tx};
    let (platform, viewer, mut tx) = user_tx().await?;
    let today = today(&platform, &viewer);
    let catalogue = journal::catalogue(&mut tx).await.map_err(to_app_error)?;
    let with_numbers = journal::measures_with_numbers(&mut tx).await.map_err(to_app_error)?;
    let asked = catalogue.asked().filter(|measure| with_numbers.contains(&measure.key));
    let others = catalogue.measures.iter().filter(|measure| with_numbers.contains(&measure.key) && !catalogue.asked.contains(&measure.key));
    let shown: Vec<&Measure> = asked.chain(others).collect();
    let Some(measure) = shown.iter().find(|shown| Some(&shown.key) == measure.as_ref()).or(shown.first()) else { return Ok(None) };
    let from = today - chrono::TimeDelta::days(history::DAYS + history::USUAL_DAYS);
    let numbers = journal::series(&mut tx, &[&measure.key], from).await.map_err(to_app_error)?.remove(&measure.key).unwrap_or_default();
    let loads = activities::load_days(&mut tx, today - chrono::TimeDelta::days(history::CHART_DAYS)).await.map_err(to_app_error)?;
    Ok(Some(HistoryView {
        today,
        measures: shown.iter().map(|measure| (measure.key.clone(), measure.label.clone())).collect(),
        measure: (*measure).clone(),
        numbers,
        loads: loads.into_iter().map(|load| (load.day, load.trimp)).collect(),
    }))
}

/// The form of a day's answers, to which inputs outside it belong.
pub(crate) const FORM: &str = "answers";

/// The weeks around a day: nights, body, work.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct AroundView {
    /// Numbers by measure and day, oldest first.
    pub series: BTreeMap<String, Vec<(NaiveDate, f64)>>,
    /// Shifts of the last week.
    pub shifts: Vec<(NaiveDate, String)>,
    /// When time zones were crossed last, and how many hours to the east.
    pub crossed: Option<(NaiveDate, f64)>,
}

/// The weeks around a day; `None` is today.
#[server(prefix = "/api", endpoint = "journal/around", input = Json, output = Json)]
pub async fn get_around(day: Option<Day>) -> Result<AroundView, AppError> {
    use crate::server::{to_app_error, today, user_tx};
    let (platform, viewer, mut tx) = user_tx().await?;
    let day = day.map_or(today(&platform, &viewer), Day::date);
    let from = day - chrono::TimeDelta::days(around::BODY_DAYS.max(around::NIGHTS));
    let mut series = journal::series(&mut tx, &around::MEASURES, from).await.map_err(to_app_error)?;
    for numbers in series.values_mut() {
        numbers.retain(|(of, _)| *of <= day);
    }
    let crossings = journal::series(&mut tx, &["time_zones"], NaiveDate::MIN).await.map_err(to_app_error)?.remove("time_zones").unwrap_or_default();
    let crossed = crossings.into_iter().rfind(|(of, zones)| *of <= day && *zones != 0.0);
    let week = journal::recent(&mut tx, day, 7).await.map_err(to_app_error)?;
    let shifts = week.into_iter().filter_map(|(of, answers)| Some((of, answers.get("shift")?.text()?.to_owned()))).collect();
    Ok(AroundView { series, shifts, crossed })
}

/// The measures of an athlete.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeasuresView {
    /// All of them.
    pub measures: Vec<Measure>,
    /// The keys of those that the journal asks, in its order.
    pub asked: Vec<String>,
    /// The keys of those that were retired.
    pub retired: Vec<String>,
    /// Which source counts before which.
    pub sources: Vec<Source>,
}

/// The measures of an athlete, and which of them the journal asks.
#[server(prefix = "/api", endpoint = "journal/measures", input = Json, output = Json)]
pub async fn get_measures() -> Result<MeasuresView, AppError> {
    use crate::server::{to_app_error, user_tx};
    let (_, _, mut tx) = user_tx().await?;
    let journal::Catalogue { measures, asked, retired, sources } = journal::catalogue(&mut tx).await.map_err(to_app_error)?;
    Ok(MeasuresView { measures, asked, retired, sources })
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
