//! A session for a watch, and the plan for a calendar.

use accounts::CurrentUser;
use accounts::http::flash_secret;
use axum::extract::{FromRef, Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::Notice;
use domain::access::{Access, Limit};
use platform::http::Endpoints;
use platform::{Platform, forms};
use utoipa_axum::routes;
use uuid::Uuid;

use crate::feed;
use crate::workout::workout;

/// The page with the address.
const PAGE: &str = "/plan/feed";

pub(super) fn router<S>() -> Endpoints<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
{
    Endpoints::new()
        .route(routes!(watch), Access::ResourceOwner, Limit::General)
        // No guess finds 256 bits, and a calendar that asks often must not keep its reader from signing in.
        .route(routes!(calendar), Access::Public, Limit::General)
        .route(routes!(new_feed), Access::Athlete, Limit::General)
        .route(routes!(revoke_feed), Access::Athlete, Limit::General)
}

/// A session as a workout in FIT.
#[utoipa::path(get, path = "/plan/{planned_session}/workout.fit", tag = "forms")]
async fn watch(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>) -> Response {
    let file = platform.database.transact(viewer.id, async |tx| workout(tx, id, viewer.units).await).await;
    match file {
        Ok((name, bytes)) => {
            let disposition = format!("attachment; filename=\"{name}\"");
            ([(header::CONTENT_TYPE, "application/vnd.ant.fit".to_owned()), (header::CONTENT_DISPOSITION, disposition)], bytes).into_response()
        }
        Err(error) => platform::error::problem_text(&error.into_problem()),
    }
}

/// The plan of whoever gave this address away, as a calendar. The last part is the secret and `.ics`.
#[utoipa::path(get, path = "/calendar/feed/{calendar_feed}", tag = "forms")]
async fn calendar(State(platform): State<Platform>, Path(file): Path<String>) -> Response {
    match feed::calendar(&platform, &file).await {
        Ok(text) => {
            let headers = [
                (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
                (header::CONTENT_DISPOSITION, "inline; filename=\"legwork.ics\""),
                // Whoever keeps a copy for others would go on when the address does not.
                (header::CACHE_CONTROL, "private, no-store"),
            ];
            (headers, text).into_response()
        }
        Err(error) => platform::error::problem_text(&error.into_problem()),
    }
}

/// Makes a new address; the one before opens nothing from then on.
#[utoipa::path(post, path = "/plan/feed", tag = "forms")]
async fn new_feed(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser) -> Response {
    let now = platform.clock.now();
    let made = platform.database.transact(viewer.id, async |tx| feed::create(&platform, tx, now).await).await;
    match made {
        Ok(secret) => flash_secret(&platform, viewer.id, &platform.config.server.link(&feed::path(&secret)), &Notice::FeedCreated.on(PAGE)),
        Err(error) => platform::error::problem_text(&error.into_problem()),
    }
}

/// Ends the address.
#[utoipa::path(post, path = "/plan/feed/revoke", tag = "forms")]
async fn revoke_feed(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser) -> Response {
    let done = platform.database.transact(viewer.id, async |tx| feed::revoke(tx).await).await;
    forms::redirect_with_notice(done, PAGE, Notice::FeedRevoked)
}
