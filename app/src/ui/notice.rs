//! What the page says once about the form that led to it.

use domain::Notice;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::params::ParamsMap;

/// The notice in the address of this page.
pub fn current_notice() -> Option<Notice> {
    in_query(&use_query_map().read_untracked())
}

/// Above every page. The page's script then takes the code out of the address, so that a reload says nothing twice.
#[component]
pub fn NoticeBanner() -> impl IntoView {
    let query = use_query_map();
    move || {
        in_query(&query.read()).map(|notice| match notice {
            Notice::SignInExpired => view! { <p class="notice" role="alert">{sentence(notice)}</p> },
            _ => view! { <p class="notice good" role="status">{sentence(notice)}</p> },
        })
    }
}

fn in_query(query: &ParamsMap) -> Option<Notice> {
    query.get_str("notice").and_then(Notice::parse)
}

fn sentence(notice: Notice) -> &'static str {
    match notice {
        Notice::Saved => "Saved.",
        Notice::TimeZoneSaved => "Saved. Activities without a time zone of their own are being re-dated.",
        Notice::RoleChanged => "Role changed.",
        Notice::Undone => "Undone. If that was wrong, undo the newest change below.",
        Notice::ExportRequested => "Your export is being prepared.",
        Notice::ExportCancelled => "Cancelled. Nothing was kept.",
        Notice::ArchiveImported => "Everything is imported.",
        Notice::DeletionRequested => "The account will be deleted in thirty days, unless you change your mind. API tokens are revoked already.",
        Notice::DeletionCancelled => "Good. Nothing is deleted.",
        Notice::PasswordChanged => "Password changed. Every other device is signed out.",
        Notice::PasswordReset => "Password changed. Sign in with the new one.",
        Notice::ResetRequested => "If there is an account with that address, an email is on its way. Its link works for an hour.",
        Notice::EmailChangeRequested => "An email is on its way to the new address. Your account uses it once you confirm it there.",
        Notice::VerificationSent => "The email is on its way.",
        Notice::EmailVerified => "Thank you. The address is confirmed.",
        Notice::LoginMethodsChanged => "Done. The ways to sign in are below.",
        Notice::RecoveryCodes => "Done. These codes are shown only once.",
        Notice::TokenCreated => "Done. The token is shown only once.",
        Notice::TokenRevoked => "Token revoked.",
        Notice::SessionRevoked => "That device is signed out.",
        Notice::OtherSessionsRevoked => "Every other device is signed out.",
        Notice::SignInExpired => "That took too long, or too many attempts. Sign in again.",
        Notice::Invited => "The invitation is on its way.",
        Notice::SessionDeleted | Notice::CourseDeleted => "Deleted. Settings, History can bring it back.",
        Notice::NothingToCopy => "All of it stands there already.",
        Notice::CopyUndone => "Undone. What you changed since stays.",
        Notice::FeedCreated => "Done. The address is shown only once.",
        Notice::CourseKept => "The course is kept.",
        Notice::FeedRevoked => "Done. The old address opens nothing any more.",
    }
}
