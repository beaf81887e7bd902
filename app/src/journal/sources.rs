//! Several sources of one day: which of them counts, what the others say, and the order of all of them.

use domain::measures::{Answer, Measure, Source};
use leptos::prelude::*;

/// Characters of a text that are shown.
const LONGEST: usize = 80;

/// `Oura says 6½ h, WHOOP 7 h.`: what is known besides what was typed, which stands in its field.
fn says(measure: &Measure, said: &[(Source, Answer)]) -> String {
    let shown = |answer: &Answer| measure.show(answer).chars().take(LONGEST).collect::<String>();
    let others: Vec<&Answer> = said.iter().filter(|(source, _)| *source != Source::Typed).map(|(_, answer)| answer).collect();
    if let [first, rest @ ..] = &others[..]
        && rest.len() > 1
        && rest.iter().all(|answer| answer == first)
    {
        return format!("All {} say {}.", others.len(), shown(first));
    }
    let mut parts: Vec<String> = Vec::new();
    for (at, (source, answer)) in said.iter().enumerate().filter(|(_, (source, _))| *source != Source::Typed) {
        let again = said[..at].iter().any(|(before, _)| before == source);
        let who = if again { format!("an earlier import of {}", source.label()) } else { source.label().to_owned() };
        let verb = if parts.is_empty() { " says" } else { "" };
        parts.push(format!("{who}{verb} {}", shown(answer)));
    }
    sentence(&parts.join(", "))
}

/// `Oura counts.`
fn counts(source: Source) -> String {
    if source == Source::Typed { TYPED_COUNTS.to_owned() } else { sentence(&format!("{} counts", source.label())) }
}

/// The page's script says it, too (`scripts/answers.js`).
const TYPED_COUNTS: &str = "What you typed counts.";

/// With a capital letter and a full stop.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

/// A quiet line where several sources say something of a measure. The script changes it when something is typed or taken back.
#[component]
pub(super) fn Several(
    /// What it is about.
    measure: Measure,
    /// What each source says, the one that counts first.
    said: Vec<(Source, Answer)>,
    /// Whether it names the measure: under its question it need not.
    #[prop(optional)]
    named: bool,
) -> impl IntoView {
    let now = said.first().map(|(source, _)| counts(*source)).unwrap_or_default();
    let otherwise = said.iter().map(|(source, _)| *source).find(|source| *source != Source::Typed).map(counts);
    let name = named.then(|| view! { <b>{format!("{}: ", measure.label)}</b> });
    view! {
        <p class="tiny several">
            {name} {says(&measure, &said)} " " <span data-counts-of=measure.key data-otherwise=otherwise>
                {now}
            </span>
        </p>
    }
}

/// The lines of measures that the page does not ask.
#[component]
pub(super) fn SeveralOthers(
    /// Measures with what each source says.
    several: Vec<(Measure, Vec<(Source, Answer)>)>,
) -> impl IntoView {
    (!several.is_empty()).then(|| {
        view! {
            <details class="several-others">
                <summary class="small">"Several sources know this day"</summary>
                {several.into_iter().map(|(measure, said)| view! { <Several measure=measure said=said named=true /> }).collect_view()}
                <a class="small" href="/journal/measures#sources">
                    "Change which one counts"
                </a>
            </details>
        }
    })
}

/// Which source counts before which.
#[component]
pub(super) fn Order(
    /// All of them; what is typed is the first.
    sources: Vec<Source>,
) -> impl IntoView {
    let count = sources.len();
    let rows = sources.into_iter().enumerate().map(move |(at, source)| {
        let act = |act: &'static str, word: &'static str, label: &'static str, disabled: bool| {
            view! {
                <button class="btn small" r#type="submit" name=act value=source.name() disabled=disabled aria-label=format!("{label}: {}", source.label())>
                    {word}
                </button>
            }
        };
        let buttons = (source != Source::Typed)
            .then(|| view! { {act("up", "↑", "Move up", at <= 1)} {act("down", "↓", "Move down", at + 1 == count)} });
        view! {
            <li id=format!("row-{}", source.name()) tabindex="-1">
                <span class="name">
                    <b>{sentence(source.label()).trim_end_matches('.').to_owned()}</b>
                    {(source == Source::Typed).then(|| view! { <span class="tiny">"always first: nothing overwrites what you say"</span> })}
                </span>
                {buttons}
            </li>
        }
    });
    view! {
        <section class="card" id="sources">
            <h2 class="h3">"Where several know it"</h2>
            <p class="muted small">"All of them are kept. The first that knows a day counts."</p>
            <form method="post" action="/journal/sources">
                <ol class="measures">{rows.collect_view()}</ol>
            </form>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use domain::measures::{built_in, keys};

    use super::*;

    #[test]
    fn the_line_says_who_says_what_and_who_counts() {
        let sleep = built_in().iter().find(|measure| measure.key == keys::SLEEP_HOURS).expect("built in");
        let said = [(Source::Typed, 8.0), (Source::Oura, 7.0), (Source::File, 6.5), (Source::File, 6.0)]
            .map(|(source, hours)| (source, Answer::Number(hours)));
        assert_eq!(counts(said[0].0), "What you typed counts.");
        assert_eq!(counts(said[2].0), "A file counts.");
        let line = says(sleep, &said);
        assert_eq!(line.replace('\u{a0}', " "), "Oura says 7 h, a file 6 h 30 min, an earlier import of a file 6 h.");
        let same = [(Source::Oura, 7.0), (Source::File, 7.0), (Source::File, 7.0)].map(|(source, hours)| (source, Answer::Number(hours)));
        assert_eq!(says(sleep, &same).replace('\u{a0}', " "), "All 3 say 7 h.");
    }
}
