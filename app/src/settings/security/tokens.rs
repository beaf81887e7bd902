//! API tokens.

use domain::RefusedForm;
use domain::accounts::{NewToken, TOKEN_DAYS_MAX, TokenInfo};
use leptos::prelude::*;

use crate::ui::clock::day;
use crate::ui::{PostButton, validate};

/// The valid tokens, and a form to create one.
pub fn show(tokens: Vec<TokenInfo>, proven: bool, form: &RefusedForm) -> impl IntoView + use<> {
    let refused = |field: &str| form.fields.get(field).is_some();
    let (name, days) = (refused("name"), refused("days"));
    let (typed_name, typed_days) = (form.typed("name").unwrap_or_default().to_owned(), form.typed("days").unwrap_or("90").to_owned());
    view! {
        <section class="card" id="tokens">
            <h2>"API tokens"</h2>
            <p class="muted small">
                "For scripts and apps that use "
                <a href="/v1/openapi.json" rel="external">
                    "the API"
                </a>
                ". A client with a token sees what you see, and cannot change how you sign in."
            </p>
            <ul class="devices" aria-label="API tokens">
                {tokens
                    .into_iter()
                    .map(|t| {
                        let access = if t.scopes.iter().any(|s| s == "write") { "read and write" } else { "read only" };
                        let used = t.last_used_at.map_or_else(|| "not used yet".to_owned(), |at| format!("last used {}", day(at)));
                        let label = format!("Revoke the token {}", t.name);
                        view! {
                            <li>
                                <div>
                                    <b>{t.name}</b>
                                    <p class="muted small">{format!("{access}, until {}, {used}", day(t.expires_at))}</p>
                                </div>
                                <PostButton action=format!("/settings/tokens/{}/revoke", t.id) word="Revoke" label=label />
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
            {proven
                .then(|| {
                    view! {
                        <form class="form" method="post" action="/settings/tokens" data-validated="" on:submit:capture=validate(|typed| NewToken::parse(typed.text("name"), typed.text("days")))>
                            <label>
                                "Name of a new token"
                                <input name="name" maxlength="80" required value=typed_name autofocus=name aria-invalid=name.then_some("true") />
                                {form.error("name").map(|sentence| view! { <small class="field-error" role="alert">{sentence}</small> })}
                            </label>
                            <label>
                                "Days until it expires"
                                <input name="days" r#type="number" min="1" max=TOKEN_DAYS_MAX.to_string() value=typed_days required autofocus=days aria-invalid=days.then_some("true") />
                                {form.error("days").map(|sentence| view! { <small class="field-error" role="alert">{sentence}</small> })}
                            </label>
                            <label class="check">
                                <input name="writes" r#type="checkbox" value="1" />
                                "Allow writing"
                            </label>
                            <button class="btn" r#type="submit">
                                "Create token"
                            </button>
                        </form>
                    }
                })}
        </section>
    }
}
