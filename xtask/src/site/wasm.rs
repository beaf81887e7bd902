//! From the crate `frontend` to a small `.wasm` and its loader.

use std::fs;

use wasm_bindgen_cli_support::Bindgen;

use super::{Output, Profile};
use crate::needs::npm_program;
use crate::run::{Outcome, cargo, step, target};

/// What the compiler emits and every browser of the last years has. `--all-features` would allow more than Chromium takes.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// Builds; gives the addresses of the loader and the WebAssembly.
pub(super) fn build(profile: Profile, toolchain: Option<&str>, out: &mut Output) -> Outcome<(String, String)> {
    let name = if profile == Profile::Release { "wasm-release" } else { "dev" };
    let mut command = cargo();
    command.args(["build", "--package", "frontend", "--target", "wasm32-unknown-unknown", "--profile", name]);
    if let Some(toolchain) = toolchain {
        command.env("RUSTUP_TOOLCHAIN", toolchain).env_remove("RUSTC").env_remove("CARGO");
    }
    step("WebAssembly", &mut command)?;
    let built = target().join("wasm32-unknown-unknown").join(if profile == Profile::Release { name } else { "debug" }).join("frontend.wasm");
    let work = target().join("site-work");
    fs::create_dir_all(&work).map_err(|e| e.to_string())?;
    println!("· bindings");
    let mut bindgen = Bindgen::new();
    bindgen.input_path(built).out_name("legwork").typescript(false).omit_default_module_path(true).remove_producers_section(true);
    bindgen.web(true).and_then(|b| b.generate(&work)).map_err(|e| format!("wasm-bindgen: {e:#}"))?;
    let raw = work.join("legwork_bg.wasm");
    let (mut wasm, mut loader) = (raw.clone(), work.join("legwork.js"));
    if profile == Profile::Release {
        wasm = work.join("legwork.opt.wasm");
        step("wasm-opt", npm_program("wasm-opt").arg("-Oz").args(FEATURES).arg(&raw).arg("-o").arg(&wasm))?;
        loader = work.join("legwork.min.js");
        let outfile = format!("--outfile={}", loader.display());
        step("the loader", npm_program("esbuild").arg(work.join("legwork.js")).args(["--minify", "--format=esm", "--log-level=warning", &outfile]))?;
    }
    let read = |path| fs::read(path).map_err(|e: std::io::Error| e.to_string());
    Ok((out.hashed("legwork", "js", &read(loader)?)?, out.hashed("legwork", "wasm", &read(wasm)?)?))
}
