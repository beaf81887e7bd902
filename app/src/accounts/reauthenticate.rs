//! Authenticates again before a dangerous action.

use domain::accounts::RECENT_AUTH_MINUTES;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::accounts::sign_in::PasskeyButton;
use crate::ui::pages::PageView;
use crate::ui::shell::ViewerResource;
use crate::ui::states::await_section;
use crate::ui::{PageHeader, refused_form};

/// Password, or the second factor where there is one.
pub struct ReauthenticatePage;

impl PageView for ReauthenticatePage {
    fn view() -> AnyView {
        let viewer = expect_context::<ViewerResource>().0;
        let query = use_query_map();
        let form = refused_form();
        let next = form.as_ref().and_then(|f| f.typed("next")).map(str::to_owned);
        let next = next.or_else(|| query.read_untracked().get("next")).unwrap_or_default();
        let wrong = form.is_some();
        view! {
            <div class="narrow">
                <div class="head">
                    <PageHeader title="Confirm it’s you">"Confirm it’s you."</PageHeader>
                </div>
                {await_section(viewer, move |viewer| {
                    let mfa = viewer.is_some_and(|v| v.second_factor);
                    let next = next.clone();
                    view! {
                        <form class="card form" method="post" action="/reauthenticate">
                            <input r#type="hidden" name="next" value=next.clone() data-passkey-next />
                            {if mfa {
                                view! {
                                    <label>
                                        "Code"
                                        <input name="code" autocomplete="one-time-code" autocapitalize="off" spellcheck="false" required />
                                        <small class="hint">"The six digits from your app, or a recovery code."</small>
                                        {wrong
                                            .then(|| {
                                                view! {
                                                    <small class="field-error" role="alert">
                                                        "That code is wrong, or was already used. Use the next one."
                                                    </small>
                                                }
                                            })}
                                    </label>
                                }
                                    .into_any()
                            } else {
                                view! {
                                    <label>
                                        "Password"
                                        <input name="password" r#type="password" autocomplete="current-password" required />
                                        {wrong
                                            .then(|| {
                                                view! {
                                                    <small class="field-error" role="alert">"That is not the password. Check it and try again."</small>
                                                }
                                            })}
                                    </label>
                                }
                                    .into_any()
                            }}
                            <p class="muted small">{format!("Good for {RECENT_AUTH_MINUTES} minutes.")}</p>
                            <button class="btn primary" r#type="submit">
                                "Confirm"
                            </button>
                        </form>
                        {mfa.then(|| view! { <PasskeyButton purpose="reauthenticate" label="Use a passkey" /> })}
                    }
                })}
            </div>
        }
        .into_any()
    }
}
