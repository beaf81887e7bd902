//! Accounts and sessions: who is there, and how they prove it.
