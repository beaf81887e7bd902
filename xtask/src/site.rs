//! The site: WebAssembly with its loader, style, fonts, scripts, icons; hashed names, compressed variants, sizes.

mod assets;
mod notices;
mod report;
mod wasm;

use std::path::PathBuf;

use crate::run::{Outcome, target};
use crate::{needs, site};

pub(crate) use assets::Output;

/// How much to optimise for size and speed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Quick to build.
    Dev,
    /// Small to load.
    Release,
}

/// The output folder of the site.
pub(crate) fn folder() -> PathBuf {
    target().join("site")
}

/// Builds the whole site.
pub(crate) fn build(profile: Profile) -> Outcome {
    let toolchain = needs::wasm_toolchain()?;
    needs::npm()?;
    let mut out = Output::start(&site::folder())?;
    let built = wasm::build(profile, toolchain.as_deref(), &mut out)?;
    assets::build(profile, &built, &mut out)?;
    out.finish(profile)?;
    report::print(&out, profile);
    Ok(())
}
