//! Step seven: the first honest finding, or how long until there can be one.

use std::collections::BTreeMap;

use domain::discovery::{Card, Discovery, Tier};
use domain::measures::DEFAULT_ASKED;
use domain::onboarding::Step;
use domain::units::{lowercase_label, pluralize};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::frame::{FORM, Frame};
use super::get_first_finding;
use crate::discovery::FindingCard;
use crate::ui::pages::PageView;
use crate::ui::{await_page, reading};

/// Lines of what is not known yet, at most.
const MOST_LINES: usize = 4;
/// Inputs named on a line, at most.
const MOST_NAMES: usize = 3;

/// What discovery has to say at first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FirstFinding {
    /// The surest finding that holds.
    pub finding: Option<Card>,
    /// Inputs that need more days, and how many run days, fewest first.
    pub to_go: Vec<(String, u32)>,
    /// Whether a report is being made.
    pub running: bool,
    /// Days with a run.
    pub runs: u32,
}

impl FirstFinding {
    /// Of a report.
    #[must_use]
    pub fn of(found: Discovery) -> Self {
        let (runs, cards) = found.report.map(|report| (report.runs, report.cards)).unwrap_or_default();
        let to_go = to_go(&cards);
        let finding = cards.into_iter().find(|card| card.tier.holds()).map(|card| Card { points: Vec::new(), line: None, ..card.for_page() });
        Self { finding, to_go, running: !found.fresh, runs }
    }
}

/// What each input needs for its first answer; inputs that need as many days share a line.
fn to_go(cards: &[Card]) -> Vec<(String, u32)> {
    // What the journal asks first comes first.
    let is_of = |card: &Card, key: &str| card.key == format!("{key}-{}", card.outcome_key).replace('_', "-");
    let place = |card: &Card| DEFAULT_ASKED.iter().position(|key| is_of(card, key)).unwrap_or(DEFAULT_ASKED.len());
    let mut waiting: Vec<&Card> = cards.iter().filter(|card| card.tier == Tier::NotEnoughData).collect();
    waiting.sort_by_key(|card| place(card));
    let mut least: Vec<(&str, u32)> = Vec::new();
    for (card, days) in waiting.into_iter().filter_map(|card| Some((card, card.days_needed?))) {
        match least.iter_mut().find(|(input, _)| *input == card.input) {
            Some((_, known)) => *known = days.min(*known),
            None => least.push((&card.input, days)),
        }
    }
    let mut by_days: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
    for (input, days) in least {
        by_days.entry(days).or_default().push(input);
    }
    let line = |(days, inputs): (u32, Vec<&str>)| {
        let mut names: Vec<String> = inputs.iter().take(MOST_NAMES).map(|input| lowercase_label(input)).collect();
        if let Some(first) = inputs.first() {
            (*first).clone_into(&mut names[0]);
        }
        let more = inputs.len().saturating_sub(MOST_NAMES);
        (if more > 0 { format!("{} and {more} more", names.join(", ")) } else { names.join(", ") }, days)
    };
    by_days.into_iter().map(line).take(MOST_LINES).collect()
}

/// The step.
pub struct DonePage;

impl PageView for DonePage {
    fn view() -> AnyView {
        let finding = reading(|| (), |()| get_first_finding());
        await_page(finding, show).into_any()
    }
}

fn show(found: FirstFinding) -> impl IntoView {
    let FirstFinding { finding, to_go, running, runs } = found;
    let (question, sub) = match (&finding, running) {
        (Some(_), _) => ("That’s it. And look:", "One honest finding, from what you brought."),
        (None, true) => ("That’s it. We are reading.", "The first look at your days takes a moment. It will be under Discovery."),
        (None, false) => ("That’s it.", "No finding yet, and that is honest, too."),
    };
    let waits = finding.is_none() && to_go.is_empty();
    let nothing = waits.then(|| {
        let have = if runs > 0 { format!("You have {}. ", pluralize(runs as usize, "run day", "run days")) } else { String::new() };
        format!("{have}About 30 run days with a heart rate and a few words about your days, and the first question has an answer.")
    });
    view! {
        <Frame step=Step::Done question=question sub=sub go_on="Open Legwork">
            {finding.map(|card| view! { <FindingCard card=card brief=true /> })}
            {nothing.map(|sentence| view! { <p class="card">{sentence}</p> })}
            {(!to_go.is_empty())
                .then(|| {
                    view! {
                        <ul class="to-go">
                            {to_go
                                .into_iter()
                                .map(|(inputs, days)| {
                                    view! {
                                        <li>
                                            <span>{inputs}</span>
                                            <span class="tiny">{format!("about {} to go", pluralize(days as usize, "run day", "run days"))}</span>
                                        </li>
                                    }
                                })
                                .collect_view()}
                        </ul>
                    }
                })}
            <p class="tiny">"No rush. When there is something, it stands on home."</p>
            <form id=FORM method="post" action="/welcome/done"></form>
        </Frame>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use domain::discovery::{Group, HighlightedText, Method};

    use super::*;

    /// A question that so many days are needed for.
    fn card(input: &str, tier: Tier, days_needed: Option<u32>) -> Card {
        let how = Method {
            engine: String::new(),
            seed: 0,
            held_constant: Vec::new(),
            lags: Vec::new(),
            effective_lags: 1.0,
            declared: false,
            family_size: 1,
            surrogates: None,
        };
        Card {
            key: format!("{}-efficiency", input.to_lowercase().replace(' ', "-")),
            result: String::new(),
            input_key: input.to_lowercase().replace(' ', "_"),
            input: input.to_owned(),
            outcome: "Efficiency".to_owned(),
            outcome_key: "efficiency".to_owned(),
            tier,
            group: Group::Unknown,
            is_beneficial: None,
            sentence: HighlightedText { before: String::new(), marked: String::new(), after: String::new() },
            aside: String::new(),
            effect: None,
            ci_low: None,
            ci_high: None,
            unit: String::new(),
            smallest: String::new(),
            lag_days: None,
            p: None,
            q: None,
            r: None,
            n: 0,
            n_eff: 0.0,
            days_needed,
            expected: None,
            q_strict: None,
            profile: Vec::new(),
            levels: None,
            how,
            caveats: Vec::new(),
            points: Vec::new(),
            days: Vec::new(),
            line: None,
            x_label: String::new(),
            y_label: String::new(),
            feedback: None,
        }
    }

    fn lines(cards: &[(&str, Tier, Option<u32>)]) -> Vec<(String, u32)> {
        to_go(&cards.iter().map(|(input, tier, days)| card(input, *tier, *days)).collect::<Vec<_>>())
    }

    fn line(inputs: &str, days: u32) -> (String, u32) {
        (inputs.to_owned(), days)
    }

    #[test]
    fn inputs_that_need_as_many_days_share_a_line_with_what_the_journal_asks_first() {
        use Tier::{NotEnoughData, Supported};
        let cards = [
            ("Stress", NotEnoughData, Some(20)),
            ("Sleep", NotEnoughData, Some(30)),
            // The first answer is what counts.
            ("Sleep", NotEnoughData, Some(12)),
            ("Sleep", NotEnoughData, Some(25)),
            ("HRV", NotEnoughData, Some(20)),
            ("Mood", NotEnoughData, Some(20)),
            // What has its answer, and what nobody can tell, has no line.
            ("Caffeine", Supported, Some(3)),
            ("Drinks", NotEnoughData, None),
        ];
        assert_eq!(lines(&cards), [line("Sleep", 12), line("Stress, mood, HRV", 20)]);
        assert_eq!(lines(&[]), []);
    }

    #[test]
    fn a_line_names_three_inputs_and_there_are_four_lines() {
        let inputs = ["Energy", "Alcohol", "Body fat", "Caffeine", "Drinks"];
        let of_one_day: Vec<_> = inputs.iter().map(|input| (*input, Tier::NotEnoughData, Some(7))).collect();
        assert_eq!(lines(&of_one_day[..3]), [line("Alcohol, energy, body fat", 7)]);
        assert_eq!(lines(&of_one_day[..4]), [line("Alcohol, caffeine, energy and 1 more", 7)]);
        assert_eq!(lines(&of_one_day), [line("Alcohol, caffeine, energy and 2 more", 7)]);
        let of_each_day: Vec<_> = (1..).zip(inputs).map(|(days, input)| (input, Tier::NotEnoughData, Some(days))).collect();
        assert_eq!(lines(&of_each_day), [line("Energy", 1), line("Alcohol", 2), line("Body fat", 3), line("Caffeine", 4)]);
    }
}
