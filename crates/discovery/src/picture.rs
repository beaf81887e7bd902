//! A card as a picture to share: its sentence, its interval and the name of the app, and nothing else of its athlete.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use axum::body::Bytes;
use domain::discovery::{Card, Group};
use domain::units::lowercase_label;
use pictures::{Interval, Picture, Tone};
use platform::Error;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Bytes of pictures that are kept in memory, the last used ones.
const KEPT_BYTES: usize = 4 << 20;

/// What a picture is known by: all that stands on it.
type Key = [u8; 32];

/// The last used pictures, the latest first.
static KEPT: Mutex<Kept> = Mutex::new(Kept(VecDeque::new()));

struct Kept(VecDeque<(Key, Bytes)>);

impl Kept {
    fn get(&mut self, key: &Key) -> Option<Bytes> {
        let at = self.0.iter().position(|(known, _)| known == key)?;
        let found = self.0.remove(at)?;
        let png = found.1.clone();
        self.0.push_front(found);
        Some(png)
    }

    fn put(&mut self, key: Key, png: Bytes, most_bytes: usize) {
        self.0.retain(|(known, _)| *known != key);
        self.0.push_front((key, png));
        let mut bytes = 0;
        self.0.retain(|(_, png)| {
            bytes += png.len();
            bytes <= most_bytes
        });
    }
}

/// What stands on the picture of a card; nothing of one that has no answer.
pub(crate) fn picture(card: &Card) -> Option<Picture> {
    let tone = match card.group {
        Group::Helps => Tone::Works,
        Group::Costs => Tone::Costs,
        group if group.is_answer() => Tone::None,
        _ => return None,
    };
    let sentence = card.sentence.clone();
    let after = if card.aside.is_empty() { sentence.after } else { format!("{} {}", sentence.after, card.aside) };
    Some(Picture {
        badge: if card.group == Group::Sign { "A sign" } else { card.tier.word() }.to_owned(),
        about: format!("{} and {}", card.input, lowercase_label(&card.outcome)),
        sentence: [sentence.before, sentence.marked, after],
        tone,
        interval: card.effect.zip(card.ci_low.zip(card.ci_high)).map(|(effect, (low, high))| Interval { effect, low, high, unit: card.unit.clone() }),
    })
}

/// The picture as a PNG, drawn off the threads that answer requests, one at a time for each account, and kept for the next who asks for the same.
pub(crate) async fn png(viewer: Uuid, picture: Picture) -> Result<Bytes, Error> {
    let key: Key = Sha256::digest(format!("{} {picture:?}", pictures::VERSION)).into();
    // No panic happens while it is held.
    let kept = || KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(png) = kept().get(&key) {
        return Ok(png);
    }
    let drawn = platform::compute_for_account(viewer, move || pictures::png(&picture)).await?;
    let png = Bytes::from(drawn.map_err(|error| Error::internal("a picture", &error))?);
    kept().put(key, png.clone(), KEPT_BYTES);
    Ok(png)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_used_pictures_are_kept_up_to_their_bytes() {
        let mut kept = Kept(VecDeque::new());
        let png = |bytes: usize| Bytes::from(vec![0; bytes]);
        for key in 0..4 {
            kept.put([key; 32], png(30), 100);
        }
        assert_eq!((kept.get(&[0; 32]), kept.get(&[1; 32])), (None, Some(png(30))));
        // The one that was just used stays, and the one that was not used for the longest goes.
        kept.put([5; 32], png(30), 100);
        assert_eq!((kept.get(&[1; 32]), kept.get(&[2; 32]), kept.0.len()), (Some(png(30)), None, 3));
        kept.put([6; 32], png(200), 100);
        assert!(kept.0.is_empty(), "one that is too large is not kept");
    }
}
