//! Sums of squares of a model with two terms whose signs are known, beside terms that are fixed.

/// A term less its parts along what is fixed.
pub(crate) struct Moments {
    pub(crate) along: Vec<f64>,
    square: f64,
    with_y: f64,
}

impl Moments {
    pub(crate) fn of(column: &[f64], y: &[f64], fixed: &[Vec<f64>]) -> Self {
        let along: Vec<f64> = fixed.iter().map(|f| dot(column, f)).collect();
        let with_y = dot(column, y) - fixed.iter().zip(&along).map(|(f, a)| a * dot(y, f)).sum::<f64>();
        Self { square: dot(column, column) - dot(&along, &along), with_y, along }
    }

    /// What the term explains alone, if its size has the right sign.
    pub(crate) fn alone(&self, sign: f64) -> f64 {
        if self.square > 0.0 && sign * self.with_y > 0.0 { self.with_y * self.with_y / self.square } else { 0.0 }
    }
}

/// What fitness with a size of 0 or more and fatigue with one of 0 or less explain together.
pub(crate) fn explained(f: &Moments, g: &Moments, both: f64) -> f64 {
    let whole = f.square * g.square - both * both;
    if whole > 1e-9 * f.square * g.square {
        let a = (f.with_y * g.square - g.with_y * both) / whole;
        let b = (g.with_y * f.square - f.with_y * both) / whole;
        if a >= 0.0 && b <= 0.0 {
            return a * f.with_y + b * g.with_y;
        }
    }
    f.alone(1.0).max(g.alone(-1.0))
}

pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// What is left of a column without its parts along columns of length 1 at right angles.
pub(crate) fn without(column: &[f64], fixed: &[Vec<f64>]) -> Vec<f64> {
    let mut rest = column.to_vec();
    for f in fixed {
        let part = dot(&rest, f);
        rest.iter_mut().zip(f).for_each(|(v, a)| *v -= part * a);
    }
    rest
}

/// The sum of squares of that.
pub(crate) fn left_of(column: &[f64], fixed: &[Vec<f64>]) -> f64 {
    let rest = without(column, fixed);
    dot(&rest, &rest)
}

/// The columns and one more, at right angles to them and of length 1; none more if nothing of it is left.
pub(crate) fn with(fixed: &[Vec<f64>], column: &[f64]) -> Vec<Vec<f64>> {
    let rest = without(column, fixed);
    let length = dot(&rest, &rest).sqrt();
    let more = (length > 1e-9).then(|| rest.iter().map(|v| v / length).collect());
    fixed.iter().cloned().chain(more).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_known_model_is_explained_whole_and_a_wrong_sign_is_none() {
        let (f, g) = ([0.0, 1.0, 0.0, 2.0, 1.0], [1.0, 0.0, 0.0, 1.0, 3.0]);
        let fixed = with(&[], &[1.0; 5]);
        let model = |a: f64, b: f64| -> Vec<f64> { f.iter().zip(g).map(|(f, g)| 7.0 + a * f + b * g).collect() };
        let explained_of = |y: &[f64]| {
            let (own, other) = (Moments::of(&f, y, &fixed), Moments::of(&g, y, &fixed));
            explained(&own, &other, dot(&f, &g) - dot(&own.along, &other.along))
        };
        let y = model(2.0, -0.5);
        assert!((explained_of(&y) - left_of(&y, &fixed)).abs() < 1e-9);
        assert!(explained_of(&model(-2.0, 0.5)).abs() < 1e-9, "both have the wrong sign");
        // Only fatigue is left of a model in which fitness has the wrong sign.
        let y = model(-2.0, -0.5);
        assert!(explained_of(&y) < left_of(&y, &fixed) - 1e-3);
        assert_eq!(with(&fixed, &[3.0; 5]).len(), 1, "nothing of a second level is left");
    }

    proptest! {
        #[test]
        fn no_more_is_explained_than_there_is(columns in prop::collection::vec(prop::collection::vec(-5.0..5.0f64, 8), 4)) {
            let fixed = with(&with(&[], &[1.0; 8]), &columns[0]);
            let y = &columns[1];
            let (own, other) = (Moments::of(&columns[2], y, &fixed), Moments::of(&columns[3], y, &fixed));
            let found = explained(&own, &other, dot(&columns[2], &columns[3]) - dot(&own.along, &other.along));
            prop_assert!(found >= 0.0 && found <= left_of(y, &fixed) + 1e-9);
            prop_assert!(found >= own.alone(1.0).max(other.alone(-1.0)) - 1e-9);
        }
    }
}
