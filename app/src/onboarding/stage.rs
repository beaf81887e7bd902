//! The way back in: a card on home while steps are left, and a list in the settings.

use domain::onboarding::{Progress, Stage as Stages, Step};
use domain::units::{pluralize, spell_number};
use leptos::prelude::*;

use super::get_stage;
use crate::ui::{await_section, reading};

/// On home while steps are left: where somebody stopped, and the way to go on or to leave it.
#[component]
pub fn Resume(
    /// How far.
    progress: Progress,
    /// Whether there is nothing in the account yet.
    is_new: bool,
) -> impl IntoView {
    let step = progress.goes_on_at().filter(|_| progress.begun || is_new)?;
    let left = progress.open().count();
    let (heading, sentence, go_on) = if progress.begun {
        let steps = if left == 1 { "One step left".to_owned() } else { format!("{} steps left", spell_number(left)) };
        (format!("You stopped at {}", step.word()), format!("{steps}, about {}. Everything works without them.", minutes(left)), "Go on")
    } else {
        let sentence = format!("About {}, and each can be skipped. Everything works without them.", minutes(left));
        ("A few questions, if you like".to_owned(), sentence, "Begin")
    };
    Some(view! {
        <section class="card resume">
            <h2 class="h3">{heading}</h2>
            <p class="muted small">{sentence}</p>
            <div class="resume-acts">
                <a class="btn primary" href=step.path()>
                    {go_on}
                </a>
                <form method="post" action="/welcome/leave">
                    <button class="btn quiet" r#type="submit">
                        "Leave it at that"
                    </button>
                </form>
            </div>
        </section>
    })
}

/// Three quarters of a minute for each step.
fn minutes(steps: usize) -> String {
    match (steps * 3).div_ceil(4) {
        0 | 1 => "one minute".to_owned(),
        n => format!("{} minutes", spell_number(n).to_lowercase()),
    }
}

/// For the settings: what was said, each line with the way to its step.
#[component]
pub fn Stage() -> impl IntoView {
    let stage = reading(|| (), |()| get_stage());
    await_section(stage, lines)
}

fn lines(stage: Stages) -> impl IntoView {
    let Stages { goals, slots, confirmed, asked } = stage;
    let not_said = || "not said".to_owned();
    let all = [
        (Step::Goals, "Goals", goals.unwrap_or_else(not_said)),
        (Step::Availability, "Availability", slots.map_or_else(not_said, |count| pluralize(count, "slot", "slots"))),
        (Step::Thresholds, "Thresholds", format!("{confirmed} of 3 confirmed")),
        (Step::Questions, "Daily questions", asked.to_string()),
    ];
    view! {
        <ul class="stage">
            {all
                .into_iter()
                .map(|(step, name, state)| {
                    view! {
                        <li>
                            <a href=step.path()>
                                <span>{name}</span>
                                <span class="tiny">{state}</span>
                            </a>
                        </li>
                    }
                })
                .collect_view()}
        </ul>
    }
}

#[cfg(test)]
mod tests {
    use super::minutes;

    #[test]
    fn four_steps_take_three_minutes() {
        assert_eq!([1, 4, 6].map(minutes), ["one minute", "three minutes", "five minutes"]);
    }
}
