//! The design system: the frame around pages, and the pieces that they are made of.

pub mod again;
pub mod charts;
pub mod clock;
pub mod field;
pub mod frame;
pub mod icon;
pub mod pieces;
pub mod raw;
pub mod states;

pub use again::refused_form;
pub use field::{Choice, Field, Refused};
pub use icon::Icon;
pub use pieces::{Chip, Head, PostButton, ProveFirst, Said, Stat, Unconfirmed};
pub use raw::{PageTitle, TextArea};
pub use states::{Empty, loaded, loaded_part, reading};
