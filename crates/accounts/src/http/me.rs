//! `/v1/me`: the account whose token is used.

use axum::Json;
use axum::extract::{FromRef, State};
use domain::access::{Access, Limit};
use domain::accounts::Viewer;
use platform::http::Endpoints;
use platform::rest::{IfMatch, Refused, Tagged};
use platform::{Error, Platform, Tx};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::queries::accounts;
use crate::{ApiUser, change_profile};

pub(super) fn router<S>() -> Endpoints<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
{
    Endpoints::new().route(routes!(get), Access::Athlete, Limit::General).route(routes!(change), Access::Athlete, Limit::General)
}

/// The account.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct Me {
    /// Its id.
    id: Uuid,
    /// What the athlete is called.
    name: String,
    /// Its address.
    email: String,
    /// Whether the address is confirmed.
    email_verified: bool,
    /// Such as `Europe/Berlin`: decides which day something counts for.
    time_zone: String,
    /// Whether all of its data is made up.
    synthetic: bool,
}

impl From<Viewer> for Me {
    fn from(v: Viewer) -> Self {
        Self { id: v.id, name: v.name, email: v.email, email_verified: v.verified, time_zone: v.time_zone, synthetic: v.synthetic }
    }
}

/// What changes; what is missing stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MeChange {
    /// What the athlete is called.
    name: Option<String>,
    /// Such as `Europe/Berlin`.
    time_zone: Option<String>,
}

/// The account whose token is used.
#[utoipa::path(get, path = "/v1/me", tag = "me", responses((status = 200, body = Me, headers(("ETag" = String, description = "Changes whenever the answer does")))))]
async fn get(ApiUser(viewer): ApiUser) -> Tagged<Me> {
    Tagged(viewer.into())
}

/// Changes the account's name or time zone.
#[utoipa::path(patch, path = "/v1/me", tag = "me", params(IfMatch), request_body(content = MeChange, example = json!({"name": "Nobody"})),
    responses((status = 200, body = Me, headers(("ETag" = String, description = "Changes whenever the answer does")))))]
async fn change(
    State(platform): State<Platform>,
    ApiUser(viewer): ApiUser,
    if_match: IfMatch,
    Json(change): Json<MeChange>,
) -> Result<Tagged<Me>, Refused> {
    let me = Me::from(viewer);
    let act = async |tx: &mut Tx| {
        let now = locked(tx, &me).await?;
        if_match.check(tx, async |_| Ok(&now)).await?;
        change_profile(tx, change.name.as_deref().unwrap_or(&now.name), change.time_zone.as_deref().unwrap_or(&now.time_zone)).await?;
        locked(tx, &me).await
    };
    Ok(Tagged(platform.database.transact(me.id, act).await?))
}

/// The account as it is now; nobody else changes it until the transaction ends.
async fn locked(tx: &mut Tx, me: &Me) -> Result<Me, Error> {
    let (name, time_zone) = accounts::lock_profile(tx, me.id).await?;
    Ok(Me { name, time_zone, ..me.clone() })
}
