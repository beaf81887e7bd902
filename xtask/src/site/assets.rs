//! Everything except the WebAssembly, and the writing of files.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::json;
use sha2::{Digest, Sha256};

use super::wasm::Built;
use super::{Profile, notices};
use crate::needs::npm_program;
use crate::run::{Outcome, program, root, step, target};

/// The site being written, into a folder next to the old one, which it replaces at the end.
pub(crate) struct Output {
    folder: PathBuf,
    fresh: PathBuf,
    /// URL and size, raw and brotli, of each file.
    pub(crate) files: Vec<(String, usize, usize)>,
}

impl Output {
    pub(super) fn start(folder: &Path) -> Outcome<Self> {
        let fresh = folder.with_extension("new");
        let _ = fs::remove_dir_all(&fresh);
        fs::create_dir_all(fresh.join("pkg")).map_err(|e| format!("{}: {e}", fresh.display()))?;
        Ok(Self { folder: folder.to_owned(), fresh, files: Vec::new() })
    }

    /// Writes a file whose name contains its hash, and returns its URL.
    pub(super) fn hashed(&mut self, stem: &str, extension: &str, content: &[u8]) -> Outcome<String> {
        let hash = platform::hex(&Sha256::digest(content)[..6]);
        let address = format!("/pkg/{stem}.{hash}.{extension}");
        self.write(&address, content)?;
        Ok(address)
    }

    pub(super) fn write(&mut self, address: &str, content: &[u8]) -> Outcome {
        let path = self.fresh.join(address.trim_start_matches('/'));
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|e| e.to_string())?;
        }
        fs::write(&path, content).map_err(|e| format!("{}: {e}", path.display()))?;
        self.files.push((address.to_owned(), content.len(), content.len()));
        Ok(())
    }

    /// Compresses what can be compressed, and replaces the old site with the new one.
    pub(super) fn finish(&mut self, profile: Profile) -> Outcome {
        if profile == Profile::Release {
            println!("· compressing");
            for (address, _, small) in &mut self.files {
                let path = self.fresh.join(address.trim_start_matches('/'));
                if path.extension().is_some_and(|e| ["js", "wasm", "pack", "css", "svg", "html", "webmanifest"].iter().any(|k| e == *k)) {
                    *small = compress(&path).map_err(|e| format!("{}: {e}", path.display()))?;
                }
            }
        }
        let _ = fs::remove_dir_all(&self.folder);
        fs::rename(&self.fresh, &self.folder).map_err(|e| e.to_string())
    }
}

/// Writes `.br` and `.gz` next to a file; returns the size of the first.
fn compress(path: &Path) -> std::io::Result<usize> {
    let content = fs::read(path)?;
    let variant = |end: &str| PathBuf::from(format!("{}.{end}", path.display()));
    let mut small = Vec::new();
    brotli::CompressorWriter::new(&mut small, 1 << 16, 11, 22).write_all(&content)?;
    fs::write(variant("br"), &small)?;
    let mut gzip = flate2::write::GzEncoder::new(fs::File::create(variant("gz"))?, flate2::Compression::best());
    gzip.write_all(&content)?;
    gzip.finish()?;
    Ok(small.len())
}

/// Style, fonts, scripts, icons, manifest, service worker.
pub(super) fn build(profile: Profile, built: &Built, out: &mut Output) -> Outcome {
    let read = |path: &Path| fs::read(path).map_err(|e| format!("{}: {e}", path.display()));
    let text = |path: &str| fs::read_to_string(root().join(path)).map_err(|e| format!("{path}: {e}"));
    let work = target().join("site-work");
    step("fonts", program("node").arg("scripts/fonts.js").arg(&work))?;
    let mut font = |name: &str| out.hashed(name, "woff2", &read(&work.join(format!("{name}.woff2")))?);
    let (fraunces, inter) = (font("fraunces")?, font("inter")?);
    println!("· style");
    let options =
        grass::Options::default().style(if profile == Profile::Release { grass::OutputStyle::Compressed } else { grass::OutputStyle::Expanded });
    let css = grass::from_path(root().join("style/main.scss"), &options).map_err(|e| e.to_string())?;
    let css = css.replace("@fraunces", &fraunces).replace("@inter", &inter);
    let css = out.hashed("legwork", "css", css.as_bytes())?;
    let client = script("client", out)?;
    let charts = script("charts", out)?;
    for name in ["icon.svg", "icon-192.png", "icon-512.png", "maskable-512.png"] {
        out.write(&format!("/icons/{name}"), &read(&root().join("public/icons").join(name))?)?;
    }
    out.write("/manifest.webmanifest", text("public/manifest.webmanifest")?.as_bytes())?;
    out.write("/offline.html", text("public/offline.html")?.replace("@css", &css).as_bytes())?;

    out.write("/third-party.txt", notices::text(text)?.as_bytes())?;

    // Charts are loaded when somebody points at one, and stay in the browser's own cache.
    let Built { loader: js, wasm, link } = built;
    let precache = [&css, js, wasm, link, &client, &fraunces, &inter]
        .map(String::as_str)
        .into_iter()
        .chain(["/offline.html", "/icons/icon.svg"])
        .collect::<Vec<_>>();
    let version = format!("legwork-{}", platform::hex(&Sha256::digest(precache.join("\n"))[..6]));
    let worker = text("scripts/sw.js")?
        .replace("@version", &version)
        .replace("\"@files\"", &precache.iter().map(|f| format!("{f:?}")).collect::<Vec<_>>().join(", "));
    out.write("/sw.js", worker.as_bytes())?;
    let manifest =
        json!({ "js": js, "wasm": wasm, "wasm_split_js": link, "css": css, "bootstrap_js": client, "charts": charts, "fonts": [fraunces, inter] });
    out.write("/manifest.json", manifest.to_string().as_bytes())
}

fn script(name: &str, out: &mut Output) -> Outcome<String> {
    let built = target().join("site-work").join(format!("{name}.js"));
    let outfile = format!("--outfile={}", built.display());
    let mut esbuild = npm_program("esbuild");
    esbuild.arg(format!("scripts/{name}.js")).args([
        "--bundle",
        "--minify",
        "--format=esm",
        "--target=es2022",
        "--log-level=warning",
        "--legal-comments=none",
        &outfile,
    ]);
    step(&format!("the script {name}"), &mut esbuild)?;
    let content = fs::read(built).map_err(|e| e.to_string())?;
    out.hashed(name, "js", &content)
}
