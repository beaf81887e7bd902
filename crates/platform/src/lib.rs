//! The base layer with I/O: configuration, clock, ids, database transactions, files, errors.

mod account_lock;
mod causes;
pub mod clock;
mod compute;
pub mod config;
pub mod database;
pub mod error;
pub mod events;
mod fault;
pub mod feature;
pub mod files;
pub mod forms;
pub mod geoip;
pub mod http;
pub mod ids;
pub mod jobs;
pub mod login_throttle;
pub mod mail;
mod panics;
pub mod postgres;
pub mod private;
mod queue;
pub mod rest;
pub mod retention;
pub mod secrets;
pub mod statistics;
mod tasks;
pub mod telemetry;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod uploads;

use std::sync::Arc;

pub use account_lock::{AccountGuard, lock_account};
pub use clock::Clock;
pub use compute::{ChargedTo, compute, compute_for_account, with_heavy_permit};
pub use config::Config;
pub use database::{Acting, Database, Tx};
pub use error::Error;
pub use fault::Fault;
pub use files::{FileBody, Files};
pub use geoip::GeoIp;
pub use ids::Ids;
pub use login_throttle::{LoginThrottle, RefusalLog};
pub use mail::{Email, Mailer};
pub use queue::{BoundedQueue, QueuePermit};
pub use secrets::KeyRing;
pub use tasks::{Tasks, catch_panic};

/// Bytes as hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
}

/// Bytes of hexadecimal digits, if that is what they are.
#[must_use]
pub fn decode_hex(digits: &str) -> Option<Vec<u8>> {
    let digit = |b: u8| char::from(b).to_digit(16).map(|d| d as u8);
    digits.as_bytes().chunks(2).map(|pair| Some(digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?)).collect()
}

/// Percent-encodes everything but ASCII letters and digits, for a value in a query.
#[must_use]
pub fn percent_encode(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::new(), |mut out, b| {
        if b.is_ascii_alphanumeric() {
            out.push(char::from(b));
        } else {
            let _ = write!(out, "%{b:02X}");
        }
        out
    })
}

/// What every feature is built on. Cheap to clone.
#[derive(Clone)]
pub struct Platform {
    /// What it consists of.
    pub features: feature::Features,
    /// Settings of this process.
    pub config: Arc<Config>,
    /// The only way to the database.
    pub database: Database,
    /// Originals and uploads.
    pub files: Files,
    /// Sends emails.
    pub mail: Mailer,
    /// Encrypts secrets at rest.
    pub keys: KeyRing,
    /// Locations of IP addresses, as far as they are known.
    pub geoip: GeoIp,
    /// Limits sign-in attempts at each account.
    pub login_throttle: LoginThrottle,
    /// Background tasks.
    pub tasks: Tasks,
    /// What time it is.
    pub clock: Clock,
    /// New ids and secrets.
    pub ids: Ids,
}
