//! Step four: a little about the engine.

use chrono::NaiveDate;
use domain::RefusedForm;
use domain::measures::{Answer, keys};
use domain::onboarding::{Body, BodyView, Step};
use domain::units::Units;
use leptos::prelude::*;

use super::frame::{FORM, Frame, Refusal, refused};
use super::get_body;
use crate::ui::pages::PageView;
use crate::ui::{Field, FilledInUnits, await_page, filled_in_units, reading, validate};

/// The step.
pub struct BodyPage;

impl PageView for BodyPage {
    fn view() -> AnyView {
        let body = reading(|| (), |()| get_body());
        let form = refused(Step::Body);
        await_page(body, move |view| show(view, form.clone())).into_any()
    }
}

fn show(view: BodyView, form: Option<RefusedForm>) -> impl IntoView {
    let BodyView { body, height, weight, today } = view;
    let (typed, units) = (form.clone(), filled_in_units(form.as_ref()));
    let value = |name: &str, stored: Option<String>| {
        typed.as_ref().map_or_else(|| stored.unwrap_or_default(), |form| form.typed(name).unwrap_or_default().to_owned())
    };
    let error = |name: &str| form.as_ref().and_then(|form| form.error(name));
    let number = |key: &'static str, of_today: Option<f64>, last: Option<(NaiveDate, f64)>| {
        let (label, shown, hint) = words(key, (of_today, last), today, units);
        view! { <Field name=key label=label keyboard="decimal" value=value(key, shown) error=error(key) hint=hint /> }
    };
    let sex = value("sex", body.sex.clone());
    let born = value("birth_year", body.birth_year.map(|year| year.to_string()));
    let (wrong_year, refusal) = (error("birth_year"), form.clone());
    let (height, weight) = (number(keys::HEIGHT_CM, body.height_cm, height), number(keys::WEIGHT_KG, body.weight_kg, weight));
    let sexes = [("female", "female"), ("male", "male"), ("", "leave it out")].map(|(key, word)| {
        let checked = sex == key;
        view! {
            <label class="choice">
                <input r#type="radio" name="sex" value=key checked=checked />
                <span>{word}</span>
            </label>
        }
    });
    view! {
        <Frame step=Step::Body question="A little about the engine." sub="Sex and year of birth set the load. Height and weight are days of your journal. Leave out what you like.">
            <form id=FORM method="post" action="/welcome/body" data-draft="body" data-validated="" on:submit:capture=validate(move |typed| Body::parse(|name| typed.get(name), today))>
                <FilledInUnits units=units />
                <Refusal form=refusal shown=&["height_cm", "weight_kg", "birth_year"] />
                <div class="pair">
                    {height} {weight}
                    <Field name="birth_year" label="Born in" keyboard="numeric" value=born error=wrong_year hint="Where no highest heart rate is known, it follows from the age." />
                </div>
                <fieldset class="field sex">
                    <legend>"Sex, for the load formula"</legend>
                    <div class="scale">{sexes.into_iter().collect_view()}</div>
                    <span class="hint">"Without it we use the middle of both formulas. It shifts load by about 6\u{a0}%."</span>
                </fieldset>
            </form>
            <p class="card who small">
                <b>"Who sees this?"</b>
                <span class="muted">" You. It is in your export and gone with your account."</span>
            </p>
        </Frame>
    }
}

/// A number of today, and the last one with its day.
type Said = (Option<f64>, Option<(NaiveDate, f64)>);

/// The label of a measure with its unit, what was typed today, and what was said before.
fn words(key: &str, (of_today, last): Said, today: NaiveDate, units: Units) -> (String, Option<String>, String) {
    let Some(measure) = Body::measure(key, units) else { return (key.to_owned(), None, String::new()) };
    let before = last.filter(|(day, _)| *day != today);
    let hint = before.map(|(day, number)| format!("{} on {}.", measure.show_number(number), units.weekday(day, today))).unwrap_or_default();
    (format!("{}, {}", measure.label, measure.unit()), of_today.map(|number| measure.write(&Answer::Number(number))), hint)
}
