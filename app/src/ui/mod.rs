//! The design system: the frame around pages, and the pieces that they are made of.

pub mod charts;
pub mod clock;
pub mod field;
pub mod frame;
pub mod icon;
pub mod pieces;
pub mod states;

pub use field::{Choice, Field, Refused};
pub use icon::Icon;
pub use pieces::{Chip, Head, PostButton, ProveFirst, Said, Stat, Unconfirmed};
pub use states::{Empty, loaded, loaded_part};
