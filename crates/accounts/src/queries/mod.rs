//! All SQL of accounts: one file for each table, or for tables that belong together. A function is one statement, or a few that are always sent
//! together, in the transaction of its caller; policies go by that transaction's viewer. Tokens come in as they are, and only their hashes
//! reach the database.

pub(crate) mod accounts;
pub(crate) mod api_tokens;
pub(crate) mod audit_log;
pub(crate) mod consents;
pub(crate) mod devices;
pub(crate) mod identities;
pub(crate) mod lifecycle;
pub(crate) mod mfa;
pub(crate) mod one_time_tokens;
pub(crate) mod passkeys;
pub(crate) mod sessions;
pub(crate) mod takeover;
