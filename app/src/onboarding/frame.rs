//! What every step has: how far it is, its question, and Back, Skip and Continue in the same place.

use domain::RefusedForm;
use domain::onboarding::Step;
use leptos::prelude::*;

use crate::ui::PageHeader;

/// The id of a step's form, which the buttons below it send.
pub(super) const FORM: &str = "step";

/// A step.
#[component]
pub(super) fn Frame(
    /// Which.
    step: Step,
    /// The question.
    #[prop(into)]
    question: String,
    /// A sentence under it.
    #[prop(into)]
    sub: String,
    /// On the button that goes on.
    #[prop(default = "Continue")]
    go_on: &'static str,
    /// The answer.
    children: Children,
) -> impl IntoView {
    let number = step.number();
    let bars = Step::ALL.map(|other| view! { <i class:d=other.number() <= number></i> });
    view! {
        <div class="onboarding">
            <a class="brand" href="/" aria-label="Legwork, home">
                "leg"
                <i>"work"</i>
            </a>
            <div class="bars" role="img" aria-label=format!("Step {number} of {}", Step::ALL.len())>
                {bars.into_iter().collect_view()}
            </div>
            <PageHeader title=format!("Welcome, step {number}")>{question}</PageHeader>
            <p class="muted small sub">{sub}</p>
            <div class="answer">{children()}</div>
            <Acts step=step go_on=go_on />
        </div>
    }
}

/// Back, Skip and what goes on. Two forms, so that what is typed is neither checked nor sent with a skip.
#[component]
fn Acts(step: Step, go_on: &'static str) -> impl IntoView {
    let back = step.previous().map(|step| {
        view! {
            <a class="btn back" href=step.path() aria-label="Back">
                <svg class="i" viewBox="0 0 24 24" aria-hidden="true">
                    <path d="M15 5l-7 7 7 7" />
                </svg>
            </a>
        }
    });
    let skip = (step != Step::Done).then(|| {
        view! {
            <form method="post" action="/welcome/skip">
                <input r#type="hidden" name="step" value=step.key() />
                <button class="btn quiet" r#type="submit">
                    "Skip"
                </button>
            </form>
        }
    });
    view! {
        <div class="acts-bar">
            {back} {skip} <button class="btn primary" r#type="submit" form=FORM>
                {go_on}
            </button>
        </div>
    }
}

/// Why the form of a step was refused, if it says more than its fields do.
#[component]
pub(super) fn Refusal(form: Option<RefusedForm>, shown: &'static [&'static str]) -> impl IntoView {
    let form = form.filter(|form| form.fields.names().all(|name| !shown.iter().any(|prefix| name.starts_with(prefix))));
    form.map(|form| view! { <p class="notice" role="alert" data-refusal="">{format!("Not saved yet. {}", form.message)}</p> })
}

/// The refused form of a step, if this page is the answer to it.
pub(super) fn refused(step: Step) -> Option<RefusedForm> {
    crate::ui::refused_form().filter(|form| form.is_on(step.path()))
}
