//! What the tracks, the route and the splits share: the cursor and the picked stretch.

use std::sync::Arc;

use domain::activities::{ChartSeries, PickedPart, SportStyle, Stretch};
use leptos::ev;
use leptos::prelude::*;
use uuid::Uuid;

use super::scale::Across;
use super::share;
use super::shown::Shown;
use crate::AppError;
use crate::activities::get_stretch;
use crate::ui::units;

/// Fewer pixels than this are no drag.
const DRAG_PX: i32 = 6;

/// The whole recording as it is drawn.
struct Whole {
    shown: Arc<Shown>,
    /// Where the intervals of the session are.
    intervals: Vec<(f32, f32)>,
}

/// The cursor and the picked stretch, and what is drawn. Places are how far along the way they are, in the unit of the charts.
#[derive(Clone, Copy)]
pub(in crate::activities) struct Linked {
    /// The activity, if its numbers may be asked for.
    own: Option<Uuid>,
    style: SportStyle,
    whole: StoredValue<Whole>,
    zoomed: RwSignal<Option<Arc<Shown>>>,
    /// From left to right, as it is drawn.
    pub(super) across: StoredValue<Option<Arc<Across>>>,
    /// Where the cursor is.
    pub(in crate::activities) at: RwSignal<Option<f32>>,
    /// The stretch that is picked: where it begins and ends.
    pub(in crate::activities) picked: RwSignal<Option<(f32, f32)>>,
    /// Whether it is drawn over the time.
    pub(super) by_time: RwSignal<bool>,
    /// Whether a finger picks a stretch, rather than moving the cursor.
    pub(super) picking: RwSignal<bool>,
    /// Where the pointer went down: the place, and its pixel.
    pressed: StoredValue<Option<(f32, i32)>>,
    /// Where picking by keyboard began.
    pub(super) anchor: StoredValue<Option<f32>>,
    /// The numbers of the picked stretch.
    pub(super) numbers: Action<PickedPart, Result<Option<Stretch>, AppError>>,
}

impl Linked {
    /// Of a recording; `own` if its numbers may be asked for.
    pub(in crate::activities) fn new(series: ChartSeries, style: SportStyle, own: Option<Uuid>, intervals: &[Stretch]) -> Self {
        let units = units();
        let whole = Shown::new(series, style, units);
        let (timed, unit_m) = (whole.timed, whole.unit_m);
        let intervals = intervals.iter().filter_map(|i| place_of(i.ends_m(), (i.from_s, i.to_s), timed, unit_m)).collect();
        let numbers = Action::new(move |part: &PickedPart| {
            let part = *part;
            async move {
                match own {
                    Some(id) => get_stretch(id, part).await,
                    None => Ok(None),
                }
            }
        });
        let zoomed = RwSignal::new(None);
        let picked = RwSignal::new(None);
        let linked = Self {
            own,
            style,
            whole: StoredValue::new(Whole { shown: Arc::new(whole), intervals }),
            zoomed,
            across: StoredValue::new(None),
            at: RwSignal::new(None),
            picked,
            by_time: RwSignal::new(false),
            picking: RwSignal::new(false),
            pressed: StoredValue::new(None),
            anchor: StoredValue::new(None),
            numbers,
        };
        // A stretch that was asked for by itself is drawn by itself.
        Effect::new(move |_| {
            let stretch = numbers.value().get();
            // Unless nothing is picked any longer.
            if let (Some(Ok(Some(Stretch { series: Some(series), .. }))), Some(_)) = (stretch, picked.get_untracked()) {
                zoomed.set(Some(Arc::new(Shown::new(series, style, units))));
            }
        });
        linked
    }

    /// The whole recording.
    pub(in crate::activities) fn whole(self) -> Arc<Shown> {
        self.whole.with_value(|whole| Arc::clone(&whole.shown))
    }

    /// Where the intervals of the session begin and end.
    pub(super) fn intervals(self) -> Vec<(f32, f32)> {
        self.whole.with_value(|whole| whole.intervals.clone())
    }

    /// What is drawn: the whole recording, or the stretch that is looked at closely.
    pub(super) fn drawn(self) -> Arc<Shown> {
        self.zoomed.get().unwrap_or_else(|| self.whole())
    }

    /// Whether a stretch is drawn by itself.
    pub(super) fn is_zoomed(self) -> bool {
        self.zoomed.read().is_some()
    }

    /// The activity, if it is the viewer's.
    pub(in crate::activities) fn own(self) -> Option<Uuid> {
        self.own
    }

    /// Whether a stretch can be picked.
    pub(super) fn can_pick(self) -> bool {
        self.own.is_some()
    }

    fn place(self, event: &ev::PointerEvent) -> Option<f32> {
        let share = share(event)?;
        self.across.with_value(|across| across.as_ref().map(|across| across.along(share)))
    }

    /// The pointer went down over the tracks.
    pub(super) fn press(self, event: &ev::PointerEvent) {
        let Some(along) = self.place(event) else { return };
        self.at.set(Some(along));
        let picks = self.can_pick() && event.button() == 0 && (event.pointer_type() == "mouse" || self.picking.get_untracked());
        self.pressed.set_value(picks.then(|| (along, event.client_x())));
    }

    /// The pointer moved over the tracks.
    pub(super) fn follow(self, event: &ev::PointerEvent) {
        let Some(along) = self.place(event) else { return };
        self.at.set(Some(along));
        let Some((from, x)) = self.pressed.get_value() else { return };
        if (event.client_x() - x).abs() >= DRAG_PX {
            self.pick(from, along);
        }
    }

    /// Picks what lies between two places. What was known of another stretch is not known of this one.
    pub(super) fn pick(self, from: f32, to: f32) {
        self.numbers.clear();
        self.picked.set(Some((from.min(to), from.max(to))));
    }

    /// Picks a part of the recording, by its ends in metres and in seconds, as if somebody had drawn over it.
    pub(in crate::activities) fn pick_part(self, metres: Option<(f64, f64)>, seconds: (f64, f64)) {
        let whole = self.whole();
        let Some((from, to)) = place_of(metres, seconds, whole.timed, whole.unit_m) else { return };
        self.show_whole();
        self.pick(from, to);
        self.ask(false);
    }

    /// The pointer went up.
    pub(super) fn release(self) {
        if self.pressed.get_value().is_some() {
            self.pressed.set_value(None);
            self.picking.set(false);
            self.ask(false);
        }
    }

    /// Asks for the numbers of the picked stretch, and for its charts by itself.
    pub(super) fn ask(self, drawn: bool) {
        let Some((from, to)) = self.picked.get_untracked() else { return };
        let whole = self.whole();
        let real = |along: f32| f64::from(along) * whole.unit_m;
        self.numbers.dispatch(PickedPart { from: real(from), to: real(to), timed: whole.timed, drawn });
    }

    /// Draws the whole again.
    pub(super) fn show_whole(self) {
        self.zoomed.set(None);
    }

    /// Nothing is picked any longer.
    pub(super) fn clear(self) {
        self.picked.set(None);
        self.anchor.set_value(None);
        self.zoomed.set(None);
        self.numbers.clear();
    }

    /// Whether a part of the way, in metres, lies in the picked stretch: its middle does.
    pub(in crate::activities) fn holds(self, from_m: f64, to_m: f64) -> bool {
        let middle = (f64::midpoint(from_m, to_m) / self.style.unit_m(units())) as f32;
        !self.whole().timed && self.picked.get().is_some_and(|(from, to)| (from..=to).contains(&middle))
    }
}

/// Where a part of a recording is along its charts, from its ends in metres, and in seconds.
fn place_of(metres: Option<(f64, f64)>, seconds: (f64, f64), timed: bool, unit_m: f64) -> Option<(f32, f32)> {
    let (from, to) = if timed { seconds } else { metres? };
    Some(((from / unit_m) as f32, (to / unit_m) as f32))
}
