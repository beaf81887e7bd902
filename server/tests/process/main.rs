//! Servers as processes of their own: killed, without their database, stopped.

mod common;
mod flood;
mod killed;
mod recovery;
mod shutdown;
