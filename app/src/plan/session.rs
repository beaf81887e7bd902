//! A session: its form, what it became, and its file for a watch.

use chrono::NaiveDate;
use domain::activities::Kind;
use domain::plan::{Choice as Matched, MAX_LINE, PlanFields, Planned, SessionView, about_time, read};
use domain::{Day, RefusedForm};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use uuid::Uuid;

use super::get_planned_session;
use super::steps::Drawing;
use crate::ui::pages::PageView;
use crate::ui::{Choice, Field, FilledInUnits, Options, PageHeader, Refused, await_page, filled_in_units, reading, refused_form, units, validate};

/// What a session can be measured by.
const TARGETS: [(&str, &str); 4] = [("none", "its steps, or nothing"), ("distance", "a distance"), ("duration", "a time"), ("load", "a load")];

/// A new session.
pub struct PlanNewPage;

impl PageView for PlanNewPage {
    fn view() -> AnyView {
        let asked = use_query_map().read_untracked().get("day").and_then(|day| day.parse::<Day>().ok());
        let form = refused_form();
        // Here and not in the form: what a page reads is made before it waits for any of it.
        let typed = RwSignal::new(form.as_ref().and_then(|form| form.typed("steps")).unwrap_or_default().to_owned());
        let view = reading(|| (), |()| get_planned_session(None));
        await_page(view, move |SessionView { today, .. }| {
            let day = asked.map_or(today, Day::date);
            view! {
                <div class="head">
                    <PageHeader title="Plan a session" eyebrow="A day without it is just a day.">
                        "What would you like to do?"
                    </PageHeader>
                </div>
                <SessionForm planned=None day=day form=form.clone() typed=typed />
            }
        })
        .into_any()
    }
}

/// The session of the address.
pub struct PlanSessionPage;

impl PageView for PlanSessionPage {
    fn view() -> AnyView {
        let params = use_params_map();
        let id = Memo::new(move |_| params.read().get("planned_session").and_then(|id| id.parse::<Uuid>().ok()));
        let form = refused_form();
        let typed = RwSignal::new(String::new());
        // What is no id is the id of nothing.
        let view = reading(move || id.get(), |id| get_planned_session(Some(id.unwrap_or_default())));
        await_page(view, move |view| {
            let Some(planned) = view.planned.clone() else { return ().into_any() };
            let units = units();
            let (session, today) = (planned.session.clone(), view.today);
            let steps = form.as_ref().and_then(|form| form.typed("steps")).map_or_else(|| domain::plan::write(&session.steps, units), str::to_owned);
            typed.set(steps);
            let about = [
                planned.expected.seconds.map(|seconds| format!("About {}", about_time(seconds))),
                planned.expected.load.map(|load| format!("load {load:.0}")),
            ];
            let about = about.into_iter().flatten().collect::<Vec<_>>().join(", ");
            let (name, of_form) = (planned.name(units), planned.clone());
            view! {
                <div class="head">
                    <PageHeader title="Planned session" eyebrow=units.weekday(session.day, today)>
                        {name}
                    </PageHeader>
                    <a class="btn" href=format!("/calendar?day={}", session.day)>
                        "Calendar"
                    </a>
                </div>
                <div class="grid side">
                    <SessionForm planned=Some(of_form) day=session.day form=form.clone() typed=typed />
                    <div class="grid top">
                        <section class="card stack">
                            <h2 class="h3">"For the watch"</h2>
                            <p class="muted small">{if about.is_empty() { "Its steps, with their targets.".to_owned() } else { format!("{about}.") }}</p>
                            <a class="btn" href=format!("/plan/{}/workout.fit", session.id) rel="external" download="">
                                "FIT for the watch"
                            </a>
                        </section>
                        <Became view=view planned=planned form=form.clone() />
                        <form class="card stack" method="post" action=format!("/plan/{}/delete", session.id)>
                            <p class="muted small">"Deleted from the plan alone: what was done stays."</p>
                            <button class="btn" r#type="submit">
                                "Delete from the plan"
                            </button>
                        </form>
                    </div>
                </div>
            }
            .into_any()
        })
        .into_any()
    }
}

/// What the form shows: as it was typed if it was refused, otherwise as the session is.
fn values(planned: Option<&Planned>, day: NaiveDate, form: &RefusedForm, units: domain::units::Units) -> impl Fn(&str) -> String {
    let mut values =
        planned.map_or_else(|| vec![("day", day.to_string()), ("kind", "run".to_owned())], |planned| PlanFields::typed(&planned.session, units));
    for (name, value) in &mut values {
        if let Some(typed) = form.typed(name) {
            typed.clone_into(value);
        }
    }
    let form = form.clone();
    move |name: &str| {
        let stored = values.iter().find(|(field, _)| *field == name).map(|(_, value)| value.clone());
        stored.or_else(|| form.typed(name).map(str::to_owned)).unwrap_or_default()
    }
}

/// The form: a day, a sport, and a line.
#[component]
fn SessionForm(
    /// The session that it changes.
    planned: Option<Planned>,
    /// The day of a new one.
    day: NaiveDate,
    /// As it was refused.
    form: Option<RefusedForm>,
    /// The steps as they are typed.
    typed: RwSignal<String>,
) -> impl IntoView {
    // The form that says what a session became is another one.
    let form = form.filter(|form| form.typed("activity").is_none());
    let refused = form.is_some();
    let form = form.unwrap_or_default();
    let units = filled_in_units(Some(&form));
    let value = values(planned.as_ref(), day, &form, units);
    let error = |name: &str| form.error(name);
    let action = planned.as_ref().map_or_else(|| "/plan".to_owned(), |planned| format!("/plan/{}", planned.session.id));
    let kinds = Kind::ALL.into_iter().filter(|kind| *kind != Kind::Transition).map(|kind| (kind.code(), kind.name())).collect::<Vec<_>>();
    let wrong = error("steps");
    let described = if wrong.is_some() { "steps-error steps-hint" } else { "steps-hint" };
    let (invalid, line) = (wrong.is_some().then_some("true"), typed.get_untracked());
    let wrong = wrong.map(|sentence| view! { <span class="field-error" id="steps-error" role="alert">{sentence}</span> });
    let hint = format!("Distance in {}, time as 45 or 1h30min, load as a number.", units.distance_unit());
    view! {
        <form class="card form" method="post" action=action data-validated="" on:submit:capture=validate(|typed| PlanFields::parse(|name| typed.get(name)))>
            <Refused when=refused />
            <FilledInUnits units=units />
            <div class="fields">
                <Field name="day" label="Day" kind="date" value=value("day") error=error("day") />
                <Choice name="kind" label="Sport" value=value("kind") options=kinds />
                <Field name="words" label="What" value=value("words") error=error("words") hint="In your words, such as “tempo”. Optional." />
                <Choice name="target" label="Measured by" value=value("target") options=TARGETS.to_vec() />
                <Field name="amount" label="How much" value=value("amount") error=error("amount") hint=hint />
            </div>
            <div class="field">
                <label for="field-steps">"Steps"</label>
                <input
                    id="field-steps"
                    name="steps"
                    value=line
                    maxlength=MAX_LINE.to_string()
                    autocomplete="off"
                    spellcheck="false"
                    autofocus=invalid.is_some()
                    aria-invalid=invalid
                    aria-describedby=described
                    on:input:target=move |event| typed.set(event.target().value())
                />
                <span class="hint" id="steps-hint">
                    "A line, such as “2km easy; 4 x (1km 4:35-4:42/km, 90s jog); 1km easy”. Also 800m, 5min, 140-150bpm, effort 6-7, warm-up, rest, cool-down, open."
                </span>
                {wrong}
            </div>
            {move || view! { <Drawing steps=read(&typed.get()).unwrap_or_default() /> }}
            <div class="actions">
                <button class="btn primary" r#type="submit">
                    "Save"
                </button>
                <a class="btn quiet" href=format!("/calendar?day={day}")>
                    "Cancel"
                </a>
            </div>
        </form>
    }
}

/// What the session became: found by day, sport and shape, or as the athlete says.
#[component]
fn Became(view: SessionView, planned: Planned, form: Option<RefusedForm>) -> impl IntoView {
    let units = units();
    let (session, today) = (planned.session, view.today);
    let error = form.as_ref().and_then(|form| form.error("activity"));
    if session.day > today || (view.candidates.is_empty() && planned.activity.is_none() && session.choice == Matched::ByShape) {
        return ().into_any();
    }
    let found = planned.activity.map(|id| {
        let title = view.candidates.iter().find(|one| one.id == id).map_or_else(|| "an activity".to_owned(), |one| one.title.clone());
        view! {
            <p class="small">
                <a href=format!("/activities/{id}")>{title}</a>
            </p>
        }
    });
    let mut options =
        vec![(Matched::ByShape.write(), "found by day, sport and length".to_owned()), (Matched::Off.write(), "none of them".to_owned())];
    options.extend(view.candidates.iter().map(|one| (one.id.to_string(), format!("{}, {}", one.title, units.short_weekday(one.day, today)))));
    let chosen = session.choice.write();
    if !options.iter().any(|(value, _)| *value == chosen) {
        options.push((chosen.clone(), "the activity that you chose".to_owned()));
    }
    let error = error.map(|sentence| view! { <span class="field-error" role="alert">{sentence}</span> });
    view! {
        <section class="card stack">
            <h2 class="h3">"What it became"</h2>
            {found}
            <form class="form" method="post" action=format!("/plan/{}/match", session.id)>
                <div class="field">
                    <label for="field-activity">"Activity"</label>
                    <select id="field-activity" name="activity">
                        <Options options=options chosen=chosen />
                    </select>
                    {error}
                </div>
                <button class="btn" r#type="submit">
                    "Say so"
                </button>
            </form>
        </section>
    }
    .into_any()
}
