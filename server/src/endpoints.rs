//! Every endpoint, page and server function with what its feature declares of it: the one table that the guard, the rate limiter and the tests
//! of isolation read.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{MatchedPath, State};
use axum::http::{Method, Request};
use axum::middleware::Next;
use axum::response::Response;
use domain::access::{Access, Limit};
use leptos::server_fn::axum::server_fn_paths;
use platform::http::{Endpoint, Kept};

use crate::observe::Route;
use crate::serve::ROUTES;

/// The endpoints by method and path.
#[derive(Clone)]
pub(crate) struct Table(Arc<HashMap<(Method, String), Endpoint>>);

/// What is declared of the endpoint that a request goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Declared {
    /// Whom it is for; nothing, if there is nothing at the address.
    pub(crate) access: Option<Access>,
    /// Which requests are counted with its own.
    pub(crate) limit: Limit,
    /// Whether it is a page of the app.
    pub(crate) page: bool,
    /// Whether it takes forms that another site makes the browser post.
    pub(crate) cross_site: bool,
    /// What the server may write into a page of a form that it could not pass on.
    pub(crate) kept: Kept,
}

impl Declared {
    /// An address with nothing at it.
    const NOTHING: Self = Self { access: None, limit: Limit::General, page: false, cross_site: false, kept: Kept::Nothing };
}

impl Table {
    /// The table of these endpoints, and of the pages and server functions of the app. It is an error if the app serves one that it does not
    /// declare.
    pub(crate) fn new(endpoints: Vec<Endpoint>) -> Result<Self, String> {
        let listed = |path: &str, access: Access, method| {
            // For staff or not: pages and server functions have no other classes.
            let limit = if matches!(access, Access::Staff(_)) { Limit::Admin } else { Limit::General };
            Endpoint { path: path_template(path), access, limit, page: method == Method::GET, cross_site: false, kept: Kept::Nothing, method }
        };
        let pages = app::routes::PAGES.iter().copied().flatten().map(|&(path, access)| listed(path, access, Method::GET));
        let functions = app::routes::FUNCTIONS.iter().copied().flatten().map(|function| listed(function.path, function.access, Method::POST));
        let all = endpoints.into_iter().chain(pages).chain(functions);
        let table: HashMap<_, _> = all.map(|endpoint| ((endpoint.method.clone(), endpoint.path.clone()), endpoint)).collect();
        let served = ROUTES.iter().map(|page| (Method::GET, page.path().to_owned()));
        let served = served.chain(server_fn_paths().map(|(path, method)| (method, path.to_owned())));
        let undeclared: Vec<String> = served.filter(|key| !table.contains_key(key)).map(|(method, path)| format!("{method} {path}")).collect();
        if undeclared.is_empty() { Ok(Self(Arc::new(table))) } else { Err(format!("not declared whom it is for: {}", undeclared.join(", "))) }
    }

    /// All of them, in no order.
    #[cfg(test)]
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Endpoint> {
        self.0.values()
    }

    /// What is declared of the endpoint of a request, and its route.
    fn find(&self, request: &Request<Body>) -> (Declared, Route) {
        let method = if request.method() == Method::HEAD { &Method::GET } else { request.method() };
        let matched = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
        // Server functions share one route.
        let own = request.uri().path();
        let find = |path: &str| self.0.get(&(method.clone(), path.to_owned()));
        match matched.and_then(find).or_else(|| find(own)) {
            Some(endpoint) => {
                let &Endpoint { access, limit, page, cross_site, kept, .. } = endpoint;
                let route = Route { template: endpoint.path.as_str().into(), declared: true };
                (Declared { access: Some(access), limit, page, cross_site, kept }, route)
            }
            None => (Declared::NOTHING, Route { template: matched.unwrap_or(Route::OTHER).into(), declared: false }),
        }
    }
}

/// Looks up what is declared of the endpoint of a request, and its route, for the middleware inside.
pub(crate) async fn identify(State(table): State<Table>, mut request: Request<Body>, next: Next) -> Response {
    let (declared, route) = table.find(&request);
    request.extensions_mut().insert(declared);
    request.extensions_mut().insert(route);
    next.run(request).await
}

/// What is declared of the endpoint of a request.
pub(crate) fn declared(request: &Request<Body>) -> Declared {
    request.extensions().get().copied().unwrap_or(Declared::NOTHING)
}

/// A path as axum writes it: `/journal/{day}` for the app's `/journal/:day`.
fn path_template(path: &str) -> String {
    let part = |part: &str| part.strip_prefix(':').map_or_else(|| part.to_owned(), |name| format!("{{{name}}}"));
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_the_app_reads_as_the_router_writes_it() {
        assert_eq!(path_template("/journal/:day"), "/journal/{day}");
        assert_eq!(path_template("/"), "/");
    }

    #[tokio::test]
    async fn a_request_finds_what_is_declared_of_its_endpoint_and_nothing_else() {
        let (_, _, list) = crate::serve::endpoints().into_parts();
        let table = Table::new(list).expect("all is declared");
        let find = |method: &Method, path: &str| table.find(&Request::builder().method(method).uri(path).body(Body::empty()).expect("request")).0;
        assert_eq!(find(&Method::POST, "/sign-in").access, Some(Access::Public));
        assert_eq!(find(&Method::GET, "/sign-in").access, Some(Access::SignedOut));
        assert_eq!(find(&Method::HEAD, "/sign-in"), find(&Method::GET, "/sign-in"));
        assert_eq!(find(&Method::POST, "/api/activities/list").access, Some(Access::Athlete));
        assert_eq!(find(&Method::PUT, "/sign-in"), Declared::NOTHING);
        assert_eq!(find(&Method::GET, "/nothing-here"), Declared::NOTHING);
    }
}
