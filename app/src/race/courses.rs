//! The courses that the athlete keeps: from a file, or of an own activity.

use domain::RefusedForm;
use domain::race::{Course, MAX_NAME, MOST_COURSES, OwnRoute, RaceView};
use domain::units::Units;
use leptos::prelude::*;

use super::address::PAGE;
use crate::ui::{Field, Options, units};

/// The cards.
#[component]
pub(super) fn Courses(
    /// The page.
    view: RaceView,
    /// As a form was refused.
    form: Option<RefusedForm>,
) -> impl IntoView {
    let RaceView { courses, routes, from, errors, .. } = view;
    let form = form.unwrap_or_default();
    let none = courses.is_empty();
    let full = courses.len() >= MOST_COURSES;
    let rows = courses.into_iter().map(|course| row(course, &form)).collect_view();
    // What nobody typed here: the address asked for an activity without a route.
    let wrong = form.error("activity").or_else(|| errors.get("activity").map(str::to_owned));
    view! {
        <section class="card stack courses" id="courses">
            <h2 class="h3">"Courses"</h2>
            {none.then(|| view! { <p class="muted small">"None yet. A GPX file of the organiser, of a route planner or of a run makes one."</p> })}
            {(!none).then(|| view! { <ul class="plain course-list">{rows}</ul> })}
            {full.then(|| view! { <p class="muted small">{format!("{MOST_COURSES} are the most. Delete one to make room.")}</p> })}
            <FromRoute routes=routes from=from form=form.clone() wrong=wrong />
            <FromFile form=form />
        </section>
    }
}

fn row(course: Course, form: &RefusedForm) -> impl IntoView + use<> {
    let units = units();
    let id = course.id.to_string();
    let refused = form.typed("course") == Some(id.as_str());
    let error = form.error("new_name").filter(|_| refused);
    let name = form.typed("new_name").filter(|_| refused).map_or_else(|| course.name.clone(), str::to_owned);
    let (of, error_id) = (format!("{PAGE}/courses/{id}"), format!("name-{id}-error"));
    let described = error.is_some().then(|| error_id.clone());
    view! {
        <li>
            <a class="row-link" href=format!("{PAGE}?on={id}")>
                {course.name.clone()}
            </a>
            <span class="tiny">{about(&course, units)}</span>
            <details open=refused>
                <summary aria-label=format!("Rename or delete {}", course.name)>"Rename or delete"</summary>
                <form class="form" method="post" action=of.clone()>
                    <label>
                        "Name"
                        <input name="name" maxlength=MAX_NAME.to_string() autocomplete="off" value=name aria-invalid=refused.then_some("true") aria-describedby=described />
                        {error.map(|sentence| view! { <span class="field-error" id=error_id role="alert">{sentence}</span> })}
                    </label>
                    <div class="actions">
                        <button class="btn" r#type="submit">
                            "Rename"
                        </button>
                        <button class="btn quiet" r#type="submit" formaction=format!("{of}/delete") formnovalidate="">
                            "Delete"
                        </button>
                    </div>
                </form>
            </details>
        </li>
    }
}

fn about(course: &Course, units: Units) -> String {
    match course.climb_m {
        Some(climb) => format!("{}, {}", units.distance(course.distance_m), units.signed_height(climb)),
        None => format!("{}, altitude unknown", units.distance(course.distance_m)),
    }
}

/// The route of an own activity, which the address may have chosen already.
#[component]
fn FromRoute(routes: Vec<OwnRoute>, from: Option<OwnRoute>, form: RefusedForm, wrong: Option<String>) -> impl IntoView {
    let units = units();
    let mut routes = routes;
    if let Some(from) = from.as_ref().filter(|from| !routes.iter().any(|route| route.id == from.id)) {
        routes.insert(0, from.clone());
    }
    if routes.is_empty() && wrong.is_none() {
        return ().into_any();
    }
    let is_open = from.is_some() || wrong.is_some();
    let chosen = form.typed("activity").map(str::to_owned).or_else(|| from.as_ref().map(|from| from.id.to_string())).unwrap_or_default();
    let options = routes.into_iter().map(|route| {
        let label = format!("{}, {}, {}", route.title, units.distance(route.distance_m), units.short_date(route.day));
        (route.id.to_string(), label)
    });
    let options: Vec<(String, String)> = options.collect();
    let (invalid, described) = (wrong.is_some().then_some("true"), wrong.is_some().then_some("activity-error"));
    let name = form.typed("route_name").unwrap_or_default().to_owned();
    view! {
        <details class="add-course" open=is_open>
            <summary>"Take the route of a run"</summary>
            <form class="form" method="post" action=format!("{PAGE}/routes")>
                <div class="field">
                    <label for="field-activity">"Run"</label>
                    <select id="field-activity" name="activity" aria-invalid=invalid aria-describedby=described>
                        <Options options=options chosen=chosen />
                    </select>
                    {wrong.map(|sentence| view! { <span class="field-error" id="activity-error" role="alert">{sentence}</span> })}
                </div>
                <div class="field">
                    <label for="field-route-name">"Name of the course"</label>
                    <input id="field-route-name" name="name" maxlength=MAX_NAME.to_string() autocomplete="off" value=name aria-describedby="route-name-hint" />
                    <span class="hint" id="route-name-hint">
                        "Empty: as the run is called."
                    </span>
                </div>
                <button class="btn" r#type="submit">
                    "Keep as a course"
                </button>
            </form>
        </details>
    }
    .into_any()
}

/// A file with a course.
#[component]
fn FromFile(form: RefusedForm) -> impl IntoView {
    let wrong = form.error("file");
    let is_open = wrong.is_some();
    let described = if is_open { "file-error file-hint" } else { "file-hint" };
    let name = form.typed("name").unwrap_or_default().to_owned();
    view! {
        <details class="add-course" open=is_open>
            <summary>"Add a GPX file"</summary>
            <form class="form" method="post" action=format!("{PAGE}/courses") enctype="multipart/form-data">
                <Field name="name" label="Name" value=name hint="Empty: as the file says." />
                <div class="field">
                    <label for="field-file">"File"</label>
                    <input
                        id="field-file"
                        name="file"
                        r#type="file"
                        accept=".gpx,.tcx,.fit,.gz,.GPX,.TCX,.FIT"
                        required
                        aria-invalid=is_open.then_some("true")
                        aria-describedby=described
                    />
                    <span class="hint" id="file-hint">
                        "A track or a route, up to 16 MB. Only its line and its altitude are kept."
                    </span>
                    {wrong.map(|sentence| view! { <span class="field-error" id="file-error" role="alert">{sentence}</span> })}
                </div>
                <button class="btn" r#type="submit">
                    "Add the course"
                </button>
            </form>
        </details>
    }
}
