//! “Was this helpful?”, in an opened card.

use domain::RefusedForm;
use domain::discovery::{Feedback, MAX_COMMENT};
use leptos::prelude::*;

use crate::ui::{TextArea, validate};

/// The form, with what was said before. It works without a script.
#[component]
pub(super) fn FeedbackForm(
    /// The key of the card.
    finding: String,
    /// The numbers that it is about.
    result: String,
    /// What was said of them.
    said: Option<Feedback>,
    /// What was said now and refused.
    refused: Option<RefusedForm>,
) -> impl IntoView {
    let typed = |name: &str| refused.as_ref().and_then(|form| form.typed(name)).map(ToOwned::to_owned);
    let helpful = match typed("helpful").as_deref() {
        Some("yes") => Some(true),
        Some("no") => Some(false),
        _ => said.as_ref().map(|said| said.helpful),
    };
    let comment = typed("comment").or_else(|| said.as_ref().and_then(|said| said.comment.clone())).unwrap_or_default();
    let error = |name: &str| refused.as_ref().and_then(|form| form.error(name));
    let (helpful_error, comment_error) = (error("helpful"), error("comment"));
    // A refusal of no single field stands above all.
    let message = refused.as_ref().filter(|form| form.fields.is_empty()).map(|form| form.message.clone());
    let id = |what: &str| format!("{finding}-{what}");
    let (comment_id, question_id) = (id("comment"), id("question"));
    let choice = |value: &'static str, word: &'static str, chosen: bool| {
        view! {
            <label class="choice">
                <input r#type="radio" name="helpful" value=value checked=chosen required />
                <span>{word}</span>
            </label>
        }
    };
    view! {
        <form
            class="helpful"
            method="post"
            action=format!("/discovery/{finding}/feedback")
            data-validated=""
            on:submit:capture=validate(|typed| Feedback::parse(|name| typed.get(name)))
        >
            {message.map(|message| view! { <p class="notice" role="alert" data-refusal="">{message}</p> })}
            <input r#type="hidden" name="result" value=result />
            <fieldset class="one-of field">
                <legend id=question_id.clone()>"Was this helpful?"</legend>
                <div role="radiogroup" aria-labelledby=question_id>{choice("yes", "Yes", helpful == Some(true))} {choice("no", "No", helpful == Some(false))}</div>
                {helpful_error.map(|error| view! { <span class="field-error" role="alert">{error}</span> })}
            </fieldset>
            <div class="field">
                <label for=comment_id.clone()>"Why, if you like"</label>
                <TextArea id=comment_id name="comment" rows=2 max=MAX_COMMENT value=comment />
                <span class="hint">
                    "It is kept with exactly these numbers. Who runs this server can read it."
                </span>
                {comment_error.map(|error| view! { <span class="field-error" role="alert">{error}</span> })}
            </div>
            <button class="btn" r#type="submit">
                {if said.is_some() { "Change the answer" } else { "Send" }}
            </button>
        </form>
    }
}
