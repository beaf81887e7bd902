//! A form field: label, control, hint, and the error when it was refused.

use leptos::prelude::*;

/// A text input.
#[component]
pub fn Field(
    /// The field's name in the form.
    #[prop(into)]
    name: String,
    /// The label.
    #[prop(into)]
    label: String,
    /// The current value.
    #[prop(into, optional)]
    value: String,
    /// `text`, `date`, `time` …
    #[prop(into, optional)]
    kind: String,
    /// Under the input.
    #[prop(into, optional)]
    hint: String,
    /// Why it was refused.
    #[prop(optional_no_strip)]
    error: Option<String>,
    /// Which on-screen keyboard a phone shows.
    #[prop(into, optional)]
    keyboard: String,
) -> impl IntoView {
    let (id, hint_id, error_id) = (format!("field-{name}"), format!("{name}-hint"), format!("{name}-error"));
    // A screen reader announces the error first when there is one.
    let described: Vec<String> =
        [error.is_some().then(|| error_id.clone()), (!hint.is_empty()).then(|| hint_id.clone())].into_iter().flatten().collect();
    let described = (!described.is_empty()).then(|| described.join(" "));
    let invalid = error.is_some().then_some("true");
    let kind = if kind.is_empty() { "text".to_owned() } else { kind };
    let keyboard = (!keyboard.is_empty()).then_some(keyboard);
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input id=id name=name r#type=kind value=value inputmode=keyboard autocomplete="off" autofocus=invalid.is_some() aria-invalid=invalid aria-describedby=described />
            {(!hint.is_empty()).then(|| view! { <span class="hint" id=hint_id>{hint}</span> })}
            {error.map(|sentence| view! { <span class="field-error" id=error_id role="alert">{sentence}</span> })}
        </div>
    }
}

/// The options of a choice.
#[component]
pub fn Options<V: Into<String>, L: Into<String>>(
    /// Value and label of each.
    options: Vec<(V, L)>,
    /// The value of the chosen one.
    chosen: String,
) -> impl IntoView {
    let option = |(value, label): (V, L)| {
        let value = value.into();
        let selected = value == chosen;
        view! {
            <option value=value selected=selected>
                {label.into()}
            </option>
        }
    };
    options.into_iter().map(option).collect_view()
}

/// A choice among a few options.
#[component]
pub fn Choice(
    /// The field's name in the form.
    #[prop(into)]
    name: String,
    /// The label.
    #[prop(into)]
    label: String,
    /// The chosen option.
    #[prop(into, optional)]
    value: String,
    /// Value and label of each.
    options: Vec<(&'static str, &'static str)>,
    /// Under the choice.
    #[prop(into, optional)]
    hint: String,
) -> impl IntoView {
    let (id, hint_id) = (format!("field-{name}"), format!("{name}-hint"));
    let described = (!hint.is_empty()).then(|| hint_id.clone());
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <select id=id name=name aria-describedby=described>
                <Options options=options chosen=value />
            </select>
            {(!hint.is_empty()).then(|| view! { <span class="hint" id=hint_id>{hint}</span> })}
        </div>
    }
}

/// Above a refused form, whose fields show their own errors.
#[component]
pub fn Refused(
    /// Whether the form was refused.
    when: bool,
) -> impl IntoView {
    when.then(
        || view! { <p class="notice" role="alert" data-refusal="">"Nothing is saved yet. The fields that need another look are marked below."</p> },
    )
}
