//! Sign-in: password, then the second factor if there is one; or a passkey; or an external account (`OpenID` Connect).

use leptos::prelude::*;

use crate::AppError;
use crate::json::Json;
use crate::ui::pages::PageView;
use crate::ui::{PageHeader, reading, refused_form};

/// The configured OpenID Connect providers: id and name. Public.
#[server(prefix = "/api", endpoint = "accounts/providers", input = Json, output = Json)]
pub async fn get_providers() -> Result<Vec<(String, String)>, AppError> {
    let platform = crate::server::platform()?;
    Ok(platform.config.security.oidc_providers.iter().map(|p| (p.id.clone(), p.name.clone())).collect())
}

/// Buttons for external accounts, if the operator has configured providers.
#[component]
pub fn OidcButtons(
    /// Whether to link the external account to the signed-in one.
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
                                        let href = format!("/auth/{id}{}", if link { "?link=1" } else { "" });
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

/// A button for the page's script, and a place for its error. `purpose` is `sign-in`, `add` or `reauthenticate`.
#[component]
pub fn PasskeyButton(
    /// What the passkey is for.
    purpose: &'static str,
    /// On the button.
    label: &'static str,
) -> impl IntoView {
    view! {
        <p class="actions">
            <button class="btn" r#type="button" data-passkey=purpose>
                {label}
            </button>
        </p>
        <p class="form-error" role="alert" data-passkey-error hidden></p>
    }
}

/// Email address and password.
pub struct SignInPage;

impl PageView for SignInPage {
    fn view() -> AnyView {
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
                    <label>
                        "Email"
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
                        <a href="/forgot-password">"Forgot password?"</a>
                    </p>
                </form>
                <PasskeyButton purpose="sign-in" label="Use a passkey" />
                <OidcButtons link=false />
                <p class="muted small">
                    "No account yet? "
                    <a href="/register">"Create one"</a>
                    "."
                </p>
            </div>
        }
        .into_any()
    }
}

/// The MFA challenge, after the right password.
pub struct MfaPage;

impl PageView for MfaPage {
    fn view() -> AnyView {
        let wrong = refused_form().is_some();
        view! {
            <div class="narrow">
                <div class="head">
                    <PageHeader title="Second factor">"One more thing."</PageHeader>
                </div>
                <form class="card form" method="post" action="/sign-in/mfa">
                    <label>
                        "Code"
                        <input name="code" autocomplete="one-time-code" inputmode="text" autocapitalize="off" spellcheck="false" required />
                        <small class="hint">"The six digits from your app, or a recovery code."</small>
                        {wrong
                            .then(|| {
                                view! {
                                    <small class="field-error" role="alert">"That code is wrong, or was already used. Use the next one."</small>
                                }
                            })}
                    </label>
                    <button class="btn primary" r#type="submit">
                        "Continue"
                    </button>
                </form>
                <PasskeyButton purpose="sign-in" label="Use a passkey" />
                <a class="btn" href="/sign-in">
                    "Start over"
                </a>
            </div>
        }
        .into_any()
    }
}
