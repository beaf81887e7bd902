//! Pages around letters: ask for one, and what its link leads to. A link opens a page with a button: programs that look at every link
//! of a letter confirm nothing.

use domain::FieldErrors;
use domain::accounts::{PASSWORD_MIN, check_password};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::{LazyRoute, lazy_route};

use crate::ui::shell::ViewerResource;
use crate::ui::states::await_section;
use crate::ui::{PageHeader, refused_form};

/// Asks for a letter with a new password.
pub struct ForgotPage;

#[lazy_route]
impl LazyRoute for ForgotPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let query = use_query_map();
        let sent = move || query.read().get("sent").is_some();
        view! {
            <div class="narrow">
                <div class="head">
                    <PageHeader title="Forgot the password">"It happens."</PageHeader>
                </div>
                {move || {
                    sent()
                        .then(|| {
                            view! {
                                <p class="notice good" role="status">
                                    "If there is an account with that address, a letter is on its way. Its link works for an hour."
                                </p>
                            }
                        })
                }}
                <form class="card form" method="post" action="/forgot">
                    <label>
                        "E-mail"
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
pub struct ResetPage;

#[lazy_route]
impl LazyRoute for ResetPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let query = use_query_map();
        let form = refused_form();
        let token = form.as_ref().and_then(|f| f.typed("token")).map(str::to_owned);
        let token = token.or_else(|| query.read_untracked().get("token")).unwrap_or_default();
        let refused = form.map(|_| new_password_sentence());
        view! {
            <div class="narrow">
                <div class="head">
                    <PageHeader title="New password">"A new password."</PageHeader>
                </div>
                <form class="card form" method="post" action="/reset">
                    <input r#type="hidden" name="token" value=token />
                    <label>
                        "From now on"
                        <input name="new" r#type="password" autocomplete="new-password" minlength=PASSWORD_MIN.to_string() required />
                        <small class="hint">{format!("{PASSWORD_MIN} characters or more. Three random words do.")}</small>
                        {refused.map(|words| view! { <small class="field-error" role="alert">{words}</small> })}
                    </label>
                    <p class="muted small">"Every device is signed out with it."</p>
                    <button class="btn primary" r#type="submit">
                        "Set it"
                    </button>
                </form>
            </div>
        }
        .into_any()
    }
}

/// Why a new password was refused. The password itself never comes back, so the sentence covers both reasons.
pub fn new_password_sentence() -> String {
    let mut errors = FieldErrors::default();
    check_password(&mut errors, "new", "");
    format!("{} And none that burglars try first.", errors.get("new").unwrap_or_default())
}

/// Confirms the account's address.
pub struct ConfirmPage;

#[lazy_route]
impl LazyRoute for ConfirmPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        confirm("/confirm", "Your address", "Is this address yours?", "Yes, it is mine", "Thank you. The address is confirmed.").into_any()
    }
}

/// Moves the account to another address.
pub struct ConfirmAddressPage;

#[lazy_route]
impl LazyRoute for ConfirmAddressPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        confirm(
            "/confirm-address",
            "New address",
            "Move your account to this address?",
            "Move it",
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
    let done = query.read_untracked().get("done").is_some();
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

/// Asked of a browser that is not signed in to the account: the letter alone does not say who made it.
#[component]
fn Password(
    /// Whether what was typed before was not it.
    wrong: bool,
) -> impl IntoView {
    view! {
        <label>
            "Password of the account"
            <input name="password" r#type="password" autocomplete="current-password" required />
            {wrong.then(|| view! { <small class="field-error" role="alert">"That is not the password of the account. Check it and try again."</small> })}
        </label>
        <p class="muted small">
            "Did somebody else make the account? " <a href="/forgot">"Set a password of your own"</a> ": it takes the account from them."
        </p>
    }
}
