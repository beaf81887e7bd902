//! Addresses that pages used to have: browsers keep them in bookmarks and histories, and emails that were sent link to them.

use axum::Router;
use axum::extract::{OriginalUri, RawPathParams};
use axum::response::Redirect;
use axum::routing::any;

/// Old and new. `{…}` stands for the same in both.
const MOVED: [(&str, &str); 15] = [
    ("/sign-in/second", "/sign-in/mfa"),
    ("/prove", "/reauthenticate"),
    ("/forgot", "/forgot-password"),
    ("/reset", "/reset-password"),
    ("/confirm", "/verify-email"),
    ("/confirm-address", "/confirm-email-change"),
    ("/planted", "/demo/ground-truth"),
    ("/import", "/imports"),
    ("/import/{id}", "/imports/{id}"),
    ("/performance/values", "/settings/thresholds"),
    ("/admin/people", "/admin/users"),
    ("/join", "/invitations/accept"),
    ("/sign-in/with/{provider}", "/auth/{provider}"),
    ("/sign-in/with/{provider}/back", "/auth/{provider}/callback"),
    ("/started", "/dev/build-id"),
];

/// Redirects each old address for good, with its query and its method.
#[expect(clippy::disallowed_methods, reason = "redirects are no handlers of a feature, and read nothing")]
pub(crate) fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    MOVED.into_iter().fold(Router::new(), |router, (old, new)| {
        router.route(old, any(async move |params: RawPathParams, OriginalUri(uri): OriginalUri| to(new, &params, uri.query())))
    })
}

fn to(new: &str, params: &RawPathParams, query: Option<&str>) -> Redirect {
    let path = params.iter().fold(new.to_owned(), |path, (name, value)| path.replace(&format!("{{{name}}}"), &platform::percent_encode(value)));
    Redirect::permanent(&query.map_or_else(|| path.clone(), |query| format!("{path}?{query}")))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::{Request, StatusCode, header};
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn an_old_address_leads_to_the_new_one_with_its_query() {
        let all: Vec<_> = MOVED.iter().map(|(old, new)| (old.replace("{id}", "7").replace("{provider}", "google"), *new)).collect();
        for (old, new) in all {
            for method in ["GET", "POST"] {
                let request = Request::builder().method(method).uri(format!("{old}?token=a%26b")).body(Body::empty()).expect("request");
                let response = router::<()>().oneshot(request).await.expect("response");
                let new = new.replace("{id}", "7").replace("{provider}", "google");
                assert_eq!(response.status(), StatusCode::PERMANENT_REDIRECT);
                assert_eq!(response.headers()[header::LOCATION], format!("{new}?token=a%26b"), "{old}");
            }
        }
    }

    #[tokio::test]
    async fn a_redirect_stays_on_this_site() {
        let request = Request::get("/import/..%2F%2Fevil.example").body(Body::empty()).expect("request");
        let response = router::<()>().oneshot(request).await.expect("response");
        assert_eq!(response.headers()[header::LOCATION], "/imports/%2E%2E%2F%2Fevil%2Eexample");
    }
}
