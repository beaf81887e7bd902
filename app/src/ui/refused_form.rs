//! A form that was refused and is shown again. It comes with the page that answered the form; the browser finds it there.

use domain::RefusedForm;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// What the page's answer carried.
#[derive(Clone)]
struct Carried(Option<RefusedForm>);

/// Once, around all pages: takes the refused form out of the request, or in the browser out of the page.
pub fn provide_refused_form() {
    #[cfg(feature = "ssr")]
    let carried = SharedValue::new(crate::server::refused_form);
    #[cfg(not(feature = "ssr"))]
    let carried = SharedValue::new(|| None);
    provide_context(Carried(carried.into_inner()));
}

/// The refused form of the page that is looked at.
pub fn refused_form() -> Option<RefusedForm> {
    use_context::<Carried>()?.0.filter(|form| form.is_on(&use_location().pathname.get_untracked()))
}

/// The page of the refused form: the answer to a form has the form's own address, and the browser's half goes by the address.
#[cfg(feature = "ssr")]
pub fn page_of_refused_form() -> Option<String> {
    crate::server::refused_form().map(|form| form.page)
}
