//! Accounts and sessions: who is there, how they prove it, and what they may do.

mod api_tokens;
mod apple;
mod cookie;
mod devices;
mod extract;
mod guesses;
mod jobs;
mod letters;
mod metadata;
mod oidc;
mod passkeys;
mod password;
mod people;
mod prove;
pub mod rest;
mod second;
mod security;
mod service;
#[cfg(test)]
mod tests;
mod ways_in;

pub use api_tokens::{Bearer, PERSONAL_DAYS_MAX, Pair, bearer, personal_tokens};
pub use cookie::{Cookie, SESSION_DAYS};
pub use devices::{IDLE_DAYS, devices, end_device, end_other_devices};
pub use extract::{Asking, Caller, Client, CurrentViewer, MaybeViewer, Program, token_in};
pub use jobs::unless_deleted;
pub use letters::tell_expiry;
pub use people::{PEOPLE_PAGE, audit_log, grant_owner, own_log, people, set_role};
pub use prove::require_proof;
pub use second::{factors, reseal};
pub use security::{once_shown, security};
pub use service::{
    Entry, NewAccount, SignedIn, audit, authorise, change_password, change_profile, register, require_second_factor, sign_in, sign_out,
    viewer_by_email, viewer_of,
};
pub use ways_in::require_confirmed;
