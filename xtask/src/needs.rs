//! What a machine needs; what can be downloaded is, and for the rest the error names the command to run.

use std::path::PathBuf;
use std::process::Command;

use crate::run::{Outcome, cargo, output, program, root, step};

/// The toolchain for WebAssembly: the default one, or another whose name goes into `RUSTUP_TOOLCHAIN`.
pub(crate) fn wasm_toolchain() -> Outcome<Option<String>> {
    const TARGET: &str = "wasm32-unknown-unknown";
    let has = |toolchain: Option<&str>| {
        let mut rustc = Command::new("rustc");
        if let Some(toolchain) = toolchain {
            rustc.env("RUSTUP_TOOLCHAIN", toolchain);
        }
        let sysroot = rustc.args(["--print", "sysroot"]).output().ok().filter(|o| o.status.success())?;
        let lib = PathBuf::from(String::from_utf8_lossy(&sysroot.stdout).trim()).join("lib/rustlib").join(TARGET).join("lib");
        std::fs::read_dir(lib).ok()?.flatten().any(|f| f.file_name().to_string_lossy().starts_with("libcore-")).then_some(())
    };
    if has(None).is_some() {
        return Ok(None);
    }
    let fetched = Command::new("rustup").args(["target", "add", TARGET]).status().is_ok_and(|s| s.success());
    if fetched && has(None).is_some() {
        return Ok(None);
    }
    // If rustup's server cannot be reached, a helper script next to the project may install it another way.
    let helper = std::env::var_os("LEGWORK_WASM_TARGET").map_or_else(|| root().join("../shared/tools/wasm-target"), PathBuf::from);
    if helper.is_file() {
        let printed = output("fetching the WebAssembly target", Command::new("bash").arg(helper))?;
        let toolchain = printed.lines().last().unwrap_or("default").trim().to_owned();
        return Ok((toolchain != "default").then_some(toolchain));
    }
    Err(format!("Rust cannot build for the browser yet. Run: rustup target add {TARGET}"))
}

/// The Rust test runner. It compiles for a few minutes, once per machine: cargo installs it outside the clone.
pub(crate) fn nextest() -> Outcome {
    const VERSION: &str = "0.9.143";
    if cargo().args(["nextest", "--version"]).output().is_ok_and(|o| o.status.success()) {
        return Ok(());
    }
    step("cargo-nextest", cargo().args(["install", "--quiet", "--locked", "cargo-nextest", "--version", VERSION]))
}

/// Packages of `package.json`, as locked.
pub(crate) fn npm() -> Outcome {
    let lock = root().join("package-lock.json");
    let installed = root().join("node_modules/.package-lock.json");
    let newer = |a: &PathBuf, b: &PathBuf| Some(std::fs::metadata(a).ok()?.modified().ok()? >= std::fs::metadata(b).ok()?.modified().ok()?);
    if newer(&installed, &lock) == Some(true) {
        return Ok(());
    }
    if program("npm").arg("--version").output().is_err() {
        return Err(
            "Node.js with npm is needed for fonts, charts and wasm-opt. Install it: https://nodejs.org, or `apt-get install nodejs npm`".into()
        );
    }
    step("npm packages", program("npm").args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"))
}

/// A program from the npm packages.
pub(crate) fn npm_program(name: &str) -> Command {
    program(&root().join("node_modules/.bin").join(name).display().to_string())
}

/// A Chromium for the browser tests.
pub(crate) fn chromium() -> Outcome<PathBuf> {
    let find = || {
        std::env::var_os("LEGWORK_CHROMIUM")
            .map(PathBuf::from)
            .into_iter()
            .chain(["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].map(PathBuf::from))
            .find(|p| p.exists())
    };
    if let Some(found) = find() {
        return Ok(found);
    }
    let root_user = nix::unistd::geteuid().is_root();
    if root_user && program("apt-get").arg("--version").output().is_ok() {
        step("package lists", program("apt-get").args(["update", "-qq"]))?;
        step("Chromium", program("apt-get").args(["install", "-y", "-qq", "chromium"]).env("DEBIAN_FRONTEND", "noninteractive"))?;
    }
    find().ok_or_else(|| "The browser tests need Chromium. Run: sudo apt-get install chromium   (or set LEGWORK_CHROMIUM to one)".into())
}
