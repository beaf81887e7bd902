//! Which measures the journal asks and in which order, and measures of one's own.

use domain::RefusedForm;
use domain::measures::{Kind, Known, Measure, NewMeasure, count_questions, keys, questions_and_seconds};
use leptos::prelude::*;

use super::sources::Order;
use super::{MeasuresView, get_measures};
use crate::ui::field::Choice;
use crate::ui::pages::PageView;
use crate::ui::{Field, PageHeader, SettingsLayout, await_section, reading, refused_form, units, validate};

/// The page.
pub struct MeasuresPage;

impl PageView for MeasuresPage {
    fn view() -> AnyView {
        let measures = reading(|| (), |()| get_measures());
        let form = refused_form();
        view! {
            <SettingsLayout>
                <div class="head">
                    <PageHeader title="What the journal asks">"What do you want to be asked?"</PageHeader>
                    <a class="btn" href="/journal">
                        "Back to the journal"
                    </a>
                </div>
                {await_section(measures, move |view| view! { <Measures view=view form=form.clone() /> })}
            </SettingsLayout>
        }
        .into_any()
    }
}

#[component]
fn Measures(view: MeasuresView, form: Option<RefusedForm>) -> impl IntoView {
    let MeasuresView { measures, asked, retired, sources } = view;
    let measures: Vec<Measure> = measures.into_iter().map(|measure| measure.in_units(units())).collect();
    let of = |key: &String| measures.iter().find(|measure| measure.key == *key && !retired.contains(key)).cloned();
    let chosen: Vec<Measure> = asked.iter().filter_map(of).collect();
    // The side is asked with the injury.
    let offered = |m: &&Measure| !asked.contains(&m.key) && !retired.contains(&m.key) && m.key != keys::INJURY_SIDE;
    let others: Vec<Measure> = measures.iter().filter(offered).cloned().collect();
    let old: Vec<Measure> = measures.iter().filter(|m| retired.contains(&m.key)).cloned().collect();
    let questions = count_questions(chosen.iter().map(|measure| measure.key.as_str()));
    let (count, has_old) = (chosen.len(), !old.is_empty());
    view! {
        <div class="grid cols-2 top">
            <div class="grid top">
            <section class="card">
                <h2 class="h3">"Asked, in this order"</h2>
                <p class="muted small">{format!("{}. All of them are optional, every day.", questions_and_seconds(questions))}</p>
                <form method="post" action="/journal/measures">
                    <ol class="measures">
                        {chosen
                            .into_iter()
                            .enumerate()
                            .map(|(at, measure)| {
                                let row = format!("row-{}", measure.key);
                                view! {
                                    <li id=row tabindex="-1">
                                        <Name measure=measure.clone() />
                                        <Act act="up" word="↑" measure=measure.clone() label="Move up" disabled=at == 0 />
                                        <Act act="down" word="↓" measure=measure.clone() label="Move down" disabled=at + 1 == count />
                                        <Act act="remove" word="Do not ask" measure=measure label="Do not ask" disabled=count == 1 />
                                    </li>
                                }
                            })
                            .collect_view()}
                    </ol>
                </form>
            </section>
            <Order sources=sources />
            </div>
            <div class="grid top">
                <NewMeasureCard form=form />
                <section class="card">
                    <h2 class="h3">"Not asked"</h2>
                    <p class="muted small">"Files and devices may still bring them, and discovery reads them."</p>
                    <form method="post" action="/journal/measures">
                        <ul class="measures">
                            {others
                                .into_iter()
                                .map(|measure| {
                                    let row = format!("row-{}", measure.key);
                                    view! {
                                        <li id=row tabindex="-1">
                                            <Name measure=measure.clone() />
                                            <Act act="add" word="Ask" measure=measure.clone() label="Ask" disabled=false />
                                            {measure.is_own().then(|| view! { <Act act="retire" word="Retire" measure=measure label="Retire" disabled=false /> })}
                                        </li>
                                    }
                                })
                                .collect_view()}
                        </ul>
                    </form>
                </section>
                {has_old
                    .then(|| {
                        view! {
                            <section class="card">
                                <h2 class="h3">"Retired"</h2>
                                <p class="muted small">"Their answers stay, in charts, exports and discovery."</p>
                                <form method="post" action="/journal/measures">
                                    <ul class="measures">
                                        {old
                                            .into_iter()
                                            .map(|measure| {
                                                let row = format!("row-{}", measure.key);
                                                view! {
                                                    <li id=row tabindex="-1">
                                                        <Name measure=measure.clone() />
                                                        <Act act="restore" word="Take up again" measure=measure label="Take up again" disabled=false />
                                                    </li>
                                                }
                                            })
                                            .collect_view()}
                                    </ul>
                                </form>
                            </section>
                        }
                    })}
            </div>
        </div>
    }
}

/// A button of the form around it: what to do with which measure.
#[component]
fn Act(act: &'static str, word: &'static str, measure: Measure, label: &'static str, disabled: bool) -> impl IntoView {
    view! {
        <button class="btn small" r#type="submit" name=act value=measure.key disabled=disabled aria-label=format!("{label}: {}", measure.label)>
            {word}
        </button>
    }
}

/// How a measure is answered, in a word or two.
pub(crate) fn answered_how(measure: &Measure) -> String {
    match &measure.kind {
        Kind::Number { .. } | Kind::Count { .. } if !measure.unit().is_empty() => measure.unit().to_owned(),
        Kind::Number { .. } => "a number".to_owned(),
        Kind::Count { .. } => "a count".to_owned(),
        Kind::Scale { words } => format!("{} to {}", words.first().cloned().unwrap_or_default(), words.last().cloned().unwrap_or_default()),
        Kind::YesNo => "yes or no".to_owned(),
        Kind::Clock { .. } => "a time of day".to_owned(),
        Kind::Duration { .. } => "hours and minutes".to_owned(),
        Kind::Text { .. } => "text".to_owned(),
        Kind::Choice { .. } => "a choice".to_owned(),
    }
}

/// The name of a measure, and how it is answered.
#[component]
fn Name(measure: Measure) -> impl IntoView {
    let kind = answered_how(&measure);
    let known = if measure.known == Known::AfterRun { ", known after the run" } else { "" };
    let own = if measure.is_own() { "yours, " } else { "" };
    view! {
        <span class="name">
            <b>{measure.label.clone()}</b>
            <span class="tiny">{format!("{own}{kind}{known}")}</span>
        </span>
    }
}

/// How a measure can be answered: the form's value, and its words.
const KINDS: [(&str, &str); 7] = [
    ("yes_no", "yes or no"),
    ("scale", "a scale of words"),
    ("number", "a number"),
    ("count", "a count"),
    ("duration", "hours and minutes"),
    ("clock", "a time of day"),
    ("text", "text"),
];

/// Makes a measure.
#[component]
fn NewMeasureCard(form: Option<RefusedForm>) -> impl IntoView {
    let form = form.filter(|form| form.is_on("/journal/measures"));
    let typed = |name: &str| form.as_ref().and_then(|form| form.typed(name)).unwrap_or_default().to_owned();
    let error = |name: &str| form.as_ref().and_then(|form| form.fields.get(name)).map(ToOwned::to_owned);
    let refused = form.as_ref().filter(|form| form.fields.is_empty()).map(|form| form.message.clone());
    let field = |name: &'static str, label: &'static str, hint: &'static str| view! { <Field name=name label=label value=typed(name) hint=hint error=error(name) /> };
    view! {
        <section class="card">
            <h2 class="h3">"One of your own"</h2>
            <p class="muted small">"It is asked, charted, exported and tested like every other."</p>
            <form class="form new-measure" method="post" action="/journal/measures/new" data-validated="" on:submit:capture=validate(|typed| NewMeasure::parse(|name| typed.get(name)))>
                {refused.map(|why| view! { <p class="form-error" role="alert" data-refusal="">{why}</p> })}
                {field("label", "Name", "Such as “Cold shower”.")}
                <Choice name="measure_kind" label="How it is answered" value=typed("measure_kind") options=KINDS.to_vec() />
                <Choice
                    name="known"
                    label="When you know it"
                    value=typed("known")
                    options=vec![
                        ("", "choose"),
                        ("before_run", "before a run of that day"),
                        ("after_run", "perhaps only after it"),
                    ]
                />
                {error("known").map(|sentence| view! { <span class="field-error" role="alert">{sentence}</span> })}
                <Choice
                    name="better"
                    label="Which way is better"
                    value=typed("better")
                    options=vec![("", "neither, or I wonder"), ("more", "more"), ("less", "less")]
                />
                <div class="for-scale">{field("words", "Words, lowest first", "Two to seven with commas, such as “dead, heavy, fresh”.")}</div>
                <div class="for-number">
                    {field("unit", "Unit", "Such as “ml”. May stay empty.")}
                    {field("min", "Smallest", "")}
                    {field("max", "Largest", "")}
                    {field("presets", "Answers to tap", "Up to eight numbers with spaces, such as “0 1 2 3”.")}
                </div>
                <button class="btn primary" r#type="submit">
                    "Make it"
                </button>
            </form>
        </section>
    }
}
