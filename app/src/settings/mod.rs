//! Settings: theme, devices and password, and the way out.

mod history;
mod privacy;
mod security;
mod sharing;

use domain::permissions::{Act, may};
use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};

use crate::ui::Head;
use crate::ui::frame::ViewerResource;
use crate::ui::states::loaded_part;

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
        let viewer = expect_context::<ViewerResource>().0;
        view! {
            <div class="head">
                <Head title="Settings">"Settings"</Head>
            </div>
            {loaded_part(viewer, |viewer| {
                viewer
                    .map(|v| {
                        view! {
                            <div class="grid cols-2">
                                <section class="card">
                                    <h2>"You"</h2>
                                    <dl class="facts">
                                        <dt>"Name"</dt>
                                        <dd>{v.name}</dd>
                                        <dt>"E-mail"</dt>
                                        <dd>{v.email}</dd>
                                        <dt>"Time zone"</dt>
                                        <dd>{v.time_zone}</dd>
                                    </dl>
                                    {v
                                        .synthetic
                                        .then(|| {
                                            view! {
                                                <p class="synthetic">
                                                    "A synthetic athlete. Every number of this account is made up. "
                                                    <a href="/planted">"What was planted"</a>
                                                </p>
                                            }
                                        })}
                                    <ul class="links">
                                        <li>
                                            <a href="/settings/security">"Security"</a>
                                        </li>
                                        <li>
                                            <a href="/organisations">"Organisations"</a>
                                        </li>
                                        <li>
                                            <a href="/settings/history">"Bin and changes"</a>
                                        </li>
                                        <li>
                                            <a href="/settings/privacy">"Your data"</a>
                                        </li>
                                        {may(v.role, Act::SeePeople)
                                            .then(|| {
                                                view! {
                                                    <li>
                                                        <a href="/admin/people">"People"</a>
                                                    </li>
                                                }
                                            })}
                                    </ul>
                                    <form method="post" action="/sign-out">
                                        <button class="btn" r#type="submit">
                                            "Sign out"
                                        </button>
                                    </form>
                                </section>
                                <section class="card">
                                    <h2>"Look"</h2>
                                    <p class="muted small">"For this browser."</p>
                                    <form method="post" action="/settings/theme" class="choices">
                                        {[("system", "As the system says"), ("light", "Light"), ("dark", "Dark"), ("contrast", "High contrast")]
                                            .map(|(value, words)| {
                                                view! {
                                                    <button class="btn" name="theme" value=value r#type="submit">
                                                        {words}
                                                    </button>
                                                }
                                            })
                                            .collect_view()}
                                    </form>
                                </section>
                                <section class="card">
                                    <h2>"Running"</h2>
                                    <ul class="links">
                                        <li>
                                            <a href="/performance">"Fitness, races, records"</a>
                                        </li>
                                        <li>
                                            <a href="/performance/values">"Heart rates, thresholds, zones"</a>
                                        </li>
                                        <li>
                                            <a href="/activities/new">"Add an activity by hand"</a>
                                        </li>
                                    </ul>
                                </section>
                                <section class="card">
                                    <h2>"Data"</h2>
                                    <ul class="links">
                                        <li>
                                            <a href="/import">"Import runs"</a>
                                        </li>
                                        <li>
                                            <a href="/journal/import">"Import a journal from CSV"</a>
                                        </li>
                                    </ul>
                                </section>
                            </div>
                        }
                    })
            })}
        }
        .into_any()
    }
}
