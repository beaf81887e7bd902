//! Which findings the page shows: links, so that they work without JavaScript and can be shared.

use domain::discovery::{Card, Tier};
use leptos::prelude::*;

/// What an athlete came for, and what the page opens on.
const FIRST: &str = "efficiency";
/// In the address: every outcome.
const ALL: &str = "all";

/// The chosen outcome and certainty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Filter {
    /// Key of an outcome; empty means all.
    outcome: String,
    sure: Sure,
}

/// How sure a finding must be to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Sure {
    #[default]
    Any,
    Holds,
    Confirmed,
}

impl Sure {
    const ALL: [(Self, &'static str, &'static str); 3] =
        [(Self::Any, "", "Everything"), (Self::Holds, "holds", "What holds"), (Self::Confirmed, "confirmed", "Confirmed only")];

    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(sure, ..)| *sure == self).map_or("", |(_, name, _)| name)
    }
}

impl Filter {
    /// From the URL. Without an outcome in it, the page opens on that of the card that it leads to, or on efficiency, or on everything if there is none.
    pub(super) fn parse(outcome: Option<&str>, sure: Option<&str>, of_card: Option<&str>, outcomes: &[(String, String)]) -> Self {
        let sure = Sure::ALL.iter().find(|(_, name, _)| Some(*name) == sure).map_or(Sure::Any, |(sure, ..)| *sure);
        let known = |key: &&str| *key == ALL || outcomes.iter().any(|(outcome, _)| outcome == key);
        let chosen = outcome.or(of_card).filter(known).or(Some(FIRST).filter(known)).unwrap_or(ALL);
        Self { outcome: if chosen == ALL { String::new() } else { chosen.to_owned() }, sure }
    }

    pub(super) fn shows(&self, card: &Card) -> bool {
        let outcome = self.outcome.is_empty() || card.outcome_key == self.outcome;
        outcome
            && match self.sure {
                Sure::Any => true,
                Sure::Holds => card.tier.holds(),
                Sure::Confirmed => card.tier == Tier::Confirmed,
            }
    }

    /// The key of the chosen outcome; nothing if all are shown.
    pub(super) fn outcome(&self) -> Option<&str> {
        Some(self.outcome.as_str()).filter(|key| !key.is_empty())
    }

    /// Whether it shows whatever there is of its outcome: only then is a section without cards an answer.
    pub(super) fn is_everything(&self) -> bool {
        self.sure == Sure::Any
    }

    fn href(&self) -> String {
        let outcome = if self.outcome.is_empty() { ALL } else { &self.outcome };
        let sure = self.sure.name();
        if sure.is_empty() { format!("/discovery?outcome={outcome}") } else { format!("/discovery?outcome={outcome}&sure={sure}") }
    }
}

/// Keys and labels of the outcomes that have cards, in the order of the page.
pub(super) fn outcomes(cards: &[Card]) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = Vec::new();
    for card in cards {
        if !out.iter().any(|(key, _)| *key == card.outcome_key) {
            out.push((card.outcome_key.clone(), card.outcome.clone()));
        }
    }
    out.sort_by_key(|(key, _)| [FIRST, "effort_at_pace", "pace_at_hr", "decoupling", "resting_hr", "hrv"].iter().position(|k| k == key));
    out
}

/// The row of links.
#[component]
pub(super) fn FilterBar(
    /// Keys and labels.
    outcomes: Vec<(String, String)>,
    /// The current filter.
    filter: Memo<Filter>,
) -> impl IntoView {
    let link = move |label: String, to: Box<dyn Fn(Filter) -> Filter + Send + Sync>| {
        let target = Memo::new(move |_| to(filter.get()));
        view! {
            <a class="btn small" href=move || target.get().href() aria-current=move || (target.get() == filter.get()).then_some("true")>
                {label}
            </a>
        }
    };
    let all = outcomes.into_iter().chain(std::iter::once((String::new(), "All".to_owned())));
    view! {
        <nav class="filter" aria-label="Filter">
            <div class="choices">
                {all.map(|(outcome, label)| link(label, Box::new(move |f| Filter { outcome: outcome.clone(), ..f }))).collect_view()}
            </div>
            <div class="choices">
                {Sure::ALL.map(|(sure, _, label)| link(label.to_owned(), Box::new(move |f| Filter { sure, ..f }))).collect_view()}
            </div>
        </nav>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_opens_on_efficiency_and_on_the_outcome_of_the_card_that_it_leads_to() {
        let outcomes = [("efficiency", "Efficiency"), ("hrv", "HRV")].map(|(key, label)| (key.to_owned(), label.to_owned()));
        let of = |outcome, card, outcomes: &[(String, String)]| Filter::parse(outcome, None, card, outcomes).outcome().map(ToOwned::to_owned);
        assert_eq!(of(None, None, &outcomes).as_deref(), Some("efficiency"));
        assert_eq!(of(None, Some("hrv"), &outcomes).as_deref(), Some("hrv"));
        assert_eq!(of(Some("efficiency"), Some("hrv"), &outcomes).as_deref(), Some("efficiency"));
        assert_eq!(of(Some("all"), None, &outcomes), None);
        // What does not exist is not asked for.
        assert_eq!((of(Some("moon"), None, &outcomes).as_deref(), of(None, None, &outcomes[1..])), (Some("efficiency"), None));
        let everything = Filter::parse(Some("all"), Some("holds"), None, &outcomes);
        assert_eq!(everything.href(), "/discovery?outcome=all&sure=holds");
    }
}
