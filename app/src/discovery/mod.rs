//! Discovery: what's working, what doesn't, and what nobody can know yet.

mod card;
mod feedback;
mod filter;
mod news;
mod testable;
mod waiting;

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use domain::RefusedForm;
use domain::access::Access;
use domain::discovery::{Card, Discovery, Group, Report, TestableGroup, Tier, is_sign};
use domain::units::{decimals_of_interval, pluralize, signed, spell_number};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::params::ParamsMap;

use crate::AppError;
use crate::json::Json;
use crate::ui::navigation::{Entry, Place};
use crate::ui::pages::{PageView, functions, pages};
use crate::ui::{Badge, EmptyState, Highlighted, Icon, PageHeader, await_page, reading, refused_form};
use filter::{Filter, FilterBar};
use news::{Changes, Recomputing};
use testable::CouldBeTested;
use waiting::Waiting;

pub use card::FindingCard;

pages! {
    discovery, __preload_discovery {
        "/discovery" => DiscoveryPage, Access::Athlete,
    }
}

/// Key of the outcome that is asked after a run, on its page.
const EFFORT: &str = "effort_at_pace";

/// Links to the pages.
pub(crate) const NAVIGATION: &[Entry] = &[
    Entry::new(Place::Sidebar, "/discovery", "Discovery", Some(Icon::Discovery)),
    Entry::new(Place::Tab(3), "/discovery", "Discovery", Some(Icon::Discovery)),
];

functions! {
    GetDiscovery => Access::Athlete, "{}",
}

/// The findings of the authenticated user, as last computed. Loading the page computes nothing.
#[server(prefix = "/api", endpoint = "discovery/report", input = Json, output = Json)]
pub async fn get_discovery() -> Result<Discovery, AppError> {
    use crate::server::{to_app_error, user_tx};
    let (platform, viewer, mut tx) = user_tx().await?;
    let mut found = discovery::discovery(&mut tx, platform.features, viewer.units).await.map_err(to_app_error)?;
    if let Some(report) = &mut found.report {
        report.cards = std::mem::take(&mut report.cards).into_iter().map(Card::for_page).collect();
    }
    Ok(found)
}

/// All findings.
pub struct DiscoveryPage;

impl PageView for DiscoveryPage {
    fn view() -> AnyView {
        let found = reading(|| (), |()| get_discovery());
        let query = use_query_map();
        #[cfg(feature = "hydrate")]
        poll_discovery(found);
        let refused = refused_form();
        await_page(found, move |found| show(found, query, refused.clone())).into_any()
    }
}

/// Refetches one second after each response that is out of date.
#[cfg(feature = "hydrate")]
fn poll_discovery(found: Resource<Result<Discovery, AppError>>) {
    let timer = StoredValue::new(None::<leptos::leptos_dom::helpers::TimeoutHandle>);
    Effect::new(move |_| {
        let outdated = found.get().is_some_and(|v| v.is_ok_and(|v| !v.fresh));
        if outdated {
            let handle = set_timeout_with_handle(move || found.refetch(), std::time::Duration::from_secs(1));
            timer.set_value(handle.ok());
        }
    });
    on_cleanup(move || {
        if let Some(handle) = timer.get_value() {
            handle.clear();
        }
    });
}

fn show(found: Discovery, query: Memo<ParamsMap>, refused: Option<RefusedForm>) -> impl IntoView {
    let Discovery { report, fresh, job, news, testable } = found;
    let runs = report.as_ref().map_or(0, |r| r.runs as usize);
    let Some(report) = report.filter(|r| !r.cards.is_empty()) else {
        return view! {
            {no_report(!fresh, runs)}
            <CouldBeTested groups=testable rated=false />
        }
        .into_any();
    };
    let rated = report.cards.iter().any(|card| card.outcome_key == EFFORT);
    // Nothing can be said of any question yet: there is nothing to sort or to leave out.
    let young = report.cards.iter().all(|c| c.tier == Tier::NotEnoughData);
    let summary = format!(
        "{}, {}: {}, {} with all lags. {}. Computed {}.",
        pluralize(report.inputs as usize, "input", "inputs"),
        pluralize(report.outcomes as usize, "outcome", "outcomes"),
        pluralize(report.cards.len(), "question", "questions"),
        pluralize(report.questions as usize, "test", "tests"),
        pluralize(report.runs as usize, "run day with an efficiency", "run days with an efficiency"),
        crate::ui::clock::moment(report.computed_at)
    );
    let outcomes = filter::outcomes(&report.cards);
    // The card that an address leads to, or whose form was refused, stands open.
    let named = refused.as_ref().and_then(|form| form.typed("card")).map(ToOwned::to_owned);
    let opened = named.or_else(|| query.with_untracked(|q| q.get("card")));
    let of_card = opened.as_ref().and_then(|key| report.cards.iter().find(|card| card.key == *key)).map(|card| card.outcome_key.clone());
    let filter = {
        let outcomes = outcomes.clone();
        Memo::new(move |_| query.with(|q| Filter::parse(q.get_str("outcome"), q.get_str("sure"), of_card.as_deref(), &outcomes)))
    };
    let shown = Shown { opened, refused, testable: testable.clone() };
    // The page's script fetches the charts of a report once.
    let computed_at = report.computed_at.to_rfc3339();
    let report = Arc::new(report);
    let headline = {
        let report = Arc::clone(&report);
        move || if young { "Not enough days yet. No rush.".into_any() } else { headline(&report, &filter.get()) }
    };
    view! {
        <div class="head" data-report=computed_at>
            <div>
                <PageHeader title="Discovery">{headline}</PageHeader>
                <p class="muted small under">{summary}</p>
            </div>
        </div>
        {(!fresh).then(|| view! { <Recomputing job=job /> })}
        <Changes news=news />
        {(!young).then(|| view! { <FilterBar outcomes=outcomes filter=filter /> })}
        {young.then(|| view! { <CouldBeTested groups=testable.clone() rated=rated /> })}
        {move || sections(&report, &if young { Filter::default() } else { filter.get() }, young, &shown)}
        {(!young).then(|| view! { <CouldBeTested groups=testable rated=rated folded=true /> })}
    }
    .into_any()
}

/// There is no report: from how many run days, and whether the first computation is running.
fn no_report(running: bool, runs: usize) -> AnyView {
    if running {
        return view! {
            <div class="head">
                <PageHeader title="Discovery">"Looking at your days."</PageHeader>
            </div>
            <section class="card state" role="status">
                <p class="lead">"The first look takes a few seconds. Stretch a little."</p>
                <a class="btn" href="/discovery" rel="external">
                    "Reload"
                </a>
            </section>
        }
        .into_any();
    }
    view! {
        <div class="head">
            <PageHeader title="Discovery">"Nothing to compare yet."</PageHeader>
        </div>
        {if runs > 0 {
            let sentence = format!(
                "You have {} with an efficiency. Add a few words about your days, and there is something to compare them with.",
                pluralize(runs, "run day", "run days")
            );
            view! { <EmptyState sentence=sentence href="/journal" step="Open the journal" /> }.into_any()
        } else {
            let sentence = "Discovery needs runs with a heart rate, and a few words about your days. Start with the runs.";
            view! { <EmptyState sentence=sentence href="/imports" step="Import runs" /> }.into_any()
        }}
    }
    .into_any()
}

/// What cards and rows are shown with.
struct Shown {
    /// The card that stands open at first.
    opened: Option<String>,
    /// What was said of it and refused.
    refused: Option<RefusedForm>,
    /// Where each input is logged.
    testable: Vec<TestableGroup>,
}

impl Shown {
    fn card(&self, card: Card) -> impl IntoView + use<> {
        let open = self.opened.as_ref() == Some(&card.key);
        let refused = self.refused.clone().filter(|form| form.typed("card") == Some(card.key.as_str()));
        view! { <FindingCard card=card open=open refused=refused /> }
    }
}

/// A remark is made once on a page: of cards with the same one, the first has it.
fn once_each(cards: &mut [Card], made: &mut HashSet<String>) {
    for card in cards {
        if !card.aside.is_empty() && !made.insert(card.aside.clone()) {
            card.aside.clear();
        }
    }
}

fn sections(report: &Report, filter: &Filter, young: bool, shown: &Shown) -> impl IntoView + use<> {
    let of = |group: Group| report.cards.iter().filter(|c| c.group == group && filter.shows(c)).cloned().collect::<Vec<_>>();
    let (mut helps, mut costs, mut watching) = (of(Group::Helps), of(Group::Costs), of(Group::Watching));
    let mut made = HashSet::new();
    for cards in [&mut helps, &mut costs, &mut watching] {
        once_each(cards, &mut made);
    }
    let (signs, unknown, few) = (of(Group::Sign), of(Group::Unknown), of(Group::FewDays));
    let (real, chance, none) = (of(Group::SmallButReal), of(Group::SmallOrChance), of(Group::NoEffect));
    let few = (!few.is_empty()).then(|| view! { <Waiting cards=few testable=shown.testable.clone() /> });
    if young {
        return few.into_any();
    }
    let empty = |answer: &'static str| if filter.is_everything() { answer } else { "Nothing of that kind." };
    let small = |heading: &'static str, what: &str, cards: Vec<Card>| {
        (!cards.is_empty()).then(|| {
            let note = format!("{what} {}", smallest_effects(&cards));
            view! { <Rows heading note empty="" kind="none" cards /> }
        })
    };
    view! {
        {cards("What’s working", "Surest first", helps, empty("Nothing that holds yet. That is an answer, too."), shown)}
        {cards("What doesn’t", "", costs, empty("Nothing that is sure to cost you."), shown)}
        {(!signs.is_empty())
            .then(|| cards("Signs", "They go along with your runs and cause nothing. The body says first what something else did.", signs, "", shown))}
        {(!watching.is_empty()).then(|| cards("Watching", "Interesting on their own, less so among so many questions", watching, "", shown))}
        {small("Real, but too small to matter", "The 95\u{a0}% interval excludes zero, also after correcting for every question, and all of it is smaller than what matters.", real)}
        {small("Too small to matter, or chance", "The 95\u{a0}% interval excludes zero, but not after correcting for every question, and all of it is smaller than what matters.", chance)}
        <Rows
            heading="No effect worth your time"
            note=format!("The 95\u{a0}% interval contains zero, and all of it is smaller than what matters. {}", smallest_effects(&none))
            empty=empty("Nothing can be ruled out yet. That takes more days than finding something does.")
            kind="none"
            cards=none
        />
        {few}
        {(!unknown.is_empty())
            .then(|| {
                view! {
                    <details class="rest">
                        <summary>{format!("Could be something, could be nothing: {}", pluralize(unknown.len(), "question", "questions"))}</summary>
                        <Rows heading="Unknown" note="Neither an effect nor its absence can be shown yet.".to_owned() empty="" kind="plain" cards=unknown />
                    </details>
                }
            })}
    }
    .into_any()
}

/// The smallest effect that matters, of each outcome of the cards, and over what a row's effect is.
fn smallest_effects(cards: &[Card]) -> String {
    let mut each: Vec<&str> = Vec::new();
    for card in cards {
        if !each.contains(&card.smallest.as_str()) {
            each.push(&card.smallest);
        }
    }
    format!("What matters begins at {}. Your usual range is the middle half of your days.", each.join(", "))
}

/// How many things help, cost and do nothing, among what the filter shows: each input once, however many outcomes it acts on.
fn headline(report: &Report, filter: &Filter) -> AnyView {
    let inputs = |group: Group| -> BTreeSet<&str> {
        let shown = report.cards.iter().filter(|c| c.group == group && filter.shows(c));
        // A sign is measured, and nothing that could be done or left.
        shown.filter(|c| !is_sign(&c.input_key)).map(|c| c.input.as_str()).collect()
    };
    let verbs = Verbs::of(filter.outcome());
    let (helps, costs, nothing) = (inputs(Group::Helps), inputs(Group::Costs), inputs(Group::NoEffect));
    if helps.is_empty() && costs.is_empty() {
        let sentence = if filter.is_everything() { "Nothing holds yet. We keep looking." } else { "Nothing of that kind holds yet." };
        return view! { {sentence} }.into_any();
    }
    let helps = (!helps.is_empty()).then(|| things(helps.len(), verbs.helps));
    let costs = (!costs.is_empty()).then(|| things(costs.len(), verbs.costs));
    let nothing = match nothing.len() {
        0 => None,
        1 => nothing.first().map(|input| format!("{input} does nothing.")),
        n => Some(format!("{} do nothing.", spell_number(n))),
    };
    let mut sentences = [helps, costs, nothing].into_iter().flatten();
    let first = sentences.next();
    let rest = sentences.collect::<Vec<_>>().join(" ");
    view! { <mark>{first}</mark> " " {rest} }.into_any()
}

/// What things do to an outcome: of one thing, and of several.
struct Verbs {
    helps: (&'static str, &'static str),
    costs: (&'static str, &'static str),
}

impl Verbs {
    /// Of an outcome, or of all.
    fn of(outcome: Option<&str>) -> Self {
        let (helps, costs) = match outcome {
            Some("efficiency") => (("makes you faster", "make you faster"), ("slows you down", "slow you down")),
            Some("effort_at_pace") => (("makes runs feel easier", "make runs feel easier"), ("makes runs feel harder", "make runs feel harder")),
            Some("pace_at_hr") => (
                ("makes you faster at the same heart rate", "make you faster at the same heart rate"),
                ("slows you down at the same heart rate", "slow you down at the same heart rate"),
            ),
            Some("decoupling") => (("keeps you steady", "keep you steady"), ("makes you drift", "make you drift")),
            Some("resting_hr") => (
                ("lowers your resting heart rate", "lower your resting heart rate"),
                ("raises your resting heart rate", "raise your resting heart rate"),
            ),
            Some("hrv") => (("raises your HRV", "raise your HRV"), ("lowers your HRV", "lower your HRV")),
            _ => (("works for you", "work for you"), ("costs you", "cost you")),
        };
        Self { helps, costs }
    }
}

/// `Two things make you faster.`
fn things(n: usize, (one, many): (&str, &str)) -> String {
    if n == 1 { format!("One thing {one}.") } else { format!("{} things {many}.", spell_number(n)) }
}

/// A section of cards.
fn cards(heading: &'static str, note: &'static str, cards: Vec<Card>, empty: &'static str, shown: &Shown) -> impl IntoView + use<> {
    view! {
        <section>
            <div class="section">
                <h2>{heading}</h2>
                <p class="muted small">{note}</p>
            </div>
            {if cards.is_empty() {
                view! { <p class="muted">{empty}</p> }.into_any()
            } else {
                view! { <div class="grid cols-2">{cards.into_iter().map(|card| shown.card(card)).collect_view()}</div> }.into_any()
            }}
        </section>
    }
}

#[component]
fn Rows(heading: &'static str, note: String, empty: &'static str, kind: &'static str, cards: Vec<Card>) -> impl IntoView {
    let intervals = cards.iter().any(|card| card.ci_low.is_some());
    let table = (!cards.is_empty()).then(|| {
        view! {
                <div class="card flush">
                    <table class="rows">
                        <thead class="visually-hidden">
                            <tr>
                                <th>"Question"</th>
                                {intervals.then(|| view! { <th>"Interval"</th> })}
                                <th>"Days"</th>
                            </tr>
                        </thead>
                        <tbody>{cards.into_iter().map(|c| view! { <Row card=c kind=kind intervals /> }).collect_view()}</tbody>
                    </table>
                </div>
        }
    });
    let none = table.is_none();
    view! {
        <section>
            <div class="section">
                <h2>{heading}</h2>
                <p class="muted small">{(!none).then_some(note)}</p>
            </div>
            {table}
            {none.then(|| view! { <p class="muted">{empty}</p> })}
        </section>
    }
}

/// A question with its answer. A phone has no room for a column of intervals: they stand under the sentence there.
#[component]
fn Row(card: Card, kind: &'static str, intervals: bool) -> impl IntoView {
    let interval = interval(&card);
    view! {
        <tr>
            <td>
                <Badge kind=kind word=format!("{} → {}", card.input, domain::units::lowercase_label(&card.outcome)) />
                <span class="small answer">
                    <Highlighted sentence=card.sentence />
                </span>
                <span class="show-s small muted">{interval.clone()}</span>
            </td>
            {intervals.then(|| view! { <td class="r muted hide-s">{interval}</td> })}
            <td class="r muted">{pluralize(card.n as usize, "day", "days")}</td>
        </tr>
    }
}

/// The 95 % interval with its unit.
fn interval(card: &Card) -> Option<String> {
    let (low, high) = card.ci_low.zip(card.ci_high)?;
    let decimals = decimals_of_interval(low, high);
    Some(format!("{} … {} {}", signed(low, decimals), signed(high, decimals), card.unit.split(',').next().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_are_counted_with_the_verb_of_their_outcome() {
        let said = |outcome: Option<&str>, helps: usize, costs: usize| {
            let verbs = Verbs::of(outcome);
            format!("{} {}", things(helps, verbs.helps), things(costs, verbs.costs))
        };
        assert_eq!(said(Some("efficiency"), 2, 1), "Two things make you faster. One thing slows you down.");
        assert_eq!(said(Some("effort_at_pace"), 1, 2), "One thing makes runs feel easier. Two things make runs feel harder.");
        assert_eq!(said(Some("hrv"), 1, 3), "One thing raises your HRV. Three things lower your HRV.");
        assert_eq!(said(None, 1, 2), "One thing works for you. Two things cost you.");
    }
}
