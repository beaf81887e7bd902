//! The routes of all pages.

use leptos::prelude::*;
use leptos_router::components::{Route, Routes};
use leptos_router::{Lazy, SsrMode, path};

use crate::accounts::{
    ConfirmEmailChangePage, ForgotPasswordPage, MfaPage, PrivacyNoticePage, ReauthenticatePage, RegisterPage, ResetPasswordPage, SignInPage,
    VerifyEmailPage, WelcomePage,
};
use crate::activities::{ActivitiesPage, ActivityPage, AthletePage, EditPage, NewPage, PerformancePage, SharedPage, ThresholdsPage};
use crate::admin::{AuditPage, UsersPage};
use crate::demo::GroundTruthPage;
use crate::discovery::DiscoveryPage;
use crate::home::HomePage;
use crate::imports::{ImportPage, ImportsPage};
use crate::journal::{JournalDayPage, JournalImportPage, JournalPage};
use crate::organisations::{AcceptInvitationPage, OrganisationPage, OrganisationsPage};
use crate::settings::{HistoryPage, PrivacyPage, SecurityPage, SettingsPage};
use crate::ui::PageHeader;
use crate::ui::refused_form::refused_form;

/// Every page by its path.
#[component]
pub fn AppRoutes() -> impl IntoView {
    // Pages are rendered completely before the first byte: they read without JavaScript.
    let ssr = SsrMode::Async;
    view! {
        <Routes fallback=NotFound>
            <Route path=path!("/") view=HomePage ssr=ssr.clone() />
            <Route path=path!("/welcome") view={Lazy::<WelcomePage>::new()} ssr=ssr.clone() />
            <Route path=path!("/sign-in") view={Lazy::<SignInPage>::new()} ssr=ssr.clone() />
            <Route path=path!("/sign-in/mfa") view={Lazy::<MfaPage>::new()} ssr=ssr.clone() />
            <Route path=path!("/register") view={Lazy::<RegisterPage>::new()} ssr=ssr.clone() />
            <Route path=path!("/privacy") view={Lazy::<PrivacyNoticePage>::new()} ssr=ssr.clone() />
            <Route path=path!("/problem") view=ProblemPage ssr=ssr.clone() />
            <Route path=path!("/forgot-password") view={Lazy::<ForgotPasswordPage>::new()} ssr=ssr.clone() />
            <Route path=path!("/reset-password") view={Lazy::<ResetPasswordPage>::new()} ssr=ssr.clone() />
            <Route path=path!("/verify-email") view={Lazy::<VerifyEmailPage>::new()} ssr=ssr.clone() />
            <Route path=path!("/confirm-email-change") view={Lazy::<ConfirmEmailChangePage>::new()} ssr=ssr.clone() />
            <Route path=path!("/reauthenticate") view={Lazy::<ReauthenticatePage>::new()} ssr=ssr.clone() />
            <Route path=path!("/admin/users") view={Lazy::<UsersPage>::new()} ssr=ssr.clone() />
            <Route path=path!("/admin/audit") view={Lazy::<AuditPage>::new()} ssr=ssr.clone() />
            <Route path=path!("/activities") view={Lazy::<ActivitiesPage>::new()} ssr=ssr.clone() />
            <Route path=path!("/activities/new") view={Lazy::<NewPage>::new()} ssr=ssr.clone() />
            <Route path=path!("/activities/:id/edit") view={Lazy::<EditPage>::new()} ssr=ssr.clone() />
            <Route path=path!("/performance") view={Lazy::<PerformancePage>::new()} ssr=ssr.clone() />
            <Route path=path!("/settings/thresholds") view={Lazy::<ThresholdsPage>::new()} ssr=ssr.clone() />
            <Route path=path!("/activities/:id") view={Lazy::<ActivityPage>::new()} ssr=ssr.clone() />
            <Route path=path!("/shared/:id") view={Lazy::<SharedPage>::new()} ssr=ssr.clone() />
            <Route path=path!("/athletes/:id") view={Lazy::<AthletePage>::new()} ssr=ssr.clone() />
            <Route path=path!("/imports") view={Lazy::<ImportsPage>::new()} ssr=ssr.clone() />
            <Route path=path!("/imports/:id") view={Lazy::<ImportPage>::new()} ssr=ssr.clone() />
            <Route path=path!("/journal") view={Lazy::<JournalPage>::new()} ssr=ssr.clone() />
            <Route path=path!("/journal/import") view={Lazy::<JournalImportPage>::new()} ssr=ssr.clone() />
            <Route path=path!("/journal/:day") view={Lazy::<JournalDayPage>::new()} ssr=ssr.clone() />
            <Route path=path!("/discovery") view={Lazy::<DiscoveryPage>::new()} ssr=ssr.clone() />
            <Route path=path!("/demo/ground-truth") view={Lazy::<GroundTruthPage>::new()} ssr=ssr.clone() />
            <Route path=path!("/settings/security") view={Lazy::<SecurityPage>::new()} ssr=ssr.clone() />
            <Route path=path!("/settings/privacy") view={Lazy::<PrivacyPage>::new()} ssr=ssr.clone() />
            <Route path=path!("/organisations") view={Lazy::<OrganisationsPage>::new()} ssr=ssr.clone() />
            <Route path=path!("/organisations/:id") view={Lazy::<OrganisationPage>::new()} ssr=ssr.clone() />
            <Route path=path!("/invitations/accept") view={Lazy::<AcceptInvitationPage>::new()} ssr=ssr.clone() />
            <Route path=path!("/settings/history") view={Lazy::<HistoryPage>::new()} ssr=ssr.clone() />
            <Route path=path!("/settings") view={Lazy::<SettingsPage>::new()} ssr=ssr />
        </Routes>
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
