//! The design system: the layout around pages, and the components they are made of.

pub mod charts;
pub mod clock;
pub mod components;
pub mod field;
pub mod icon;
pub mod navigation;
mod notice;
pub mod pager;
pub mod pages;
pub mod path;
pub mod raw;
pub mod refused_form;
mod settings;
pub mod shell;
pub mod states;
mod strip;
mod units;
pub mod validate;

pub use components::{Badge, Highlighted, PageHeader, PostButton, ReauthNotice, Stat, Unconfirmed, or_dash};
pub use field::{Choice, Field, Options, Refused};
pub use icon::Icon;
pub use notice::{NoticeBanner, current_notice};
pub use pager::{Pager, PagerState, page_request};
pub use raw::{PageTitle, TextArea};
pub use refused_form::refused_form;
pub use settings::SettingsLayout;
pub use states::{EmptyState, await_page, await_section, reading};
pub use strip::Strip;
pub use units::{FilledInUnits, filled_in_units, units};
pub use validate::validate;
