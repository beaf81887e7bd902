//! A measure as an input of discovery: the words that its sentences need.

use super::{Direction, Kind, Known, Measure, keys};
use crate::discovery::{Gap, Input};
use crate::units::{NBSP, format_significant, lowercase_label};

impl Measure {
    /// What discovery says of it; nothing of text. A choice is whether anything was chosen at all, which only the athlete can say, so it is no input.
    #[must_use]
    pub fn input(&self) -> Option<Input> {
        // A body height does not change from day to day.
        if self.key == keys::HEIGHT_CM {
            return None;
        }
        let label = lowercase_label(&self.label);
        let unit = self.unit();
        let (axis, step, more, per) = match &self.kind {
            Kind::Text { .. } | Kind::Choice { .. } => return None,
            Kind::Scale { words } => (format!("{label}, 1 to {}", words.len()), 1.0, format!("A step up in {label}"), "per step".to_owned()),
            Kind::YesNo => (format!("{label}, 0 no and 1 yes"), 1.0, format!("{}: yes", self.label), "with it".to_owned()),
            Kind::Number { .. } | Kind::Count { .. } => {
                let amount = format!("{}{NBSP}{unit}", format_significant(self.as_shown(self.notable))).trim_end().to_owned();
                let axis = if unit.is_empty() { label.clone() } else { format!("{label}, {unit}") };
                (axis, self.notable, format!("{amount} more {label}"), format!("per {amount}"))
            }
            Kind::Clock { .. } => (format!("{label}, minutes after midnight"), 60.0, format!("{} an hour later", self.label), "per hour".to_owned()),
            Kind::Duration { .. } if (self.notable - 1.0).abs() < f64::EPSILON => {
                (format!("{label}, hours"), 1.0, format!("An extra hour of {label}"), "per extra hour".to_owned())
            }
            Kind::Duration { .. } => {
                let minutes = format!("{}{NBSP}minutes", format_significant(self.notable * 60.0));
                (format!("{label}, hours"), self.notable, format!("{minutes} more of {label}"), format!("per {minutes}"))
            }
        };
        let (when_good, when_bad) = match self.better {
            Some(Direction::More) => ("More of that.", "Odd, and worth another look."),
            Some(Direction::Less) => ("Odd, and worth another look.", "Less of that."),
            None => ("Good to know.", "Worth knowing."),
        };
        Some(Input {
            key: self.key.clone(),
            scale: self.as_shown(1.0),
            label: self.label.clone(),
            axis,
            step,
            more,
            per,
            first_lag: match self.known {
                Known::BeforeRun => 0,
                Known::AfterRun => 1,
            },
            gap: Gap::Unknown,
            when_good: when_good.into(),
            when_bad: when_bad.into(),
        })
    }
}
