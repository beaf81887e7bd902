//! The layout around every page: sidebar on a desktop, bottom navigation on a phone, and the banners above the page.

use domain::access::Access;
use domain::accounts::Viewer;
use domain::privacy::{DELETION_DAYS, NOTICE_VERSION};
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::{A, Router};
use leptos_router::hooks::use_location;

use crate::AppError;
use crate::json::Json;
use crate::routes::{AppRoutes, NAVIGATION};
use crate::ui::navigation::{self, Navigation, Place};
use crate::ui::pages::functions;
use crate::ui::raw::Titles;
use crate::ui::refused_form::provide_refused_form;
use crate::ui::units::provide_units;
use crate::ui::{Icon, NoticeBanner, Unconfirmed, reading};

functions! {
    CurrentViewer => Access::Public, "{}",
}

/// The authenticated user, if there is one; requested once per page load.
#[server(prefix = "/api", endpoint = "accounts/viewer", input = Json, output = Json)]
pub async fn current_viewer() -> Result<Option<Viewer>, AppError> {
    Ok(crate::server::current_user_opt())
}

/// The viewer, for pages that show account data.
#[derive(Clone, Copy)]
pub struct ViewerResource(pub Resource<Result<Option<Viewer>, AppError>>);

/// The app: everything inside `<body>`.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_refused_form();
    provide_units();
    let viewer = reading(|| (), |()| current_viewer());
    provide_context(ViewerResource(viewer));
    provide_context(Navigation(NAVIGATION));
    view! {
        <Titles />
        <Router>
            <a class="skip" href="#main" rel="external">
                "Skip to content"
            </a>
            <div class="frame">
                <Transition>{move || Suspend::new(async move { viewer.await.ok().flatten().map(|v| view! { <Sidebar viewer=v /> }) })}</Transition>
                <main id="main" tabindex="-1">
                    <Transition>
                        {move || Suspend::new(async move {
                            viewer
                                .await
                                .ok()
                                .flatten()
                                .filter(|v| v.synthetic)
                                .map(|_| view! { <p class="synthetic on-phone">"Synthetic athlete. Every number here is made up. "<a href="/demo/ground-truth">"Planted effects"</a></p> })
                        })}
                    </Transition>
                    <Transition>
                        {move || Suspend::new(async move {
                            viewer.await.ok().flatten().and_then(|v| v.deletion_requested_at).map(|at| view! { <DeletionBanner at /> })
                        })}
                    </Transition>
                    <Transition>
                        {move || Suspend::new(async move {
                            viewer.await.ok().flatten().filter(|v| v.agreed.as_deref() != Some(NOTICE_VERSION)).map(|_| view! { <ConsentBanner /> })
                        })}
                    </Transition>
                    <UnconfirmedBanner />
                    <NoticeBanner />
                    <AppRoutes />
                </main>
                <Transition>{move || Suspend::new(async move { viewer.await.ok().flatten().map(|viewer| view! { <BottomNav viewer /> <UploadOverlay /> }) })}</Transition>
            </div>
        </Router>
    }
}

/// The account is scheduled for deletion: when, and how to keep it.
#[component]
fn DeletionBanner(
    /// When it was requested.
    at: chrono::DateTime<chrono::Utc>,
) -> impl IntoView {
    let on = at + chrono::TimeDelta::days(DELETION_DAYS);
    view! {
        <form class="notice going" method="post" action="/settings/account/cancel-deletion">
            <span>{format!("This account and everything in it will be deleted on {}.", crate::ui::clock::day(on))}</span>
            <button class="btn small" r#type="submit">
                "Keep my account"
            </button>
        </form>
    }
}

/// On home, in the settings and under organisations, as long as the account's address is not confirmed.
#[component]
fn UnconfirmedBanner() -> impl IntoView {
    let viewer = expect_context::<ViewerResource>().0;
    let path = use_location().pathname;
    view! {
        <Transition>
            {move || {
                let shown = path.with(|p| p == "/" || p.starts_with("/settings") || p.starts_with("/organisations"));
                Suspend::new(async move { viewer.await.ok().flatten().filter(|v| shown && !v.verified).map(|_| view! { <Unconfirmed /> }) })
            }}
        </Transition>
    }
}

/// The privacy notice changed since the user agreed to it.
#[component]
fn ConsentBanner() -> impl IntoView {
    view! {
        <form class="notice going" method="post" action="/consents">
            <span>"The privacy notice has changed. " <a href="/privacy">"Read it"</a> ", and say whether you agree."</span>
            <button class="btn small" r#type="submit">
                "I agree"
            </button>
        </form>
    }
}

#[component]
fn Sidebar(viewer: Viewer) -> impl IntoView {
    view! {
        <nav class="rail" aria-label="Main">
            <a class="brand" href="/" aria-label="Legwork, home">
                "leg"
                <i>"work"</i>
            </a>
            <A href="/" exact=true>
                {Icon::Home.draw()}
                "Home"
            </A>
            {navigation::sidebar(Place::Sidebar, &viewer)}
            <div class="foot">
                {viewer.synthetic.then(|| view! { <p class="synthetic">"Synthetic athlete. Every number here is made up."</p> })}
                {navigation::sidebar(Place::Foot, &viewer)}
            </div>
        </nav>
    }
}

#[component]
fn BottomNav(viewer: Viewer) -> impl IntoView {
    view! {
        <nav class="tabs" aria-label="Main">
            <A href="/" exact=true>
                {Icon::Home.draw()}
                "Home"
            </A>
            {navigation::tabs(&viewer)}
            <button r#type="button" popovertarget="more">
                {Icon::More.draw()}
                "More"
            </button>
        </nav>
        // Opens and closes without a script; `scripts/client.js` closes it when a link leads on.
        <div id="more" class="sheet" popover="auto">
            <nav aria-label="More">
                <ul>{navigation::rest(&viewer)}</ul>
            </nav>
            <form method="post" action="/sign-out">
                <button class="btn" r#type="submit">
                    "Sign out"
                </button>
            </form>
        </div>
    }
}

/// Shown by the small script while files are dropped and uploaded.
#[component]
fn UploadOverlay() -> impl IntoView {
    view! {
        <div class="dropping" id="dropping" hidden role="status" aria-live="polite">
            <div class="card">
                <h2 data-part="title">"Drop it. Files, folders, whole exports."</h2>
                <progress data-part="bar" max="100" value="0" aria-label="Upload progress"></progress>
                <p class="muted small" data-part="detail"></p>
                <button class="btn" r#type="button" data-part="cancel">
                    "Cancel upload"
                </button>
            </div>
        </div>
    }
}
