//! The list: filtered, sorted and added up by the server, page by page. Everything works without a script: the filter is a form that asks for an address.

mod bulk;
mod filter;
mod sums;
mod table;

use domain::activities::{Filter, Kind, ListRequest, ListView, SavedFilter, Sort, Sums, total};
use domain::units::pluralize;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::list_activities;
pub use table::Table;

use crate::ui::pages::PageView;
use crate::ui::{EmptyState, PageHeader, Pager, PagerState, await_page, reading, units};

/// All activities.
pub struct ActivitiesPage;

impl PageView for ActivitiesPage {
    fn view() -> AnyView {
        let search = use_location().search;
        let asked = Memo::new(move |_| search.get());
        await_page(reading(move || asked.get(), list_activities), move |view| {
            let query = asked.get_untracked();
            show(view, &query)
        })
        .into_any()
    }
}

fn show(view: ListView, query: &str) -> AnyView {
    let (request, errors) = ListRequest::of_query(query);
    let ListView { list, today, saved, gear, done } = view;
    let banner = done.map(|done| view! { <bulk::Done done back=request.address() /> });
    if list.of == 0 {
        return view! {
            <div class="head">
                <PageHeader title="Activities">"No runs yet."</PageHeader>
            </div>
            {banner}
            <EmptyState sentence="Drop a file anywhere, or the whole Strava export." href="/imports" step="Import runs" />
            <p>
                <a href="/activities/new">"Write one down by hand"</a>
            </p>
        }
        .into_any();
    }
    let all = list.all();
    let ListRequest { filter, sort, .. } = &request;
    let (eyebrow, counted, rest) = sentence(filter, &list.kinds, list.of);
    let pager = PagerState::from(&list.page);
    let at = request.address();
    let (begin, next) = match sort {
        Sort::Newest => ("Newest", "Older"),
        Sort::Oldest => ("Oldest", "Newer"),
        _ => ("Beginning", "More"),
    };
    view! {
        <div class="head">
            <PageHeader title="Activities" eyebrow=eyebrow>
                <mark>{counted}</mark>
                {rest}
            </PageHeader>
            <div class="actions">
                <a class="btn" href="/activities/new">
                    "Add by hand"
                </a>
                <a class="btn primary" href="/imports">
                    "Import"
                </a>
            </div>
        </div>
        {banner}
        <filter::FilterForm filter=filter.clone() sort=*sort errors saved gear=gear.clone() />
        {if all.count == 0 {
            view! {
                <section class="card state">
                    <p class="lead">"Nothing fits all of that."</p>
                    <a class="btn primary" href="/activities">
                        "Show all activities"
                    </a>
                </section>
            }
                .into_any()
        } else {
            let shown = list.page.items.len();
            view! {
                <sums::Totals kinds=list.kinds.clone() />
                <div class="listed">
                    <Table items=list.page.items weeks=list.weeks today of="/activities" select=true />
                    <bulk::Toolbar back=at.clone() gear />
                </div>
                <div class="list-foot tiny">
                    <span>{format!("{shown} of {} on this page.", all.count)}</span>
                    <span class="keys hide-s" data-keys-hint="" hidden=true>
                        <kbd>"j"</kbd>
                        " "
                        <kbd>"k"</kbd>
                        " move, "
                        <kbd>"x"</kbd>
                        " selects, "
                        <kbd>"Enter"</kbd>
                        " opens, "
                        <kbd>"?"</kbd>
                        " shows the rest"
                    </span>
                </div>
                <Pager page=pager at begin=begin next=next />
            }
                .into_any()
        }}
        <Keys />
    }
    .into_any()
}

/// What stands over the list: its days, how many, and what most of them are.
fn sentence(filter: &Filter, kinds: &[(Kind, Sums)], of: u32) -> (String, String, String) {
    let units = units();
    let all = total(kinds);
    let counted = pluralize(all.count as usize, "activity", "activities");
    let eyebrow = match (filter.from, filter.to) {
        (Some(from), Some(to)) => format!("{} to {}", units.date(from), units.date(to)),
        (Some(from), None) => format!("{} to today", units.date(from)),
        (None, Some(to)) => format!("Until {}", units.date(to)),
        (None, None) => "All days".to_owned(),
    };
    let fits = if filter.is_open() || all.count == of { "." } else { " that fit." };
    let most = kinds.first().filter(|(kind, sums)| kinds.len() > 1 && *kind != Kind::Other && sums.count * 2 > all.count);
    let most = most.map(|(kind, _)| format!(" Mostly {}.", kind.plural().to_lowercase())).unwrap_or_default();
    (eyebrow, counted, format!("{fits}{most}"))
}

/// The keys, which `?` shows where a script runs (`scripts/list.js`).
#[component]
fn Keys() -> impl IntoView {
    let keys = [
        ("/", "Go to the search"),
        ("j", "To the next activity"),
        ("k", "To the one before"),
        ("x", "Select it, or take it out"),
        ("Enter", "Open it"),
        ("Esc", "Select nothing"),
        ("?", "Show these keys"),
    ];
    view! {
        <dialog class="card keys" data-list-keys="" aria-labelledby="keys-heading">
            <h2 class="h3" id="keys-heading">
                "Keys of this page"
            </h2>
            <dl>
                {keys
                    .map(|(key, does)| {
                        view! {
                            <div>
                                <dt>
                                    <kbd>{key}</kbd>
                                </dt>
                                <dd>{does}</dd>
                            </div>
                        }
                    })
                    .collect_view()}
            </dl>
            <form method="dialog">
                <button class="btn" r#type="submit">
                    "Close"
                </button>
            </form>
        </dialog>
    }
}

/// The filters that an athlete keeps, as links, each with the button that lets it go.
#[component]
fn Saved(saved: Vec<SavedFilter>) -> impl IntoView {
    (!saved.is_empty()).then(|| {
        view! {
            <details class="menu">
                <summary class="btn">{crate::ui::Icon::Star.draw()} {pluralize(saved.len(), "saved filter", "saved filters")}</summary>
                <ul class="menu-items">
                    {saved
                        .into_iter()
                        .map(|one| {
                            let href = if one.query.is_empty() { "/activities".to_owned() } else { format!("/activities?{}", one.query) };
                            view! {
                                <li class="between">
                                    <a href=href>{one.name.clone()}</a>
                                    <form method="post" action=format!("/activities/filters/{}/delete", one.id)>
                                        <button class="btn quiet" r#type="submit" aria-label=format!("Forget {}", one.name)>
                                            "Forget"
                                        </button>
                                    </form>
                                </li>
                            }
                        })
                        .collect_view()}
                </ul>
            </details>
        }
    })
}
