//! The endpoints of a feature, each with whom it is for and how often it may be requested.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::Method;
use domain::access::{Access, Limit};
use utoipa::openapi::path::Operation;
use utoipa::openapi::{OpenApi, PathItem};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

/// The endpoints of a feature or of the whole server. There is no way to add one without saying whom it is for, and the guard, the rate limiter
/// and the tests of isolation read what was said.
///
/// ```
/// use domain::access::{Access, Limit};
/// use platform::http::Endpoints;
/// use utoipa_axum::routes;
///
/// #[utoipa::path(post, path = "/shoes", tag = "forms")]
/// async fn add() {}
///
/// let endpoints = Endpoints::<()>::new().route(routes!(add), Access::Athlete, Limit::General);
/// assert_eq!(endpoints.list()[0].path, "/shoes");
/// ```
pub struct Endpoints<S> {
    router: OpenApiRouter<S>,
    list: Vec<Endpoint>,
}

/// What is known of an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// How it is requested.
    pub method: Method,
    /// Its address, with `{name}` for what differs.
    pub path: String,
    /// Whom it is for.
    pub access: Access,
    /// Which requests are counted with its own.
    pub limit: Limit,
    /// Whether it is a page of the app, which says by itself that it does not exist.
    pub page: bool,
    /// Whether it takes forms that another site makes the browser post.
    pub cross_site: bool,
    /// What the server may write into a page of a form that it could not pass on.
    pub kept: Kept,
}

/// What is kept of a form while the database is unavailable, and whether the page that keeps it resubmits it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// All of it, and the page resubmits it by itself: a second submission changes nothing more, whatever became of the first.
    Repeated,
    /// All of it. It is unknown whether the first submission arrived, and a second would repeat its effect: the user decides.
    Whole,
    /// All but these fields, given with their labels: a secret is not written into a page but requested again.
    But(&'static [(&'static str, &'static str)]),
    /// Nothing: the form is all secrets, or no form.
    Nothing,
}

/// The content type of a form.
pub const FORM: &str = "application/x-www-form-urlencoded";
/// The content type of a form with files.
pub const MULTIPART: &str = "multipart/form-data";

impl<S: Clone + Send + Sync + 'static> Default for Endpoints<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: Clone + Send + Sync + 'static> Endpoints<S> {
    /// No endpoints.
    #[must_use]
    pub fn new() -> Self {
        Self { router: OpenApiRouter::new(), list: Vec::new() }
    }

    /// Adds the handlers that `routes!` collects: whom they are for, and which requests are counted with theirs.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that adds an endpoint")]
    pub fn route(mut self, handlers: UtoipaMethodRouter<S>, access: Access, limit: Limit) -> Self {
        for (path, item) in &handlers.1.paths {
            let endpoint = |(method, _)| Endpoint { method, path: path.clone(), access, limit, page: false, cross_site: false, kept: Kept::Nothing };
            self.list.extend(operations(item).map(endpoint));
        }
        Self { router: self.router.routes(handlers), ..self }
    }

    /// The endpoint that was added last takes forms that another site makes the browser post.
    #[must_use]
    pub fn from_other_sites(mut self) -> Self {
        if let Some(endpoint) = self.list.last_mut() {
            endpoint.cross_site = true;
        }
        self
    }

    /// What is kept of the form that was added last while the database is unavailable; without it, nothing of what it says.
    #[must_use]
    pub fn kept(mut self, kept: Kept) -> Self {
        if let Some(endpoint) = self.list.last_mut() {
            endpoint.kept = kept;
        }
        self
    }

    /// Sets how long the bodies of the endpoints may be that were added so far; without it, as long as people type.
    #[must_use]
    pub fn body_limit(self, limit: DefaultBodyLimit) -> Self {
        Self { router: self.router.layer(limit), ..self }
    }

    /// Adds the endpoints of others.
    #[must_use]
    pub fn merge(mut self, others: Self) -> Self {
        self.list.extend(others.list);
        Self { router: self.router.merge(others.router), list: self.list }
    }

    /// The endpoints in the order in which they were added.
    #[must_use]
    pub fn list(&self) -> &[Endpoint] {
        &self.list
    }

    /// The router, the document that describes the endpoints, and their list.
    pub fn into_parts(self) -> (Router<S>, OpenApi, Vec<Endpoint>) {
        let (router, document) = self.router.split_for_parts();
        (router, document, self.list)
    }
}

/// The description of the endpoint with a method, at the path that the item describes.
pub fn operation_mut<'a>(item: &'a mut PathItem, method: &Method) -> Option<&'a mut Operation> {
    match *method {
        Method::GET => item.get.as_mut(),
        Method::POST => item.post.as_mut(),
        Method::PUT => item.put.as_mut(),
        Method::PATCH => item.patch.as_mut(),
        Method::DELETE => item.delete.as_mut(),
        _ => None,
    }
}

fn operations(item: &PathItem) -> impl Iterator<Item = (Method, &Operation)> {
    let all = [
        (Method::GET, &item.get),
        (Method::POST, &item.post),
        (Method::PUT, &item.put),
        (Method::PATCH, &item.patch),
        (Method::DELETE, &item.delete),
    ];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_ref()?)))
}
