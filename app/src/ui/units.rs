//! The viewer's units. The server knows them from the authenticated user, the browser from the document.

use domain::units::Units;

/// In which units this page is read: those that the viewer chose, or those that the browser's languages suggest.
#[must_use]
pub fn units() -> Units {
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

#[cfg(all(feature = "hydrate", not(feature = "ssr")))]
fn in_browser() -> Option<Units> {
    let code = web_sys::window()?.document()?.document_element()?.get_attribute("data-units")?;
    Some(Units::from_code(&code))
}
