//! What the people who run the site do with accounts.

use axum::extract::{Form, FromRef, Path, State};
use axum::response::Response;
use domain::access::{Access, Limit};
use domain::permissions::{Permission, Role};
use domain::{Notice, ProblemKind};
use platform::http::{Endpoints, FORM, Kept};
use platform::{Error, Platform, forms};
use serde::Deserialize;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::{CurrentUser, admin_accounts};

pub(super) fn router<S>() -> Endpoints<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
{
    Endpoints::new().route(routes!(post_role), Access::Staff(Permission::ChangeRoles), Limit::Admin).kept(Kept::Whole)
}

#[derive(Deserialize)]
struct RoleForm {
    role: String,
}

#[utoipa::path(post, path = "/admin/users/{account}/role", tag = "forms",
    request_body(content_type = FORM, example = json!({"role": "employee"})))]
async fn post_role(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>, Form(form): Form<RoleForm>) -> Response {
    let result = async {
        let role = Role::parse(&form.role).ok_or_else(|| Error::problem(ProblemKind::Invalid, "There is no such role."))?;
        admin_accounts::set_role(&platform, &viewer, id, role).await
    };
    forms::redirect_with_notice(result.await, "/admin/users", Notice::RoleChanged)
}
