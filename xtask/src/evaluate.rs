//! The evaluation of discovery, into its document.

use crate::run::{Outcome, cargo, root};

const FROM: &str = "<!-- table -->\n";
const TO: &str = "<!-- end of table -->";

/// Runs every cell and replaces the table in the document.
pub(crate) fn run(runs: usize) -> Outcome {
    println!("· evaluation, {runs} simulations per cell");
    let output = cargo()
        .args(["run", "--quiet", "--release", "--package", "inference", "--example", "evaluate", "--", &runs.to_string()])
        .stderr(std::process::Stdio::inherit())
        .output()
        .map_err(|e| e.to_string())?;
    if !output.status.success() {
        return Err("The evaluation stopped.".into());
    }
    let table = String::from_utf8_lossy(&output.stdout);
    println!("{table}");
    let path = root().join("docs/discovery-evaluation.md");
    let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let (Some(from), Some(to)) = (text.find(FROM), text.find(TO)) else { return Err(format!("{} has no marker for the table.", path.display())) };
    let new = format!("{}`cargo xtask evaluate {runs}`:\n\n{table}{}", &text[..from + FROM.len()], &text[to..]);
    std::fs::write(&path, new).map_err(|e| format!("{}: {e}", path.display()))
}
