//! From the crate `frontend` to a main `.wasm` with its loader, and a chunk for each page that is loaded when it is opened.

use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};
use wasm_bindgen_cli_support::Bindgen;

use super::{Output, Profile};
use crate::needs::npm_program;
use crate::run::{Outcome, cargo, step, target};

/// Features that the compiler emits and all recent browsers support. `--all-features` would allow more than Chromium supports.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// The name of the chunk loader inside the code, with room for a hash.
const LINK: &str = "./__wasm_split.______________________.js";

/// URLs of what was built.
pub(super) struct Built {
    pub(super) loader: String,
    pub(super) wasm: String,
    /// Loads the chunks; imported by the loader.
    pub(super) link: String,
}

/// Builds, splits, binds, shrinks.
pub(super) fn build(profile: Profile, toolchain: Option<&str>, out: &mut Output) -> Outcome<Built> {
    let name = if profile == Profile::Release { "wasm-release" } else { "dev" };
    let mut command = cargo();
    command.args(["build", "--package", "frontend", "--target", "wasm32-unknown-unknown", "--profile", name]);
    if let Some(toolchain) = toolchain {
        command.env("RUSTUP_TOOLCHAIN", toolchain).env_remove("RUSTC").env_remove("CARGO");
    }
    step("WebAssembly", &mut command)?;
    let compiled = target().join("wasm32-unknown-unknown").join(if profile == Profile::Release { name } else { "debug" }).join("frontend.wasm");
    let compiled = fs::read(&compiled).map_err(|e| format!("{}: {e}", compiled.display()))?;
    // The files name each other, so they share the hash of their common source.
    let hash = platform::hex(&Sha256::digest(&compiled)[..6]);
    let work = target().join("site-work");
    let _ = fs::remove_dir_all(&work);
    fs::create_dir_all(&work).map_err(|e| e.to_string())?;

    println!("· splitting pages into chunks");
    let parts = work.join("parts");
    let main = parts.join("main.wasm");
    let main_module = format!("./legwork.{hash}.js");
    let mut options = wasm_split_cli_support::Options::new(&compiled);
    options.output_dir = &parts;
    options.main_out_path = &main;
    options.link_name = LINK;
    options.main_module = &main_module;
    let split = wasm_split_cli_support::transform(options).map_err(|e| format!("splitting: {e:#}"))?;

    println!("· bindings");
    let mut bindgen = Bindgen::new();
    bindgen.input_path(&main).out_name("legwork").typescript(false).omit_default_module_path(true).keep_lld_exports(true).demangle(false);
    bindgen.web(true).and_then(|b| b.generate(&work)).map_err(|e| format!("wasm-bindgen: {e:#}"))?;

    let text = |path: &Path| fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()));
    let link_name = format!("./parts.{hash}.js");
    fs::write(work.join("loader.js"), text(&work.join("legwork.js"))?.replace(&format!("from \"{LINK}\""), &format!("from \"{link_name}\"")))
        .map_err(|e| e.to_string())?;
    let mut link = text(&parts.join(LINK.trim_start_matches("./")))?;
    println!("· shrinking");
    for part in &split.split_modules {
        let stem = part.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let file = format!("{stem}.{hash}.wasm");
        link = link.replace(&format!("./{stem}.wasm"), &format!("./{file}"));
        out.write(&format!("/pkg/{file}"), &shrink(profile, part)?)?;
    }
    fs::write(work.join("parts.js"), link).map_err(|e| e.to_string())?;
    let wasm = shrink(profile, &work.join("legwork_bg.wasm"))?;
    let built = Built { loader: format!("/pkg/legwork.{hash}.js"), wasm: format!("/pkg/legwork.{hash}.wasm"), link: format!("/pkg/parts.{hash}.js") };
    out.write(&built.loader, &minify(profile, &work, "loader")?)?;
    out.write(&built.wasm, &wasm)?;
    out.write(&built.link, &minify(profile, &work, "parts")?)?;
    Ok(built)
}

fn shrink(profile: Profile, path: &Path) -> Outcome<Vec<u8>> {
    let small = path.with_extension("small.wasm");
    if profile == Profile::Release {
        let status = npm_program("wasm-opt").arg("-Os").args(FEATURES).arg(path).arg("-o").arg(&small).status();
        if !status.is_ok_and(|s| s.success()) {
            return Err(format!("wasm-opt failed on {}", path.display()));
        }
    }
    fs::read(if small.exists() { &small } else { path }).map_err(|e| e.to_string())
}

fn minify(profile: Profile, work: &Path, name: &str) -> Outcome<Vec<u8>> {
    let source = work.join(format!("{name}.js"));
    let small = work.join(format!("{name}.min.js"));
    if profile == Profile::Release {
        let outfile = format!("--outfile={}", small.display());
        step(&format!("the script {name}"), npm_program("esbuild").arg(&source).args(["--minify", "--format=esm", "--log-level=warning", &outfile]))?;
    }
    fs::read(if small.exists() { small } else { source }).map_err(|e| e.to_string())
}
