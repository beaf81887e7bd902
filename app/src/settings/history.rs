//! What was changed and deleted, and a button to take each back.

use domain::history::{ChangeLog, ChangeLogEntry, TRASH_RETENTION_DAYS, TrashedActivity};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::{LazyRoute, lazy_route};

use crate::AppError;
use crate::json::Json;
use crate::ui::{PageHeader, PostButton, await_section, reading};

/// The bin, and the last edits.
#[server(prefix = "/api", endpoint = "settings/history", input = Json, output = Json)]
pub async fn get_history() -> Result<ChangeLog, AppError> {
    use crate::server::{to_app_error, user_tx};
    let (_, _, mut session) = user_tx().await?;
    history::list_changes(&mut session).await.map_err(to_app_error)
}

/// The page.
pub struct HistoryPage;

#[lazy_route]
impl LazyRoute for HistoryPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let query = use_query_map();
        let history = reading(|| (), |()| get_history());
        let undone = query.read_untracked().get("undone").is_some();
        view! {
            <div class="head">
                <PageHeader title="Bin and changes">"Nothing is gone at once."</PageHeader>
            </div>
            {undone.then(|| view! { <p class="notice good" role="status">"Taken back. If that was wrong, the newest change below takes it back again."</p> })}
            {await_section(history, show)}
        }
        .into_any()
    }
}

fn show(history: ChangeLog) -> impl IntoView {
    let ChangeLog { bin, changes } = history;
    let (no_bin, no_changes) = (bin.is_empty(), changes.is_empty());
    view! {
        <div class="grid cols-2 top">
            <section class="card">
                <h2>"Bin"</h2>
                {no_bin.then(|| view! { <p class="muted">{format!("Empty. A deleted activity stays here for {TRASH_RETENTION_DAYS} days.")}</p> })}
                <ul class="devices" aria-label="Bin">
                    {bin.into_iter().map(|b| view! { <TrashRow binned=b /> }).collect_view()}
                </ul>
            </section>
            <section class="card">
                <h2>"Changes"</h2>
                {no_changes.then(|| view! { <p class="muted">"None yet. Every edit of an activity, a journal day or a value is kept with what was before."</p> })}
                <ul class="devices" aria-label="Changes">
                    {changes.into_iter().map(|c| view! { <Edit change=c /> }).collect_view()}
                </ul>
            </section>
        </div>
    }
}

/// One deleted activity.
#[component]
fn TrashRow(
    /// What was deleted.
    binned: TrashedActivity,
) -> impl IntoView {
    let until = binned.deleted_at + chrono::TimeDelta::days(TRASH_RETENTION_DAYS);
    let label = format!("Restore {}", binned.title);
    view! {
        <li>
            <div>
                <b>{binned.title}</b>
                <p class="muted small">{format!("of {}, until {}", binned.day.format("%-d %B %Y"), crate::ui::clock::day(until))}</p>
            </div>
            <PostButton action=format!("/settings/bin/{}/restore", binned.id) word="Restore" label=label />
        </li>
    }
}

/// One edit.
#[component]
fn Edit(
    /// What was edited.
    change: ChangeLogEntry,
) -> impl IntoView {
    let fields: Vec<String> = change.fields.iter().map(|(name, before, after)| format!("{name}: {before} → {after}")).collect();
    let when = crate::ui::clock::moment(change.at);
    let label = format!("Undo the change of {}", change.what);
    view! {
        <li>
            <div>
                <b>{change.what}</b>
                <p class="small">{fields.join(", ")}</p>
                <p class="muted small">{if change.by_other { format!("{when}, by somebody else") } else { when }}</p>
            </div>
            <PostButton action=format!("/settings/history/{}/undo", change.id) word="Undo" label=label />
        </li>
    }
}
