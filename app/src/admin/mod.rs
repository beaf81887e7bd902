//! For the people who run the site: who is there, what they may do, and what was done.

use domain::accounts::{AccountSummary, AuditEntry};
use domain::permissions::{Permission, Role, may};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::{LazyRoute, lazy_route};
use serde::{Deserialize, Serialize};

use crate::AppError;
use crate::json::Json;
use crate::ui::states::await_section;
use crate::ui::{PageHeader, ReauthNotice, reading};

/// A page of people.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct People {
    /// By address.
    pub people: Vec<AccountSummary>,
    /// Whether there may be more behind the last.
    pub more: bool,
    /// Whether the viewer may change roles, and has just shown who they are.
    pub changes: bool,
    /// Whether the viewer may make admins and owners.
    pub admins: bool,
    /// Who is looking: their own role is not theirs to change by accident.
    pub own: uuid::Uuid,
}

/// Who has an account.
#[server(prefix = "/api", endpoint = "admin/people", input = Json, output = Json)]
pub async fn get_people(wanted: String, after: String) -> Result<People, AppError> {
    use crate::server::{current_user, platform, to_app_error};
    let (platform, viewer) = (platform()?, current_user()?);
    let people = accounts::list_accounts(&platform, &viewer, &wanted, &after).await.map_err(to_app_error)?;
    Ok(People {
        more: i32::try_from(people.len()).is_ok_and(|n| n == accounts::ACCOUNTS_PAGE),
        people,
        changes: may(viewer.role, Permission::ChangeRoles) && viewer.recently_authenticated(platform.clock.now()),
        admins: may(viewer.role, Permission::ChangeAdmins),
        own: viewer.id,
    })
}

/// The audit log of everybody.
#[server(prefix = "/api", endpoint = "admin/audit", input = Json, output = Json)]
pub async fn get_audit(before: Option<i64>) -> Result<Vec<AuditEntry>, AppError> {
    use crate::server::{to_app_error, user_tx};
    let (platform, viewer, mut session) = user_tx().await?;
    accounts::require_permission(&platform, &viewer, Permission::SeeAudit).map_err(to_app_error)?;
    accounts::audit_log(&mut session, before.unwrap_or(i64::MAX)).await.map_err(to_app_error)
}

/// Who has an account, and what they may do.
pub struct PeoplePage;

#[lazy_route]
impl LazyRoute for PeoplePage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let query = use_query_map();
        let asked = move |key: &str| query.read().get(key).unwrap_or_default();
        let people = reading(move || (asked("q"), asked("after")), |(q, after)| get_people(q, after));
        view! {
            <div class="head">
                <PageHeader title="People">"Who is here."</PageHeader>
            </div>
            {move || (!asked("changed").is_empty()).then(|| view! { <p class="notice good" role="status">"The role is changed."</p> })}
            <form class="card form row" method="get" action="/admin/people" role="search">
                <label>
                    "Name or address"
                    <input name="q" r#type="search" value=asked("q") />
                </label>
                <button class="btn" r#type="submit">
                    "Search"
                </button>
            </form>
            {await_section(people, show_people)}
        }
        .into_any()
    }
}

fn show_people(page: People) -> impl IntoView {
    let People { people, more, changes, admins, own } = page;
    let next = people.last().filter(|_| more).map(|p| format!("/admin/people?after={}", p.email));
    let nobody = people.is_empty();
    view! {
        {(!changes).then(|| view! { <ReauthNotice to="change roles" then="/admin/people" /> })}
        {if nobody {
            view! { <p class="card state muted">"Nobody by that name or address."</p> }.into_any()
        } else {
            view! {
                <div class="card scroll" tabindex="0" role="region" aria-label="People">
                    <table class="people">
                        <thead>
                            <tr>
                                <th scope="col">"Name"</th>
                                <th scope="col">"Address"</th>
                                <th scope="col">"Since"</th>
                                <th scope="col">"Role"</th>
                            </tr>
                        </thead>
                        <tbody>
                            {people
                                .into_iter()
                                .map(|p| {
                                    let fixed = !changes || p.id == own || (!admins && may(p.role, Permission::ChangeRoles));
                                    view! {
                                        <tr>
                                            <td>{p.name.clone()}</td>
                                            <td>{p.email}</td>
                                            <td>{crate::ui::clock::on_wall(p.created_at).format("%-d %b %Y").to_string()}</td>
                                            <td>
                                                {if fixed {
                                                    p.role.label().into_any()
                                                } else {
                                                    view! { <RoleForm id=p.id name=p.name role=p.role admins /> }.into_any()
                                                }}
                                            </td>
                                        </tr>
                                    }
                                })
                                .collect_view()}
                        </tbody>
                    </table>
                </div>
            }
                .into_any()
        }}
        {next
            .map(|href| {
                view! {
                    <a class="btn" href=href>
                        "More"
                    </a>
                }
            })}
        <p class="muted small">
            <a href="/admin/audit">"What was done"</a>
        </p>
    }
}

#[component]
fn RoleForm(
    /// Whose.
    id: uuid::Uuid,
    /// Their name.
    name: String,
    /// As it is.
    role: Role,
    /// Whether admins and owners can be made.
    admins: bool,
) -> impl IntoView {
    let offered = Role::SITE.into_iter().filter(move |r| admins || !may(*r, Permission::ChangeRoles));
    view! {
        <form class="role" method="post" action=format!("/admin/people/{id}/role")>
            <select name="role" aria-label=format!("Role of {name}")>
                {offered.map(|r| view! { <option value=r.key() selected=r == role>{r.label()}</option> }).collect_view()}
            </select>
            <button class="btn small" r#type="submit" aria-label=format!("Change the role of {name}")>
                "Change"
            </button>
        </form>
    }
}

/// What was done with accounts.
pub struct AuditPage;

#[lazy_route]
impl LazyRoute for AuditPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let query = use_query_map();
        let before = move || query.read().get("before").and_then(|b| b.parse().ok());
        let audit = reading(before, get_audit);
        view! {
            <div class="head">
                <PageHeader title="Audit log">"What was done."</PageHeader>
            </div>
            {await_section(audit, show_audit)}
        }
        .into_any()
    }
}

fn show_audit(entries: Vec<AuditEntry>) -> impl IntoView {
    let next = entries.last().filter(|_| entries.len() == 100).map(|entry| format!("/admin/audit?before={}", entry.id));
    let short = |id: Option<uuid::Uuid>| id.map_or_else(|| "–".to_owned(), |id| id.to_string()[24..].to_owned());
    view! {
        {if entries.is_empty() {
            view! { <p class="card state muted">"Nothing yet."</p> }.into_any()
        } else {
            view! {
                <div class="card scroll" tabindex="0" role="region" aria-label="Audit log">
                    <table class="people">
                        <thead>
                            <tr>
                                <th scope="col">"When"</th>
                                <th scope="col">"What"</th>
                                <th scope="col">"Who"</th>
                                <th scope="col">"To whom"</th>
                                <th scope="col">"Detail"</th>
                            </tr>
                        </thead>
                        <tbody>
                            {entries
                                .into_iter()
                                .map(|entry| {
                                    view! {
                                        <tr>
                                            <td>{crate::ui::clock::on_wall(entry.at).format("%Y-%m-%d %H:%M:%S").to_string()}</td>
                                            <td>{entry.action}</td>
                                            <td>
                                                <code>{short(entry.actor_id)}</code>
                                            </td>
                                            <td>
                                                <code>{short(entry.subject_id)}</code>
                                            </td>
                                            <td>
                                                <code>{entry.details}</code>
                                            </td>
                                        </tr>
                                    }
                                })
                                .collect_view()}
                        </tbody>
                    </table>
                </div>
            }
                .into_any()
        }}
        {next
            .map(|href| {
                view! {
                    <a class="btn" href=href>
                        "Earlier"
                    </a>
                }
            })}
    }
}
