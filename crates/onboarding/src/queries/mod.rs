//! All SQL of onboarding.

pub(crate) mod availability;
pub(crate) mod goals;
pub(crate) mod progress;
