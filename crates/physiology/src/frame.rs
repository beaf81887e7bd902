//! The square in which a route is drawn.

/// How positions become places in a unit square, x to the east and y to the south, to the same scale both ways (equirectangular around the centre: exact
/// enough for the size of a run).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    north_deg: f64,
    west_deg: f64,
    /// How much narrower a degree of longitude is than one of latitude.
    squeeze: f64,
    /// Degrees of latitude in the square's side.
    size_deg: f64,
    left: f64,
    top: f64,
}

impl Frame {
    /// Around positions, latitude and longitude in degrees each; `None` if they are not in two places.
    #[must_use]
    pub fn around(position: &[Option<(f64, f64)>]) -> Option<Self> {
        let known = || position.iter().flatten();
        let (south, north) = known().fold((f64::MAX, f64::MIN), |(a, b), p| (a.min(p.0), b.max(p.0)));
        let (west, east) = known().fold((f64::MAX, f64::MIN), |(a, b), p| (a.min(p.1), b.max(p.1)));
        let squeeze = f64::midpoint(south, north).to_radians().cos();
        let size = ((east - west) * squeeze).max(north - south);
        if !size.is_finite() || size <= 0.0 {
            return None;
        }
        let (left, top) = ((1.0 - (east - west) * squeeze / size) / 2.0, (1.0 - (north - south) / size) / 2.0);
        Some(Self { north_deg: north, west_deg: west, squeeze, size_deg: size, left, top })
    }

    /// The place of a latitude and longitude in degrees.
    #[must_use]
    pub fn place(&self, (lat, lon): (f64, f64)) -> (f32, f32) {
        ((self.left + (lon - self.west_deg) * self.squeeze / self.size_deg) as f32, (self.top + (self.north_deg - lat) / self.size_deg) as f32)
    }

    /// The latitude and longitude of a place.
    #[must_use]
    pub fn position(&self, x: f64, y: f64) -> (f64, f64) {
        (self.north_deg - (y - self.top) * self.size_deg, self.west_deg + (x - self.left) * self.size_deg / self.squeeze)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_position_and_a_kilometre_is_as_long_both_ways() {
        let (kilometre, lat) = (1.0 / 111.195, 60.0_f64);
        let positions = [Some((lat, 10.0)), None, Some((lat + kilometre, 10.0)), Some((lat, 10.0 + kilometre / lat.to_radians().cos()))];
        let frame = Frame::around(&positions).expect("a square");
        let [origin, north, east] = [positions[0], positions[2], positions[3]].map(|p| frame.place(p.expect("a position")));
        let (up, right) = (origin.1 - north.1, east.0 - origin.0);
        assert!((up / right - 1.0).abs() < 1e-3 && up > 0.99, "{up} {right}");
        let (back, forth) = frame.position(f64::from(east.0), f64::from(east.1));
        assert!((back - lat).abs() < 1e-6 && (forth - positions[3].expect("a position").1).abs() < 1e-6);
        assert!(Frame::around(&[None, Some((lat, 10.0))]).is_none() && Frame::around(&[]).is_none());
    }
}
