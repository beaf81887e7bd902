//! Notices of what the site brings that others made, from their own files: their licences ask for it.

use std::fmt::Write;

use crate::run::Outcome;

/// What it is, its npm package, and the files of the package that say whose it is and what one may do with it.
const PACKAGES: [(&str, &str, &[&str]); 5] = [
    ("Inter, the typeface of most text, with the characters that the pages use", "@fontsource-variable/inter", &["LICENSE"]),
    ("Fraunces, the typeface of headings, with the characters that the pages use", "@fontsource/fraunces", &["LICENSE"]),
    ("Apache ECharts, the interactive charts, with what they use of it", "echarts", &["NOTICE", "LICENSE", "licenses/LICENSE-d3"]),
    ("ZRender, a part of Apache ECharts", "zrender", &["LICENSE"]),
    ("tslib, a part of Apache ECharts", "tslib", &["LICENSE.txt"]),
];

/// The numbers of foods, which are compiled into the server.
const FOODS: &str =
    "The numbers of common foods are those of the U.S. Department of Agriculture, Agricultural Research Service: USDA National Nutrient
Database for Standard Reference, Release 24 (2011), which is in the public domain.
";

/// The text of the file. `read` reads a file of the clone.
pub(super) fn text(read: impl Fn(&str) -> Outcome<String>) -> Outcome<String> {
    let mut text =
        "Legwork: Copyright (C) 2026 the Legwork authors, AGPL-3.0-only. What others made in what this server sends to browsers:\n".to_owned();
    let mut add = |what: &str, words: &str| {
        let _ = write!(text, "\n{}\n{what}\n\n{}\n", "=".repeat(80), words.trim());
    };
    for (what, package, files) in PACKAGES {
        let words: Vec<String> = files.iter().map(|file| read(&format!("node_modules/{package}/{file}"))).collect::<Outcome<_>>()?;
        add(what, &words.iter().map(|words| words.trim()).collect::<Vec<_>>().join("\n\n"));
    }
    add("Foods", FOODS);
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::root;

    #[test]
    fn each_package_has_its_own_words_and_none_is_left_out() {
        let text = text(|path| Ok(format!("what {path} says\n"))).expect("a text");
        for (what, package, files) in PACKAGES {
            assert!(text.contains(what), "{text}");
            assert!(files.iter().all(|file| text.contains(&format!("what node_modules/{package}/{file} says"))), "{text}");
        }
        assert!(text.contains("public domain"));
        let missing = super::text(|path| if path.contains("echarts/NOTICE") { Err(format!("{path}: gone")) } else { Ok(String::new()) });
        assert!(missing.is_err_and(|message| message.contains("echarts/NOTICE")), "nothing is shipped without its notice");
    }

    #[test]
    fn whatever_the_scripts_take_from_npm_is_named() {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(root().join("scripts")).expect("scripts").flatten() {
            let script = std::fs::read_to_string(entry.path()).expect("text");
            // Imports of what is bundled, and the packages of fonts; `@main` is what the build puts there.
            let imported = script.split("from \"").skip(1).chain(script.split("from: \"").skip(1));
            found.extend(
                imported.filter_map(|rest| rest.split('"').next()).filter(|name| !name.starts_with('.') && *name != "@main").map(str::to_owned),
            );
        }
        assert!(found.len() >= 6, "{found:?}");
        for name in found {
            let named = PACKAGES.iter().any(|(_, package, _)| name == *package || name.starts_with(&format!("{package}/")));
            assert!(named, "{name} is shipped without its notice");
        }
    }
}
