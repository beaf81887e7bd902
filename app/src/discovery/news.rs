//! What is new: a computation under way, and what changed since last month.

use chrono::NaiveDate;
use domain::discovery::{Job, JobState, TierChange};
use domain::units::lowercase_label;
use leptos::prelude::*;

/// The report is older than the data; a new one is on its way.
#[component]
pub(super) fn LookingAgain(
    /// The computation.
    job: Job,
) -> impl IntoView {
    let words = match job.state {
        JobState::Retrying => "Your data changed, and computing stumbled. It tries again by itself; below is the answer from before.",
        _ => "Your data changed. Looking again; below is the answer from before.",
    };
    view! {
        <p class="notice" role="status">
            {words}
        </p>
    }
}

/// What became surer, or less sure.
#[component]
pub(super) fn Changes(
    /// The day that is looked back to.
    since: NaiveDate,
    /// In the order of the page.
    changes: Vec<TierChange>,
) -> impl IntoView {
    let since = since.format("%-d %B %Y").to_string();
    if changes.is_empty() {
        return view! { <p class="muted small news">{format!("Nothing changed its mind since {since}.")}</p> }.into_any();
    }
    view! {
        <details class="news">
            <summary>{format!("Since {since}, {}", domain::units::pluralize(changes.len(), "answer changed", "answers changed"))}</summary>
            <ul class="small">
                {changes
                    .into_iter()
                    .map(|c| {
                        view! {
                            <li>
                                <a href=format!("#{}", c.key)>{format!("{} → {}", c.input, lowercase_label(&c.outcome))}</a>
                                {format!(": {}, was {}.", lowercase_label(c.now.word()), lowercase_label(c.before.word()))}
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </details>
    }
    .into_any()
}
