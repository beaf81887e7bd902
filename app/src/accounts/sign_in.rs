//! The way in: password, then the second factor where there is one; or a passkey; or an account elsewhere.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::{LazyRoute, lazy_route};

use crate::AppError;
use crate::json::Json;
use crate::ui::{PageHeader, reading, refused_form};

/// Where else people may have accounts: id and name. Anybody may know.
#[server(prefix = "/api", endpoint = "accounts/providers", input = Json, output = Json)]
pub async fn get_providers() -> Result<Vec<(String, String)>, AppError> {
    let platform = crate::server::platform()?;
    Ok(platform.config.security.oidc_providers.iter().map(|p| (p.id.clone(), p.name.clone())).collect())
}

/// Buttons for accounts elsewhere, where the operator has set some.
#[component]
pub fn Elsewhere(
    /// Whether the account that is signed in is to be linked.
    link: bool,
) -> impl IntoView {
    let providers = reading(|| (), |()| get_providers());
    view! {
        <Transition>
            {move || Suspend::new(async move {
                let providers = providers.await.unwrap_or_default();
                (!providers.is_empty())
                    .then(|| {
                        view! {
                            <p class="actions">
                                {providers
                                    .into_iter()
                                    .map(|(id, name)| {
                                        let href = format!("/sign-in/with/{id}{}", if link { "?link=1" } else { "" });
                                        view! {
                                            <a class="btn" href=href rel="external">
                                                {format!("{} {name}", if link { "Link" } else { "Continue with" })}
                                            </a>
                                        }
                                    })
                                    .collect_view()}
                            </p>
                        }
                    })
            })}
        </Transition>
    }
}

/// A button for the page's script, and a place for what it says. `act` is `enter`, `add` or `prove`.
#[component]
pub fn PasskeyButton(
    /// What the passkey is for.
    act: &'static str,
    /// On the button.
    words: &'static str,
) -> impl IntoView {
    view! {
        <p class="actions">
            <button class="btn" r#type="button" data-passkey=act>
                {words}
            </button>
        </p>
        <p class="form-error" role="alert" data-passkey-says hidden></p>
    }
}

/// Address and password.
pub struct SignInPage;

#[lazy_route]
impl LazyRoute for SignInPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let query = use_query_map();
        let asked = move |key: &str| query.read().get(key).is_some();
        let form = refused_form();
        let email = form.as_ref().and_then(|f| f.typed("email")).unwrap_or_default().to_owned();
        view! {
            <div class="narrow">
                <div class="head">
                    <PageHeader title="Sign in">"Good to see you."</PageHeader>
                </div>
                <form class="card form" method="post" action="/sign-in">
                    {form
                        .map(|_| view! { <p class="form-error" role="alert">"Address and password do not match. Check both and try again."</p> })}
                    {move || {
                        asked("late")
                            .then(|| view! { <p class="form-error" role="alert">"That took too long, or too many tries. Sign in again."</p> })
                    }}
                    {move || {
                        asked("reset").then(|| view! { <p class="notice good" role="status">"The password is changed. Sign in with the new one."</p> })
                    }}
                    <label>
                        "E-mail"
                        <input name="email" r#type="email" autocomplete="username webauthn" required value=email />
                    </label>
                    <label>
                        "Password"
                        <input name="password" r#type="password" autocomplete="current-password" required />
                    </label>
                    <button class="btn primary" r#type="submit">
                        "Sign in"
                    </button>
                    <p class="muted small">
                        <a href="/forgot">"Forgot it?"</a>
                    </p>
                </form>
                <PasskeyButton act="enter" words="Use a passkey" />
                <Elsewhere link=false />
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

/// The second factor, for who had the password right.
pub struct SecondPage;

#[lazy_route]
impl LazyRoute for SecondPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let wrong = refused_form().is_some();
        view! {
            <div class="narrow">
                <div class="head">
                    <PageHeader title="Second factor">"One more thing."</PageHeader>
                </div>
                <form class="card form" method="post" action="/sign-in/second">
                    <label>
                        "Code"
                        <input name="code" autocomplete="one-time-code" inputmode="text" autocapitalize="off" spellcheck="false" required />
                        <small class="hint">"The six digits of your app, or a recovery code."</small>
                        {wrong
                            .then(|| {
                                view! {
                                    <small class="field-error" role="alert">"That code is not right, or was used already. Take the next one."</small>
                                }
                            })}
                    </label>
                    <button class="btn primary" r#type="submit">
                        "Go on"
                    </button>
                </form>
                <PasskeyButton act="enter" words="Use a passkey" />
                <a class="btn" href="/sign-in">
                    "Begin again"
                </a>
            </div>
        }
        .into_any()
    }
}
