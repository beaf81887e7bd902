//! Pages around emails: request one, and what its link leads to. A link opens a page with a button: software that opens every link
//! in an email confirms nothing.

use domain::Notice;
use domain::accounts::{PASSWORD_MIN, parse_email, parse_password};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::ui::pages::PageView;
use crate::ui::shell::ViewerResource;
use crate::ui::states::await_section;
use crate::ui::{PageHeader, current_notice, refused_form, validate};

/// Requests an email with a link to reset the password.
pub struct ForgotPasswordPage;

impl PageView for ForgotPasswordPage {
    fn view() -> AnyView {
        view! {
            <div class="narrow">
                <div class="head">
                    <PageHeader title="Forgot password">"It happens."</PageHeader>
                </div>
                <form class="card form" method="post" action="/forgot-password" data-validated="" on:submit:capture=validate(|typed| parse_email(typed.text("email")))>
                    <label>
                        "Email"
                        <input name="email" r#type="email" autocomplete="username" required />
                    </label>
                    <button class="btn primary" r#type="submit">
                        "Send a link"
                    </button>
                </form>
                <a class="btn" href="/sign-in">
                    "Back to sign-in"
                </a>
            </div>
        }
        .into_any()
    }
}

/// Sets a new password.
pub struct ResetPasswordPage;

impl PageView for ResetPasswordPage {
    fn view() -> AnyView {
        let query = use_query_map();
        let form = refused_form();
        let token = form.as_ref().and_then(|f| f.typed("token")).map(str::to_owned);
        let token = token.or_else(|| query.read_untracked().get("token")).unwrap_or_default();
        let refused = form.map(|_| new_password_sentence());
        view! {
            <div class="narrow">
                <div class="head">
                    <PageHeader title="New password">"Choose a new password."</PageHeader>
                </div>
                <form class="card form" method="post" action="/reset-password" data-validated="" on:submit:capture=validate(|typed| parse_password("new", typed.text("new")))>
                    <input r#type="hidden" name="token" value=token />
                    <label>
                        "New password"
                        <input name="new" r#type="password" autocomplete="new-password" minlength=PASSWORD_MIN.to_string() required />
                        <small class="hint">{format!("{PASSWORD_MIN} characters or more. Three random words will do.")}</small>
                        {refused.map(|sentence| view! { <small class="field-error" role="alert">{sentence}</small> })}
                    </label>
                    <p class="muted small">"This signs out every device."</p>
                    <button class="btn primary" r#type="submit">
                        "Set password"
                    </button>
                </form>
            </div>
        }
        .into_any()
    }
}

/// Why a new password was refused. The password itself is never sent back, so the sentence covers both reasons.
pub fn new_password_sentence() -> String {
    let short = parse_password("new", "").err().map(|problem| problem.message).unwrap_or_default();
    format!("{short} And none that attackers try first.")
}

/// Confirms the account's address.
pub struct VerifyEmailPage;

impl PageView for VerifyEmailPage {
    fn view() -> AnyView {
        confirm("/verify-email", "Confirm your address", "Is this address yours?", "Yes, it is mine", "Thank you. The address is confirmed.")
            .into_any()
    }
}

/// Changes the account's email address.
pub struct ConfirmEmailChangePage;

impl PageView for ConfirmEmailChangePage {
    fn view() -> AnyView {
        confirm(
            "/confirm-email-change",
            "New address",
            "Use this address for your account?",
            "Use this address",
            "Done. From now on you sign in with this address.",
        )
        .into_any()
    }
}

fn confirm(action: &'static str, title: &'static str, question: &'static str, yes: &'static str, thanks: &'static str) -> impl IntoView {
    let viewer = expect_context::<ViewerResource>().0;
    let query = use_query_map();
    let form = refused_form();
    let wrong = form.is_some();
    let token = form.as_ref().and_then(|f| f.typed("token")).map(str::to_owned);
    let token = token.or_else(|| query.read_untracked().get("token")).unwrap_or_default();
    let done = current_notice() == Some(Notice::EmailVerified);
    view! {
        <div class="narrow">
            <div class="head">
                <PageHeader title=title>{if done { thanks } else { question }}</PageHeader>
            </div>
            {if done {
                view! {
                    <a class="btn primary" href="/" rel="external">
                        "Home"
                    </a>
                }
                    .into_any()
            } else {
                await_section(viewer, move |viewer| {
                    view! {
                        <form class="card form" method="post" action=action>
                            <input r#type="hidden" name="token" value=token.clone() />
                            {(wrong || viewer.is_none()).then(|| view! { <Password wrong /> })}
                            <button class="btn primary" r#type="submit">
                                {yes}
                            </button>
                        </form>
                    }
                })
                    .into_any()
            }}
        </div>
    }
}

/// Requested when the browser is not signed in to the account: the email alone does not prove who created it.
#[component]
fn Password(
    /// Whether the previous attempt was wrong.
    wrong: bool,
) -> impl IntoView {
    view! {
        <label>
            "Account password"
            <input name="password" r#type="password" autocomplete="current-password" required />
            {wrong.then(|| view! { <small class="field-error" role="alert">"That is not the account’s password. Check it and try again."</small> })}
        </label>
        <p class="muted small">
            "Did someone else create the account? " <a href="/forgot-password">"Set your own password"</a> ". That locks them out."
        </p>
    }
}
