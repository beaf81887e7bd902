//! Settings: profile, appearance, links to the other settings, and sign-out.

mod history;
mod privacy;
mod profile;
mod security;
mod sharing;

use domain::access::Access;
use domain::accounts::Viewer;
use leptos::prelude::*;

use crate::ui::navigation::{self, Entry, Place};
use crate::ui::pages::{PageView, functions, pages};
use crate::ui::shell::ViewerResource;
use crate::ui::states::await_section;
use crate::ui::{Icon, PageHeader, Refused, reading, refused_form};

pub use history::HistoryPage;
pub use privacy::PrivacyPage;
pub use security::SecurityPage;

pages! {
    settings, __preload_settings {
        "/settings" => SettingsPage, Access::Athlete,
        "/settings/history" => HistoryPage, Access::Athlete,
    }
    settings_security, __preload_settings_security {
        "/settings/security" => SecurityPage, Access::Athlete,
    }
    settings_privacy, __preload_settings_privacy {
        "/settings/privacy" => PrivacyPage, Access::Athlete,
    }
}

/// Links to the pages.
pub(crate) const NAVIGATION: &[Entry] = &[
    Entry::new(Place::Foot, "/settings", "Settings", Some(Icon::Settings)),
    Entry::new(Place::Tab(4), "/settings", "More", Some(Icon::More)),
    Entry::new(Place::Account, "/settings/security", "Security", None),
    Entry::new(Place::Account, "/settings/history", "Trash and history", None),
    Entry::new(Place::Account, "/settings/privacy", "Data and privacy", None),
];

functions! {
    profile::GetProfile => Access::Athlete, "{}",
    history::GetHistory => Access::Athlete, r#"{"request": {"after": null}}"#,
    privacy::GetPrivacy => Access::Athlete, "{}",
    security::GetSecurity => Access::Athlete, "{}",
    security::GetFlashSecret => Access::Athlete, "{}",
}

/// Settings of this account and this browser.
pub struct SettingsPage;

impl PageView for SettingsPage {
    fn view() -> AnyView {
        let viewer = expect_context::<ViewerResource>().0;
        let profile = reading(|| (), |()| profile::get_profile());
        let form = refused_form();
        let typed = form.clone().unwrap_or_default();
        view! {
            <div class="head">
                <PageHeader title="Settings">"Settings"</PageHeader>
            </div>
            <Refused when=form.is_some() />
            <div class="grid cols-2 top">
                {await_section(viewer, |viewer| viewer.map(links))}
                <div class="stack">
                    {await_section(profile, move |profile| profile::show(profile, &typed))} <AppearanceCard />
                </div>
            </div>
        }
        .into_any()
    }
}

/// Links to the settings on other pages.
fn links(viewer: Viewer) -> impl IntoView {
    let (running, account) = (navigation::group(Place::Running, &viewer), navigation::group(Place::Account, &viewer));
    view! {
        <div class="stack">
            <section class="card">
                <h2>"Running"</h2>
                {running}
            </section>
            <section class="card">
                <h2>"Account"</h2>
                <p class="muted small">"Signed in as " <b>{viewer.email}</b></p>
                {viewer
                    .synthetic
                    .then(|| {
                        view! {
                            <p class="synthetic">
                                "A synthetic athlete. Every number in this account is made up. " <a href="/demo/ground-truth">"Planted effects"</a>
                            </p>
                        }
                    })}
                {account}
                <form method="post" action="/sign-out">
                    <button class="btn" r#type="submit">
                        "Sign out"
                    </button>
                </form>
            </section>
        </div>
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
