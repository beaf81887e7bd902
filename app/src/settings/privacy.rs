//! Data and privacy: who sees what, export, import, and deleting the account.

use domain::privacy::{Consent, DELETION_DAYS, ExportInfo, Privacy};
use leptos::prelude::*;

use crate::AppError;
use crate::json::Json;
use crate::settings::sharing::{PrivacyZones, SharingForm};
use crate::ui::pages::PageView;
use crate::ui::states::await_section;
use crate::ui::{PageHeader, ReauthNotice, SettingsLayout, reading, refused_form};

/// Exports, consents, sharing, privacy zones, and whether the account is scheduled for deletion.
#[server(prefix = "/api", endpoint = "settings/privacy", input = Json, output = Json)]
pub async fn get_privacy() -> Result<Privacy, AppError> {
    use crate::server::{to_app_error, user_tx};
    let (platform, viewer, mut tx) = user_tx().await?;
    let now = platform.clock.now();
    Ok(Privacy {
        exports: privacy::exports(&mut tx, now).await.map_err(to_app_error)?,
        agreed: accounts::consents(&mut tx).await.map_err(to_app_error)?,
        sharing: activities::sharing(&mut tx).await.map_err(to_app_error)?,
        zones: activities::privacy_zones(&mut tx).await.map_err(to_app_error)?,
        proven: viewer.recently_authenticated(now),
        deletion_on: viewer.deletion_requested_at.map(|at| at + chrono::TimeDelta::days(DELETION_DAYS)),
    })
}

/// The page.
pub struct PrivacyPage;

impl PageView for PrivacyPage {
    fn view() -> AnyView {
        let privacy = reading(|| (), |()| get_privacy());
        let wrong = refused_form().is_some();
        // While an export is being prepared, the page polls.
        #[cfg(feature = "hydrate")]
        Effect::new(move |_| {
            let preparing = privacy.get().and_then(Result::ok).is_some_and(|p| p.exports.iter().any(|e| e.finished_at.is_none()));
            if preparing {
                set_timeout(move || privacy.refetch(), std::time::Duration::from_secs(2));
            }
        });
        view! {
            <SettingsLayout>
                <div class="head">
                    <PageHeader title="Data and privacy">"Yours, all of it."</PageHeader>
                </div>
                {await_section(privacy, move |privacy| show(privacy, wrong))}
            </SettingsLayout>
        }
        .into_any()
    }
}

fn show(privacy: Privacy, wrong: bool) -> impl IntoView {
    let Privacy { sharing, zones, exports, proven, agreed, deletion_on } = privacy;
    let preparing = exports.iter().any(|e| e.finished_at.is_none());
    view! {
        {(!proven).then(|| view! { <ReauthNotice to="export your data or delete the account" next="/settings/privacy" /> })}
        <div class="grid cols-2 top">
            <SharingForm sharing />
            <PrivacyZones zones />
            <section class="card">
                <h2>"Export"</h2>
                <p class="muted small">
                    "One zip with everything: JSON for machines, CSV for you, and the original recordings. Download it within a week; any Legwork can import it."
                </p>
                <ul class="devices" aria-label="Exports">
                    {exports.into_iter().map(|e| view! { <Export export=e proven /> }).collect_view()}
                </ul>
                {(proven && !preparing)
                    .then(|| {
                        view! {
                            <form method="post" action="/settings/privacy/export">
                                <button class="btn primary" r#type="submit">
                                    "Create export"
                                </button>
                            </form>
                        }
                    })}
            </section>
            <form class="card form" method="post" enctype="multipart/form-data" action="/settings/data/import">
                <h2>"Import an export"</h2>
                <p class="muted small">"From this or another Legwork, into an account that has no runs and no journal yet."</p>
                <label>
                    "Export file"
                    <input name="file" r#type="file" accept=".zip" required />
                </label>
                <button class="btn" r#type="submit">
                    "Import"
                </button>
            </form>
            <ConsentsCard agreed />
            <section class="card">
                <h2>"Delete the account"</h2>
                <p class="muted small">
                    {format!("Everything goes: runs, journal, findings, files. You have {DELETION_DAYS} days to change your mind. After that, nobody can restore it.")}
                </p>
                {match (deletion_on, proven) {
                    (Some(on), _) => {
                        view! {
                            <form method="post" action="/settings/account/cancel-deletion">
                                <p>{format!("Requested. The account will be deleted on {}.", crate::ui::clock::day(on))}</p>
                                <button class="btn primary" r#type="submit">
                                    "Keep my account"
                                </button>
                            </form>
                        }
                            .into_any()
                    }
                    (None, true) => {
                        view! {
                            <form class="form" method="post" action="/settings/privacy/delete">
                                <label>
                                    "Type your email address to confirm"
                                    <input name="email" r#type="email" autocomplete="off" required autofocus=wrong aria-invalid=wrong.then_some("true") />
                                    {wrong
                                        .then(|| {
                                            view! { <small class="field-error" role="alert">"That is not this account’s address."</small> }
                                        })}
                                </label>
                                <button class="btn" r#type="submit">
                                    "Delete everything"
                                </button>
                            </form>
                        }
                            .into_any()
                    }
                    (None, false) => ().into_any(),
                }}
            </section>
        </div>
    }
}

/// What is kept, and what was agreed to.
#[component]
fn ConsentsCard(
    /// What, which version, when.
    agreed: Vec<Consent>,
) -> impl IntoView {
    view! {
        <section class="card">
            <h2>"What is kept"</h2>
            <p class="muted small">
                <a href="/privacy">"What is kept, and why"</a>
                ". You agreed to:"
            </p>
            <ul class="devices" aria-label="Agreed to">
                {agreed
                    .into_iter()
                    .map(|a| {
                        view! {
                            <li>
                                <span>{format!("{}, version {}", a.label(), a.version)}</span>
                                <time class="muted small">{crate::ui::clock::day(a.given_at)}</time>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </section>
    }
}

/// One export: its progress, or its download.
#[component]
fn Export(
    /// Ready, or being prepared.
    export: ExportInfo,
    /// Whether it can be downloaded right now.
    proven: bool,
) -> impl IntoView {
    let requested = crate::ui::clock::moment(export.requested_at);
    let Some(until) = export.expires_at else {
        let action = format!("/settings/privacy/export/{}/cancel", export.id);
        let share = if export.total > 0 { f64::from(export.done) / f64::from(export.total) } else { 0.0 };
        return view! {
            <li>
                <div>
                    <b>{if export.retrying { "It did not work, and is tried again." } else { "Being prepared" }}</b>
                    <progress max="1" value=share.to_string() aria-label="Progress"></progress>
                    <p class="muted small">{format!("{} of {} rows and files", export.done, export.total)}</p>
                </div>
                <form method="post" action=action>
                    <button class="btn small" r#type="submit">
                        "Cancel"
                    </button>
                </form>
            </li>
        }
        .into_any();
    };
    let size = export
        .bytes
        .map(|b| if b < 100_000 { format!("{:.0} kB, ", b as f64 / 1e3) } else { format!("{:.1} MB, ", b as f64 / 1e6) })
        .unwrap_or_default();
    view! {
        <li>
            <div>
                <b>{requested}</b>
                <p class="muted small">{format!("{size}until {}", crate::ui::clock::day(until))}</p>
            </div>
            {proven
                .then(|| {
                    view! {
                        <a class="btn small" rel="external" href=format!("/settings/privacy/export/{}/legwork.zip", export.id)>
                            "Download"
                        </a>
                    }
                })}
        </li>
    }
    .into_any()
}
