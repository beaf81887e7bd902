//! How fresh an athlete is, in words: the same wherever form is shown.

/// What form (training stress balance) says. The cuts are a convention, not physiology.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormState {
    /// Above 5: fatigue has faded more than fitness.
    Rested,
    /// From −20 to 5.
    InBalance,
    /// Under −20: more training of late than the six weeks before had.
    Tired,
}

/// What form is, under every card that shows it.
pub const FORM_IS: &str = "Form is yesterday’s fitness less yesterday’s fatigue.";

impl FormState {
    /// Above this an athlete is rested.
    pub const RESTED_FROM: f64 = 5.0;
    /// Under this an athlete is tired.
    pub const TIRED_UNDER: f64 = -20.0;

    /// Of a form.
    #[must_use]
    pub fn of(form: f64) -> Self {
        if form > Self::RESTED_FROM {
            Self::Rested
        } else if form < Self::TIRED_UNDER {
            Self::Tired
        } else {
            Self::InBalance
        }
    }

    /// In a word or two: `In balance`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Rested => "Rested",
            Self::InBalance => "In balance",
            Self::Tired => "Tired",
        }
    }

    /// The same with what it means.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Rested => "Rested. Fresh enough to run hard, if you want to.",
            Self::InBalance => "In balance. A good place to train from.",
            Self::Tired => "Tired, by the numbers. Easy is allowed.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_has_one_verdict_and_its_sentence_begins_with_it() {
        let of = |form| FormState::of(form).word();
        assert_eq!([of(5.1), of(5.0), of(-17.0), of(-20.0), of(-20.1)], ["Rested", "In balance", "In balance", "In balance", "Tired"]);
        for state in [FormState::Rested, FormState::InBalance, FormState::Tired] {
            assert!(state.sentence().starts_with(state.word()));
        }
    }
}
