//! What lies around a day: its night, the body, work and travel. Inputs belong to the form of the day.

mod smooth;

use chrono::{NaiveDate, TimeDelta};
use domain::measures::{Answers, Measure, built_in};
use domain::statistics::quantile;
use domain::units::hours_and_minutes;
use leptos::prelude::*;

use self::smooth::{Trend, spread, trend};
use super::ask::{Chips, Input, chips};
use super::{AroundView, FORM};
use crate::ui::charts::{Axis, Plot, band, dots, line};
use crate::ui::{Strip, units};

/// Days of the trend of weight.
pub(super) const BODY_DAYS: i64 = 90;
/// Nights of what is usual.
pub(super) const NIGHTS: i64 = 28;
/// Nights of the spread of bedtimes.
const SPREAD_NIGHTS: usize = 14;
/// What the cards read.
#[cfg(feature = "ssr")]
pub(super) const MEASURES: [&str; 9] = [
    "bed_time",
    "wake_time",
    "sleep_hours",
    "sleep_efficiency",
    "sleep_deep_hours",
    "sleep_rem_hours",
    "sleep_light_hours",
    "weight_kg",
    "work_hours",
];

/// The three cards.
#[component]
pub(super) fn Around(
    /// What was known of the weeks before.
    view: AroundView,
    /// What counts on the day.
    answers: Answers,
    /// What the form asks already: it is not asked twice.
    asked: Vec<String>,
    /// Which day.
    day: NaiveDate,
) -> impl IntoView {
    let field = move |key: &str| (!asked.iter().any(|asked| asked == key)).then(|| text(key, &answers)).flatten();
    let night = [field("bed_time"), field("wake_time")];
    let body = [field("weight_kg"), field("resting_hr")];
    let work = [field("shift"), field("work_hours"), field("time_zones")];
    view! {
        <section class="around" aria-label="Sleep, body, work">
            <h2>"Sleep, body, work"</h2>
            <div class="grid cols-3 top">
                <Night view=view.clone() fields=night.into_iter().flatten().collect() day=day />
                <Body view=view.clone() fields=body.into_iter().flatten().collect() day=day />
                <Work view=view fields=work.into_iter().flatten().collect() day=day />
            </div>
        </section>
    }
}

/// A built-in measure in the viewer's units.
fn built(key: &str) -> Option<Measure> {
    built_in().iter().find(|measure| measure.key == key).cloned().map(|measure| measure.in_units(units()))
}

/// A measure and its answer as a form has it.
type Field = (Measure, String);

fn text(key: &str, answers: &Answers) -> Option<Field> {
    let measure = built(key)?;
    let text = answers.get(key).map(|answer| measure.write(answer)).unwrap_or_default();
    Some((measure, text))
}

#[component]
fn Fields(fields: Vec<Field>) -> impl IntoView {
    fields
        .into_iter()
        .map(|(measure, text)| {
            let chips = chips(&measure, &text);
            let (key, label) = (measure.key.clone(), measure.label.clone());
            let control = if chips.is_empty() {
                view! { <label class="tiny" for=key.clone()>{label}</label> <Input id=key.clone() name=key.clone() measure=measure text=text error=false form=FORM /> }.into_any()
            } else {
                view! { <b class="tiny">{label.clone()}</b> <Chips name=key.clone() label=label chips=chips form=FORM /> }.into_any()
            };
            view! { <div class="around-field">{control} <small class="field-error" role="alert" data-error-of=key hidden></small></div> }
        })
        .collect_view()
}

/// The night that ended on the day.
#[component]
fn Night(view: AroundView, fields: Vec<Field>, day: NaiveDate) -> impl IntoView {
    let stages = [("deep", "sleep_deep_hours"), ("REM", "sleep_rem_hours"), ("light", "sleep_light_hours")];
    let of_night: Vec<(&str, f64)> = stages.into_iter().filter_map(|(name, key)| Some((name, view.on(key, day)?))).collect();
    let total: f64 = of_night.iter().map(|(_, hours)| hours).sum();
    let bar = (total > 0.0).then(|| {
        let parts =
            of_night.iter().map(|(name, hours)| view! { <i class=*name style=format!("width:{:.1}%", hours / total * 100.0)></i> }).collect_view();
        let words = of_night.iter().map(|(name, hours)| format!("{name} {}", hours_and_minutes(*hours * 3600.0))).collect::<Vec<_>>().join(", ");
        view! { <div class="stages" role="img" aria-label=words.clone()>{parts}</div> <p class="tiny">{words}</p> }
    });
    let fact = |key: &'static str, name: &'static str| {
        let number = view.on(key, day)?;
        let measure = built(key)?;
        Some(view! { <Fact name=name words=measure.show_number(number) number=number usual=view.usual(key, day) /> })
    };
    let bedtimes: Vec<f64> =
        view.numbers("bed_time").iter().rev().filter(|(d, _)| *d <= day).take(SPREAD_NIGHTS).map(|(_, minutes)| *minutes).collect();
    let regularity =
        spread(&bedtimes).map(|minutes| view! { <p class="fact"><span>"Bedtime spread"</span> <b>{format!("±{minutes:.0}\u{a0}min")}</b></p> });
    let empty = fields.is_empty() && bar.is_none() && fact("sleep_hours", "Asleep").is_none();
    view! {
        <section class="card">
            <h3>{format!("Night to {}", day.format("%A"))}</h3>
            <div class="pair"><Fields fields=fields /></div>
            {bar}
            {fact("sleep_hours", "Asleep")}
            {fact("sleep_efficiency", "Efficiency")}
            {regularity}
            {empty.then(|| view! { <p class="muted small">"A watch or a ring knows more. Drop its export anywhere."</p> })}
        </section>
    }
}

/// A number beside the middle half of what is usual.
#[component]
fn Fact(name: &'static str, words: String, number: f64, usual: Option<(f64, f64)>) -> impl IntoView {
    let strip = usual.map(|usual| view! { <Strip number=number usual=usual /> });
    view! { <p class="fact"><span>{name}</span> {strip} <b>{words}</b></p> }
}

/// Weight with its trend: one morning says little.
#[component]
fn Body(view: AroundView, fields: Vec<Field>, day: NaiveDate) -> impl IntoView {
    let from = day - TimeDelta::days(BODY_DAYS - 1);
    let weight = |kg: f64| units().weight_value(kg);
    let of_day = |(d, kg): &(NaiveDate, f64)| (*d >= from && *d <= day).then_some((*d, weight(*kg)));
    let numbers: Vec<(NaiveDate, f64)> = view.numbers("weight_kg").iter().filter_map(of_day).collect();
    let plot = trend(&numbers, from, day).map(|trend| view! { <Weight numbers=numbers trend=trend from=from /> });
    let empty = plot
        .is_none()
        .then(|| view! { <p class="muted small">"After a week of mornings, a trend stands here. No number of a run depends on it."</p> });
    view! {
        <section class="card">
            <h3>"Body"</h3>
            <div class="pair"><Fields fields=fields /></div>
            {plot}
            {empty}
        </section>
    }
}

#[component]
fn Weight(numbers: Vec<(NaiveDate, f64)>, trend: Trend, from: NaiveDate) -> impl IntoView {
    let units = units();
    let left = move |d: NaiveDate| (d - from).num_days() as f64 / (BODY_DAYS - 1) as f64 * 100.0;
    let axis = Axis::around(numbers.iter().map(|(_, weight)| *weight), 3, &[]);
    let y_axis = axis.clone();
    let top = move |weight: f64| 100.0 - y_axis.percent(weight);
    let band = band(trend.points.iter().map(|(d, weight)| (left(*d), top(weight + trend.noise), top(weight - trend.noise))));
    let curve = line(trend.points.iter().map(|(d, weight)| (left(*d), Some(top(*weight)))));
    let dots = dots(numbers.iter().map(|(d, weight)| (left(*d), top(*weight))));
    let y_ticks = axis.ticks.iter().map(|tick| (top(*tick), domain::units::format_significant(*tick))).collect::<Vec<_>>();
    let (first, last) = (trend.points.first().copied(), trend.points.last().copied());
    let now = last.map(|(_, weight)| weight).unwrap_or_default();
    let change = first.map(|(_, weight)| now - weight).unwrap_or_default();
    let since = first.map(|(d, _)| units.day_and_month(d)).unwrap_or_default();
    let sentence = if change.abs() < trend.noise.max(0.2) {
        "As before. A single morning says little.".to_owned()
    } else {
        let way = if change < 0.0 { "Down" } else { "Up" };
        format!("{way} {}\u{a0}{} since {since}. A single morning says little.", domain::units::decimal(change.abs(), 1), units.weight_unit())
    };
    view! {
        <div class="track">
            <span>"Weight trend"</span>
            <span class="push"><b>{domain::units::decimal(now, 1)}</b>{format!(" {}, ±{}\u{a0}a day is weather", units.weight_unit(), domain::units::decimal(trend.noise, 1))}</span>
        </div>
        <Plot label="Weight, daily values and the trend" height=96 y_ticks=y_ticks x_ticks=vec![(100.0, "now".to_owned())]>
            <path class="area" d=band />
            <path class="dots" d=dots />
            <path class="line" d=curve />
        </Plot>
        <p class="muted small">{sentence}</p>
    }
}

/// Work of the week, and travel.
#[component]
fn Work(view: AroundView, fields: Vec<Field>, day: NaiveDate) -> impl IntoView {
    let first = units().week_of(day);
    let week: Vec<NaiveDate> = (0..7).map(|n| first + TimeDelta::days(n)).collect();
    let hours = |d: NaiveDate| view.on("work_hours", d);
    let shift = |d: NaiveDate| view.shifts.iter().find(|(day, _)| *day == d).map(|(_, shift)| shift.as_str());
    let total: f64 = week.iter().filter_map(|d| hours(*d)).sum();
    let known = week.iter().any(|d| hours(*d).is_some() || shift(*d).is_some());
    let cell = |d: &NaiveDate| {
        let shift = shift(*d);
        let words = match (hours(*d), shift) {
            (Some(hours), _) if hours > 0.0 => domain::units::format_significant(hours),
            (_, Some("off")) | (Some(_), _) => "off".to_owned(),
            (None, Some(shift)) => shift.chars().take(3).collect(),
            (None, None) => "·".to_owned(),
        };
        let class = format!("shift {}", shift.unwrap_or(if words == "·" || words == "off" { "off" } else { "day" }));
        view! {
            <div>
                <span class="tiny">{d.format("%a").to_string().chars().take(1).collect::<String>()}</span>
                <span class=class>{words}</span>
            </div>
        }
    };
    let crossed = view.crossed.map(|(d, zones)| {
        format!("{} crossed on {}.", domain::units::pluralize(zones.abs().round() as usize, "time zone", "time zones"), units().day_and_month(d))
    });
    view! {
        <section class="card">
            <h3>"Work and travel"</h3>
            <Fields fields=fields />
            {known
                .then(|| {
                    view! {
                        <div class="week" role="group" aria-label=format!("This week, {total:.0} hours")>{week.iter().map(cell).collect_view()}</div>
                        <p class="tiny">{format!("This week, {}\u{a0}h. Dark: night. Grey: evening.", domain::units::format_significant(total))}</p>
                    }
                })}
            {crossed.map(|words| view! { <p class="tiny">{words}</p> })}
        </section>
    }
}

impl AroundView {
    /// The numbers of a measure, by day.
    fn numbers(&self, key: &str) -> &[(NaiveDate, f64)] {
        self.series.get(key).map_or(&[], Vec::as_slice)
    }

    fn on(&self, key: &str, day: NaiveDate) -> Option<f64> {
        let numbers = self.numbers(key);
        numbers.binary_search_by_key(&day, |(d, _)| *d).ok().map(|at| numbers[at].1)
    }

    /// The middle half of the four weeks before a day.
    fn usual(&self, key: &str, day: NaiveDate) -> Option<(f64, f64)> {
        let first = day - TimeDelta::days(NIGHTS);
        let mut before: Vec<f64> = self.numbers(key).iter().filter(|(d, _)| *d >= first && *d < day).map(|(_, number)| *number).collect();
        before.sort_by(f64::total_cmp);
        (before.len() >= 8).then(|| (quantile(&before, 0.25), quantile(&before, 0.75)))
    }
}
