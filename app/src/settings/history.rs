//! What was changed and deleted, and a button to take each back.

use domain::history::{BIN_DAYS, Binned, Change, History};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::{LazyRoute, lazy_route};

use crate::AppError;
use crate::json::Json;
use crate::ui::{Head, PostButton, loaded_part, reading};

/// The bin, and the last edits.
#[server(prefix = "/api", endpoint = "settings/history", input = Json, output = Json)]
pub async fn get_history() -> Result<History, AppError> {
    use crate::server::{fail, session};
    let (_, _, mut session) = session().await?;
    history::history(&mut session).await.map_err(fail)
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
                <Head title="Bin and changes">"Nothing is gone at once."</Head>
            </div>
            {undone.then(|| view! { <p class="notice good" role="status">"Taken back. If that was wrong, the newest change below takes it back again."</p> })}
            {loaded_part(history, show)}
        }
        .into_any()
    }
}

fn show(history: History) -> impl IntoView {
    let History { bin, changes } = history;
    let (no_bin, no_changes) = (bin.is_empty(), changes.is_empty());
    view! {
        <div class="grid cols-2 top">
            <section class="card">
                <h2>"Bin"</h2>
                {no_bin.then(|| view! { <p class="muted">{format!("Empty. A deleted activity stays here for {BIN_DAYS} days.")}</p> })}
                <ul class="devices" aria-label="Bin">
                    {bin.into_iter().map(|b| view! { <InBin binned=b /> }).collect_view()}
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
fn InBin(
    /// What was deleted.
    binned: Binned,
) -> impl IntoView {
    let until = binned.deleted_at + chrono::TimeDelta::days(BIN_DAYS);
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
    change: Change,
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
