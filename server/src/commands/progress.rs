//! How far a command is: one line that is written over on a terminal, and few lines anywhere else.

use std::io::{IsTerminal, Write};

/// How many make a line where none can be written over, as in a log.
const A_LINE_EACH: usize = 100;

/// Says on standard error how many are done.
pub(super) fn show(what: &str, done: usize, of: usize) {
    let mut errors = std::io::stderr().lock();
    if let Some(text) = text(errors.is_terminal(), what, done, of) {
        // Progress that nobody can see keeps nothing from being done.
        let _ = write!(errors, "{text}");
    }
}

fn text(terminal: bool, what: &str, done: usize, of: usize) -> Option<String> {
    let last = done == of;
    match terminal {
        true if last => Some(format!("\r{what}: {done} of {of}\n")),
        true => Some(format!("\r{what}: {done} of {of}")),
        false => (last || done.is_multiple_of(A_LINE_EACH)).then(|| format!("{what}: {done} of {of}\n")),
    }
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn a_line_is_written_over_on_a_terminal_and_stands_for_a_hundred_in_a_log() {
        let written = |terminal| (1..=250).filter_map(|done| text(terminal, "Runs", done, 250)).collect::<String>();
        assert_eq!(written(false), "Runs: 100 of 250\nRuns: 200 of 250\nRuns: 250 of 250\n");
        let written = written(true);
        assert!(written.starts_with("\rRuns: 1 of 250\rRuns: 2 of 250\r") && written.ends_with("\rRuns: 250 of 250\n"), "{written}");
    }
}
