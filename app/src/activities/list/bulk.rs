//! Several activities at once: what can be done to those that are selected, and what was done, with the way back.

use domain::activities::{BulkDone, Kind, MAX_TAG};
use leptos::prelude::*;

use crate::ui::Choice;

/// What was just done, and the button that undoes it.
#[component]
pub(super) fn Done(done: BulkDone, back: String) -> impl IntoView {
    let sentence = if done.undone { "Undone. They are as they were.".to_owned() } else { done.what.sentence(done.count) };
    view! {
        <form class="notice good between" method="post" action=format!("/activities/bulk/{}/undo", done.id)>
            <span role="status">{sentence}</span>
            <input r#type="hidden" name="back" value=back />
            {(!done.undone)
                .then(|| {
                    view! {
                        <button class="btn small" r#type="submit">
                            "Undo"
                        </button>
                    }
                })}
        </form>
    }
}

/// The bar below the list, which shows once a row is selected.
#[component]
pub(super) fn Toolbar(back: String, gear: Vec<String>) -> impl IntoView {
    let kinds = Kind::ALL.map(|kind| (kind.code(), kind.name())).to_vec();
    view! {
        <form class="bulk" id="bulk" method="post" action="/activities/bulk" data-bulk="" aria-label="With the selected">
            <input r#type="hidden" name="back" value=back />
            // Enter in a field presses the first button, whatever it does: this one does nothing.
            <button r#type="submit" disabled=true hidden=true></button>
            <span class="bulk-count" data-bulk-count="" >
                "selected"
            </span>
            <details name="bulk">
                <summary class="btn">"Sport"</summary>
                <div class="card form">
                    <Choice name="kind" label="Sport" value="run" options=kinds />
                    <button class="btn primary" r#type="submit" name="do" value="kind">
                        "Set the sport"
                    </button>
                </div>
            </details>
            <details name="bulk">
                <summary class="btn">"Tag"</summary>
                <div class="card form">
                    <label>
                        "Tag"
                        <input name="tag" maxlength=MAX_TAG.to_string() autocomplete="off" />
                    </label>
                    <button class="btn primary" r#type="submit" name="do" value="tag">
                        "Add it"
                    </button>
                    <button class="btn" r#type="submit" name="do" value="untag">
                        "Take it away"
                    </button>
                </div>
            </details>
            <details name="bulk">
                <summary class="btn">"Gear"</summary>
                <div class="card form">
                    <label>
                        "Shoes or bike"
                        <input name="gear" list="gear-of-selected" maxlength="100" autocomplete="off" />
                        <datalist id="gear-of-selected">{gear.into_iter().map(|name| view! { <option value=name></option> }).collect_view()}</datalist>
                    </label>
                    <p class="hint">"Empty takes it away."</p>
                    <button class="btn primary" r#type="submit" name="do" value="gear">
                        "Set the gear"
                    </button>
                </div>
            </details>
            <details name="bulk">
                <summary class="btn">"Who sees it"</summary>
                <div class="card form">
                    <button class="btn" r#type="submit" name="do" value="hide">
                        "Only me"
                    </button>
                    <button class="btn" r#type="submit" name="do" value="show">
                        "As my settings say"
                    </button>
                </div>
            </details>
            <button class="btn" r#type="submit" name="do" value="delete">
                "Delete"
            </button>
            <button class="btn" r#type="reset" aria-label="Select nothing">
                {crate::ui::Icon::Remove.draw()}
            </button>
        </form>
    }
}
