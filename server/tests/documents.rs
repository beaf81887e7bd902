//! What the documents name exists: tests, functions, tables, files, links.

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
            if !["node_modules", "target", ".git"].contains(&&*path.file_name().unwrap_or_default().to_string_lossy()) {
                files(&path, endings, found);
            }
        } else if path.extension().is_some_and(|e| endings.iter().any(|ending| *ending == e)) {
            found.push(path);
        }
    }
}

/// What is written about the product.
fn documents() -> Vec<PathBuf> {
    let mut documents = vec![root().join("README.md"), root().join("migrations/README.md")];
    files(&root().join("docs"), &["md"], &mut documents);
    documents
}

fn is_name(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(|c| c.is_ascii_lowercase())
        && text.contains('_')
        && characters.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

#[test]
fn every_name_in_a_document_exists() {
    let (mut sources, documents) = (Vec::new(), documents());
    for folder in ["app", "crates", "server", "xtask", "bench", "fuzz", "migrations", "scripts", "end2end"] {
        files(&root().join(folder), &["rs", "sql", "ts", "js", "mjs", "toml"], &mut sources);
    }
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
            } else if let Some((_, item)) = name.rsplit_once("::").filter(|(_, item)| is_name(item))
                && !words.contains(item)
            {
                wrong.push(format!("{document}: nothing is called `{quoted}`"));
            }
        }
    }
    assert!(checked > 500, "{checked}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_path_in_a_document_exists() {
    let mut all = Vec::new();
    files(&root(), &["rs", "sql", "ts", "js", "toml", "md", "txt", "py", "scss", "json", "svg"], &mut all);
    let folders: BTreeSet<String> = read_dir(root())
        .expect("the clone")
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        // What a server writes, and what is built.
        .filter(|name| !["data", "target"].contains(&&**name))
        .collect();
    let (mut wrong, mut checked) = (Vec::new(), 0);
    for path in documents() {
        let document = path.strip_prefix(root()).unwrap_or(&path).display().to_string();
        let text = read_to_string(&path).expect("text");
        for quoted in text.split('`').skip(1).step_by(2) {
            // `crates/<feature>` stands for many, `/third-party.txt` is an address of the site or a file of a server.
            let Some((first, _)) = quoted.split_once('/').filter(|(first, _)| !first.is_empty() && !quoted.contains(['<', ' ', '…'])) else {
                continue;
            };
            let from_the_root = folders.contains(first);
            // Others are named from the crate or folder that the document is about.
            let is_file =
                Path::new(quoted).extension().is_some_and(|e| ["rs", "sql", "ts", "js", "toml", "py", "txt"].iter().any(|known| e == *known));
            if from_the_root || is_file {
                checked += 1;
                let exists = if from_the_root { root().join(quoted).exists() } else { all.iter().any(|file| file.ends_with(quoted)) };
                if !exists {
                    wrong.push(format!("{document}: no `{quoted}`"));
                }
            }
        }
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()).filter(|link| !link.contains("://") && !link.starts_with('#'))
        {
            checked += 1;
            let file = link.split('#').next().unwrap_or(link);
            if !path.parent().is_some_and(|folder| folder.join(file).exists()) {
                wrong.push(format!("{document}: the link to {link} leads nowhere"));
            }
        }
    }
    assert!(checked > 100, "{checked}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_index_of_decisions_has_each_with_its_title_and_status() {
    let folder = root().join("docs/decisions");
    let index = read_to_string(folder.join("README.md")).expect("the index");
    let mut found = Vec::new();
    files(&folder, &["md"], &mut found);
    let mut decisions = 0;
    for path in found.iter().filter(|path| path.file_name().is_some_and(|name| name != "README.md")) {
        let text = read_to_string(path).expect("text");
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let (number, title) = text.lines().next().and_then(|line| line.strip_prefix("# ")?.split_once(". ")).expect("a title");
        let begin = format!("| {number} | [{title}]({name}) | ");
        let status = index.lines().find_map(|line| line.strip_prefix(&begin)).unwrap_or_else(|| panic!("not in the index: {begin}"));
        let superseded = text.lines().find_map(|line| line.strip_prefix("Status: "));
        match superseded {
            Some(own) => {
                let by = |text: &str| text.split(|c: char| !c.is_ascii_digit()).filter(|n| n.len() == 2).map(str::to_owned).collect::<Vec<_>>();
                let first = own.split_once(". ").map_or(own, |(first, _)| first);
                assert!(first.starts_with("superseded in part by ") && status.starts_with("superseded in part by "), "{name}");
                assert_eq!(by(status), by(first), "{name}");
            }
            None => assert_eq!(status, "stands |", "{name}"),
        }
        decisions += 1;
    }
    assert!(decisions > 20, "{decisions}");
    assert_eq!(index.lines().filter(|line| line.contains("](0")).count(), decisions);
}

#[test]
fn the_licence_has_a_holder() {
    let holder = "Copyright (C) 2026 the Legwork authors";
    assert!(read_to_string(root().join("README.md")).expect("text").contains(holder));
    assert!(read_to_string(root().join("app/src/accounts/notice.rs")).expect("text").contains(holder));
    assert_eq!(env!("CARGO_PKG_AUTHORS"), "the Legwork authors");
    // Each of the few crates under a licence that binds their own files is named.
    let deny = read_to_string(root().join("deny.toml")).expect("text");
    let allowed = deny.split("allow = [").nth(1).and_then(|rest| rest.split("\n]").next()).expect("the list");
    assert!(!allowed.contains("MPL-2.0") && deny.contains("{ name = \"webauthn-rs\", allow = [\"MPL-2.0\"] }"), "{allowed}");
}
