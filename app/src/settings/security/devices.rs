//! Where the account is signed in.

use domain::accounts::LoginSession;
use domain::units::pluralize;
use leptos::prelude::*;

use crate::ui::clock::{day, moment};
use crate::ui::{Badge, PostButton};

pub fn show(devices: Vec<LoginSession>) -> impl IntoView {
    let others = devices.iter().filter(|d| !d.current).count();
    view! {
        <section class="card">
            <h2>"Devices"</h2>
            <ul class="devices" aria-label="Devices">
                {devices
                    .into_iter()
                    .map(|d| {
                        let action = format!("/settings/sessions/{}/revoke", d.id);
                        let label = format!("Sign out {}", d.name);
                        view! {
                            <li>
                                <div>
                                    <b>{d.name}</b>
                                    {d.place.map(|place| view! { <span class="muted">{format!(", {place}")}</span> })}
                                    <p class="muted small">
                                        {format!("since {}, last used {}", day(d.created_at), moment(d.last_seen_at))}
                                    </p>
                                </div>
                                {if d.current {
                                    view! { <Badge kind="works" word="This device" /> }.into_any()
                                } else {
                                    view! {
                                        <PostButton action=action word="Sign out" label=label />
                                    }
                                        .into_any()
                                }}
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
            {(others > 0)
                .then(|| {
                    view! {
                        <form method="post" action="/settings/sessions/revoke-others">
                            <button class="btn" r#type="submit">
                                {format!("Sign out {}", pluralize(others, "other device", "other devices"))}
                            </button>
                        </form>
                    }
                })}
        </section>
    }
}
