//! A new account.

use domain::accounts::{PASSWORD_MIN, Registration};
use leptos::prelude::*;

use crate::accounts::sign_in::OidcButtons;
use crate::ui::pages::PageView;
use crate::ui::{PageHeader, refused_form, validate};

/// A new account.
pub struct RegisterPage;

impl PageView for RegisterPage {
    fn view() -> AnyView {
        // Typed values are shown again, but never the password.
        let form = refused_form().unwrap_or_default();
        let (name, email) = (form.typed("name").unwrap_or_default().to_owned(), form.typed("email").unwrap_or_default().to_owned());
        let error = |field: &str| form.error(field).map(|sentence| view! { <small class="field-error" role="alert">{sentence}</small> });
        view! {
            <div class="narrow">
                <div class="head">
                    <PageHeader title="Create account">"Three fields, and you are in."</PageHeader>
                </div>
                <form class="card form" method="post" action="/register" data-validated="" on:submit:capture=validate(|typed| Registration::parse(typed.text("name"), typed.text("email"), typed.text("password")))>
                    <label>
                        "Name"
                        <input name="name" autocomplete="nickname" required maxlength="80" value=name />
                        {error("name")}
                    </label>
                    <label>
                        "Email"
                        <input name="email" r#type="email" autocomplete="username" required value=email />
                        {error("email")}
                    </label>
                    <label>
                        "Password"
                        <input name="password" r#type="password" autocomplete="new-password" required minlength=PASSWORD_MIN.to_string() />
                        <small class="hint">{format!("{PASSWORD_MIN} characters or more. Three random words will do.")}</small>
                        {error("password")}
                    </label>
                    <input r#type="hidden" name="time_zone" value="" />
                    <p class="muted small">
                        "Your data stays yours: "
                        <a href="/privacy">"what is kept, and why"</a>
                        ". Creating an account means that you agree."
                    </p>
                    <button class="btn primary" r#type="submit">
                        "Create account"
                    </button>
                </form>
                <OidcButtons link=false />
                <p class="muted small">
                    "Already have an account? "
                    <a href="/sign-in">"Sign in"</a>
                    "."
                </p>
            </div>
        }
        .into_any()
    }
}
