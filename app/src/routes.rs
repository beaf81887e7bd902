//! The routes of all pages.

use domain::access::Access;
use leptos::prelude::*;
use leptos_router::components::{Route, Routes};
use leptos_router::{SsrMode, path};

use crate::home::HomePage;
use crate::ui::PageHeader;
use crate::ui::navigation::Entry;
use crate::ui::pages::{Function, Page};
use crate::ui::refused_form::refused_form;
use crate::ui::shell;
use crate::{
    accounts, activities, admin, calendar, demo, discovery, home, imports, journal, nutrition, onboarding, organisations, plan, race, settings,
};

/// The features with pages: the one list that knows all of them. What they add to the sidebar and the settings stands there in this order.
macro_rules! features {
    ($($feature:ident,)*) => {
        /// Every page by its path.
        #[component]
        pub fn AppRoutes() -> impl IntoView {
            // Pages are rendered completely before the first byte: they read without JavaScript.
            let ssr = SsrMode::Async;
            view! {
                <Routes fallback=NotFound>
                    <Route path=path!("/") view=HomePage ssr=ssr.clone() />
                    $(<$feature::FeatureRoutes />)*
                    <Route path=path!("/problem") view=ProblemPage ssr=ssr.clone() />
                </Routes>
            }
        }

        /// Every page and whom it is for.
        pub const PAGES: &[&[Page]] = &[&[("/", Access::Athlete), ("/problem", Access::Public)], $($feature::PAGES,)*];

        /// Links to them.
        pub const NAVIGATION: &[&[Entry]] = &[$($feature::NAVIGATION,)*];

        /// Every server function and whom it is for.
        pub const FUNCTIONS: &[&[Function]] = &[home::FUNCTIONS, shell::FUNCTIONS, $($feature::FUNCTIONS,)*];
    };
}

features! {
    activities,
    race,
    calendar,
    plan,
    discovery,
    journal,
    nutrition,
    imports,
    onboarding,
    demo,
    settings,
    organisations,
    admin,
    accounts,
}

#[component]
fn NotFound() -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(axum::http::StatusCode::NOT_FOUND);
    }
    view! {
        <div class="head">
            <PageHeader title="Nothing here">"There is nothing at this address."</PageHeader>
        </div>
        <a class="btn primary" href="/">
            "Home"
        </a>
    }
}

/// The request failed, and there is no form page to show why.
#[component]
fn ProblemPage() -> impl IntoView {
    let why = refused_form().map_or_else(|| "Nothing is wrong here.".to_owned(), |form| form.message);
    view! {
        <div class="head">
            <PageHeader title="That did not work">"That did not work."</PageHeader>
        </div>
        <p class="intro">{why}</p>
        <a class="btn primary" href="/">
            "Home"
        </a>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::navigation::{Place, TABS};

    #[test]
    fn links_lead_to_pages_and_each_tab_has_one() {
        let entries = || NAVIGATION.iter().copied().flatten().copied();
        let pages: Vec<&str> = PAGES.iter().copied().flatten().map(|(path, _)| *path).collect();
        for entry in entries() {
            let (href, icon) = entry.target();
            assert!(pages.contains(&href), "{href}");
            assert!(icon || entry.place_in_settings().is_some(), "{href} has no icon");
        }
        for tab in 0..8 {
            let expected = usize::from((1..=TABS).contains(&tab));
            assert_eq!(entries().filter(|entry| entry.stands_in(Place::Tab(tab))).count(), expected, "tab {tab}");
        }
    }
}
