//! The calendar: a month of what was done and what is planned, in weeks with their sums beside what is usual, with what the journal says and the races.

mod agenda;
mod month;
mod planned;
mod week;

use chrono::{Datelike, NaiveDate, TimeDelta};
use domain::Day;
use domain::access::Access;
use domain::calendar::{CalendarView, Span};
use domain::units::{Units, pluralize};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use uuid::Uuid;

use crate::AppError;
use crate::json::Json;
use crate::ui::navigation::{Entry, Place};
use crate::ui::pages::{PageView, functions, pages};
use crate::ui::{Icon, PageHeader, await_page, reading, units};
use agenda::Agenda;
use month::{Month, SmallMonth};
use planned::{Cards, Copied, Legend, MoveForm, Moved};

pages! {
    calendar, __preload_calendar {
        "/calendar" => CalendarPage, Access::Athlete,
    }
}

/// Links to the page.
pub(crate) const NAVIGATION: &[Entry] = &[Entry::new(Place::Sidebar, "/calendar", "Calendar", Some(Icon::Calendar))];

functions! {
    GetCalendar => Access::Athlete, r#"{"month": "2026-11", "week": null, "copied": null}"#,
    GetAhead => Access::Athlete, "{}",
}

/// The month of an address (`2026-11`) or of a week, or the one that it is, and what is left of a copy of a week.
#[server(prefix = "/api", endpoint = "calendar/view", input = Json, output = Json)]
pub async fn get_calendar(month: Option<String>, week: Option<Day>, copied: Option<Uuid>) -> Result<CalendarView, AppError> {
    use domain::calendar::{Mark, RaceDay, USUAL_WEEKS};
    use domain::measures::keys;

    use crate::server::{to_app_error, today, user_tx};
    let (platform, viewer, mut tx) = user_tx().await?;
    let today = today(&platform, &viewer);
    let of_week = week.map(|day| Span::of_week(day.date(), viewer.units));
    let asked = month.and_then(|month| Span::parse(&month, viewer.units));
    let span = asked.or(of_week).unwrap_or_else(|| Span::of(today, viewer.units));
    let done = activities::done(&mut tx, span.first, span.last).await.map_err(to_app_error)?;
    let days = activities::day_sums(&mut tx, span.first - TimeDelta::weeks(USUAL_WEEKS), span.last).await.map_err(to_app_error)?;
    let length = u16::try_from((span.last - span.first).num_days() + 1).unwrap_or_default();
    let answered = journal::recent(&mut tx, span.last, length).await.map_err(to_app_error)?;
    let mark = |(day, answers): (NaiveDate, domain::measures::Answers)| Mark {
        day,
        note: answers.get(keys::NOTE).is_some(),
        ill: answers.number(keys::ILLNESS).is_some_and(|ill| ill > 0.0),
    };
    let races = onboarding::goals(&mut tx).await.map_err(to_app_error)?.races;
    let races = races.into_iter().map(RaceDay::from).collect();
    let planned = plan::planned(&mut tx, span.first, span.last, today).await.map_err(to_app_error)?;
    let copied = match copied {
        Some(copy) => Some((copy, plan::copied(&mut tx, copy).await.map_err(to_app_error)?)).filter(|(_, sessions)| *sessions > 0),
        None => None,
    };
    Ok(CalendarView { today, span, done, marks: answered.into_iter().map(mark).collect(), races, days, planned, copied })
}

/// What the plan brings: loads of this week and the next, and the form on the morning of the next race.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Ahead {
    /// The next session that is not done, from today on.
    pub next: Option<domain::plan::Planned>,
    /// The load that is planned for the seven days from tomorrow on, and for the seven after them.
    pub loads: [f64; 2],
    /// The load of the seven days up to today.
    pub last: f64,
    /// The next race within six weeks: its name, its day, and form (training stress balance) on its morning.
    pub race: Option<(String, NaiveDate, f64)>,
}

/// What the plan brings.
#[server(prefix = "/api", endpoint = "calendar/ahead", input = Json, output = Json)]
pub async fn get_ahead() -> Result<Ahead, AppError> {
    use crate::server::{to_app_error, today, user_tx};
    let (platform, viewer, mut tx) = user_tx().await?;
    let today = today(&platform, &viewer);
    let loads = plan::loads(&mut tx, today.succ_opt().unwrap_or(today), today + chrono::Days::new(activities::FORECAST_DAYS), today, None)
        .await
        .map_err(to_app_error)?;
    let sum = |from: i64| loads.iter().filter(|(day, _)| (from..from + 7).contains(&(*day - today).num_days())).map(|(_, load)| load).sum();
    let balance = activities::balance_ahead(&mut tx, today, &loads).await.map_err(to_app_error)?;
    let last = balance.iter().filter(|of| (0..7).contains(&(today - of.day).num_days())).map(|of| of.load).sum();
    let races = onboarding::goals(&mut tx).await.map_err(to_app_error)?.races;
    let coming = races.into_iter().filter(|race| race.day > today).min_by_key(|race| race.day);
    let race = coming.and_then(|race| Some((race.name, race.day, balance.iter().find(|of| of.day == race.day)?.form)));
    let next = plan::next(&mut tx, today).await.map_err(to_app_error)?;
    Ok(Ahead { next, loads: [sum(1), sum(8)], last, race })
}

/// The page.
pub struct CalendarPage;

impl PageView for CalendarPage {
    fn view() -> AnyView {
        let query = use_query_map();
        let asked = Memo::new(move |_| {
            let query = query.read();
            let day = |name: &str| query.get(name).and_then(|day| day.parse::<Day>().ok());
            let copied = query.get("copied").and_then(|id| id.parse().ok());
            Asked { month: query.get("month"), week: day("week"), day: day("day"), copied }
        });
        let calendar = reading(move || asked.get(), |asked| get_calendar(asked.month, asked.week.or(asked.day), asked.copied));
        let ahead = reading(|| (), |()| get_ahead());
        await_page(calendar, move |view| show(view, asked.get_untracked(), ahead)).into_any()
    }
}

/// What the address asks for: a month, a week, or the month of a day, whose week is below it on a phone.
#[derive(Debug, Clone, PartialEq)]
struct Asked {
    month: Option<String>,
    week: Option<Day>,
    day: Option<Day>,
    copied: Option<Uuid>,
}

fn show(view: CalendarView, asked: Asked, ahead: Resource<Result<Ahead, AppError>>) -> impl IntoView {
    let units = units();
    let (span, today) = (view.span, view.today);
    let by_week = asked.week.is_some();
    // The week that was asked for, if it is on the page; otherwise the one that it is, or the first.
    let on_page = |day: NaiveDate| (span.first..=span.last).contains(&day).then(|| units.week_of(day));
    let week = asked.week.or(asked.day).and_then(|day| on_page(day.date())).or_else(|| on_page(today)).unwrap_or(span.first);
    let month_class = if by_week { "by-week" } else { "by-month" };
    view! {
        <Moved view=view.clone() />
        {view.copied.map(|(copy, sessions)| view! { <Copied copy=copy sessions=sessions week=week /> })}
        <Head view=view.clone() week=week by_week=by_week />
        <div class=format!("calendar {month_class}")>
            <Month view=view.clone() />
            <Legend />
            <SmallMonth view=view.clone() week=week />
            <Agenda view=view.clone() week=week />
            <Cards view=view week=week ahead=ahead />
        </div>
        <MoveForm by_week=by_week today=today />
    }
}

/// What the month comes to, and the ways to others.
#[component]
fn Head(view: CalendarView, week: NaiveDate, by_week: bool) -> impl IntoView {
    let units = units();
    let (span, today) = (view.span, view.today);
    let name = if span.month.year() == today.year() { span.month.format("%B") } else { span.month.format("%B %Y") }.to_string();
    let title = span.month.format("Calendar, %B %Y").to_string();
    let race = view.next_race().map(|(race, days)| (race.clone(), days));
    let eyebrow = race.as_ref().map(|(race, _)| format!("{} · {}, {}", span.month.format("%B %Y"), race.name, units.weekday(race.day, today)));
    let sums = view.of_month();
    let words = if sums.runs == 0 && sums.moving_s == 0.0 {
        let begun = span.month <= today;
        view! { {if begun { format!("Nothing in {name} yet.") } else { format!("{name} is still to come.") }} }.into_any()
    } else if sums.runs == 0 {
        view! { {format!("{name}, without a run.")} }.into_any()
    } else {
        view! {
            <mark>{pluralize(sums.runs as usize, "run", "runs")}</mark>
            {format!(" in {name}, {} in all.", whole_distance(units, sums.runs_m))}
        }
        .into_any()
    };
    let countdown = race.filter(|_| (span.first..=span.last).contains(&today)).map(|(race, days)| {
        let until = match days {
            0 => "today".to_owned(),
            1 => "tomorrow".to_owned(),
            days => format!("in {}", pluralize(usize::try_from(days).unwrap_or_default(), "day", "days")),
        };
        view! { <br /> {format!("{} is {until}.", race.name)} }
    });
    let (before, after, now) = steps(span, week, today, by_week, units);
    view! {
        <div class="head">
            <PageHeader title=title eyebrow=eyebrow.unwrap_or_else(|| span.month.format("%B %Y").to_string())>
                {words} {countdown}
            </PageHeader>
            <div class="actions">
                <nav class="steps" aria-label="Time">
                    <a class="btn" href=before aria-label=if by_week { "Week before" } else { "Month before" }>
                        "←"
                    </a>
                    <a class="btn" href=now>
                        "Today"
                    </a>
                    <a class="btn" href=after aria-label=if by_week { "Week after" } else { "Month after" }>
                        "→"
                    </a>
                </nav>
                <nav class="choose hide-s" aria-label="Week or month">
                    <a class="btn" href=format!("/calendar?week={week}") aria-current=by_week.then_some("true")>
                        "Week"
                    </a>
                    <a class="btn" href=format!("/calendar?month={}", span.key()) aria-current=(!by_week).then_some("true")>
                        "Month"
                    </a>
                </nav>
                <a class="btn primary plan-here" href="/plan/new">
                    "Plan a session"
                </a>
            </div>
        </div>
    }
}

/// The addresses before, after and of today.
fn steps(span: Span, week: NaiveDate, today: NaiveDate, by_week: bool, units: Units) -> (String, String, String) {
    if by_week {
        let of = |days: i64| format!("/calendar?week={}", week + TimeDelta::days(days));
        return (of(-7), of(7), format!("/calendar?week={}", units.week_of(today)));
    }
    let [before, after] = span.around(units).map(|span| format!("/calendar?month={}", span.key()));
    (before, after, "/calendar".to_owned())
}

/// `84 km`: a sum needs no metres.
fn whole_distance(units: Units, metres: f64) -> String {
    format!("{}{}{}", units.distance_number(metres, 0), domain::units::NBSP, units.distance_unit())
}
