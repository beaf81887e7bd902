//! Speed, measured.

use crate::run::{Outcome, cargo, step};

/// Runs the benchmarks by name.
pub(crate) fn run(what: &[String]) -> Outcome {
    let known = [("recordings", "recordings"), ("discovery", "inference")];
    for name in what {
        if !known.iter().any(|(n, _)| n == name) {
            return Err(format!("There is no benchmark “{name}”. There are: recordings, discovery."));
        }
    }
    for (name, package) in known {
        if what.is_empty() || what.iter().any(|w| w == name) {
            step(&format!("bench {name}"), cargo().args(["bench", "--quiet", "--package", package]))?;
        }
    }
    Ok(())
}
