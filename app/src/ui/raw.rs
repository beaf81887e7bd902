//! The elements whose text the renderer does not escape: `<title>` and `<textarea>`. Their text is escaped here and nowhere else, so no
//! page uses the elements themselves; a test over the sources refuses them.

use leptos::prelude::*;
use leptos_meta::Title;

/// Text for the inside of `<title>` or `<textarea>`. A browser that builds the element takes the text as it is; a page from the server
/// is parsed, so it carries character references.
fn raw_text(text: String) -> String {
    #[cfg(feature = "ssr")]
    return html_escape::encode_text(&text).into_owned();
    #[cfg(not(feature = "ssr"))]
    text
}

/// A page's title with the name of the app, ready for the inside of `<title>`.
fn titled(text: String) -> String {
    raw_text(if text.is_empty() { "Legwork".to_owned() } else { format!("{text} · Legwork") })
}

/// Once, around all pages: how their titles are written.
#[component]
pub fn Titles() -> impl IntoView {
    view! { <Title formatter=titled /> }
}

/// The title in the browser tab.
#[component]
pub fn PageTitle(
    /// Without the name of the app, which is added.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! { <Title text /> }
}

/// A multi-line text input.
#[component]
pub fn TextArea(
    /// The field's name in the form.
    #[prop(into)]
    name: String,
    /// How many lines are visible at once.
    rows: u8,
    /// The maximum number of characters.
    max: usize,
    /// The current value.
    value: String,
    /// For a label outside this component.
    #[prop(into, optional)]
    id: Option<String>,
) -> impl IntoView {
    // A parser drops one line break after the tag: with an extra one, a text that begins with an empty line keeps it.
    let text = if cfg!(feature = "ssr") { format!("\n{}", raw_text(value)) } else { value };
    view! {
        <textarea id=id name=name rows=rows.to_string() maxlength=max.to_string()>
            {text}
        </textarea>
    }
}

#[cfg(test)]
mod sources {
    use std::path::{Path, PathBuf};

    /// What writes unescaped text into a page, and the files that may; a `<noscript>` there holds only our own text.
    const RAW: [(&str, &[&str]); 18] = [
        ("<title", &[]),
        ("<Title ", &["app/src/ui/raw.rs"]),
        ("<textarea", &["app/src/ui/raw.rs"]),
        ("textarea()", &[]),
        ("title()", &[]),
        ("<script", &["app/src/document.rs"]),
        ("script()", &[]),
        ("<style", &[]),
        ("style()", &[]),
        ("<iframe", &[]),
        ("srcdoc", &[]),
        ("inner_html", &[]),
        ("innerHTML", &[]),
        ("outerHTML", &[]),
        ("insertAdjacentHTML", &[]),
        ("leptos_meta", &["app/src/ui/raw.rs", "app/src/ui/shell.rs", "app/src/document.rs", "app/src/activities/shared.rs"]),
        // Not raw, but should also be used in one place only.
        ("Resource::new", &["app/src/ui/states.rs"]),
        ("<noscript", &["app/src/activities/thresholds.rs", "app/src/imports/mod.rs"]),
    ];

    fn files(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in folder.read_dir().expect("a folder of sources").map(|e| e.expect("an entry").path()) {
            if entry.is_dir() {
                files(&entry, found);
            } else if entry.extension().is_some_and(|e| e == "rs" || e == "js") {
                found.push(entry);
            }
        }
    }

    /// The lines that use one of them where they may not.
    fn offences(name: &str, text: &str) -> Vec<String> {
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let lines = code.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"));
        lines
            .flat_map(|(n, line)| {
                let used = RAW.iter().filter(move |(raw, may)| line.contains(raw) && !may.contains(&name));
                used.map(move |(raw, _)| format!("{name}:{} {raw}", n + 1))
            })
            .collect()
    }

    #[test]
    fn nothing_writes_raw_text_into_a_page() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
        let mut found = Vec::new();
        for folder in ["app/src", "frontend/src", "scripts"] {
            files(&root.join(folder), &mut found);
        }
        assert!(found.len() > 30, "{found:?}");
        let wrong: Vec<String> = found
            .iter()
            .flat_map(|path| {
                let name = path.strip_prefix(root).ok().and_then(Path::to_str).unwrap_or_default();
                offences(name, &std::fs::read_to_string(path).expect("a source"))
            })
            .collect();
        assert!(wrong.is_empty(), "use PageTitle, TextArea, reading, or text: {wrong:#?}");
    }

    #[test]
    fn each_way_around_is_detected() {
        for (raw, _) in RAW {
            assert_eq!(offences("page.rs", &format!("view! {{ {raw} }}")).len(), 1, "{raw}");
        }
        assert!(offences("page.rs", "// <title> is only a comment").is_empty());
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    const HOSTILE: &str = "</title></textarea></script><img src=x onerror=alert(1)>\"'&amp;";

    #[test]
    fn a_text_never_ends_its_text_area() {
        let html = view! { <TextArea name="note" rows=2 max=9 value=HOSTILE.to_owned() /> }.to_html();
        assert_eq!(html.matches("</textarea>").count(), 1, "{html}");
        assert!(html.ends_with("</textarea>") && !html.contains("<img"), "{html}");
        assert!(html.contains(">\n&lt;/title&gt;&lt;/textarea&gt;&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;\"'&amp;amp;<"), "{html}");
    }

    #[test]
    fn a_text_never_ends_the_title() {
        let title = titled(HOSTILE.to_owned());
        assert!(!title.contains('<') && title.ends_with("\"'&amp;amp; · Legwork"), "{title}");
        assert_eq!(titled(String::new()), "Legwork");
    }
}
