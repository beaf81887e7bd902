//! What is new: a running computation, and what changed since last month.

use chrono::NaiveDate;
use domain::discovery::{Job, JobState, TierChange};
use domain::units::lowercase_label;
use leptos::prelude::*;

use crate::ui::units;

/// The report is older than the data; a new one is being computed.
#[component]
pub(super) fn Recomputing(
    /// The computation, once it is enqueued.
    job: Option<Job>,
) -> impl IntoView {
    let sentence = match job.map(|job| job.state) {
        Some(JobState::Retrying) => {
            "Your data changed, and the computation stumbled. It will be tried again; until then, below is the previous answer."
        }
        _ => "Your data changed. Looking again; until then, below is the previous answer.",
    };
    view! {
        <p class="notice" role="status">
            {sentence}
        </p>
    }
}

/// Findings that became more or less certain.
#[component]
pub(super) fn Changes(
    /// The day to compare with.
    since: NaiveDate,
    /// In the order of the page.
    changes: Vec<TierChange>,
) -> impl IntoView {
    let since = units().date(since);
    if changes.is_empty() {
        return view! { <p class="muted small news">{format!("No answer has changed since {since}.")}</p> }.into_any();
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
