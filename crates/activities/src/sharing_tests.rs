//! Privacy zones against recordings as they occur: reordered, damaged, with clocks that were set.

use accounts::testing::athlete;
use domain::sharing::{VisibleParts, metres};
use platform::testing::TestApp;
use recordings::{Recording, Sport};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::sharing::redact;
use crate::sharing_attacks::runs::{DOOR, RandomRuns};
use crate::tests::{START, add_new, at, begin_as, run};
use crate::{add_privacy_zone, analyse_recording, privacy_zones, remove_privacy_zone};

const ALL: VisibleParts = VisibleParts { map: true, heart_rate: true };
const RADIUS_M: f64 = 500.0;

/// Nothing that others see of it lies within the radius around the front door.
#[track_caller]
fn assert_door_hidden(what: &str, shared: &Recording) {
    let near = |recording: &Recording| {
        let s = &recording.samples;
        let positions = s.latitude_deg.iter().copied().zip(s.longitude_deg.iter().copied());
        positions.map(|position| metres(DOOR, position)).fold(f64::MAX, f64::min)
    };
    assert!(near(shared) > RADIUS_M, "{what}: {} m from the front door", near(shared));
    if let Ok(back) = recordings::gpx::encode(shared).map_err(|_| ()).and_then(|file| recordings::gpx::decode(&file).map_err(|_| ())) {
        assert!(back.recordings.iter().all(|r| near(r) > RADIUS_M), "{what}: the file");
    }
}

#[test]
fn laps_written_newest_first_hide_the_front_door_in_the_middle_of_the_file() {
    let random = RandomRuns::seeded(11);
    let zone = [random.zone(RADIUS_M)];
    let whole = random.run(2.0);
    let n = whole.samples.len();
    for laps in [2, 3, 7] {
        let mut reordered = whole.clone();
        let bounds: Vec<usize> = (0..=laps).map(|k| n * k / laps).collect();
        reordered.samples = whole.samples.select(&bounds.windows(2).rev().flat_map(|w| w[0]..w[1]).collect::<Vec<_>>());
        // As the decoders return it: times count from the first sample of the file.
        let zero = reordered.samples.time_s[0];
        reordered.samples.time_s.iter_mut().for_each(|t| *t -= zero);
        reordered.laps.iter_mut().for_each(|l| l.start_s -= zero);
        reordered.started_at_ms = whole.started_at_ms.map(|ms| ms + (zero * 1000.0) as i64);
        let visible = |recording: Recording| {
            let shared = redact(recording, ALL, &zone).expect("something is left");
            assert_door_hidden(&format!("{laps} laps"), &shared);
            let analysed = analyse_recording(shared.clone(), &[], "UTC").expect("analysed");
            let efforts = format!("{:?} {:?}", analysed.analysis.best_over_distances, analysed.analysis.best_over_durations);
            let file = recordings::gpx::encode(&shared).expect("encoded");
            (
                analysed.analysis.distance_m,
                analysed.started_at,
                file,
                efforts,
                analysed.splits,
                analysed.laps,
                analysed.series,
                analysed.route_preview,
            )
        };
        assert_eq!(visible(reordered), visible(whole.clone()), "{laps} laps: the same as in order");
    }
}

/// Everything within the radius is head or tail, since the run never passes by in the middle: none of it is shown, however the file was
/// damaged.
#[test]
fn no_head_or_tail_is_shown_in_any_order_of_the_samples() {
    let mut shown = 0;
    for seed in 0..400 {
        let random = RandomRuns::seeded(5000 + seed);
        let zone = [random.zone(RADIUS_M)];
        let mut recording = random.run(random.uniform() * 7.0);
        if seed % 3 == 0 {
            recording.sport = Sport::Cycling;
        }
        let mut done = Vec::new();
        for _ in 0..=random.below(3) {
            done.push(damage(&random, &mut recording));
        }
        if let Some(shared) = redact(recording, ALL, &zone) {
            assert_door_hidden(&format!("{seed}: {done:?}"), &shared);
            shown += usize::from(shared.samples.len() > 100);
        }
    }
    assert!(shown > 200, "most of them show something: {shown}");
}

/// Damages a recording in one of the ways that occur in practice; returns which.
fn damage(random: &RandomRuns, recording: &mut Recording) -> &'static str {
    let n = recording.samples.len();
    let (a, b) = (random.below(n), random.below(n));
    let (from, to) = (a.min(b), a.max(b) + 1);
    let mut order: Vec<usize> = (0..n).collect();
    let s = &mut recording.samples;
    let what = match random.below(13) {
        0 => {
            order.rotate_left(from);
            "rotated"
        }
        1 => {
            order[from..to].reverse();
            "a segment backwards"
        }
        2 => {
            order.reverse();
            "all backwards"
        }
        3 => {
            (1..n).for_each(|i| order.swap(i, random.below(i + 1)));
            "all at random"
        }
        4 => {
            let size = 1 + random.below(n / 2);
            order = order.chunks(size).rev().flatten().copied().collect();
            "many segments, newest first"
        }
        5 => {
            let by = (random.uniform() - 0.5) * 20_000.0;
            s.time_s[from..].iter_mut().for_each(|t| *t += by);
            "a clock that was set"
        }
        6 => {
            s.time_s[from..to].fill(f64::NAN);
            "no times for a while"
        }
        7 => {
            let to = from / 2;
            s.latitude_deg[..to].fill(f64::NAN);
            "no position at first"
        }
        8 => {
            let until = random.below(60);
            s.latitude_deg[..until].fill(0.0);
            s.longitude_deg[..until].fill(0.0);
            "null island at first"
        }
        9 => {
            order = order.iter().copied().flat_map(|i| [i, i]).collect();
            "everything twice"
        }
        10 => {
            order.extend(from..to);
            "a segment repeated at the end"
        }
        11 => {
            s.time_s.fill(if random.uniform() < 0.5 { 0.0 } else { f64::NAN });
            "one time or none"
        }
        _ => {
            recording.totals.elapsed_s = Some(random.uniform() * 20_000.0);
            order = order.iter().copied().step_by(7).chain(order.iter().copied().skip(3).step_by(7)).collect();
            "two recordings in one, and a total that says something else"
        }
    };
    recording.samples = recording.samples.select(&order);
    what
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_zone_is_created_where_the_latest_possible_run_began(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = athlete(&platform, "kim@example.org").await;
    // Reordered and with a first position at null island; and a run from another location by a watch that is years ahead.
    let mut last = run(START);
    let n = last.samples.len();
    last.samples = last.samples.select(&(n / 2..n).chain(0..n / 2).collect::<Vec<_>>());
    let half = last.samples.time_s[0];
    last.samples.time_s.iter_mut().for_each(|t| *t -= half);
    last.started_at_ms = Some(START * 1000 + (half * 1000.0) as i64);
    let first = n - n / 2;
    (last.samples.latitude_deg[first], last.samples.longitude_deg[first]) = (0.0, 0.0);
    add_new(&platform, kim, last, "reordered.fit").await;
    let mut ahead = run(START + 4000 * 86_400);
    ahead.samples.latitude_deg.iter_mut().for_each(|lat| *lat += 0.5);
    add_new(&platform, kim, ahead, "ahead.fit").await;
    let mut tx = begin_as(&platform, kim).await;
    add_privacy_zone(&platform, &mut tx, "Home", RADIUS_M, false, at()).await.expect("a zone");
    let zone = privacy_zones(&mut tx).await.expect("zones").remove(0);
    let door = run(START).samples;
    let off = metres((zone.latitude_deg, zone.longitude_deg), (door.latitude_deg[0], door.longitude_deg[0]));
    assert!((560.0..660.0).contains(&off), "{off} m from the front door to the centre of what is hidden");
}

/// As a server of the previous version inserts them, and as its archives hold them.
#[sqlx::test(migrations = "../../migrations")]
async fn older_zones_around_one_location_get_the_same_shift(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let (kim, sam) = (athlete(&platform, "kim@example.org").await, athlete(&platform, "sam@example.org").await);
    let older = async |viewer, latitude_deg: f64, longitude_deg: f64, radius_m: f64| {
        let mut tx = begin_as(&platform, viewer).await;
        let sql = "insert into privacy_zones (id, athlete_id, name, latitude_deg, longitude_deg, radius_m, created_at) values (gen_random_uuid(), $1, 'x', $2, $3, $4, now())
                   returning id, shift_north_m, shift_east_m, latitude_deg, longitude_deg, hidden_m";
        let row: (uuid::Uuid, f64, f64, f64, f64, f64) =
            sqlx::query_as(sql).bind(viewer).bind(latitude_deg).bind(longitude_deg).bind(radius_m).fetch_one(tx.connection()).await.expect("stored");
        tx.commit().await.expect("commit");
        let far = row.1.hypot(row.2);
        let off = metres((latitude_deg, longitude_deg), (row.3, row.4));
        assert!((off - far).abs() < 1.0, "moved by its shift: {off} and {far}");
        // The front door is up to half the radius away from the old centre.
        assert!(row.5 >= far + radius_m / 2.0 + radius_m, "the whole zone is hidden: {} m, {far} m away", row.5);
        (row.0, (row.1, row.2))
    };
    let (id, first) = older(kim, 52.5, 179.999, 500.0).await;
    assert!((820.0..=900.0).contains(&first.0.hypot(first.1)), "{first:?}");
    assert_eq!(older(kim, 52.505, -179.995, 500.0).await.1, first, "700 m away, on the other side of the date line");
    assert_eq!(older(kim, 52.5, 179.999, 2000.0).await.1, first, "with another radius");
    assert_ne!(older(kim, 52.52, 179.999, 500.0).await.1, first, "two kilometres away is another location");
    assert_ne!(older(sam, 52.5, 179.999, 500.0).await.1, first, "another athlete's zone");
    // A removed zone still counts, and a zone that is created today gets the shift of the older one.
    let mut tx = begin_as(&platform, kim).await;
    remove_privacy_zone(&mut tx, id, at()).await.expect("removed");
    tx.commit().await.expect("commit");
    assert_eq!(older(kim, 52.5, 179.999, 200.0).await.1, first);
    let mut home = run(START);
    home.samples.latitude_deg.iter_mut().for_each(|lat| *lat += 0.001);
    home.samples.longitude_deg.fill(179.999);
    add_new(&platform, kim, home, "a.fit").await;
    let mut tx = begin_as(&platform, kim).await;
    add_privacy_zone(&platform, &mut tx, "Home", RADIUS_M, false, at()).await.expect("a zone");
    let new: (f64, f64) =
        sqlx::query_as("select shift_north_m, shift_east_m from privacy_zones where name = 'Home'").fetch_one(tx.connection()).await.expect("there");
    assert_eq!(new, first);
}
