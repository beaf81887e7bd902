//! Tags: an athlete's own words for activities.

use std::collections::BTreeSet;

use crate::one_line;

/// Tags of one activity.
pub const MAX_TAGS: usize = 20;
/// Characters of a tag.
pub const MAX_TAG: usize = 30;

/// A tag as it is kept: in lower case, on one line, without commas. `None` if nothing is left.
#[must_use]
pub fn read_tag(text: &str) -> Option<String> {
    let tag: String = one_line(text).to_lowercase().replace(',', " ").split_whitespace().collect::<Vec<_>>().join(" ");
    let tag: String = tag.chars().take(MAX_TAG).collect();
    let tag = tag.trim().to_owned();
    (!tag.is_empty()).then_some(tag)
}

/// The tags that somebody typed with commas between them, each once; nothing beyond [`MAX_TAGS`].
#[must_use]
pub fn read_tags(text: &str) -> Vec<String> {
    let tags: BTreeSet<String> = text.split(',').take(10 * MAX_TAGS).filter_map(read_tag).collect();
    tags.into_iter().take(MAX_TAGS).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn tags_are_words_between_commas() {
        assert_eq!(read_tags(" Tempo, hill  repeats,tempo,, \n"), ["hill repeats", "tempo"]);
        assert_eq!(read_tags(&"x,".repeat(1000)), ["x"]);
    }

    proptest! {
        #[test]
        fn a_tag_is_read_as_itself(text in "\\PC{0,80}") {
            if let Some(tag) = read_tag(&text) {
                prop_assert!(tag.chars().count() <= MAX_TAG && !tag.contains(','));
                prop_assert_eq!(read_tag(&tag), Some(tag));
            }
        }
    }
}
