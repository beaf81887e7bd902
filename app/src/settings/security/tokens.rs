//! Tokens for programs.

use domain::RefusedForm;
use domain::accounts::TokenInfo;
use leptos::prelude::*;

use crate::ui::PostButton;
use crate::ui::clock::day;

/// The tokens that work, and a form for another.
pub fn show(tokens: Vec<TokenInfo>, proven: bool, form: &RefusedForm) -> impl IntoView + use<> {
    let refused = |field: &str| form.fields.get(field).is_some();
    let (name, days) = (refused("name"), refused("days"));
    let (typed_name, typed_days) = (form.typed("name").unwrap_or_default().to_owned(), form.typed("days").unwrap_or("90").to_owned());
    view! {
        <section class="card" id="tokens">
            <h2>"Programs"</h2>
            <p class="muted small">
                "Tokens for "
                <a href="/v1/openapi.json" rel="external">
                    "the API"
                </a>
                ". A program with one sees what you see, and can change none of the ways in."
            </p>
            <ul class="devices" aria-label="Tokens">
                {tokens
                    .into_iter()
                    .map(|t| {
                        let may = if t.scopes.iter().any(|s| s == "write") { "reads and writes" } else { "reads" };
                        let used = t.last_used_at.map_or_else(|| "not used yet".to_owned(), |at| format!("last used {}", day(at)));
                        let label = format!("End the token {}", t.name);
                        view! {
                            <li>
                                <div>
                                    <b>{t.name}</b>
                                    <p class="muted small">{format!("{may}, until {}, {used}", day(t.expires_at))}</p>
                                </div>
                                <PostButton action=format!("/settings/tokens/{}/end", t.id) word="End" label=label />
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
            {proven
                .then(|| {
                    view! {
                        <form class="form" method="post" action="/settings/tokens">
                            <label>
                                "Name of a new token"
                                <input name="name" maxlength="80" required value=typed_name autofocus=name aria-invalid=name.then_some("true") />
                                {name
                                    .then(|| {
                                        view! {
                                            <small class="field-error" role="alert">"A name of 1 to 80 characters, such as what uses it."</small>
                                        }
                                    })}
                            </label>
                            <label>
                                "Days"
                                <input name="days" r#type="number" min="1" max="366" value=typed_days required autofocus=days aria-invalid=days.then_some("true") />
                                {days.then(|| view! { <small class="field-error" role="alert">"From 1 to 366 days."</small> })}
                            </label>
                            <label class="check">
                                <input name="writes" r#type="checkbox" value="1" />
                                "It may write"
                            </label>
                            <button class="btn" r#type="submit">
                                "Make a token"
                            </button>
                        </form>
                    }
                })}
        </section>
    }
}
