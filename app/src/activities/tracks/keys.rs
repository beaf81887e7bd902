//! The tracks by keyboard.

use leptos::ev;
use leptos::prelude::*;

use super::linked::Linked;

/// Parts of the width that the cursor moves by.
const STEPS: f64 = 100.0;

/// Arrow keys move the cursor, with Shift they pick a stretch, and Escape clears it, then the cursor.
pub(super) fn pressed(event: &ev::KeyboardEvent, linked: Linked) {
    // What stands in the card has keys of its own.
    if event.target() != event.current_target() {
        return;
    }
    let direction = match event.key().as_str() {
        "ArrowRight" => 1.0,
        "ArrowLeft" => -1.0,
        "Escape" if linked.picked.get_untracked().is_some() => {
            linked.clear();
            return event.prevent_default();
        }
        "Escape" if linked.at.get_untracked().is_some() => {
            linked.at.set(None);
            return event.prevent_default();
        }
        _ => return,
    };
    event.prevent_default();
    let Some(across) = linked.across.get_value() else { return };
    let now = linked.at.get_untracked();
    let next = now.map_or_else(|| across.along(0.0), |along| across.along(across.percent(along) / 100.0 + direction / STEPS));
    linked.at.set(Some(next));
    if !event.shift_key() {
        linked.anchor.set_value(None);
    } else if linked.can_pick() {
        let anchor = linked.anchor.get_value().or(now).unwrap_or(next);
        linked.anchor.set_value(Some(anchor));
        linked.pick(anchor, next);
    }
}

/// When Shift goes up, the stretch is picked.
pub(super) fn released(event: &ev::KeyboardEvent, linked: Linked) {
    if event.key() == "Shift" && linked.anchor.get_value().is_some() {
        linked.anchor.set_value(None);
        linked.ask(false);
    }
}
