//! The same numbers as from `SciPy`, statsmodels, pingouin, arch and tigramite for the same series: `reference/fixtures.py`.

use inference::correlation::{autocorrelation, block_length, kendall, newey_west, partial_correlation, pearson, spearman};
use inference::{benjamini_hochberg, benjamini_yekutieli};
use serde_json::Value;

struct Fixtures(Value);

impl Fixtures {
    fn new() -> Self {
        Self(serde_json::from_str(include_str!("../reference/fixtures.json")).expect("fixtures"))
    }

    fn series(&self, name: &str) -> Vec<f64> {
        self.0[name].as_array().expect(name).iter().map(|v| v.as_f64().expect(name)).collect()
    }

    fn number(&self, pointer: &str) -> f64 {
        self.0.pointer(pointer).and_then(Value::as_f64).expect(pointer)
    }
}

fn near(got: f64, want: f64, tolerance: f64) {
    assert!((got - want).abs() <= tolerance * want.abs().max(1.0), "{got} and not {want}");
}

fn all_near(got: &[f64], want: &[f64], tolerance: f64) {
    assert_eq!(got.len(), want.len());
    for (got, want) in got.iter().zip(want) {
        near(*got, *want, tolerance);
    }
}

#[test]
fn correlations_are_scipys() {
    let f = Fixtures::new();
    let (x, y, coarse) = (f.series("x"), f.series("y"), f.series("coarse"));
    near(pearson(&x, &y), f.number("/pearson"), 1e-12);
    near(spearman(&coarse, &y), f.number("/spearman"), 1e-12);
    near(kendall(&coarse, &y), f.number("/kendall"), 1e-12);
}

#[test]
fn false_discovery_rates_are_scipys() {
    let f = Fixtures::new();
    let p = f.series("p");
    all_near(&benjamini_hochberg(&p), &f.series("bh"), 1e-12);
    all_near(&benjamini_yekutieli(&p), &f.series("by"), 1e-12);
}

#[test]
fn autocorrelation_and_newey_west_are_statsmodels() {
    let f = Fixtures::new();
    let (x, y, z1, z2) = (f.series("x"), f.series("y"), f.series("z1"), f.series("z2"));
    all_near(&autocorrelation(&x, 10), &f.series("acf"), 1e-9);
    let slope = newey_west(&x, &y, &[&z1, &z2], 5).expect("a slope");
    near(slope.slope, f.number("/hac/slope"), 1e-9);
    near(slope.standard_error, f.number("/hac/standard_error"), 1e-9);
}

#[test]
fn partial_correlation_is_pingouins_and_tigramites() {
    let f = Fixtures::new();
    let (x, y, z1, z2) = (f.series("x"), f.series("y"), f.series("z1"), f.series("z2"));
    let r = partial_correlation(&x, &y, &[&z1, &z2]);
    near(r, f.number("/partial_pingouin"), 1e-9);
    near(r, f.number("/partial_tigramite"), 1e-9);
}

#[test]
fn block_length_is_archs() {
    let f = Fixtures::new();
    for name in ["x", "y", "z2"] {
        near(block_length(&f.series(name)).expect("a length"), f.number(&format!("/block_length/{name}")), 1e-9);
    }
    assert_eq!(block_length(&[1.0; 50]), None);
    assert_eq!(block_length(&[1.0, 2.0]), None);
}
