//! Step one: what for.

use domain::RefusedForm;
use domain::onboarding::{DISTANCES_M, Goals, GoalsView, MOST_RACES, Race, Step, show_distance};
use domain::units::{Units, distance_name};
use leptos::prelude::*;

use super::frame::{FORM, Frame, Refusal, refused};
use super::get_goals;
use crate::ui::pages::PageView;
use crate::ui::{Field, FilledInUnits, Options, await_page, filled_in_units, reading, units, validate};

/// The step.
pub struct GoalsPage;

impl PageView for GoalsPage {
    fn view() -> AnyView {
        let goals = reading(|| (), |()| get_goals());
        let form = refused(Step::Goals);
        await_page(goals, move |view| show(view, form.clone())).into_any()
    }
}

/// A race as its fields have it.
#[derive(Debug, Clone, Default)]
struct Fields {
    id: String,
    name: String,
    day: String,
    distance: String,
    far: String,
}

impl Fields {
    fn of(race: &Race) -> Self {
        let common = DISTANCES_M.iter().find(|metres| (*metres - race.distance_m).abs() < 0.5);
        Self {
            id: race.id.map(|id| id.to_string()).unwrap_or_default(),
            name: race.name.clone(),
            day: race.day.to_string(),
            distance: common.map_or_else(|| "other".to_owned(), ToString::to_string),
            far: if common.is_some() { String::new() } else { show_distance(race.distance_m, units()) },
        }
    }

    fn typed(form: &RefusedForm, at: usize) -> Self {
        let typed = |what: &str| form.typed(&format!("race_{what}.{at}")).unwrap_or_default().to_owned();
        Self { id: typed("id"), name: typed("name"), day: typed("day"), distance: typed("distance"), far: typed("far") }
    }

    /// Nothing is typed. One that is stored is not nothing, even without a word: the form says by its id that it is to go.
    fn is_empty(&self) -> bool {
        [&self.id, &self.name, &self.day, &self.distance, &self.far].iter().all(|text| text.is_empty())
    }
}

fn show(view: GoalsView, form: Option<RefusedForm>) -> impl IntoView {
    let GoalsView { goals, today } = view;
    let races: Vec<Fields> = match &form {
        Some(form) => (0..MOST_RACES).map(|at| Fields::typed(form, at)).filter(|race| !race.is_empty()).collect(),
        None => goals.races.iter().take(MOST_RACES).map(Fields::of).collect(),
    };
    let ticked = |name: &str, stored: bool| form.as_ref().map_or(stored, |form| form.typed(name).is_some());
    let (race, healthier, knowing) =
        (ticked("race", !goals.races.is_empty()), ticked("healthier", goals.healthier), ticked("knowing", goals.knowing));
    let shown = races.len().max(1);
    let (errors, units) = (form.clone(), filled_in_units(form.as_ref()));
    let fields = move |at: usize| {
        let race = races.get(at).cloned().unwrap_or_default();
        view! { <RaceFields at=at race=race form=errors.clone() units=units /> }
    };
    let first = (0..shown).map(&fields).collect_view();
    let more = (shown < MOST_RACES).then(|| {
        view! {
            <details class="more-races">
                <summary>"Another race"</summary>
                {fields(shown)}
            </details>
        }
    });
    view! {
        <Frame step=Step::Goals question="What brings you here?" sub="Pick any. You can change your mind; runners do.">
            <form id=FORM method="post" action="/welcome/goals" data-draft="goals" data-validated="" on:submit:capture=validate(move |typed| Goals::parse(|name| typed.get(name), today))>
                <FilledInUnits units=units />
                <Refusal form=form shown=&["race_"] />
                <div class="goals">
                    <Goal name="race" on=race title="A race" words="Home counts the days." />
                    <div class="races">{first} {more}</div>
                    <Goal name="healthier" on=healthier title="Run healthier" words="Fewer bad weeks, more good ones." />
                    <Goal name="knowing" on=knowing title="Know what works for me" words="Sleep, food, stress, load: tested on your own runs." />
                </div>
            </form>
        </Frame>
    }
}

/// A goal to tick.
#[component]
fn Goal(name: &'static str, on: bool, title: &'static str, words: &'static str) -> impl IntoView {
    let id = format!("{name}-words");
    view! {
        <label class="goal">
            <input r#type="checkbox" name=name value="on" checked=on aria-describedby=id.clone() />
            <b>{title}</b>
            <small id=id>{words}</small>
        </label>
    }
}

/// The fields of a race.
#[component]
fn RaceFields(at: usize, race: Fields, form: Option<RefusedForm>, units: Units) -> impl IntoView {
    let name = |what: &str| format!("race_{what}.{at}");
    let error = |what: &str| form.as_ref().and_then(|form| form.error(&name(what)));
    let (select, distance) = (name("distance"), race.distance.clone());
    let select_id = format!("field-{select}");
    let wrong = error("distance");
    let (wrong_id, invalid) = (format!("{select}-error"), wrong.is_some().then_some("true"));
    let described = wrong.is_some().then(|| wrong_id.clone());
    let planned = race.distance.parse::<f64>().ok().filter(|_| !race.id.is_empty());
    let options = DISTANCES_M.map(|metres| (metres.to_string(), distance_name(metres)));
    let options =
        [(String::new(), "choose".to_owned())].into_iter().chain(options).chain([("other".to_owned(), "another".to_owned())]).collect::<Vec<_>>();
    view! {
        <fieldset class="race">
            <legend class="visually-hidden">{format!("Race {}", at + 1)}</legend>
            {(!race.id.is_empty()).then(|| view! { <input r#type="hidden" name=name("id") value=race.id.clone() /> })}
            <div class="whole">
                <Field name=name("name") label="Which one" value=race.name.clone() error=error("name") />
            </div>
            <Field name=name("day") label="When" kind="date" value=race.day.clone() error=error("day") />
            <div class="field">
                <label for=select_id.clone()>"How far"</label>
                <select id=select_id name=select aria-invalid=invalid aria-describedby=described>
                    <Options options=options chosen=distance />
                </select>
                {wrong.map(|sentence| view! { <span class="field-error" id=wrong_id role="alert">{sentence}</span> })}
            </div>
            <div class="whole other">
                <Field name=name("far") label=format!("Distance, {}", units.distance_unit()) keyboard="decimal" value=race.far.clone() error=error("far") />
            </div>
            {planned.map(|metres| view! { <a class="whole small" href=format!("/performance/race?on={metres}")>"Splits for this race"</a> })}
        </fieldset>
    }
}
