//! Archives of which one value was changed: refused, or everything that pages read can still be read.

use serde_json::{Value, json};

use super::*;

/// What may stand where something else should.
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

/// Everything that pages, other athletes and the next archive read of an account.
async fn everything(platform: &Platform, viewer: Uuid) -> Result<(), platform::Error> {
    let today = platform.clock.now().date_naive();
    let mut session = platform.database.begin_as(viewer).await?;
    let page = activities::list(&mut session, 1).await?;
    activities::latest(&mut session).await?;
    activities::performance(&mut session, today).await?;
    activities::efficiency(&mut session, today - TimeDelta::days(365)).await?;
    let loads = activities::load_days(&mut session).await?;
    assert!(activities::current_form(&loads, today).is_none_or(|form| form.fitness.is_finite()));
    activities::day_totals(&mut session, today - TimeDelta::days(28), today).await?;
    activities::run_days(&mut session).await?;
    activities::thresholds(&mut session).await?;
    activities::privacy_zones(&mut session).await?;
    activities::sharing(&mut session).await?;
    journal::all(&mut session).await?;
    discovery::discovery(&mut session).await?;
    for import in imports::recent(&mut session).await? {
        imports::get(&mut session, import.id, 1, false).await?;
    }
    let ids: Vec<Uuid> = sqlx::query_scalar("select id from activities").fetch_all(session.connection()).await?;
    assert!(page.items.len() <= ids.len());
    for id in ids {
        activities::detail(&mut session, id).await?;
        activities::overlapping(&mut session, id).await?;
    }
    drop(session);
    activities::run_recompute(platform, viewer).await?;
    discovery::discover_now(platform, viewer).await?;
    Ok(())
}

/// An archive in which the first row of a file is another one.
fn forge(path: &Path, sound: &BTreeMap<String, String>, name: &str, row: &serde_json::Map<String, Value>) {
    let rest = sound[name].split_once('\n').map_or("", |(_, rest)| rest);
    let forged = format!("{}\n{rest}", Value::from(row.clone()));
    write_archive(path, sound.iter().map(|(other, text)| (other.as_str(), if other == name { forged.as_str() } else { text })));
}

#[sqlx::test(migrations = "../../migrations")]
async fn whatever_stands_in_a_row_is_refused_or_can_be_read(_: PgPoolOptions, connect: PgConnectOptions) {
    let (platform, folder, kim) = lived(connect.clone()).await;
    let mut session = platform.database.begin_as(kim).await.expect("session");
    activities::add_privacy_zone(&platform, &mut session, "Home", 500.0, false, platform.clock.now()).await.expect("zone");
    session.commit().await.expect("committed");
    let sound = export(&platform, kim).await;
    let mut owner = PgConnection::connect_with(&connect).await.expect("owner");
    let path = folder.path().join("forged.zip");
    let empty = EXPORTED_TABLES.iter().rev().map(|part| format!("delete from {}", part.table)).collect::<Vec<_>>().join(";");
    let (mut taken, mut refused) = (0, 0);
    for part in EXPORTED_TABLES.iter().filter(|part| part.table != "activity_streams") {
        let name = format!("data/{}.jsonl", part.table);
        let Some(first) = sound[&name].lines().next() else { continue };
        let row: serde_json::Map<String, Value> = serde_json::from_str(first).expect("a row");
        let beside: &[&str] = match part.table {
            "activities" => &["imports", "import_files", "activity_streams"],
            "activity_efforts" => &["imports", "import_files", "activities", "activity_streams"],
            "import_files" => &["imports"],
            _ => &[],
        };
        let needed = |file: &str| file == name || file == "legwork.json" || beside.iter().any(|table| file == format!("data/{table}.jsonl"));
        let sound: BTreeMap<String, String> =
            sound.iter().filter(|(file, _)| needed(file)).map(|(file, text)| (file.clone(), text.clone())).collect();
        // What each field may be, one at a time; then those together, each with another.
        let mut believed: Vec<(&String, Vec<Value>)> = Vec::new();
        for (i, field) in row.keys().enumerate() {
            let mut values = Vec::new();
            // A third of it for each, in turns: all of it for some of each type.
            for value in nonsense().into_iter().skip(i % 3).step_by(3) {
                let mut forged = row.clone();
                forged.insert(field.clone(), value.clone());
                forge(&path, &sound, &name, &forged);
                sqlx::raw_sql(AssertSqlSafe(empty.as_str())).execute(&mut owner).await.expect("emptied");
                match import_archive(&platform, kim, path.clone()).await.map_err(platform::Error::into_problem) {
                    Ok(_) => values.push(value),
                    Err(problem) => {
                        refused += 1;
                        assert_eq!(problem.kind, domain::ProblemKind::Invalid, "{name}: {field}: {}", problem.message);
                    }
                }
            }
            believed.push((field, values));
        }
        for round in 0..believed.iter().map(|(_, values)| values.len()).max().unwrap_or(0) {
            let mut forged = row.clone();
            for (field, values) in &believed {
                if let Some(value) = values.get(round) {
                    forged.insert((*field).clone(), value.clone());
                }
            }
            forge(&path, &sound, &name, &forged);
            sqlx::raw_sql(AssertSqlSafe(empty.as_str())).execute(&mut owner).await.expect("emptied");
            if import_archive(&platform, kim, path.clone()).await.is_ok() {
                taken += 1;
                everything(&platform, kim).await.unwrap_or_else(|e| panic!("{name}: {forged:?}: {e:?}"));
            }
        }
    }
    // Charts whose lists do not fit each other, and a zone that hides nothing.
    let forged = |table: &str, field: &str, change: &dyn Fn(&mut Value)| {
        let name = format!("data/{table}.jsonl");
        let mut row: serde_json::Map<String, Value> = serde_json::from_str(sound[&name].lines().next().expect("a row")).expect("a row");
        change(row.get_mut(field).expect("there"));
        forge(&path, &sound, &name, &row);
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
    assert!(taken > 20 && refused > 300, "{taken} taken, {refused} refused");
}
