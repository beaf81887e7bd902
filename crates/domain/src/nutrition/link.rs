//! What an entry has to do with an activity.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// When something was eaten, seen from an activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// Before its start.
    Before,
    /// Between its start and its end.
    During,
    /// After its end.
    After,
}

impl Relation {
    /// All of them, in order.
    pub const ALL: [Self; 3] = [Self::Before, Self::During, Self::After];

    /// As it is stored, and in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::During => "during",
            Self::After => "after",
        }
    }

    /// The relation of a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|relation| relation.name() == name)
    }

    /// At the start of a chip.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Before => "Before",
            Self::During => "During",
            Self::After => "After",
        }
    }
}

/// What the athlete says an entry belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// To what is near it in time, whenever that is known.
    #[default]
    ByTime,
    /// To no activity.
    Off,
    /// To this one.
    Chosen(Uuid, Relation),
}

impl Choice {
    /// As a form has it: empty, `off`, or `before:` and an id.
    #[must_use]
    pub fn write(self) -> String {
        match self {
            Self::ByTime => String::new(),
            Self::Off => "off".to_owned(),
            Self::Chosen(activity, relation) => format!("{}:{activity}", relation.name()),
        }
    }

    /// What a form says.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        match text.trim() {
            "" => Some(Self::ByTime),
            "off" => Some(Self::Off),
            chosen => {
                let (relation, activity) = chosen.split_once(':')?;
                Some(Self::Chosen(activity.parse().ok()?, Relation::parse(relation)?))
            }
        }
    }
}

/// An activity that an entry belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The activity.
    pub activity: Uuid,
    /// When it was eaten, seen from there.
    pub relation: Relation,
    /// Minutes before the start, since the start, or since the end; below zero where the athlete chose a relation that the times do not bear out.
    pub minutes: i64,
    /// Whether the athlete chose it; otherwise it follows from the times.
    pub chosen: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_read_as_it_is_written() {
        for choice in [Choice::ByTime, Choice::Off, Choice::Chosen(Uuid::from_u128(7), Relation::During)] {
            assert_eq!(Choice::read(&choice.write()), Some(choice));
        }
        for nonsense in ["on", "before", "before:", "before:7", "near:00000000-0000-0000-0000-000000000007", ":"] {
            assert_eq!(Choice::read(nonsense), None, "{nonsense}");
        }
    }
}
