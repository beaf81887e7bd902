//! The commands that need no database: what they print, and how they end.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn legwork(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_legwork")).args(arguments).output().expect("started")
}

fn lines(out: &Output) -> Vec<Value> {
    String::from_utf8_lossy(&out.stdout).lines().map(|l| serde_json::from_str(l).expect("one JSON object per line")).collect()
}

fn file(folder: &Path, name: &str, bytes: &[u8]) -> String {
    let path = folder.join(name);
    std::fs::write(&path, bytes).expect("written");
    path.display().to_string()
}

#[test]
fn inspect_reports_each_file_and_fails_when_one_cannot_be_read() {
    let folder = tempfile::tempdir().expect("folder");
    let day = demo::days(1, chrono::NaiveDate::from_ymd_opt(2026, 6, 7).expect("a Sunday"), 7).into_iter().find_map(|d| d.run).expect("a run");
    let bytes = recordings::fit::encode(&day);
    let sound = file(folder.path(), "run.fit", &bytes);
    let cut = file(folder.path(), "cut.fit", &bytes[..bytes.len() / 2]);
    let out = legwork(&["inspect", &sound, &cut, "--json"]);
    assert!(out.status.success());
    let reports = lines(&out);
    assert_eq!((&reports[0]["status"], &reports[1]["status"]), (&"ok".into(), &"recovered".into()));
    let activity = &reports[0]["activities"][0];
    for number in [
        "elapsed_s",
        "moving_s",
        "distance_m",
        "elevation_gain_m",
        "avg_hr_bpm",
        "max_hr_bpm",
        "avg_pace_s_per_km",
        "gap_s_per_km",
        "ngp_s_per_km",
        "efficiency_factor",
        "decoupling_pct",
        "hr_lag_s",
        "trimp",
    ] {
        assert!(activity[number].is_number(), "{number}: {activity}");
    }
    let empty = file(folder.path(), "empty.gpx", b"");
    let out = legwork(&["inspect", &sound, &empty, "/nowhere.fit", "--json"]);
    assert_eq!(out.status.code(), Some(1));
    let reports = lines(&out);
    assert_eq!(reports.len(), 3);
    assert!(reports[1]["error"].as_str().is_some_and(|e| e.contains("empty")));
}

#[test]
fn help_is_text_for_a_terminal() {
    let help = |arguments: &[&str]| {
        let out = legwork(&[arguments, &["--help"]].concat());
        assert!(out.status.success(), "{arguments:?}");
        String::from_utf8(out.stdout).expect("text")
    };
    let commands = ["serve", "worker", "migrate", "import", "demo", "inspect", "discover", "evaluate", "admin"].map(|command| vec![command]);
    let actions = ["grant-owner", "rotate-keys", "backup", "restore", "failed-jobs", "retry-job", "drop-job"].map(|action| vec!["admin", action]);
    for arguments in commands.into_iter().chain(actions).chain([vec![]]) {
        let text = help(&arguments);
        assert!(!text.contains('`'), "{text}");
        assert!(text.contains("Leptos.toml, if there is one"), "{text}");
    }
    assert!(help(&[]).contains("Markdown"), "what evaluate prints");
}

#[test]
fn hostile_files_get_a_sentence() {
    let folder = tempfile::tempdir().expect("folder");
    let zeros = file(folder.path(), "zeros.fit", &vec![0; 10_000_000]);
    let laughs = file(
        folder.path(),
        "laughs.gpx",
        br#"<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><gpx version="1.1"><trk><name>&b;&b;</name><trkseg><trkpt lat="1" lon="1"><time>2026-01-01T00:00:00Z</time></trkpt><trkpt lat="1.001" lon="1"><time>2026-01-01T00:05:00Z</time></trkpt></trkseg></trk></gpx>"#,
    );
    // Members of a gzip file follow each other: six hundred times a megabyte of spaces.
    let mut member = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    member.write_all(format!("<gpx>{}", " ".repeat(1 << 20)).as_bytes()).expect("packed");
    let bomb = file(folder.path(), "bomb.gpx.gz", &member.finish().expect("packed").repeat(600));
    let reports = lines(&legwork(&["inspect", &zeros, &laughs, &bomb, "--json"]));
    assert!(reports[0]["error"].as_str().is_some_and(|e| e.contains("not a FIT")), "{}", reports[0]);
    assert_eq!(reports[1]["status"], "recovered");
    assert!(reports[1]["warnings"][0].as_str().is_some_and(|w| w.contains("left out")), "{}", reports[1]);
    assert!(reports[2]["error"].as_str().is_some_and(|e| e.contains("larger than")), "{}", reports[2]);
}

#[test]
#[ignore = "needs LEGWORK_RECORDINGS"]
fn every_real_recording_is_inspected_without_a_panic() {
    let folder = std::env::var_os("LEGWORK_RECORDINGS").expect("LEGWORK_RECORDINGS");
    let mut files = Vec::new();
    for kind in ["fit", "fit-broken", "gpx", "tcx"] {
        files.extend(std::fs::read_dir(Path::new(&folder).join(kind)).expect("recordings").flatten().map(|f| f.path().display().to_string()));
    }
    let arguments: Vec<&str> = ["inspect", "--json"].into_iter().chain(files.iter().map(String::as_str)).collect();
    let out = legwork(&arguments);
    assert!(matches!(out.status.code(), Some(0 | 1)), "{:?}: {}", out.status, String::from_utf8_lossy(&out.stderr));
    assert_eq!(lines(&out).len(), files.len());
}

#[test]
fn discover_finds_a_planted_effect_and_repeats_its_result() {
    let folder = tempfile::tempdir().expect("folder");
    let mut table = vec!["date,sleep,coffee,pace".to_owned()];
    let mut state = 1_u64;
    let mut noise = || {
        (0..12)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                f64::from(u32::try_from(state >> 33).expect("31 bits")) / f64::from(1_u32 << 31)
            })
            .sum::<f64>()
            - 6.0
    };
    let first = chrono::NaiveDate::from_ymd_opt(2025, 1, 1).expect("a date");
    let mut before = 0.0;
    for day in first.iter_days().take(300) {
        let (sleep, coffee) = (noise(), if noise() > 0.0 { "true" } else { "false" });
        let pace = 0.6 * before + noise();
        before = sleep;
        table.push(format!("{day},{sleep:.3},{coffee},{pace:.3}"));
    }
    let path = file(folder.path(), "days.csv", table.join("\n").as_bytes());
    let discover = || lines(&legwork(&["discover", &path, "--outcome", "pace", "--json", "--seed", "3"])).remove(0);
    let (mut one, mut two) = (discover(), discover());
    let find = |v: &Value, input: &str| v["findings"].as_array().expect("findings").iter().find(|f| f["input"] == input).expect("finding").clone();
    let (sleep, coffee) = (find(&one, "sleep"), find(&one, "coffee"));
    assert_eq!((&sleep["tier"], &sleep["lag_days"]), (&"confirmed".into(), &1.into()));
    assert!(!["supported", "confirmed"].contains(&coffee["tier"].as_str().expect("tier")), "{coffee}");
    for v in [&mut one, &mut two] {
        v["elapsed_ms"] = Value::Null;
    }
    assert_eq!(one, two);
    // What is known only after a run does not explain the same day's, and a column can be said to be so.
    let option = ["--known-after-run", "coffee", "--measure", "sleep=number,before"];
    let out = legwork(&[&["discover", &path, "--outcome", "pace", "--json", "--seed", "3"], &option[..]].concat());
    let found = find(&lines(&out).remove(0), "coffee");
    assert!(found["lag_days"].as_i64().is_some_and(|lag| lag >= 1), "{found}");
    let out = legwork(&["discover", &path, "--outcome", "nothing", "--json"]);
    assert_eq!(out.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&out.stderr).contains("there is no column"));
}
