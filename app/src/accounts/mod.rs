//! Welcome, register, sign in, and the pages that emails link to. Plain forms: they work before and without any script.

mod email_links;
mod notice;
mod reauthenticate;
mod register;
mod sign_in;

pub use email_links::{ConfirmEmailChangePage, ForgotPasswordPage, ResetPasswordPage, VerifyEmailPage, new_password_sentence};
pub use notice::PrivacyNoticePage;
pub use reauthenticate::ReauthenticatePage;
pub use register::RegisterPage;
pub use sign_in::{MfaPage, PasskeyButton, SignInPage};

use domain::access::Access;
use leptos::prelude::*;

use crate::ui::PageHeader;
use crate::ui::navigation::Entry;
use crate::ui::pages::{PageView, functions, pages};

pages! {
    accounts, __preload_accounts {
        "/welcome" => WelcomePage, Access::SignedOut,
        "/sign-in" => SignInPage, Access::SignedOut,
        "/sign-in/mfa" => MfaPage, Access::SignedOut,
        "/register" => RegisterPage, Access::SignedOut,
        "/privacy" => PrivacyNoticePage, Access::Public,
        "/forgot-password" => ForgotPasswordPage, Access::Public,
        "/reset-password" => ResetPasswordPage, Access::Public,
        "/verify-email" => VerifyEmailPage, Access::Public,
        "/confirm-email-change" => ConfirmEmailChangePage, Access::Public,
        "/reauthenticate" => ReauthenticatePage, Access::Athlete,
    }
}

/// Nobody looks for these pages in a list.
pub(crate) const NAVIGATION: &[Entry] = &[];

functions! {
    sign_in::GetProviders => Access::Public, "{}",
}

/// What Legwork is, for visitors who are not signed in.
pub struct WelcomePage;

impl PageView for WelcomePage {
    fn view() -> AnyView {
        view! {
        <div class="welcome">
            <p class="brand" aria-label="Legwork">
                "leg"
                <i>"work"</i>
            </p>
            <PageHeader title="">
                "Find out what "<mark>"actually"</mark>" makes you faster."
            </PageHeader>
            <p class="intro">
                "Drop in the recordings from your watch. Answer a few questions a day, or don’t. Legwork tests sleep, work, coffee and training against how efficiently you run, with statistics that hold up: what works, what doesn’t, and what nobody can know yet."
            </p>
            <p class="actions">
                <a class="btn primary" href="/register">
                    "Create account"
                </a>
                <a class="btn" href="/sign-in">
                    "Sign in"
                </a>
            </p>
            <ul class="points">
                <li>
                    <b>"Honest."</b>
                    " Every number says how sure it is. “Not enough data yet” is a fine answer."
                </li>
                <li>
                    <b>"Yours."</b>
                    " Private by default. Nothing leaves this server."
                </li>
                <li>
                    <b>"Quiet."</b>
                    " No streaks, no badges, no guilt."
                </li>
            </ul>
        </div>
    }
        .into_any()
    }
}
