//! Trash and change history, with a button to undo each entry.

use domain::history::{ChangeLine, ChangeLog, ChangeLogEntry, TRASH_RETENTION_DAYS, TrashedActivity, lines};
use domain::list::PageRequest;
use leptos::prelude::*;

use crate::AppError;
use crate::json::Json;
use crate::ui::pages::PageView;
use crate::ui::{PageHeader, Pager, PagerState, PostButton, SettingsLayout, await_section, page_request, reading, units};

/// The trash, and the latest edits.
#[server(prefix = "/api", endpoint = "settings/history", input = Json, output = Json)]
pub async fn get_history(request: PageRequest) -> Result<ChangeLog, AppError> {
    use crate::server::{to_app_error, user_tx};
    let (platform, viewer, mut tx) = user_tx().await?;
    history::list_changes(&mut tx, platform.features, viewer.units, &request).await.map_err(to_app_error)
}

/// The page.
pub struct HistoryPage;

impl PageView for HistoryPage {
    fn view() -> AnyView {
        let history = reading(page_request, get_history);
        view! {
            <SettingsLayout>
                <div class="head">
                    <PageHeader title="Trash and history">"Nothing is gone right away."</PageHeader>
                </div>
                {await_section(history, show)}
            </SettingsLayout>
        }
        .into_any()
    }
}

fn show(history: ChangeLog) -> impl IntoView {
    let ChangeLog { trash, changes } = history;
    let (pager, changes) = (PagerState::from(&changes), changes.items);
    let (no_trash, no_changes) = (trash.is_empty(), changes.is_empty());
    view! {
        <div class="grid cols-2 top">
            <section class="card">
                <h2>"Trash"</h2>
                {no_trash.then(|| view! { <p class="muted">{format!("Empty. A deleted activity stays here for {TRASH_RETENTION_DAYS} days.")}</p> })}
                <ul class="devices" aria-label="Trash">
                    {trash.into_iter().map(|b| view! { <TrashRow activity=b /> }).collect_view()}
                </ul>
            </section>
            <section class="card">
                <h2>"History"</h2>
                {no_changes.then(|| view! { <p class="muted">"Nothing yet. Every edit to an activity, a journal day or your thresholds is kept with what was there before."</p> })}
                <ul class="devices" aria-label="History">
                    {lines(changes)
                        .into_iter()
                        .map(|line| match line {
                            ChangeLine::One(change) => view! { <ChangeRow change=change /> }.into_any(),
                            ChangeLine::Day(day, changes) => view! { <DayRow day=day changes=changes /> }.into_any(),
                        })
                        .collect_view()}
                </ul>
                <Pager page=pager at="/settings/history" />
            </section>
        </div>
    }
}

/// One deleted activity.
#[component]
fn TrashRow(
    /// What was deleted.
    activity: TrashedActivity,
) -> impl IntoView {
    let until = activity.deleted_at + chrono::TimeDelta::days(TRASH_RETENTION_DAYS);
    let label = format!("Restore {}", activity.title);
    view! {
        <li>
            <div>
                <b>{activity.title}</b>
                <p class="muted small">{format!("from {}, kept until {}", units().date(activity.day), crate::ui::clock::day(until))}</p>
            </div>
            <PostButton action=format!("/settings/trash/{}/restore", activity.id) word="Restore" label=label />
        </li>
    }
}

/// When an edit was made, and whether by someone else.
fn moment(change: &ChangeLogEntry) -> String {
    let when = crate::ui::clock::moment(change.at);
    if change.by_other { format!("{when}, by someone else") } else { when }
}

/// The edits of a day, which open one by one.
#[component]
fn DayRow(
    /// What they are of.
    day: String,
    /// The edits, newest first.
    changes: Vec<ChangeLogEntry>,
) -> impl IntoView {
    let count = domain::units::pluralize(changes.len(), "change", "changes");
    let when = changes.first().map(moment);
    view! {
        <li>
            <details class="day-edits">
                <summary>
                    <b>{day}</b>
                    <span class="small">{count}</span>
                    <span class="muted small">{when}</span>
                </summary>
                <ul class="devices">{changes.into_iter().map(|change| view! { <ChangeRow change=change in_day=true /> }).collect_view()}</ul>
            </details>
        </li>
    }
}

/// One edit.
#[component]
fn ChangeRow(
    /// What was edited.
    change: ChangeLogEntry,
    /// Whether its day stands above it.
    #[prop(optional)]
    in_day: bool,
) -> impl IntoView {
    let fields: Vec<String> = change
        .fields
        .iter()
        .map(|(name, before, after)| if in_day { format!("{before} → {after}") } else { format!("{name}: {before} → {after}") })
        .collect();
    let when = moment(&change);
    let label = format!("Undo the change to {}", change.what);
    let title = change.of_day.filter(|_| in_day).map_or(change.what, |(_, title)| title);
    view! {
        <li>
            <div>
                <b>{title}</b>
                <p class="small">{fields.join(", ")}</p>
                <p class="muted small">{when}</p>
            </div>
            <PostButton action=format!("/settings/history/{}/undo", change.id) word="Undo" label=label />
        </li>
    }
}
