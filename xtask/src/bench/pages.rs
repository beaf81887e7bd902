//! Every page of the demo athlete: how long the server takes, how much it sends, how much a browser then asks for; and what the process
//! needs while it does nothing.

use std::time::{Duration, Instant};

use super::client::Client;
use super::demo::Demo;
use crate::needs::{chromium, npm};
use crate::run::{Outcome, output, program};

/// Requests of a page before its time counts, and those that count.
const WARM: usize = 20;
const COUNTED: usize = 300;
/// Clients at once, and how long they ask.
const CLIENTS: usize = 16;
const BUSY: Duration = Duration::from_secs(5);
/// How long the idle process is watched.
const IDLE: Duration = Duration::from_secs(30);

/// Prints the tables.
pub(super) fn run() -> Outcome {
    let running = Demo::start()?;
    let fault = |e: std::io::Error| format!("the server does not answer: {e}");
    let mut client = running.signed_in()?;
    let activity = Demo::activity(&mut client)?;
    let edit = format!("{activity}/edit");
    let pages = [
        "/",
        "/activities",
        &activity,
        &edit,
        "/calendar",
        "/calendar?view=week",
        "/performance",
        "/performance/race?on=10000",
        "/discovery",
        "/journal",
        "/journal/measures",
        "/journal/import",
        "/nutrition",
        "/imports",
        "/welcome/body",
        "/welcome/thresholds",
        "/welcome/questions",
        "/welcome/done",
        "/settings",
        "/settings/units",
        "/settings/thresholds",
        "/settings/history",
        "/settings/security",
        "/settings/privacy",
    ];
    println!("\n| page | p50 | p95 | HTML | compressed |\n|---|---|---|---|---|");
    for page in pages {
        let mut times = Vec::with_capacity(COUNTED);
        let mut plain = 0;
        for i in 0..WARM + COUNTED {
            let answer = client.get(page, "identity").map_err(fault)?;
            if answer.status != 200 {
                return Err(format!("{page} answers {}", answer.status));
            }
            plain = answer.body.len();
            if i >= WARM {
                times.push(answer.took);
            }
        }
        let packed = client.get(page, "br, gzip, zstd").map_err(fault)?.body.len();
        times.sort_unstable();
        let name = if page == activity {
            "/activities/{id}"
        } else if page == edit {
            "/activities/{id}/edit"
        } else {
            page
        };
        let ms = |q: usize| times[COUNTED * q / 100].as_secs_f64() * 1e3;
        println!("| {name} | {:.1} ms | {:.1} ms | {:.1} kB | {:.1} kB |", ms(50), ms(95), plain as f64 / 1e3, packed as f64 / 1e3);
    }
    println!("\nhome, {CLIENTS} clients: {:.0} requests a second", busy(&running.address, client.cookie())?);
    let (before, start) = (running.cpu(), Instant::now());
    std::thread::sleep(IDLE);
    let used = running.cpu().zip(before).map(|(now, before)| 100.0 * (now - before) / start.elapsed().as_secs_f64());
    println!("idle: {:.2} % of a core with its database, {:.0} MB in the server", used.unwrap_or(f64::NAN), running.resident_mb());
    if let (Ok(chromium), Ok(())) = (chromium(), npm()) {
        let mut command = program("node");
        command.arg("end2end/page-weight.mjs").arg(format!("http://{}", running.address)).args(pages).env("LEGWORK_CHROMIUM", chromium);
        println!("\n{}", output("what a browser loads", &mut command)?.replace(&activity, "/activities/{id}"));
    }
    Ok(())
}

/// Home, by many clients at once: requests a second.
fn busy(address: &str, cookie: &str) -> Outcome<f64> {
    let until = Instant::now() + BUSY;
    let ask = || -> std::io::Result<usize> {
        let mut client = Client::connect(address, cookie)?;
        let mut asked = 0;
        while Instant::now() < until {
            asked += usize::from(client.get("/", "identity")?.status == 200);
        }
        Ok(asked)
    };
    let all: std::io::Result<usize> = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS).map(|_| scope.spawn(ask)).collect();
        clients.into_iter().map(|c| c.join().unwrap_or_else(|_| Err(std::io::ErrorKind::Other.into()))).sum()
    });
    Ok(all.map_err(|e| e.to_string())? as f64 / BUSY.as_secs_f64())
}
