//! How far apart samples are, and how far and fast anyone moves.

use recordings::{Samples, Sport};

/// The longest possible distance of one recording, in metres.
pub(crate) const FARTHEST_M: f64 = 10_000_000.0;

/// The highest possible speed in this sport, in metres per second.
pub(crate) const fn fastest_mps(sport: Sport) -> f64 {
    match sport {
        Sport::Running | Sport::Walking => 11.0,
        Sport::Swimming => 4.0,
        _ => 35.0,
    }
}

/// Great-circle distance between two samples in metres (haversine, mean Earth radius of 6 371 008.8 m).
pub(crate) fn metres_between(samples: &Samples, a: usize, b: usize) -> f64 {
    let rad = |v: f64| v.to_radians();
    let (lat_a, lat_b) = (rad(samples.latitude_deg[a]), rad(samples.latitude_deg[b]));
    let (dlat, dlon) = (lat_b - lat_a, rad(samples.longitude_deg[b] - samples.longitude_deg[a]));
    let h = (dlat / 2.0).sin().powi(2) + lat_a.cos() * lat_b.cos() * (dlon / 2.0).sin().powi(2);
    2.0 * 6_371_008.8 * h.sqrt().clamp(0.0, 1.0).asin()
}
