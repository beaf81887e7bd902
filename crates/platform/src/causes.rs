//! An error with what caused it, in one line.

use std::error::Error;
use std::fmt::{Display, Formatter, Result};

/// Writes an error and its causes, each after a colon. Many libraries say in an error what caused it, others only what they were doing: a cause
/// whose text is there already is not repeated. The state that `PostgreSQL` gives an error is behind its text.
pub(crate) struct Causes<'a>(pub(crate) &'a (dyn Error + 'static));

impl Display for Causes<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let mut written = self.0.to_string();
        f.write_str(&written)?;
        let mut state = None;
        let mut next = Some(self.0);
        while let Some(error) = next {
            let text = error.to_string();
            if !written.contains(&text) {
                write!(f, ": {text}")?;
                written.push_str(&text);
            }
            if let Some(sqlx::Error::Database(refused)) = error.downcast_ref::<sqlx::Error>() {
                state = refused.code().map(std::borrow::Cow::into_owned);
            }
            next = error.source();
        }
        state.map_or(Ok(()), |state| write!(f, " ({state})"))
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("while sending an email")]
    struct Silent(#[source] io::Error);

    #[derive(Debug, thiserror::Error)]
    #[error("the mailer: {0}")]
    struct Telling(#[source] Silent);

    #[test]
    fn every_cause_is_written_once() {
        let error = Telling(Silent(io::Error::other(Silent(io::Error::other("no route to the host")))));
        assert_eq!(Causes(&error).to_string(), "the mailer: while sending an email: no route to the host");
        let error = crate::Error::internal("the job queue", &error);
        assert_eq!(error.to_string(), "internal: the job queue: the mailer: while sending an email: no route to the host");
        let error = crate::Error::from(sqlx::Error::Io(io::Error::other(Silent(io::Error::other("reset")))));
        assert!(error.to_string().ends_with("while sending an email: reset"), "{error}");
    }
}
