//! The page of the planner: what the address asks, what the athlete could run, and the plan.

use chrono::NaiveDate;
use domain::activities::Prediction;
use domain::race::{Course as Kept, Every, MOST_COURSES, On, Pacing, Part, Plan, Predicted, Question, RaceView, Typed, check_target};
use domain::units::{Units, duration};
use physiology::frame::Frame;
use physiology::grade::Model;
use physiology::planner::{self, Course};
use platform::{Error, Tx};

use crate::packed::{Point, unpack};
use crate::queries;

/// Own activities that are offered as courses.
const MOST_ROUTES: i64 = 30;
/// Points of a chart and of an outline.
const DRAWN: usize = 240;
/// The pace of a course is that of parts of at least so many metres.
const PACE_M: f64 = 100.0;

/// How a target is planned.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    pub(crate) target_s: u32,
    /// Whether it is the prediction.
    pub(crate) proposed: bool,
    pub(crate) pacing: Pacing,
    pub(crate) every: Every,
}

/// What the page shows for an address. `races` is left empty: they are another feature's.
pub async fn view(tx: &mut Tx, typed: Typed, units: Units, today: NaiveDate) -> Result<RaceView, Error> {
    let athlete = tx.viewer()?;
    let Question { on, pacing, every, activity, errors } = Question::of(&typed, units);
    let courses = queries::all(tx, athlete, 4 * MOST_COURSES as i64).await?;
    let routes = activities::own_routes(tx, MOST_ROUTES).await?;
    let from = match activity {
        Some(id) => activities::own_route(tx, id).await?,
        None => None,
    };
    let mut view = RaceView { today, typed, errors, courses, routes, from, races: Vec::new(), predicted: None, plan: None };
    if activity.is_some() && view.from.is_none() {
        view.errors.add("activity", "This activity has no route. Choose another one.");
    }
    let kept = match on {
        Some(On::Course(id)) => view.courses.iter().find(|course| course.id == id).cloned(),
        _ => None,
    };
    let points = match (on, &kept) {
        (Some(On::Flat(metres)), _) => vec![Point { at_m: 0.0, ..Point::UNKNOWN }, Point { at_m: metres, ..Point::UNKNOWN }],
        (Some(On::Course(_)), Some(kept)) => {
            let stored = queries::points(tx, athlete, kept.id).await?;
            stored.as_deref().and_then(unpack).unwrap_or_default()
        }
        (Some(On::Course(_)), None) => {
            view.errors.add("on", "This course is gone. Choose another one.");
            return Ok(view);
        }
        (None, _) => return Ok(view),
    };
    let model = activities::grade_model(tx, today).await?;
    // The altitude of a long course is smoothed, which is more than a moment's work.
    let (course, points) = platform::compute(move || (course(&points, model), points)).await?;
    let Some(course) = course else { return Err(Error::Internal("a stored course is none".to_owned())) };
    view.predicted = predicted(tx, &course, today).await?;
    let proposed = view.typed.target.trim().is_empty();
    let target = match &view.predicted {
        Some(predicted) if proposed => Ok(predicted.on_course.seconds.round() as u32),
        // Nothing is typed, and nothing can be proposed: the page asks.
        None if proposed => return Ok(view),
        _ => check_target(&view.typed.target, course.total_m()),
    };
    match target {
        Err(sentence) => view.errors.add("target", sentence),
        Ok(target_s) => {
            // A proposal is not typed: another course has another one.
            if !proposed {
                view.typed.target = duration(f64::from(target_s));
            }
            let wanted = Wanted { target_s, proposed, pacing, every: every.unwrap_or_else(|| Every::usual(units)) };
            view.plan = Some(platform::compute(move || plan(&course, kept, &points, wanted)).await?);
        }
    }
    Ok(view)
}

/// A course through points.
pub(crate) fn course(points: &[Point], model: Model) -> Option<Course> {
    let (along, heights): (Vec<f64>, Vec<f64>) = points.iter().map(|point| (point.at_m, point.altitude_m)).unzip();
    Course::new(&along, &heights, model)
}

/// Distances for which the range of a prediction was tested, with some room around them (5 km to a marathon, docs/physiology.md).
const PREDICTED_M: std::ops::RangeInclusive<f64> = 1500.0..=50_000.0;

/// What the athlete could run today over the distance of a course, and with its hills.
async fn predicted(tx: &mut Tx, course: &Course, today: NaiveDate) -> Result<Option<Predicted>, Error> {
    if !PREDICTED_M.contains(&course.total_m()) {
        return Ok(None);
    }
    let capacity = activities::capacity(tx, today, &[course.total_m()]).await?;
    let Some(flat) = capacity.predictions.first().copied() else { return Ok(None) };
    // At the effort that the flat takes, each metre takes as long as its grade costs.
    let cost = course.graded_m() / course.total_m();
    let on_course = Prediction { distance_m: flat.distance_m, seconds: flat.seconds * cost, low_s: flat.low_s * cost, high_s: flat.high_s * cost };
    Ok(Some(Predicted { flat, on_course, behind: capacity.behind, critical_speed_mps: capacity.critical_speed_mps }))
}

/// The plan, with what is drawn of it.
pub(crate) fn plan(course: &Course, kept: Option<Kept>, points: &[Point], wanted: Wanted) -> Plan {
    let Wanted { target_s, proposed, pacing, every } = wanted;
    let spread = match pacing {
        Pacing::EvenPace => planner::Pacing::EvenPace,
        Pacing::EvenEffort => planner::Pacing::EvenEffort,
    };
    let (distance_m, target) = (course.total_m(), f64::from(target_s));
    let mut from_m = 0.0;
    let part = |passing: planner::Passing| {
        // The end is not at a whole metre.
        let to_m = f64::from(passing.at_m).min(distance_m);
        let even_s = course.elapsed_s(to_m, target, planner::Pacing::EvenPace).round();
        let (start_m, length_m) = (from_m, to_m - from_m);
        from_m = to_m;
        Part {
            at_m: passing.at_m,
            length_m,
            part_s: passing.part_s,
            elapsed_s: passing.elapsed_s,
            late_s: (f64::from(passing.elapsed_s) - even_s) as i32,
            climb_m: course.climb_m(start_m, to_m),
        }
    };
    let parts = course.plan(target_s, spread, every.metres()).into_iter().map(part).collect();
    let windows = ((distance_m / PACE_M) as usize).clamp(1, DRAWN);
    let ends = |k: usize| (distance_m * k as f64 / windows as f64, distance_m * (k + 1) as f64 / windows as f64);
    let pace = (0..windows).map(ends).map(|(from, to)| {
        let seconds = course.elapsed_s(to, target, spread) - course.elapsed_s(from, target, spread);
        (f64::midpoint(from, to) as f32, (seconds / (to - from) * 1000.0) as f32)
    });
    let heights = (0..=DRAWN).map(|k| distance_m * k as f64 / DRAWN as f64);
    let altitude = heights.map_while(|at| Some((at as f32, course.altitude_m(at)? as f32)));
    Plan {
        course: kept,
        distance_m,
        target_s,
        proposed,
        pacing,
        every,
        parts,
        hills_s: course.hills_s(target),
        altitude: altitude.collect(),
        pace: pace.collect(),
        outline: outline(points),
    }
}

/// The line of a course in a square of one, north at the top.
fn outline(points: &[Point]) -> Vec<(f32, f32)> {
    let every = points.len().div_ceil(DRAWN).max(1);
    let last = points.len().saturating_sub(1);
    let known = points.iter().enumerate().filter(|(k, point)| (k % every == 0 || *k == last) && point.position_deg.0.is_finite());
    let line: Vec<Option<(f64, f64)>> = known.map(|(_, point)| Some(point.position_deg)).collect();
    Frame::around(&line).map_or_else(Vec::new, |frame| line.into_iter().flatten().map(|position| frame.place(position)).collect())
}
