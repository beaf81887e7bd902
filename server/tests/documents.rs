//! What the documents name exists: tests, functions, tables, files.

use std::collections::BTreeSet;
use std::fs::{read_dir, read_to_string};
use std::path::{Path, PathBuf};

/// Names from other software.
const FOREIGN: [&str; 3] = ["erase_components", "postgres_fdw", "training_settings"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Files below a folder with one of these endings.
fn files(folder: &Path, endings: &[&str], found: &mut Vec<PathBuf>) {
    for path in read_dir(folder).expect("a folder").flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            if !["node_modules", "target"].contains(&&*path.file_name().unwrap_or_default().to_string_lossy()) {
                files(&path, endings, found);
            }
        } else if path.extension().is_some_and(|e| endings.iter().any(|ending| *ending == e)) {
            found.push(path);
        }
    }
}

fn is_name(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(|c| c.is_ascii_lowercase())
        && text.contains('_')
        && characters.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

#[test]
fn every_name_in_a_document_exists() {
    let (mut sources, mut documents) = (Vec::new(), vec![root().join("README.md"), root().join("migrations/README.md")]);
    for folder in ["app", "crates", "server", "xtask", "bench", "fuzz", "migrations", "scripts", "end2end"] {
        files(&root().join(folder), &["rs", "sql", "ts", "js", "mjs", "toml"], &mut sources);
    }
    files(&root().join("docs"), &["md"], &mut documents);
    let this = Path::new(file!()).file_name();
    let (mut words, mut functions, mut browser) = (BTreeSet::new(), BTreeSet::new(), String::new());
    for path in sources.iter().filter(|path| path.file_name() != this) {
        let text = read_to_string(path).expect("text");
        let mut before = "";
        for word in text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty()) {
            if before == "fn" {
                functions.insert(word.to_owned());
            }
            words.insert(word.to_owned());
            before = if word == "fn" { "fn" } else { "" };
        }
        if path.extension().is_some_and(|e| e == "ts") {
            browser.push_str(&text);
            browser.push_str(&path.file_name().unwrap_or_default().to_string_lossy());
        }
    }
    let mut wrong = Vec::new();
    let mut checked = 0;
    for path in &documents {
        let document = path.strip_prefix(root()).unwrap_or(path).display().to_string();
        let text = read_to_string(path).expect("text");
        let mut plain = "";
        for (n, quoted) in text.split('`').enumerate() {
            if n % 2 == 0 {
                plain = quoted;
                continue;
            }
            let prefix = quoted.strip_suffix('…').map(|prefix| prefix.trim_end_matches('_'));
            let name = prefix.unwrap_or(quoted);
            checked += 1;
            if plain.ends_with("browser test ") {
                // By its title, or by its file name.
                if !browser.contains(name) {
                    wrong.push(format!("{document}: no browser test `{quoted}`"));
                }
            } else if is_name(name) && !FOREIGN.contains(&name) {
                // A name this long is a sentence, and so a test.
                let known = if name.matches('_').count() > 3 { &functions } else { &words };
                let exists = if prefix.is_some() { known.iter().any(|word| word.starts_with(name)) } else { known.contains(name) };
                if !exists {
                    wrong.push(format!("{document}: nothing is called `{quoted}`"));
                }
            } else if name.contains('/')
                && Path::new(name).extension().is_some_and(|e| e == "rs")
                && !sources.iter().any(|source| source.ends_with(name))
            {
                wrong.push(format!("{document}: no file `{quoted}`"));
            }
        }
    }
    assert!(checked > 500, "{checked}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
