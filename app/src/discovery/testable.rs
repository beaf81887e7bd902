//! What could be tested, how far each is, and where it is logged: for whoever has just begun.

use domain::discovery::{Testable, TestableGroup};
use domain::units::pluralize;
use leptos::prelude::*;

/// What nobody has logged yet is listed so far; the rest is named.
const SHOWN: usize = 6;

/// All groups; folded where there is something better to read.
#[component]
pub(super) fn CouldBeTested(
    /// What could be tested, by where it is logged.
    groups: Vec<TestableGroup>,
    /// Whether any run has an effort: then there is a question of it.
    rated: bool,
    /// Whether it opens on a tap.
    #[prop(optional)]
    folded: bool,
) -> impl IntoView {
    let all: Vec<&Testable> = groups.iter().flat_map(|group| &group.inputs).collect();
    let count = all.len();
    // Nobody is asked for more than is tested with.
    let days = all.iter().filter(|input| input.known == 0).map(|input| input.needed).max();
    let note = match days {
        Some(days) => format!(
            "Each of these against your efficiency, once it is known on about {}. Pick what you wonder about. The rest can wait.",
            pluralize(days as usize, "run day", "run days")
        ),
        None => "Each of these against your efficiency.".to_owned(),
    };
    let note = if rated {
        note.into_any()
    } else {
        view! { {note} " And against your effort at a fixed pace, once you say " <a href="/activities">"on the pages of your runs"</a> " how hard they felt." }.into_any()
    };
    let groups = view! { <div class="grid cols-2 top">{groups.into_iter().map(|group| view! { <Group group=group /> }).collect_view()}</div> };
    if folded {
        return view! {
            <details class="rest">
                <summary>{format!("What could be tested: {}", pluralize(count, "thing about your days", "things about your days"))}</summary>
                <p class="muted small">{note}</p>
                {groups}
            </details>
        }
        .into_any();
    }
    view! {
        <section class="could-be-tested">
            <div class="section">
                <h2>"What could be tested"</h2>
                <p class="muted small">{note}</p>
            </div>
            {groups}
        </section>
    }
    .into_any()
}

/// What is logged in one place.
#[component]
fn Group(group: TestableGroup) -> impl IntoView {
    let TestableGroup { title, href, step, inputs } = group;
    let (known, unknown): (Vec<Testable>, Vec<Testable>) = inputs.into_iter().partition(|input| input.known > 0 || input.own);
    let (first, rest) = unknown.split_at(unknown.len().min(SHOWN.saturating_sub(known.len())));
    let more = (!rest.is_empty()).then(|| {
        let names = rest.iter().map(|input| input.label.as_str()).collect::<Vec<_>>().join(", ");
        view! {
            <details class="more-inputs">
                <summary class="small">{format!("And {} more", rest.len())}</summary>
                <p class="tiny">{names}</p>
            </details>
        }
    });
    view! {
        <section class="card">
            <h3>{title}</h3>
            <ul class="lines">
                {known.iter().chain(first).map(|input| view! { <li><span>{input.label.clone()}</span><span class="tiny">{progress(input)}</span></li> }).collect_view()}
            </ul>
            {more}
            <a class="btn" href=href>
                {step}
            </a>
        </section>
    }
}

/// How far an input is.
fn progress(input: &Testable) -> String {
    let days = |n: u32| pluralize(n as usize, "run day", "run days");
    match (input.known, input.needed) {
        (0, _) => "no run day yet".to_owned(),
        (known, 0) => format!("{}: tested", days(known)),
        (known, needed) => format!("{known} of about {}", days(known + needed)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_and_what_is_needed_is_said_in_run_days() {
        let of = |known, needed| {
            progress(&Testable { key: "sleep_hours".into(), href: "/journal".into(), label: "Sleep".into(), own: false, known, needed })
        };
        assert_eq!(
            [of(0, 30), of(12, 18), of(1, 29), of(84, 0)].map(|said| said.replace('\u{a0}', " ")),
            ["no run day yet", "12 of about 30 run days", "1 of about 30 run days", "84 run days: tested"]
        );
    }
}
