//! Format, lints, licences, and everything that continuous integration runs.

use std::collections::BTreeMap;

use crate::run::{Outcome, cargo, output, step};
use crate::{database, migrations, tests};

/// Licences that may be in the product, as SPDX expressions name them.
const LICENCES: [&str; 17] = [
    "MIT",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "0BSD",
    "Unicode-3.0",
    "Unlicense",
    "CC0-1.0",
    "MPL-2.0",
    "AGPL-3.0-only",
    "BSL-1.0",
    "MIT-0",
    "BlueOak-1.0.0",
    // The list of certificate authorities.
    "CDLA-Permissive-2.0",
];

/// Format and lints.
pub(crate) fn lint() -> Outcome {
    step("format", cargo().args(["fmt", "--all", "--check"]))?;
    let strict = ["--", "--deny", "warnings"];
    step(
        "lints",
        cargo().args(["clippy", "--quiet", "--workspace", "--exclude", "frontend", "--all-targets"]).args(strict).env("SQLX_OFFLINE", "true"),
    )?;
    let toolchain = crate::needs::wasm_toolchain()?;
    if toolchain.is_some() {
        println!("· lints of the browser's half: skipped, its toolchain has no clippy");
        return Ok(());
    }
    step(
        "lints of the browser's half",
        cargo()
            .args([
                "clippy",
                "--quiet",
                "--package",
                "frontend",
                "--package",
                "app",
                "--features",
                "app/hydrate",
                "--target",
                "wasm32-unknown-unknown",
            ])
            .args(strict),
    )
}

/// All of it; ends with the counts.
pub(crate) fn ci() -> Outcome {
    lint()?;
    licences()?;
    migrations::lint()?;
    database::is_fresh()?;
    let total = tests::all()?;
    println!("\n{total}");
    Ok(())
}

/// Every dependency has a licence that the product may carry.
fn licences() -> Outcome {
    println!("· licences");
    let text = output("cargo metadata", cargo().args(["metadata", "--format-version", "1", "--locked"]))?;
    let metadata: serde_json::Value = serde_json::from_str(&text).map_err(|e| e.to_string())?;
    let mut refused: BTreeMap<String, String> = BTreeMap::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let name = format!("{} {}", package["name"].as_str().unwrap_or("?"), package["version"].as_str().unwrap_or("?"));
        match package["license"].as_str() {
            Some(expression) if allowed(expression) => {}
            Some(expression) => drop(refused.insert(name, expression.to_owned())),
            None => drop(refused.insert(name, "none given".to_owned())),
        }
    }
    if refused.is_empty() { Ok(()) } else { Err(format!("These licences are not on the list in xtask/src/check.rs: {refused:?}")) }
}

/// Whether an SPDX expression can be fulfilled: any part of an `OR`, every part of an `AND`.
fn allowed(expression: &str) -> bool {
    let plain = expression.replace(['(', ')'], " ").replace('/', " OR ");
    plain.split(" AND ").all(|all| all.split(" OR ").any(|one| LICENCES.contains(&one.trim())))
}

#[cfg(test)]
mod tests_of_licences {
    use super::allowed;

    #[test]
    fn expressions_are_read() {
        assert!(allowed("MIT OR Apache-2.0"));
        assert!(allowed("MIT/Apache-2.0"));
        assert!(allowed("(MIT OR GPL-3.0) AND Unicode-3.0"));
        assert!(!allowed("GPL-3.0"));
        assert!(!allowed("MIT AND GPL-3.0"));
    }
}
