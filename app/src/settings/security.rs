//! Where this account is signed in, and its password. Forms that need no script.

use domain::accounts::{Device, PASSWORD_MIN, check_password};
use domain::{FieldErrors, units::counted};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::{LazyRoute, lazy_route};

use crate::AppError;
use crate::ui::states::loaded;
use crate::ui::{Chip, Head};

/// The viewer's open sessions.
#[server(prefix = "/api", endpoint = "settings/devices", input = leptos::server_fn::codec::Json)]
pub async fn get_devices() -> Result<Vec<Device>, AppError> {
    use crate::server::{fail, session};
    let (platform, _, mut session) = session().await?;
    let parts = use_context::<axum::http::request::Parts>();
    let token = parts.as_ref().and_then(|p| accounts::token_in(&p.headers));
    accounts::devices(&mut session, token, platform.clock.now()).await.map_err(fail)
}

/// Devices and password.
pub struct SecurityPage;

#[lazy_route]
impl LazyRoute for SecurityPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let query = use_query_map();
        let devices = Resource::new(|| (), |()| get_devices());
        let asked = move |key: &str| query.read_untracked().get(key);
        let done = match (asked("changed"), asked("ended").as_deref()) {
            (Some(_), _) => Some("The password is changed. Every other device is signed out."),
            (None, Some("all")) => Some("Every other device is signed out."),
            (None, Some(_)) => Some("That device is signed out."),
            (None, None) => None,
        };
        let wrong = asked("wrong").unwrap_or_default();
        view! {
            <div class="head">
                <Head title="Security">"Who gets in."</Head>
            </div>
            {done.map(|words| view! { <p class="notice good" role="status">{words}</p> })}
            <div class="grid cols-2 top">
                {loaded(devices, show)}
                <PasswordForm wrong=wrong />
            </div>
        }
        .into_any()
    }
}

fn show(devices: Vec<Device>) -> impl IntoView {
    let others = devices.iter().filter(|d| !d.current).count();
    view! {
        <section class="card">
            <h2>"Signed in"</h2>
            <ul class="devices">
                {devices
                    .into_iter()
                    .map(|d| {
                        let action = format!("/settings/devices/{}/end", d.id);
                        let label = format!("Sign out {}", d.name);
                        view! {
                            <li>
                                <div>
                                    <b>{d.name}</b>
                                    <p class="muted small">
                                        {format!("since {}, last used {}", d.created_at.format("%-d %B %Y"), d.last_seen_at.format("%-d %B %Y, %H:%M UTC"))}
                                    </p>
                                </div>
                                {if d.current {
                                    view! { <Chip kind="works" word="This one" /> }.into_any()
                                } else {
                                    view! {
                                        <form method="post" action=action>
                                            <button class="btn small" r#type="submit" aria-label=label>
                                                "Sign out"
                                            </button>
                                        </form>
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
                        <form method="post" action="/settings/devices/end-others">
                            <button class="btn" r#type="submit">
                                {format!("Sign out {}", counted(others, "other device", "other devices"))}
                            </button>
                        </form>
                    }
                })}
        </section>
    }
}

#[component]
fn PasswordForm(
    /// Names of the fields that were refused.
    wrong: String,
) -> impl IntoView {
    let refused = move |field: &str| wrong.split(',').any(|w| w == field);
    let old = refused("old").then_some("That is not the password until now. Check it and try again.");
    // The sentence is made by the same rule as on the server; the password itself never comes back.
    let new = refused("new").then(|| {
        let mut errors = FieldErrors::default();
        check_password(&mut errors, "new", "");
        errors.get("new").unwrap_or_default().to_owned()
    });
    view! {
        <form class="card form" method="post" action="/settings/password">
            <h2>"Password"</h2>
            <label>
                "Until now"
                <input name="old" r#type="password" autocomplete="current-password" required aria-invalid=old.map(|_| "true") />
            </label>
            {old.map(|words| view! { <p class="form-error" role="alert">{words}</p> })}
            <label>
                "From now on"
                <input name="new" r#type="password" autocomplete="new-password" minlength=PASSWORD_MIN.to_string() required aria-invalid=new.as_ref().map(|_| "true") />
            </label>
            {new.map(|words| view! { <p class="form-error" role="alert">{words}</p> })}
            <p class="muted small">"Every other device is signed out with it."</p>
            <button class="btn primary" r#type="submit">
                "Change it"
            </button>
        </form>
    }
}
