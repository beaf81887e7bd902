//! A measure of each kind, made in the form of the page, and everywhere that its answers go: the day's page, the table out and in, REST, the archive and
//! another account, history and undo, the chart, and discovery.

use std::collections::BTreeMap;
use std::io::Read;

use accounts::testing::{KIM, Person};
use app::document::Assets;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use chrono::{NaiveDate, TimeDelta};
use domain::list::PageRequest;
use domain::units::Units;
use platform::Platform;
use platform::testing::{TestApp, run_jobs};
use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tower::ServiceExt;
use uuid::Uuid;

const FORM: &str = "application/x-www-form-urlencoded";

/// A measure: its key, the fields of its form, an answer as it is typed, the same as the API has it, and as people read it.
struct Own {
    key: &'static str,
    form: &'static str,
    typed: &'static str,
    stored: f64,
    shown: &'static str,
}

/// One of each kind that an athlete can make and that has numbers.
const NUMBERS: [Own; 6] = [
    Own {
        key: "own_water",
        form: "label=Water&measure_kind=number&unit=ml&max=6000&known=after_run",
        typed: "1500",
        stored: 1500.0,
        shown: "1500\u{a0}ml",
    },
    Own {
        key: "own_legs",
        form: "label=Legs&measure_kind=scale&words=dead,+heavy,+fresh&known=before_run",
        typed: "heavy",
        stored: 2.0,
        shown: "heavy",
    },
    Own { key: "own_cold_shower", form: "label=Cold+shower&measure_kind=yes_no&known=before_run", typed: "yes", stored: 1.0, shown: "yes" },
    Own {
        key: "own_stairs",
        form: "label=Stairs&measure_kind=count&unit=floors&known=after_run",
        typed: "12",
        stored: 12.0,
        shown: "12\u{a0}floors",
    },
    Own { key: "own_last_screen", form: "label=Last+screen&measure_kind=clock&known=before_run", typed: "22:45", stored: -75.0, shown: "22:45" },
    Own { key: "own_reading", form: "label=Reading&measure_kind=duration&known=after_run", typed: "0:45", stored: 0.75, shown: "45\u{a0}min" },
];
/// And the kind that has none.
const DREAM: (&str, &str, &str) = ("own_dream", "label=Dream&measure_kind=text&known=before_run", "flying, again");

/// A browser that is signed in.
struct Browser {
    router: Router,
    id: Uuid,
    token: String,
}

impl Browser {
    async fn new(platform: &Platform, email: &'static str) -> Self {
        let signed_in = Person { email, time_zone: "UTC", ..KIM }.register(platform).await;
        let router = crate::serve::router(platform.clone(), Assets::default()).expect("a router");
        Self { router, id: signed_in.viewer.id, token: signed_in.token }
    }

    async fn send(&self, method: Method, path: &str, kind: &str, body: String) -> (StatusCode, String, String) {
        let request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, kind);
        let request = request.header(header::COOKIE, format!("legwork_session={}", self.token)).body(Body::from(body)).expect("a request");
        let (parts, body) = self.router.clone().oneshot(request).await.expect("an answer").into_parts();
        let location = parts.headers.get(header::LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default().to_owned();
        let body = to_bytes(body, 16 << 20).await.expect("a body");
        (parts.status, location, String::from_utf8_lossy(&body).into_owned())
    }

    /// Sends a form, and returns where it leads.
    async fn form(&self, path: &str, form: String) -> String {
        let (status, location, body) = self.send(Method::POST, path, FORM, form).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{path}: {body:.300}");
        location
    }

    async fn json(&self, method: Method, path: &str, body: Value) -> Value {
        let (status, _, body) = self.send(method, path, "application/json", body.to_string()).await;
        assert!(status.is_success(), "{path}: {status} {body:.300}");
        serde_json::from_str(&body).unwrap_or_default()
    }

    async fn page(&self, path: &str) -> String {
        let (status, _, body) = self.send(Method::GET, path, "text/plain", String::new()).await;
        assert!(status.is_success(), "{path}: {status}");
        body
    }

    /// What the API says of a day, without its date.
    async fn day(&self, day: NaiveDate) -> Value {
        let mut day = self.json(Method::GET, &format!("/v1/journal/days/{day}"), Value::Null).await;
        day.as_object_mut().expect("a day").remove("day");
        day
    }
}

/// What the API says of a day on which everything was answered.
fn answered(source: &str) -> Value {
    let values: BTreeMap<&str, f64> = NUMBERS.iter().map(|own| (own.key, own.stored)).collect();
    let sources: BTreeMap<&str, &str> = values.keys().copied().chain([DREAM.0]).map(|key| (key, source)).collect();
    json!({"values": values, "texts": {DREAM.0: DREAM.2}, "sources": sources, "note": ""})
}

/// Uploads a table, and stores it as it is understood.
async fn import(browser: &Browser, table: &str) {
    let boundary = "----table";
    let part = format!(
        "--{boundary}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"days.csv\"\r\ncontent-type: text/csv\r\n\r\n{table}\r\n--{boundary}--\r\n"
    );
    let kind = format!("multipart/form-data; boundary={boundary}");
    let (status, location, body) = browser.send(Method::POST, "/journal/import", &kind, part).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{body:.300}");
    let file = location.rsplit_once('=').expect("a file").1.to_owned();
    let stored = browser.form("/journal/import/store", format!("file={file}")).await;
    assert!(stored.starts_with("/journal/import?stored="), "{stored}");
}

/// A file of an archive.
fn file_of(archive: &std::path::Path, name: &str) -> String {
    let mut archive = zip::ZipArchive::new(std::fs::File::open(archive).expect("an archive")).expect("a zip");
    let found = (0..archive.len()).find(|at| archive.by_index(*at).is_ok_and(|file| file.name().ends_with(name))).expect("a file");
    let mut text = String::new();
    archive.by_index(found).expect("a file").read_to_string(&mut text).expect("text");
    text
}

#[sqlx::test(migrations = "../migrations")]
async fn a_measure_of_each_kind_goes_wherever_the_built_in_ones_go(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect).with(crate::features::FEATURES).with_queue().await;
    let kim = Browser::new(&platform, "kim@example.org").await;
    let today = platform.clock.now().date_naive();

    // Made in the form, asked on the page.
    for form in NUMBERS.iter().map(|own| own.form).chain([DREAM.1]) {
        assert_eq!(kim.form("/journal/measures/new", form.to_owned()).await, "/journal/measures");
    }
    let page = kim.page(&format!("/journal/{today}")).await;
    let listed = kim.json(Method::GET, "/v1/journal/measures", Value::Null).await;
    let of_key = |key: &str| listed["measures"].as_array().and_then(|all| all.iter().find(|measure| measure["key"] == key)).cloned().expect("listed");
    for key in NUMBERS.iter().map(|own| own.key).chain([DREAM.0]) {
        assert!(page.contains(&format!("name=\"{key}\"")), "the page asks {key}");
        let measure = of_key(key);
        assert_eq!((&measure["own"], &measure["retired"]), (&json!(true), &json!(false)), "{measure}");
    }

    // Typed into the form of the day, read and written by REST.
    let typed: String = NUMBERS.iter().map(|own| [own.key, "=", &own.typed.replace(':', "%3A"), "&"].concat()).collect();
    kim.form(&format!("/journal/{today}"), format!("{typed}{}={}", DREAM.0, DREAM.2.replace(' ', "+"))).await;
    assert_eq!(kim.day(today).await, answered("typed"));
    let yesterday = today - TimeDelta::days(1);
    kim.json(Method::PUT, &format!("/v1/journal/days/{yesterday}"), answered("typed")).await;
    assert_eq!(kim.day(yesterday).await, answered("typed"));

    // Out with an export, as a table and as an archive.
    let export = privacy::request_export(&platform, kim.id).await.expect("requested");
    run_jobs(&platform).await.expect("jobs ran");
    let archive = platform.files.export_path(kim.id, export);
    let table = file_of(&archive, "journal.csv");
    let rows: Vec<String> = [yesterday, today].iter().map(|day| format!("{day},1,\"flying, again\",22:45,2,0.75,12,1500")).collect();
    let header = "day,own_cold_shower,own_dream,own_last_screen,own_legs,own_reading,own_stairs,own_water";
    assert_eq!(table.lines().collect::<Vec<_>>(), [header, &rows[0], &rows[1]]);

    // In with the archive, into another account: the measures and their answers.
    let alex = Browser::new(&platform, "alex@example.org").await;
    privacy::import_archive(&platform, alex.id, archive).await.expect("imported");
    assert_eq!((alex.day(today).await, alex.day(yesterday).await), (answered("typed"), answered("typed")));
    let again = alex.json(Method::GET, "/v1/journal/measures", Value::Null).await;
    assert_eq!(again, listed);

    // In with the table, into an account that has made the same measures.
    let robin = Browser::new(&platform, "robin@example.org").await;
    for form in NUMBERS.iter().map(|own| own.form).chain([DREAM.1]) {
        robin.form("/journal/measures/new", form.to_owned()).await;
    }
    import(&robin, &table).await;
    assert_eq!((robin.day(today).await, robin.day(yesterday).await), (answered("file"), answered("file")));

    // The chart of each has both days.
    for own in &NUMBERS {
        let chart = kim.json(Method::POST, "/api/journal/history", json!({"measure": own.key})).await;
        assert_eq!(chart["measure"]["key"], own.key);
        assert_eq!(chart["numbers"], json!([[yesterday, own.stored], [today, own.stored]]));
    }

    // Each is something that discovery could test, in its words and no earlier than it is known.
    let mut tx = platform.database.begin_as(kim.id).await.expect("transaction");
    let inputs = platform.features.inputs_of(&mut tx).await.expect("inputs");
    let offered = (journal::FEATURE.daily.values)(&mut tx).await.expect("values");
    let places = journal::FEATURE.daily.offered(&mut tx).await.expect("inputs");
    drop(tx);
    let discovery = kim.json(Method::POST, "/api/discovery/report", json!({})).await;
    for own in &NUMBERS {
        let input = inputs.iter().find(|input| input.key == own.key).expect("an input");
        assert_eq!(input.first_lag, usize::from(own.form.ends_with("after_run")), "{}", own.key);
        let at = places.iter().position(|place| place.key == own.key).expect("a place");
        assert!(offered.len() == 2 && offered.iter().all(|(_, values)| values[at] == Some(own.stored)), "{}", own.key);
        let testable = discovery["testable"].as_array().expect("groups").iter().flat_map(|group| group["inputs"].as_array().expect("inputs"));
        assert!(testable.clone().any(|testable| testable["label"] == input.label && testable["own"] == true), "{discovery:.500}");
    }
    assert!(inputs.iter().all(|input| input.key != DREAM.0), "a word has no direction");

    // Each answer is in the history and is undone by itself.
    let edits = async || {
        let mut tx = platform.database.begin_as(kim.id).await.expect("transaction");
        history::list_changes(&mut tx, platform.features, Units::default(), &PageRequest::first()).await.expect("a list").changes.items
    };
    for (label, key, shown) in
        NUMBERS.iter().map(|own| (of_key(own.key)["label"].clone(), own.key, own.shown)).chain([(of_key(DREAM.0)["label"].clone(), DREAM.0, DREAM.2)])
    {
        let what = format!("{}, {}", label.as_str().expect("a label"), today.format("%-d %B %Y"));
        let edit = edits().await.into_iter().find(|edit| edit.what == what).expect("an edit");
        assert_eq!(edit.fields, [("answer".to_owned(), "–".to_owned(), shown.to_owned())]);
        kim.form(&format!("/settings/history/{}/undo", edit.id), String::new()).await;
        let day = kim.day(today).await;
        assert!(day["values"].get(key).is_none() && day["texts"].get(key).is_none(), "{day}");
    }
    assert_eq!(kim.day(today).await, json!({"values": {}, "texts": {}, "sources": {}, "note": ""}));
    assert_eq!(kim.day(yesterday).await, answered("typed"), "the other day stays");
    run_jobs(&platform).await.expect("jobs ran");
}
