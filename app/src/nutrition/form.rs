//! The form for an entry: a line of text, and everything else for whoever wants it. It adds one, or changes the one in the address.

use chrono::NaiveDate;
use domain::RefusedForm;
use domain::nutrition::{Choice, DayView, Entry, EntryFields, MAX_OWN, MAX_TEXT, Nutrient, Reading, Relation, clock_text};
use leptos::prelude::*;
use uuid::Uuid;

use crate::AppError;
use crate::ui::{Field, Options, await_section, units, validate};

/// Milliseconds without a key until a text is read.
#[cfg(feature = "hydrate")]
const TYPING_MS: u64 = 400;

/// What the form shows.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Form {
    /// The entry that it changes.
    entry: Option<Uuid>,
    /// Values of fields by their names.
    values: Vec<(String, String)>,
    /// Errors by the names of fields.
    errors: Vec<(String, String)>,
    /// What an entry can belong to: value and words.
    links: Vec<(String, String)>,
    /// Nutrients of the athlete's own.
    own: Vec<OwnRow>,
}

/// A nutrient of the athlete's own in the form.
#[derive(Debug, Clone, PartialEq, Default)]
struct OwnRow {
    /// Its name; typed, if it is not known yet.
    name: String,
    unit: String,
    amount: String,
    known: bool,
}

impl Form {
    /// As it was typed, if it was refused; as the entry is, if one is changed; otherwise empty.
    pub(super) fn new(view: &DayView, refused: Option<RefusedForm>, edited: Option<Uuid>) -> Self {
        let refused =
            refused.filter(|form| form.is_on(&format!("/nutrition/{}", view.day)) && form.typed("name").is_none() && form.typed("text").is_some());
        let links = links(view);
        if let Some(form) = refused {
            let entry = form.typed("entry").and_then(|id| id.parse().ok());
            let errors = form.fields.names().filter_map(|name| Some((name.to_owned(), form.error(name)?))).collect();
            let own = typed_own(&form);
            return Self { entry, values: form.typed, errors, links, own };
        }
        let Some(entry) = edited.and_then(|id| view.entries.iter().find(|entry| entry.id == id)) else {
            return Self { entry: None, values: Vec::new(), errors: Vec::new(), links, own: offered_own(view, None) };
        };
        let mut values =
            vec![("text".to_owned(), entry.text.clone()), ("time".to_owned(), clock_text(entry.minute)), ("link".to_owned(), entry.choice.write())];
        values.extend(entry.content.typed_amounts().iter().map(|(nutrient, amount)| (nutrient.key().to_owned(), amount.to_string())));
        Self { entry: Some(entry.id), values, errors: Vec::new(), links, own: offered_own(view, Some(entry)) }
    }

    fn value(&self, name: &str) -> String {
        self.values.iter().find(|(field, _)| field == name).map(|(_, text)| text.clone()).unwrap_or_default()
    }

    fn error(&self, name: &str) -> Option<String> {
        self.errors.iter().find(|(field, _)| field == name).map(|(_, sentence)| sentence.clone())
    }

    /// Whether anything but the text is typed or refused.
    fn has_more(&self) -> bool {
        let hidden = |name: &str| ["text", "day", "entry"].contains(&name) || name.starts_with("own_");
        if self.own.iter().any(|own| !own.amount.is_empty() || (!own.known && !own.name.is_empty())) {
            return true;
        }
        let typed = self.values.iter().any(|(name, text)| !hidden(name) && !text.is_empty());
        typed || self.errors.iter().any(|(name, _)| name.starts_with("own_") || !hidden(name))
    }
}

/// The athlete's own nutrients: those of the entry, those of the last weeks, and one that is new.
fn offered_own(view: &DayView, entry: Option<&Entry>) -> Vec<OwnRow> {
    let of_entry = entry.map(|entry| entry.content.own.as_slice()).unwrap_or_default();
    let is_new = |(name, unit): &&(String, String)| !of_entry.iter().any(|own| own.name == *name && own.unit == *unit);
    let kept = of_entry.iter().map(|own| OwnRow { name: own.name.clone(), unit: own.unit.clone(), amount: own.amount.to_string(), known: true });
    let known = view.own.iter().filter(is_new).take((MAX_OWN - 1).saturating_sub(of_entry.len()));
    let known = known.map(|(name, unit)| OwnRow { name: name.clone(), unit: unit.clone(), known: true, ..OwnRow::default() });
    kept.chain(known).chain([OwnRow::default()]).take(MAX_OWN).collect()
}

/// The same as they were typed.
fn typed_own(form: &RefusedForm) -> Vec<OwnRow> {
    let typed = |what: &str, row: usize| form.typed(&format!("own_{what}_{row}")).unwrap_or_default().to_owned();
    let rows = (0..MAX_OWN).map(|row| match typed("known", row) {
        known if known.is_empty() => OwnRow { name: typed("name", row), unit: typed("unit", row), amount: typed("amount", row), known: false },
        known => OwnRow { name: known, unit: typed("unit", row), amount: typed("amount", row), known: true },
    });
    // One that is new, and none behind it that is empty.
    let mut rows: Vec<OwnRow> = rows.collect();
    let used = rows.iter().rposition(|row| *row != OwnRow::default()).map_or(0, |last| last + 1);
    let is_new = rows.iter().take(used).any(|row| !row.known);
    rows.truncate(if is_new { used } else { (used + 1).min(MAX_OWN) });
    rows
}

/// What an entry can belong to.
fn links(view: &DayView) -> Vec<(String, String)> {
    let fixed = [(Choice::ByTime, "what is near it in time"), (Choice::Off, "no run")];
    let of_runs = view.runs.iter().flat_map(|run| {
        Relation::ALL.map(|relation| (Choice::Chosen(run.id, relation).write(), format!("{} {}", relation.label().to_lowercase(), run.title)))
    });
    fixed.into_iter().map(|(choice, words)| (choice.write(), words.to_owned())).chain(of_runs).collect()
}

/// The form.
#[component]
pub(super) fn EntryForm(
    form: Form,
    day: NaiveDate,
    /// What is typed, once nobody has typed for a moment.
    typed: RwSignal<String>,
    /// What it was taken for.
    read: Resource<Result<Reading, AppError>>,
) -> impl IntoView {
    let action = form.entry.map_or_else(|| "/nutrition".to_owned(), |id| format!("/nutrition/entries/{id}"));
    let (text, error, is_edit) = (form.value("text"), form.error("text"), form.entry.is_some());
    let latest = StoredValue::new(text.clone());
    let described = if error.is_some() { "text-error" } else { "text-hint" };
    let invalid = error.is_some().then_some("true");
    let field_error = error.map(|sentence| view! { <span class="field-error" id="text-error" role="alert">{sentence}</span> });
    view! {
        <form class="food-form" method="post" action=action data-validated="" on:submit:capture=validate(|typed| EntryFields::parse(|name| typed.get(name)))>
            <input r#type="hidden" name="day" value=day.to_string() />
            <div class="field">
                <label for="field-text" class=if is_edit { "" } else { "visually-hidden" }>
                    {if is_edit { "Change the entry" } else { "What, and when" }}
                </label>
                <div class="food-line">
                    <input
                        id="field-text"
                        name="text"
                        value=text
                        maxlength=MAX_TEXT.to_string()
                        autocomplete="off"
                        placeholder="two bananas, 60 g oats at 8"
                        aria-invalid=invalid
                        aria-describedby=described
                        on:input:target=move |event| debounce(typed, latest, event.target().value())
                    />
                    <button class="btn primary" r#type="submit">
                        {if is_edit { "Save" } else { "Add" }}
                    </button>
                </div>
                <span class="hint" id="text-hint">
                    "A line, as you would say it. A time in it counts, and so does “25 g carb”."
                </span>
                {field_error}
            </div>
            {await_section(read, |reading| view! { <ReadAs reading=reading /> })}
            <More form=form.clone() />
            {is_edit.then(|| view! { <a class="small" href=format!("/nutrition/{day}") rel="external">"Leave it as it was"</a> })}
        </form>
    }
}

/// Reads a text once nobody has typed for a moment.
fn debounce(typed: RwSignal<String>, latest: StoredValue<String>, text: String) {
    latest.set_value(text.clone());
    #[cfg(feature = "hydrate")]
    {
        use std::time::Duration;
        let read = move || {
            if latest.try_get_value().is_some_and(|latest| latest == text) {
                typed.try_set(text);
            }
        };
        set_timeout(read, Duration::from_millis(TYPING_MS));
    }
    #[cfg(not(feature = "hydrate"))]
    typed.set(text);
}

/// What a text was taken for.
#[component]
fn ReadAs(reading: Reading) -> impl IntoView {
    let units = units();
    let chips: Vec<String> =
        reading.items.iter().map(domain::nutrition::ReadItem::chip).chain(reading.minute.map(|minute| units.time_at(minute))).collect();
    let empty = chips.is_empty();
    view! {
        <p class="read-as small" role="status" hidden=empty>
            <span class="muted">"Read as"</span>
            {chips.into_iter().map(|chip| view! { <span class="chip plain">{chip}</span> }).collect_view()}
        </p>
    }
}

/// Time, numbers and what it belongs to.
#[component]
fn More(form: Form) -> impl IntoView {
    let field = |name: &'static str, label: String, kind: &'static str, hint: &'static str, keyboard: &'static str| {
        view! { <Field name=name label=label value=form.value(name) kind=kind hint=hint error=form.error(name) keyboard=keyboard /> }
    };
    let own = |row: usize, what: &str| format!("own_{what}_{row}");
    let own_field = move |form: &Form, name: String, label: String, value: String, hint: &'static str, keyboard: &'static str| {
        let error = form.error(&name);
        view! { <Field name=name label=label value=value hint=hint error=error keyboard=keyboard /> }
    };
    let rows = form.own.iter().enumerate();
    let known = rows.clone().filter(|(_, own)| own.known).map(|(at, nutrient)| {
        let unit = Some(&nutrient.unit).filter(|unit| !unit.is_empty()).map(|unit| format!(", {unit}")).unwrap_or_default();
        view! {
            <div>
                <input r#type="hidden" name=own(at, "known") value=nutrient.name.clone() />
                <input r#type="hidden" name=own(at, "unit") value=nutrient.unit.clone() />
                {own_field(&form, own(at, "amount"), format!("{}{unit}", nutrient.name), nutrient.amount.clone(), "", "decimal")}
            </div>
        }
    });
    let known = known.collect_view();
    let new = rows.filter(|(_, own)| !own.known).map(|(at, nutrient)| {
        view! {
            <fieldset class="own-nutrient">
                <legend>"One of your own"</legend>
                {own_field(&form, own(at, "name"), "Nutrient".to_owned(), nutrient.name.clone(), "Such as “Iron”. It is offered from then on.", "")}
                {own_field(&form, own(at, "amount"), "Amount".to_owned(), nutrient.amount.clone(), "", "decimal")}
                {own_field(&form, own(at, "unit"), "Unit".to_owned(), nutrient.unit.clone(), "Such as “mg”.", "")}
            </fieldset>
        }
    });
    let new = new.collect_view();
    let nutrient = |nutrient: Nutrient| field(nutrient.key(), format!("{}, {}", nutrient.label(), nutrient.unit()), "text", "", "decimal");
    let chosen = form.value("link");
    // A run that is not of this day stays chosen.
    let mut links = form.links.clone();
    if !links.iter().any(|(value, _)| *value == chosen) {
        links.push((chosen.clone(), "the run that you chose".to_owned()));
    }
    let error = form.error("link").map(|sentence| view! { <span class="field-error" role="alert">{sentence}</span> });
    view! {
        <details class="food-more" open=form.has_more()>
            <summary>"Time, numbers, run"</summary>
            <div class="food-fields">
                {field("time", "Time".to_owned(), "time", "Empty: as the text says, or now.", "")}
                <div class="field">
                    <label for="field-link">"Belongs to"</label>
                    <select id="field-link" name="link">
                        <Options options=links chosen=chosen />
                    </select>
                    {error}
                </div>
                {Nutrient::ALL.map(nutrient).collect_view()}
                {known}
            </div>
            {new}
            {form.error("own").map(|sentence| view! { <span class="field-error" role="alert">{sentence}</span> })}
            <p class="tiny">"What you leave empty is read from the text, and stays unknown where the text says nothing. Unknown is never zero."</p>
        </details>
    }
}
