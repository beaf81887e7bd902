//! One finding as a card: sentence, effect with interval, days, and how it was tested.

use domain::discovery::{Card, Tier};
use domain::units::{NBSP, counted, probability, signed};
use leptos::prelude::*;

use crate::ui::charts::{Axis, Interval, Plot, dots};
use crate::ui::{Chip, Said};

/// A finding that has something to say.
#[component]
pub fn FindingCard(
    /// What was found.
    card: Card,
    /// Without the chart and the details, for home.
    #[prop(optional)]
    brief: bool,
) -> impl IntoView {
    let kind = match (card.tier, card.works) {
        (Tier::Confirmed | Tier::Supported, Some(true)) => "works",
        (Tier::Confirmed | Tier::Supported, Some(false)) => "costs",
        _ => "none",
    };
    let lag = card.lag_days.map(|l| if l == 0 { "same day".to_owned() } else { format!("lag {}", counted(l as usize, "day", "days")) });
    let interval = card.effect.zip(card.ci_low.zip(card.ci_high));
    view! {
        <article class="card finding" id=card.key.clone()>
            <div class="chips">
                <Chip kind=kind word=card.tier.word() />
                <Chip kind="plain" word=format!("{} → {}", card.input, domain::units::inside(&card.outcome)) />
            </div>
            <p class="say">
                <Said sentence=card.sentence.clone() />
            </p>
            {interval.map(|(effect, (low, high))| view! { <Interval effect=effect low=low high=high unit=card.unit.clone() kind=kind /> })}
            {(!brief && !card.points.is_empty()).then(|| view! { <Scatter card=card.clone() kind=kind /> })}
            <footer>
                <span class="tiny">{counted(card.n as usize, "day", "days")}</span>
                <span class="tiny">{lag}</span>
                {card.q.map(|q| view! { <span class="tiny">"q " {probability(q)}</span> })}
                {if brief {
                    view! { <a class="btn quiet end" href="/discovery">"All findings"</a> }.into_any()
                } else {
                    view! { <How card=card.clone() /> }.into_any()
                }}
            </footer>
        </article>
    }
}

/// The days behind it. Drawn by the server; where a script runs, the chart that can be explored takes its place when it comes into view.
#[component]
fn Scatter(card: Card, kind: &'static str) -> impl IntoView {
    let x = Axis::around(card.points.iter().map(|p| f64::from(p.0)), 5, &[]);
    let y = Axis::around(card.points.iter().map(|p| f64::from(p.1)), 4, &[]);
    let path = dots(card.points.iter().map(|p| (x.percent(f64::from(p.0)), 100.0 - y.percent(f64::from(p.1)))));
    let y_ticks = y.ticks.iter().map(|t| (100.0 - y.percent(*t), signed(*t, 0))).collect::<Vec<_>>();
    let x_ticks = x.ticks.iter().map(|t| (x.percent(*t), domain::units::short(*t))).collect::<Vec<_>>();
    let label = format!("Each dot is a day: {} against {}.", card.y_label, card.x_label);
    let said = label.clone();
    view! {
        <figure class=format!("scatter {kind}")>
            <figcaption class="tiny">{card.y_label}</figcaption>
            <div class="explore" data-chart=card.chart data-label=said>
                <Plot label=label height=190 y_ticks=y_ticks x_ticks=x_ticks>
                    <path class="dots" d=path />
                </Plot>
                <p class="tiny x-label">{card.x_label}</p>
            </div>
        </figure>
    }
}

/// How it was tested, in full.
#[component]
fn How(card: Card) -> impl IntoView {
    let Card { p, q, r, n, n_eff, lag_days, cautions, tier, .. } = card;
    let fact = |name: &'static str, value: Option<String>| value.map(|v| view! { <dt>{name}</dt><dd>{v}</dd> });
    let verdict = match tier {
        Tier::Confirmed => "Found on the first 70\u{a0}% of the days, and it held on the rest, which the search had never seen.",
        Tier::Supported => "It holds after counting every question that was asked. Later days still have to confirm it.",
        _ => "Interesting alone. Among so many questions some look like this by chance.",
    };
    view! {
        <details class="how">
            <summary class="btn quiet">"How was this tested?"</summary>
            <div class="how-body">
                <p class="small">{verdict}</p>
                <dl class="facts small">
                    {fact("Days with both", Some(format!("{n}, worth {n_eff:.0} independent ones")))}
                    {fact("Lag", lag_days.map(|l| counted(l as usize, "day", "days")))}
                    {fact("Partial correlation", r.map(|r| signed(r, 2)))}
                    {fact("p, best of all lags", p.map(probability))}
                    {fact("q, over all pairs", q.map(probability))}
                    {fact("Interval", Some(format!("95{NBSP}%")))}
                </dl>
                <p class="muted small">
                    "Held constant: trend and season, weekday, temperature, duration, climb, yesterday’s fitness and fatigue, and how days hang together. Missing answers are left out, never filled in."
                </p>
                {(!cautions.is_empty())
                    .then(|| view! { <ul class="cautions small">{cautions.into_iter().map(|c| view! { <li>{c}</li> }).collect_view()}</ul> })}
            </div>
        </details>
    }
}
