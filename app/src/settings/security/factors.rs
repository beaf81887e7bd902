//! Second factors, passkeys, recovery codes, and external accounts.

use domain::accounts::{LoginMethods, NewTotp};
use domain::units::pluralize;
use leptos::prelude::*;

use crate::accounts::PasskeyButton;
use crate::ui::clock::day;
use crate::ui::{Badge, PostButton};

/// How the login methods may be changed right now.
#[derive(Debug, Clone, Copy)]
pub struct May {
    /// Remove one: the user authenticated recently.
    pub change: bool,
    /// Add one: the email address is confirmed, too.
    pub add: bool,
}

/// Login methods other than the password. Changing them requires recent authentication.
pub fn show(factors: LoginMethods, new: Option<NewTotp>, providers: Vec<(String, String, bool)>, may: May, wrong: &str) -> impl IntoView + use<> {
    let May { change: proven, add } = may;
    let refused = wrong.split(',').any(|w| w == "code");
    let codes = factors.recovery_codes;
    let on = factors.authenticator || !factors.passkeys.is_empty();
    view! {
        <section class="card" id="factors">
            <h2>"Second factor"</h2>
            <ul class="devices" aria-label="Second factors">
                <li>
                    <div>
                        <b>"Authenticator app"</b>
                        <p class="muted small">"Six digits that change every half minute."</p>
                    </div>
                    {match (factors.authenticator, if factors.authenticator { proven } else { add }) {
                        (true, true) => view! { <PostButton action="/settings/authenticator/remove" word="Remove" label="Remove the authenticator app" /> }.into_any(),
                        (true, false) => view! { <Badge kind="works" word="On" /> }.into_any(),
                        (false, true) if new.is_some() => view! { <Badge kind="none" word="Being set up" /> }.into_any(),
                        (false, true) => view! { <PostButton action="/settings/authenticator" word="Add" label="Add an authenticator app" /> }.into_any(),
                        (false, false) => view! { <Badge kind="none" word="Off" /> }.into_any(),
                    }}
                </li>
                {factors
                    .passkeys
                    .into_iter()
                    .map(|p| {
                        let used = p.last_used_at.map_or_else(|| "not used yet".to_owned(), |at| format!("last used {}", day(at)));
                        let label = format!("Remove the passkey {}", p.name);
                        view! {
                            <li>
                                <div>
                                    <b>{format!("Passkey: {}", p.name)}</b>
                                    <p class="muted small">{format!("since {}, {used}", day(p.created_at))}</p>
                                </div>
                                {proven.then(|| view! { <PostButton action=format!("/settings/passkeys/{}/remove", p.id) word="Remove" label /> })}
                            </li>
                        }
                    })
                    .collect_view()}
                {on
                    .then(|| {
                        view! {
                            <li>
                                <div>
                                    <b>"Recovery codes"</b>
                                    <p class="muted small">{format!("{} left, for the day your phone is gone.", pluralize(codes as usize, "code", "codes"))}</p>
                                </div>
                                {proven.then(|| view! { <PostButton action="/settings/recovery-codes" word="Replace" label="Replace the recovery codes" /> })}
                            </li>
                        }
                    })}
                {providers
                    .into_iter()
                    .map(|(id, name, linked)| {
                        view! {
                            <li>
                                <div>
                                    <b>{name.clone()}</b>
                                    <p class="muted small">{if linked { "Signs in to this account." } else { "Not linked yet." }}</p>
                                </div>
                                {match (proven, linked) {
                                    (true, true) => {
                                        view! {
                                            <form method="post" action="/settings/identities/unlink">
                                                <input r#type="hidden" name="provider" value=id />
                                                <button class="btn small" r#type="submit" aria-label=format!("Unlink {name}")>
                                                    "Unlink"
                                                </button>
                                            </form>
                                        }
                                            .into_any()
                                    }
                                    (true, false) if add => {
                                        view! {
                                            <a class="btn small" rel="external" href=format!("/auth/{id}?link=1") aria-label=format!("Link {name}")>
                                                "Link"
                                            </a>
                                        }
                                            .into_any()
                                    }
                                    _ => ().into_any(),
                                }}
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
            {new.filter(|_| add).map(|new| view! { <ConfirmTotp new refused /> })}
            {add.then(new_passkey)}
        </section>
    }
}

/// Names a passkey and requests one from the browser.
fn new_passkey() -> impl IntoView {
    view! {
        <div class="form">
            <label>
                "Name of a new passkey"
                <input id="passkey-name" maxlength="80" value="This device" />
            </label>
            <PasskeyButton purpose="add" label="Add a passkey" />
        </div>
    }
}

/// Scan the secret, enter the first code.
#[component]
fn ConfirmTotp(
    /// The secret to scan or enter.
    new: NewTotp,
    /// Whether a code was refused.
    refused: bool,
) -> impl IntoView {
    let size = new.qr_size;
    view! {
        <form class="form authenticator" method="post" action="/settings/authenticator/confirm">
            <p>"Scan this with the app, or enter the secret by hand. Then enter the six digits that it shows."</p>
            <svg class="qr" viewBox=format!("-4 -4 {} {}", size + 8, size + 8) role="img" aria-label="The secret as a QR code">
                <rect x="-4" y="-4" width=size + 8 height=size + 8 fill="#fff" />
                <path d=new.qr_path fill="#000" />
            </svg>
            <p class="small">
                <code class="secret">{new.secret}</code>
            </p>
            <label>
                "Code"
                <input name="code" inputmode="numeric" autocomplete="one-time-code" required autofocus=refused aria-invalid=refused.then_some("true") />
                {refused
                    .then(|| {
                        view! {
                            <small class="field-error" role="alert">
                                "That code does not match. Check that your phone’s clock is right, and use the next one."
                            </small>
                        }
                    })}
            </label>
            <button class="btn primary" r#type="submit">
                "Turn on"
            </button>
        </form>
    }
}
