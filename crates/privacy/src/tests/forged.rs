//! Archives with one changed value: refused, or everything that pages read can still be read.

use domain::activities::{FitnessRange, ListRequest, PerformanceQuery};
use domain::list::PageRequest;
use domain::units::Units;
use serde_json::{Value, json};

use super::*;

/// Values to put in place of valid ones.
fn nonsense() -> Vec<Value> {
    let words = ["", "x", "NaN", "-Infinity", "infinity", "290000-01-01", "\\x00", "0190a000-0000-7000-8000-00000000000f", "{}", "{NULL}", "{1,{2}}"];
    let shapes = [
        json!(null),
        json!(-1),
        json!(1e300),
        json!(i64::MAX),
        json!(3_000_000_000_u64),
        json!(true),
        json!([]),
        json!([null]),
        json!([[1]]),
        json!({}),
    ];
    let long = [json!("x".repeat(TEXT + 1)), json!([[0.5, 0.5]].repeat(5000)), json!({ "km": [1.0, 2.0], "time_s": [1.0] }), deep(400)];
    words.map(Value::from).into_iter().chain(shapes).chain(long).collect()
}

fn deep(times: usize) -> Value {
    (0..times).fold(json!(1), |inner, _| json!([inner]))
}

const TEXT: usize = domain::activities::MAX_DESCRIPTION;

/// Reads everything of an account that pages, other athletes and the next export read.
async fn read_everything(platform: &Platform, viewer: Uuid) -> Result<(), platform::Error> {
    let today = platform.clock.now().date_naive();
    let mut tx = platform.database.begin_as(viewer).await?;
    let page = activities::list(&mut tx, &ListRequest::default(), Units::default()).await?.page;
    activities::latest(&mut tx).await?;
    activities::performance(&mut tx, today, PerformanceQuery { range: FitnessRange::All, own: true, sport: None }, &[]).await?;
    activities::efficiency(&mut tx, today - TimeDelta::days(365)).await?;
    activities::load_days(&mut tx, activities::FIRST_DAY).await?;
    assert!(activities::current_form(&mut tx, today).await?.is_none_or(|form| form.fitness.is_finite()));
    activities::day_totals(&mut tx, today - TimeDelta::days(28), today).await?;
    activities::run_days(&mut tx).await?;
    activities::thresholds(&mut tx).await?;
    activities::privacy_zones(&mut tx).await?;
    activities::sharing(&mut tx).await?;
    journal::all(&mut tx).await?;
    discovery::discovery(&mut tx, platform.features, domain::units::Units::default()).await?;
    discovery::top_finding(&mut tx, platform.features, domain::units::Units::default()).await?;
    for import in imports::recent(&mut tx).await? {
        imports::get(&mut tx, import.id, &PageRequest::first(), false, platform.clock.now()).await?;
    }
    let ids: Vec<Uuid> = sqlx::query_scalar("select id from activities").fetch_all(tx.connection()).await?;
    assert!(page.items.len() <= ids.len());
    for id in ids {
        activities::detail(&mut tx, id).await?;
        activities::overlapping(&mut tx, id).await?;
    }
    drop(tx);
    activities::run_recompute(platform, viewer).await?;
    discovery::discover_now(platform, viewer).await?;
    Ok(())
}

/// Writes an archive in which the first row of a file is replaced.
fn forge(path: &Path, valid: &BTreeMap<String, String>, name: &str, row: &serde_json::Map<String, Value>) {
    let rest = valid[name].split_once('\n').map_or("", |(_, rest)| rest);
    let forged = format!("{}\n{rest}", Value::from(row.clone()));
    write_archive(path, valid.iter().map(|(other, text)| (other.as_str(), if other == name { forged.as_str() } else { text })));
}

#[sqlx::test(migrations = "../../migrations")]
async fn whatever_stands_in_a_row_is_refused_or_can_be_read(_: PgPoolOptions, connect: PgConnectOptions) {
    let (platform, kim) = with_data(connect.clone()).await;
    let mut tx = platform.database.begin_as(kim).await.expect("transaction");
    activities::add_privacy_zone(&platform, &mut tx, "Home", 500.0, false, platform.clock.now()).await.expect("zone");
    tx.commit().await.expect("committed");
    let valid = export(&platform, kim).await;
    let mut owner = PgConnection::connect_with(&connect).await.expect("owner");
    let path = platform.folder().join("forged.zip");
    let empty = FEATURES
        .exported()
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .map(|exported| format!("delete from {}", exported.name))
        .collect::<Vec<_>>()
        .join(";");
    let (mut accepted, mut refused) = (0, 0);
    for exported in FEATURES.exported().filter(|exported| exported.name != "activity_streams") {
        let name = format!("data/{}.jsonl", exported.name);
        let Some(first) = valid[&name].lines().next() else { continue };
        let row: serde_json::Map<String, Value> = serde_json::from_str(first).expect("a row");
        let dependencies: &[&str] = match exported.name {
            "activities" => &["imports", "import_files", "activity_streams"],
            "activity_efforts" => &["imports", "import_files", "activities", "activity_streams"],
            "import_files" => &["imports"],
            _ => &[],
        };
        let needed = |file: &str| file == name || file == "legwork.json" || dependencies.iter().any(|table| file == format!("data/{table}.jsonl"));
        let valid: BTreeMap<String, String> =
            valid.iter().filter(|(file, _)| needed(file)).map(|(file, text)| (file.clone(), text.clone())).collect();
        // Which values each field accepts, one at a time; then all fields together, with one accepted value each.
        let mut candidates: Vec<(&String, Vec<Value>)> = Vec::new();
        for (i, field) in row.keys().enumerate() {
            let mut values = Vec::new();
            // A third of the values for each field, in turns: all of them for some field of each type.
            for value in nonsense().into_iter().skip(i % 3).step_by(3) {
                let mut forged = row.clone();
                forged.insert(field.clone(), value.clone());
                forge(&path, &valid, &name, &forged);
                sqlx::raw_sql(AssertSqlSafe(empty.as_str())).execute(&mut owner).await.expect("emptied");
                match import_archive(&platform, kim, path.clone()).await.map_err(platform::Error::into_problem) {
                    Ok(_) => values.push(value),
                    Err(problem) => {
                        refused += 1;
                        assert_eq!(problem.kind, domain::ProblemKind::Invalid, "{name}: {field}: {}", problem.message);
                    }
                }
            }
            candidates.push((field, values));
        }
        for round in 0..candidates.iter().map(|(_, values)| values.len()).max().unwrap_or(0) {
            let mut forged = row.clone();
            for (field, values) in &candidates {
                if let Some(value) = values.get(round) {
                    forged.insert((*field).clone(), value.clone());
                }
            }
            forge(&path, &valid, &name, &forged);
            sqlx::raw_sql(AssertSqlSafe(empty.as_str())).execute(&mut owner).await.expect("emptied");
            if import_archive(&platform, kim, path.clone()).await.is_ok() {
                accepted += 1;
                read_everything(&platform, kim).await.unwrap_or_else(|e| panic!("{name}: {forged:?}: {e:?}"));
            }
        }
    }
    // Charts whose arrays have different lengths, and a zone that hides too little or too much.
    let forged = |table: &str, field: &str, change: &dyn Fn(&mut Value)| {
        let name = format!("data/{table}.jsonl");
        let mut row: serde_json::Map<String, Value> = serde_json::from_str(valid[&name].lines().next().expect("a row")).expect("a row");
        change(row.get_mut(field).expect("there"));
        forge(&path, &valid, &name, &row);
    };
    let lists = ["time_s", "pace", "graded", "heart_rate", "altitude", "route"];
    for list in lists {
        forged("activities", "series", &|series| series[list] = json!([]));
        sqlx::raw_sql(AssertSqlSafe(empty.as_str())).execute(&mut owner).await.expect("emptied");
        assert!(import_archive(&platform, kim, path.clone()).await.is_err(), "{list}");
    }
    for (field, value) in [("hidden_m", 1.0), ("hidden_m", 1e6), ("shift_north_m", 1e4), ("radius_m", 5000.0)] {
        forged("privacy_zones", field, &|old| *old = json!(value));
        sqlx::raw_sql(AssertSqlSafe(empty.as_str())).execute(&mut owner).await.expect("emptied");
        assert!(import_archive(&platform, kim, path.clone()).await.is_err(), "{field} {value}");
    }
    assert!(accepted > 20 && refused > 300, "{accepted} accepted, {refused} refused");
    work(&platform).await;
}
