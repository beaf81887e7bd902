//! Paths of SVG. A page with charts has thousands of coordinates: whole steps relative to the point before are shorter than `{:.2}` of each position,
//! and need no exact formatting of floats, which is slow for numbers like 12.5.

/// Draws a path.
///
/// ```
/// let mut pen = app::ui::path::Pen::hundredths();
/// pen.move_to(0.0, 50.0);
/// pen.line_to(0.5, 49.25);
/// pen.line_to(1.0, 60.0);
/// assert_eq!(pen.finish(), "M0 50l.5-.75l.5 10.75");
/// ```
#[derive(Debug)]
pub struct Pen {
    path: String,
    /// Where it is, in steps.
    at: (i64, i64),
    /// Where it last went without drawing.
    start: (i64, i64),
    /// Steps of a unit: a power of ten.
    unit: u32,
}

impl Pen {
    /// For what is drawn in per cent: the width of a chart has 10,000 steps.
    #[must_use]
    pub const fn hundredths() -> Self {
        Self { path: String::new(), at: (0, 0), start: (0, 0), unit: 100 }
    }

    /// For small pictures.
    #[must_use]
    pub const fn tenths() -> Self {
        Self { path: String::new(), at: (0, 0), start: (0, 0), unit: 10 }
    }

    /// The path of a line through `(x, y)`; a gap is where `y` is missing.
    #[must_use]
    pub fn line(mut self, points: impl Iterator<Item = (f64, Option<f64>)>) -> String {
        let mut is_up = true;
        for (x, y) in points {
            match y {
                Some(y) if is_up => self.move_to(x, y),
                Some(y) => self.line_to(x, y),
                None => {}
            }
            is_up = y.is_none();
        }
        self.finish()
    }

    /// Goes there without drawing.
    pub fn move_to(&mut self, x: f64, y: f64) {
        if self.path.is_empty() {
            self.command('M', x, y);
        } else {
            self.command('m', x, y);
        }
        self.start = self.at;
    }

    /// Draws a line.
    pub fn line_to(&mut self, x: f64, y: f64) {
        self.command('l', x, y);
    }

    /// A stroke without length, which round caps turn into a dot of the stroke's width.
    pub fn dot(&mut self, x: f64, y: f64) {
        self.move_to(x, y);
        self.path.push_str("h0");
    }

    /// Draws a line back to the last `move_to`. What follows begins with another.
    pub fn close(&mut self) {
        self.path.push('z');
        self.at = self.start;
    }

    /// The path, for the attribute `d`.
    #[must_use]
    pub fn finish(self) -> String {
        self.path
    }

    /// A command to a point. The steps are of rounded positions, so that no error adds up.
    fn command(&mut self, command: char, x: f64, y: f64) {
        let to = self.steps(x, y);
        let (dx, dy) = (to.0 - self.at.0, to.1 - self.at.1);
        self.at = to;
        self.path.push(command);
        self.number(dx);
        if dy >= 0 {
            self.path.push(' ');
        }
        self.number(dy);
    }

    fn steps(&self, x: f64, y: f64) -> (i64, i64) {
        let steps = |v: f64| (v * f64::from(self.unit)).round() as i64;
        (steps(x), steps(y))
    }

    /// A number of steps as a decimal, without zeros that mean nothing.
    fn number(&mut self, steps: i64) {
        use std::fmt::Write;
        if steps < 0 {
            self.path.push('-');
        }
        let (steps, mut unit) = (steps.unsigned_abs(), u64::from(self.unit));
        let (whole, mut rest) = (steps / unit, steps % unit);
        if whole > 0 || rest == 0 {
            let _ = write!(self.path, "{whole}");
        }
        if rest > 0 {
            while rest.is_multiple_of(10) {
                (rest, unit) = (rest / 10, unit / 10);
            }
            let digits = unit.ilog10() as usize;
            let _ = write!(self.path, ".{rest:0digits$}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_of_rounded_positions_and_no_error_adds_up() {
        let mut pen = Pen::hundredths();
        pen.move_to(0.004, 99.995);
        let mut reached = (0_i64, 10_000_i64);
        for i in 1..=1000 {
            pen.line_to(f64::from(i) / 300.0, 50.0 + f64::from(i).sin());
        }
        let path = pen.finish();
        assert!(path.starts_with("M0 100l"), "{path}");
        for step in path.split('l').skip(1) {
            let split = step.char_indices().skip(1).find(|(_, c)| *c == ' ' || *c == '-').map(|(at, _)| at).expect("two numbers");
            let steps = |text: &str| (text.trim().parse::<f64>().expect("a number") * 100.0).round() as i64;
            reached = (reached.0 + steps(&step[..split]), reached.1 + steps(&step[split..]));
        }
        assert_eq!(reached, (333, ((50.0 + 1000.0_f64.sin()) * 100.0).round() as i64));
    }

    #[test]
    fn numbers_have_no_zeros_that_mean_nothing() {
        let mut pen = Pen::hundredths();
        for (x, y) in [(12.0, 0.05), (12.3, -0.2), (-0.01, 100.0)] {
            pen.dot(x, y);
        }
        assert_eq!(pen.finish(), "M12 .05h0m.3-.25h0m-12.31 100.2h0");
        let mut pen = Pen::tenths();
        pen.move_to(0.26, 7.0);
        pen.line_to(0.0, 8.0);
        pen.close();
        pen.move_to(1.0, 8.0);
        assert_eq!(pen.finish(), "M.3 7l-.3 1zm.7 1");
    }
}
