//! Settings: who somebody is, how it looks, the way to the rest, and the way out.

mod history;
mod privacy;
mod profile;
mod security;
mod sharing;

use domain::accounts::Viewer;
use domain::permissions::{Permission, may};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::{LazyRoute, lazy_route};

use crate::ui::shell::ViewerResource;
use crate::ui::states::await_section;
use crate::ui::{PageHeader, Refused, reading, refused_form};

pub use history::HistoryPage;
pub use privacy::PrivacyPage;
pub use security::SecurityPage;

/// Settings of this account and this browser.
pub struct SettingsPage;

#[lazy_route]
impl LazyRoute for SettingsPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let query = use_query_map();
        let viewer = expect_context::<ViewerResource>().0;
        let profile = reading(|| (), |()| profile::get_profile());
        let form = refused_form();
        let typed = form.clone().unwrap_or_default();
        let saved = query.read_untracked().get("saved").map(|what| match what.as_str() {
            "zone" => "Saved. Runs that name no time zone are being dated anew.",
            _ => "Saved.",
        });
        view! {
            <div class="head">
                <PageHeader title="Settings">"Settings"</PageHeader>
            </div>
            {saved.map(|words| view! { <p class="notice good" role="status">{words}</p> })}
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

/// The way to everything that is set elsewhere.
fn links(viewer: Viewer) -> impl IntoView {
    let link = |href: &'static str, words: &'static str| {
        view! {
            <li>
                <a href=href>{words}</a>
            </li>
        }
    };
    view! {
        <div class="stack">
            <section class="card">
                <h2>"Running"</h2>
                <ul class="links">
                    {link("/performance", "Fitness, races, records")} {link("/performance/values", "Heart rates, thresholds, zones")}
                    {link("/activities/new", "Add an activity by hand")} {link("/import", "Import runs")}
                    {link("/journal/import", "Import a journal from CSV")}
                </ul>
            </section>
            <section class="card">
                <h2>"Account"</h2>
                <p class="muted small">"Signed in as " <b>{viewer.email}</b></p>
                {viewer
                    .synthetic
                    .then(|| {
                        view! {
                            <p class="synthetic">
                                "A synthetic athlete. Every number of this account is made up. " <a href="/planted">"What was planted"</a>
                            </p>
                        }
                    })}
                <ul class="links">
                    {link("/settings/security", "Security")} {link("/organisations", "Organisations")}
                    {link("/settings/history", "Bin and changes")} {link("/settings/privacy", "Your data")}
                    {may(viewer.role, Permission::SeePeople).then(|| link("/admin/people", "People"))}
                </ul>
                <form method="post" action="/sign-out">
                    <button class="btn" r#type="submit">
                        "Sign out"
                    </button>
                </form>
            </section>
        </div>
    }
}

/// The theme that this browser shows; the document's own mark tells it there.
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
    let themes = [("system", "As the system says"), ("light", "Light"), ("dark", "Dark"), ("contrast", "High contrast")];
    view! {
        <section class="card">
            <h2>"Look"</h2>
            <p class="muted small">"For this browser."</p>
            <form method="post" action="/settings/theme" class="choices">
                {themes
                    .map(|(value, words)| {
                        view! {
                            <button class="btn" name="theme" value=value r#type="submit" aria-pressed=(value == now).to_string()>
                                {words}
                            </button>
                        }
                    })
                    .collect_view()}
            </form>
        </section>
    }
}
