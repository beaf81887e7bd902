//! Step five: what was found in the recordings, offered one by one.

use domain::RefusedForm;
use domain::activities::FoundNumber;
use domain::onboarding::{Step, ThresholdsView};
use domain::units::{NBSP, Units, pluralize, spell_number};
use leptos::prelude::*;

use super::frame::{FORM, Frame, Refusal, refused};
use super::get_found_thresholds;
use crate::ui::pages::PageView;
use crate::ui::{Badge, Field, FilledInUnits, await_page, filled_in_units, reading};

/// The step.
pub struct FoundThresholdsPage;

impl PageView for FoundThresholdsPage {
    fn view() -> AnyView {
        let found = reading(|| (), |()| get_found_thresholds());
        let form = refused(Step::Thresholds);
        await_page(found, move |view| show(view, form.clone())).into_any()
    }
}

/// A number on its card.
struct Offer {
    /// The field of the form.
    field: &'static str,
    name: &'static str,
    unit: &'static str,
    /// As it would be typed; nothing if none was found.
    found: Option<String>,
    /// Where the dot and the band stand, in percent.
    range: Option<(String, f64)>,
    /// What it rests on, or why there is none.
    rests_on: String,
    /// The one that holds.
    known: Option<String>,
}

fn show(view: ThresholdsView, form: Option<RefusedForm>) -> impl IntoView {
    let units = filled_in_units(form.as_ref());
    let offers = offers(&view, units);
    let count = offers.iter().filter(|offer| offer.found.is_some()).count();
    let question = match count {
        0 => "Nothing found yet.".to_owned(),
        1 => "We found one number.".to_owned(),
        n => format!("We found {} numbers.", spell_number(n).to_lowercase()),
    };
    let runs = pluralize(view.found.runs as usize, "run", "runs");
    let sub = if count == 0 {
        format!("From {runs} of the last year. Type what you know, or go on: it is looked for again with every import.")
    } else {
        format!("From {runs} of the last year. Say yes, or say better. Nothing is used until you do.")
    };
    let refusal = form.clone();
    view! {
        <Frame step=Step::Thresholds question=question sub=sub>
            <Refusal form=refusal shown=&["threshold_hr", "threshold_pace", "hr_max"] />
            <div class="offers">{offers.into_iter().map(|offer| view! { <Card offer=offer form=form.clone() units=units /> }).collect_view()}</div>
            <p class="tiny">"What you confirm holds from today on, and for older runs as long as you have entered nothing for their time."</p>
            <form id=FORM method="post" action="/welcome/thresholds"></form>
        </Frame>
    }
}

fn offers(view: &ThresholdsView, units: Units) -> [Offer; 3] {
    let (found, known) = (&view.found, &view.known);
    let beats = |bpm: f64| format!("{bpm:.0}");
    let nothing = if found.runs == 0 {
        "Nothing found yet: there is no run of the last year."
    } else if found.runs_with_hr == 0 {
        "Nothing found yet: it takes a heart rate to tell a hard run from an easy one."
    } else {
        "Nothing found yet: it takes three hard efforts of 25 to 60 minutes within a year."
    };
    let efforts = |number: FoundNumber| pluralize(number.efforts as usize, "effort", "efforts");
    let threshold_hr = Offer {
        field: "threshold_hr",
        name: "Threshold heart rate",
        unit: "bpm",
        found: found.threshold_hr.map(|hr| beats(hr.value)),
        range: found.threshold_hr.map(|hr| (format!("{} to {}", beats(hr.low), beats(hr.high)), place(hr))),
        rests_on: found.threshold_hr.map_or_else(|| said_or(known.threshold_hr, nothing), |hr| format!("{} of 25 to 60{NBSP}minutes", efforts(hr))),
        known: known.threshold_hr.map(beats),
    };
    let threshold_pace = Offer {
        field: "threshold_pace",
        name: "Threshold pace",
        unit: units.pace_unit(),
        found: found.threshold_s_per_km.map(|s| units.pace_number(s.value)),
        range: found.threshold_s_per_km.map(|s| (format!("{} to {}", units.pace_number(s.low), units.pace_number(s.high)), place(s))),
        rests_on: found
            .threshold_s_per_km
            .map_or_else(|| said_or(known.threshold_s_per_km, nothing), |_| "The same efforts, as if on the flat".to_owned()),
        known: known.threshold_s_per_km.map(|s| units.pace_number(s)),
    };
    let highest = found.hr_max.as_ref();
    let by_age = known.age_on(view.today).filter(|_| known.hr_max.is_none()).map(|_| " Until then it follows from your age.").unwrap_or_default();
    let hr_max = Offer {
        field: "hr_max",
        name: "Maximum heart rate",
        unit: "bpm",
        found: highest.map(|highest| beats(highest.bpm)),
        range: highest.map(|highest| (format!("seen {}", pluralize(highest.seen as usize, "time", "times")), 50.0)),
        rests_on: highest.map_or_else(
            || format!("Nothing found yet: it takes three runs that agree.{by_age}"),
            |highest| format!("{}, {}. Yours may be higher: few runs go that far.", units.weekday(highest.day, view.today), highest.title),
        ),
        known: known.hr_max.map(beats),
    };
    [threshold_hr, threshold_pace, hr_max]
}

/// What a number rests on that was not found: the athlete's word, if there is one.
fn said_or(known: Option<f64>, nothing: &str) -> String {
    known.map_or_else(|| nothing.to_owned(), |_| "You said so.".to_owned())
}

/// Where the number stands in a band from 36 to 64 percent.
fn place(number: FoundNumber) -> f64 {
    let width = number.high - number.low;
    if width > 0.0 { 36.0 + 28.0 * (number.value - number.low) / width } else { 50.0 }
}

/// A number with what it rests on; to confirm, or to change.
#[component]
fn Card(offer: Offer, form: Option<RefusedForm>, units: Units) -> impl IntoView {
    let Offer { field, name, unit, found, range, rests_on, known } = offer;
    let error = form.as_ref().and_then(|form| form.error(field));
    let typed = form.as_ref().and_then(|form| form.typed(field)).map(ToOwned::to_owned);
    let value = typed.or_else(|| known.clone()).or_else(|| found.clone()).unwrap_or_default();
    let shown = known.clone().or_else(|| found.clone());
    let (open, is_known) = (error.is_some(), known.is_some());
    let change = if shown.is_some() { "Change" } else { "Type it" };
    let better = found.clone().filter(|found| known.as_ref().is_some_and(|known| known != found));
    let confirm = found.clone().filter(|_| !is_known || better.is_some()).map(|found| {
        let (word, label) = if is_known {
            (format!("Take {found}"), format!("Take {found} {unit}: {name}"))
        } else {
            ("That’s me".to_owned(), format!("That’s me: {name}"))
        };
        view! {
            <form method="post" action="/welcome/thresholds">
                <FilledInUnits units=units />
                <input r#type="hidden" name=field value=found />
                <button class=if is_known { "btn" } else { "btn primary" } r#type="submit" aria-label=label>
                    {word}
                </button>
            </form>
        }
    });
    let band = range.clone().map(|(_, at)| {
        view! {
            <div class="range-band" aria-hidden="true">
                <s></s>
                <b style=format!("left:{at:.0}%")></b>
            </div>
        }
    });
    let yours = is_known.then(|| view! { <Badge kind="works" word="Yours" /> });
    view! {
        <section class="card offer">
            <div class="between">
                <h2>{name}</h2>
                <span class="tiny">{range.map(|(words, _)| words)}</span>
            </div>
            <div class="number">
                <b>{shown.clone().unwrap_or_else(|| "–".to_owned())} {shown.is_some().then(|| view! { <small>{format!("{NBSP}{unit}")}</small> })}</b>
                {band}
            </div>
            <p class="tiny">{rests_on}</p>
            <div class="offer-acts">
                {yours} {confirm}
                <details class="change" open=open>
                    <summary class="btn quiet" aria-label=format!("{change}: {name}")>
                        {change}
                    </summary>
                    <form method="post" action="/welcome/thresholds" data-draft=field>
                        <FilledInUnits units=units />
                        <Field name=field label=format!("{name}, {unit}") keyboard=if field == "threshold_pace" { "" } else { "decimal" } value=value error=error />
                        <button class="btn" r#type="submit" aria-label=format!("Save: {name}")>
                            "Save"
                        </button>
                    </form>
                </details>
            </div>
        </section>
    }
}
