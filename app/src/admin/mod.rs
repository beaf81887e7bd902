//! Administration: users, their roles, and the audit log.

use domain::access::Access;
use domain::accounts::AccountSummary;
use domain::audit::AuditEntry;
use domain::list::{Page, PageRequest};
use domain::permissions::{Permission, Role, may};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

use crate::AppError;
use crate::json::Json;
use crate::ui::navigation::{Entry, Place};
use crate::ui::pages::{PageView, functions, pages};
use crate::ui::{Icon, PageHeader, Pager, PagerState, ReauthNotice, await_page, page_request, reading};

pages! {
    admin, __preload_admin {
        "/admin/users" => UsersPage, Access::Staff(Permission::SeePeople),
        "/admin/audit" => AuditPage, Access::Staff(Permission::SeeAudit),
    }
}

/// Links to the pages.
pub(crate) const NAVIGATION: &[Entry] = &[Entry::new(Place::Sidebar, "/admin/users", "Users", Some(Icon::More)).with(Permission::SeePeople)];

functions! {
    ListUsers => Access::Staff(Permission::SeePeople), r#"{"wanted": "", "request": {"after": null}}"#,
    GetAudit => Access::Staff(Permission::SeeAudit), r#"{"request": {"after": null}}"#,
}

/// A page of users.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UserList {
    /// Ordered by email address.
    pub users: Page<AccountSummary>,
    /// Whether the viewer may change roles, and has authenticated recently.
    pub can_change_roles: bool,
    /// Whether the viewer may appoint admins and owners.
    pub can_change_admins: bool,
    /// The viewer: their own role cannot be changed here by accident.
    pub viewer_id: uuid::Uuid,
}

/// Users whose name or address matches the query.
#[server(prefix = "/api", endpoint = "admin/users", input = Json, output = Json)]
pub async fn list_users(wanted: String, request: PageRequest) -> Result<UserList, AppError> {
    use crate::server::{current_user, platform, to_app_error};
    let (platform, viewer) = (platform()?, current_user()?);
    let users = accounts::list_accounts(&platform, &viewer, &wanted, &request).await.map_err(to_app_error)?;
    Ok(UserList {
        users,
        can_change_roles: may(viewer.role, Permission::ChangeRoles) && viewer.recently_authenticated(platform.clock.now()),
        can_change_admins: may(viewer.role, Permission::ChangeAdmins),
        viewer_id: viewer.id,
    })
}

/// The audit log of all accounts.
#[server(prefix = "/api", endpoint = "admin/audit", input = Json, output = Json)]
pub async fn get_audit(request: PageRequest) -> Result<Page<AuditEntry>, AppError> {
    use crate::server::{to_app_error, user_tx};
    let (platform, viewer, mut tx) = user_tx().await?;
    accounts::require_permission(&platform, &viewer, Permission::SeeAudit).map_err(to_app_error)?;
    accounts::audit_log(&mut tx, &request).await.map_err(to_app_error)
}

/// The users and their roles.
pub struct UsersPage;

impl PageView for UsersPage {
    fn view() -> AnyView {
        let query = use_query_map();
        let param = move |key: &str| query.read().get(key).unwrap_or_default();
        let users = reading(move || (param("q"), page_request()), |(q, request)| list_users(q, request));
        await_page(users, move |users| show_users(users, &param("q"))).into_any()
    }
}

fn show_users(page: UserList, wanted: &str) -> impl IntoView + use<> {
    let UserList { users, can_change_roles, can_change_admins, viewer_id } = page;
    let at = if wanted.is_empty() { "/admin/users".to_owned() } else { format!("/admin/users?q={}", leptos_router::location::Url::escape(wanted)) };
    let (pager, users) = (PagerState::from(&users), users.items);
    let none = users.is_empty();
    view! {
        <div class="head">
            <PageHeader title="Users">"Who is here."</PageHeader>
        </div>
        <form class="card form row" method="get" action="/admin/users" role="search">
            <label>
                "Name or address"
                <input name="q" r#type="search" value=wanted.to_owned() />
            </label>
            <button class="btn" r#type="submit">
                "Search"
            </button>
        </form>
        {(!can_change_roles).then(|| view! { <ReauthNotice to="change roles" next="/admin/users" /> })}
        {if none {
            view! { <p class="card state muted">"No user with that name or address."</p> }.into_any()
        } else {
            view! {
                <div class="card scroll" tabindex="0" role="region" aria-label="Users">
                    <table class="people">
                        <thead>
                            <tr>
                                <th scope="col">"Name"</th>
                                <th scope="col">"Address"</th>
                                <th scope="col">"Joined"</th>
                                <th scope="col">"Role"</th>
                            </tr>
                        </thead>
                        <tbody>
                            {users
                                .into_iter()
                                .map(|p| {
                                    let fixed = !can_change_roles || p.id == viewer_id || (!can_change_admins && may(p.role, Permission::ChangeRoles));
                                    view! {
                                        <tr>
                                            <td>{p.name.clone()}</td>
                                            <td>{p.email}</td>
                                            <td>{crate::ui::units().short_date(crate::ui::clock::on_wall(p.created_at).date())}</td>
                                            <td>
                                                {if fixed {
                                                    p.role.label().into_any()
                                                } else {
                                                    view! { <RoleForm id=p.id name=p.name role=p.role can_change_admins /> }.into_any()
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
        <Pager page=pager at=at begin="First" next="More" />
        <p class="muted small">
            <a href="/admin/audit">"Audit log"</a>
        </p>
    }
}

#[component]
fn RoleForm(
    /// The user.
    id: uuid::Uuid,
    /// Their name.
    name: String,
    /// Their current role.
    role: Role,
    /// Whether the viewer may appoint admins and owners.
    can_change_admins: bool,
) -> impl IntoView {
    let offered = Role::SITE.into_iter().filter(move |r| can_change_admins || !may(*r, Permission::ChangeRoles));
    view! {
        <form class="role" method="post" action=format!("/admin/users/{id}/role")>
            <select name="role" aria-label=format!("Role of {name}")>
                {offered.map(|r| view! { <option value=r.key() selected=r == role>{r.label()}</option> }).collect_view()}
            </select>
            <button class="btn small" r#type="submit" aria-label=format!("Change the role of {name}")>
                "Change"
            </button>
        </form>
    }
}

/// The audit log.
pub struct AuditPage;

impl PageView for AuditPage {
    fn view() -> AnyView {
        let audit = reading(page_request, get_audit);
        await_page(audit, show_audit).into_any()
    }
}

fn show_audit(page: Page<AuditEntry>) -> impl IntoView {
    let (pager, entries) = (PagerState::from(&page), page.items);
    let short = |id: Option<uuid::Uuid>| id.map_or_else(|| "–".to_owned(), |id| id.to_string()[24..].to_owned());
    view! {
        <div class="head">
            <PageHeader title="Audit log">"What was done."</PageHeader>
            <div class="actions">
                <a class="btn" href="/admin/users">
                    "Users"
                </a>
            </div>
        </div>
        {if entries.is_empty() {
            view! { <p class="card state muted">"Nothing yet."</p> }.into_any()
        } else {
            view! {
                <div class="card scroll" tabindex="0" role="region" aria-label="Audit log">
                    <table class="people">
                        <thead>
                            <tr>
                                <th scope="col">"Time"</th>
                                <th scope="col">"Action"</th>
                                <th scope="col">"Actor"</th>
                                <th scope="col">"Subject"</th>
                                <th scope="col">"Details"</th>
                            </tr>
                        </thead>
                        <tbody>
                            {entries
                                .into_iter()
                                .map(|entry| {
                                    view! {
                                        <tr>
                                            <td>{crate::ui::clock::on_wall(entry.at).format("%Y-%m-%d %H:%M:%S").to_string()}</td>
                                            <td>{entry.label().to_owned()}</td>
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
        <Pager page=pager at="/admin/audit" />
    }
}
