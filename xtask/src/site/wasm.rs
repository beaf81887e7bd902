//! From the crate `frontend` to a main `.wasm` with its loader, and a chunk for each page that is loaded when it is opened.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use wasm_bindgen_cli_support::Bindgen;

use super::{Output, Profile};
use crate::needs::npm_program;
use crate::run::{Outcome, cargo, root, step, target};

/// How a module is made smaller. The features are those that the compiler emits and all recent browsers support: `--all-features` would allow more than
/// Chromium supports.
const SHRINK: [&str; 7] = [
    "-Os",
    "--enable-bulk-memory",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// The name of the chunk loader inside the code, with room for a hash.
const LINK: &str = "./__wasm_split.______________________.js";

/// The bundle of what several features need.
const SHARED: &str = "shared";

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
    let hash = platform::hex(&hash(&compiled)?[..6]);
    let work = target().join("site-work");
    let _ = fs::remove_dir_all(&work);
    fs::create_dir_all(&work).map_err(|e| e.to_string())?;

    if profile == Profile::Release {
        begin_shrinking()?;
    }

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
    let parts_name = format!("./parts.{hash}.js");
    fs::write(work.join("loader.js"), text(&work.join("legwork.js"))?.replace(&format!("from \"{LINK}\""), &format!("from \"{parts_name}\"")))
        .map_err(|e| e.to_string())?;
    println!("· shrinking");
    let small = shrink_all(profile, &split.split_modules)?;
    let generated = text(&parts.join(LINK.trim_start_matches("./")))?;
    let shared = shared_imports(&generated).ok_or("the splitter's script does not say what its modules share")?;
    let mut script = text(&root().join("scripts/parts.js"))?.replace("@main", &main_module).replace("@shared", shared);
    let bundles = bundles(&split.prefetch_map);
    for bundle in &bundles {
        let mut content = Vec::new();
        for stem in &bundle.modules {
            let module = small.get(stem).ok_or_else(|| format!("the splitter names {stem} and did not write it"))?;
            content.extend(u32::try_from(module.len()).map_err(|e| e.to_string())?.to_le_bytes());
            content.extend(module);
        }
        out.write(&format!("/pkg/{}.{hash}.pack", bundle.name), &content)?;
    }
    for (group, modules) in split.prefetch_map.iter().collect::<BTreeMap<_, _>>() {
        let files: Vec<String> = bundles_with(modules, &bundles).map(|name| format!("\"./{name}.{hash}.pack\"")).collect();
        let _ = writeln!(script, "export const __wasm_split_load_{group} = pages({});", files.join(", "));
    }
    fs::write(work.join("parts.js"), script).map_err(|e| e.to_string())?;
    let wasm = shrink(profile, &work.join("legwork_bg.wasm"))?;
    if profile == Profile::Release {
        let _ = fs::remove_dir_all(shrunk_before());
    }
    let built = Built { loader: format!("/pkg/legwork.{hash}.js"), wasm: format!("/pkg/legwork.{hash}.wasm"), link: format!("/pkg/parts.{hash}.js") };
    out.write(&built.loader, &minify(profile, &work, "loader")?)?;
    out.write(&built.wasm, &wasm)?;
    out.write(&built.link, &minify(profile, &work, "parts")?)?;
    Ok(built)
}

/// Modules that are loaded together.
struct Bundle {
    name: String,
    modules: Vec<String>,
}

/// One bundle for each group of pages, with what it alone needs; one of what several groups of a feature need; and one of what several features need:
/// whichever page is opened, that is three files.
fn bundles(needed: &HashMap<String, Vec<String>>) -> Vec<Bundle> {
    let mut users_of: BTreeMap<&String, BTreeSet<&str>> = BTreeMap::new();
    for (group, modules) in needed {
        for module in modules {
            users_of.entry(module).or_default().insert(group);
        }
    }
    let mut bundles: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (module, users) in users_of {
        let name = match users.first() {
            Some(group) if users.len() == 1 => group_name(group).to_owned(),
            Some(group) if users.iter().all(|other| feature_name(other) == feature_name(group)) => format!("{}_common", feature_name(group)),
            _ => SHARED.to_owned(),
        };
        bundles.entry(name).or_default().push(module.clone());
    }
    bundles.into_iter().map(|(name, modules)| Bundle { name, modules }).collect()
}

/// The bundles that have one of these modules, by name.
fn bundles_with<'a>(modules: &[String], bundles: &'a [Bundle]) -> impl Iterator<Item = &'a str> {
    bundles.iter().filter(|bundle| bundle.modules.iter().any(|module| modules.contains(module))).map(|bundle| bundle.name.as_str())
}

/// `journal_import_1234`, as the compiler names what is split off, without the number.
fn group_name(split: &str) -> &str {
    split.rsplit_once('_').map_or(split, |(name, _)| name)
}

/// The feature of a group: `journal`.
fn feature_name(split: &str) -> &str {
    split.split('_').next().unwrap_or(split)
}

/// The names between the braces of `const { a, b, } = initSync(`.
fn shared_imports(script: &str) -> Option<&str> {
    let (before, _) = script.split_once("} = initSync(")?;
    Some(before.rsplit_once('{')?.1.trim().trim_end_matches(','))
}

/// The modules by their stems, shrunk, as many at a time as there are processors.
fn shrink_all(profile: Profile, modules: &[PathBuf]) -> Outcome<HashMap<String, Vec<u8>>> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let shrink_some = |first: usize| -> Outcome<Vec<(String, Vec<u8>)>> {
        let own = modules.iter().skip(first).step_by(threads);
        own.map(|path| Ok((path.file_stem().unwrap_or_default().to_string_lossy().into_owned(), shrink(profile, path)?))).collect()
    };
    let all: Outcome<Vec<_>> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|first| scope.spawn(move || shrink_some(first))).collect();
        workers.into_iter().map(|w| w.join().unwrap_or_else(|_| Err("shrinking panicked".to_owned()))).collect()
    });
    Ok(all?.into_iter().flatten().collect())
}

/// Shrinking takes minutes, so what was shrunk once is kept by the hash of what it was and of the tools, until another build no longer needs it.
fn shrink(profile: Profile, path: &Path) -> Outcome<Vec<u8>> {
    let large = fs::read(path).map_err(|e| e.to_string())?;
    if profile != Profile::Release {
        return Ok(large);
    }
    let small = shrunk().join(format!("{}.wasm", platform::hex(&hash(&large)?)));
    let before = shrunk_before().join(small.file_name().unwrap_or_default());
    if !small.exists() && fs::rename(before, &small).is_err() {
        let unfinished = path.with_extension("small.wasm");
        let mut command = npm_program("wasm-opt");
        // Its warnings about names that it does not know are many, and of no use.
        let done = command.args(SHRINK).arg(path).arg("-o").arg(&unfinished).output().map_err(|e| format!("wasm-opt: {e}"))?;
        if !done.status.success() {
            return Err(format!("wasm-opt failed on {}: {}", path.display(), String::from_utf8_lossy(&done.stderr)));
        }
        fs::rename(&unfinished, &small).map_err(|e| e.to_string())?;
    }
    fs::read(small).map_err(|e| e.to_string())
}

/// Of a module, of the tools that work on it, and of what they are told.
fn hash(module: &[u8]) -> Outcome<[u8; 32]> {
    let tools = fs::read(root().join("package-lock.json")).map_err(|e| e.to_string())?;
    Ok(SHRINK.iter().fold(Sha256::new_with_prefix(tools), Sha256::chain_update).chain_update(module).finalize().into())
}

/// The folder of what this build has shrunk, or found shrunk by the one before.
fn shrunk() -> PathBuf {
    target().join("site-shrunk")
}

/// The folder of what the build before had shrunk, during a build.
fn shrunk_before() -> PathBuf {
    target().join("site-shrunk-before")
}

/// What this build does not need of the one before is forgotten at its end.
fn begin_shrinking() -> Outcome {
    if shrunk().exists() {
        let _ = fs::remove_dir_all(shrunk_before());
        fs::rename(shrunk(), shrunk_before()).map_err(|e| e.to_string())?;
    }
    fs::create_dir_all(shrunk()).map_err(|e| e.to_string())
}

fn minify(profile: Profile, work: &Path, name: &str) -> Outcome<Vec<u8>> {
    let source = work.join(format!("{name}.js"));
    let small = work.join(format!("{name}.min.js"));
    if profile == Profile::Release {
        let outfile = format!("--outfile={}", small.display());
        step(
            &format!("the script {name}"),
            npm_program("esbuild").arg(&source).args([
                "--minify",
                "--format=esm",
                "--log-level=warning",
                "--log-override:duplicate-object-key=silent",
                &outfile,
            ]),
        )?;
    }
    fs::read(if small.exists() { small } else { source }).map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_needs_three_bundles_at_most_and_each_module_is_in_one() {
        let modules = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        let needed = HashMap::from([
            ("journal_1".to_owned(), modules(&["a", "b", "c"])),
            ("journal_import_2".to_owned(), modules(&["b", "c", "d"])),
            ("settings_3".to_owned(), modules(&["c", "e"])),
        ]);
        let bundles = bundles(&needed);
        let files: Vec<_> = bundles_with(&needed["journal_import_2"], &bundles).collect();
        assert_eq!(files, ["journal_common", "journal_import", "shared"]);
        let found: Vec<_> = bundles.into_iter().map(|bundle| (bundle.name, bundle.modules)).collect();
        let expected = [("journal", "a"), ("journal_common", "b"), ("journal_import", "d"), ("settings", "e"), ("shared", "c")];
        assert_eq!(found, expected.map(|(name, module)| (name.to_owned(), vec![module.to_owned()])));
    }

    #[test]
    fn what_the_modules_share_is_read_from_the_splitters_script() {
        assert_eq!(shared_imports("x { const { table, memory,  } = initSync(a); }"), Some("table, memory"));
    }
}
