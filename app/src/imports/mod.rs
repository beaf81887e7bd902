//! Import: a form that takes files, and a page that shows the outcome of each.

mod latest;

use domain::access::Access;
use domain::imports::{Counts, Import, ImportFile, ImportSummary, Outcome, Totals};
use domain::list::PageRequest;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use uuid::Uuid;

use crate::AppError;
use crate::json::Json;
use crate::ui::navigation::{Entry, Place};
use crate::ui::pages::{PageView, functions, pages};
use crate::ui::{Badge, Icon, PageHeader, Pager, PagerState, await_page, await_section, page_request, reading};
pub use latest::LatestImport;

pages! {
    imports, __preload_imports {
        "/imports" => ImportsPage, Access::Athlete,
        "/imports/:import" => ImportPage, Access::ResourceOwner,
    }
}

/// Links to the pages.
pub(crate) const NAVIGATION: &[Entry] = &[Entry::new(Place::Sidebar, "/imports", "Import", Some(Icon::Import))];

functions! {
    GetImport => Access::ResourceOwner, r#"{"id": "{import}", "request": {"after": null}, "failed": false}"#,
    ImportCounts => Access::ResourceOwner, r#"{"id": "{import}"}"#,
    RecentImports => Access::Athlete, "{}",
    latest::GetLatestImport => Access::Athlete, "{}",
}

/// An import with a page of its files.
#[server(prefix = "/api", endpoint = "imports/get", input = Json, output = Json)]
pub async fn get_import(id: Uuid, request: PageRequest, failed: bool) -> Result<Import, AppError> {
    use crate::server::{to_app_error, user_tx};
    let (platform, _, mut tx) = user_tx().await?;
    imports::get(&mut tx, id, &request, failed, platform.clock.now()).await.map_err(to_app_error)
}

/// The progress of an import.
#[server(prefix = "/api", endpoint = "imports/counts", input = Json, output = Json)]
pub async fn import_counts(id: Uuid) -> Result<Counts, AppError> {
    use crate::server::{to_app_error, user_tx};
    let (platform, _, mut tx) = user_tx().await?;
    imports::counts(&mut tx, id, platform.clock.now()).await.map_err(to_app_error)
}

/// The last imports.
#[server(prefix = "/api", endpoint = "imports/recent", input = Json, output = Json)]
pub async fn recent_imports() -> Result<Vec<ImportSummary>, AppError> {
    use crate::server::{to_app_error, user_tx};
    let (_, _, mut tx) = user_tx().await?;
    imports::recent(&mut tx).await.map_err(to_app_error)
}

/// The upload form and the previous imports.
pub struct ImportsPage;

impl PageView for ImportsPage {
    fn view() -> AnyView {
        let recent = reading(|| (), |()| recent_imports());
        view! {
            <div class="head">
                <PageHeader title="Import">"Drop your runs here. All of them, if you like."</PageHeader>
            </div>
            <UploadForm />
            <div class="section">
                <h2>"Previous imports"</h2>
            </div>
            {await_section(recent, previous)}
        }
        .into_any()
    }
}

/// The form that takes files, with and without a script.
#[component]
pub fn UploadForm(
    /// The page that follows; the import's own otherwise.
    #[prop(optional)]
    next: Option<&'static str>,
    /// Whether files are sent once they are chosen: where another button leads on, what is chosen and not sent would be lost.
    #[prop(optional)]
    at_once: bool,
) -> impl IntoView {
    let action = next.map_or_else(|| "/imports/upload".to_owned(), |next| format!("/imports/upload?next={next}"));
    view! {
        <form class="card drop-zone" method="post" action=action enctype="multipart/form-data" data-upload=if at_once { "at-once" } else { "" } data-next=next>
            <p class="lead">"FIT, GPX and TCX, plain, gzipped or in a zip. A whole export of Strava or Garmin works too."</p>
            <label class="file">
                "Choose files"
                <input r#type="file" name="file" multiple required accept=".fit,.gpx,.tcx,.gz,.zip,.tar,.csv,.json,.xml,.txt,.FIT,.GPX,.TCX" />
            </label>
            <button class="btn primary" r#type="submit">
                "Import"
            </button>
            <p class="muted small">
                "Nights, weight and what else a device knows of your days come along: Garmin, Apple Health, WHOOP, Oura, Fitbit, Polar. A table of your own, too; "
                <a href="/journal/import">"say what its columns mean"</a>
                " if it is the first of its kind. "
                "Or drop files and folders on any page. The same file twice is one activity."
            </p>
        </form>
    }
}

fn previous(imports: Vec<ImportSummary>) -> impl IntoView {
    if imports.is_empty() {
        return view! { <p class="muted">"Nothing imported yet."</p> }.into_any();
    }
    view! {
        <div class="card flush">
            <table>
                <thead>
                    <tr>
                        <th>"When"</th>
                        <th class="r">"Files"</th>
                        <th class="r">"Activities"</th>
                        <th class="r">"Days"</th>
                        <th class="r">"Merged"</th>
                        <th class="r">"Failed"</th>
                    </tr>
                </thead>
                <tbody>
                    {imports
                        .into_iter()
                        .map(|i| {
                            view! {
                                <tr>
                                    <td>
                                        <a class="row-link" href=format!("/imports/{}", i.id)>
                                            {crate::ui::clock::moment(i.created_at)}
                                        </a>
                                        {i.undone.then(|| view! { <span class="tiny">"undone"</span> })}
                                    </td>
                                    <td class="r">{i.totals.files}</td>
                                    <td class="r">{i.totals.activities}</td>
                                    <td class="r">{i.totals.days}</td>
                                    <td class="r">{i.totals.merged}</td>
                                    <td class="r">{i.totals.failed}</td>
                                </tr>
                            }
                        })
                        .collect_view()}
                </tbody>
            </table>
        </div>
    }
    .into_any()
}

/// The outcome of each file; polls until nothing is queued.
pub struct ImportPage;

impl PageView for ImportPage {
    fn view() -> AnyView {
        let (params, query) = (use_params_map(), use_query_map());
        let id = Memo::new(move |_| params.read().get("import").and_then(|id| id.parse::<Uuid>().ok()).unwrap_or_default());
        let page = Memo::new(move |_| page_request());
        let failed = Memo::new(move |_| query.read().get("failed").is_some());
        let import = reading(move || (id.get(), page.get(), failed.get()), |(id, page, failed)| get_import(id, page, failed));
        let latest = RwSignal::new(None::<Counts>);
        #[cfg(feature = "hydrate")]
        poll_import(import, latest);
        await_page(import, move |import| show(import, latest)).into_any()
    }
}

/// Polls one second after each response that still has something queued. Files are refetched if they fit on one page, and at the end;
/// otherwise only the counts.
#[cfg(feature = "hydrate")]
fn poll_import(import: Resource<Result<Import, AppError>>, latest: RwSignal<Option<Counts>>) {
    use leptos::leptos_dom::helpers::TimeoutHandle;
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let clear_timer = move || timer.try_update_value(Option::take).flatten().iter().for_each(TimeoutHandle::clear);
    Effect::new(move |_| {
        let Some(Ok(shown)) = import.get() else { return };
        let counts = latest.get().unwrap_or_else(|| shown.counts.clone());
        clear_timer();
        if counts != shown.counts && (counts.finished() || shown.files.is_all()) {
            latest.set(None);
            import.refetch();
        } else if !counts.finished() {
            let poll = move || {
                leptos::task::spawn_local(async move {
                    // Without a response the last counts stand, and the next poll tries again.
                    let response = import_counts(shown.id).await.unwrap_or(counts);
                    let _ = latest.try_set(Some(response));
                });
            };
            timer.set_value(set_timeout_with_handle(poll, std::time::Duration::from_secs(1)).ok());
        }
    });
    on_cleanup(clear_timer);
}

fn show(import: Import, latest: RwSignal<Option<Counts>>) -> impl IntoView {
    let undo = format!("/imports/{}/undo", import.id);
    let (done, undone, totals) = (import.finished(), import.undone, import.totals);
    let (pager, here) = (PagerState::from(&import.files), address(&import, import.failed));
    let any_activity = totals.activities + totals.merged > 0;
    let shown = import.counts.clone();
    let counts = Signal::derive(move || latest.get().unwrap_or_else(|| shown.clone()));
    view! {
        <div class="head">
            <PageHeader title="Import" eyebrow=crate::ui::clock::moment(import.created_at)>
                {move || counts.with(|counts| headline(counts, totals, undone))}
            </PageHeader>
            {(!import.undone)
                .then(|| {
                    view! {
                        <form method="post" action=undo>
                            <button class="btn" r#type="submit">
                                {if done { "Undo this import" } else { "Stop and undo" }}
                            </button>
                        </form>
                    }
                })}
        </div>
        {move || {
            // In hundredths of a file, so that a large one moves, too.
            let (waiting, total, read) = counts.with(|counts| (counts.of(Outcome::Queued), files(counts), u32::from(counts.reading.unwrap_or(0))));
            (waiting > 0)
                .then(|| {
                    let value = (total.saturating_sub(waiting) * 100 + read).to_string();
                    view! { <progress class="wide" max=(total * 100).to_string() value=value aria-label="Files read"></progress> }
                })
        }}
        {(!done).then(|| view! { <noscript><p class="notice">"Reload the page to see the progress."</p></noscript> })}
        {filter_link(&import)}
        <div class="card flush">
            <table class="lines">
                <thead>
                    <tr>
                        <th>"File"</th>
                        <th>"Outcome"</th>
                        <th>"What happened"</th>
                    </tr>
                </thead>
                <tbody>{import.files.items.into_iter().map(|file| view! { <FileRow file import=import.id /> }).collect_view()}</tbody>
            </table>
        </div>
        <Pager page=pager at=here begin="First files" next="More files" />
        {(done && any_activity).then(|| view! { <p class="actions"><a class="btn primary" href="/activities">"See the activities"</a></p> })}
        {(done && totals.days > 0).then(|| view! { <p class="actions"><a class="btn" href="/journal">"See the days"</a></p> })}
    }
}

/// Files that have an outcome of their own: archives stand for their content, and skipped files do not count.
fn files(counts: &Counts) -> u32 {
    counts.lines() - counts.of(Outcome::Unpacked) - counts.of(Outcome::Skipped)
}

/// The heading.
fn headline(counts: &Counts, totals: Totals, undone: bool) -> AnyView {
    let (waiting, total) = (counts.of(Outcome::Queued), files(counts));
    if undone {
        view! { "Undone. Nothing is left of it." }.into_any()
    } else if waiting > 0 {
        let read = counts.reading.map(|percent| format!(", and {percent}\u{a0}% of the next"));
        view! {
            "Reading. "
            <mark>{format!("{} of {total}", total - waiting)}</mark>
            {read}
            " so far."
        }
        .into_any()
    } else {
        let (arrived, rest) = totals.describe();
        view! {
            <mark>{arrived}</mark>
            {rest}
        }
        .into_any()
    }
}

/// The address of the files that are listed.
fn address(import: &Import, failed: bool) -> String {
    format!("/imports/{}{}", import.id, if failed { "?failed=1" } else { "" })
}

/// From all files of a large import to those that failed, and back.
fn filter_link(import: &Import) -> Option<impl IntoView + use<>> {
    let count = import.count(Outcome::Failed);
    let label = if import.failed { "All files".to_owned() } else { format!("Only the {count} that failed") };
    let href = address(import, !import.failed);
    (import.failed || (count > 0 && !import.files.is_all())).then(|| {
        view! {
            <p>
                <a class="btn quiet" href=href>
                    {label}
                </a>
            </p>
        }
    })
}

#[component]
fn FileRow(file: ImportFile, import: Uuid) -> impl IntoView {
    let (kind, word) = match file.outcome {
        Outcome::Queued => ("none", "waiting"),
        Outcome::Unpacked => ("plain", "unpacked"),
        Outcome::Imported => ("works", "imported"),
        Outcome::Merged => ("works", "merged"),
        Outcome::Duplicate => ("none", "duplicate"),
        Outcome::Recovered => ("works", "recovered"),
        Outcome::Skipped => ("plain", "skipped"),
        Outcome::Failed => ("costs", "failed"),
        Outcome::Undone => ("none", "undone"),
    };
    let retry = file.can_retry.then(|| format!("/imports/{import}/retry/{}", file.id));
    let ends = [".csv", ".tsv", ".txt", ".json"];
    let table = file.outcome == Outcome::Failed && ends.iter().any(|end| file.name.to_lowercase().ends_with(end));
    view! {
        <tr>
            <td class="file-name">
                {match file.activity {
                    Some(id) => view! { <a class="row-link" href=format!("/activities/{id}")>{file.name}</a> }.into_any(),
                    None => view! { <span>{file.name}</span> }.into_any(),
                }}
            </td>
            <td>
                <Badge kind=kind word=word />
            </td>
            <td class="muted small">
                {file.message}
                {table.then(|| view! { " If it is a table of days, " <a href="/journal/import">"say what its columns mean"</a> "." })}
                {retry
                    .map(|action| {
                        view! {
                            <form class="inline" method="post" action=action>
                                <button class="btn quiet" r#type="submit">
                                    "Try again"
                                </button>
                            </form>
                        }
                    })}
            </td>
        </tr>
    }
}
