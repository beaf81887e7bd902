//! Servers as separate processes: killed, without their database, stopped.

mod common;
mod crash_recovery;
mod flood;
mod observability;
mod operator;
mod recovery;
mod sharing;
mod shutdown;
