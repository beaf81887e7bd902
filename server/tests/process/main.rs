//! Servers as processes of their own: killed, without their database, stopped.

mod common;
mod killed;
mod recovery;
mod shutdown;
