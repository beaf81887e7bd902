//! Which tiles of a map lie under the drawn route of an activity.
//!
//! Tiles are pictures of the world in the Mercator projection, `2^z` by `2^z` of them at the zoom `z` (OpenStreetMap's "slippy map tilenames"). The route is
//! drawn in another projection, so each tile is placed by its own corners: within a tile the two differ by less than a pixel.

use domain::activities::{MapTile, RouteMap};
use physiology::frame::Frame;
use physiology::grade::Model;
use platform::{Error, Tx};
use uuid::Uuid;

use crate::recording::{Columns, effective_with};
use crate::series::frame;

/// Tiles along a side of the drawing at the most: a thousand pixels are finer than it is shown.
const MOST_A_SIDE: f64 = 4.0;
/// The closest zoom that servers of tiles offer.
const CLOSEST: f64 = 17.0;
/// Around the route, as a share of the drawing's side: its margin.
const AROUND: f64 = 0.05;
/// Mercator goes no farther, in degrees.
const FARTHEST_DEG: f64 = 85.0;

/// The map under the route of one of the viewer's activities, from tiles at an address with `{z}`, `{x}` and `{y}`; `None` without an address, or positions.
///
/// # Errors
/// There may be no such activity.
pub async fn route_map(tx: &mut Tx, id: Uuid, address: Option<&str>, attribution: &str) -> Result<Option<RouteMap>, Error> {
    let recording = effective_with(tx, id, Columns::Standard).await?;
    let Some(address) = address.map(str::to_owned) else { return Ok(None) };
    let attribution = attribution.to_owned();
    platform::compute(move || {
        let frame = frame(&physiology::track(&recording, Model::HeartRate)?)?;
        Some(RouteMap { tiles: tiles(&frame, &address), attribution })
    })
    .await
}

fn tiles(frame: &Frame, address: &str) -> Vec<MapTile> {
    let (north, west) = frame.position(-AROUND, -AROUND);
    let (south, east) = frame.position(1.0 + AROUND, 1.0 + AROUND);
    if north > FARTHEST_DEG || south < -FARTHEST_DEG {
        return Vec::new();
    }
    let ((left, top), (right, bottom)) = (mercator(north, west), mercator(south, east));
    let side = (right - left).max(bottom - top);
    let zoom = (MOST_A_SIDE / side).log2().floor().clamp(0.0, CLOSEST);
    let n = zoom.exp2();
    let span = |from: f64, to: f64| ((from * n).floor().max(0.0) as u32, (to * n).floor().min(n - 1.0) as u32);
    let ((x0, x1), (y0, y1)) = (span(left, right), span(top, bottom));
    let corner = |x: u32, y: u32| frame.place(unproject(f64::from(x) / n, f64::from(y) / n));
    let places = (y0..=y1).flat_map(|y| (x0..=x1).map(move |x| (x, y)));
    places
        .map(|(x, y)| {
            let ((left, top), (right, bottom)) = (corner(x, y), corner(x + 1, y + 1));
            let href = address.replace("{z}", &format!("{zoom}")).replace("{x}", &x.to_string()).replace("{y}", &y.to_string());
            MapTile { href, left, top, width: right - left, height: bottom - top }
        })
        .collect()
}

/// The place of a position in the Mercator square, 0 to 1 to the east and to the south.
fn mercator(lat: f64, lon: f64) -> (f64, f64) {
    (lon / 360.0 + 0.5, 0.5 - lat.to_radians().tan().asinh() / std::f64::consts::TAU)
}

/// The position of a place in the Mercator square.
fn unproject(x: f64, y: f64) -> (f64, f64) {
    ((std::f64::consts::TAU * (0.5 - y)).sinh().atan().to_degrees(), (x - 0.5) * 360.0)
}

#[cfg(test)]
mod tests {
    use recordings::{Recording, Samples, Sport};

    use super::*;

    fn frame_of(points: &[(f64, f64)]) -> Frame {
        let mut samples = Samples::default();
        for (i, (lat, lon)) in points.iter().enumerate() {
            samples.push(i as f64 * 600.0);
            samples.latitude_deg[i] = *lat;
            samples.longitude_deg[i] = *lon;
        }
        let recording = Recording { sport: Sport::Cycling, started_at_ms: Some(0), samples, ..Recording::default() };
        frame(&physiology::track(&recording, Model::HeartRate).expect("times")).expect("positions")
    }

    #[test]
    fn the_projection_is_that_of_slippy_maps() {
        // The example of the OpenStreetMap wiki, "Slippy map tilenames", at zoom 18.
        let (x, y) = mercator(35.659_069_9, 139.700_679_3);
        let n = 18.0_f64.exp2();
        assert_eq!(((x * n) as u32, (y * n) as u32), (232_798, 103_246));
        let (lat, lon) = unproject(x, y);
        assert!((lat - 35.659_069_9).abs() < 1e-9 && (lon - 139.700_679_3).abs() < 1e-9);
    }

    #[test]
    fn tiles_cover_the_route_and_meet_at_their_edges() {
        for points in [vec![(52.5, 13.3), (52.52, 13.36), (52.49, 13.41)], vec![(-33.9, 151.1), (-33.8, 151.3)], vec![(64.1, -21.9), (64.101, -21.9)]]
        {
            let frame = frame_of(&points);
            let tiles = tiles(&frame, "https://tiles.example/{z}/{x}/{y}.png");
            assert!((1..=36).contains(&tiles.len()), "{}", tiles.len());
            for (lat, lon) in &points {
                let (x, y) = frame.place((*lat, *lon));
                assert!(tiles.iter().any(|t| t.left <= x && x <= t.left + t.width && t.top <= y && y <= t.top + t.height), "{lat} {lon}");
            }
            for pair in tiles.windows(2).filter(|pair| (pair[0].top - pair[1].top).abs() < 1e-6) {
                assert!((pair[0].left + pair[0].width - pair[1].left).abs() < 1e-4);
            }
            assert!(tiles.iter().all(|t| t.href.starts_with("https://tiles.example/") && !t.href.contains('{')));
        }
    }

    #[test]
    fn there_is_no_map_at_the_pole() {
        assert!(tiles(&frame_of(&[(89.9, 10.0), (89.91, 11.0)]), "{z}{x}{y}").is_empty());
    }
}
