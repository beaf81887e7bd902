//! Edits of several activities at once.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Kind, read_tag};
use crate::units::pluralize;
use crate::{Problem, ProblemKind, one_line};

/// What was done to several activities at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkDone {
    /// Which edit.
    pub id: Uuid,
    /// What was done.
    pub what: BulkAction,
    /// To how many.
    pub count: u32,
    /// Whether it was undone.
    pub undone: bool,
}

/// What can be done to several activities at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BulkAction {
    /// Another sport.
    Kind,
    /// A tag more.
    Tag,
    /// A tag less.
    Untag,
    /// Other shoes or another bicycle, or none.
    Gear,
    /// Nobody else sees them.
    Hide,
    /// Others see them again, as the settings say.
    Show,
    /// Into the trash.
    Delete,
}

impl BulkAction {
    /// All of them.
    pub const ALL: [Self; 7] = [Self::Kind, Self::Tag, Self::Untag, Self::Gear, Self::Hide, Self::Show, Self::Delete];

    /// The name in forms and in storage.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Tag => "tag",
            Self::Untag => "untag",
            Self::Gear => "gear",
            Self::Hide => "hide",
            Self::Show => "show",
            Self::Delete => "delete",
        }
    }

    /// From the name.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.code() == code)
    }

    /// What was done, as a sentence of so many: `3 activities have another sport.`
    #[must_use]
    pub fn sentence(self, count: u32) -> String {
        let n = pluralize(count as usize, "activity", "activities");
        let (has, is) = if count == 1 { ("has", "is") } else { ("have", "are") };
        match self {
            Self::Kind => format!("{n} {has} another sport. Metrics that depend on it follow in a moment."),
            Self::Tag => format!("{n} {has} the tag."),
            Self::Untag => format!("{n} {has} the tag no longer."),
            Self::Gear => format!("{n} {has} other gear."),
            Self::Hide => format!("{n} {is} yours alone to see."),
            Self::Show => format!("{n} {is} seen as your settings say."),
            Self::Delete => format!("{n} {is} in the trash."),
        }
    }
}

/// Activities that can be edited at once.
pub const MAX_BULK: usize = 500;

/// An edit of several activities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BulkEdit {
    /// What they are called, and their sport.
    Kind(Kind),
    /// A tag more.
    Tag(String),
    /// A tag less.
    Untag(String),
    /// Shoes or bicycle; `None` takes them away.
    Gear(Option<String>),
    /// Whether nobody else sees them.
    Hidden(bool),
    /// Into the trash.
    Delete,
}

impl BulkEdit {
    /// Checks a form with the field `do`, and `kind`, `tag` or `gear` where that needs one.
    pub fn parse<'a>(fields: impl Fn(&str) -> Option<&'a str>) -> Result<Self, Problem> {
        let text = |name: &str| fields(name).map(str::trim).unwrap_or_default();
        let refused = |name: &str, sentence: &str| Problem::of_field(name, sentence);
        match BulkAction::parse(text("do")).ok_or_else(|| Problem::new(ProblemKind::Invalid, "Choose what to do with them."))? {
            BulkAction::Kind => Kind::parse(text("kind")).map(Self::Kind).ok_or_else(|| refused("kind", "One of the sports in the list.")),
            BulkAction::Tag => read_tag(text("tag")).map(Self::Tag).ok_or_else(|| refused("tag", "A word, such as tempo.")),
            BulkAction::Untag => read_tag(text("tag")).map(Self::Untag).ok_or_else(|| refused("tag", "A word, such as tempo.")),
            BulkAction::Gear => {
                let gear: String = one_line(text("gear")).chars().take(100).collect();
                Ok(Self::Gear((!gear.is_empty()).then_some(gear)))
            }
            BulkAction::Hide => Ok(Self::Hidden(true)),
            BulkAction::Show => Ok(Self::Hidden(false)),
            BulkAction::Delete => Ok(Self::Delete),
        }
    }

    /// What it does, without its argument.
    #[must_use]
    pub const fn action(&self) -> BulkAction {
        match self {
            Self::Kind(_) => BulkAction::Kind,
            Self::Tag(_) => BulkAction::Tag,
            Self::Untag(_) => BulkAction::Untag,
            Self::Gear(_) => BulkAction::Gear,
            Self::Hidden(true) => BulkAction::Hide,
            Self::Hidden(false) => BulkAction::Show,
            Self::Delete => BulkAction::Delete,
        }
    }
}

/// The ids of a form, bounded and without doubles.
#[must_use]
pub fn read_ids<'a>(texts: impl Iterator<Item = &'a str>, most: usize) -> Vec<Uuid> {
    let mut ids: Vec<Uuid> = texts.take(most).filter_map(|text| text.parse().ok()).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_to_several_needs_its_argument() {
        let edit = |fields: &'static [(&str, &str)]| BulkEdit::parse(|name| fields.iter().find(|(field, _)| *field == name).map(|(_, text)| *text));
        assert_eq!(edit(&[("do", "kind"), ("kind", "ski")]), Ok(BulkEdit::Kind(Kind::Ski)));
        assert_eq!(edit(&[("do", "tag"), ("tag", " Long  run ")]), Ok(BulkEdit::Tag("long run".into())));
        assert_eq!(edit(&[("do", "gear"), ("gear", "")]), Ok(BulkEdit::Gear(None)));
        for refused in [&[("do", "kind"), ("kind", "chess")][..], &[("do", "untag")], &[("do", "eat")], &[]] {
            let refused = BulkEdit::parse(|name| refused.iter().find(|(field, _)| *field == name).map(|(_, text)| *text));
            assert!(refused.is_err(), "{refused:?}");
        }
        for action in BulkAction::ALL {
            assert_eq!(BulkAction::parse(action.code()), Some(action));
            assert!(action.sentence(1).starts_with("1\u{a0}activity ") && action.sentence(2).contains("activities"));
        }
    }
}
