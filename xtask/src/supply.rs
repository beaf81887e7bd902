//! The supply chain: licences and bans always, known vulnerabilities if their lists can be reached.

use serde_json::Value;

use crate::run::{Outcome, cargo, program, step};

/// Three and a half minutes of one core to compile, once per machine: cargo installs it outside the clone.
const CARGO_DENY: &str = "0.20.2";

/// Checks crates and npm packages. A vulnerability list that cannot be reached is reported, and is no failure.
pub(crate) fn check() -> Outcome {
    if !cargo().args(["deny", "--version"]).output().is_ok_and(|o| o.status.success()) {
        step("cargo-deny", cargo().args(["install", "--quiet", "--locked", "cargo-deny", "--version", CARGO_DENY]))?;
    }
    step("licences, bans and sources of crates", cargo().args(["deny", "--log-level", "error", "check", "licenses", "bans", "sources"]))?;
    crates()?;
    packages()
}

/// `RustSec`'s list.
fn crates() -> Outcome {
    println!("· vulnerabilities of crates");
    let out = cargo().args(["deny", "check", "advisories"]).output().map_err(|e| format!("cargo-deny cannot be started: {e}"))?;
    let errors = String::from_utf8_lossy(&out.stderr);
    if out.status.success() {
        return Ok(());
    }
    if errors.contains("failed to fetch advisory database") {
        println!("  skipped: RustSec's list cannot be reached");
        return Ok(());
    }
    Err(format!("Crates have known vulnerabilities; see deny.toml for those that are known and no danger here.\n{errors}"))
}

/// npm's list, which its registry may not offer.
fn packages() -> Outcome {
    println!("· vulnerabilities of npm packages");
    let out = program("npm").args(["audit", "--package-lock-only", "--json"]).output().map_err(|e| format!("npm cannot be started: {e}"))?;
    match vulnerable(&String::from_utf8_lossy(&out.stdout)) {
        None => {
            println!("  skipped: npm's list cannot be reached");
            Ok(())
        }
        Some(names) if names.is_empty() => Ok(()),
        Some(names) => Err(format!("npm packages have known vulnerabilities: {}. Run: npm audit", names.join(", "))),
    }
}

/// The packages that the output of `npm audit` names; `None` if it is no audit.
fn vulnerable(audit: &str) -> Option<Vec<String>> {
    let audit: Value = serde_json::from_str(audit).ok()?;
    Some(audit["vulnerabilities"].as_object()?.keys().cloned().collect())
}

#[cfg(test)]
mod tests {
    use super::vulnerable;

    #[test]
    fn an_audit_is_distinguished_from_an_error() {
        assert_eq!(vulnerable(r#"{"message":"405 Method Not Allowed","statusCode":405,"error":{"summary":""}}"#), None);
        assert_eq!(vulnerable(""), None);
        assert_eq!(vulnerable(r#"{"auditReportVersion":2,"vulnerabilities":{}}"#), Some(Vec::new()));
        let found = vulnerable(r#"{"vulnerabilities":{"esbuild":{"severity":"moderate"}}}"#);
        assert_eq!(found, Some(vec!["esbuild".to_owned()]));
    }
}
