//! Small pieces: the head of a page, a statistic, a chip, a sentence with its number marked.

use domain::discovery::HighlightedText;
use domain::privacy::UNCONFIRMED_DAYS;
use leptos::prelude::*;

use crate::ui::PageTitle;

/// The head of a page: the one sentence worth knowing, and above it where or when.
#[component]
pub fn PageHeader(
    /// Shown in the browser's tab.
    #[prop(into)]
    title: String,
    /// Small, above the sentence.
    #[prop(into, optional)]
    over: String,
    /// The sentence.
    children: Children,
) -> impl IntoView {
    view! {
        <PageTitle text=title />
        <div class="head-words">
            {(!over.is_empty()).then(|| view! { <p class="tiny over">{over}</p> })} <h1>{children()}</h1>
        </div>
    }
}

/// A number with its name and unit; a number that is not known is a dash.
#[component]
pub fn Stat(
    /// What it is.
    #[prop(into)]
    name: String,
    /// The number.
    #[prop(into)]
    value: Option<String>,
    /// Behind the number.
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

/// A sentence whose number is marked with the pen.
#[component]
pub fn Highlighted(
    /// The three parts.
    sentence: HighlightedText,
) -> impl IntoView {
    let HighlightedText { before, marked, after } = sentence;
    view! { <span>{before}{(!marked.is_empty()).then(|| view! { <mark>{marked}</mark> })}{after}</span> }
}

/// One button that posts.
#[component]
pub fn PostButton(
    /// Where to.
    #[prop(into)]
    action: String,
    /// On the button.
    word: &'static str,
    /// Read aloud: the word alone would not say of what.
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

/// What waits for a fresh proof of who it is, and the way there and back.
#[component]
pub fn ReauthNotice(
    /// What can be done then: "To …, show first that it is you."
    to: &'static str,
    /// The page to come back to.
    then: &'static str,
) -> impl IntoView {
    view! {
        <p class="notice">
            {format!("To {to}, ")}
            <a href=format!("/prove?then={then}")>"show first that it is you"</a>
            "."
        </p>
    }
}

/// What an account has to wait for until its address is confirmed, and the letter again.
#[component]
pub fn Unconfirmed() -> impl IntoView {
    view! {
        <form class="notice unconfirmed" method="post" action="/settings/verify">
            <span>
                {format!(
                    "Nobody has confirmed that this account’s address is theirs. Until the link in the letter is opened, there are no second factors, passkeys, links or tokens, and an account that nothing was put into may be removed after {UNCONFIRMED_DAYS} days.",
                )}
            </span>
            <button class="btn small" r#type="submit">
                "Send the letter again"
            </button>
        </form>
    }
}
