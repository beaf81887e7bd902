//! The viewer's units. The server knows them from the authenticated user, the browser from the document.

use domain::RefusedForm;
use domain::units::{UNITS, Units};
use leptos::prelude::*;

/// In which units this page is read: those that the viewer chose, or those that the browser's languages suggest. [`provide_units`] finds out once for
/// each page: a calendar asks for every day.
#[must_use]
pub fn units() -> Units {
    use_context().unwrap_or_else(find_out)
}

/// Finds out in which units this page is read, for all of it.
pub(super) fn provide_units() {
    provide_context(find_out());
}

fn find_out() -> Units {
    #[cfg(feature = "ssr")]
    {
        crate::server::units()
    }
    #[cfg(all(feature = "hydrate", not(feature = "ssr")))]
    {
        in_browser().unwrap_or_default()
    }
    #[cfg(not(any(feature = "ssr", feature = "hydrate")))]
    {
        Units::default()
    }
}

/// In which units a form is shown: a refused one in those that it was filled in.
#[must_use]
pub fn filled_in_units(form: Option<&RefusedForm>) -> Units {
    form.and_then(|form| form.typed(UNITS)).map_or_else(units, Units::from_code)
}

/// Says in a form in which units it is filled in: what is typed means what was shown, whatever is chosen in another tab meanwhile.
#[component]
pub fn FilledInUnits(
    /// Those of the form.
    units: Units,
) -> impl IntoView {
    view! { <input r#type="hidden" name=UNITS value=units.code() /> }
}

#[cfg(all(feature = "hydrate", not(feature = "ssr")))]
fn in_browser() -> Option<Units> {
    let code = web_sys::window()?.document()?.document_element()?.get_attribute("data-units")?;
    Some(Units::from_code(&code))
}
