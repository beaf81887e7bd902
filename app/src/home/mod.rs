//! Home: the one thing worth knowing, the last run, the trend, the top finding, today, and what is planned next.

mod since;
mod trend;

use chrono::{NaiveDate, TimeDelta};
use domain::access::Access;
use domain::activities::{
    DayTotal, EfficiencyPoint, FORM_IS, FormState, MIN_TREND_DAYS, MIN_TREND_RUNS, Record, SportStyle, Summary, TrainingBalance, TrendEstimate,
};
use domain::discovery::{Card, HighlightedText, News};
use domain::onboarding::Progress;
use domain::plan::Planned;
use domain::units::{NBSP, Units, decimal, decimals_of_estimate, pluralize, signed, spell_number};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::AppError;
use crate::discovery::FindingCard;
use crate::json::Json;
use crate::nutrition::FuelPrompt;
use crate::onboarding::Resume;
use crate::plan::in_short;
use crate::ui::pages::functions;
use crate::ui::{EmptyState, Highlighted, PageHeader, Stat, await_page, reading, units};
use since::SinceLastWeek;
use trend::TrendCard;

/// Everything that home shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HomeView {
    /// Today's date in the athlete's time zone.
    pub today: NaiveDate,
    /// Efficiency of the last 120 days.
    pub efficiency: Vec<EfficiencyPoint>,
    /// The last activity.
    pub latest: Option<Summary>,
    /// All activities, including those with an impossible date.
    pub total: u32,
    /// This week, days with distance only.
    pub week: Vec<DayTotal>,
    /// Mean of the four weeks before, metres.
    pub usual_week_m: f64,
    /// Fitness, fatigue, form (TSB).
    pub form: Option<TrainingBalance>,
    /// The same a week ago.
    pub earlier_form: Option<TrainingBalance>,
    /// What changed in the findings since a week ago; nothing before the second report.
    pub news: Option<News>,
    /// Records of the last week, of whoever has run before it.
    pub records: Vec<Record>,
    /// The surest finding.
    pub top: Option<Card>,
    /// How many of the questions of today's journal have an answer.
    pub answered: usize,
    /// Whether to ask for what was eaten before today's run.
    pub asks_for_fuel: bool,
    /// The next race, and when it is.
    pub next_race: Option<(String, NaiveDate)>,
    /// The next session of the plan that is not done; nothing without one.
    pub planned: Option<Planned>,
    /// How far the first questions were answered.
    pub onboarding: Progress,
}

/// Days that the trend looks back.
const TREND_DAYS: i64 = 120;

functions! {
    GetHome => Access::Athlete, "{}",
}

/// Everything that home shows.
#[server(prefix = "/api", endpoint = "home/view", input = Json, output = Json)]
pub async fn get_home() -> Result<HomeView, AppError> {
    use crate::server::{to_app_error, today, user_tx};
    let (platform, viewer, mut tx) = user_tx().await?;
    let today = today(&platform, &viewer);
    let first = viewer.units.week_of(today);
    let efficiency = activities::efficiency(&mut tx, today - TimeDelta::days(TREND_DAYS)).await.map_err(to_app_error)?;
    let latest = activities::latest(&mut tx).await.map_err(to_app_error)?;
    // Only who sees none of them needs to know.
    let total = if latest.is_none() { activities::count(&mut tx).await.map_err(to_app_error)? } else { 0 };
    let days = activities::day_totals(&mut tx, first - TimeDelta::days(28), today).await.map_err(to_app_error)?;
    let week_ago = today - TimeDelta::days(7);
    let [earlier_form, form] = activities::form_since(&mut tx, week_ago, today).await.map_err(to_app_error)?;
    // In the first week everything would be one.
    let may_be_records = latest.as_ref().is_some_and(|latest| latest.day > week_ago) && days.first().is_some_and(|run| run.day <= week_ago);
    let records =
        if may_be_records { activities::records_since(&mut tx, week_ago + TimeDelta::days(1)).await.map_err(to_app_error)? } else { Vec::new() };
    let news = discovery::news_since(&mut tx, platform.features, week_ago).await.map_err(to_app_error)?;
    let (catalogue, entry) = (journal::catalogue(&mut tx).await.map_err(to_app_error)?, journal::get(&mut tx, today).await.map_err(to_app_error)?);
    let answered = catalogue.asked().filter(|measure| entry.get(&measure.key).is_some()).count();
    let top = discovery::top_finding(&mut tx, platform.features, viewer.units).await.map_err(to_app_error)?;
    let asks_for_fuel = nutrition::asks(&mut tx, today).await.map_err(to_app_error)?;
    let onboarding = onboarding::progress(&mut tx).await.map_err(to_app_error)?;
    let races = onboarding::goals(&mut tx).await.map_err(to_app_error)?.races;
    let next_race = races.into_iter().filter(|race| race.day >= today).min_by_key(|race| race.day).map(|race| (race.name, race.day));
    let planned = ::plan::next(&mut tx, today).await.map_err(to_app_error)?;
    tx.commit().await.map_err(to_app_error)?;
    let (before, week): (Vec<_>, Vec<_>) = days.into_iter().partition(|d| d.day < first);
    Ok(HomeView {
        today,
        efficiency,
        latest,
        total,
        week,
        // What is usual needs more than a week or two.
        usual_week_m: if before.first().is_some_and(|d| d.day < first - TimeDelta::days(14)) {
            before.iter().map(|d| d.distance_m).sum::<f64>() / 4.0
        } else {
            0.0
        },
        form,
        earlier_form,
        news,
        records,
        top,
        answered,
        asks_for_fuel,
        next_race,
        planned,
        onboarding,
    })
}

/// Home.
#[component]
pub fn HomePage() -> impl IntoView {
    let home = reading(|| (), |()| get_home());
    view! { {await_page(home, show)} }
}

fn show(home: HomeView) -> impl IntoView {
    let eyebrow = eyebrow(home.today, home.next_race.as_ref());
    let planned = home.planned.clone().map(|planned| view! { <Next planned=planned today=home.today /> });
    let Some(latest) = home.latest.clone() else {
        let (headline, empty) = if home.total == 0 {
            ("No runs yet.", view! { <EmptyState sentence="Drop a file anywhere, or the whole Strava export." href="/imports" step="Import runs" /> })
        } else {
            (
                "No run with a possible date.",
                view! { <EmptyState sentence="The watch’s clock was wrong. Open what it recorded and say when it was." href="/activities" step="All activities" /> },
            )
        };
        return view! {
            <div class="head">
                <PageHeader title="Home" eyebrow=eyebrow>
                    {headline}
                </PageHeader>
            </div>
            <div class="grid side">
                {empty}
                <div class="grid top">
                    <Resume progress=home.onboarding.clone() is_new=home.total == 0 />
                    <Today answered=home.answered />
                    {planned}
                </div>
            </div>
        }
        .into_any();
    };
    let headline = headline(&home, latest.day);
    view! {
        <div class="head">
            <PageHeader title="Home" eyebrow=eyebrow>
                <Highlighted sentence=headline />
            </PageHeader>
            <a class="btn primary" href="/imports">
                "Import runs"
            </a>
        </div>
        {home.asks_for_fuel.then(|| view! { <FuelPrompt on_home=true /> })}
        <div class="grid side">
            <div class="grid">
                <TrendCard points=home.efficiency.clone() from=home.today - TimeDelta::days(TREND_DAYS) to=home.today />
                <Latest activity=latest today=home.today />
                {home.top.clone().map(|card| view! { <FindingCard card=card brief=true /> })}
            </div>
            <div class="grid">
                <Resume progress=home.onboarding.clone() is_new=false />
                <Today answered=home.answered />
                {planned}
                <Week week=home.week.clone() usual_m=home.usual_week_m today=home.today />
                {home.form.map(|form| view! { <FormCard form=form /> })}
                <SinceLastWeek news=home.news.clone() records=home.records.clone() form=home.form earlier=home.earlier_form />
            </div>
        </div>
    }
    .into_any()
}

/// `Friday 27 November · 9 days to Riverside Half`.
fn eyebrow(today: NaiveDate, race: Option<&(String, NaiveDate)>) -> String {
    let date = units().weekday(today, today);
    match race {
        None => date,
        Some((name, day)) if *day == today => format!("{date} · {name}, today"),
        Some((name, day)) => format!("{date} · {} to {name}", pluralize((*day - today).num_days().unsigned_abs() as usize, "day", "days")),
    }
}

/// The one thing worth knowing: whether efficiency moved more than chance would.
fn headline(home: &HomeView, last: NaiveDate) -> HighlightedText {
    TrendEstimate::of(&home.efficiency).map_or_else(
        || HighlightedText { before: no_trend(home.efficiency.len(), last, home.today), marked: String::new(), after: String::new() },
        |change| in_words(&change, home.efficiency.last().map_or(last, |run| run.day), home.today),
    )
}

/// Days after which the last run says what was, and no longer what is.
const RECENT_DAYS: i64 = 14;

/// What efficiency did, with the 95 % interval of it. Not why: a line over time knows no causes. `last` is the day where the line ends.
fn in_words(change: &TrendEstimate, last: NaiveDate, today: NaiveDate) -> HighlightedText {
    let is_recent = (today - last).num_days() <= RECENT_DAYS;
    let (span, day) = (change.span_in_words(), units().weekday(last, today));
    let since = if is_recent { format!("{span} ago") } else { format!("{span} before") };
    if !change.is_certain() {
        let before = if is_recent { format!("About as efficient as {since}.") } else { format!("About as efficient on {day} as {since}.") };
        return HighlightedText { before, marked: String::new(), after: String::new() };
    }
    let word = if change.percent > 0.0 { "more" } else { "less" };
    let decimals = decimals_of_estimate(change.percent, change.give_or_take);
    HighlightedText {
        before: if is_recent { "You are ".to_owned() } else { format!("On {day} you were ") },
        marked: format!("{}{NBSP}% {word} efficient", decimal(change.percent.abs(), decimals)),
        after: format!(" than {since}, give or take {}.", decimal(change.give_or_take, decimals)),
    }
}

/// Why there is no trend with this many runs in its window: the last run is long ago, has no heart rate, or there are too few.
fn no_trend(runs: usize, last: NaiveDate, today: NaiveDate) -> String {
    if last < today - TimeDelta::days(TREND_DAYS) {
        return format!("Nothing since {}. The next run begins a new line.", units().weekday(last, today));
    }
    match MIN_TREND_RUNS.saturating_sub(runs) {
        MIN_TREND_RUNS => format!("No recorded run with a heart rate in the last {TREND_DAYS} days, so there is no efficiency to show."),
        0 => format!("{MIN_TREND_DAYS} days of runs with a heart rate, and this page has an opinion."),
        1 => "One more run with a heart rate, and this page has an opinion.".to_owned(),
        left => format!("{} more runs with a heart rate, and this page has an opinion.", spell_number(left)),
    }
}

#[component]
fn Latest(activity: Summary, today: NaiveDate) -> impl IntoView {
    let (a, units) = (activity, units());
    view! {
        <section class="card">
            <div class="between">
                <h2 class="h3">"Last activity"</h2>
                <a class="tiny" href="/activities">
                    "All activities"
                </a>
            </div>
            <p class="lead">
                <a class="row-link" href=format!("/activities/{}", a.id)>
                    {a.title.clone()}
                </a>
                <span class="tiny">{format!("{}, {}", units.weekday(a.day, today), units.time(a.local_start.time()))}</span>
            </p>
            <dl class="stats">
                {latest_numbers(&a, units)
                    .into_iter()
                    .map(|(name, value, unit)| view! { <Stat name value=Some(value) unit /> })
                    .collect_view()}
            </dl>
        </section>
    }
}

/// What was measured of it, without what a page of its own has room for.
fn latest_numbers(a: &Summary, units: Units) -> Vec<(&'static str, String, &'static str)> {
    let style = SportStyle::of(&a.sport, None);
    // Whether altitudes were recorded is not known here, and the gain is left out.
    let brief = Summary { elapsed_s: None, elevation_gain_m: None, efficiency_factor: None, trimp: None, ..a.clone() };
    let mut numbers = style.numbers(&brief, false, units);
    if brief.moving_s.is_some() && brief.distance_m.is_some() {
        numbers.retain(|(name, ..)| *name != "Moving time");
    }
    numbers.extend(a.decoupling_pct.map(|v| ("Decoupling", decimal(v, 1), "%")));
    numbers
}

#[component]
fn Today(answered: usize) -> impl IntoView {
    view! {
        <section class="card">
            <h2 class="h3">"Today"</h2>
            <p class="muted small">
                {if answered == 0 {
                    "A few taps, if you feel like it.".to_owned()
                } else {
                    format!("{answered} answered. That is plenty.")
                }}
            </p>
            <a class=if answered == 0 { "btn primary" } else { "btn" } href="/journal">
                "Open the journal"
            </a>
        </section>
    }
}

/// The next session of the plan.
#[component]
fn Next(planned: Planned, today: NaiveDate) -> impl IntoView {
    let units = units();
    let line = in_short(&planned, units);
    view! {
        <section class="card next-session">
            <div class="between">
                <h2 class="h3">"Next in the plan"</h2>
                <a class="tiny" href=format!("/calendar?day={}", planned.session.day)>
                    "Calendar"
                </a>
            </div>
            <p class="lead">
                <a class="row-link" href=format!("/plan/{}", planned.session.id)>
                    {planned.name(units)}
                </a>
                <span class="tiny">{units.weekday(planned.session.day, today)}</span>
            </p>
            {(!line.is_empty()).then(|| view! { <p class="muted small">{line}</p> })}
        </section>
    }
}

#[component]
fn Week(week: Vec<DayTotal>, usual_m: f64, today: NaiveDate) -> impl IntoView {
    let units = units();
    let first = units.week_of(today);
    let longest = week.iter().map(|d| d.distance_m).fold(1.0, f64::max);
    let total = week.iter().map(|d| d.distance_m).sum::<f64>();
    let sentence = match (total > 0.0, usual_m > 0.0) {
        (true, true) => {
            format!("{}{NBSP}{} of a usual {}.", units.distance_number(total, 1), units.distance_unit(), units.distance_number(usual_m, 0))
        }
        (false, true) => format!("Nothing yet, of a usual {}{NBSP}{}.", units.distance_number(usual_m, 0), units.distance_unit()),
        (true, false) => format!("{}{NBSP}{} so far.", units.distance_number(total, 1), units.distance_unit()),
        (false, false) => "Nothing this week.".to_owned(),
    };
    view! {
        <section class="card">
            <h2 class="h3">"This week"</h2>
            <ul class="week">
                {(0..7)
                    .map(|i| {
                        let day = first + TimeDelta::days(i);
                        let metres = week.iter().find(|d| d.day == day).map_or(0.0, |d| d.distance_m);
                        let height = (metres / longest * 56.0).round();
                        view! {
                            <li class:today=day == today>
                                <span class="tiny">{day.format("%a").to_string()}</span>
                                <span class="pillar">
                                    <span style=format!("height:{height}px")></span>
                                </span>
                                <span class="small">{(metres > 0.0).then(|| units.distance_number(metres, 1))}</span>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
            <p class="muted small">{sentence}</p>
        </section>
    }
}

#[component]
fn FormCard(form: TrainingBalance) -> impl IntoView {
    view! {
        <section class="card">
            <h2 class="h3">"Form"</h2>
            <dl class="stats three">
                <Stat name="Fitness" value=Some(format!("{:.0}", form.fitness)) />
                <Stat name="Fatigue" value=Some(format!("{:.0}", form.fatigue)) />
                <Stat name="Form" value=Some(signed(form.form, 0)) />
            </dl>
            <p class="muted small">{FormState::of(form.form).sentence()} " " {FORM_IS}</p>
        </section>
    }
}
