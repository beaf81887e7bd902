//! Welcome, register, sign in. Plain forms: they work before and without any script.

use domain::accounts::{PASSWORD_MIN, Registration};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::{LazyRoute, lazy_route};

use crate::ui::Head;

/// What Legwork is, for who is not signed in.
pub struct WelcomePage;

#[lazy_route]
impl LazyRoute for WelcomePage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        view! {
        <div class="welcome">
            <p class="brand" aria-label="Legwork">
                "leg"
                <i>"work"</i>
            </p>
            <Head title="">
                "Find out what "<mark>"actually"</mark>" makes you faster."
            </Head>
            <p class="lead">
                "Drop in the recordings from your watch. Answer a few questions a day, or don’t. Legwork tests sleep, work, coffee and training against how efficiently you run, with statistics that hold: what works, what doesn’t, and what nobody can know yet."
            </p>
            <p class="actions">
                <a class="btn primary" href="/register">
                    "Make an account"
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

/// The way in.
pub struct SignInPage;

#[lazy_route]
impl LazyRoute for SignInPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let query = use_query_map();
        let wrong = move || query.read().get("wrong").is_some();
        let email = query.read_untracked().get("email").unwrap_or_default();
        view! {
            <div class="narrow">
                <div class="head">
                    <Head title="Sign in">"Good to see you."</Head>
                </div>
                <form class="card form" method="post" action="/sign-in">
                    {move || {
                        wrong()
                            .then(|| view! { <p class="form-error" role="alert">"Address and password do not match. Check both and try again."</p> })
                    }}
                    <label>
                        "E-mail"
                        <input name="email" r#type="email" autocomplete="username" required value=email />
                    </label>
                    <label>
                        "Password"
                        <input name="password" r#type="password" autocomplete="current-password" required />
                    </label>
                    <button class="btn primary" r#type="submit">
                        "Sign in"
                    </button>
                </form>
                <p class="muted small">
                    "No account yet? "
                    <a href="/register">"Make one"</a>
                    "."
                </p>
            </div>
        }
        .into_any()
    }
}

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
            let password = if wrong.split(',').any(|w| w == "password") { "" } else { "long enough" };
            Registration::parse(&name, &email, password).err().map(|p| p.fields).unwrap_or_default()
        };
        let taken = wrong.split(',').any(|w| w == "taken");
        let error = |field: &str| {
            let sentence =
                if taken && field == "email" { Some("There is an account with this address. Sign in instead.") } else { errors.get(field) };
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
                    <button class="btn primary" r#type="submit">
                        "Make the account"
                    </button>
                </form>
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
