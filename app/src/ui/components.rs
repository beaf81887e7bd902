//! Small components: page header, statistic, badge, a sentence with its number highlighted.

use domain::discovery::HighlightedText;
use domain::privacy::UNCONFIRMED_DAYS;
use leptos::prelude::*;

use crate::ui::PageTitle;

/// The page header: the one sentence worth knowing, and above it where or when.
#[component]
pub fn PageHeader(
    /// Shown in the browser tab.
    #[prop(into)]
    title: String,
    /// Small, above the sentence.
    #[prop(into, optional)]
    eyebrow: String,
    /// The sentence.
    children: Children,
) -> impl IntoView {
    view! {
        <PageTitle text=title />
        <div class="head-words">
            {(!eyebrow.is_empty()).then(|| view! { <p class="tiny eyebrow">{eyebrow}</p> })} <h1>{children()}</h1>
        </div>
    }
}

/// A number with its name and unit; an unknown number is a dash.
#[component]
pub fn Stat(
    /// What it is.
    #[prop(into)]
    name: String,
    /// The number.
    #[prop(into)]
    value: Option<String>,
    /// After the number.
    #[prop(into, optional)]
    unit: String,
) -> impl IntoView {
    let known = value.is_some();
    view! {
        <div class="stat">
            <dt>{name}</dt>
            <dd>{value.unwrap_or_else(|| "–".into())} {(known && !unit.is_empty()).then(|| view! { <small>{unit}</small> })}</dd>
        </div>
    }
}

/// A word in a pill; `kind` is `works`, `costs`, `none` or `plain`.
#[component]
pub fn Badge(
    /// Which colour and dot.
    #[prop(into)]
    kind: String,
    /// The word.
    #[prop(into)]
    word: String,
) -> impl IntoView {
    view! { <span class=format!("chip {kind}")>{word}</span> }
}

/// A sentence whose number is highlighted.
#[component]
pub fn Highlighted(
    /// The three parts.
    sentence: HighlightedText,
) -> impl IntoView {
    let HighlightedText { before, marked, after } = sentence;
    view! { <span>{before}{(!marked.is_empty()).then(|| view! { <mark>{marked}</mark> })}{after}</span> }
}

/// A form with a single button.
#[component]
pub fn PostButton(
    /// Where to.
    #[prop(into)]
    action: String,
    /// On the button.
    word: &'static str,
    /// For screen readers: the word alone does not say what it applies to.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    view! {
        <form method="post" action=action>
            <button class="btn small" r#type="submit" aria-label=label>
                {word}
            </button>
        </form>
    }
}

/// What needs recent authentication, with the link there and back.
#[component]
pub fn ReauthNotice(
    /// What can be done then: "To …, confirm it’s you first."
    to: &'static str,
    /// The page to return to.
    next: &'static str,
) -> impl IntoView {
    view! {
        <p class="notice">
            {format!("To {to}, ")}
            <a href=format!("/reauthenticate?next={next}")>"confirm it’s you first"</a>
            "."
        </p>
    }
}

/// What an account cannot do until its address is confirmed, and a button to send the email again.
#[component]
pub fn Unconfirmed() -> impl IntoView {
    view! {
        <form class="notice unconfirmed" method="post" action="/settings/verify">
            <span>
                {format!(
                    "Your email address is not confirmed yet. Until you open the link in the email, you cannot add second factors, passkeys, linked accounts or API tokens, and an account with nothing in it may be removed after {UNCONFIRMED_DAYS} days.",
                )}
            </span>
            <button class="btn small" r#type="submit">
                "Send the email again"
            </button>
        </form>
    }
}

/// A value, or the dash that stands where there is none.
pub fn or_dash(value: Option<String>) -> String {
    value.unwrap_or_else(|| "–".to_owned())
}
