//! One day: large touch targets, number inputs for numbers, blank for no answer.

use chrono::{NaiveDate, TimeDelta};
use domain::journal::{JournalEntry, Kind, QUESTIONS, Question};
use domain::units::{format_day, format_significant, pluralize};
use domain::{Day, RefusedForm};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use leptos_router::params::ParamsMap;

use super::{DayView, get_day};
use crate::ui::pages::PageView;
use crate::ui::{PageHeader, TextArea, await_page, reading, refused_form, validate};

/// Today.
pub struct JournalPage;

impl PageView for JournalPage {
    fn view() -> AnyView {
        let query = use_query_map();
        await_page(reading(|| (), |()| get_day(None)), move |d| show(d, &query.get_untracked(), None)).into_any()
    }
}

/// The day in the URL.
pub struct JournalDayPage;

impl PageView for JournalDayPage {
    fn view() -> AnyView {
        let query = use_query_map();
        let params = use_params_map();
        let form = refused_form();
        let day = Memo::new(move |_| params.read().get("day").and_then(|d| d.parse::<Day>().ok()));
        await_page(reading(move || day.get(), get_day), move |d| show(d, &query.get_untracked(), form.clone())).into_any()
    }
}

fn show(view: DayView, query: &ParamsMap, form: Option<RefusedForm>) -> impl IntoView + use<> {
    let DayView { day, today, entry, before, recent, draft } = view;
    // A refused form shows everything that was typed again, but not on another day.
    let form = form.filter(|form| form.is_on(&format!("/journal/{day}")));
    let saved = query.get("draft");
    let typed = |q: &Question| match &form {
        Some(form) => form.typed(q.field.name()).unwrap_or_default().to_owned(),
        None => entry.get(q.field).map(|v| v.to_string()).unwrap_or_default(),
    };
    let answers: Vec<(&'static Question, String)> = QUESTIONS.iter().map(|q| (q, typed(q))).collect();
    let note = form.as_ref().map_or(entry.note.clone(), |form| form.typed("note").unwrap_or_default().to_owned());
    let errors = form.as_ref().map(|form| form.fields.clone()).unwrap_or_default();
    let refused = form.map(|form| if form.fields.is_empty() { form.message } else { "One or more answers need another look.".to_owned() });
    let was_refused = refused.is_some();
    let question = if day == today { "How are you holding up?" } else { "How was it?" };
    let neighbours = [(day - TimeDelta::days(1), "Previous day"), (day + TimeDelta::days(1), "Next day")];
    view! {
        <div class="head">
            <PageHeader title="Journal" eyebrow=format_day(day, today)>
                {question}
            </PageHeader>
            <nav class="days" aria-label="Other days">
                {neighbours
                    .into_iter()
                    .filter(|(d, _)| *d <= today)
                    .map(|(d, label)| view! { <a class="btn" href=format!("/journal/{d}") rel="external">{label}</a> })
                    .collect_view()}
            </nav>
        </div>
        <div class="grid side journal">
            <form
                method="post"
                action=format!("/journal/{day}")
                class="journal-form"
                data-validated="" on:submit:capture=validate(|typed| JournalEntry::parse(typed.pairs()))
                data-draft=draft
                data-saved=saved
                data-refused=was_refused.then_some("")
            >
                // The id of the draft, for the next page; filled in by the page's script.
                <input r#type="hidden" name="draft" value="" />
                {refused
                    .map(|why| view! { <p class="notice" role="alert" data-refusal="">{format!("Not saved yet. {why} Everything you typed is still here.")}</p> })}
                <div class="card questions">
                    {answers
                        .into_iter()
                        .map(|(q, text)| {
                            let hint = before.get(q.field).map(|v| format!("{} the day before", q.show(v)));
                            let error = errors.get(q.field.name()).map(ToOwned::to_owned);
                            view! { <QuestionField question=q text=text hint=hint error=error /> }
                        })
                        .collect_view()}
                    <div class="q">
                        <label for="note">
                            <b>"Note"</b>
                        </label>
                        <TextArea id="note" name="note" rows=2 max=2000 value=note />
                    </div>
                </div>
                // Next to the button, which stays in view, so that the result of saving is seen.
                <div class="save-bar">
                    <p class="notice" role="status" data-draft-status hidden></p>
                    <button class="btn primary" r#type="submit">
                        "Save"
                    </button>
                    <button class="btn quiet" r#type="button" data-draft-drop hidden>
                        "Discard changes"
                    </button>
                    <p class="muted small">"Blank means blank. Nothing is counted as zero."</p>
                </div>
            </form>
            <div class="grid">
                <Recent recent today />
                <section class="card">
                    <h2 class="h3">"Already have it written down?"</h2>
                    <p class="muted small">"A CSV or JSON with a date and any of these columns will do. You see a preview before anything is saved."</p>
                    <a class="btn" href="/journal/import">
                        "Import a CSV"
                    </a>
                </section>
            </div>
        </div>
    }
}

/// Recent days that have answers.
#[component]
fn Recent(
    /// Days and the number of answers of each, newest first.
    recent: Vec<(NaiveDate, usize)>,
    /// Today's date in the athlete's time zone.
    today: NaiveDate,
) -> impl IntoView {
    view! {
        <section class="card">
            <h2 class="h3">"Last two weeks"</h2>
            {if recent.is_empty() {
                view! { <p class="muted small">"No entries yet. One a day, if you feel like it."</p> }.into_any()
            } else {
                view! {
                    <ul class="links">
                        {recent
                            .into_iter()
                            .map(|(d, n)| {
                                view! {
                                    <li>
                                        <a href=format!("/journal/{d}") rel="external">{format_day(d, today)}</a>
                                        <span class="tiny">{pluralize(n, "answer", "answers")}</span>
                                    </li>
                                }
                            })
                            .collect_view()}
                    </ul>
                }
                    .into_any()
            }}
        </section>
    }
}

/// One question.
#[component]
fn QuestionField(question: &'static Question, text: String, hint: Option<String>, error: Option<String>) -> impl IntoView {
    let name = question.field.name();
    let error_id = format!("{name}-error");
    let described = error.is_some().then(|| error_id.clone());
    let invalid = error.is_some().then_some("true");
    let control = match question.kind {
        Kind::Scale(levels) => {
            let chosen = text.parse::<f64>().ok();
            let choice = move |value: String, word: &'static str, checked: bool| {
                view! {
                    <label class="choice">
                        <input r#type="radio" name=name value=value checked=checked />
                        <span>{word}</span>
                    </label>
                }
            };
            view! {
                <div class="scale" role="radiogroup" aria-label=question.label>
                    {levels
                        .into_iter()
                        .enumerate()
                        .map(|(i, w)| choice((i + 1).to_string(), w, chosen == Some((i + 1) as f64)))
                        .collect_view()}
                    {choice(String::new(), "–", chosen.is_none())}
                </div>
            }
            .into_any()
        }
        Kind::Number { unit, .. } => {
            let input = NodeRef::<leptos::html::Input>::new();
            let value = RwSignal::new(text.clone());
            view! {
                <div class="number">
                    <span class="with-unit">
                        <input
                            id=name
                            name=name
                            // Not `number`: such a field would send what it cannot read as no answer.
                            r#type="text"
                            inputmode="decimal"
                            autocomplete="off"
                            value=text
                            node_ref=input
                            autofocus=invalid.is_some()
                            aria-invalid=invalid
                            aria-describedby=described
                            on:input=move |e| value.set(event_target_value(&e))
                        />
                        <span class="unit">{unit}</span>
                    </span>
                    <span class="presets">
                        {question
                            .presets
                            .iter()
                            .map(|v| {
                                let label = format_significant(*v);
                                let own = v.to_string();
                                let same = own.clone();
                                view! {
                                    <button
                                        r#type="button"
                                        aria-pressed=move || (value.get() == same).to_string()
                                        on:click=move |_| {
                                            let next = if value.get_untracked() == own { String::new() } else { own.clone() };
                                            if let Some(element) = input.get_untracked() {
                                                element.set_value(&next);
                                            }
                                            value.set(next);
                                        }
                                    >
                                        {label}
                                    </button>
                                }
                            })
                            .collect_view()}
                    </span>
                </div>
            }
            .into_any()
        }
    };
    let heading = match question.kind {
        Kind::Scale(_) => view! { <b>{question.label}</b> }.into_any(),
        Kind::Number { .. } => view! { <label for=name><b>{question.label}</b></label> }.into_any(),
    };
    view! {
        <div class="q">
            <div class="q-head">{heading} <span class="tiny">{hint}</span></div>
            {control}
            {error.map(|sentence| view! { <small class="field-error" id=error_id role="alert">{sentence}</small> })}
        </div>
    }
}
