//! Which findings the page shows: links, so that they work without JavaScript and can be shared.

use domain::discovery::{Card, Tier};
use leptos::prelude::*;

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
    /// From the URL; unknown values show everything.
    pub(super) fn parse(outcome: Option<&str>, sure: Option<&str>) -> Self {
        let sure = Sure::ALL.iter().find(|(_, name, _)| Some(*name) == sure).map_or(Sure::Any, |(sure, ..)| *sure);
        Self { outcome: outcome.unwrap_or_default().to_owned(), sure }
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

    /// Whether it shows everything: only then is a section without cards an answer.
    pub(super) fn is_everything(&self) -> bool {
        *self == Self::default()
    }

    fn href(&self) -> String {
        let part = |name: &str, value: &str| if value.is_empty() { String::new() } else { format!("{name}={value}") };
        let parts: Vec<String> = [part("outcome", &self.outcome), part("sure", self.sure.name())].into_iter().filter(|p| !p.is_empty()).collect();
        if parts.is_empty() { "/discovery".to_owned() } else { format!("/discovery?{}", parts.join("&")) }
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
    out.sort_by_key(|(key, _)| ["efficiency", "decoupling", "resting_hr", "hrv"].iter().position(|k| k == key));
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
    let all = std::iter::once((String::new(), "All".to_owned())).chain(outcomes);
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
