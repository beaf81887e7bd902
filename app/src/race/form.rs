//! What is planned: a form whose answers are the address.

use domain::onboarding::show_distance;
use domain::race::{Every, FLAT_M, Pacing, RaceView, Typed};
use domain::units::{NBSP, Units, distance_name, duration, pluralize};
use leptos::prelude::*;

use super::address::{PAGE, with_target};
use crate::ui::{Choice, Field, FilledInUnits, Options, units};

/// What the form shows of what was planned on: the choice, and the distance of “other”.
fn chosen(typed: &Typed, units: Units) -> (String, String) {
    match typed.on.parse::<f64>() {
        // The address may have any distance; the choice has some.
        Ok(metres) if !FLAT_M.iter().any(|known| (known - metres).abs() < 0.5) => ("other".to_owned(), show_distance(metres, units)),
        _ => (typed.on.clone(), typed.far.clone()),
    }
}

/// The form.
#[component]
pub(super) fn Question(view: RaceView) -> impl IntoView {
    let RaceView { typed, errors, courses, .. } = view;
    let units = typed.units.as_deref().map_or_else(units, Units::from_code);
    let error = |name: &str| errors.get(name).map(str::to_owned);
    let (on, far) = chosen(&typed, units);
    let courses = courses.into_iter().map(|course| (course.id.to_string(), format!("{}, {}", course.name, units.distance(course.distance_m))));
    let courses: Vec<(String, String)> = courses.collect();
    let of_courses = (!courses.is_empty()).then(|| {
        view! {
            <optgroup label="Your courses">
                <Options options=courses chosen=on.clone() />
            </optgroup>
        }
    });
    let flat = FLAT_M.map(|metres| (metres.to_string(), distance_name(metres)));
    let flat: Vec<(String, String)> = flat.into_iter().chain([("other".to_owned(), "another distance".to_owned())]).collect();
    let wrong = error("on").map(|sentence| view! { <span class="field-error" id="on-error" role="alert">{sentence}</span> });
    let invalid = wrong.is_some().then_some("true");
    let described = wrong.is_some().then_some("on-error");
    let pacing = if typed.pacing.is_empty() { Pacing::default().code().to_owned() } else { typed.pacing };
    let by = if typed.by.is_empty() { Every::usual(units).code().to_owned() } else { typed.by };
    let hint = "As 1:36:00, or 45:30. Empty: the prediction.";
    view! {
        <form class="card form race-form" method="get" action=PAGE>
            <FilledInUnits units=units />
            <div class="fields">
                <div class="field">
                    <label for="field-on">"Course or distance"</label>
                    <select id="field-on" name="on" aria-invalid=invalid aria-describedby=described>
                        {of_courses}
                        <optgroup label="On the flat">
                            <Options options=flat chosen=on />
                        </optgroup>
                    </select>
                    {wrong}
                </div>
                <Field name="far" label=format!("Another distance, {}", units.distance_unit()) value=far error=error("far") keyboard="decimal" />
                <Field name="target" label="Target time" value=typed.target error=error("target") hint=hint />
                <Choice name="pacing" label="Spread by" value=pacing options=Pacing::ALL.map(|(_, code, label)| (code, label)).to_vec() />
                <Choice name="by" label="Splits" value=by options=Every::ALL.map(|(_, code, label)| (code, label)).to_vec() />
            </div>
            <div class="actions">
                <button class="btn primary" r#type="submit">
                    "Plan it"
                </button>
            </div>
        </form>
    }
}

/// What the athlete could run today over what is planned: targets that one tap takes over.
#[component]
pub(super) fn Targets(view: RaceView) -> impl IntoView {
    let RaceView { typed, predicted, plan, errors, .. } = view;
    let units = units();
    // Nothing is asked, or it was not understood.
    if typed.on.is_empty() || errors.get("on").or(errors.get("far")).is_some() {
        return ().into_any();
    }
    let Some(predicted) = predicted else {
        return view! {
            <section class="card stack">
                <h2 class="h3">"What you could run today"</h2>
                <p class="muted small">
                    "Predictions are for 1.5 to 50 km, and need a recorded run of three kilometres or more in the last 90 days. Without one, the target is yours to choose."
                </p>
            </section>
        }
        .into_any();
    };
    // A distance that was typed is in the links in metres.
    let on = if typed.on == "other" { predicted.flat.distance_m.to_string() } else { typed.on.clone() };
    let now = plan.map(|plan| plan.target_s);
    let targets = [
        ("As predicted", predicted.on_course.seconds),
        ("Fast end of the range", predicted.on_course.low_s),
        ("Slow end", predicted.on_course.high_s),
    ];
    let targets = targets.into_iter().map(|(words, seconds)| {
        let seconds = seconds.round();
        let href = with_target(&on, &duration(seconds), &typed);
        let current = (now == Some(seconds as u32)).then_some("true");
        view! {
            <li class="between">
                <span>{words}</span>
                <a class="btn small" href=href aria-current=current aria-label=format!("{words}: plan {}", duration(seconds))>
                    {duration(seconds)}
                </a>
            </li>
        }
    });
    let targets = targets.collect_view();
    let speed = predicted.critical_speed_mps.map(|speed| format!("Critical speed {}. ", units.pace(1000.0 / speed)));
    let efforts = pluralize(predicted.behind.len(), "effort", "efforts");
    let hills = predicted.on_course.seconds - predicted.flat.seconds;
    let hills = (hills.abs() >= 1.0).then(|| format!(" On the flat it would be {}.", duration(predicted.flat.seconds)));
    let basis = format!("From {efforts} of the last 90 days. The range holds for nine in ten runners like you, on a good day.");
    let behind = predicted.behind.iter().map(|record| {
        view! {
            <li>
                <a href=format!("/activities/{}", record.activity)>{format!("{} in {}", distance_name(record.distance_m), duration(record.elapsed_s))}</a>
                <span class="tiny">{format!("{NBSP}{}, {}", record.title, units.short_date(record.day))}</span>
            </li>
        }
    });
    let behind = behind.collect_view();
    view! {
        <section class="card stack">
            <h2 class="h3">"What you could run today"</h2>
            <ul class="plain targets">{targets}</ul>
            <p class="muted small">{speed} {basis} {hills}</p>
            <details class="data">
                <summary>"The efforts behind it"</summary>
                <ul class="plain">{behind}</ul>
            </details>
        </section>
    }
    .into_any()
}
