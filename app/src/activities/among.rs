//! An activity among its athlete's earlier ones: what is worth a line, comparisons of efficiency, and the route.

use chrono::NaiveDate;
use domain::activities::comparison::{Comparison, Standing};
use domain::activities::{EfficiencyPoint, Insight, RoutePoint, SportStyle, TrendEstimate};
use domain::units::{NBSP, decimal, decimals_of_error, decimals_of_estimate, signed, spell_number};
use leptos::prelude::*;
use uuid::Uuid;

use crate::ui::charts::{Axis, Plot, dots, line};
use crate::ui::{or_dash, units};

/// The first insight, under the title, with its reason.
#[component]
pub(super) fn Headline(insight: Insight) -> impl IntoView {
    view! { <div class="insight lead-line">{one(insight)}</div> }
}

/// Further insights; none, no card.
#[component]
pub(super) fn AlsoWorthALine(insights: Vec<Insight>) -> impl IntoView {
    (!insights.is_empty()).then(|| {
        view! {
            <section class="card">
                <h2 class="h3">"Also worth a line"</h2>
                {insights.into_iter().map(|insight| view! { <div class="insight">{one(insight)}</div> }).collect_view()}
            </section>
        }
    })
}

fn one(insight: Insight) -> impl IntoView {
    view! {
        <p class="say">{insight.headline()}</p>
        <details class="why">
            <summary>"Why we say so"</summary>
            <p class="muted small">{insight.reason(units())}</p>
        </details>
    }
}

/// Efficiency against earlier activities, each with how many there are and what an ordinary day does.
#[component]
pub(super) fn AgainstYourself(comparisons: Vec<Comparison>, style: SportStyle) -> impl IntoView {
    (!comparisons.is_empty()).then(|| {
        let noun = style.noun;
        let rows = comparisons.into_iter().map(|c| {
            let n = if c.runs == 1 { format!("1 {noun}") } else { format!("{} {noun}s", c.runs) };
            view! {
                <tr>
                    <td>
                        {c.baseline.label(units())} <br /> <span class="tiny">{n}</span>
                    </td>
                    {match c.standing {
                        Some(standing) => view! {
                            <td class="band-cell"><Band standing /></td>
                            <td class="r"><b>{verdict(&standing)}</b></td>
                        }.into_any(),
                        None => view! { <td class="tiny r" colspan="2">{c.shortage()}</td> }.into_any(),
                    }}
                </tr>
            }
        });
        view! {
            <section class="card against">
                <div class="between">
                    <h2 class="h3">"Against yourself"</h2>
                    <span class="tiny">"efficiency"</span>
                </div>
                <table>
                    <caption class="visually-hidden">{format!("Efficiency of this {noun} against earlier ones")}</caption>
                    <thead class="visually-hidden">
                        <tr>
                            <th>"Earlier ones"</th>
                            <th>"Band of ordinary days"</th>
                            <th>"Difference from their middle"</th>
                        </tr>
                    </thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
                <p class="tiny">"Grey band: nine of ten ordinary days. Inside it, call it noise."</p>
            </section>
        }
    })
}

/// The difference from the middle, as exact as the band allows.
fn verdict(standing: &Standing) -> String {
    format!("{}{NBSP}%", signed(standing.percent, decimals_of_error(half_band(standing))))
}

/// Half of the band in per cent of its middle.
fn half_band(standing: &Standing) -> f64 {
    50.0 * (standing.band.1 - standing.band.0) / standing.middle
}

/// This value as a dot, and what ordinary days lie between as a band that stands at the same place in each row.
#[component]
fn Band(standing: Standing) -> impl IntoView {
    let (low, high) = standing.band;
    let at = (33.3 + (standing.value - low) / (high - low).max(1e-9) * 33.3).clamp(2.0, 98.0);
    let place = match (standing.outside, standing.percent > 0.0) {
        (false, _) => "within",
        (true, true) => "above",
        (true, false) => "below",
    };
    let words = format!("{place} ordinary days, which differ by {}{NBSP}% either way", decimal(half_band(&standing), 1));
    view! {
        <span class="strip wide" aria-hidden="true"><s></s> <b style=format!("left:{at:.0}%")></b></span>
        <span class="visually-hidden">{words}</span>
    }
}

/// Earlier activities on the same route, with the trend if there is one; each opens.
#[component]
pub(super) fn SameRoute(
    /// The latest ones, in order.
    points: Vec<RoutePoint>,
    /// How many there are in all, with this one.
    runs: usize,
    /// This one.
    own: Uuid,
    /// The words and units of its sport.
    style: SportStyle,
) -> impl IntoView {
    let (first, last) = (points.first().map(|p| p.day)?, points.last().map(|p| p.day)?);
    let known: Vec<EfficiencyPoint> =
        points.iter().filter_map(|p| Some(EfficiencyPoint { id: p.id, day: p.day, efficiency_factor: p.efficiency_factor? })).collect();
    let trend = TrendEstimate::of(&known);
    let began = known.first().map_or(first, |run| run.day);
    let sentence = trend.as_ref().map(|trend| {
        let decimals = decimals_of_estimate(trend.percent, trend.give_or_take);
        let since = began.format("%B %Y");
        if trend.is_certain() {
            let word = if trend.percent > 0.0 { "Up" } else { "Down" };
            format!(
                "{word} {}{NBSP}% since {since} on the same ground, give or take {}.",
                decimal(trend.percent.abs(), decimals),
                decimal(trend.give_or_take, decimals)
            )
        } else {
            format!("No change since {since} that is outside the noise.")
        }
    });
    let runs = runs.max(points.len());
    let n = spell_number(runs).to_lowercase();
    let all = if runs > points.len() { format!("The latest {}", points.len()) } else { format!("All {n}") };
    let rows = points.iter().rev().map(|p| {
        let pace = p.pace_s_per_km.map(|s| {
            let (number, unit) = units().rate_of(style.sport, s);
            format!("{number}{NBSP}{unit}")
        });
        let efficiency = p.efficiency_factor.map(|ef| decimal(ef, 3));
        let day = units().date(p.day);
        view! {
            <tr>
                <td>
                    {if p.id == own { view! { <b>{day}</b> }.into_any() } else { view! { <a href=format!("/activities/{}", p.id)>{day}</a> }.into_any() }}
                </td>
                <td class="r">{or_dash(pace)}</td>
                <td class="r">{or_dash(efficiency)}</td>
            </tr>
        }
    });
    Some(view! {
        <section class="card">
            <div class="between">
                <h2 class="h3">"Same route"</h2>
                <span class="tiny">{format!("{n} {}s", style.noun)}</span>
            </div>
            {(known.len() >= 2).then(|| view! { <RouteChart known=known.clone() trend=trend.clone() span=(first, last) /> })}
            <p class="muted small">{sentence}</p>
            <details class="data">
                <summary>{all}</summary>
                <table>
                    <thead>
                        <tr>
                            <th>"Day"</th>
                            <th class="r">{units().rate_name(style.sport)}</th>
                            <th class="r">"Efficiency"</th>
                        </tr>
                    </thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </details>
        </section>
    })
}

#[component]
fn RouteChart(known: Vec<EfficiencyPoint>, trend: Option<TrendEstimate>, span: (NaiveDate, NaiveDate)) -> impl IntoView {
    let days = (span.1 - span.0).num_days().max(1) as f64;
    let left = move |day: NaiveDate| 2.0 + 96.0 * (day - span.0).num_days() as f64 / days;
    let axis = Axis::around(known.iter().map(|p| p.efficiency_factor), 2, &[]);
    let top = |v: f64| 100.0 - axis.percent(v);
    let trend = trend.map(|trend| {
        let reach = (known[known.len() - 1].day - known[0].day).num_days() as f64;
        let at = |x: f64| Some(top(trend.at(x).0));
        line([(left(known[0].day), at(0.0)), (left(known[known.len() - 1].day), at(reach))].into_iter())
    });
    let path = dots(known.iter().map(|p| (left(p.day), top(p.efficiency_factor))));
    let here = known.last().map(|p| dots([(left(p.day), top(p.efficiency_factor))].into_iter()));
    let y_ticks = axis.ticks.iter().map(|t| (top(*t), format!("{t:.2}"))).collect::<Vec<_>>();
    let name = |day: NaiveDate| day.format("%b %Y").to_string();
    view! {
        <Plot label="Efficiency on this route".to_owned() height=92 y_ticks=y_ticks x_ticks=vec![(8.0, name(span.0)), (92.0, name(span.1))]>
            <path class="dots" d=path />
            {trend.map(|d| view! { <path class="line" d=d /> })}
            <path class="dots here" d=here />
        </Plot>
    }
}
