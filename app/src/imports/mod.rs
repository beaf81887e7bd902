//! Import: a form that takes files, and a page that tells what became of each.

use domain::imports::{FileLine, Import, Outcome, Overview};
use domain::units::counted;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use leptos_router::{LazyRoute, lazy_route};
use uuid::Uuid;

use crate::AppError;
use crate::json::Json;
use crate::ui::{Chip, Head, loaded, loaded_part};

/// An import with its lines.
#[server(prefix = "/api", endpoint = "imports/get", input = Json, output = Json)]
pub async fn get_import(id: Uuid) -> Result<Import, AppError> {
    use crate::server::{fail, session};
    let (_, _, mut session) = session().await?;
    imports::get(&mut session, id).await.map_err(fail)
}

/// The last imports.
#[server(prefix = "/api", endpoint = "imports/recent", input = Json, output = Json)]
pub async fn recent_imports() -> Result<Vec<Overview>, AppError> {
    use crate::server::{fail, session};
    let (_, _, mut session) = session().await?;
    imports::recent(&mut session).await.map_err(fail)
}

/// Where files come in.
pub struct ImportsPage;

#[lazy_route]
impl LazyRoute for ImportsPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let recent = Resource::new(|| (), |()| recent_imports());
        view! {
            <div class="head">
                <Head title="Import">"Drop your runs here. All of them, if you like."</Head>
            </div>
            <form class="card drop-zone" method="post" action="/imports/upload" enctype="multipart/form-data" data-upload="">
                <p class="say">"FIT, GPX and TCX, plain, gzipped or in a zip. A whole Strava export works too."</p>
                <label class="file">
                    "Choose files"
                    <input r#type="file" name="file" multiple accept=".fit,.gpx,.tcx,.gz,.zip,.FIT,.GPX,.TCX" />
                </label>
                <button class="btn primary" r#type="submit">
                    "Import"
                </button>
                <p class="muted small">"Or drop files and folders anywhere on any page. The same file twice is one activity."</p>
            </form>
            <div class="section">
                <h2>"Before"</h2>
            </div>
            {loaded_part(recent, earlier)}
        }
        .into_any()
    }
}

fn earlier(imports: Vec<Overview>) -> impl IntoView {
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
                        <th class="r">"Imported"</th>
                        <th class="r">"Nothing came of"</th>
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
                                            {i.created_at.format("%-d %B %Y, %H:%M UTC").to_string()}
                                        </a>
                                        {i.undone.then(|| view! { <span class="tiny">"undone"</span> })}
                                    </td>
                                    <td class="r">{i.files}</td>
                                    <td class="r">{i.imported}</td>
                                    <td class="r">{i.failed}</td>
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

/// What became of each file; looks again by itself until nothing is waiting.
pub struct ImportPage;

#[lazy_route]
impl LazyRoute for ImportPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let params = use_params_map();
        let id = Memo::new(move |_| params.read().get("id").and_then(|id| id.parse::<Uuid>().ok()).unwrap_or_default());
        let import = Resource::new(move || id.get(), get_import);
        #[cfg(feature = "hydrate")]
        look_again(import);
        loaded(import, show).into_any()
    }
}

/// Half a second after each answer that still has something waiting.
#[cfg(feature = "hydrate")]
fn look_again(import: Resource<Result<Import, AppError>>) {
    let timer = StoredValue::new(None::<leptos::leptos_dom::helpers::TimeoutHandle>);
    Effect::new(move |_| {
        let waiting = import.get().is_some_and(|i| i.is_ok_and(|i| !i.finished()));
        if waiting {
            let handle = set_timeout_with_handle(move || import.refetch(), std::time::Duration::from_millis(500));
            timer.set_value(handle.ok());
        }
    });
    on_cleanup(move || {
        if let Some(handle) = timer.get_value() {
            handle.clear();
        }
    });
}

fn show(import: Import) -> impl IntoView {
    let (total, waiting) =
        (import.lines.iter().filter(|l| !matches!(l.outcome, Outcome::Unpacked | Outcome::Skipped)).count(), import.count(Outcome::Queued));
    let arrived = import.count(Outcome::Imported) + import.count(Outcome::Recovered);
    let undo = format!("/imports/{}/undo", import.id);
    let done = import.finished();
    view! {
        <div class="head">
            <Head title="Import" over=import.created_at.format("%-d %B %Y, %H:%M UTC").to_string()>
                {if import.undone {
                    view! { "Undone. Nothing of it is left." }.into_any()
                } else if waiting > 0 {
                    view! {
                        "Reading. "
                        <mark>{format!("{} of {total}", total - waiting)}</mark>
                        " so far."
                    }
                        .into_any()
                } else {
                    view! {
                        <mark>{counted(arrived, "new activity", "new activities")}</mark>
                        {format!(" out of {}.", counted(total, "file", "files"))}
                    }
                        .into_any()
                }}
            </Head>
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
        {(waiting > 0)
            .then(|| view! { <progress class="wide" max=total.to_string() value=(total - waiting).to_string() aria-label="Files read"></progress> })}
        {(!done).then(|| view! { <noscript><p class="notice">"Reload the page to see how far it is."</p></noscript> })}
        <div class="card flush">
            <table class="lines">
                <thead>
                    <tr>
                        <th>"File"</th>
                        <th>"Outcome"</th>
                        <th>"What happened"</th>
                    </tr>
                </thead>
                <tbody>{import.lines.into_iter().map(|l| view! { <Line line=l import=import.id /> }).collect_view()}</tbody>
            </table>
        </div>
        {(done && arrived > 0).then(|| view! { <p class="actions"><a class="btn primary" href="/activities">"See the activities"</a></p> })}
    }
}

#[component]
fn Line(line: FileLine, import: Uuid) -> impl IntoView {
    let (kind, word) = match line.outcome {
        Outcome::Queued => ("none", "waiting"),
        Outcome::Unpacked => ("plain", "unpacked"),
        Outcome::Imported => ("works", "imported"),
        Outcome::Merged => ("works", "merged"),
        Outcome::Duplicate => ("none", "duplicate"),
        Outcome::Recovered => ("works", "recovered"),
        Outcome::Skipped => ("plain", "passed over"),
        Outcome::Failed => ("costs", "failed"),
        Outcome::Undone => ("none", "undone"),
    };
    let again = line.can_retry.then(|| format!("/imports/{import}/retry/{}", line.id));
    view! {
        <tr>
            <td class="file-name">
                {match line.activity {
                    Some(id) => view! { <a class="row-link" href=format!("/activities/{id}")>{line.name}</a> }.into_any(),
                    None => view! { <span>{line.name}</span> }.into_any(),
                }}
            </td>
            <td>
                <Chip kind=kind word=word />
            </td>
            <td class="muted small">
                {line.message}
                {again
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
