//! The links from one page of a list to the next.

use domain::list::{Cursor, Page, PageRequest};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// The page that the address asks for.
pub fn page_request() -> PageRequest {
    PageRequest::parse(use_query_map().read().get("after").as_deref())
}

/// What the pager needs to know of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PagerState {
    next: Option<Cursor>,
    first: bool,
}

impl<T> From<&Page<T>> for PagerState {
    fn from(page: &Page<T>) -> Self {
        Self { next: page.next.clone(), first: page.first }
    }
}

/// Links to the beginning of the list and to its next page; nothing if everything is on this page.
#[component]
pub fn Pager(
    /// The page that is shown.
    page: PagerState,
    /// The address of the list, with its filters: `/imports/…?failed=1`.
    #[prop(into)]
    at: String,
    /// What the link to the beginning says.
    #[prop(default = "Newest")]
    begin: &'static str,
    /// What the link to the next page says.
    #[prop(default = "Older")]
    next: &'static str,
) -> impl IntoView {
    let PagerState { next: cursor, first } = page;
    (!first || cursor.is_some()).then(|| {
        let after = cursor.map(|cursor| format!("{at}{}after={}", if at.contains('?') { '&' } else { '?' }, cursor.as_str()));
        view! {
            <nav class="pager" aria-label="Pages">
                {(!first)
                    .then(|| {
                        view! {
                            <a class="btn" href=at>
                                {begin}
                            </a>
                        }
                    })}
                {after
                    .map(|href| {
                        view! {
                            <a class="btn" href=href rel="next">
                                {next}
                            </a>
                        }
                    })}
            </nav>
        }
    })
}
