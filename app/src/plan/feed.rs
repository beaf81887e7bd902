//! The address of the plan for a calendar.

use leptos::prelude::*;

use super::get_calendar_feed;
use crate::settings::get_flash_secret;
use crate::ui::pages::PageView;
use crate::ui::{PageHeader, await_page, reading, units};

/// The page.
pub struct PlanFeedPage;

impl PageView for PlanFeedPage {
    fn view() -> AnyView {
        let since = reading(|| (), |()| get_calendar_feed());
        let secret = reading(|| (), |()| get_flash_secret());
        view! {
            <div class="head">
                <PageHeader title="Calendar address" eyebrow="iCalendar, for phones and everything else">
                    "Your plan in your calendar."
                </PageHeader>
            </div>
            <Transition>
                {move || Suspend::new(async move {
                    // Other secrets that are shown once are none of this page.
                    secret.await.ok().flatten().filter(|secret| secret.contains("/calendar/feed/")).map(|secret| view! { <Address secret=secret /> })
                })}
            </Transition>
            {await_page(since, |since| {
                let made = since.map(|day| format!("There is an address since {}. It is not shown again: who lost it makes a new one.", units().date(day)));
                let is_there = made.is_some();
                view! {
                    <section class="card stack feed">
                        <p class="muted">
                            "A calendar that subscribes to the address shows every planned session and every race as an event of its day. Whoever knows the address can read these, and nothing else."
                        </p>
                        {made.map(|made| view! { <p>{made}</p> })}
                        <div class="actions">
                            <form method="post" action="/plan/feed">
                                <button class="btn primary" r#type="submit">
                                    {if is_there { "Make a new address" } else { "Make an address" }}
                                </button>
                            </form>
                            {is_there
                                .then(|| {
                                    view! {
                                        <form method="post" action="/plan/feed/revoke">
                                            <button class="btn" r#type="submit">
                                                "Revoke it"
                                            </button>
                                        </form>
                                    }
                                })}
                            <a class="btn quiet" href="/calendar">
                                "Calendar"
                            </a>
                        </div>
                        {is_there.then(|| view! { <p class="tiny">"A new address ends the old one at once."</p> })}
                    </section>
                }
            })}
        }
        .into_any()
    }
}

/// The address, shown once.
#[component]
fn Address(secret: String) -> impl IntoView {
    view! {
        <section class="card once" role="status">
            <h2>"The address"</h2>
            <p>"Copy it now. It is not shown again."</p>
            <pre class="secret" tabindex="0">
                {secret}
            </pre>
            <form method="post" action="/settings/flash/dismiss">
                <input r#type="hidden" name="next" value="/plan/feed" />
                <button class="btn primary" r#type="submit">
                    "I’ve saved it"
                </button>
            </form>
        </section>
    }
}
