//! One finding as a card: sentence, effect with interval, days, and how it was tested.

use domain::RefusedForm;
use domain::discovery::{Card, Group, HighlightedText, LagEffect, Level, Tier};
use domain::units::{NBSP, decimals_of_interval, pluralize, probability, signed};
use leptos::prelude::*;

use super::feedback::FeedbackForm;
use crate::ui::charts::{Axis, Interval, Plot, dots, line, tick_decimals};
use crate::ui::path::Pen;
use crate::ui::{Badge, Highlighted, units};

/// A finding with something to report.
#[component]
pub fn FindingCard(
    /// What was found.
    card: Card,
    /// Without the chart and the details, for home.
    #[prop(optional)]
    brief: bool,
    /// Whether its details are shown at first.
    #[prop(optional)]
    open: bool,
    /// What was said of it and refused.
    #[prop(optional_no_strip)]
    refused: Option<RefusedForm>,
) -> impl IntoView {
    let kind = match card.group {
        Group::Helps => "works",
        Group::Costs => "costs",
        _ => "none",
    };
    let lag = card.lag_days.map(|l| if l == 0 { "same day".to_owned() } else { format!("lag {}", pluralize(l as usize, "day", "days")) });
    let interval = card.effect.zip(card.ci_low.zip(card.ci_high));
    let sentence = HighlightedText { after: format!("{}{}", card.sentence.after, after(&card.aside)), ..card.sentence.clone() };
    view! {
        <article class="card finding" id=card.key.clone()>
            <div class="chips">
                <Badge kind=kind word=card.tier.word() />
                <Badge kind="plain" word=format!("{} → {}", card.input, domain::units::lowercase_label(&card.outcome)) />
            </div>
            <p class="lead">
                <Highlighted sentence=sentence />
            </p>
            {interval.map(|(effect, (low, high))| view! { <Interval effect=effect low=low high=high unit=card.unit.clone() kind=kind /> })}
            {(!brief && !card.points.is_empty()).then(|| view! { <Scatter card=card.clone() kind=kind /> })}
            <footer>
                <span class="tiny">{pluralize(card.n as usize, "day", "days")}</span>
                <span class="tiny">{lag}</span>
                {card.q.map(|q| view! { <span class="tiny">"q " {probability(q)}</span> })}
                {if brief {
                    view! { <a class="btn quiet end" href="/discovery">"All findings"</a> }.into_any()
                } else {
                    view! { <Tested card=card.clone() open=open refused=refused /> }.into_any()
                }}
            </footer>
        </article>
    }
}

/// A remark, after a sentence.
fn after(aside: &str) -> String {
    if aside.is_empty() { String::new() } else { format!(" {aside}") }
}

/// The days behind a finding, drawn by the server. What is to be explored is in the opened card.
#[component]
fn Scatter(card: Card, kind: &'static str) -> impl IntoView {
    let band_points = card.line.clone().unwrap_or_default();
    let x = Axis::around(card.points.iter().map(|p| f64::from(p.0)), 5, &[]);
    let y = Axis::around(card.points.iter().map(|p| f64::from(p.1)).chain(band_points.iter().flat_map(|c| [c[2], c[3]])), 4, &[]);
    let at = |px: f64, py: f64| (x.percent(px), 100.0 - y.percent(py));
    let path = dots(card.points.iter().map(|p| at(f64::from(p.0), f64::from(p.1))));
    let points_on = |edge: usize| band_points.iter().map(move |c| (c[0], c[edge]));
    let open = |(px, py): (f64, f64)| {
        let (left, top) = at(px, py);
        (left, Some(top))
    };
    let middle = line(points_on(1).map(open));
    // Along the lower edge and back along the upper one.
    let band = format!("{}Z", line(points_on(2).chain(band_points.iter().rev().map(|c| (c[0], c[3]))).map(open)));
    let decimals = tick_decimals(&y);
    let y_ticks = y.ticks.iter().map(|t| (100.0 - y.percent(*t), signed(*t, decimals))).collect::<Vec<_>>();
    let x_ticks = x.ticks.iter().map(|t| (x.percent(*t), domain::units::format_significant(*t))).collect::<Vec<_>>();
    let label = format!("Each dot is a day: {} against {}, with the fitted line and its 95{NBSP}% band.", card.y_label, card.x_label);
    let (drawn, all) = (card.points.len(), card.n as usize);
    let some = (drawn < all).then(|| format!("; {drawn} of {all} days drawn"));
    view! {
        <figure class=format!("scatter {kind}")>
            <figcaption class="tiny">{card.y_label}</figcaption>
            <Plot label=label height=190 y_ticks=y_ticks x_ticks=x_ticks>
                <path class="area" d=band />
                <path class="dots" d=path />
                <path class="line" d=middle />
            </Plot>
            <p class="tiny x-label">{card.x_label} {some}</p>
        </figure>
    }
}

/// All days to explore, one by one: a chart that the page's script draws when the card is opened, and a slider over the days. Without a script it stays
/// hidden; the table of days has the same.
#[component]
fn Explore(key: String, label: String, days: u32) -> impl IntoView {
    let id = format!("{key}-days");
    // How the page writes a date, for what the script writes.
    let locale = match units().date(chrono::NaiveDate::default()).chars().nth(1) {
        Some(' ') => "en-GB",
        Some('9') => "",
        _ => "en-US",
    };
    view! {
        <figure class="explore-days" hidden data-locale=locale>
            <div class="explore" data-chart=key role="img" aria-label=label></div>
            <label class="small" for=id.clone()>
                "Day by day"
            </label>
            <input id=id r#type="range" min="0" max=days.saturating_sub(1).to_string() value=days.saturating_sub(1).to_string() />
            <p class="small explore-day" data-day="" aria-live="polite"></p>
        </figure>
    }
}

/// The effect at every lag with its interval: a single peak is more trustworthy than many.
#[component]
fn LagProfile(
    /// In the unit of the card.
    profile: Vec<LagEffect>,
    /// Unit of the effect.
    unit: String,
    /// The lag of the finding.
    chosen: Option<u32>,
) -> impl IntoView {
    let y = Axis::around(profile.iter().flat_map(|l| [l.low, l.high, 0.0]), 4, &[]);
    let count = profile.len().max(1) as f64;
    let left = |i: usize| (i as f64 + 0.5) / count * 100.0;
    let top = |v: f64| 100.0 - y.percent(v);
    let stroke = |wanted: bool| {
        let chosen = profile.iter().enumerate().filter(|(_, l)| (Some(l.lag_days) == chosen) == wanted);
        let mut pen = Pen::hundredths();
        for (i, l) in chosen {
            pen.move_to(left(i), top(l.low));
            pen.line_to(left(i), top(l.high));
        }
        pen.finish()
    };
    let (others, best) = (stroke(false), stroke(true));
    let marks = dots(profile.iter().enumerate().map(|(i, l)| (left(i), top(l.effect))));
    let zero = format!("M0 {0:.2}H100", top(0.0));
    let decimals = tick_decimals(&y);
    let y_ticks = y.ticks.iter().map(|t| (top(*t), signed(*t, decimals))).collect::<Vec<_>>();
    let x_ticks = profile.iter().enumerate().map(|(i, l)| (left(i), l.lag_days.to_string())).collect::<Vec<_>>();
    let label = profile
        .iter()
        .map(|l| {
            let decimals = decimals_of_interval(l.low, l.high);
            format!(
                "{}: {}, between {} and {}",
                pluralize(l.lag_days as usize, "day", "days"),
                signed(l.effect, decimals),
                signed(l.low, decimals),
                signed(l.high, decimals)
            )
        })
        .collect::<Vec<_>>()
        .join("; ");
    view! {
        <figure class="profile">
            <figcaption class="tiny">{format!("Effect by lag, {}", unit.split(',').next().unwrap_or_default())}</figcaption>
            <Plot label=format!("Effect by lag. {label}.") height=130 y_ticks=y_ticks x_ticks=x_ticks>
                <path class="zero" d=zero />
                <path class="whisker" d=others />
                <path class="whisker best" d=best />
                <path class="dots" d=marks />
            </Plot>
            <p class="tiny x-label">"days later"</p>
        </figure>
    }
}

/// The outcome without and with a yes-or-no input.
#[component]
fn Levels(
    /// First without, then with.
    levels: [Level; 2],
    /// What the numbers are.
    label: String,
) -> impl IntoView {
    let axis = Axis::around(levels.iter().flat_map(|l| [l.low, l.high, l.mean, 0.0]), 4, &[]);
    let rows = levels.iter().zip(["without", "with"]).map(|(l, word)| {
        let (from, to, at) = (axis.percent(l.low), axis.percent(l.high), axis.percent(l.mean));
        let label = format!("{word}: on average {}, half of the days between {} and {}", signed(l.mean, 1), signed(l.low, 1), signed(l.high, 1));
        view! {
            <div class="level">
                <span class="small">{word}</span>
                <div class="level-area" role="img" aria-label=label>
                    <span class="zero" style=format!("left:{:.2}%", axis.percent(0.0))></span>
                    <span class="band" style=format!("left:{from:.2}%;width:{:.2}%", to - from)></span>
                    <span class="dot" style=format!("left:{at:.2}%")></span>
                </div>
                <span class="small muted">{format!("{}, {}", signed(l.mean, 1), pluralize(l.days as usize, "day", "days"))}</span>
            </div>
        }
    });
    view! {
        <figure class="levels">
            <figcaption class="tiny">{label}</figcaption>
            {rows.collect_view()}
        </figure>
    }
}

/// How it was tested, in full.
#[component]
fn Tested(card: Card, open: bool, refused: Option<RefusedForm>) -> impl IntoView {
    let shareable = card.group.is_answer();
    let Card {
        key,
        result,
        input,
        feedback,
        p,
        q,
        q_strict,
        r,
        n,
        n_eff,
        lag_days,
        caveats,
        tier,
        profile,
        unit,
        levels,
        x_label,
        y_label,
        how,
        expected,
        points,
        ci_low,
        ci_high,
        ..
    } = card;
    let fact = |name: &'static str, value: Option<String>| value.map(|v| view! { <dt>{name}</dt><dd>{v}</dd> });
    let verdict = match tier {
        Tier::Confirmed => "Found on the first 70\u{a0}% of the days, and it held on the rest, which the search had never seen.",
        Tier::Supported => "It holds after correcting for every question that was asked. Later days have yet to confirm it.",
        _ => "Interesting on its own. Among so many questions, some look like this by chance.",
    };
    let lags = how.lags.first().zip(how.lags.last()).map(|(a, b)| format!("{a} to {b} days, worth {:.1} independent tests", how.effective_lags));
    let family = format!(
        "one of {} pairs {}",
        how.family_size,
        if how.declared { "declared in advance, which count for more" } else { "not declared in advance" }
    );
    let surrogates = how.surrogates.map(|(drawn, stronger)| format!("{stronger} of {drawn} made-up inputs did as well"));
    let interval = ci_low.zip(ci_high);
    let decimals = interval.map_or(1, |(low, high)| decimals_of_interval(low, high));
    let interval = interval.map(|(low, high)| format!("95{NBSP}%, {} to {}", signed(low, decimals), signed(high, decimals)));
    let short_unit = unit.split(',').next().unwrap_or_default().to_owned();
    let explored =
        format!("Each dot is a day: {y_label} against {x_label}, with the fitted line and its 95{NBSP}% band. The slider below goes through them.");
    let picture = format!("/discovery/{key}/card.png");
    let picture_name = format!("legwork-{key}.png");
    let picture_label = format!("Share as an image: {input}");
    view! {
        <details class="how" open=open>
            <summary class="btn quiet">"How was this tested?"</summary>
            <div class="how-body">
                <p class="small">{verdict}</p>
                {(!caveats.is_empty())
                    .then(|| view! { <ul class="caveats small">{caveats.into_iter().map(|c| view! { <li>{c}</li> }).collect_view()}</ul> })}
                {(!points.is_empty()).then(|| view! { <Explore key=key.clone() label=explored days=n /> })}
                {levels.map(|levels| view! { <Levels levels=levels label=y_label.clone() /> })}
                {(profile.len() > 1).then(|| view! { <LagProfile profile=profile unit=unit.clone() chosen=lag_days /> })}
                <dl class="facts small">
                    {fact("Days with both", Some(format!("{n}, worth {n_eff:.0} independent ones")))}
                    {fact("Lag", lag_days.map(|l| pluralize(l as usize, "day", "days")))}
                    {fact("Lags tested", lags)}
                    {fact("Partial correlation", r.map(|r| signed(r, 2)))}
                    {fact("p, best of all lags", p.map(probability))}
                    {fact("q, over all pairs", q.map(probability))}
                    {fact("q, strict reading", q_strict.map(probability))}
                    {fact("Family", Some(family))}
                    {fact("Surrogates", surrogates)}
                    {fact("Interval", interval)}
                    {fact("To expect in future", expected.map(|e| format!("{} {short_unit}, after allowing for luck", signed(e, decimals))))}
                </dl>
                <p class="muted small">
                    {format!(
                        "Held constant: {}, and how each day depends on the days before. Missing answers are left out, never filled in. Engine {}, seed {}.",
                        how.held_constant.join(", "),
                        how.engine,
                        how.seed,
                    )}
                </p>
                <div class="chips">
                    {shareable
                        .then(|| {
                            view! {
                                <a class="btn small" href=picture rel="external" download=picture_name aria-label=picture_label data-share="">
                                    "Share as an image"
                                </a>
                            }
                        })}
                    {(!points.is_empty())
                        .then(|| {
                            view! {
                                <a class="btn small" href=format!("/discovery/{key}/days.csv") rel="external" download>
                                    "Download the days as CSV"
                                </a>
                            }
                        })}
                </div>
                <FeedbackForm finding=key result=result said=feedback refused=refused />
            </div>
        </details>
    }
}
