//! Years of recordings in one archive: how fast they become activities, and what memory the process needs for it and keeps.

use std::fmt::Write as _;
use std::io::Write as _;
use std::time::{Duration, Instant};

use chrono::DateTime;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use super::demo::Demo;
use crate::run::Outcome;

/// Recordings of the archive, one a day.
const FILES: u32 = 2_000;
/// Points of each, one in four seconds: forty minutes.
const POINTS: u32 = 600;
/// How often progress and memory are read.
const LOOK: Duration = Duration::from_millis(250);
/// An import that takes longer has stopped.
const LIMIT: Duration = Duration::from_mins(30);
const BOUNDARY: &str = "a-boundary-of-the-bulk-import";

/// Prints one line.
pub(super) fn run() -> Outcome {
    let running = Demo::start()?;
    let fault = |e: std::io::Error| format!("the server does not answer: {e}");
    let mut client = running.signed_in()?;
    let rest = running.resident_mb();
    let mut body = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"years.tar.gz\"\r\n\r\n").into_bytes();
    body.extend(archive().map_err(|e| e.to_string())?);
    write!(body, "\r\n--{BOUNDARY}--\r\n").map_err(|e| e.to_string())?;
    let start = Instant::now();
    let answer = client.send("POST", "/imports/upload", "identity", &format!("multipart/form-data; boundary={BOUNDARY}"), &body).map_err(fault)?;
    let import = answer.head.lines().find_map(|l| l.split_once("/imports/")).map(|(_, id)| id.trim().to_owned());
    let import = import.ok_or_else(|| format!("the archive is refused: {}", answer.head))?;
    let mut most = rest;
    let state = loop {
        std::thread::sleep(LOOK);
        most = most.max(running.resident_mb());
        let answer = client.get(&format!("/v1/imports/{import}"), "identity").map_err(fault)?;
        let state: Value = serde_json::from_slice(&answer.body).map_err(|e| format!("the import cannot be read: {e}"))?;
        if state["finished"] == true {
            break state;
        }
        if start.elapsed() > LIMIT {
            return Err(format!("The import has not ended: {state}"));
        }
    };
    let took = start.elapsed().as_secs_f64();
    running.settle()?;
    if state["activities"] != FILES {
        return Err(format!("{FILES} files became something else: {state}"));
    }
    println!(
        "\n{FILES} files of {POINTS} points: {took:.0} s, {:.0} a second; {rest:.0} MB before, at most {most:.0} MB, {:.0} MB after",
        f64::from(FILES) / took,
        running.resident_mb()
    );
    Ok(())
}

/// A `.tar.gz` of runs in GPX: the same road at another pace each day.
fn archive() -> std::io::Result<Vec<u8>> {
    let time = |seconds| DateTime::from_timestamp(seconds, 0).unwrap_or_default();
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for file in 0..FILES {
        // From 2008 on, before the demo athlete's first day.
        let start = 1_200_000_000 + i64::from(file) * 86_400;
        let mut gpx =
            String::from("<gpx version=\"1.1\" creator=\"bench\" xmlns=\"http://www.topografix.com/GPX/1/1\"><trk><type>running</type><trkseg>");
        for point in 0..POINTS {
            let along = f64::from(point * (11 + file % 3)) * 1e-5;
            let _ = write!(
                gpx,
                "<trkpt lat=\"{:.6}\" lon=\"{:.6}\"><ele>{:.1}</ele><time>{}</time><extensions><TrackPointExtension><hr>{}</hr></TrackPointExtension></extensions></trkpt>",
                47.0 + along,
                8.0 + 0.002 * (along * 200.0).sin(),
                400.0 + 20.0 * (along * 90.0).sin(),
                time(start + i64::from(point) * 4).format("%FT%TZ"),
                120 + (point + file) % 30,
            );
        }
        gpx.push_str("</trkseg></trk></gpx>");
        let mut header = tar::Header::new_gnu();
        header.set_size(gpx.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, format!("{file}.gpx"), gpx.as_bytes())?;
    }
    tar.into_inner()?.finish()
}
