//! What is new: a running computation, and what changed since last month.

use domain::discovery::{Job, JobState, News};
use domain::units::pluralize;
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

/// Changes that are listed, at most; of more, how many there are.
const SHOWN: usize = 12;

/// What changed since last month.
#[component]
pub(super) fn Changes(
    /// Nothing without an earlier report.
    news: Option<News>,
) -> impl IntoView {
    let Some(News { since, other_method, items }) = news else {
        return view! { <p class="muted small news">"This is the first report. From the next one on, what changed stands here."</p> }.into_any();
    };
    let since = units().date(since);
    if items.is_empty() {
        return view! { <p class="muted small news">{format!("No answer has changed since {since}.")}</p> }.into_any();
    }
    let more = items.len().saturating_sub(SHOWN);
    view! {
        <details class="news">
            <summary>{format!("Since {since}, {}", pluralize(items.len(), "answer changed", "answers changed"))}</summary>
            {other_method
                .then(|| view! { <p class="muted small">"The report of then was computed by another version of the method, which may be the reason."</p> })}
            <ul class="small">
                {items
                    .into_iter()
                    .take(SHOWN)
                    .map(|item| {
                        let pair = match item.key {
                            Some(key) => {
                                let href = format!("/discovery?outcome={}&card={key}#{key}", item.outcome_key);
                                view! { <a href=href>{item.pair}</a> }.into_any()
                            }
                            None => view! { <b>{item.pair}</b> }.into_any(),
                        };
                        view! { <li>{pair} " " <span>{item.sentence}</span></li> }
                    })
                    .collect_view()}
            </ul>
            {(more > 0).then(|| view! { <p class="muted small">{format!("And {more} more.")}</p> })}
        </details>
    }
    .into_any()
}
