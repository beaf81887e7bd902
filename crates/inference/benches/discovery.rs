//! The engine's speed: `cargo xtask bench discovery`. 15 inputs, 4 outcomes, 8 lags, 365 days: 480 lagged tests; and its cost against
//! days and inputs, as a table and, with `LEGWORK_CHART`, as an SVG in that file.

use std::fmt::Write;
use std::hint::black_box;
use std::time::Instant;

use inference::evaluation::{Cell, table};
use inference::{Options, Table, discover};
use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64Mcg;

const WITHOUT: Options = Options { max_lag: 7, smallest_effect_sd: 0.1, q_supported: 0.08, surrogates: 0, seed: 1 };
const WITH: Options = Options { surrogates: 2000, ..WITHOUT };

/// The best of seven runs, in milliseconds.
fn milliseconds(table: &Table, options: &Options) -> f64 {
    let once = || {
        let begun = Instant::now();
        black_box(discover(black_box(table), options));
        begun.elapsed().as_secs_f64() * 1e3
    };
    (0..7).map(|_| once()).fold(f64::MAX, f64::min)
}

/// Every day has an outcome; one effect per outcome is planted, so that surrogates and confirmation have work.
fn full(days: usize, inputs: usize, outcomes: usize) -> Table {
    let mut made = table(&Cell { days, inputs, outcomes, ..Cell::year() }, 7);
    let mut rng = Pcg64Mcg::seed_from_u64(3);
    for (k, outcome) in made.outcomes.iter_mut().enumerate() {
        let x = &made.inputs[k % inputs].values;
        outcome.values = (0..days).map(|t| 0.4 * x[t] + (0..6).map(|_| rng.random::<f64>()).sum::<f64>()).collect();
    }
    made
}

fn main() {
    let year = full(365, 15, 4);
    println!("480 lagged tests, n = 365, one core, best of 7");
    println!("  whole method without surrogates  {:7.1} ms", milliseconds(&year, &WITHOUT));
    println!("  with 2000 surrogates on the survivors {:2.1} ms", milliseconds(&year, &WITH));
    let real = Cell { r: 0.3, ..Cell::year() };
    println!(
        "  outcomes on four days in seven, without / with  {:.1} / {:.1} ms",
        milliseconds(&table(&real, 7), &WITHOUT),
        milliseconds(&table(&real, 7), &WITH)
    );
    let gaps = table(&Cell { missing: 0.25, ..real }, 7);
    println!("  and a quarter of the answers missing            {:.1} / {:.1} ms", milliseconds(&gaps, &WITHOUT), milliseconds(&gaps, &WITH));
    let days: Vec<(usize, f64, f64)> = [90, 180, 365, 730, 1460, 3650].map(|n| row(n, &full(n, 15, 4))).to_vec();
    let inputs: Vec<(usize, f64, f64)> = [5, 15, 50, 100, 200].map(|k| row(k, &full(365, k, 4))).to_vec();
    print_table("days", &days);
    print_table("inputs", &inputs);
    if let Some(path) = std::env::var_os("LEGWORK_CHART") {
        let drawn = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 760 300\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"760\" height=\"300\" fill=\"#fff\"/>\n{}{}</svg>\n",
            chart(60.0, "days (15 inputs, 4 outcomes)", &days),
            chart(440.0, "inputs (365 days, 4 outcomes)", &inputs)
        );
        if let Err(error) = std::fs::write(&path, drawn) {
            eprintln!("{}: {error}", path.display());
        }
    }
}

fn row(of: usize, table: &Table) -> (usize, f64, f64) {
    (of, milliseconds(table, &WITHOUT), milliseconds(table, &WITH))
}

fn print_table(name: &str, rows: &[(usize, f64, f64)]) {
    println!("  {name:>6}  without   with surrogates, ms");
    for (of, without, with) in rows {
        println!("  {of:6} {without:8.1} {with:8.1}");
    }
}

/// Both axes logarithmic: a straight line of slope one is linear growth.
fn chart(left: f64, title: &str, rows: &[(usize, f64, f64)]) -> String {
    const WIDTH: f64 = 270.0;
    let (first, last) = (rows[0].0 as f64, rows[rows.len() - 1].0 as f64);
    let x = |v: f64| left + WIDTH * (v / first).ln() / (last / first).ln();
    let y = |v: f64| 250.0 - 210.0 * (v.max(0.5) / 0.5).ln() / (2000.0_f64 / 0.5).ln();
    let mut out = format!("<text x=\"{left}\" y=\"22\" font-weight=\"bold\">ms against {title}</text>\n");
    for v in [1.0, 10.0, 100.0, 1000.0] {
        let _ = writeln!(
            out,
            "<path d=\"M{left} {0:.1}H{1}\" stroke=\"#ddd\"/><text x=\"{2}\" y=\"{3:.1}\" text-anchor=\"end\">{v}</text>",
            y(v),
            left + WIDTH,
            left - 6.0,
            y(v) + 4.0
        );
    }
    for (of, ..) in rows {
        let _ = writeln!(out, "<text x=\"{:.1}\" y=\"272\" text-anchor=\"middle\">{of}</text>", x(*of as f64));
    }
    for (colour, name, pick) in [("#1f6f5c", "without surrogates", 0), ("#b4532a", "with", 1)] {
        let value = |r: &(usize, f64, f64)| if pick == 0 { r.1 } else { r.2 };
        let points = rows.iter().map(|r| format!("{:.1},{:.1}", x(r.0 as f64), y(value(r)))).collect::<Vec<_>>().join(" ");
        let end = rows.last().map_or(0.0, |r| y(value(r)));
        let _ = writeln!(
            out,
            "<polyline points=\"{points}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/><text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"{colour}\">{name}</text>",
            left + WIDTH,
            end - 8.0
        );
    }
    out
}
