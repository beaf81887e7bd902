//! Times in the viewer's time zone. The server knows the zone from the authenticated user, the browser from the document.

use chrono::{DateTime, NaiveDateTime, Utc};

/// `26 November 2026, 04:03`.
#[must_use]
pub fn moment(at: DateTime<Utc>) -> String {
    on_wall(at).format("%-d %B %Y, %H:%M").to_string()
}

/// `26 November 2026`.
#[must_use]
pub fn day(at: DateTime<Utc>) -> String {
    on_wall(at).format("%-d %B %Y").to_string()
}

/// The viewer's local time at an instant.
#[must_use]
pub fn on_wall(at: DateTime<Utc>) -> NaiveDateTime {
    #[cfg(feature = "ssr")]
    {
        platform::clock::on_wall(at, &crate::server::time_zone())
    }
    #[cfg(all(feature = "hydrate", not(feature = "ssr")))]
    {
        in_browser(at).unwrap_or_else(|| at.naive_utc())
    }
    #[cfg(not(any(feature = "ssr", feature = "hydrate")))]
    {
        at.naive_utc()
    }
}

/// The browser knows the time zones: a table of them would be a tenth of the download.
#[cfg(all(feature = "hydrate", not(feature = "ssr")))]
fn in_browser(at: DateTime<Utc>) -> Option<NaiveDateTime> {
    use web_sys::js_sys::{Date, Object, Reflect};
    let zone = web_sys::window()?.document()?.document_element()?.get_attribute("data-zone")?;
    let options = Object::new();
    Reflect::set(&options, &"timeZone".into(), &zone.into()).ok()?;
    // The Swedish locale writes 2026-11-26 04:03:11.
    let text = String::from(Date::new(&(at.timestamp_millis() as f64).into()).to_locale_string("sv-SE", &options));
    NaiveDateTime::parse_from_str(&text, "%Y-%m-%d %H:%M:%S").ok()
}
