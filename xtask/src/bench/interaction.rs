//! How long from an input to the picture that shows it, and how far pages move while they load, on a slow phone.

use super::demo::Demo;
use crate::needs::{chromium, npm};
use crate::run::{Outcome, output, program};

/// Prints the tables.
pub(super) fn run() -> Outcome {
    let chromium = chromium()?;
    npm()?;
    let demo = Demo::start()?;
    let mut command = program("node");
    command.arg("end2end/interaction.mjs").arg(format!("http://{}", demo.address)).env("LEGWORK_CHROMIUM", chromium);
    println!("\n{}", output("a slow phone", &mut command)?);
    Ok(())
}
