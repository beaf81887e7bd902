//! Step six: what to ask each day.

use domain::RefusedForm;
use domain::measures::{Kind, Measure, count_questions, keys, questions_and_seconds};
use domain::onboarding::{Food, QuestionsView, Step};
use domain::units::spell_number;
use leptos::prelude::*;

use super::frame::{FORM, Frame, Refusal, refused};
use super::get_questions;
use crate::journal::answered_how;
use crate::ui::pages::PageView;
use crate::ui::{await_page, reading, units};

/// Offered at once to whoever is not asked for them; the others fold.
const SUGGESTED: [&str; 12] = [
    keys::SLEEP_HOURS,
    keys::SLEEP_QUALITY,
    keys::SORENESS,
    keys::STRESS,
    keys::MOOD,
    keys::ALCOHOL,
    keys::CAFFEINE,
    keys::RESTING_HR,
    keys::WEIGHT_KG,
    keys::ILLNESS,
    keys::INJURY,
    keys::NOTE,
];

/// The step.
pub struct QuestionsPage;

impl PageView for QuestionsPage {
    fn view() -> AnyView {
        let questions = reading(|| (), |()| get_questions());
        let form = refused(Step::Questions);
        await_page(questions, move |view| show(view, form.clone())).into_any()
    }
}

fn show(view: QuestionsView, form: Option<RefusedForm>) -> impl IntoView {
    let QuestionsView { asked, others, food } = view;
    // What was refused has none on.
    let none = form.is_some();
    let on = RwSignal::new(if none { Vec::new() } else { asked.iter().map(|measure| measure.key.clone()).collect::<Vec<_>>() });
    let (suggested, rest): (Vec<Measure>, Vec<Measure>) = others.into_iter().partition(|measure| SUGGESTED.contains(&measure.key.as_str()));
    let shown: Vec<(Measure, bool)> =
        asked.into_iter().map(|measure| (measure, !none)).chain(suggested.into_iter().map(|measure| (measure, false))).collect();
    let rest = (!rest.is_empty()).then(|| {
        view! {
            <details class="more-questions">
                <summary class="small">"More that can be asked"</summary>
                <ul class="switches">{rest.into_iter().map(|measure| view! { <Switch measure=measure on=false all=on /> }).collect_view()}</ul>
            </details>
        }
    });
    let wrong = form.as_ref().and_then(|form| form.error("asked"));
    let food = form.as_ref().map_or(food, |form| form.typed("food").and_then(Food::parse));
    let foods = Food::ALL.map(|choice| {
        view! {
            <label class="choice">
                <input r#type="radio" name="food" value=choice.key() checked=food == Some(choice) />
                <span>{choice.word()}</span>
            </label>
        }
    });
    view! {
        <Frame step=Step::Questions question="What may we ask?" sub="Blank is always fine. The order, and questions of your own, any time in the journal.">
            <form id=FORM method="post" action="/welcome/questions" data-draft="questions">
                <Refusal form=form shown=&["asked"] />
                <section class="card" aria-label="Daily questions">
                    <ul class="switches">{shown.into_iter().map(|(measure, is_on)| view! { <Switch measure=measure on=is_on all=on /> }).collect_view()}</ul>
                    {rest}
                    {wrong.map(|sentence| view! { <p class="field-error" role="alert">{sentence}</p> })}
                </section>
                <p class="small count" role="status">
                    {move || sentence(on.with(|on| count_questions(on.iter().map(String::as_str))))}
                </p>
                <fieldset class="field food">
                    <legend>"And food?"</legend>
                    <div class="scale">{foods.into_iter().collect_view()}</div>
                    <span class="hint">"One line on days with a run, never a total to reach. “No, thanks” switches it off."</span>
                </fieldset>
            </form>
        </Frame>
    }
}

fn sentence(count: usize) -> String {
    match count {
        0 => "None on. Leave at least one.".to_owned(),
        n => format!("{}.", questions_and_seconds(n)),
    }
}

/// Whether a measure is asked.
#[component]
fn Switch(measure: Measure, on: bool, all: RwSignal<Vec<String>>) -> impl IntoView {
    let kind = kind(&measure.clone().in_units(units()));
    let key = measure.key.clone();
    let change = move |on: bool| {
        all.update(|all| {
            all.retain(|other| *other != key);
            all.extend(on.then(|| key.clone()));
        });
    };
    view! {
        <li>
            <label>
                <span>{measure.label.clone()}</span>
                <span class="tiny">{kind}</span>
                <input class="toggle" r#type="checkbox" role="switch" name="asked" value=measure.key checked=on on:change:target=move |event| change(event.target().checked()) />
            </label>
        </li>
    }
}

/// How a measure is answered.
fn kind(measure: &Measure) -> String {
    if [keys::ILLNESS, keys::INJURY].contains(&measure.key.as_str()) {
        return "only when there is one".to_owned();
    }
    match &measure.kind {
        Kind::Scale { words } => format!("{} steps", spell_number(words.len()).to_lowercase()),
        Kind::Duration { .. } => "hours".to_owned(),
        _ => answered_how(measure),
    }
}
