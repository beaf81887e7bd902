//! Login methods and access: devices, password, email address, second factors, external accounts, API tokens. Forms need no script;
//! passkeys do.

mod devices;
mod factors;
mod password;
mod tokens;

use domain::RefusedForm;
use domain::accounts::Security;
use domain::audit::{AuditAction, AuditEntry};
use factors::May;
use leptos::prelude::*;

use crate::AppError;
use crate::json::Json;
use crate::ui::pages::PageView;
use crate::ui::states::await_section;
use crate::ui::{PageHeader, ReauthNotice, SettingsLayout, reading, refused_form};

/// Everything on the page.
#[server(prefix = "/api", endpoint = "settings/security", input = Json, output = Json)]
pub async fn get_security() -> Result<Security, AppError> {
    use crate::server::{current_user, headers, platform, to_app_error};
    accounts::security(&platform()?, &current_user()?, &headers()).await.map_err(to_app_error)
}

/// A secret that is shown once: recovery codes or a token.
#[server(prefix = "/api", endpoint = "settings/once", input = Json, output = Json)]
pub async fn get_flash_secret() -> Result<Option<String>, AppError> {
    use crate::server::{current_user, headers, platform};
    Ok(accounts::take_flash_secret(&platform()?, &current_user()?, &headers()))
}

/// The page.
pub struct SecurityPage;

impl PageView for SecurityPage {
    fn view() -> AnyView {
        let security = reading(|| (), |()| get_security());
        let secret = reading(|| (), |()| get_flash_secret());
        let form = refused_form().unwrap_or_default();
        view! {
            <SettingsLayout>
                <div class="head">
                    <PageHeader title="Security">"Who gets in."</PageHeader>
                </div>
                <Transition>
                    {move || Suspend::new(async move {
                        // Recovery codes are several lines, a token is one.
                        secret.await.ok().flatten().map(|secret| view! { <FlashSecret codes=secret.contains('\n') secret /> })
                    })}
                </Transition>
                {await_section(security, move |security| show(security, &form))}
            </SettingsLayout>
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
        {(!proven).then(|| view! { <ReauthNotice to="change how you sign in" next="/settings/security" /> })}
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

/// Recovery codes or a token, shown once.
#[component]
fn FlashSecret(
    /// What to save.
    secret: String,
    /// Whether they are recovery codes.
    codes: bool,
) -> impl IntoView {
    view! {
        <section class="card once" role="status">
            <h2>{if codes { "Recovery codes" } else { "Your token" }}</h2>
            <p>
                {if codes {
                    "Each one signs you in once, for when your phone is gone. Keep them somewhere else. They are not shown again."
                } else {
                    "Copy it now. It is not shown again."
                }}
            </p>
            <pre class="secret" tabindex="0">{secret}</pre>
            <form method="post" action="/settings/flash/dismiss">
                <button class="btn primary" r#type="submit">
                    {if codes { "I’ve saved them" } else { "I’ve saved it" }}
                </button>
            </form>
        </section>
    }
}

fn log_of(log: Vec<AuditEntry>) -> impl IntoView {
    let describe = |entry: &AuditEntry| match AuditAction::parse(&entry.action) {
        Some(AuditAction::PasswordChanged) => "Your password was changed.",
        Some(AuditAction::EmailChanged) => "Your email address was changed.",
        Some(AuditAction::TotpEnabled | AuditAction::PasskeyAdded) => "A second factor was added.",
        Some(AuditAction::TotpDisabled | AuditAction::PasskeyRemoved) => "A second factor was removed.",
        Some(AuditAction::RecoveryCodesCreated) => "New recovery codes were created.",
        Some(AuditAction::TokenCreated) => "An API token was created.",
        Some(AuditAction::TokenRevoked) => "An API token was revoked.",
        Some(AuditAction::TokenReused) => "A refresh token was used twice, so someone had stolen it: all tokens of that API client were revoked.",
        Some(AuditAction::EmailVerified) => "Your email address was confirmed. All earlier access was revoked, except the password.",
        Some(AuditAction::GuessingStopped) => "Five wrong passwords or codes ended a session, or a sign-in.",
        Some(AuditAction::CodeReused) => "A code from the authenticator app was used twice, and refused the second time.",
        Some(AuditAction::IdentityLinked) => "An external account was linked.",
        Some(AuditAction::IdentityUnlinked) => "An external account was unlinked.",
        Some(AuditAction::OrganisationCreated) => "You created an organisation.",
        Some(AuditAction::MemberJoined) => "You joined an organisation.",
        Some(AuditAction::MemberInvited) => "You invited someone.",
        Some(AuditAction::MemberRoleChanged) => "Your role in an organisation was changed.",
        Some(AuditAction::MemberLeft) => "You left an organisation.",
        Some(AuditAction::RoleChanged) => "Your role was changed.",
        Some(AuditAction::Exported) => "Everything was exported.",
        Some(AuditAction::DeletionRequested) => "Deletion of the account was requested.",
        Some(AuditAction::DeletionCancelled) => "Deletion of the account was cancelled.",
        None => "Something was changed.",
    };
    view! {
        <section class="card">
            <h2>"Security log"</h2>
            {if log.is_empty() {
                view! { <p class="muted">"Nothing yet. Changes to how you sign in are listed here."</p> }.into_any()
            } else {
                view! {
                    <ul class="devices">
                        {log
                            .into_iter()
                            .map(|entry| {
                                view! {
                                    <li>
                                        <span>{describe(&entry)}</span>
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
