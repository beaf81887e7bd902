//! Random walks over everything that can be done to activities and undone. After every step, whatever is not marked equals a recomputation from
//! scratch; whatever is marked has an open task; and discovery has been enqueued.

mod fresh;

use std::collections::BTreeMap;

use accounts::change_profile;
use accounts::testing::{KIM, Person};
use domain::activities::{ActivityUpdate, DatedThresholds, ManualActivity, Thresholds};
use platform::testing::TestApp;
use platform::{Error, Platform, Tx};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use recordings::{Recording, Samples, Sport, fit};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use fresh::{Fresh, LAYERS};

const WALKS: usize = 12;
const STEPS: usize = 45;
/// An evening in Greenwich that is the next day in Tokyo.
const START: i64 = 1_780_006_800;
const ZONES: [&str; 3] = ["Europe/Berlin", "Asia/Tokyo", "America/Los_Angeles"];
const SPORTS: [&str; 3] = ["running", "cycling", "walking"];
const DAYS: [&str; 4] = ["2026-05-01", "2026-05-28", "2026-05-29", "2026-06-02"];

/// A step; the numbers choose among what exists, modulo its count.
#[derive(Debug, Clone, Copy)]
enum Step {
    Import(usize),
    Manual,
    Crop(usize, f64, f64),
    Uncrop(usize),
    Split(usize, f64),
    Unsplit(usize),
    Merge(usize, usize),
    Unmerge(usize),
    Sport(usize, usize),
    Date(usize, usize),
    ResetDate(usize),
    Delete(usize),
    Restore(usize),
    Purge(usize),
    UndoEdit(usize),
    UndoImport(usize),
    Thresholds(usize, u8, u8),
    DeleteThresholds(usize),
    Zone(usize),
    Recompute,
}

fn step() -> impl Strategy<Value = Step> {
    let n = || 0..12_usize;
    prop_oneof![
        6 => n().prop_map(Step::Import),
        1 => Just(Step::Manual),
        3 => (n(), 0.0..0.4, 0.6..1.0).prop_map(|(i, from, to)| Step::Crop(i, from, to)),
        1 => n().prop_map(Step::Uncrop),
        4 => (n(), 0.1..0.9).prop_map(|(i, at)| Step::Split(i, at)),
        2 => n().prop_map(Step::Unsplit),
        3 => (n(), n()).prop_map(|(a, b)| Step::Merge(a, b)),
        2 => n().prop_map(Step::Unmerge),
        2 => (n(), n()).prop_map(|(i, sport)| Step::Sport(i, sport)),
        2 => (n(), n()).prop_map(|(i, day)| Step::Date(i, day)),
        1 => n().prop_map(Step::ResetDate),
        4 => n().prop_map(Step::Delete),
        4 => n().prop_map(Step::Restore),
        1 => n().prop_map(Step::Purge),
        6 => n().prop_map(Step::UndoEdit),
        1 => n().prop_map(Step::UndoImport),
        3 => (n(), 1..8_u8, 0..4_u8).prop_map(|(day, which, how)| Step::Thresholds(day, which, how)),
        1 => n().prop_map(Step::DeleteThresholds),
        1 => n().prop_map(Step::Zone),
        2 => Just(Step::Recompute),
    ]
}

/// A run of a quarter of an hour with a sample every five seconds; `lat` sets the route, `heart_rate` and `temperature` what else was measured.
fn run(start_s: i64, lat: f64, heart_rate: bool, temperature: bool) -> Recording {
    let mut samples = Samples::default();
    for i in 0..180_usize {
        let t = i as f64 * 5.0;
        samples.push(t);
        samples.distance_m[i] = t * 3.0;
        samples.altitude_m[i] = 100.0 + (t / 60.0).sin() * 15.0;
        samples.latitude_deg[i] = lat + t * 3.0 / 111_195.0;
        samples.longitude_deg[i] = 13.4;
        if heart_rate {
            samples.heart_rate_bpm[i] = 130.0 + t / 30.0;
        }
        if temperature {
            samples.temperature_c[i] = 18.0 + t / 300.0;
        }
    }
    Recording { sport: Sport::Running, started_at_ms: Some(start_s * 1000), samples, ..Recording::default() }
}

/// The files: three of one run, one of another location at the same time, and two of other days.
fn files() -> BTreeMap<String, Vec<u8>> {
    [
        run(START, 52.5, false, false),
        run(START + 2, 52.5, true, false),
        run(START - 60, 52.499, false, true),
        run(START + 300, 48.1, true, false),
        run(START + 86_400, 52.5, true, true),
        run(START - 86_400, 52.5, true, false),
    ]
    .iter()
    .enumerate()
    .map(|(i, recording)| (format!("{i}.fit"), fit::encode(recording)))
    .collect()
}

struct Walk {
    platform: Platform,
    athlete: Uuid,
    files: BTreeMap<String, Vec<u8>>,
}

impl Walk {
    async fn begin(&self) -> Tx {
        self.platform.database.begin_as(self.athlete).await.expect("transaction")
    }

    /// One of the ids that a query returns; `None` if there are none.
    async fn pick<T: Send + Unpin + 'static>(&self, sql: &'static str, i: usize) -> Option<T>
    where
        (T,): for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow>,
    {
        let mut all: Vec<(T,)> = sqlx::query_as(sql).bind(self.athlete).fetch_all(self.begin().await.connection()).await.expect("ids");
        (!all.is_empty()).then(|| all.swap_remove(i % all.len()).0)
    }

    async fn activity(&self, i: usize) -> Uuid {
        self.pick("select id from activities where athlete_id = $1 order by id", i).await.unwrap_or_default()
    }

    async fn seconds(&self, id: Uuid) -> f64 {
        let sql = "select elapsed_s from activities where id = $1";
        let found: Option<Option<f64>> = sqlx::query_scalar(sql).bind(id).fetch_optional(self.begin().await.connection()).await.expect("seconds");
        found.flatten().unwrap_or(60.0)
    }

    async fn import(&self, i: usize) -> Result<(), Error> {
        let (name, bytes) = self.files.iter().nth(i % self.files.len()).expect("files");
        let import = self.platform.ids.uuid(self.platform.clock.now());
        let bytes = platform::uploads::at_once(bytes.clone());
        imports::receive(&self.platform, self.athlete, import, name, bytes).await?;
        imports::run_to_end(&self.platform, self.athlete).await
    }

    async fn apply(&self, step: Step) -> Result<(), Error> {
        let (platform, now) = (&self.platform, self.platform.clock.now());
        let clock = |seconds: f64| domain::units::duration(seconds.round());
        match step {
            Step::Import(i) => return self.import(i).await,
            Step::UndoImport(i) => {
                let sql = "select id from imports where athlete_id = $1 order by id";
                return imports::undo(platform, self.athlete, self.pick(sql, i).await.unwrap_or_default()).await;
            }
            Step::Recompute => return activities::run_recompute(platform, self.athlete).await,
            _ => {}
        }
        let mut begun = self.begin().await;
        let tx = &mut begun;
        match step {
            Step::Manual => {
                let form = |name: &str| {
                    [("day", "2026-05-29"), ("time", "07:30"), ("duration", "45:00"), ("avg_hr", "150")]
                        .into_iter()
                        .find(|f| f.0 == name)
                        .map(|f| f.1)
                };
                let id = platform.ids.uuid(now);
                activities::add_manual(tx, id, &ManualActivity::parse(form, now.date_naive())?, now).await?;
            }
            Step::Crop(i, from, to) => {
                let id = self.activity(i).await;
                let seconds = self.seconds(id).await;
                let (from, to) = (clock(from * seconds), clock(to * seconds));
                activities::crop(tx, id, |name| Some(if name == "from" { from.as_str() } else { to.as_str() })).await?;
            }
            Step::Uncrop(i) => activities::uncrop(tx, self.activity(i).await).await?,
            Step::Split(i, at) => {
                let id = self.activity(i).await;
                let at = clock(at * self.seconds(id).await);
                activities::split(tx, id, &platform.ids, |_| Some(at.as_str()), now).await?;
            }
            Step::Unsplit(i) => {
                activities::unsplit(tx, self.activity(i).await).await?;
            }
            Step::Merge(a, b) => activities::merge_into(tx, self.activity(a).await, self.activity(b).await).await?,
            Step::Unmerge(i) => {
                activities::unmerge(tx, self.activity(i).await).await?;
            }
            Step::Sport(i, sport) => {
                let form = |name: &str| if name == "sport" { Some(SPORTS[sport % SPORTS.len()]) } else { Some("Once round") };
                activities::change(tx, self.activity(i).await, &ActivityUpdate::parse(form)?).await?;
            }
            Step::Date(i, day) => {
                let form = |name: &str| Some(if name == "day" { DAYS[day % DAYS.len()] } else { "06:19" });
                activities::set_start(tx, self.activity(i).await, form, now).await?;
            }
            Step::ResetDate(i) => activities::reset_start(tx, self.activity(i).await).await?,
            Step::Delete(i) => activities::delete(tx, self.activity(i).await, platform.ids.uuid(now), now).await?,
            Step::Restore(i) => {
                let sql = "select id from trashed_activities where athlete_id = $1 order by id";
                activities::restore(tx, self.pick(sql, i).await.unwrap_or_default()).await?;
            }
            Step::Purge(i) => {
                let sql = "select id from trashed_activities where athlete_id = $1 order by id";
                let id: Uuid = self.pick(sql, i).await.unwrap_or_default();
                sqlx::query("delete from trashed_activities where id = $1").bind(id).execute(tx.connection()).await?;
            }
            Step::UndoEdit(i) => {
                let sql = "select id from change_log where athlete_id = $1 order by id desc limit 12";
                crate::undo(tx, crate::tests::FEATURES, self.pick(sql, i).await.unwrap_or_default()).await?;
            }
            Step::Thresholds(day, which, how) => {
                let some = |bit: u8, value: f64| (which & bit != 0).then_some(value);
                let values = Thresholds {
                    hr_max: some(1, 185.0 + f64::from(how)),
                    threshold_s_per_km: some(2, 280.0 - f64::from(how)),
                    resting_hr: some(4, 50.0 + f64::from(how)),
                    ..Thresholds::default()
                };
                let valid_from = DAYS[day % DAYS.len()].parse().expect("a day");
                activities::save_thresholds(tx, &DatedThresholds { valid_from, values }, now).await?;
            }
            Step::DeleteThresholds(day) => activities::delete_thresholds(tx, DAYS[day % DAYS.len()].parse().expect("a day")).await?,
            Step::Zone(i) => {
                change_profile(tx, "Kim", ZONES[i % ZONES.len()]).await?;
            }
            Step::Import(_) | Step::UndoImport(_) | Step::Recompute => {}
        }
        begun.commit().await
    }

    /// Invariants of the rows, whatever was done to them.
    async fn check_invariants(&self) {
        let mut tx = self.begin().await;
        let faults: Vec<String> = sqlx::query_scalar(
            "select 'part of nothing or of a part: ' || a.id from activities a left join activities w on w.id = a.merged_into
               where a.athlete_id = $1 and a.merged_into is not null and (w.id is null or w.merged_into is not null)
             union all select 'without samples: ' || id from activities a
               where athlete_id = $1 and not exists (select from activity_streams s where s.activity_id = a.id)
             union all select 'counts what another one counts: ' || a.id from activities a join activities b
               on b.athlete_id = a.athlete_id and (b.split_from = a.id or b.split_from = a.split_from and b.id <> a.id)
               where a.athlete_id = $1 and coalesce(a.crop_from, '-infinity') <= coalesce(b.crop_to, 'infinity')
                 and coalesce(b.crop_from, '-infinity') <= coalesce(a.crop_to, 'infinity')
             union all select 'marked without an open task: ' || id from activities
               where athlete_id = $1 and metrics_stale and failed_formula_version = 0
                 and not exists (select from recompute_tasks where athlete_id = $1 and finished_at is null)",
        )
        .bind(self.athlete)
        .fetch_all(tx.connection())
        .await
        .expect("checked");
        assert_eq!(faults, Vec::<String>::new());
    }

    /// A fingerprint of everything that discovery could read of activities.
    async fn fingerprint(&self) -> String {
        let sql = "select coalesce(md5(string_agg((to_jsonb(a) - 'updated_at')::text, ' ' order by id)), '') from activities a where athlete_id = $1";
        sqlx::query_scalar(sql).bind(self.athlete).fetch_one(self.begin().await.connection()).await.expect("fingerprint")
    }

    async fn clear_events(&self) {
        let mut tx = self.begin().await;
        sqlx::query("delete from events where athlete_id = $1").bind(self.athlete).execute(tx.connection()).await.expect("cleared");
        tx.commit().await.expect("committed");
    }

    /// Whether discovery was told that activities changed.
    async fn has_change_event(&self) -> bool {
        let sql = "select exists (select from events where athlete_id = $1 and name = 'activities.changed')";
        sqlx::query_scalar(sql).bind(self.athlete).fetch_one(self.begin().await.connection()).await.expect("a row")
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn after_any_sequence_of_edits_the_metrics_equal_a_recomputation(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect).with(crate::tests::FEATURES);
    let mut runner = TestRunner::deterministic();
    for number in 0..WALKS {
        let person = Person { email: &format!("kim{number}@example.org"), time_zone: ZONES[0], ..KIM };
        let athlete = person.register(&platform).await.viewer.id;
        let walk = Walk { platform: platform.clone(), athlete, files: files() };
        let mut fresh = Fresh::new(&walk.files);
        let steps = proptest::collection::vec(step(), STEPS).new_tree(&mut runner).expect("steps").current();
        for (i, step) in steps.iter().enumerate() {
            let so_far = || format!("walk {number}: {:?}", &steps[..=i]);
            let before = walk.fingerprint().await;
            walk.clear_events().await;
            match walk.apply(*step).await {
                Ok(()) | Err(Error::Problem(_)) => {}
                Err(error) => panic!("{error}\n{}", so_far()),
            }
            while platform::events::dispatch(&walk.platform, athlete).await.expect("dispatched") {}
            if matches!(step, Step::Zone(_)) {
                activities::testing::date_again(&platform, athlete).await.expect("marked");
            }
            assert!(walk.has_change_event().await || walk.fingerprint().await == before, "discovery was not told\n{}", so_far());
            walk.check_invariants().await;
            if let Err(fault) = fresh.compare(&mut walk.begin().await).await {
                panic!("{fault}\n{}", so_far());
            }
        }
        activities::run_recompute(&platform, athlete).await.expect("recomputed");
        fresh.compare(&mut walk.begin().await).await.expect("as from scratch");
        // All imports undone: what is left was entered by hand.
        let mut tx = walk.begin().await;
        let imports: Vec<Uuid> =
            sqlx::query_scalar("select id from imports where athlete_id = $1").bind(athlete).fetch_all(tx.connection()).await.expect("imports");
        drop(tx);
        for import in imports {
            imports::undo(&platform, athlete, import).await.expect("undone");
        }
        let left = "select count(*) from activities where athlete_id = $1 and origin <> 'manual'";
        let left: i64 = sqlx::query_scalar(left).bind(athlete).fetch_one(walk.begin().await.connection()).await.expect("count");
        assert_eq!(left, 0, "walk {number}: {steps:?}");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn every_layer_marks_the_activity(options: PgPoolOptions, connect: PgConnectOptions) {
    let owner = options.connect_with(connect).await.expect("connected");
    let trigger: String =
        sqlx::query_scalar("select pg_get_triggerdef(oid) from pg_trigger where tgname = 'mark_edited'").fetch_one(&owner).await.expect("a trigger");
    let mut marks: Vec<&str> =
        trigger.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.')).filter_map(|w| w.strip_prefix("old.")).collect();
    marks.sort_unstable();
    let mut layers = LAYERS;
    layers.sort_unstable();
    assert_eq!(marks, layers);
}
