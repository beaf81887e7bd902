//! Discovery: what's working, what doesn't, and what nobody can know yet.

mod card;

use domain::discovery::{Card, Report, Tier};
use domain::units::counted;
use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};

use crate::AppError;
use crate::ui::{Chip, Empty, Head, loaded};

pub use card::FindingCard;

/// The findings of whoever is asking.
#[server(prefix = "/api", endpoint = "discovery/report", input = leptos::server_fn::codec::Json)]
pub async fn get_report() -> Result<Report, AppError> {
    use crate::server::{fail, platform, viewer};
    let (platform, viewer) = (platform()?, viewer()?);
    discovery::report(&platform, viewer.id).await.map_err(fail)
}

/// All findings.
pub struct DiscoveryPage;

#[lazy_route]
impl LazyRoute for DiscoveryPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        loaded(Resource::new(|| (), |()| get_report()), show).into_any()
    }
}

fn show(report: Report) -> impl IntoView {
    if report.cards.is_empty() {
        return view! {
            <div class="head">
                <Head title="Discovery">"Nothing to compare yet."</Head>
            </div>
            <Empty
                sentence="Discovery needs runs with a heart rate, and a few words about your days. Start with the runs."
                href="/import"
                step="Import runs"
            />
        }
        .into_any();
    }
    let of = |wanted: &dyn Fn(&Card) -> bool| report.cards.iter().filter(|c| wanted(c)).cloned().collect::<Vec<_>>();
    let sure = |c: &Card| matches!(c.tier, Tier::Supported | Tier::Confirmed);
    let works = of(&|c| sure(c) && c.works == Some(true));
    let costs = of(&|c| sure(c) && c.works == Some(false));
    let watching = of(&|c| c.tier == Tier::Watching);
    let none = of(&|c| c.tier == Tier::NoEffect);
    let unknown = of(&|c| c.tier == Tier::Unknown);
    let few = of(&|c| c.tier == Tier::NotEnoughData);
    let asked = format!(
        "{}, {}: {} asked of {}. Engine {}.",
        counted(report.inputs as usize, "input", "inputs"),
        counted(report.outcomes as usize, "outcome", "outcomes"),
        counted(report.questions as usize, "question", "questions"),
        counted(report.runs as usize, "run day", "run days"),
        report.engine
    );
    let headline = headline(works.len(), costs.len());
    view! {
        <div class="head">
            <div>
                <Head title="Discovery">{headline}</Head>
                <p class="muted small under">{asked}</p>
            </div>
        </div>
        <Cards heading="What’s working" note="Sure ones first" cards=works empty="Nothing yet that holds. That is an answer, too." />
        <Cards heading="What doesn’t" note="" cards=costs empty="Nothing that costs you for sure." />
        {(!watching.is_empty()).then(|| view! { <Cards heading="Watching" note="Interesting alone, not among so many questions" cards=watching empty="" /> })}
        <Rows
            heading="No effect worth your time"
            note="The interval is inside the smallest effect that matters. We looked."
            kind="none"
            cards=none
        />
        <Rows heading="Not enough data yet" note="No rush." kind="plain" cards=few />
        {(!unknown.is_empty())
            .then(|| {
                view! {
                    <details class="rest">
                        <summary>{format!("Could be something, could be nothing: {}", counted(unknown.len(), "question", "questions"))}</summary>
                        <Rows heading="Unknown" note="Neither an effect nor its absence can be shown yet." kind="plain" cards=unknown />
                    </details>
                }
            })}
    }
    .into_any()
}

fn headline(works: usize, costs: usize) -> AnyView {
    let things = |n: usize, one: &str, many: &str| {
        if n == 1 { format!("One thing {one}") } else { format!("{} things {many}", domain::units::in_words(n)) }
    };
    match (works, costs) {
        (0, 0) => view! { "Nothing holds yet. We keep looking." }.into_any(),
        (w, 0) => view! { <mark>{things(w, "works", "work")}</mark> " for you." }.into_any(),
        (0, c) => view! { <mark>{things(c, "costs", "cost")}</mark> " you." }.into_any(),
        (w, c) => view! { <mark>{things(w, "works", "work")}</mark> " for you. " {things(c, "costs", "cost")} " you." }.into_any(),
    }
}

#[component]
fn Cards(heading: &'static str, note: &'static str, cards: Vec<Card>, empty: &'static str) -> impl IntoView {
    view! {
        <section>
            <div class="section">
                <h2>{heading}</h2>
                <p class="muted small">{note}</p>
            </div>
            {if cards.is_empty() {
                view! { <p class="muted">{empty}</p> }.into_any()
            } else {
                view! { <div class="grid cols-2">{cards.into_iter().map(|c| view! { <FindingCard card=c /> }).collect_view()}</div> }.into_any()
            }}
        </section>
    }
}

#[component]
fn Rows(heading: &'static str, note: &'static str, kind: &'static str, cards: Vec<Card>) -> impl IntoView {
    (!cards.is_empty()).then(|| {
        view! {
            <section>
                <div class="section">
                    <h2>{heading}</h2>
                    <p class="muted small">{note}</p>
                </div>
                <div class="card flush">
                    <table class="rows">
                        <thead class="visually-hidden">
                            <tr>
                                <th>"Question"</th>
                                <th>"Answer"</th>
                                <th>"Interval"</th>
                                <th>"Days"</th>
                            </tr>
                        </thead>
                        <tbody>{cards.into_iter().map(|c| view! { <Row card=c kind=kind /> }).collect_view()}</tbody>
                    </table>
                </div>
            </section>
        }
    })
}

#[component]
fn Row(card: Card, kind: &'static str) -> impl IntoView {
    let interval = card.ci_low.zip(card.ci_high).map(|(low, high)| {
        format!("{} … {} {}", domain::units::signed(low, 1), domain::units::signed(high, 1), card.unit.split(',').next().unwrap_or_default())
    });
    let answer = match (card.tier, card.days_needed) {
        (Tier::NotEnoughData, Some(days)) => format!("about {}", counted(days as usize, "more day", "more days")),
        _ => String::new(),
    };
    view! {
        <tr>
            <td>
                <Chip kind=kind word=format!("{} → {}", card.input, domain::units::inside(&card.outcome)) />
            </td>
            <td class="muted">{answer}</td>
            <td class="r muted hide-s">{interval}</td>
            <td class="r muted">{counted(card.n as usize, "day", "days")}</td>
        </tr>
    }
}
