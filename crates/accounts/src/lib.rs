//! Accounts and sessions: who is there, and how they prove it.

mod cookie;
mod devices;
mod extract;
mod password;
pub mod rest;
mod service;
#[cfg(test)]
mod tests;

pub use cookie::{SESSION_DAYS, clear_cookie, session_cookie, token_in};
pub use devices::{IDLE_DAYS, devices, end_device, end_other_devices};
pub use extract::{CurrentViewer, MaybeViewer};
pub use service::{NewAccount, SignedIn, change_password, register, sign_in, sign_out, viewer_by_email, viewer_of};
