//! How the activity felt: one tap each, saved at once, and never needed.

use domain::RefusedForm;
use domain::activities::{EFFORTS, LEGS, MAX_FELT, MOODS, Perception};
use leptos::prelude::*;
use uuid::Uuid;

use crate::ui::{Refused, TextArea};

/// The card. Without a script it has a button.
#[component]
pub(super) fn Felt(
    /// The activity.
    id: Uuid,
    /// What was answered.
    perception: Perception,
    /// Seconds in motion.
    moving_s: Option<f64>,
    /// Banister's training impulse.
    trimp: Option<f64>,
    /// What was refused when it was sent without a script.
    form: Option<RefusedForm>,
) -> impl IntoView {
    let tapped = RwSignal::new(perception.effort);
    let load = move || {
        let now = Perception { effort: tapped.get(), ..Perception::default() };
        moving_s.and_then(|s| now.session_load(s)).map(|load| {
            let beside = trimp.map_or_else(String::new, |trimp| format!(", beside {trimp:.0} from heart rate"));
            format!("Effort × minutes gives a session load of {load:.0}{beside}.")
        })
    };
    let refused = form.is_some();
    let form = form.unwrap_or_default();
    let felt = form.typed("felt").unwrap_or(&perception.felt).to_owned();
    let action = format!("/activities/{id}/perception");
    let hint = Signal::derive(move || {
        let words = tapped.get().and_then(|e| EFFORTS.get(usize::from(e).wrapping_sub(1)).map(|words| format!("{e}: {words}")));
        words.unwrap_or_else(|| "1 is easiest".to_owned())
    });
    let efforts: Vec<(u8, String)> = (1..=10).map(|n| (n, n.to_string())).collect();
    let words = |words: [&str; 5]| -> Vec<(u8, String)> { (1..).zip(words.map(str::to_owned)).collect() };
    view! {
        <form id="felt" class="card felt" method="post" action=action.clone() data-answers=format!("{action}/answers") data-keep=format!("perception:{id}")>
            <div class="between">
                <h2 class="h3">"How was it?"</h2>
                <span class="chip none" data-answers-status="" role="status">
                    "Optional. One tap each."
                </span>
            </div>
            <Refused when=refused />
            <Scale name="effort" label="Effort" hint tapped answers=efforts chosen=perception.effort />
            <Scale name="legs" label="Legs" answers=words(LEGS) chosen=perception.legs />
            <Scale name="mood" label="Mood" answers=words(MOODS) chosen=perception.mood />
            <label class="small" for="felt-words">
                "In your words"
            </label>
            <TextArea id="felt-words" name="felt" rows=2 max=MAX_FELT value=felt />
            <p class="error" data-error-of="felt" hidden=true></p>
            <p class="tiny">{load}</p>
            <button class="btn without-script" r#type="submit">
                "Save"
            </button>
        </form>
    }
}

/// A question with answers of which one can be chosen; a second tap takes it back.
#[component]
fn Scale(
    name: &'static str,
    label: &'static str,
    /// What stands beside the question.
    #[prop(optional, into)]
    hint: Option<Signal<String>>,
    /// Told what is tapped.
    #[prop(optional)]
    tapped: Option<RwSignal<Option<u8>>>,
    /// What is stored, and the words.
    answers: Vec<(u8, String)>,
    chosen: Option<u8>,
) -> impl IntoView {
    let many = answers.len() > 5;
    let tell = move |answer: Option<u8>| {
        if let Some(tapped) = tapped {
            tapped.set(answer);
        }
    };
    view! {
        <div class="ask" data-ask="">
            <div class="ask-head"><b>{label}</b> <span class="tiny">{hint}</span></div>
            <div class="scale" class:ten=many role="radiogroup" aria-label=label>
                {answers
                    .into_iter()
                    .map(|(value, words)| {
                        view! {
                            <label class="choice">
                                <input r#type="radio" name=name value=value.to_string() checked={chosen == Some(value)} on:change=move |_| tell(Some(value)) />
                                <span>{words}</span>
                            </label>
                        }
                    })
                    .collect_view()}
                <label class="choice nothing">
                    <input r#type="radio" name=name value="" checked=chosen.is_none() on:change=move |_| tell(None) />
                    <span>"–"</span>
                </label>
            </div>
            <p class="error" data-error-of=name hidden=true></p>
        </div>
    }
}
