//! Organisations: memberships, members, and invitations.

use domain::RefusedForm;
use domain::access::Access;
use domain::accounts::parse_email;
use domain::organisations::{Invitation, Member, Membership, Organisation, parse_name};
use domain::permissions::{Permission, Role, may};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use uuid::Uuid;

use crate::AppError;
use crate::json::Json;
use crate::ui::navigation::{Entry, Place};
use crate::ui::pages::{PageView, functions, pages};
use crate::ui::{Badge, PageHeader, PageTitle, PostButton, SettingsLayout, await_page, await_section, reading, refused_form, validate};

pages! {
    organisations, __preload_organisations {
        "/organisations" => OrganisationsPage, Access::Athlete,
        "/organisations/:organisation" => OrganisationPage, Access::Member,
        "/invitations/accept" => AcceptInvitationPage, Access::Athlete,
    }
}

/// Links to the pages.
pub(crate) const NAVIGATION: &[Entry] = &[Entry::new(Place::Settings(8), "/organisations", "Organisations", None)];

functions! {
    GetOrganisations => Access::Athlete, "{}",
    GetOrganisation => Access::Member, r#"{"id": "{organisation}"}"#,
}

/// The viewer's organisations.
#[server(prefix = "/api", endpoint = "organisations/list", input = Json, output = Json)]
pub async fn get_organisations() -> Result<Vec<Membership>, AppError> {
    use crate::server::{to_app_error, user_tx};
    let (_, _, mut tx) = user_tx().await?;
    organisations::list_memberships(&mut tx).await.map_err(to_app_error)
}

/// One of them.
#[server(prefix = "/api", endpoint = "organisations/get", input = Json, output = Json)]
pub async fn get_organisation(id: Uuid) -> Result<Organisation, AppError> {
    use crate::server::{current_user, platform, to_app_error};
    organisations::organisation(&platform()?, &current_user()?, id).await.map_err(to_app_error)
}

/// All of them, and a form to create one.
pub struct OrganisationsPage;

impl PageView for OrganisationsPage {
    fn view() -> AnyView {
        let form = refused_form();
        let wrong = form.is_some();
        let typed = form.and_then(|f| f.typed("name").map(str::to_owned)).unwrap_or_default();
        let list = reading(|| (), |()| get_organisations());
        view! {
            <SettingsLayout>
                <div class="head">
                    <PageHeader title="Organisations">"Running together."</PageHeader>
                </div>
                <div class="grid cols-2 top">
                    {await_section(
                        list,
                        |list| {
                            let none = list.is_empty();
                            view! {
                                <section class="card">
                                    <h2>"Yours"</h2>
                                    {none.then(|| view! { <p class="muted">"None yet. A club, a team or a practice invites you by email, or you create one."</p> })}
                                    <ul class="devices" aria-label="Organisations">
                                        {list
                                            .into_iter()
                                            .map(|b| {
                                                view! {
                                                    <li>
                                                        <a href=format!("/organisations/{}", b.id)>
                                                            <b>{b.name}</b>
                                                        </a>
                                                        <Badge kind="plain" word=b.role.label() />
                                                    </li>
                                                }
                                            })
                                            .collect_view()}
                                    </ul>
                                </section>
                            }
                        },
                    )} <form class="card form" method="post" action="/organisations" data-validated="" on:submit:capture=validate(|typed| parse_name(typed.text("name")))>
                        <h2>"Create one"</h2>
                        <label>
                            "Name"
                            <input name="name" maxlength="80" required value=typed autofocus=wrong aria-invalid=wrong.then_some("true") />
                            {wrong.then(|| view! { <small class="field-error" role="alert">"A name of 1 to 80 characters."</small> })}
                        </label>
                        <button class="btn primary" r#type="submit">
                            "Create organisation"
                        </button>
                    </form>
                </div>
            </SettingsLayout>
        }
        .into_any()
    }
}

/// One organisation.
pub struct OrganisationPage;

impl PageView for OrganisationPage {
    fn view() -> AnyView {
        let params = use_params_map();
        let id = move || params.read().get("organisation").and_then(|id| id.parse().ok()).unwrap_or_else(Uuid::nil);
        let organisation = reading(id, get_organisation);
        let form = refused_form().unwrap_or_default();
        view! {
            <PageTitle text="Organisation" />
            {await_page(organisation, move |organisation| show(organisation, &form))}
        }
        .into_any()
    }
}

fn show(organisation: Organisation, form: &RefusedForm) -> impl IntoView + use<> {
    let Organisation { own, members, invited, viewer, mfa_required } = organisation;
    let id = own.id;
    let manages = may(own.role, Permission::ManageMembers) && !mfa_required;
    let refused = form.fields.get("email").is_some();
    let typed = form.typed("email").unwrap_or_default().to_owned();
    view! {
        <div class="head">
            <div class="head-words">
                <p class="tiny eyebrow">{own.role.label()}</p>
                <h1>{own.name.clone()}</h1>
            </div>
        </div>
        {mfa_required
            .then(|| {
                view! {
                    <p class="notice">
                        "Running an organisation takes a second factor. To invite people and change roles, "
                        <a href="/settings/security">"add one"</a>
                        "."
                    </p>
                }
            })}
        <div class="grid cols-2 top">
            {may(own.role, Permission::SeeMembers)
                .then(|| {
                    view! {
                        <section class="card">
                            <h2>"Members"</h2>
                            <ul class="devices" aria-label="Members">
                                {members.into_iter().map(|m| view! { <MemberRow id m manages own=viewer /> }).collect_view()}
                            </ul>
                        </section>
                    }
                })}
            {manages
                .then(|| {
                    view! {
                        <section class="card">
                            <h2>"Invite"</h2>
                            <form class="form" method="post" action=format!("/organisations/{id}/invite") data-validated="" on:submit:capture=validate(|typed| parse_email(typed.text("email")))>
                                <label>
                                    "Email"
                                    <input name="email" r#type="email" required value=typed autofocus=refused aria-invalid=refused.then_some("true") />
                                    {refused
                                        .then(|| {
                                            view! {
                                                <small class="field-error" role="alert">
                                                    "An email address, such as kim@example.org."
                                                </small>
                                            }
                                        })}
                                </label>
                                <label>
                                    "Role"
                                    <select name="role">
                                        {Role::MEMBER.map(|r| view! { <option value=r.key()>{r.label()}</option> }).collect_view()}
                                    </select>
                                </label>
                                <button class="btn primary" r#type="submit">
                                    "Send invitation"
                                </button>
                            </form>
                            <ul class="devices" aria-label="Invitations">
                                {invited.into_iter().map(|i| view! { <InvitationRow id i /> }).collect_view()}
                            </ul>
                        </section>
                    }
                })}
            <section class="card">
                <h2>"You"</h2>
                <p class="muted small">
                    "Coaches here see what you show them of your activities, and nothing of your journal or your findings. "
                    <a href="/settings/privacy">"Who sees what"</a>
                </p>
                <form method="post" action=format!("/organisations/{id}/members/{viewer}/remove")>
                    <button class="btn" r#type="submit">
                        "Leave"
                    </button>
                </form>
            </section>
        </div>
    }
}

/// A member.
#[component]
fn MemberRow(
    /// The organisation.
    id: Uuid,
    /// The member.
    m: Member,
    /// Whether the viewer may change roles.
    manages: bool,
    /// The viewer.
    own: Uuid,
) -> impl IntoView {
    let label = format!("Role of {}", m.name);
    let change = format!("Change the role of {}", m.name);
    let remove = format!("Remove {}", m.name);
    view! {
        <li>
            <div>
                {if m.shows && m.id != own {
                    view! {
                        <a href=format!("/athletes/{}", m.id)>
                            <b>{m.name.clone()}</b>
                        </a>
                    }
                        .into_any()
                } else {
                    view! { <b>{m.name.clone()}</b> }.into_any()
                }}
                <p class="muted small">{format!("{}, since {}", m.email, crate::ui::clock::day(m.joined_at))}</p>
            </div>
            {if manages && m.id != own {
                view! {
                    <div class="button-row">
                        <form class="role" method="post" action=format!("/organisations/{id}/members/{}/role", m.id)>
                            <select name="role" aria-label=label>
                                {Role::MEMBER.map(|r| view! { <option value=r.key() selected=r == m.role>{r.label()}</option> }).collect_view()}
                            </select>
                            <button class="btn small" r#type="submit" aria-label=change>
                                "Change"
                            </button>
                        </form>
                        <PostButton action=format!("/organisations/{id}/members/{}/remove", m.id) word="Remove" label=remove />
                    </div>
                }
                    .into_any()
            } else {
                view! { <Badge kind="plain" word=m.role.label() /> }.into_any()
            }}
        </li>
    }
}

/// A pending invitation.
#[component]
fn InvitationRow(
    /// The organisation.
    id: Uuid,
    /// The invitation.
    i: Invitation,
) -> impl IntoView {
    let label = format!("Withdraw the invitation to {}", i.email);
    view! {
        <li>
            <div>
                <b>{i.email.clone()}</b>
                <p class="muted small">{format!("as {}, until {}", i.role.label().to_lowercase(), crate::ui::clock::day(i.expires_at))}</p>
            </div>
            <PostButton action=format!("/organisations/{id}/invitations/{}/withdraw", i.id) word="Withdraw" label=label />
        </li>
    }
}

/// The page that an invitation links to.
pub struct AcceptInvitationPage;

impl PageView for AcceptInvitationPage {
    fn view() -> AnyView {
        let query = use_query_map();
        let token = query.read_untracked().get("token").unwrap_or_default();
        view! {
            <div class="narrow">
                <div class="head">
                    <PageHeader title="Invitation">"You are invited to join."</PageHeader>
                </div>
                <form class="card form" method="post" action="/invitations/accept">
                    <input r#type="hidden" name="token" value=token />
                    <p class="muted small">"Its coaches see your name and email address, and what you choose to show of your activities. Until you do, that is nothing."</p>
                    <button class="btn primary" r#type="submit">
                        "Join"
                    </button>
                </form>
            </div>
        }
        .into_any()
    }
}
