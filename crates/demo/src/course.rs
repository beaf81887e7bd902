//! Fictional courses: closed loops with hills.

use std::f64::consts::TAU;

const POINTS: usize = 720;

/// A loop, by metres along it.
pub(crate) struct Course {
    pub(crate) name: &'static str,
    length_m: f64,
    /// Metres along, east, north at even angles.
    shape: Vec<(f64, f64, f64)>,
    hills: [(f64, f64, f64); 3],
    base_m: f64,
}

impl Course {
    /// The four courses of the demo athlete.
    pub(crate) fn all() -> Vec<Self> {
        vec![
            Self::new(
                "by the canal",
                6400.0,
                [(2, 0.35, 0.4), (3, 0.16, 1.9), (5, 0.05, 0.2)],
                [(3.0, 1.0, 0.0), (1.5, 3.0, 1.0), (0.8, 7.0, 2.0)],
                34.0,
            ),
            Self::new(
                "through the woods",
                9200.0,
                [(2, 0.22, 2.1), (3, 0.25, 0.3), (5, 0.09, 2.5)],
                [(18.0, 1.0, 0.6), (10.0, 3.0, 2.2), (4.0, 8.0, 0.4)],
                210.0,
            ),
            Self::new(
                "over the hill",
                7800.0,
                [(2, 0.30, 1.0), (3, 0.12, 2.8), (5, 0.11, 1.2)],
                [(38.0, 1.0, 4.2), (9.0, 4.0, 0.3), (3.0, 9.0, 1.7)],
                160.0,
            ),
            Self::new(
                "around the lake",
                12_400.0,
                [(2, 0.18, 0.1), (3, 0.20, 1.1), (5, 0.07, 0.9)],
                [(9.0, 1.0, 2.0), (7.0, 2.0, 0.8), (3.0, 9.0, 1.1)],
                92.0,
            ),
        ]
    }

    fn new(name: &'static str, length_m: f64, bends: [(i32, f64, f64); 3], hills: [(f64, f64, f64); 3], base_m: f64) -> Self {
        let at = |angle: f64| {
            let radius = 1.0 + bends.iter().map(|(k, size, phase)| size * (f64::from(*k) * angle + phase).sin()).sum::<f64>();
            (radius * angle.cos(), radius * angle.sin())
        };
        let mut shape = Vec::with_capacity(POINTS + 1);
        let mut along = 0.0;
        let mut last = at(0.0);
        for i in 0..=POINTS {
            let here = at(TAU * i as f64 / POINTS as f64);
            along += (here.0 - last.0).hypot(here.1 - last.1);
            shape.push((along, here.0, here.1));
            last = here;
        }
        let scale = length_m / along;
        for p in &mut shape {
            *p = (p.0 * scale, p.1 * scale, p.2 * scale);
        }
        Self { name, length_m, shape, hills, base_m }
    }

    /// East and north in metres from the centre.
    pub(crate) fn position(&self, metres: f64) -> (f64, f64) {
        let d = metres.rem_euclid(self.length_m);
        let i = self.shape.partition_point(|p| p.0 <= d).clamp(1, self.shape.len() - 1);
        let (a, b) = (self.shape[i - 1], self.shape[i]);
        let t = ((d - a.0) / (b.0 - a.0).max(1e-9)).clamp(0.0, 1.0);
        (a.1 + t * (b.1 - a.1), a.2 + t * (b.2 - a.2))
    }

    /// Metres above sea level.
    pub(crate) fn altitude(&self, metres: f64) -> f64 {
        let u = TAU * metres / self.length_m;
        self.base_m + self.hills.iter().map(|(height, times, phase)| height * (times * u + phase).sin()).sum::<f64>()
    }

    /// Rise over run.
    pub(crate) fn grade(&self, metres: f64) -> f64 {
        (self.altitude(metres + 5.0) - self.altitude(metres - 5.0)) / 10.0
    }
}
