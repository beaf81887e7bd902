//! One question of the journal: chips where a chip will do, a field where it will not. A second tap takes an answer back; without a script there is a
//! dash for that.

use domain::measures::{Answer, EXACT, Kind, Measure, Source, keys};
use leptos::prelude::*;

use super::sources::Several;
use crate::ui::TextArea;

/// A question with what is known of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Asked {
    /// What is asked.
    pub(super) measure: Measure,
    /// The answer, as a form has it.
    pub(super) text: String,
    /// Beside the question: yesterday's answer, and where an answer comes from that was not typed.
    pub(super) hint: String,
    /// What was typed into the field for an exact value.
    pub(super) exact: String,
    /// What each source says, the one that counts first, if several do.
    pub(super) said: Vec<(Source, Answer)>,
    /// Why the answer was refused.
    pub(super) error: Option<String>,
}

/// The question of a measure.
#[component]
pub(super) fn Ask(asked: Asked) -> impl IntoView {
    let Asked { measure, text, hint, exact, said, error } = asked;
    let key = measure.key.clone();
    // Other pages lead to the question.
    let place = format!("ask-{key}");
    let chips = chips(&measure, &text);
    let head_label = measure.label.clone();
    let body = if chips.is_empty() {
        view! { <Free measure=measure.clone() text=text error=error.is_some() /> }.into_any()
    } else {
        view! { <Chips name=key.clone() label=measure.label.clone() chips=chips /> }.into_any()
    };
    let several = (!said.is_empty()).then(|| view! { <Several measure=measure.clone() said=said /> });
    let exact = (!measure.presets.is_empty()).then(|| view! { <Exact measure=measure.clone() text=exact error=error.is_some() /> });
    let label = if matches!(measure.kind, Kind::Scale { .. } | Kind::YesNo | Kind::Choice { .. }) || !measure.presets.is_empty() {
        view! { <b>{head_label}</b> }.into_any()
    } else {
        view! { <label for=key.clone()><b>{head_label}</b></label> }.into_any()
    };
    view! {
        <div class="ask" id=place data-ask="">
            <div class="ask-head">{label} <span class="tiny">{hint}</span> {exact}</div>
            {body}
            {several}
            <ErrorOf measure=key error=error />
        </div>
    }
}

/// Where the browser or the server says why an answer was refused.
#[component]
fn ErrorOf(measure: String, error: Option<String>) -> impl IntoView {
    let hidden = error.is_none();
    view! { <small class="field-error" id=format!("{measure}-error") role="alert" data-error-of=measure hidden=hidden>{error}</small> }
}

/// Value, words and whether it is chosen, of each chip.
pub(super) type Chip = (String, String, bool);

/// The chips of a measure; none where an answer has to be typed. A value that stands on none of them gets one.
pub(super) fn chips(measure: &Measure, text: &str) -> Vec<Chip> {
    let chosen = measure.read(text).ok().flatten();
    let chip = |answer: Answer, words: String| {
        let same = chosen.as_ref().is_some_and(|chosen| match (chosen, &answer) {
            (Answer::Number(a), Answer::Number(b)) => (a - b).abs() < 1e-9,
            (a, b) => a == b,
        });
        (measure.write(&answer), words, same)
    };
    let mut chips: Vec<Chip> = match &measure.kind {
        Kind::Scale { words } => words.iter().enumerate().map(|(i, word)| chip(Answer::Number((i + 1) as f64), word.clone())).collect(),
        Kind::YesNo => vec![chip(Answer::Number(0.0), "no".into()), chip(Answer::Number(1.0), "yes".into())],
        Kind::Choice { options } => options.iter().map(|option| chip(Answer::Text(option.clone()), option.clone())).collect(),
        _ => {
            let ends = ends(measure);
            measure.presets.iter().map(|preset| chip(Answer::Number(*preset), preset_words(*preset, ends))).collect()
        }
    };
    if let (Some(chosen), false) = (&chosen, chips.iter().any(|(.., chosen)| *chosen) || chips.is_empty()) {
        chips.push((measure.write(chosen), measure.show(chosen), true));
    }
    chips
}

/// The first and the last preset, where there is something beyond them.
fn ends(measure: &Measure) -> (Option<f64>, Option<f64>) {
    let (min, max) = measure.kind.range();
    (measure.presets.first().copied().filter(|first| *first > min), measure.presets.last().copied().filter(|last| *last < max))
}

/// `≤ 6`, `7½`, `8½ +`.
fn preset_words(preset: f64, (first, last): (Option<f64>, Option<f64>)) -> String {
    let number = if preset > 0.0 && preset.fract() > 0.0 && (2.0 * preset).fract() == 0.0 {
        format!("{}½", if preset < 1.0 { String::new() } else { format!("{:.0}", preset.floor()) })
    } else {
        domain::units::format_significant(preset)
    };
    match preset {
        preset if first == Some(preset) => format!("≤\u{a0}{number}"),
        preset if last == Some(preset) => format!("{number}\u{a0}+"),
        _ => number,
    }
}

/// Chips of which one can be chosen.
#[component]
pub(super) fn Chips(
    /// The measure.
    name: String,
    /// What is asked.
    label: String,
    /// What can be answered.
    chips: Vec<Chip>,
    /// The form that they belong to, if they are not inside it.
    #[prop(optional)]
    form: Option<&'static str>,
) -> impl IntoView {
    let none = !chips.iter().any(|(.., chosen)| *chosen);
    let radio = move |value: String, words: String, chosen: bool, class: &'static str| {
        view! {
            <label class=class>
                <input r#type="radio" name=name.clone() value=value checked=chosen form=form />
                <span>{words}</span>
            </label>
        }
    };
    view! {
        <div class="scale" role="radiogroup" aria-label=label>
            {chips.into_iter().map(|(value, words, chosen)| radio(value, words, chosen, "choice")).collect_view()}
            {radio(String::new(), "–".to_owned(), none, "choice nothing")}
        </div>
    }
}

/// A field for a value that stands on no chip.
#[component]
fn Exact(measure: Measure, text: String, error: bool) -> impl IntoView {
    let open = !text.is_empty();
    view! {
        <details class="exact" open=open>
            <summary><span>"other"</span> <span class="visually-hidden">{format!("value of {}", measure.label)}</span></summary>
            <Input measure=measure.clone() id=format!("{}-exact", measure.key) name=format!("{}{EXACT}", measure.key) text=text error=error && open />
        </details>
    }
}

#[component]
fn Free(measure: Measure, text: String, error: bool) -> impl IntoView {
    match measure.kind {
        Kind::Text { longest } => view! { <TextArea id=measure.key.clone() name=measure.key rows=2 max=longest as usize value=text /> }.into_any(),
        _ => view! { <Input id=measure.key.clone() name=measure.key.clone() measure=measure text=text error=error /> }.into_any(),
    }
}

/// A field for a number or a time.
#[component]
pub(super) fn Input(
    /// What is asked.
    measure: Measure,
    /// Of the field.
    id: String,
    /// Of the field in the form.
    name: String,
    /// What it holds.
    text: String,
    /// Whether it was refused.
    error: bool,
    /// The form that it belongs to, if it is not inside it.
    #[prop(optional)]
    form: Option<&'static str>,
) -> impl IntoView {
    let (unit, kind, keyboard) = match &measure.kind {
        Kind::Number { .. } => (measure.unit().to_owned(), "text", "decimal"),
        Kind::Count { .. } => (measure.unit().to_owned(), "text", "numeric"),
        Kind::Duration { .. } => ("hours".to_owned(), "text", "text"),
        Kind::Clock { .. } => (String::new(), "time", "text"),
        _ => (String::new(), "text", "text"),
    };
    let label = format!("{}{}", measure.label, if name.ends_with(EXACT) { ", exactly" } else { "" });
    let described = format!("{}-error", measure.key);
    view! {
        <span class="with-unit">
            // Not `number`: such a field would send what it cannot read as no answer.
            <input id=id name=name form=form r#type=kind inputmode=keyboard autocomplete="off" value=text aria-label=label autofocus=error aria-invalid=error.then_some("true") aria-describedby=described />
            <span class="unit">{unit}</span>
        </span>
    }
}

/// Illness and injury in one question, of which most days need nothing.
#[component]
pub(super) fn Wrong(
    /// Those that are asked.
    asked: Vec<Asked>,
) -> impl IntoView {
    let of = |key: &str| asked.iter().find(|asked| asked.measure.key == key).cloned();
    let (ill, injury, side) = (of(keys::ILLNESS), of(keys::INJURY), of(keys::INJURY_SIDE));
    let injured = injury.as_ref().is_some_and(|injury| !injury.text.is_empty());
    let errors = asked.iter().map(|asked| view! { <ErrorOf measure=asked.measure.key.clone() error=asked.error.clone() /> }).collect_view();
    view! {
        <div class="ask wrong" data-ask="">
            <div class="ask-head"><b>"Anything wrong?"</b> <span class="tiny">"only when there is"</span></div>
            <div class="scale">
                {ill
                    .map(|ill| {
                        let chosen = ill.measure.read(&ill.text).ok().flatten() == Some(Answer::Number(1.0));
                        view! {
                            <label class="choice">
                                <input r#type="radio" name=keys::ILLNESS value="1" checked=chosen />
                                <span>"ill"</span>
                            </label>
                            <label class="choice nothing">
                                <input r#type="radio" name=keys::ILLNESS value="" checked=!chosen />
                                <span>"not ill"</span>
                            </label>
                        }
                    })}
                {injury
                    .is_some()
                    .then(|| {
                        view! {
                            <label class="choice">
                                <input r#type="checkbox" class="injured" data-clears=format!("{} {}", keys::INJURY, keys::INJURY_SIDE) checked=injured />
                                <span>"injured"</span>
                            </label>
                        }
                    })}
            </div>
            {injury.map(|injury| view! { <div class="where"><Chips name=keys::INJURY.to_owned() label=injury.measure.label.clone() chips=chips(&injury.measure, &injury.text) /></div> })}
            {side.map(|side| view! { <div class="where"><Chips name=keys::INJURY_SIDE.to_owned() label=side.measure.label.clone() chips=chips(&side.measure, &side.text) /></div> })}
            {errors}
        </div>
    }
}
