//! The inside of the crates: where SQL stands, whose tables it names, and which file may know which.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{read_dir, read_to_string};
use std::path::{Path, PathBuf};

/// What sends SQL to the database.
const SQL: [&str; 5] = ["sqlx::query", "sqlx::raw_sql", "QueryBuilder", "AssertSqlSafe", ".execute(\""];

/// A module's path within its crate, such as `["mfa", "totp"]`; empty for `lib.rs`.
type Module = Vec<String>;

/// The folder of each crate below `crates`, by its name.
fn crates() -> BTreeMap<String, PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    read_dir(folder).expect("crates").flatten().map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path())).collect()
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for path in read_dir(folder).expect("a folder").flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// The modules of a crate with their text. What only tests compile is left out: it may know everything.
fn modules(folder: &Path) -> BTreeMap<Module, String> {
    let (source, mut found) = (folder.join("src"), Vec::new());
    files(&source, &mut found);
    let texts: Vec<(PathBuf, String)> = found.into_iter().map(|path| (path.clone(), read_to_string(path).expect("text"))).collect();
    let mut for_tests = BTreeSet::from(["testing"]);
    for (_, text) in &texts {
        for_tests.extend(text.split("#[cfg(test)]\nmod ").skip(1).filter_map(|rest| rest.split_once(';')).map(|(name, _)| name));
    }
    let modules = texts.iter().map(|(path, text)| {
        let path = path.strip_prefix(&source).expect("below").with_extension("");
        let module = path.iter().map(|part| part.to_string_lossy().into_owned()).filter(|part| !["lib", "main", "mod"].contains(&part.as_str()));
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().lines().filter(|line| !line.trim_start().starts_with("//"));
        (module.collect::<Module>(), code.collect::<Vec<_>>().join("\n"))
    });
    modules.filter(|(module, _)| !module.iter().any(|part| for_tests.contains(part.as_str()))).collect()
}

/// The paths at the start of a text: `a::b` and `a::c` for `a::{b, c}`.
fn paths(text: &str) -> Vec<Module> {
    let (name, rest) = text.split_at(text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len()));
    let below = match rest.strip_prefix("::").map(|rest| rest.strip_prefix('{').ok_or(rest)) {
        None => vec![Vec::new()],
        Some(Err(rest)) => paths(rest),
        Some(Ok(list)) => {
            let (mut depth, mut starts) = (0_u32, vec![0]);
            for (i, c) in list.char_indices() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => starts.push(i + 1),
                    _ => {}
                }
            }
            starts.into_iter().flat_map(|start| paths(list[start..].trim_start())).collect()
        }
    };
    below.into_iter().map(|path| [vec![name.to_owned()], path].concat()).collect()
}

/// The modules that a module names by `crate::` or `super::`. What `lib.rs` exports stands for the module that it is from.
fn named(module: &Module, all: &BTreeMap<Module, String>) -> BTreeSet<Module> {
    let exports: Vec<Module> = all[&Vec::new()].split("pub use ").skip(1).flat_map(paths).collect();
    let text = &all[module];
    let starts = text.match_indices("crate::").chain(text.match_indices("super::"));
    let starts = starts.filter(|(at, _)| !text[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':'));
    let resolved = starts.flat_map(|(at, _)| paths(&text[at..])).map(|path| {
        let ups = path.iter().take_while(|part| *part == "super").count();
        let from = if ups == 0 { Vec::new() } else { module[..module.len().saturating_sub(ups)].to_vec() };
        let mut path = [from.as_slice(), &path[ups.max(1)..]].concat();
        let is_module = path.first().is_some_and(|first| all.contains_key(std::slice::from_ref(first)));
        if let Some(export) = exports.iter().find(|export| !is_module && path.first().is_some_and(|name| export.last() == Some(name))) {
            path.clone_from(export);
        }
        while !all.contains_key(&path) {
            path.pop();
        }
        path
    });
    resolved.collect()
}

/// Modules that know one another in a circle. A folder is one module to those outside, and a module and those below it may know one another.
fn circles(all: &BTreeMap<Module, String>) -> Vec<String> {
    let mut edges: BTreeSet<(Module, Module)> = BTreeSet::new();
    for from in all.keys() {
        for to in named(from, all) {
            let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
            if shared < from.len() && shared < to.len() {
                edges.insert((from[..=shared].to_vec(), to[..=shared].to_vec()));
            }
        }
    }
    // What knows nobody, or is known by nobody, is in no circle.
    loop {
        let (known, knowing): (BTreeSet<_>, BTreeSet<_>) = (edges.iter().map(|e| e.1.clone()).collect(), edges.iter().map(|e| e.0.clone()).collect());
        let before = edges.len();
        edges.retain(|(from, to)| known.contains(from) && knowing.contains(to));
        if edges.len() == before {
            return edges.into_iter().map(|(from, to)| format!("{} → {}", from.join("::"), to.join("::"))).collect();
        }
    }
}

fn check(what: &str, wrong: &BTreeMap<String, Vec<String>>) {
    let wrong: Vec<String> = wrong.iter().map(|(name, wrong)| format!("{name}: {}", wrong.join("; "))).collect();
    assert!(wrong.is_empty(), "{what}:\n{}", wrong.join("\n"));
}

#[test]
fn the_sql_of_a_feature_stands_in_its_queries() {
    let mut wrong = BTreeMap::new();
    for (name, folder) in crates() {
        let all = modules(&folder);
        // The ground floor keeps its SQL beside the mechanism that it belongs to.
        if name == "platform" || !all[&Vec::new()].contains("pub const FEATURE") {
            continue;
        }
        let outside =
            all.iter().filter(|(module, text)| module.first().is_none_or(|first| first != "queries") && SQL.iter().any(|sql| text.contains(sql)));
        let outside: Vec<String> = outside.map(|(module, _)| module.join("::")).collect();
        if !outside.is_empty() {
            wrong.insert(name, outside);
        }
    }
    check("SQL outside `queries`", &wrong);
}

/// The tables that a crate declares.
fn declared(folder: &Path) -> Vec<String> {
    let text = ["src/lib.rs", "src/feature.rs"].map(|file| read_to_string(folder.join(file)).unwrap_or_default()).concat();
    let declarations = text.split("Table::omitted(").skip(1).chain(text.split("Table::exported(").skip(1));
    declarations.filter_map(|rest| rest.trim_start().strip_prefix('"')?.split_once('"')).map(|(name, _)| name.to_owned()).collect()
}

#[test]
fn the_sql_of_a_feature_names_no_table_of_a_sibling() {
    let owners: BTreeMap<String, String> =
        crates().into_iter().flat_map(|(name, folder)| declared(&folder).into_iter().map(move |table| (table, name.clone()))).collect();
    assert!(owners.len() > 30, "{owners:?}");
    let mut wrong = BTreeMap::new();
    for (name, folder) in crates().into_iter().filter(|(name, _)| name != "platform") {
        for (module, text) in modules(&folder) {
            let words: Vec<&str> = text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty()).collect();
            for pair in words.windows(2).filter(|pair| ["from", "join", "into", "update"].contains(&pair[0])) {
                if owners.get(pair[1]).is_some_and(|owner| *owner != name) {
                    wrong.entry(format!("{name} names {}", pair[1])).or_insert_with(BTreeSet::new).insert(module.join("::"));
                }
            }
        }
    }
    let wrong = wrong.into_iter().map(|(names, modules)| (names, modules.into_iter().collect())).collect();
    check("SQL of a feature that names a table of another", &wrong);
}

#[test]
fn the_files_of_a_crate_know_one_another_in_no_circle() {
    let wrong = crates().into_iter().map(|(name, folder)| (name, circles(&modules(&folder)))).filter(|(_, circles)| !circles.is_empty());
    check("files that know one another in a circle", &wrong.collect());
    let circle = [(vec![], "pub use a::A;"), (vec!["a"], "use crate::{b::{B, D}, c};"), (vec!["b"], "use super::A;"), (vec!["c"], "")];
    let circle = circle.map(|(module, text)| (module.into_iter().map(str::to_owned).collect(), text.to_owned()));
    assert_eq!(circles(&circle.into_iter().collect()), ["a → b", "b → a"], "a circle is found");
}
