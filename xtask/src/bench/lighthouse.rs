//! Lighthouse on the pages that an athlete opens most, as a phone of the middle class sees them.

use std::path::Path;

use serde_json::Value;

use super::demo::Demo;
use crate::needs::chromium;
use crate::run::{Outcome, output, program, step, target};

/// The tool's version: scores of different ones cannot be compared.
const VERSION: &str = "12.8.2";
/// Runs of a page, of which the one with the median score counts.
const RUNS: usize = 3;

/// Prints the scores. The tool is installed in the target folder, not among our packages: nothing that ships needs it.
pub(super) fn run() -> Outcome {
    let chromium = chromium()?;
    let folder = target().join(format!("lighthouse-{VERSION}"));
    let lighthouse = folder.join("node_modules/.bin/lighthouse");
    if !lighthouse.is_file() {
        std::fs::create_dir_all(&folder).map_err(|e| e.to_string())?;
        let mut npm = program("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--loglevel=error", "--prefix"]).arg(&folder).arg(format!("lighthouse@{VERSION}"));
        step("Lighthouse", npm.env("PUPPETEER_SKIP_DOWNLOAD", "1"))?;
    }
    let demo = Demo::start()?;
    let mut client = demo.signed_in()?;
    let activity = Demo::activity(&mut client)?;
    let headers = serde_json::json!({ "Cookie": client.cookie() }).to_string();
    println!(
        "\n| page | performance | accessibility | best practices | blocking time | largest paint | layout shift |\n|---|---|---|---|---|---|---|"
    );
    for (name, path) in [("home", "/"), ("an activity", activity.as_str()), ("discovery", "/discovery")] {
        let url = format!("http://{}{path}", demo.address);
        let mut reports = (0..RUNS).map(|_| measure(&lighthouse, &chromium, &url, &headers)).collect::<Outcome<Vec<Value>>>()?;
        reports.sort_by(|a, b| score(a, "performance").total_cmp(&score(b, "performance")));
        let report = &reports[RUNS / 2];
        let audit = |name: &str| report["audits"][name]["numericValue"].as_f64().unwrap_or(f64::NAN);
        println!(
            "| {name} | {:.0} | {:.0} | {:.0} | {:.0} ms | {:.1} s | {:.3} |",
            score(report, "performance"),
            score(report, "accessibility"),
            score(report, "best-practices"),
            audit("total-blocking-time"),
            audit("largest-contentful-paint") / 1e3,
            audit("cumulative-layout-shift"),
        );
    }
    Ok(())
}

/// A category's score, of a hundred.
fn score(report: &Value, category: &str) -> f64 {
    report["categories"][category]["score"].as_f64().map_or(f64::NAN, |score| score * 100.0)
}

/// One run: a phone's screen, network and processor are what the tool simulates by itself.
fn measure(lighthouse: &Path, chromium: &Path, url: &str, headers: &str) -> Outcome<Value> {
    let mut command = program(&lighthouse.display().to_string());
    command.arg(url).args(["--quiet", "--output=json", "--only-categories=performance,accessibility,best-practices"]);
    command.arg("--chrome-flags=--headless=new --no-sandbox --disable-gpu").arg(format!("--extra-headers={headers}")).env("CHROME_PATH", chromium);
    let report: Value = serde_json::from_str(&output("Lighthouse", &mut command)?).map_err(|e| format!("Lighthouse's report cannot be read: {e}"))?;
    if report["finalDisplayedUrl"] == url && score(&report, "performance").is_finite() {
        return Ok(report);
    }
    Err(format!("Lighthouse measured {} instead of {url}: {}", report["finalDisplayedUrl"], report["runtimeError"]))
}
