//! Times in the viewer's time zone. The server knows the zone from the authenticated user, the browser from the document.

use chrono::{DateTime, NaiveDateTime, Utc};

use super::units;

/// `26 November 2026, 04:03`; `today, 04:03` and `yesterday, 04:03` where it was recent.
#[must_use]
pub fn moment(at: DateTime<Utc>) -> String {
    let (units, at) = (units(), on_wall(at));
    now().map_or_else(|| units.moment(at), |now| units.recently(at, on_wall(now)))
}

/// `26 November 2026`.
#[must_use]
pub fn day(at: DateTime<Utc>) -> String {
    units().date(on_wall(at).date())
}

/// `04:03`.
#[must_use]
pub fn time(at: DateTime<Utc>) -> String {
    units().time(on_wall(at).time())
}

/// The present, of the server's clock or the browser's.
fn now() -> Option<DateTime<Utc>> {
    #[cfg(feature = "ssr")]
    {
        crate::server::platform().ok().map(|platform| platform.clock.now())
    }
    #[cfg(all(feature = "hydrate", not(feature = "ssr")))]
    {
        DateTime::from_timestamp_millis(web_sys::js_sys::Date::now() as i64)
    }
    #[cfg(not(any(feature = "ssr", feature = "hydrate")))]
    {
        None
    }
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
