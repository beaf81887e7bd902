//! The frame: rail on a desk, five tabs on a phone, and the routes between them.

use domain::accounts::Viewer;
use domain::permissions::{Permission, may};
use domain::privacy::{DELETION_DAYS, NOTICE_VERSION};
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::{A, Route, Router, Routes};
use leptos_router::hooks::use_location;
use leptos_router::{Lazy, SsrMode, path};

use crate::AppError;
use crate::accounts::{
    ConfirmAddressPage, ConfirmPage, ForgotPage, NoticePage, ProvePage, RegisterPage, ResetPage, SecondPage, SignInPage, WelcomePage,
};
use crate::activities::{ActivitiesPage, ActivityPage, AthletePage, EditPage, NewPage, PerformancePage, SharedPage, ValuesPage};
use crate::admin::{AuditPage, PeoplePage};
use crate::demo::PlantedPage;
use crate::discovery::DiscoveryPage;
use crate::home::HomePage;
use crate::imports::{ImportPage, ImportsPage};
use crate::journal::{JournalDayPage, JournalImportPage, JournalPage};
use crate::json::Json;
use crate::organisations::{JoinPage, OrganisationPage, OrganisationsPage};
use crate::settings::{HistoryPage, PrivacyPage, SecurityPage, SettingsPage};
use crate::ui::raw::Titles;
use crate::ui::refused_form::{provide_refused_form, refused_form};
use crate::ui::{Icon, PageHeader, Unconfirmed, reading};

/// Who is looking, if anybody; asked once a page load.
#[server(prefix = "/api", endpoint = "accounts/viewer", input = Json, output = Json)]
pub async fn current_viewer() -> Result<Option<Viewer>, AppError> {
    Ok(crate::server::current_user_opt())
}

/// The viewer, for pages that show something of the account.
#[derive(Clone, Copy)]
pub struct ViewerResource(pub Resource<Result<Option<Viewer>, AppError>>);

/// The app: everything inside `<body>`.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_refused_form();
    let viewer = reading(|| (), |()| current_viewer());
    provide_context(ViewerResource(viewer));
    // Pages are rendered whole before the first byte: they read without JavaScript.
    let whole = SsrMode::Async;
    view! {
        <Titles />
        <Router>
            <a class="skip" href="#main" rel="external">
                "To the content"
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
                                .map(|_| view! { <p class="synthetic strip">"Synthetic athlete. Every number here is made up. "<a href="/planted">"What was planted"</a></p> })
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
                    <ConfirmFirst />
                    <Routes fallback=NotFound>
                        <Route path=path!("/") view=HomePage ssr=whole.clone() />
                        <Route path=path!("/welcome") view={Lazy::<WelcomePage>::new()} ssr=whole.clone() />
                        <Route path=path!("/sign-in") view={Lazy::<SignInPage>::new()} ssr=whole.clone() />
                        <Route path=path!("/sign-in/second") view={Lazy::<SecondPage>::new()} ssr=whole.clone() />
                        <Route path=path!("/register") view={Lazy::<RegisterPage>::new()} ssr=whole.clone() />
                        <Route path=path!("/privacy") view={Lazy::<NoticePage>::new()} ssr=whole.clone() />
                        <Route path=path!("/problem") view=ProblemPage ssr=whole.clone() />
                        <Route path=path!("/forgot") view={Lazy::<ForgotPage>::new()} ssr=whole.clone() />
                        <Route path=path!("/reset") view={Lazy::<ResetPage>::new()} ssr=whole.clone() />
                        <Route path=path!("/confirm") view={Lazy::<ConfirmPage>::new()} ssr=whole.clone() />
                        <Route path=path!("/confirm-address") view={Lazy::<ConfirmAddressPage>::new()} ssr=whole.clone() />
                        <Route path=path!("/prove") view={Lazy::<ProvePage>::new()} ssr=whole.clone() />
                        <Route path=path!("/admin/people") view={Lazy::<PeoplePage>::new()} ssr=whole.clone() />
                        <Route path=path!("/admin/audit") view={Lazy::<AuditPage>::new()} ssr=whole.clone() />
                        <Route path=path!("/activities") view={Lazy::<ActivitiesPage>::new()} ssr=whole.clone() />
                        <Route path=path!("/activities/new") view={Lazy::<NewPage>::new()} ssr=whole.clone() />
                        <Route path=path!("/activities/:id/edit") view={Lazy::<EditPage>::new()} ssr=whole.clone() />
                        <Route path=path!("/performance") view={Lazy::<PerformancePage>::new()} ssr=whole.clone() />
                        <Route path=path!("/performance/values") view={Lazy::<ValuesPage>::new()} ssr=whole.clone() />
                        <Route path=path!("/activities/:id") view={Lazy::<ActivityPage>::new()} ssr=whole.clone() />
                        <Route path=path!("/shared/:id") view={Lazy::<SharedPage>::new()} ssr=whole.clone() />
                        <Route path=path!("/athletes/:id") view={Lazy::<AthletePage>::new()} ssr=whole.clone() />
                        <Route path=path!("/import") view={Lazy::<ImportsPage>::new()} ssr=whole.clone() />
                        <Route path=path!("/imports/:id") view={Lazy::<ImportPage>::new()} ssr=whole.clone() />
                        <Route path=path!("/journal") view={Lazy::<JournalPage>::new()} ssr=whole.clone() />
                        <Route path=path!("/journal/import") view={Lazy::<JournalImportPage>::new()} ssr=whole.clone() />
                        <Route path=path!("/journal/:day") view={Lazy::<JournalDayPage>::new()} ssr=whole.clone() />
                        <Route path=path!("/discovery") view={Lazy::<DiscoveryPage>::new()} ssr=whole.clone() />
                        <Route path=path!("/planted") view={Lazy::<PlantedPage>::new()} ssr=whole.clone() />
                        <Route path=path!("/settings/security") view={Lazy::<SecurityPage>::new()} ssr=whole.clone() />
                        <Route path=path!("/settings/privacy") view={Lazy::<PrivacyPage>::new()} ssr=whole.clone() />
                        <Route path=path!("/organisations") view={Lazy::<OrganisationsPage>::new()} ssr=whole.clone() />
                        <Route path=path!("/organisations/:id") view={Lazy::<OrganisationPage>::new()} ssr=whole.clone() />
                        <Route path=path!("/join") view={Lazy::<JoinPage>::new()} ssr=whole.clone() />
                        <Route path=path!("/settings/history") view={Lazy::<HistoryPage>::new()} ssr=whole.clone() />
                        <Route path=path!("/settings") view={Lazy::<SettingsPage>::new()} ssr=whole />
                    </Routes>
                </main>
                <Transition>{move || Suspend::new(async move { viewer.await.ok().flatten().map(|_| view! { <BottomNav /> <UploadOverlay /> }) })}</Transition>
            </div>
        </Router>
    }
}

/// The account is to be deleted: until when, and how to keep it.
#[component]
fn DeletionBanner(
    /// When it was asked for.
    at: chrono::DateTime<chrono::Utc>,
) -> impl IntoView {
    let on = at + chrono::TimeDelta::days(DELETION_DAYS);
    view! {
        <form class="notice going" method="post" action="/settings/privacy/keep">
            <span>{format!("This account and everything in it is deleted on {}.", crate::ui::clock::day(on))}</span>
            <button class="btn small" r#type="submit">
                "Keep it"
            </button>
        </form>
    }
}

/// On the first page and in the settings, as long as the account's address is not confirmed.
#[component]
fn ConfirmFirst() -> impl IntoView {
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

/// The words that the account is made under changed since they were agreed to.
#[component]
fn ConsentBanner() -> impl IntoView {
    view! {
        <form class="notice going" method="post" action="/privacy/agree">
            <span>"The words about your data changed. " <a href="/privacy">"Read them"</a> ", and say whether you agree."</span>
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
            <A href="/activities">{Icon::Activities.draw()} "Activities"</A>
            <A href="/performance">{Icon::Performance.draw()} "Performance"</A>
            <A href="/discovery">{Icon::Discovery.draw()} "Discovery"</A>
            <A href="/journal">{Icon::Journal.draw()} "Journal"</A>
            <A href="/import">{Icon::Import.draw()} "Import"</A>
            {viewer.synthetic.then(|| view! { <A href="/planted">{Icon::Planted.draw()} "Planted effects"</A> })}
            {may(viewer.role, Permission::SeePeople).then(|| view! { <A href="/admin/people">{Icon::More.draw()} "People"</A> })}
            <div class="foot">
                {viewer.synthetic.then(|| view! { <p class="synthetic">"Synthetic athlete. Every number here is made up."</p> })}
                <A href="/settings">{Icon::Settings.draw()} "Settings"</A>
            </div>
        </nav>
    }
}

#[component]
fn BottomNav() -> impl IntoView {
    view! {
        <nav class="tabs" aria-label="Main, for thumbs">
            <A href="/" exact=true>
                {Icon::Home.draw()}
                "Home"
            </A>
            <A href="/activities">{Icon::Activities.draw()} "Runs"</A>
            <A href="/journal" attr:class="do">
                {Icon::Log.draw()}
                "Log"
            </A>
            <A href="/discovery">{Icon::Discovery.draw()} "Discovery"</A>
            <A href="/settings">{Icon::More.draw()} "More"</A>
        </nav>
    }
}

/// Shown by the small script while files are dropped and sent.
#[component]
fn UploadOverlay() -> impl IntoView {
    view! {
        <div class="dropping" id="dropping" hidden role="status" aria-live="polite">
            <div class="card">
                <h2 data-part="title">"Drop it. Files, folders, whole exports."</h2>
                <progress data-part="bar" max="100" value="0" aria-label="Sent"></progress>
                <p class="muted small" data-part="detail"></p>
                <button class="btn" r#type="button" data-part="cancel">
                    "Stop sending"
                </button>
            </div>
        </div>
    }
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

/// What was asked for could not be done, and no page of a form says why.
#[component]
fn ProblemPage() -> impl IntoView {
    let why = refused_form().map_or_else(|| "Nothing is wrong here.".to_owned(), |form| form.message);
    view! {
        <div class="head">
            <PageHeader title="That did not work">"That did not work."</PageHeader>
        </div>
        <p class="lead">{why}</p>
        <a class="btn primary" href="/">
            "Home"
        </a>
    }
}
