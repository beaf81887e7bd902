//! The whole of one's data: take it along, bring it back, delete the account.

use domain::privacy::{Consent, DELETION_DAYS, ExportInfo, Privacy};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::{LazyRoute, lazy_route};

use crate::AppError;
use crate::json::Json;
use crate::settings::sharing::{Sharings, Zones};
use crate::ui::states::await_section;
use crate::ui::{PageHeader, ReauthNotice, reading, refused_form};

/// Archives, and whether the account is to be deleted.
#[server(prefix = "/api", endpoint = "settings/privacy", input = Json, output = Json)]
pub async fn get_privacy() -> Result<Privacy, AppError> {
    use crate::server::{to_app_error, user_tx};
    let (platform, viewer, mut session) = user_tx().await?;
    let now = platform.clock.now();
    Ok(Privacy {
        exports: privacy::exports(&mut session, now).await.map_err(to_app_error)?,
        agreed: privacy::consents(&mut session).await.map_err(to_app_error)?,
        sharing: activities::sharing(&mut session).await.map_err(to_app_error)?,
        zones: activities::privacy_zones(&mut session).await.map_err(to_app_error)?,
        proven: viewer.recently_authenticated(now),
        deletion_on: viewer.deletion_requested_at.map(|at| at + chrono::TimeDelta::days(DELETION_DAYS)),
    })
}

/// The page.
pub struct PrivacyPage;

#[lazy_route]
impl LazyRoute for PrivacyPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let query = use_query_map();
        let privacy = reading(|| (), |()| get_privacy());
        let asked = move |key: &str| query.read_untracked().get(key).is_some();
        let done = [
            ("asked", "Your archive is being made."),
            ("cancelled", "Stopped. Nothing was kept of it."),
            ("back", "Everything is back."),
            ("going", "The account is deleted in thirty days, unless you keep it. Programs with tokens are signed out already."),
            ("shared", "Saved."),
            ("kept", "Good. Nothing is deleted."),
        ]
        .into_iter()
        .find_map(|(key, words)| asked(key).then_some(words));
        let wrong = refused_form().is_some();
        // While an archive is being made, the page looks again.
        #[cfg(feature = "hydrate")]
        Effect::new(move |_| {
            let making = privacy.get().and_then(Result::ok).is_some_and(|p| p.exports.iter().any(|e| e.finished_at.is_none()));
            if making {
                set_timeout(move || privacy.refetch(), std::time::Duration::from_secs(2));
            }
        });
        view! {
            <div class="head">
                <PageHeader title="Your data">"Yours, whole."</PageHeader>
            </div>
            {done.map(|words| view! { <p class="notice good" role="status">{words}</p> })}
            {await_section(privacy, move |privacy| show(privacy, wrong))}
        }
        .into_any()
    }
}

fn show(privacy: Privacy, wrong: bool) -> impl IntoView {
    let Privacy { sharing, zones, exports, proven, agreed, deletion_on } = privacy;
    let making = exports.iter().any(|e| e.finished_at.is_none());
    view! {
        {(!proven).then(|| view! { <ReauthNotice to="take everything along or delete the account" then="/settings/privacy" /> })}
        <div class="grid cols-2 top">
            <Sharings sharing />
            <Zones zones />
            <section class="card">
                <h2>"Take it along"</h2>
                <p class="muted small">
                    "One zip with everything: JSON for programs, CSV for you, and the recordings as they came. It can be downloaded for a week, and another Legwork takes it back."
                </p>
                <ul class="devices" aria-label="Archives">
                    {exports.into_iter().map(|e| view! { <Archive export=e proven /> }).collect_view()}
                </ul>
                {(proven && !making)
                    .then(|| {
                        view! {
                            <form method="post" action="/settings/privacy/export">
                                <button class="btn primary" r#type="submit">
                                    "Make an archive"
                                </button>
                            </form>
                        }
                    })}
            </section>
            <form class="card form" method="post" enctype="multipart/form-data" action="/settings/privacy/bring-back">
                <h2>"Bring it back"</h2>
                <p class="muted small">"An archive from here or from another Legwork, into an account that has no runs and no journal yet."</p>
                <label>
                    "Archive"
                    <input name="file" r#type="file" accept=".zip" required />
                </label>
                <button class="btn" r#type="submit">
                    "Bring it back"
                </button>
            </form>
            <Kept agreed />
            <section class="card">
                <h2>"Delete the account"</h2>
                <p class="muted small">
                    {format!("Everything goes: runs, journal, findings, files. You have {DELETION_DAYS} days to change your mind. After that nobody can bring it back.")}
                </p>
                {match (deletion_on, proven) {
                    (Some(on), _) => {
                        view! {
                            <form method="post" action="/settings/privacy/keep">
                                <p>{format!("Asked for. It happens on {}.", crate::ui::clock::day(on))}</p>
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
                                    "Type your address to be sure"
                                    <input name="email" r#type="email" autocomplete="off" required autofocus=wrong aria-invalid=wrong.then_some("true") />
                                    {wrong
                                        .then(|| {
                                            view! { <small class="field-error" role="alert">"That is not the address of this account."</small> }
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
fn Kept(
    /// What, in which words, when.
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
                                <span>{format!("{}, version {}", a.what, a.version)}</span>
                                <time class="muted small">{crate::ui::clock::day(a.given_at)}</time>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </section>
    }
}

/// One archive: its progress, or its download.
#[component]
fn Archive(
    /// Made, or being made.
    export: ExportInfo,
    /// Whether it can be downloaded right now.
    proven: bool,
) -> impl IntoView {
    let asked = crate::ui::clock::moment(export.requested_at);
    let Some(until) = export.expires_at else {
        let action = format!("/settings/privacy/export/{}/cancel", export.id);
        let share = if export.total > 0 { f64::from(export.done) / f64::from(export.total) } else { 0.0 };
        return view! {
            <li>
                <div>
                    <b>{export.error.unwrap_or_else(|| "Being made".to_owned())}</b>
                    <progress max="1" value=share.to_string() aria-label="Progress"></progress>
                    <p class="muted small">{format!("{} of {} rows and files", export.done, export.total)}</p>
                </div>
                <form method="post" action=action>
                    <button class="btn small" r#type="submit">
                        "Stop"
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
                <b>{asked}</b>
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
