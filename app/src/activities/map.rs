//! The map under a drawn route: tiles of the operator's choice, which a browser asks for when somebody wants to see them.

use domain::activities::RouteMap as Found;
use leptos::prelude::*;
use uuid::Uuid;

use super::get_route_map;
use crate::AppError;

/// The map of one route, once it was asked for.
#[derive(Clone, Copy)]
pub(super) struct RouteMap {
    found: Action<Uuid, Result<Option<Found>, AppError>>,
    /// Whether it is shown.
    pub(super) on: RwSignal<bool>,
}

impl RouteMap {
    pub(super) fn new() -> Self {
        Self { found: Action::new(|id: &Uuid| get_route_map(*id)), on: RwSignal::new(false) }
    }

    /// What the server answered, while the map is shown.
    fn shown(self) -> Option<Result<Option<Found>, AppError>> {
        let answer = self.found.value().get();
        answer.filter(|_| self.on.get())
    }

    fn turn(self, id: Uuid) {
        self.on.update(|on| *on = !*on);
        let known = self.found.value().with_untracked(|answer| matches!(answer, Some(Ok(_))));
        if self.on.get_untracked() && !known {
            self.found.dispatch(id);
        }
    }
}

/// The tiles, in a drawing whose unit square has this side and margin.
#[component]
pub(super) fn Tiles(map: RouteMap, side: f64, margin: f64) -> impl IntoView {
    /// Neighbours overlap by so much: no line shows between them.
    const OVERLAP: f64 = 0.05;
    let place = move |at: f32| format!("{:.2}", f64::from(at) * side + margin);
    let long = move |length: f32| format!("{:.2}", f64::from(length) * side + OVERLAP);
    let tiles = move || {
        let tiles = if let Some(Ok(Some(found))) = map.shown() { found.tiles } else { Vec::new() };
        tiles
            .into_iter()
            .map(|tile| view! { <image href=tile.href x=place(tile.left) y=place(tile.top) width=long(tile.width) height=long(tile.height) preserveAspectRatio="none" /> })
            .collect_view()
    };
    view! { <g class="tiles">{tiles}</g> }
}

/// The button that turns the map on and off, and whom it is by.
#[component]
pub(super) fn MapLine(
    map: RouteMap,
    /// Whose server is asked.
    host: String,
    /// The activity.
    id: Uuid,
) -> impl IntoView {
    let said = move || match map.shown() {
        Some(Ok(Some(found))) => Some(found.attribution),
        Some(Ok(None)) => Some("There is no map of this route.".to_owned()),
        Some(Err(_)) => Some("The map could not be read just now. Turn it off and on to try again.".to_owned()),
        None => None,
    };
    view! {
        <p class="tiny map-line live">
            <button class="btn quiet" r#type="button" aria-pressed=move || map.on.get().to_string() title=format!("Asks {host} for the map around your route") on:click=move |_| map.turn(id)>
                "Map"
            </button>
            <span aria-live="polite">{said}</span>
        </p>
    }
}
