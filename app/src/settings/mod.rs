//! Settings: the account's owner, units, and what else can be set, with one list beside every page of them.

mod history;
mod privacy;
mod profile;
mod security;
mod sharing;
mod units;

use domain::access::Access;
use domain::accounts::Viewer;
use leptos::prelude::*;

use crate::onboarding::Stage;
use crate::ui::navigation::{Entry, Place};
use crate::ui::pages::{PageView, functions, pages};
use crate::ui::shell::ViewerResource;
use crate::ui::states::await_section;
use crate::ui::{Icon, PageHeader, Refused, SettingsLayout, reading, refused_form};

pub use history::HistoryPage;
pub use privacy::PrivacyPage;
pub use security::{SecurityPage, get_flash_secret};
pub use units::UnitsPage;

pages! {
    settings, __preload_settings {
        "/settings" => SettingsPage, Access::Athlete,
        "/settings/units" => UnitsPage, Access::Athlete,
        "/settings/history" => HistoryPage, Access::Athlete,
    }
    settings_security, __preload_settings_security {
        "/settings/security" => SecurityPage, Access::Athlete,
    }
    settings_privacy, __preload_settings_privacy {
        "/settings/privacy" => PrivacyPage, Access::Athlete,
    }
}

/// Links to the pages. Those of other features stand between them.
pub(crate) const NAVIGATION: &[Entry] = &[
    Entry::new(Place::Foot, "/settings", "Settings", Some(Icon::Settings)),
    Entry::new(Place::Settings(0), "/settings", "You", None),
    Entry::new(Place::Settings(1), "/settings/units", "Units and dates", None),
    Entry::new(Place::Settings(6), "/settings/security", "Security", None),
    Entry::new(Place::Settings(5), "/settings/privacy", "Data and privacy", None),
    Entry::new(Place::Settings(7), "/settings/history", "Trash and history", None),
];

functions! {
    profile::GetProfile => Access::Athlete, "{}",
    history::GetHistory => Access::Athlete, r#"{"request": {"after": null}}"#,
    privacy::GetPrivacy => Access::Athlete, "{}",
    security::GetSecurity => Access::Athlete, "{}",
    security::GetFlashSecret => Access::Athlete, "{}",
}

/// The account's owner, and what is set for this browser.
pub struct SettingsPage;

impl PageView for SettingsPage {
    fn view() -> AnyView {
        let viewer = expect_context::<ViewerResource>().0;
        let profile = reading(|| (), |()| profile::get_profile());
        let form = refused_form();
        let typed = form.clone().unwrap_or_default();
        view! {
            <SettingsLayout>
                <div class="head">
                    <PageHeader title="Settings">"You, and how you like it."</PageHeader>
                </div>
                <Refused when=form.is_some() />
                <div class="grid cols-2 top">
                    {await_section(profile, move |profile| profile::show(profile, &typed))}
                    <div class="stack">
                        {await_section(viewer, |viewer| viewer.map(account))} <AppearanceCard />
                        <section class="card">
                            <h2>"What you said"</h2>
                            <Stage />
                        </section>
                    </div>
                </div>
            </SettingsLayout>
        }
        .into_any()
    }
}

/// The account: its address, what it may do, and sign-out.
fn account(viewer: Viewer) -> impl IntoView {
    let confirmed = if viewer.verified { "confirmed" } else { "not confirmed yet" };
    view! {
        <section class="card">
            <h2>"Account"</h2>
            <dl class="account-facts">
                <div>
                    <dt>"Signed in as"</dt>
                    <dd>
                        <b>{viewer.email}</b>
                        <span class="tiny">{confirmed}</span>
                    </dd>
                </div>
                <div>
                    <dt>"Role"</dt>
                    <dd>{viewer.role.label()}</dd>
                </div>
            </dl>
            {viewer
                .synthetic
                .then(|| {
                    view! {
                        <p class="synthetic">
                            "A synthetic athlete. Every number in this account is made up. " <a href="/demo/ground-truth">"Planted effects"</a>
                        </p>
                    }
                })}
            <form method="post" action="/sign-out">
                <button class="btn" r#type="submit">
                    "Sign out"
                </button>
            </form>
        </section>
    }
}

/// The theme of this browser; in the browser it is read from the document's attribute.
fn theme() -> String {
    #[cfg(feature = "ssr")]
    let chosen = crate::server::theme().map(str::to_owned);
    #[cfg(not(feature = "ssr"))]
    let chosen = document().document_element().and_then(|html| html.get_attribute("data-theme"));
    chosen.unwrap_or_else(|| "system".into())
}

/// The theme of this browser, to choose.
#[component]
fn AppearanceCard() -> impl IntoView {
    let now = theme();
    let themes = [("system", "System"), ("light", "Light"), ("dark", "Dark"), ("contrast", "High contrast")];
    view! {
        <section class="card">
            <h2>"Appearance"</h2>
            <p class="muted small">"For this browser only."</p>
            <form method="post" action="/settings/theme" class="choices">
                {themes
                    .map(|(value, label)| {
                        view! {
                            <button class="btn" name="theme" value=value r#type="submit" aria-pressed=(value == now).to_string()>
                                {label}
                            </button>
                        }
                    })
                    .collect_view()}
            </form>
        </section>
    }
}
