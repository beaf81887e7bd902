//! What the calendar says of the plan around its days: the next session, what it brings, how to take it along, and that a session was moved.

use chrono::NaiveDate;
use domain::calendar::CalendarView;
use domain::plan::Planned;
use domain::units::{decimal, pluralize, signed};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use uuid::Uuid;

use super::Ahead;
use crate::AppError;
use crate::plan::{Drawing, in_short};
use crate::ui::{await_section, units};

/// What the signs of the month mean, and the keys that move a session where a script runs.
#[component]
pub(super) fn Legend() -> impl IntoView {
    view! {
        <div class="cal-legend tiny">
            <span class="ses" aria-hidden="true">
                "done"
            </span>
            <span class="ses plan" aria-hidden="true">
                "planned"
            </span>
            <span>"Edge: thin easy, wider steady, thick hard"</span>
            <span>"Line below: share of the plan that was done"</span>
            <span class="keys" hidden data-plan-hint="keys">
                <kbd>"Space"</kbd>
                " lifts, "
                <kbd>"← ↑ ↓ →"</kbd>
                " move, "
                <kbd>"Enter"</kbd>
                " drops, "
                <kbd>"Esc"</kbd>
                " puts back"
            </span>
        </div>
    }
}

/// The form that the script posts when a session is dropped, and what it says aloud. Without a script, a session has a day in its own form.
#[component]
pub(super) fn MoveForm(
    /// Whether a drop shows the week again.
    by_week: bool,
    /// From today on, a session counts in its week.
    today: NaiveDate,
) -> impl IntoView {
    let units = units();
    view! {
        <form
            method="post"
            action="/calendar"
            hidden
            data-plan-move=""
            data-today=today.to_string()
            data-unit=units.distance_unit()
            data-unit-m=units.metres(1.0).to_string()
        >
            <input r#type="hidden" name="day" value="" />
            {by_week.then(|| view! { <input r#type="hidden" name="by" value="week" /> })}
        </form>
        <p class="visually-hidden" aria-live="assertive" data-plan-says=""></p>
    }
}

/// That a session was moved, and a button that puts it back.
#[component]
pub(super) fn Moved(view: CalendarView) -> impl IntoView {
    let query = use_query_map();
    let (moved, from) = {
        let query = query.read_untracked();
        let id = query.get("moved").and_then(|id| id.parse::<Uuid>().ok());
        (id, query.get("from").and_then(|day| day.parse::<domain::Day>().ok()))
    };
    let by_week = query.read_untracked().get("week").is_some();
    let (Some(id), Some(from)) = (moved, from) else { return ().into_any() };
    let Some(planned) = view.planned.iter().find(|one| one.session.id == id) else { return ().into_any() };
    let units = units();
    let words = format!("{} is on {} now.", planned.name(units), units.weekday(planned.session.day, view.today));
    view! {
        <form class="notice good moved" method="post" action=format!("/plan/{id}/move")>
            <span role="status">{words}</span>
            <input r#type="hidden" name="day" value=from.to_string() />
            {by_week.then(|| view! { <input r#type="hidden" name="by" value="week" /> })}
            <button class="btn small" r#type="submit">
                {format!("Back to {}", units.weekday(from.date(), view.today))}
            </button>
        </form>
    }
    .into_any()
}

/// That a week was copied, and a button that takes it back.
#[component]
pub(super) fn Copied(
    /// The copy.
    copy: Uuid,
    /// Sessions that it made and nobody changed since.
    sessions: u32,
    /// The week that is shown.
    week: NaiveDate,
) -> impl IntoView {
    view! {
        <form class="notice good moved copied" method="post" action="/plan/copy/undo">
            <span role="status">{format!("Copied: {}.", pluralize(sessions as usize, "session", "sessions"))}</span>
            <input r#type="hidden" name="copy" value=copy.to_string() />
            <input r#type="hidden" name="day" value=week.to_string() />
            <button class="btn small" r#type="submit">
                "Undo"
            </button>
        </form>
    }
}

/// The three cards below.
#[component]
pub(super) fn Cards(view: CalendarView, week: NaiveDate, ahead: Resource<Result<Ahead, AppError>>) -> impl IntoView {
    let today = view.today;
    view! {
        <div class="grid cols-3 plan-cards">
            {await_section(ahead, move |ahead| view! { <Next planned=ahead.next today=today /> })}
            <article class="card finding">
                <h2 class="h3">"The next two weeks"</h2>
                {await_section(ahead, move |ahead| view! { <Brings ahead=ahead today=today /> })}
                <footer>
                    <span class="tiny">"Assumes the plan as it stands"</span>
                    <a class="btn quiet end" href="/performance">
                        "See it in Fitness"
                    </a>
                </footer>
            </article>
            <article class="card finding">
                <h2 class="h3">"Take it with you"</h2>
                <p class="muted small">
                    "Copy a week to another one, or read the plan in your phone’s calendar. The address is secret; you can change it any time."
                </p>
                <footer>
                    <a class="btn quiet" href=format!("/plan/copy?from={week}")>
                        "Copy a week"
                    </a>
                    <a class="btn quiet end" href="/plan/feed">
                        "Calendar address"
                    </a>
                </footer>
            </article>
        </div>
    }
}

/// The next session, with its steps.
#[component]
fn Next(planned: Option<Planned>, today: NaiveDate) -> impl IntoView {
    let units = units();
    let Some(planned) = planned else {
        return view! {
            <article class="card finding">
                <h2 class="h3">"Next"</h2>
                <p class="muted small">"Nothing is planned from here on. A line is enough: “2km easy; 4 x (1km 4:35/km, 90s jog)”."</p>
                <footer>
                    <a class="btn quiet end" href="/plan/new">
                        "Plan a session"
                    </a>
                </footer>
            </article>
        }
        .into_any();
    };
    let session = &planned.session;
    let line = in_short(&planned, units);
    view! {
        <article class="card finding">
            <div class="between">
                <h2 class="h3">{planned.name(units)}</h2>
                <span class="tiny">{units.weekday(session.day, today)}</span>
            </div>
            <Drawing steps=session.steps.clone() />
            <p class="muted small">{line}</p>
            <footer>
                <a class="btn quiet" href=format!("/plan/{}", session.id)>
                    "Open"
                </a>
                <a class="btn quiet end" href=format!("/plan/{}/workout.fit", session.id) rel="external" download="">
                    "FIT for the watch"
                </a>
            </footer>
        </article>
    }
    .into_any()
}

/// Loads of the next two weeks, and form on the morning of a race.
#[component]
fn Brings(ahead: Ahead, today: NaiveDate) -> impl IntoView {
    let Ahead { loads: [next, after], last, race, .. } = ahead;
    let load = if next + after <= 0.0 {
        "No load is planned, or none is known: three activities with a heart rate make one usual.".to_owned()
    } else {
        format!(
            "The last seven days had a load of {}. Planned from tomorrow on are about {} for seven days, and {} for those after.",
            decimal(last, 0),
            decimal(next, 0),
            decimal(after, 0)
        )
    };
    let form = race.map(|(name, day, form)| {
        view! {
            {format!(" Form on the morning of {name}, {}: about ", units().weekday(day, today))}
            <b>{signed(form, 0)}</b>
            "."
        }
    });
    view! { <p class="muted small">{load} {form}</p> }
}
