//! The route, coloured by how fast, how hard or how steep it was, with the cursor and the picked stretch of the tracks.

use std::sync::Arc;

use domain::activities::SportStyle;
use domain::units::{NBSP, Units, signed};
use leptos::prelude::*;

use super::map::{MapLine, RouteMap, Tiles};
use super::tracks::{Linked, Shown, is_known};
use crate::ui::path::Pen;
use crate::ui::units;

/// Shades of a colouring.
const SHADES: usize = 5;
/// The side of the drawing, and its margin.
const SIDE: f64 = 300.0;
const MARGIN: f64 = 14.0;

/// What a route is coloured by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Colour {
    Rate,
    HeartRate,
    Grade,
}

impl Colour {
    /// One value for each point.
    fn values(self, shown: &Shown, units: Units) -> Vec<Option<f64>> {
        let wide = |values: &[Option<f32>]| values.iter().map(|v| v.map(f64::from)).collect();
        match self {
            // Less is faster of a pace: the darkest shade is the fastest in any sport.
            Self::Rate if shown.rate_is_pace(units) => shown.rate.iter().map(|v| v.map(|v| -f64::from(v))).collect(),
            Self::Rate => wide(&shown.rate),
            Self::HeartRate => wide(&shown.heart_rate),
            Self::Grade => (0..shown.along.len()).map(|i| shown.grade_at(i, units)).collect(),
        }
    }

    fn name(self, shown: &Shown, units: Units) -> &'static str {
        match self {
            Self::Rate => units.rate_name(shown.sport),
            Self::HeartRate => "Heart rate",
            Self::Grade => "Grade",
        }
    }

    /// The ends of the scale, in words: without the unit, and with it.
    fn ends(self, shown: &Shown, units: Units, (low, high): (f64, f64)) -> (String, String) {
        match self {
            Self::Rate => {
                let number = |v: f64| units.rate_number(shown.sport, v.abs());
                (number(low), format!("{}{NBSP}{}", number(high), units.rate_unit(shown.sport)))
            }
            Self::HeartRate => (format!("{low:.0}"), format!("{high:.0}{NBSP}bpm")),
            Self::Grade => (signed(low, 0), format!("{}{NBSP}%", signed(high, 0))),
        }
    }
}

/// The shade of each point, if it has one, and the values at the ends of the scale.
type Shades = (Vec<Option<usize>>, (f64, f64));

/// A fifth of the points in each shade, by their values: `None` without any.
fn shades(values: &[Option<f64>]) -> Option<Shades> {
    let mut known: Vec<f64> = values.iter().flatten().copied().filter(|v| v.is_finite()).collect();
    if known.len() < 2 {
        return None;
    }
    known.sort_by(f64::total_cmp);
    let at = |share: f64| known[((known.len() - 1) as f64 * share).round() as usize];
    let bounds: Vec<f64> = (1..SHADES).map(|k| at(k as f64 / SHADES as f64)).collect();
    let of = |v: f64| bounds.iter().filter(|bound| v > **bound).count();
    // A stop is no pace: the ends of the scale are those of nine in ten points.
    Some((values.iter().map(|v| v.filter(|v| v.is_finite()).map(of)).collect(), (at(0.05), at(0.95))))
}

/// The paths of the shades: each point leads to the next one in its own shade; what has none is in the last path.
fn paths(points: &[Option<(f64, f64)>], shade: &[Option<usize>]) -> Vec<String> {
    let mut pens: Vec<Pen> = (0..=SHADES).map(|_| Pen::tenths()).collect();
    let mut last = None;
    for (i, pair) in points.windows(2).enumerate() {
        let [Some(from), Some(to)] = pair else {
            last = None;
            continue;
        };
        let own = shade.get(i).copied().flatten().unwrap_or(SHADES);
        let pen = &mut pens[own];
        if last != Some(own) {
            pen.move_to(from.0, from.1);
        }
        pen.line_to(to.0, to.1);
        last = Some(own);
    }
    pens.into_iter().map(Pen::finish).collect()
}

/// The card with the route; nothing without positions.
#[component]
pub(super) fn Route(
    /// The words and units of its sport.
    style: SportStyle,
    /// What it shares with the tracks.
    linked: Linked,
    /// Whose server is asked for a map under it, if there is one.
    #[prop(optional_no_strip)]
    map_host: Option<String>,
) -> impl IntoView {
    let (shown, units) = (linked.whole(), units());
    let scale = |p: (f32, f32)| (f64::from(p.0) * SIDE + MARGIN, f64::from(p.1) * SIDE + MARGIN);
    let points: Arc<Vec<Option<(f64, f64)>>> = Arc::new(shown.route.iter().map(|p| p.map(scale)).collect());
    let known: Vec<(f64, f64)> = points.iter().flatten().copied().collect();
    let (start_x, start_y) = *known.first()?;
    let (top, bottom) = known.iter().fold((f64::MAX, f64::MIN), |(a, b), p| (a.min(p.1), b.max(p.1)));
    let (left, right) = known.iter().fold((f64::MAX, f64::MIN), |(a, b), p| (a.min(p.0), b.max(p.0)));
    let view_box = format!(
        "{:.0} {:.0} {:.0} {:.0}",
        left - MARGIN,
        top - MARGIN,
        (right - left + 2.0 * MARGIN).max(160.0),
        (bottom - top + 2.0 * MARGIN).max(120.0)
    );
    let possible =
        [(Colour::Rate, is_known(&shown.rate)), (Colour::HeartRate, is_known(&shown.heart_rate)), (Colour::Grade, is_known(&shown.altitude))];
    let possible: Vec<Colour> = possible.into_iter().filter(|(_, known)| *known).map(|(colour, _)| colour).collect();
    let colour = RwSignal::new(possible.first().copied());
    let shaded = {
        let (shown, points) = (Arc::clone(&shown), Arc::clone(&points));
        Memo::new(move |_| {
            let found =
                colour.get().and_then(|colour| shades(&colour.values(&shown, units)).map(|(shade, ends)| (shade, colour.ends(&shown, units, ends))));
            match found {
                Some((shade, ends)) => (paths(&points, &shade), Some(ends)),
                None => (paths(&points, &[]), None),
            }
        })
    };
    let here = {
        let (shown, points) = (Arc::clone(&shown), Arc::clone(&points));
        Memo::new(move |_| linked.at.get().and_then(|along| points.get(shown.index_at(along)).copied().flatten()))
    };
    let picked = {
        let (shown, points) = (Arc::clone(&shown), Arc::clone(&points));
        move || {
            let (from, to) = linked.picked.get()?;
            let part = points.get(shown.index_at(from)..=shown.index_at(to))?;
            Some(Pen::tenths().line(part.iter().map(|p| (p.map_or(0.0, |p| p.0), p.map(|p| p.1)))))
        }
    };
    let read_out = {
        let shown = Arc::clone(&shown);
        move || linked.at.get().map(|along| shown.read_out(along, units))
    };
    let map = RouteMap::new();
    let choice = {
        let shown = Arc::clone(&shown);
        move |own: Colour| {
            view! {
                <button r#type="button" aria-pressed=move || (colour.get() == Some(own)).to_string() on:click=move |_| colour.set(Some(own))>
                    {own.name(&shown, units)}
                </button>
            }
        }
    };
    Some(view! {
        <section class="card route-card" aria-label=format!("The route of the {}", style.noun)>
            <svg class="route" class:mapped=map.on viewBox=view_box role="img" aria-label="The route">
                <Tiles map side=SIDE margin=MARGIN />
                <path class="picked" d=picked />
                {move || {
                    shaded.get().0.into_iter().enumerate().filter(|(_, d)| !d.is_empty()).map(|(i, d)| view! { <path class=format!("way s{i}") d=d /> }).collect_view()
                }}
                <circle class="start" cx=format!("{start_x:.1}") cy=format!("{start_y:.1}") r="5" />
                <circle
                    class="here"
                    cx=move || here.get().map(|p| format!("{:.1}", p.0))
                    cy=move || here.get().map(|p| format!("{:.1}", p.1))
                    r=move || if here.get().is_some() { "6" } else { "0" }
                />
            </svg>
            {(possible.len() > 1)
                .then(|| view! { <span class="seg live" role="group" aria-label="Coloured by">{possible.into_iter().map(choice).collect_view()}</span> })}
            {map_host.zip(linked.own()).map(|(host, id)| view! { <MapLine map host id /> })}
            <p class="route-scale tiny">
                {move || {
                    shaded
                        .get()
                        .1
                        .map(|(low, high)| {
                            let ramp = (0..SHADES).map(|i| view! { <i class=format!("s{i}")></i> }).collect_view();
                            view! { <span>{low}</span> <span class="ramp" aria-hidden="true">{ramp}</span> <span>{high}</span> }
                        })
                }}
            </p>
            <p class="tiny readout by-map" aria-hidden="true">
                {read_out}
            </p>
        </section>
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_shade_holds_a_fifth_and_gaps_have_none() {
        let mut values: Vec<Option<f64>> = (0..100).map(|k| Some(f64::from(k))).collect();
        values[7] = None;
        let (shade, (low, high)) = shades(&values).expect("values");
        for k in 0..SHADES {
            assert!((18..=21).contains(&shade.iter().filter(|s| **s == Some(k)).count()), "{k}");
        }
        assert_eq!((shade[7], shade[0], shade[99]), (None, Some(0), Some(SHADES - 1)));
        assert!(low < 6.0 && high > 93.0);
        assert!(shades(&[None, Some(1.0)]).is_none());
    }

    #[test]
    fn a_path_goes_on_in_its_shade_and_begins_anew_after_a_gap() {
        let at = |x: i32| Some((f64::from(x), 0.0));
        let drawn = paths(&[at(0), at(1), at(2), None, at(4), at(5)], &[Some(0), Some(0), Some(1), None, None, None]);
        assert_eq!(drawn[0], "M0 0l1 0l1 0");
        assert!(drawn[1].is_empty(), "nothing leads over a gap");
        assert_eq!(drawn[SHADES], "M4 0l1 0");
    }
}
