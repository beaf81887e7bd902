//! The page.

use domain::race::{Plan, RaceView};
use domain::units::{Units, duration};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::address::{of_distance, typed};
use super::courses::Courses;
use super::form::{Question, Targets};
use super::get_race;
use super::plan::PlanCard;
use crate::ui::pages::PageView;
use crate::ui::{PageHeader, await_page, reading, refused_form, units};

/// The planner.
pub struct RacePage;

impl PageView for RacePage {
    fn view() -> AnyView {
        let query = use_query_map();
        let asked = Memo::new(move |_| typed(&query.read()));
        let form = refused_form();
        await_page(reading(move || asked.get(), get_race), move |view| {
            let units = units();
            let headline = view.plan.as_ref().map_or_else(
                || "A target time, spread over the course.".into_any(),
                |plan| {
                    view! {
                        {format!("{} in ", name(plan, units))}
                        <mark>{duration(f64::from(plan.target_s))}</mark>
                        "."
                    }
                    .into_any()
                },
            );
            let (predicted, plan) = (view.predicted.clone(), view.plan.clone());
            view! {
                <div class="head">
                    <PageHeader title="Race planner" eyebrow="Race planner">
                        {headline}
                    </PageHeader>
                    <a class="btn" href="/performance">
                        "Fitness"
                    </a>
                </div>
                <div class="grid side race-page">
                    <div class="grid top">
                        <Question view=view.clone() />
                        {plan.map(|plan| view! { <PlanCard plan=plan predicted=predicted /> })}
                    </div>
                    <div class="grid top race-side">
                        <Targets view=view.clone() />
                        <Races view=view.clone() />
                        <Courses view=view form=form.clone() />
                    </div>
                </div>
            }
        })
        .into_any()
    }
}

/// What is planned, as a headline begins.
fn name(plan: &Plan, units: Units) -> String {
    let name = plan.course.as_ref().map_or_else(|| named_distance(plan.distance_m, units), |course| course.name.clone());
    let mut letters = name.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// A distance by its name if races have it, otherwise in these units.
fn named_distance(metres: f64, units: Units) -> String {
    let known = domain::race::FLAT_M.iter().any(|known| (known - metres).abs() < 0.5);
    if known { domain::units::distance_name(metres) } else { units.distance(metres) }
}

/// The races that the athlete said they run, each with its plan.
#[component]
fn Races(view: RaceView) -> impl IntoView {
    let units = units();
    (!view.races.is_empty()).then(|| {
        let races = view.races.iter().map(|race| {
            view! {
                <li>
                    <a href=of_distance(race.distance_m)>{race.name.clone()}</a>
                    <span class="tiny">{format!(" {}, {}", named_distance(race.distance_m, units), units.weekday(race.day, view.today))}</span>
                </li>
            }
        });
        let races = races.collect_view();
        view! {
            <section class="card stack">
                <h2 class="h3">"Your races"</h2>
                <ul class="plain">{races}</ul>
            </section>
        }
    })
}
