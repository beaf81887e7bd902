//! A refused form that is shown again. It comes with the page in the response; the browser reads it from there.

use domain::RefusedForm;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// What the response carried.
#[derive(Clone)]
struct Carried(Option<RefusedForm>);

/// Once, around all pages: takes the refused form from the request on the server, from the page in the browser.
pub fn provide_refused_form() {
    #[cfg(feature = "ssr")]
    let carried = SharedValue::new(crate::server::refused_form);
    #[cfg(not(feature = "ssr"))]
    let carried = SharedValue::new(|| None);
    provide_context(Carried(carried.into_inner()));
}

/// The refused form of the current page.
pub fn refused_form() -> Option<RefusedForm> {
    use_context::<Carried>()?.0.filter(|form| form.is_on(&use_location().pathname.get_untracked()))
}

/// The page of the refused form: the response to a form has the form's action as its URL, and the router in the browser goes by the URL.
#[cfg(feature = "ssr")]
pub fn page_of_refused_form() -> Option<String> {
    crate::server::refused_form().map(|form| form.page)
}
