//! A new account.

use domain::accounts::{PASSWORD_MIN, Registration};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::{LazyRoute, lazy_route};

use crate::accounts::sign_in::Elsewhere;
use crate::ui::Head;

/// A new account.
pub struct RegisterPage;

#[lazy_route]
impl LazyRoute for RegisterPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let query = use_query_map();
        let asked = |key: &str| query.read_untracked().get(key).unwrap_or_default();
        let (name, email, wrong) = (asked("name"), asked("email"), asked("wrong"));
        // What was typed comes back in the address, never the password; the sentences are made here from the same rules as on the server.
        let errors = if wrong.is_empty() {
            domain::FieldErrors::default()
        } else {
            let typed = if wrong.split(',').any(|w| w == "password") { 0 } else { PASSWORD_MIN };
            Registration::parse(&name, &email, &"x".repeat(typed)).err().map(|p| p.fields).unwrap_or_default()
        };
        let common = wrong.split(',').any(|w| w == "common");
        let taken = wrong.split(',').any(|w| w == "taken");
        let error = |field: &str| {
            let sentence = match field {
                "email" if taken => Some("There is an account with this address. Sign in instead."),
                "password" if common => Some("That is among the passwords that burglars try first. Three random words do."),
                _ => errors.get(field),
            };
            sentence.map(|s| view! { <small class="field-error" role="alert">{s.to_owned()}</small> })
        };
        view! {
            <div class="narrow">
                <div class="head">
                    <Head title="Make an account">"Three fields, then your runs."</Head>
                </div>
                <form class="card form" method="post" action="/register">
                    <label>
                        "Name"
                        <input name="name" autocomplete="nickname" required maxlength="80" value=name.clone() />
                        {error("name")}
                    </label>
                    <label>
                        "E-mail"
                        <input name="email" r#type="email" autocomplete="username" required value=email.clone() />
                        {error("email")}
                    </label>
                    <label>
                        "Password"
                        <input name="password" r#type="password" autocomplete="new-password" required minlength=PASSWORD_MIN.to_string() />
                        <small class="hint">{format!("{PASSWORD_MIN} characters or more. Three random words do.")}</small>
                        {error("password")}
                    </label>
                    <input r#type="hidden" name="time_zone" value="" />
                    <p class="muted small">
                        "Your data stay yours: "
                        <a href="/privacy">"what is kept, and why"</a>
                        ". Making the account means that you agree."
                    </p>
                    <button class="btn primary" r#type="submit">
                        "Make the account"
                    </button>
                </form>
                <Elsewhere link=false />
                <p class="muted small">
                    "Here before? "
                    <a href="/sign-in">"Sign in"</a>
                    "."
                </p>
            </div>
        }
        .into_any()
    }
}
