//! The page of a day.

use chrono::{NaiveDate, TimeDelta};
use domain::nutrition::{DayView, KNOWN_DAYS, Nutrient, RunView};
use domain::units::{NBSP, duration, pluralize};
use domain::{Day, RefusedForm};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use uuid::Uuid;

use super::form::{EntryForm, Form};
use super::list::{Entries, Often};
use super::prompt::FuelPrompt;
use super::strip::Strip;
use super::{get_food_inputs, get_nutrition, read_food};
use crate::AppError;
use crate::ui::pages::PageView;
use crate::ui::{PageHeader, Stat, await_page, await_section, reading, refused_form, units};

/// Today.
pub struct NutritionPage;

impl PageView for NutritionPage {
    fn view() -> AnyView {
        page(reading(|| (), |()| get_nutrition(None)))
    }
}

/// The day in the URL.
pub struct NutritionDayPage;

impl PageView for NutritionDayPage {
    fn view() -> AnyView {
        let params = use_params_map();
        let day = Memo::new(move |_| params.read().get("day").and_then(|d| d.parse::<Day>().ok()));
        page(reading(move || day.get(), get_nutrition))
    }
}

fn page(day: Resource<Result<DayView, AppError>>) -> AnyView {
    let refused = refused_form();
    let edited: Option<Uuid> = use_query_map().read_untracked().get("edit").and_then(|id| id.parse().ok());
    let inputs = reading(|| (), |()| get_food_inputs());
    // Here and not in the form: what a page reads is made before it waits for any of it.
    let typed = RwSignal::new(refused.as_ref().and_then(|form| form.typed("text")).unwrap_or_default().to_owned());
    let read = reading(move || typed.get(), read_food);
    await_page(day, move |view| {
        let form = Form::new(&view, refused.clone(), edited);
        let (day, today) = (view.day, view.today);
        view! {
            <Head day=day today=today />
            {notice(refused.as_ref(), day).map(|why| view! { <p class="notice" role="alert" data-refusal="">{why}</p> })}
            <div class="grid side">
                <section class="card food">
                    <div class="food-head">
                        <h2>"Food"</h2>
                        <span class="tiny">{units().weekday(day, today)}</span>
                    </div>
                    <Strip view=view.clone() />
                    <EntryForm form=form day=day typed=typed read=read />
                    <Often view=view.clone() />
                    <Entries view=view.clone() />
                </section>
                <div class="grid top">
                    {view.runs.iter().map(|run| view! { <Fuelled run=run.clone() entries=view.entries.len() /> }).collect_view()}
                    {view.asks.then(|| view! { <FuelPrompt /> })}
                    {await_section(inputs, |inputs| view! { <Inputs inputs=inputs /> })}
                </div>
            </div>
        }
    })
    .into_any()
}

/// Why a form was refused that shows no errors beside its fields: all but the one for entries.
fn notice(form: Option<&RefusedForm>, day: NaiveDate) -> Option<String> {
    let form = form.filter(|form| form.is_on(&format!("/nutrition/{day}")))?;
    let is_favourite = form.typed("name").is_some();
    let shows_nothing = form.fields.is_empty() || form.typed("text").is_none();
    (is_favourite || shows_nothing).then(|| format!("Not saved yet. {}", form.message))
}

/// Which day it is, and the days around it.
#[component]
fn Head(day: NaiveDate, today: NaiveDate) -> impl IntoView {
    let link = |day: NaiveDate, label: &'static str| view! { <a class="btn" href=format!("/nutrition/{day}") rel="external">{label}</a> };
    let (before, after) = (day - TimeDelta::days(1), day + TimeDelta::days(1));
    view! {
        <div class="head">
            <PageHeader title="Nutrition" eyebrow="Nothing to reach, nothing in red.">
                "Food, when you want to."
            </PageHeader>
            <nav class="days" aria-label="Other days">
                {link(before, "Previous day")}
                {(after < today).then(|| link(after, "Next day"))}
                {(day < today).then(|| view! { <a class="btn" href="/nutrition" rel="external">"Today"</a> })}
            </nav>
        </div>
    }
}

/// A run, and the carbohydrate around it.
#[component]
fn Fuelled(run: RunView, entries: usize) -> impl IntoView {
    let grams = |grams: Option<f64>| grams.map(|grams| format!("{grams:.0}"));
    let distance = run.distance_m.map(|metres| units().distance(metres));
    let time = run.moving_s.or(run.elapsed_s).map(duration);
    let facts = [distance, time].into_iter().flatten().collect::<Vec<_>>().join(", ");
    let unknown = [run.before_g, run.per_hour_g, run.after_g].iter().all(Option::is_none);
    view! {
        <article class="card fuelled">
            <div class="food-head">
                <h3>{run.title}</h3>
                <span class="tiny">{facts}</span>
            </div>
            <dl class="stats three">
                <Stat name="Three hours before" value=grams(run.before_g) unit="g carb" />
                <Stat name="During" value=grams(run.per_hour_g) unit="g/h" />
                <Stat name="After, 1 h" value=grams(run.after_g) unit="g carb" />
            </dl>
            {(unknown && entries > 0).then(|| view! { <p class="tiny">"A dash is what nobody knows: nothing was written down, or something without numbers."</p> })}
            <footer>
                <span class="tiny">"Linked by time. Wrong run? Change the entry."</span>
                <a class="btn quiet end" href=format!("/activities/{}", run.id)>
                    "Open the run"
                </a>
            </footer>
        </article>
    }
}

/// What discovery reads.
#[component]
fn Inputs(inputs: Vec<(String, usize)>) -> impl IntoView {
    let days = |label: &str, n: usize| match label {
        "Carbohydrate before" => pluralize(n, "run day", "run days"),
        "Carbohydrate per hour" => format!("{} with a run over 60{NBSP}min", pluralize(n, "day", "days")),
        _ => pluralize(n, "day", "days"),
    };
    view! {
        <section class="card">
            <h3>"What discovery reads from this"</h3>
            <ul class="lines">
                {inputs
                    .iter()
                    .map(|(label, n)| view! { <li><span>{label.clone()}</span><span class="tiny">{days(label, *n)}</span></li> })
                    .collect_view()}
            </ul>
            <p class="tiny">
                {format!(
                    "Counted here: the last {KNOWN_DAYS} days. Discovery reads every day. A day counts once it is over and known whole: one entry without {} leaves it open, and that is fine.",
                    Nutrient::Carbohydrate.label().to_lowercase(),
                )}
            </p>
        </section>
    }
}
