//! The CSV import: choose a file, preview it, map its columns, import it. Plain forms throughout.

use domain::journal::{ColumnMeaning, Preview, QUESTIONS};
use domain::units::pluralize;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::preview_csv;
use crate::ui::pages::PageView;
use crate::ui::{PageHeader, await_section, reading};

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
                    Some((file, mapping)) => preview_csv(file.clone(), mapping).await.map(|p| Some((file, p))),
                    None => Ok(None),
                }
            },
        );
        let stored = move || query.read().get("stored").and_then(|n| n.parse::<usize>().ok());
        view! {
        <div class="head">
            <PageHeader title="Import a journal">"Bring your own spreadsheet."</PageHeader>
        </div>
        {move || {
            stored()
                .map(|n| {
                    view! {
                        <p class="notice good" role="status">
                            {format!("{} imported. Answers that the file leaves empty stay as they were.", pluralize(n, "day", "days"))} " "
                            <a href="/journal">"Open the journal"</a>
                        </p>
                    }
                })
        }}
        <form class="card drop-zone" method="post" action="/journal/import" enctype="multipart/form-data">
            <p class="muted">
                "A header row, then one row per day. Commas, semicolons or tabs; decimal points or commas; dates as 2026-05-13, 13.05.2026 or 5/13/2026."
            </p>
            <label class="file">
                "Choose a CSV"
                <input r#type="file" name="file" accept=".csv,text/csv,.txt,.tsv,.json,application/json,.gz" required />
            </label>
            <button class="btn primary" r#type="submit">
                "Preview"
            </button>
        </form>
        {await_section(preview, |found| found.map(|(file, preview)| view! { <CsvPreview file=file preview=preview /> }))}
    }    .into_any()
    }
}

#[component]
fn CsvPreview(file: String, preview: Preview) -> impl IntoView {
    let Preview { columns, sample, days, first, last, problems, date_format } = preview;
    let days = days as usize;
    let span = first.zip(last).map(|(a, b)| format!(", {} to {}", a.format("%-d %B %Y"), b.format("%-d %B %Y"))).unwrap_or_default();
    view! {
        <form class="card look" method="get" action="/journal/import">
            <input r#type="hidden" name="file" value=file />
            <h2>{if days > 0 { format!("{}{span}", pluralize(days, "day", "days")) } else { "Nothing to import yet.".to_owned() }}</h2>
            {(!date_format.is_empty()).then(|| view! { <p class="muted small">{format!("Dates read as {date_format}.")}</p> })}
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
                                            <Meaning id=id meaning=meaning />
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

#[component]
fn Meaning(id: String, meaning: ColumnMeaning) -> impl IntoView {
    let option = move |value: ColumnMeaning, label: &'static str| {
        view! {
            <option value=value.name() selected=value == meaning>
                {label}
            </option>
        }
    };
    view! {
        <select id=id.clone() name=id>
            {option(ColumnMeaning::Ignore, "ignore")}
            {option(ColumnMeaning::Date, "date")}
            {QUESTIONS.iter().map(|q| option(ColumnMeaning::Answer(q.field), q.label)).collect_view()}
        </select>
    }
}
