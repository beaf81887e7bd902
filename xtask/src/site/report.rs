//! What a browser downloads.

use super::{Output, Profile};

/// The limit for the first load of home for a signed-in athlete, in bytes: everything except the page itself.
const FIRST_LOAD: usize = 350_000;

/// Prints each file and the sum of the first load.
pub(super) fn print(out: &Output, profile: Profile) {
    if profile == Profile::Dev {
        return; // neither optimised nor compressed, so the sizes mean nothing
    }
    println!("\n{:<38} {:>10} {:>10}", "file", "raw", "brotli");
    let mut first = 0;
    for (address, raw, small) in &out.files {
        let loaded = ["legwork.", "parts.", "client.", "fraunces.", "inter."].iter().any(|name| address.starts_with(&format!("/pkg/{name}")));
        first += if loaded { *small } else { 0 };
        println!("{address:<38} {:>7.1} kB {:>7.1} kB{}", *raw as f64 / 1000.0, *small as f64 / 1000.0, if loaded { "  first load" } else { "" });
    }
    println!(
        "\nFirst load of home, signed in: {:.1} kB brotli, without the page itself (limit: {:.0} kB)",
        first as f64 / 1000.0,
        FIRST_LOAD as f64 / 1000.0
    );
    if first > FIRST_LOAD {
        println!("That is over the limit.");
    }
}
