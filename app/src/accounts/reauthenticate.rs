//! Shows who it is before something dangerous.

use domain::accounts::RECENT_AUTH_MINUTES;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::{LazyRoute, lazy_route};

use crate::accounts::sign_in::PasskeyButton;
use crate::ui::shell::ViewerResource;
use crate::ui::states::await_section;
use crate::ui::{PageHeader, refused_form};

/// Password, or the second factor where there is one.
pub struct ProvePage;

#[lazy_route]
impl LazyRoute for ProvePage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let viewer = expect_context::<ViewerResource>().0;
        let query = use_query_map();
        let form = refused_form();
        let then = form.as_ref().and_then(|f| f.typed("then")).map(str::to_owned);
        let then = then.or_else(|| query.read_untracked().get("then")).unwrap_or_default();
        let wrong = form.is_some();
        view! {
            <div class="narrow">
                <div class="head">
                    <PageHeader title="It’s you?">"Show that it is you."</PageHeader>
                </div>
                {await_section(viewer, move |viewer| {
                    let second = viewer.is_some_and(|v| v.second_factor);
                    let then = then.clone();
                    view! {
                        <form class="card form" method="post" action="/prove">
                            <input r#type="hidden" name="then" value=then.clone() data-passkey-then />
                            {if second {
                                view! {
                                    <label>
                                        "Code"
                                        <input name="code" autocomplete="one-time-code" autocapitalize="off" spellcheck="false" required />
                                        <small class="hint">"The six digits of your app, or a recovery code."</small>
                                        {wrong
                                            .then(|| {
                                                view! {
                                                    <small class="field-error" role="alert">
                                                        "That code is not right, or was used already. Take the next one."
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
                                "It’s me"
                            </button>
                        </form>
                        {second.then(|| view! { <PasskeyButton act="prove" words="Use a passkey" /> })}
                    }
                })}
            </div>
        }
        .into_any()
    }
}
