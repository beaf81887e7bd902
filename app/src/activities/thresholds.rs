//! Thresholds: heart rates, pace and zone models, each with the day from which it holds. Weight is a daily value, and shown from there.

use chrono::NaiveDate;
use domain::RefusedForm;
use domain::activities::{DatedThresholds, Recompute, Thresholds};
use domain::measures::keys;
use domain::onboarding::Body;
use domain::units::{NBSP, pluralize};
use leptos::prelude::*;

use super::{ThresholdsView, get_thresholds};
use crate::ui::pages::PageView;
use crate::ui::{
    Choice, Field, FilledInUnits, PageHeader, Refused, SettingsLayout, await_page, filled_in_units, reading, refused_form, units, validate,
};

/// The thresholds, and the progress of recomputing; polls until that is finished.
pub struct ThresholdsPage;

impl PageView for ThresholdsPage {
    fn view() -> AnyView {
        let thresholds = reading(|| (), |()| get_thresholds());
        let form = refused_form();
        #[cfg(feature = "hydrate")]
        poll_thresholds(thresholds);
        view! { <SettingsLayout>{await_page(thresholds, move |thresholds| show(thresholds, form.clone()))}</SettingsLayout> }.into_any()
    }
}

/// Refetches half a second after each response that is not the last.
#[cfg(feature = "hydrate")]
fn poll_thresholds(thresholds: Resource<Result<ThresholdsView, crate::AppError>>) {
    let timer = StoredValue::new(None::<leptos::leptos_dom::helpers::TimeoutHandle>);
    Effect::new(move |_| {
        let running = thresholds.get().is_some_and(|v| v.is_ok_and(|v| v.task.is_some_and(|t| !t.finished)));
        if running {
            let handle = set_timeout_with_handle(move || thresholds.refetch(), std::time::Duration::from_millis(500));
            timer.set_value(handle.ok());
        }
    });
    on_cleanup(move || {
        if let Some(handle) = timer.get_value() {
            handle.clear();
        }
    });
}

fn show(view: ThresholdsView, form: Option<RefusedForm>) -> impl IntoView {
    let today = view.today;
    let now = Thresholds::on(today, &view.dated);
    let refused = form.is_some();
    let form = form.unwrap_or_default();
    let units = filled_in_units(Some(&form));
    let error = |name: &str| form.error(name);
    let value = |name: &str| form.typed(name).unwrap_or_default().to_owned();
    let day = form.typed("valid_from").map_or_else(|| today.to_string(), str::to_owned);
    let hint = |known: Option<String>, unknown: &str| known.map_or_else(|| unknown.to_owned(), |v| format!("Now {v}."));
    let beats = |v: Option<f64>| v.map(|v| format!("{v:.0}"));
    let assumed = now.age_on(today).map_or_else(|| "190 is assumed.".to_owned(), |_| "It follows from your age: 208 − 0.7 for each year.".to_owned());
    view! {
        <div class="head">
            <PageHeader title="Thresholds">"Old runs are scored with the thresholds of their day."</PageHeader>
            <a class="btn" href="/performance">
                "Fitness"
            </a>
        </div>
        {view.task.map(|task| view! { <Task task=task /> })}
        <div class="grid cols-2 top">
            <form class="card form" method="post" action="/settings/thresholds" data-validated="" on:submit:capture=validate(|typed| DatedThresholds::parse(|name| typed.get(name), NaiveDate::MAX))>
                <h2 class="h3">"New thresholds"</h2>
                <Refused when=refused />
                <FilledInUnits units=units />
                <Field name="valid_from" label="From" kind="date" value=day error=error("valid_from") hint="What you leave empty stays as it was." />
                <div class="fields">
                    <Field name="resting_hr" label="Resting heart rate" keyboard="decimal" value=value("resting_hr") error=error("resting_hr") hint=hint(beats(now.resting_hr), "60 is assumed.") />
                    <Field name="hr_max" label="Maximum heart rate" keyboard="decimal" value=value("hr_max") error=error("hr_max") hint=hint(beats(now.hr_max), &assumed) />
                    <Field name="threshold_hr" label="Threshold heart rate" keyboard="decimal" value=value("threshold_hr") error=error("threshold_hr") hint=hint(beats(now.threshold_hr), "85 % of heart-rate reserve is assumed.") />
                    <Field name="threshold_pace" label=format!("Threshold pace, {}", units.pace_unit()) value=value("threshold_pace") error=error("threshold_pace") hint=hint(now.threshold_s_per_km.map(|s| units.pace(s)), &format!("What you can hold for an hour, such as {}.", units.pace_number(270.0))) />
                    <Choice name="sex" label="Sex, for load" value=value("sex") options=vec![("", "Unchanged"), ("female", "Female"), ("male", "Male")] hint=hint(now.sex.clone(), "The mean of both formulas is used.") />
                    <Field name="birth_year" label="Born in" keyboard="numeric" value=value("birth_year") error=error("birth_year") hint=hint(now.birth_year.map(|year| year.to_string()), "Optional.") />
                    <Choice name="zone_model" label="Zones" value=value("zone_model") options=vec![("", "Unchanged"), ("maximum", "By maximum heart rate"), ("reserve", "By heart-rate reserve"), ("threshold", "By threshold heart rate")] hint=hint(now.zone_model.clone(), "By maximum heart rate.") />
                    <Choice name="grade_model" label="Hills" value=value("grade_model") options=vec![("", "Unchanged"), ("heart_rate", "By equal heart rate"), ("minetti", "By energy cost (Minetti)")] hint=hint(now.grade_model.clone().map(|m| m.replace('_', " ")), "By equal heart rate.") />
                </div>
                <button class="btn primary" r#type="submit">
                    "Save"
                </button>
            </form>
            <section class="card">
                <h2 class="h3">"So far"</h2>
                {if view.dated.is_empty() {
                    view! { <p class="muted">"Nothing entered. Everything is computed with common defaults, which fit nobody well: enter at least your maximum heart rate."</p> }.into_any()
                } else {
                    view! { <ul class="plain dated">{view.dated.into_iter().rev().map(|d| view! { <Entry dated=d /> }).collect_view()}</ul> }.into_any()
                }}
                <Weight weight=view.weight today=today />
            </section>
        </div>
    }
}

/// The weight of today, which the daily values have.
#[component]
fn Weight(weight: Option<(NaiveDate, f64)>, today: NaiveDate) -> impl IntoView {
    let known = weight
        .zip(Body::measure(keys::WEIGHT_KG, units()))
        .map(|((day, number), measure)| format!("Weight: {}, of {}. ", measure.show_number(number), units().weekday(day, today)));
    view! {
        <p class="small muted weight">
            {known.unwrap_or_else(|| "No weight known. ".to_owned())} "Each day has its own, and no formula needs it: it is in the " <a href="/journal">"journal"</a> "."
        </p>
    }
}

/// One entry, with a button to delete it.
#[component]
fn Entry(dated: DatedThresholds) -> impl IntoView {
    let v = &dated.values;
    let parts: Vec<String> = [
        v.resting_hr.map(|h| format!("resting {h:.0}")),
        v.hr_max.map(|h| format!("maximum {h:.0}")),
        v.threshold_hr.map(|h| format!("threshold {h:.0}{NBSP}bpm")),
        v.threshold_s_per_km.map(|s| format!("threshold {}", units().pace(s))),
        v.sex.clone(),
        v.birth_year.map(|year| format!("born in {year}")),
        v.zone_model.as_ref().map(|z| format!("zones by {z}")),
        v.grade_model.as_ref().map(|g| format!("hills by {}", g.replace('_', " "))),
    ]
    .into_iter()
    .flatten()
    .collect();
    let action = format!("/settings/thresholds/{}/delete", dated.valid_from);
    let label = format!("Delete the thresholds from {}", dated.valid_from);
    view! {
        <li class="between">
            <span>
                <b>{units().date(dated.valid_from)}</b>
                <span class="muted small">" " {parts.join(", ")}</span>
            </span>
            <form method="post" action=action>
                <button class="btn quiet" r#type="submit" aria-label=label>
                    "Delete"
                </button>
            </form>
        </li>
    }
}

/// The progress of a recompute task.
#[component]
pub(super) fn Task(task: Recompute) -> impl IntoView {
    let total = pluralize(task.total as usize, "activity", "activities");
    let failed = (task.failed > 0).then(|| format!(" {} could not be computed and kept their old numbers.", task.failed));
    let stop = format!("/performance/recompute/{}/cancel", task.id);
    let share = task.done.min(task.total);
    if task.finished {
        let sentence = if task.cancelled {
            format!("Stopped after {share} of {total}. The rest keeps its old numbers until you save thresholds again.")
        } else {
            format!("{} {total} recomputed.", task.reason.sentence())
        };
        return view! { <p class="notice good" role="status">{sentence} {failed}</p> }.into_any();
    }
    view! {
        <section class="card task" role="status">
            <div class="between">
                <p>{format!("{} Recomputing: {share} of {total}.", task.reason.sentence())}</p>
                <form method="post" action=stop>
                    <button class="btn" r#type="submit">
                        "Stop"
                    </button>
                </form>
            </div>
            <progress class="wide" max=task.total.to_string() value=share.to_string() aria-label="Activities recomputed"></progress>
            <noscript>
                <p class="notice">"Reload the page to see the progress."</p>
            </noscript>
        </section>
    }
    .into_any()
}
