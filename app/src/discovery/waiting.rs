//! What has too few days yet: how far each is, how many days are to go, and where they are logged.

use domain::discovery::{Card, Testable, TestableGroup};
use domain::units::{lowercase_label, pluralize};
use leptos::prelude::*;

use super::EFFORT;

/// A row for each question.
#[component]
pub(super) fn Waiting(
    /// The questions.
    cards: Vec<Card>,
    /// Where each input is logged.
    testable: Vec<TestableGroup>,
) -> impl IntoView {
    let logged = |card: &Card| {
        let of_input = |input: &Testable| input.key == card.input_key;
        // The input is known of enough run days: it is the effort of those runs that is not.
        let known = testable.iter().flat_map(|group| &group.inputs).any(|input| of_input(input) && input.needed == 0);
        if card.outcome_key == EFFORT && known {
            return Some(("/activities".to_owned(), "Rate your runs".to_owned()));
        }
        let found = testable.iter().find_map(|group| Some((group, group.inputs.iter().find(|input| of_input(input))?)));
        found.map(|(group, input): (&TestableGroup, &Testable)| (input.href.clone(), group.step.clone()))
    };
    let rows = cards.iter().map(|card| (card.clone(), logged(card))).collect::<Vec<_>>();
    let effort = cards.iter().any(|card| card.outcome_key == EFFORT);
    view! {
        <section>
            <div class="section">
                <h2>"Not enough data yet"</h2>
                <p class="muted small">
                    "No rush."
                    {effort.then(|| view! { " How hard a run felt is asked on " <a href="/activities">"the page of the run"</a> "." })}
                </p>
            </div>
            <ul class="card waiting">
                {rows.into_iter().map(|(card, logged)| view! { <Row card=card logged=logged /> }).collect_view()}
            </ul>
        </section>
    }
}

/// A question, its bar, and the link to where it is logged.
#[component]
fn Row(card: Card, logged: Option<(String, String)>) -> impl IntoView {
    let percent = share(card.n, card.days_needed.unwrap_or(1));
    let days = to_go(&card);
    let pair = format!("{} → {}", card.input, lowercase_label(&card.outcome));
    let label = logged.as_ref().map(|(_, step)| format!("{step}: {}", card.input));
    view! {
        <li>
            <span class="what">{pair}</span>
            <span class="muted small">{days}</span>
            <span class="bar" aria-hidden="true">
                <span style=format!("width:{percent:.0}%")></span>
            </span>
            {logged
                .map(|(href, step)| {
                    view! {
                        <a class="btn small" href=href rel="external" aria-label=label>
                            {step}
                        </a>
                    }
                })}
        </li>
    }
}

/// `12 days with both, about 18 more to go`.
fn to_go(card: &Card) -> String {
    let known = pluralize(card.n as usize, "day with both", "days with both");
    match card.days_needed {
        Some(more) if more > 0 => format!("{known}, about {more} more to go"),
        _ => known,
    }
}

/// How far it is, in per cent.
fn share(known: u32, needed: u32) -> f64 {
    f64::from(known) / f64::from((known + needed).max(1)) * 100.0
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn a_bar_is_as_long_as_what_is_known() {
        assert_eq!([share(0, 30), share(12, 18), share(29, 1), share(0, 0)].map(|percent| percent.round() as i32), [0, 40, 97, 0]);
    }
}
