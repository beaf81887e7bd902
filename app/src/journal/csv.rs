//! The CSV import: choose a file, preview it, map its columns, import it. Plain forms throughout.

use domain::journal::{ColumnMeaning, Preview};
use domain::measures::Measure;
use domain::units::pluralize;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::{get_measures, preview_csv};
use crate::ui::pages::PageView;
use crate::ui::{PageHeader, PostButton, await_section, reading, units};

/// Choose, preview, import.
pub struct JournalImportPage;

impl PageView for JournalImportPage {
    fn view() -> AnyView {
        let query = use_query_map();
        let input = Memo::new(move |_| {
            let query = query.read();
            let mapping: Vec<String> = (0..).map_while(|i| query.get(&format!("c{i}"))).collect();
            query.get("file").map(|file| (file, mapping))
        });
        let preview = reading(
            move || input.get(),
            |input| async move {
                match input {
                    Some((file, mapping)) => {
                        let preview = preview_csv(file.clone(), mapping).await?;
                        Ok(Some((file, preview, get_measures().await?.measures)))
                    }
                    None => Ok(None),
                }
            },
        );
        let stored = move || {
            let query = query.read();
            let import = query.get("import").and_then(|id| id.parse::<uuid::Uuid>().ok());
            query.get("stored").and_then(|n| n.parse::<usize>().ok()).map(|n| (n, import))
        };
        view! {
        <div class="head">
            <PageHeader title="Import a table">"Bring your own spreadsheet."</PageHeader>
        </div>
        {move || {
            stored()
                .map(|(n, import)| {
                    view! {
                        <div class="notice good between" role="status">
                            <p>
                                {format!("{} imported. What you typed yourself still counts first.", pluralize(n, "day", "days"))} " "
                                <a href="/journal">"Open the journal"</a>
                            </p>
                            {import.map(|id| view! { <PostButton action=format!("/journal/import/{id}/undo") word="Undo" label="Undo this import" /> })}
                        </div>
                    }
                })
        }}
        {move || {
            let undone = query.read().get("undone").and_then(|n| n.parse::<usize>().ok());
            undone.map(|n| view! { <p class="notice good" role="status">{format!("Undone: {} taken away. What was there before counts again.", pluralize(n, "value", "values"))}</p> })
        }}
        <form class="card drop-zone" method="post" action="/journal/import" enctype="multipart/form-data">
            <p class="muted">
                "You see what is read before it is stored. A header row, then one row per day. Commas, semicolons or tabs; decimal points or commas; dates as 2026-05-13, 13.05.2026 or 5/13/2026."
                " Exports of watches and rings go into " <a href="/imports">"Import"</a> ", like recordings."
            </p>
            <label class="file">
                "Choose a table"
                <input r#type="file" name="file" accept=".csv,text/csv,.txt,.tsv,.json,application/json,.gz" required />
            </label>
            <button class="btn primary" r#type="submit">
                "Preview"
            </button>
        </form>
        {await_section(preview, |found| found.map(|(file, preview, measures)| view! { <CsvPreview file=file preview=preview measures=measures /> }))}
    }    .into_any()
    }
}

#[component]
fn CsvPreview(file: String, preview: Preview, measures: Vec<Measure>) -> impl IntoView {
    let options: Vec<(String, String)> = measures.into_iter().map(|measure| (measure.key, measure.label)).collect();
    let Preview { columns, sample, days, first, last, problems, date_format, recognised, gone } = preview;
    let days = days as usize;
    let span = first.zip(last).map(|(a, b)| format!(", {} to {}", units().date(a), units().date(b))).unwrap_or_default();
    view! {
        <form class="card look" method="get" action="/journal/import">
            <input r#type="hidden" name="file" value=file />
            <h2>{if days > 0 { format!("{}{span}", pluralize(days, "day", "days")) } else { "Nothing to import yet.".to_owned() }}</h2>
            {(!date_format.is_empty()).then(|| view! { <p class="muted small">{format!("Dates read as {date_format}.")}</p> })}
            {(recognised && gone.is_empty()).then(|| view! { <p class="muted small">"Columns as in your last table of this kind."</p> })}
            {(!gone.is_empty())
                .then(|| {
                    let columns = gone.iter().map(|name| format!("“{name}”")).collect::<Vec<_>>().join(", ");
                    view! { <p class="notice">{format!("Columns as in your last table of this kind, but gone from this one: {columns}.")}</p> }
                })}
            {(!problems.is_empty())
                .then(|| {
                    view! {
                        <ul class="problems">{problems.into_iter().map(|p| view! { <li>{p}</li> }).collect_view()}</ul>
                    }
                })}
            <div class="scroll" tabindex="0" role="region" aria-label="The first rows of the file">
                <table>
                    <thead>
                        <tr>
                            {columns
                                .into_iter()
                                .enumerate()
                                .map(|(i, (header, meaning))| {
                                    let id = format!("c{i}");
                                    view! {
                                        <th scope="col">
                                            <label for=id.clone()>{if header.is_empty() { format!("Column {}", i + 1) } else { header }}</label>
                                            <Meaning id=id meaning=meaning options=options.clone() />
                                        </th>
                                    }
                                })
                                .collect_view()}
                        </tr>
                    </thead>
                    <tbody>
                        {sample
                            .into_iter()
                            .map(|row| view! { <tr>{row.into_iter().map(|cell| view! { <td>{cell}</td> }).collect_view()}</tr> })
                            .collect_view()}
                    </tbody>
                </table>
            </div>
            <p class="actions">
                <button class="btn" r#type="submit">
                    "Update preview"
                </button>
                {(days > 0)
                    .then(|| {
                        view! {
                            <button class="btn primary" r#type="submit" formmethod="post" formaction="/journal/import/store">
                                {format!("Import {}", pluralize(days, "day", "days"))}
                            </button>
                        }
                    })}
            </p>
        </form>
    }
}

/// What a column means: a choice among all measures.
#[component]
fn Meaning(id: String, meaning: ColumnMeaning, options: Vec<(String, String)>) -> impl IntoView {
    let option = move |value: String, label: String| {
        let selected = value == meaning.name();
        view! {
            <option value=value selected=selected>
                {label}
            </option>
        }
    };
    view! {
        <select id=id.clone() name=id>
            {option("ignore".to_owned(), "ignore".to_owned())}
            {option("date".to_owned(), "date".to_owned())}
            {options.into_iter().map(|(key, label)| option(key, label)).collect_view()}
        </select>
    }
}
