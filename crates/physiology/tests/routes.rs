//! How often the same route is not recognised, and another one is taken for it: in a made town with made errors, and on real recordings.
//!
//! `cargo test -p physiology --test routes -- --include-ignored --nocapture` prints the rates that docs/physiology.md states.

use physiology::route::{Line, Match};
use physiology::{Athlete, analyse};

/// Uniform numbers in 0…1 from a seed (Knuth's MMIX multiplier).
struct Rng(u64);

impl Rng {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as f64 / f64::from(1_u32 << 31)
    }

    fn below(&mut self, n: usize) -> usize {
        ((self.next() * n as f64) as usize).min(n - 1)
    }

    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.next()).sum::<f64>() - 6.0
    }
}

type Corner = (i32, i32);

/// Streets are so far apart, in metres.
const BLOCK_M: f64 = 130.0;
const HOUR: usize = 3600;

/// A loop through streets: a rectangle with bays, at least two blocks wide.
fn town_loop(rng: &mut Rng) -> Vec<Corner> {
    let (west, south) = (rng.below(6) as i32, rng.below(6) as i32);
    let (wide, high) = (3 + rng.below(14) as i32, 3 + rng.below(14) as i32);
    let mut way = vec![(south, west)];
    let side = |way: &mut Vec<Corner>, rng: &mut Rng, (dn, de): Corner, steps: i32, inwards: Corner| {
        let bay = if steps > 4 && rng.next() < 0.6 { Some((1 + rng.below((steps - 3) as usize) as i32, 1 + rng.below(2) as i32)) } else { None };
        for k in 0..steps {
            let (n, e) = way[way.len() - 1];
            match bay {
                Some((at, deep)) if at == k => way.extend([
                    (n + deep * inwards.0, e + deep * inwards.1),
                    (n + deep * inwards.0 + dn, e + deep * inwards.1 + de),
                    (n + dn, e + de),
                ]),
                _ => way.push((n + dn, e + de)),
            }
        }
    };
    side(&mut way, rng, (1, 0), high, (0, 1));
    side(&mut way, rng, (0, 1), wide, (-1, 0));
    side(&mut way, rng, (-1, 0), high, (0, -1));
    side(&mut way, rng, (0, -1), wide, (1, 0));
    way
}

/// The loop with a stretch of it one or two streets away: nearly the same, and another route if that is more than a tenth of it.
fn with_other_stretch(way: &[Corner], rng: &mut Rng) -> Vec<Corner> {
    let straight: Vec<usize> = (0..way.len() - 5).filter(|&k| way[k].1 == way[k + 5].1).collect();
    let Some(&at) = straight.get(rng.below(straight.len().max(1))) else { return way.to_vec() };
    let mut out = way[..=at].to_vec();
    let off = if rng.next() < 0.5 { 2 } else { -2 };
    out.extend((at..=at + 5).map(|k| (way[k].0, way[k].1 + off)));
    out.extend(&way[at + 5..]);
    out
}

/// A recording of a way: begun anywhere on a loop, at some pace and sampling, with a receiver's drifting error, a bias of the day, and perhaps a gap.
fn recorded(way: &[Corner], rng: &mut Rng, error_m: f64) -> Vec<(f64, f64)> {
    let mut corners: Vec<(f64, f64)> = way.iter().map(|(n, e)| (f64::from(*n) * BLOCK_M, f64::from(*e) * BLOCK_M)).collect();
    if way.first() == way.last() {
        corners.pop();
        let start = rng.below(corners.len());
        corners.rotate_left(start);
        corners.push(corners[0]);
    }
    let (mps, every) = (2.2 + 2.0 * rng.next(), 1 + rng.below(8));
    let drift = 0.97_f64.powi(every as i32);
    let fresh = (1.0 - drift * drift).sqrt() * error_m;
    let bias = (0.3 * error_m * rng.normal(), 0.3 * error_m * rng.normal());
    let mut error = (error_m * rng.normal(), error_m * rng.normal());
    let mut out = Vec::new();
    let (mut leg, mut on_leg) = (0, 0.0);
    for _ in 0..8 * HOUR / every {
        let (a, b) = (corners[leg], corners[leg + 1]);
        let length = (b.0 - a.0).hypot(b.1 - a.1);
        error = (drift * error.0 + fresh * rng.normal(), drift * error.1 + fresh * rng.normal());
        let share = on_leg / length;
        let at = (a.0 + share * (b.0 - a.0) + bias.0 + error.0, a.1 + share * (b.1 - a.1) + bias.1 + error.1);
        out.push((51.5 + at.0 / 111_195.08, -0.1 + at.1 / 111_195.08 / 51.5_f64.to_radians().cos()));
        on_leg += mps * every as f64;
        while leg + 1 < corners.len() {
            let length = (corners[leg + 1].0 - corners[leg].0).hypot(corners[leg + 1].1 - corners[leg].1);
            if on_leg < length {
                break;
            }
            on_leg -= length;
            leg += 1;
        }
        if leg + 1 == corners.len() {
            break;
        }
    }
    if rng.next() < 0.3 {
        let (from, long) = (rng.below(out.len()), out.len() / 12);
        let to = (from + long).min(out.len());
        out.drain(from..to);
    }
    out
}

/// The share of two ways that neither has in common, of the longer.
fn differing(a: &[Corner], b: &[Corner]) -> f64 {
    let legs = |way: &[Corner]| {
        let mut legs = std::collections::HashSet::new();
        for pair in way.windows(2) {
            let (dn, de) = ((pair[1].0 - pair[0].0).signum(), (pair[1].1 - pair[0].1).signum());
            let (mut n, mut e) = pair[0];
            while (n, e) != pair[1] {
                legs.insert((n, e, n + dn, e + de));
                (n, e) = (n + dn, e + de);
            }
        }
        legs
    };
    let (a, b) = (legs(a), legs(b));
    1.0 - a.intersection(&b).count() as f64 / a.len().max(b.len()) as f64
}

#[test]
fn rates_in_a_town() {
    for (error_m, most_missed) in [(3.0, 0.01), (6.0, 0.01), (10.0, 0.05)] {
        let mut rng = Rng(42);
        let (mut same, mut missed, mut unfound, mut turned, mut unturned) = (0, 0, 0, 0, 0);
        let (mut others, mut mistaken, mut alike, mut alike_mistaken) = (0, 0, 0, 0);
        let mut all: Vec<(Vec<Corner>, Line)> = Vec::new();
        for _ in 0..150 {
            let way = town_loop(&mut rng);
            let (Some(a), Some(b)) = (Line::new(&recorded(&way, &mut rng, error_m)), Line::new(&recorded(&way, &mut rng, error_m))) else {
                panic!("a loop is a route")
            };
            same += 1;
            missed += u32::from(a.matches(&b) != Match::Same);
            unfound += u32::from(!a.signature().candidates().contain(b.signature()));
            let mut back = way.clone();
            back.reverse();
            if let Some(back) = Line::new(&recorded(&back, &mut rng, error_m)) {
                turned += 1;
                unturned += u32::from(a.matches(&back) != Match::Reverse);
            }
            let near = with_other_stretch(&way, &mut rng);
            if differing(&way, &near) > 0.15
                && let Some(near) = Line::new(&recorded(&near, &mut rng, error_m))
            {
                alike += 1;
                alike_mistaken += u32::from(a.matches(&near) != Match::Other);
            }
            all.push((way, a));
        }
        for (k, (way, a)) in all.iter().enumerate() {
            for (_, b) in all.iter().skip(k + 1).filter(|(other, _)| differing(way, other) > 0.15) {
                others += 1;
                mistaken += u32::from(a.matches(b) == Match::Same);
            }
        }
        println!(
            "error {error_m} m: missed {missed} of {same}, not found by signature {unfound}, reverse missed {unturned} of {turned}, mistaken {mistaken} of {others}, with more than 15 % elsewhere {alike_mistaken} of {alike}"
        );
        let share = |part: u32, whole: u32| f64::from(part) / f64::from(whole.max(1));
        assert!(share(missed, same) <= most_missed && share(unturned, turned) <= most_missed && share(unfound, same) <= 0.01);
        assert!(share(mistaken, others) <= 0.001 && share(alike_mistaken, alike) <= 0.02 && alike > 20);
    }
}

#[test]
#[ignore = "needs LEGWORK_RECORDINGS"]
fn real_recordings() {
    let root = std::path::PathBuf::from(std::env::var_os("LEGWORK_RECORDINGS").expect("LEGWORK_RECORDINGS"));
    let mut files: Vec<_> =
        ["fit", "gpx", "tcx"].iter().flat_map(|f| std::fs::read_dir(root.join(f)).expect("folder").map(|e| e.expect("entry").path())).collect();
    files.sort();
    let mut lines: Vec<(String, Line)> = Vec::new();
    let (mut rng, mut again, mut missed, mut unturned) = (Rng(7), 0, 0, 0);
    for path in files {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let Ok(read) = recordings::read(&std::fs::read(&path).expect("file"), 1 << 28) else { continue };
        for recording in &read.recordings {
            let track = analyse(recording, &Athlete::default()).track;
            if let Some(line) = Line::of_track(&track) {
                // The same way with a third of its positions and an error of 6 m that drifts, begun later; and back.
                let degrees = |m: f64| m / 111_195.08;
                let (mut north, mut east) = (0.0, 0.0);
                let mut drift = |error: &mut f64| {
                    *error = 0.9 * *error + 0.436 * 6.0 * rng.normal();
                    degrees(*error)
                };
                let mut other: Vec<(f64, f64)> = (track.samples.len() / 50..track.samples.len())
                    .step_by(3)
                    .map(|i| (track.samples.latitude_deg[i], track.samples.longitude_deg[i]))
                    .map(|(n, e)| (n + drift(&mut north), e + drift(&mut east) / n.to_radians().cos()))
                    .collect();
                let there = Line::new(&other).map(|o| line.matches(&o));
                other.reverse();
                let back = Line::new(&other).map(|o| line.matches(&o));
                again += 1;
                missed += u32::from(there != Some(Match::Same));
                unturned += u32::from(back.is_none_or(|b| b == Match::Other));
                if there != Some(Match::Same) {
                    println!("{name} is not found again: {:?}", Line::new(&other).map(|o| line.compare(&o)));
                }
                lines.push((name.clone(), line));
            }
        }
    }
    let mut found = Vec::new();
    for (k, (a, first)) in lines.iter().enumerate() {
        for (b, second) in &lines[k + 1..] {
            let overlap = first.compare(second);
            if overlap.forwards.0.max(overlap.backwards.0) > 0.3 {
                let by_signature = first.signature().candidates().contain(second.signature());
                println!("{a} and {b}: {:?}, found {by_signature}, {overlap:.2?}", overlap.verdict());
                if overlap.verdict() != Match::Other {
                    assert!(by_signature, "{a} and {b}");
                    found.push((a.as_str(), b.as_str()));
                }
            }
        }
    }
    println!("{} routes, {} pairs; with made errors missed {missed}, reverse {unturned}, of {again}", lines.len(), found.len());
    assert!(missed * 20 <= again && unturned * 20 <= again);
    assert!(found.contains(&("sloatsburg.fit", "sloatsburg.tcx.gz")));
    assert!(found.contains(&("gpxpy-cerknicko-jezero.gpx", "gpxpy-cerknicko-without-times.gpx")));
}
