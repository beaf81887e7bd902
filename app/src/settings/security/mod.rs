//! Ways into this account: devices, password, address, second factors, accounts elsewhere, tokens of programs. Forms need no script;
//! passkeys do.

mod devices;
mod factors;
mod password;
mod tokens;

use domain::RefusedForm;
use domain::accounts::{AuditEntry, Security};
use factors::May;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::{LazyRoute, lazy_route};

use crate::AppError;
use crate::json::Json;
use crate::ui::states::await_section;
use crate::ui::{PageHeader, ReauthNotice, reading, refused_form};

/// Everything on the page.
#[server(prefix = "/api", endpoint = "settings/security", input = Json, output = Json)]
pub async fn get_security() -> Result<Security, AppError> {
    use crate::server::{current_user, headers, platform, to_app_error};
    accounts::security(&platform()?, &current_user()?, &headers()).await.map_err(to_app_error)
}

/// A secret that is shown once: recovery codes or a token.
#[server(prefix = "/api", endpoint = "settings/once", input = Json, output = Json)]
pub async fn get_once() -> Result<Option<String>, AppError> {
    use crate::server::{current_user, headers, platform};
    Ok(accounts::take_flash_secret(&platform()?, &current_user()?, &headers()))
}

/// The page.
pub struct SecurityPage;

#[lazy_route]
impl LazyRoute for SecurityPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let query = use_query_map();
        let security = reading(|| (), |()| get_security());
        let once = reading(|| (), |()| get_once());
        let asked = move |key: &str| query.read_untracked().get(key);
        let done = [
            ("changed", "The password is changed. Every other device is signed out."),
            ("address", "A letter is on its way to the new address. The account moves when you confirm it there."),
            ("letter", "The letter is on its way."),
            ("factors", "Done. The ways into your account are below."),
        ]
        .into_iter()
        .find_map(|(key, words)| asked(key).map(|_| words))
        .or_else(|| {
            asked("ended").map(|what| match what.as_str() {
                "all" => "Every other device is signed out.",
                "token" => "That token opens nothing more.",
                _ => "That device is signed out.",
            })
        });
        let form = refused_form().unwrap_or_default();
        let what = asked("once");
        view! {
            <div class="head">
                <PageHeader title="Security">"Who gets in."</PageHeader>
            </div>
            {done.map(|words| view! { <p class="notice good" role="status">{words}</p> })}
            <Transition>
                {move || {
                    let what = what.clone();
                    Suspend::new(async move {
                        once.await.ok().flatten().filter(|_| what.is_some()).map(|secret| view! { <Once secret codes=what.as_deref() == Some("codes") /> })
                    })
                }}
            </Transition>
            {await_section(security, move |security| show(security, &form))}
        }
        .into_any()
    }
}

fn show(security: Security, form: &RefusedForm) -> impl IntoView + use<> {
    let Security { devices, factors, new_authenticator, tokens, proven, verified, email, providers, log } = security;
    let password = factors.password;
    let wrong = form.fields.names().collect::<Vec<_>>().join(",");
    let wrong = wrong.as_str();
    view! {
        {(!proven).then(|| view! { <ReauthNotice to="change how you get in" then="/settings/security" /> })}
        <div class="grid cols-2 top">
            <div class="stack">
                {devices::show(devices)} {factors::show(factors, new_authenticator, providers, May { change: proven, add: proven && verified }, wrong)} {log_of(log)}
            </div>
            <div class="stack">
                {password::show(password, wrong)} {password::address(&email, verified, proven, form)} {tokens::show(tokens, proven && verified, form)}
            </div>
        </div>
    }
}

/// Codes or a token, once.
#[component]
fn Once(
    /// Lines to keep.
    secret: String,
    /// Whether they are recovery codes.
    codes: bool,
) -> impl IntoView {
    view! {
        <section class="card once" role="status">
            <h2>{if codes { "Recovery codes" } else { "Your token" }}</h2>
            <p>
                {if codes {
                    "Each opens your account once, when the phone is gone. Keep them where the phone is not. They are not shown again."
                } else {
                    "Copy it now. It is not shown again."
                }}
            </p>
            <pre class="secret" tabindex="0">{secret}</pre>
            <form method="post" action="/settings/once/forget">
                <button class="btn primary" r#type="submit">
                    "I have them"
                </button>
            </form>
        </section>
    }
}

fn log_of(log: Vec<AuditEntry>) -> impl IntoView {
    let words = |entry: &AuditEntry| match entry.action.as_str() {
        "password" => "The password was changed.",
        "email" => "The address was changed.",
        "authenticator" | "passkey" if entry.details.contains("true") => "A second factor was added.",
        "authenticator" | "passkey" => "A second factor was removed.",
        "recovery codes" => "New recovery codes were made.",
        "token" if entry.details.contains("true") => "A token was made.",
        "token" => "A token was ended.",
        "token reused" => "A refresh token came twice, so it was stolen by somebody: all tokens of that program were ended.",
        "address confirmed" => "The address was confirmed. Everything that opened the account until then was ended, but for the password.",
        "guessing" => "Five wrong passwords or codes ended a session, or a sign-in.",
        "code reused" => "A code of the authenticator app came twice, and was refused the second time.",
        "identity" if entry.details.contains("true") => "An account elsewhere was linked.",
        "identity" => "An account elsewhere was unlinked.",
        "organisation" => "You made an organisation.",
        "joined" => "You joined an organisation.",
        "invited" => "You invited somebody.",
        "member role" => "Your role in an organisation was changed.",
        "left" => "You left an organisation.",
        "role" => "Your role was changed.",
        "export" => "Everything was exported.",
        "deletion" => "Deleting the account was asked for.",
        "deletion cancelled" => "The account was kept.",
        _ => "Something was changed.",
    };
    view! {
        <section class="card">
            <h2>"What happened lately"</h2>
            {if log.is_empty() {
                view! { <p class="muted">"Nothing yet. Changes to the ways into your account are listed here."</p> }.into_any()
            } else {
                view! {
                    <ul class="devices">
                        {log
                            .into_iter()
                            .map(|entry| {
                                view! {
                                    <li>
                                        <span>{words(&entry)}</span>
                                        <time class="muted small">{crate::ui::clock::moment(entry.at)}</time>
                                    </li>
                                }
                            })
                            .collect_view()}
                    </ul>
                }
                    .into_any()
            }}
        </section>
    }
}
