//! Emails that tell the owner of an account what happened to it.

use chrono::{DateTime, Utc};
use domain::accounts::Viewer;
use platform::{Email, Error, Platform, Tx};
use uuid::Uuid;

/// An email about a sign-in from a browser or an API client that the account does not know; `reset` is the page that requests a new password.
pub(crate) fn new_device_email(viewer: &Viewer, device: &str, location: Option<&str>, reset: &str, at: DateTime<Utc>) -> Email {
    let location = location.map_or_else(String::new, |location| format!(", {location}"));
    let text = format!(
        "Hello {},\n\nyour account on Legwork was just opened on a device that it did not know:\n\n{device}{location}, {} ({})\n\n\
        If it was you, do nothing. If not, set a new password, which signs out every device:\n\n{reset}\n",
        viewer.name,
        viewer.units.moment(platform::clock::on_wall(at, &viewer.time_zone)),
        viewer.time_zone.replace('_', " ")
    );
    Email { account: viewer.id, to: viewer.email.clone(), subject: "A new device signed in".into(), text }
}

/// A notice to the owner of an account of what was changed.
pub(crate) fn security_notice(account: Uuid, to: &str, subject: &str, what: &str) -> Email {
    let text = format!("Hello,\n\n{what}\n\nIf it was not you, set a new password at once: “Forgot password?” on the sign-in page.\n");
    Email { account, to: to.to_owned(), subject: subject.to_owned(), text }
}

/// Sends a notice that a way to sign in was added or removed.
pub(crate) async fn notify_login_method_change(platform: &Platform, tx: &mut Tx, viewer: &Viewer, what: &str) -> Result<(), Error> {
    platform.send_email(tx, &security_notice(viewer.id, &viewer.email, "A way into your account changed", what)).await
}
