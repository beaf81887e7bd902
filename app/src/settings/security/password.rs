//! The password and the email address.

use domain::RefusedForm;
use domain::accounts::{PASSWORD_MIN, parse_email, parse_password_change};
use leptos::prelude::*;

use crate::accounts::new_password_sentence;
use crate::ui::{Badge, validate};

/// `wrong` names the fields that were refused.
pub fn show(has_one: bool, wrong: &str) -> impl IntoView + use<> {
    let refused = |field: &str| wrong.split(',').any(|w| w == field);
    let old = refused("old").then_some("That is not the current password. Check it and try again.");
    // The password itself is never sent back; the sentence comes from the same rule as on the server.
    let new = refused("new").then(new_password_sentence);
    view! {
        <form class="card form" method="post" action="/settings/password" data-validated="" on:submit:capture=validate(|typed| parse_password_change(typed.get("old"), typed.text("new")))>
            <h2>"Password"</h2>
            {has_one
                .then(|| {
                    view! {
                        <label>
                            "Current password"
                            <input name="old" r#type="password" autocomplete="current-password" required autofocus=old.is_some() aria-invalid=old.map(|_| "true") />
                        </label>
                    }
                })}
            {old.map(|sentence| view! { <p class="form-error" role="alert">{sentence}</p> })}
            <label>
                "New password"
                <input
                    name="new"
                    r#type="password"
                    autocomplete="new-password"
                    minlength=PASSWORD_MIN.to_string()
                    required
                    autofocus=new.is_some() aria-invalid=new.as_ref().map(|_| "true")
                />
            </label>
            {new.map(|sentence| view! { <p class="form-error" role="alert">{sentence}</p> })}
            <p class="muted small">"This signs out every other device and revokes every token."</p>
            <button class="btn primary" r#type="submit">
                "Change password"
            </button>
        </form>
    }
}

/// The email address, whether it is confirmed, and a form to change it.
pub fn address(email: &str, verified: bool, proven: bool, form: &RefusedForm) -> impl IntoView + use<> {
    let refused = form.fields.get("email").is_some();
    let typed = form.typed("email").unwrap_or_default().to_owned();
    view! {
        <section class="card">
            <h2>"Email address"</h2>
            <p>
                <b>{email.to_owned()}</b>
                " "
                {if verified {
                    view! { <Badge kind="works" word="Confirmed" /> }.into_any()
                } else {
                    view! { <Badge kind="none" word="Not confirmed" /> }.into_any()
                }}
            </p>
            {proven
                .then(|| {
                    view! {
                        <form class="form" method="post" action="/settings/email" data-validated="" on:submit:capture=validate(|typed| parse_email(typed.text("email")))>
                            <label>
                                "New email address"
                                <input name="email" r#type="email" autocomplete="email" required value=typed autofocus=refused aria-invalid=refused.then_some("true") />
                                {refused
                                    .then(|| {
                                        view! {
                                            <small class="field-error" role="alert">
                                                "An email address, such as kim@example.org."
                                            </small>
                                        }
                                    })}
                            </label>
                            <button class="btn" r#type="submit">
                                "Send a confirmation link"
                            </button>
                        </form>
                    }
                })}
        </section>
    }
}
