//! The latest import, for pages that go on while it is read.

use domain::imports::{Counts, Outcome, Totals};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::files;
use crate::AppError;
use crate::json::Json;
use crate::ui::{await_section, reading};

/// The latest import, and how far it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Latest {
    /// Which.
    pub id: Uuid,
    /// What came of it so far.
    pub totals: Totals,
    /// Files by their outcomes.
    pub counts: Counts,
}

/// The latest import that was not undone.
#[server(prefix = "/api", endpoint = "imports/latest", input = Json, output = Json)]
pub async fn get_latest_import() -> Result<Option<Latest>, AppError> {
    use crate::server::{current_user, platform, to_app_error};
    let (platform, viewer) = (platform()?, current_user()?);
    // What came of it and what is left are of one moment: who sees that everything is read asks no more.
    let mut tx = platform.database.begin_read_only_snapshot(viewer.id).await.map_err(to_app_error)?;
    let Some(latest) = imports::recent(&mut tx).await.map_err(to_app_error)?.into_iter().next().filter(|import| !import.undone) else {
        return Ok(None);
    };
    let counts = imports::counts(&mut tx, latest.id, platform.clock.now()).await.map_err(to_app_error)?;
    Ok(Some(Latest { id: latest.id, totals: latest.totals, counts }))
}

/// What the latest import brought, line by line; nothing without any. Polls until everything is read.
#[component]
pub fn LatestImport() -> impl IntoView {
    let latest = reading(|| (), |()| get_latest_import());
    #[cfg(feature = "hydrate")]
    poll(latest);
    await_section(latest, |latest| latest.map(|latest| view! { <Progress latest=latest /> }))
}

/// Refetches a second after each answer that has files waiting.
#[cfg(feature = "hydrate")]
fn poll(latest: Resource<Result<Option<Latest>, AppError>>) {
    let timer = StoredValue::new(None::<leptos::leptos_dom::helpers::TimeoutHandle>);
    Effect::new(move |_| {
        let waits = latest.get().is_some_and(|latest| matches!(latest, Ok(Some(latest)) if !latest.counts.finished()));
        if waits {
            let handle = set_timeout_with_handle(move || latest.refetch(), std::time::Duration::from_secs(1));
            timer.set_value(handle.ok());
        }
    });
    on_cleanup(move || {
        if let Some(handle) = timer.get_value() {
            handle.clear();
        }
    });
}

#[component]
fn Progress(latest: Latest) -> impl IntoView {
    let Latest { id, totals, counts } = latest;
    let (waiting, total) = (counts.of(Outcome::Queued), files(&counts));
    let lines = [
        ("Activities", totals.activities),
        ("Days with sleep, weight and the like", totals.days),
        ("Merged with what you had", totals.merged),
        ("Already had", totals.duplicates),
        ("Ended early, kept what came", counts.of(Outcome::Recovered)),
        ("Could not be read", totals.failed),
    ];
    let lines = lines.into_iter().filter(|(_, count)| *count > 0);
    view! {
        <section class="card latest-import" role="status">
            <div class="between">
                <h2 class="h3">{if waiting > 0 { "Reading" } else { "Read" }}</h2>
                <span class="tiny">{format!("{} of {total}", total - waiting)}</span>
            </div>
            {(waiting > 0)
                .then(|| view! { <progress class="wide" max=total.to_string() value=(total - waiting).to_string() aria-label="Files read"></progress> })}
            <ul class="outcomes">
                {lines
                    .map(|(words, count)| {
                        view! {
                            <li>
                                <span>{words}</span>
                                <span class="tiny">{count}</span>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
            <a class="small" href=format!("/imports/{id}")>
                "File by file"
            </a>
        </section>
    }
}
