//! One day: each answer is saved as it is given, blank is no answer.

use std::collections::HashMap;

use chrono::{NaiveDate, TimeDelta};
use domain::measures::{Answers, EXACT, Measure, Source, built_in, keys};
use domain::units::Units;
use domain::{Day, RefusedForm};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::around::Around;
use super::ask::{Ask, Asked, Wrong};
use super::history::History;
use super::sources::SeveralOthers;
use super::{AroundView, DayView, FORM, get_around, get_day, get_history};
use crate::ui::pages::PageView;
use crate::ui::{FilledInUnits, PageHeader, await_page, await_section, clock, filled_in_units, reading, refused_form, units};

/// Today.
pub struct JournalPage;

impl PageView for JournalPage {
    fn view() -> AnyView {
        page(reading(|| (), |()| get_day(None)), reading(|| (), |()| get_around(None)), None)
    }
}

/// The day in the URL.
pub struct JournalDayPage;

impl PageView for JournalDayPage {
    fn view() -> AnyView {
        let params = use_params_map();
        let form = refused_form();
        let day = Memo::new(move |_| params.read().get("day").and_then(|d| d.parse::<Day>().ok()));
        page(reading(move || day.get(), get_day), reading(move || day.get(), get_around), form)
    }
}

type Reading<T> = Resource<Result<T, crate::AppError>>;

fn page(day: Reading<DayView>, around: Reading<AroundView>, form: Option<RefusedForm>) -> AnyView {
    let query = use_query_map();
    let measure = Memo::new(move |_| query.read().get("measure"));
    let history = reading(move || measure.get(), get_history);
    await_page(day, move |mut view| {
        let (day, today) = (view.day, view.today);
        // A refused form is shown in the units that it was filled in.
        let units = filled_in_units(form.as_ref());
        view.asked = view.asked.into_iter().map(|measure| measure.in_units(units)).collect();
        view.several = view.several.into_iter().map(|(measure, said)| (measure.in_units(units), said)).collect();
        let (answers, asked) = (view.answers.clone(), view.asked.iter().map(|measure| measure.key.clone()).collect::<Vec<_>>());
        view! {
            <Head day=day today=today />
            <div class="grid journal">
                <Questions view=view.clone() form=form.clone() units=units />
                <div class="grid top">
                    {await_section(history, move |view| view! { <History view=view day=day /> })}
                    <Before recent=view.recent asked=view.asked today=today />
                    <section class="card">
                        <h2 class="h3">"Already have it written down?"</h2>
                        <p class="muted small">"Any table with a date and something about each day will do. You see a preview before anything is saved."</p>
                        <a class="btn" href="/journal/import">
                            "Import a table"
                        </a>
                    </section>
                </div>
            </div>
            {await_section(around, move |view| view! { <Around view=view answers=answers.clone() asked=asked.clone() day=day /> })}
        }
    })
    .into_any()
}

/// Which day it is, and the days around it. The future is not offered.
#[component]
fn Head(day: NaiveDate, today: NaiveDate) -> impl IntoView {
    let question = if day == today { "How are you holding up?" } else { "How was it?" };
    let link = |day: NaiveDate, label: &'static str| view! { <a class="btn" href=format!("/journal/{day}") rel="external">{label}</a> };
    let before = day - TimeDelta::days(1);
    let after = day + TimeDelta::days(1);
    view! {
        <div class="head">
            <PageHeader title="Journal" eyebrow=units().weekday(day, today)>
                {question}
            </PageHeader>
            <nav class="days" aria-label="Other days">
                {link(before, "Previous day")}
                {(after < today).then(|| link(after, "Next day"))}
                {(day < today).then(|| view! { <a class="btn" href="/journal" rel="external">"Today"</a> })}
                {(day == today).then(|| view! { <span class="tiny hide-s">"Tomorrow has not happened yet."</span> })}
            </nav>
        </div>
    }
}

/// What is asked, in the athlete's order; illness and injury are one question.
enum Question {
    One(Box<Asked>),
    Wrong(Vec<Asked>),
}

/// Measures that are one question together.
const WRONG: [&str; 3] = [keys::ILLNESS, keys::INJURY, keys::INJURY_SIDE];

fn questions(view: &DayView, form: Option<&RefusedForm>) -> Vec<Question> {
    let typed = |measure: &Measure| form.map(|form| form.typed(&measure.key).unwrap_or_default().to_owned());
    let sources: HashMap<&str, Source> = view.sources.iter().map(|(key, source)| (key.as_str(), *source)).collect();
    let asked = |measure: &Measure| Asked {
        text: typed(measure).unwrap_or_else(|| view.answers.get(&measure.key).map(|answer| measure.write(answer)).unwrap_or_default()),
        // What stands on no chip is shown in the field for exact values, even if it cannot be read.
        exact: form
            .and_then(|form| form.typed(&format!("{}{EXACT}", measure.key)))
            .map(ToOwned::to_owned)
            .or_else(|| typed(measure).filter(|text| measure.read(text).is_err()))
            .unwrap_or_default(),
        hint: hint(measure, &view.before, sources.get(measure.key.as_str()).copied()),
        said: view.several.iter().find(|(several, _)| several.key == measure.key).map(|(_, said)| said.clone()).unwrap_or_default(),
        error: form.and_then(|form| form.fields.get(&measure.key)).map(ToOwned::to_owned),
        measure: measure.clone(),
    };
    let mut questions = Vec::new();
    let mut asks_wrong = false;
    for measure in &view.asked {
        if !WRONG.contains(&measure.key.as_str()) {
            questions.push(Question::One(Box::new(asked(measure))));
        } else if !asks_wrong {
            asks_wrong = true;
            // The side belongs to the injury, asked for by itself or not.
            let side = built_in().iter().filter(|m| m.key == keys::INJURY_SIDE && view.asked.iter().any(|m| m.key == keys::INJURY));
            let of_group = view.asked.iter().filter(|m| WRONG[..2].contains(&m.key.as_str())).chain(side);
            questions.push(Question::Wrong(of_group.map(asked).collect()));
        }
    }
    questions
}

/// `7 h the day before`, or where the answer comes from.
fn hint(measure: &Measure, before: &Answers, source: Option<Source>) -> String {
    let before = before.get(&measure.key).filter(|_| measure.key != keys::NOTE).map(|answer| format!("{} the day before", measure.show(answer)));
    let source = source.map(|source| format!("from {}", source.label()));
    [source, before].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// The form of a day.
#[component]
fn Questions(view: DayView, form: Option<RefusedForm>, units: Units) -> impl IntoView {
    let day = view.day;
    // A refused form shows everything that was typed again, but not on another day.
    let form = form.filter(|form| form.is_on(&format!("/journal/{day}")));
    let questions = questions(&view, form.as_ref());
    let is_asked = |measure: &Measure| view.asked.iter().any(|asked| asked.key == measure.key) && !WRONG.contains(&measure.key.as_str());
    let others = view.several.iter().filter(|(measure, _)| !is_asked(measure)).cloned().collect();
    let (total, answered) = (questions.len(), questions.iter().filter(|question| question.answered()).count());
    let state = view.saved_at.map(|at| format!("Saved {}", clock::time(at)));
    let state_class = if state.is_some() { "chip works" } else { "chip none" };
    let refused = form.map(|form| if form.fields.is_empty() { form.message } else { "One or more answers need another look.".to_owned() });
    view! {
        <form id=FORM method="post" action=format!("/journal/{day}") class="journal-form" data-answers=format!("/journal/{day}/answers") data-keep=view.keep>
            <FilledInUnits units=units />
            {refused
                .map(|why| view! { <p class="notice" role="alert" data-refusal="">{format!("Not saved yet. {why} Everything you typed is still here.")}</p> })}
            <div class="answers-state">
                <span role="status">
                    <span class=state_class data-answers-status="">
                        {state.unwrap_or_else(|| "Nothing yet".to_owned())}
                    </span>
                </span>
                <span class="tiny" data-answered="">{format!("{answered} of {total}, as you tap")}</span>
                <a class="push small" href="/journal/measures">"Which ones?"</a>
            </div>
            <div class="card questions">
                {questions
                    .into_iter()
                    .map(|question| match question {
                        Question::One(asked) => view! { <Ask asked=*asked /> }.into_any(),
                        Question::Wrong(asked) => view! { <Wrong asked=asked /> }.into_any(),
                    })
                    .collect_view()}
            </div>
            <SeveralOthers several=others />
            <p class="tiny blank">"Blank means blank. Tap a chosen answer again to take it back."</p>
            // Where the script does not run; it saves each answer itself.
            <div class="save-bar">
                <button class="btn primary" r#type="submit">
                    "Save"
                </button>
            </div>
        </form>
    }
}

impl Question {
    fn answered(&self) -> bool {
        match self {
            Self::One(asked) => !asked.text.is_empty(),
            Self::Wrong(asked) => asked.iter().any(|asked| !asked.text.is_empty()),
        }
    }
}

/// Columns of the table of the days before.
const COLUMNS: usize = 5;

/// The days before with their answers.
#[component]
fn Before(recent: Vec<(NaiveDate, Answers)>, asked: Vec<Measure>, today: NaiveDate) -> impl IntoView {
    if recent.is_empty() {
        return view! {
            <section class="card">
                <h2 class="h3">"The days before"</h2>
                <p class="muted small">"No entries yet. One a day, if you feel like it."</p>
            </section>
        }
        .into_any();
    }
    let columns: Vec<Measure> = asked.iter().filter(|measure| !measure.is_text()).take(COLUMNS).cloned().collect();
    let cells = |answers: &Answers| {
        columns.iter().map(|measure| view! { <td>{answers.get(&measure.key).map(|answer| measure.show(answer))}</td> }).collect_view()
    };
    view! {
        <section class="card before">
            <h2 class="h3">"The days before"</h2>
            <div class="scroll" tabindex="0" role="region" aria-label="The days before">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">"Day"</th>
                            {columns.iter().map(|measure| view! { <th scope="col">{measure.label.clone()}</th> }).collect_view()}
                            <th scope="col">"Note"</th>
                        </tr>
                    </thead>
                    <tbody>
                        {recent
                            .iter()
                            .map(|(day, answers)| {
                                view! {
                                    <tr>
                                        <th scope="row">
                                            <a href=format!("/journal/{day}") rel="external" title=units().weekday(*day, today)>
                                                {day.format("%a %-d").to_string()}
                                            </a>
                                        </th>
                                        {cells(answers)}
                                        <td class="muted">{answers.text(keys::NOTE).to_owned()}</td>
                                    </tr>
                                }
                            })
                            .collect_view()}
                    </tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}
