//! Step three: when. A week in three parts a day, as checkboxes; arrow keys move between them where the page's script runs (`scripts/grid.js`).

use domain::RefusedForm;
use domain::onboarding::{Availability, DAYS, LongRun, Part, Step};
use leptos::prelude::*;

use super::frame::{FORM, Frame, Refusal, refused};
use super::get_availability;
use crate::ui::pages::PageView;
use crate::ui::{await_page, reading};

/// The step.
pub struct AvailabilityPage;

impl PageView for AvailabilityPage {
    fn view() -> AnyView {
        let week = reading(|| (), |()| get_availability());
        let form = refused(Step::Availability);
        await_page(week, move |week| show(week, form.clone())).into_any()
    }
}

fn show(week: Availability, form: Option<RefusedForm>) -> impl IntoView {
    let long_run = week.long_run;
    let week = RwSignal::new(week);
    let cells = DAYS.iter().enumerate().map(move |(day, (key, name))| {
        view! {
            <b aria-hidden="true">{name[..3].to_owned()}</b>
            {Part::ALL.map(|part| view! { <Cell week=week day=day name=format!("{key}_{}", part.word()) label=format!("{name}, {}", part.word()) part=part /> })
                .into_iter()
                .collect_view()}
        }
    });
    view! {
        <Frame step=Step::Availability question="When could you run?" sub="Roughly. Kept for plans, which are still to come.">
            <form id=FORM method="post" action="/welcome/availability" data-draft="availability">
                <Refusal form=form shown=&[] />
                <div class="avail" role="group" aria-label="Parts of the week" data-grid="3">
                    <span></span>
                    {Part::ALL.map(|part| view! { <span aria-hidden="true">{part.word()}</span> }).into_iter().collect_view()}
                    {cells.collect_view()}
                </div>
                <p class="small count" role="status">
                    {move || week.with(Availability::sentence)}
                </p>
                <LongRuns chosen=long_run />
            </form>
        </Frame>
    }
}

/// A part of a day.
#[component]
fn Cell(week: RwSignal<Availability>, day: usize, name: String, label: String, part: Part) -> impl IntoView {
    let checked = week.with_untracked(|week| week.is_free(day, part));
    view! {
        <label class="cell">
            <input
                r#type="checkbox"
                name="slot"
                value=name
                checked=checked
                aria-label=label
                on:change:target=move |event| week.update(|week| week.week[day][part as usize] = event.target().checked())
            />
            <span aria-hidden="true">"✓"</span>
        </label>
    }
}

/// The day of the long run.
#[component]
fn LongRuns(chosen: Option<LongRun>) -> impl IntoView {
    let chip = move |long_run: LongRun| {
        let words = match long_run {
            LongRun::Never => "No long runs",
            LongRun::On(day) => DAYS[usize::from(day) % DAYS.len()].1,
        };
        view! {
            <label class="choice">
                <input r#type="radio" name="long_run" value=long_run.key() checked=chosen == Some(long_run) />
                <span>{words}</span>
            </label>
        }
    };
    let other = matches!(chosen, Some(LongRun::On(0..=4)));
    view! {
        <fieldset class="long-run">
            <legend class="small">"And the long run?"</legend>
            <div class="pills">{[LongRun::On(6), LongRun::On(5), LongRun::Never].map(chip).into_iter().collect_view()}</div>
            <details open=other>
                <summary class="small">"Another day"</summary>
                <div class="pills">{(0..5).map(LongRun::On).map(chip).collect_view()}</div>
            </details>
        </fieldset>
    }
}
