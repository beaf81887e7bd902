//! The second factor: an authenticator app, and recovery codes for when the phone is lost.

mod challenge;
mod codes;
mod recovery_codes;
mod totp;

pub use challenge::LoginOutcome;
pub(crate) use challenge::{complete_mfa_login, login_as};
pub(crate) use codes::verify_code_for;
pub(crate) use recovery_codes::{ensure_recovery_codes, regenerate_recovery_codes};
#[cfg(feature = "testing")]
pub(crate) use totp::add_totp;
pub use totp::reencrypt;
pub(crate) use totp::{confirm_totp, disable_totp, new_totp, start_totp};
