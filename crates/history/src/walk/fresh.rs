//! Recomputing from scratch: the originals, merged and cropped as the rows say, stored as new activities in the same account and compared before
//! the transaction is rolled back.

use std::collections::{BTreeMap, HashMap};

use activities::{IngestOutcome, Source, analyse_recording, ingest, thresholds};
use chrono::{DateTime, Utc};
use platform::Tx;
use recordings::{Recording, Sport, merge};
use serde_json::Value;
use uuid::Uuid;

/// Columns of the edits that an athlete may layer over a recording: a change of one marks the activity.
pub(super) const LAYERS: [&str; 6] = ["sport", "crop_from", "crop_to", "clock_shift_ms", "clock_utc_offset_s", "own_intervals"];

/// Columns that are given rather than computed. A new column is listed here, in [`LAYERS`], or is compared.
const GIVEN: [&str; 22] = [
    "id",
    "athlete_id",
    "import_file_id",
    "source_sha256",
    "source_part",
    "source_name",
    "origin",
    "title",
    "made_title",
    "description",
    "gear",
    "tags",
    "kind",
    "sport_guessed",
    "hidden",
    "merged_into",
    "split_from",
    "warnings",
    "created_at",
    "updated_at",
    "metrics_stale",
    "failed_formula_version",
];

#[derive(Debug, sqlx::FromRow)]
struct Row {
    id: Uuid,
    origin: String,
    source_name: String,
    sport: String,
    crop_from: Option<DateTime<Utc>>,
    crop_to: Option<DateTime<Utc>>,
    merged_into: Option<Uuid>,
    clock_shift_ms: Option<i64>,
    clock_utc_offset_s: Option<i32>,
    created_at: DateTime<Utc>,
    metrics_stale: bool,
    samples: Vec<u8>,
}

pub(super) struct Fresh {
    originals: BTreeMap<String, Recording>,
    /// Cached results, by what they were computed from; `None` where there is nothing to compute.
    known: HashMap<String, Option<Value>>,
}

impl Fresh {
    pub(super) fn new(files: &BTreeMap<String, Vec<u8>>) -> Self {
        let read = |bytes: &Vec<u8>| recordings::read(bytes, 1 << 24).expect("readable").recordings.remove(0);
        Self { originals: files.iter().map(|(name, bytes)| (name.clone(), read(bytes))).collect(), known: HashMap::new() }
    }

    /// Checks that everything that is not marked is what it would be if it were imported today. The transaction must be rolled back afterwards.
    pub(super) async fn compare(&mut self, tx: &mut Tx) -> Result<(), String> {
        let athlete = tx.viewer().expect("a viewer");
        let rows: Vec<Row> = sqlx::query_as(
            "select a.id, origin, source_name, sport, crop_from, crop_to, merged_into, clock_shift_ms, clock_utc_offset_s,
               created_at, metrics_stale, samples
             from activities a join activity_streams s on s.activity_id = a.id where a.athlete_id = $1 order by created_at, a.id",
        )
        .bind(athlete)
        .fetch_all(tx.connection())
        .await
        .expect("rows");
        let zone: String =
            sqlx::query_scalar("select time_zone from accounts where id = $1").bind(athlete).fetch_one(tx.connection()).await.expect("zone");
        let thresholds = thresholds(tx).await.expect("thresholds");
        for row in &rows {
            let stored = Recording::from_bytes(&row.samples).expect("samples").samples.to_bytes();
            if row.origin != "manual" && stored != self.original(row).samples.to_bytes() {
                return Err(format!("{} stores something other than its original", row.id));
            }
            if row.metrics_stale {
                continue;
            }
            let parts: Vec<&Row> = rows.iter().filter(|p| p.merged_into == Some(row.id)).collect();
            let names: Vec<_> = parts.iter().map(|p| (p.source_name.as_str(), p.clock_shift_ms)).collect();
            let given = (row.clock_shift_ms, row.clock_utc_offset_s);
            let of = (&row.source_name, row.origin == "manual", names, &row.sport, row.crop_from, row.crop_to, given, &zone, &thresholds);
            let key = format!("{of:?}");
            if !self.known.contains_key(&key) {
                let shift_ms = row.clock_shift_ms.unwrap_or(0);
                let mut recording = parts.iter().fold(self.original(row), |all, part| {
                    // By the clock of the first one.
                    merge(&all, &later(self.original(part), part.clock_shift_ms.unwrap_or(0) - shift_ms))
                });
                let start = recording.started_at_ms.expect("a start");
                if row.crop_from.is_some() || row.crop_to.is_some() {
                    let seconds = |at: DateTime<Utc>| (at.timestamp_millis() - start) as f64 / 1000.0;
                    recording = recording.crop(row.crop_from.map_or(0.0, seconds), row.crop_to.map_or(f64::INFINITY, seconds));
                }
                if row.clock_shift_ms.is_some() {
                    recording = later(recording, shift_ms);
                    recording.utc_offset_s = row.clock_utc_offset_s;
                }
                recording.sport = Sport::parse(&row.sport).expect("a sport");
                let computed = match analyse_recording(recording, &thresholds, &zone) {
                    Ok(analysed) => {
                        let hash = [self.known.len().to_le_bytes(); 4].concat();
                        let source = Source { import_file: None, sha256: &hash, part: 0, name: "", warnings: &[], origin: "split" };
                        let new = Uuid::from_u128(self.known.len() as u128 + 1);
                        assert_eq!(ingest(tx, new, &analysed, source, row.created_at).await.expect("stored"), IngestOutcome::New(new));
                        Some(numbers(tx, new).await)
                    }
                    Err(_) => None,
                };
                self.known.insert(key.clone(), computed);
            }
            let now = numbers(tx, row.id).await;
            match &self.known[&key] {
                Some(computed) if *computed != now => return Err(format!("{} of {of:?}: {}", row.id, difference(&now, computed))),
                None => return Err(format!("{} of {of:?} has metrics although there is nothing to compute", row.id)),
                Some(_) => {}
            }
        }
        Ok(())
    }

    fn original(&self, row: &Row) -> Recording {
        self.originals.get(&row.source_name).cloned().unwrap_or_else(|| Recording::from_bytes(&row.samples).expect("samples"))
    }
}

fn later(mut recording: Recording, shift_ms: i64) -> Recording {
    recording.started_at_ms = recording.started_at_ms.map(|start| start + shift_ms);
    recording
}

/// The computed columns of an activity, best efforts included; without the id of its route, which depends on which activity was on it first.
async fn numbers(tx: &mut Tx, id: Uuid) -> Value {
    let given: Vec<String> = GIVEN.iter().chain(&LAYERS).map(|c| (*c).to_owned()).collect();
    sqlx::query_scalar(
        "select (to_jsonb(a) - $2 - 'route_id') || jsonb_build_object('efforts', (
           select jsonb_agg(to_jsonb(e) - 'activity_id' order by kind, target) from activity_efforts e where e.activity_id = a.id))
         from activities a where a.id = $1",
    )
    .bind(id)
    .bind(given)
    .fetch_one(tx.connection())
    .await
    .expect("a row")
}

fn difference(now: &Value, computed: &Value) -> String {
    let (Value::Object(now), Value::Object(computed)) = (now, computed) else { return "no rows".to_owned() };
    let other = |(name, value): (&String, &Value)| {
        let excerpt = |v: Option<&Value>| v.map(Value::to_string).unwrap_or_default().chars().take(60).collect::<String>();
        (computed.get(name) != Some(value)).then(|| format!("{name} is {} and should be {}", excerpt(Some(value)), excerpt(computed.get(name))))
    };
    now.iter().filter_map(other).collect::<Vec<_>>().join("; ")
}
