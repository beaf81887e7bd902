//! A finding as a picture to share: an SVG that is made here, rendered to PNG with the fonts of the pages. Pure: words and numbers in, bytes out.
//!
//! The size is fixed, text is bounded and set by its measured width, and nothing is read from files, the system or the network: `resvg` is built without
//! its readers of images and of installed fonts.

mod svg;
mod text;

use std::sync::{Arc, LazyLock};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, Options, Tree};

/// Pixels, as pages that show links want them.
pub const SIZE: (u32, u32) = (1200, 630);

/// Changes whenever the same picture would look different, so that stored ones are not mistaken for it.
pub const VERSION: u32 = 1;

/// What stands on a picture. Words are shown as far as they fit, and characters as far as the fonts have them.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// How sure it is, in a word or two.
    pub badge: String,
    /// What it is about.
    pub about: String,
    /// Before the number, the number, and after it.
    pub sentence: [String; 3],
    /// Its colour.
    pub tone: Tone,
    /// The effect and its interval, and their unit.
    pub interval: Option<Interval>,
}

/// What a colour says; the shape of the dot says it, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// It helps.
    Works,
    /// It costs.
    Costs,
    /// Neither.
    None,
}

/// An effect with both ends of its interval.
#[derive(Debug, Clone, PartialEq)]
pub struct Interval {
    /// The estimate.
    pub effect: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// Under the line.
    pub unit: String,
}

/// Why there is no picture: a fault of ours.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The SVG is none.
    #[error("the picture's SVG: {0}")]
    Svg(#[from] usvg::Error),
    /// There is no memory for the pixels.
    #[error("no room for the pixels")]
    Pixels,
    /// It cannot be written.
    #[error("the picture cannot be encoded: {0}")]
    Encoding(String),
}

/// The options of every picture, with the fonts.
static OPTIONS: LazyLock<Options<'static>> = LazyLock::new(|| {
    let mut fonts = usvg::fontdb::Database::new();
    for font in text::FONTS {
        fonts.load_font_data(font.to_vec());
    }
    Options { fontdb: Arc::new(fonts), font_family: text::SERIF.to_owned(), ..Options::default() }
});

/// The picture as a PNG. It takes some ten milliseconds of processor time.
///
/// # Errors
/// Faults of ours.
pub fn png(picture: &Picture) -> Result<Vec<u8>, Fault> {
    let tree = Tree::from_str(&svg::svg(picture), &OPTIONS)?;
    let mut pixels = Pixmap::new(SIZE.0, SIZE.1).ok_or(Fault::Pixels)?;
    resvg::render(&tree, Transform::identity(), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| Fault::Encoding(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(crate) fn sleep() -> Picture {
        Picture {
            badge: "Confirmed".into(),
            about: "Sleep and efficiency".into(),
            sentence: [
                "An extra hour of sleep: ".into(),
                "1.2\u{a0}%".into(),
                " more efficient that day, give or take 0.4. About 4\u{a0}s/km faster at the same heart rate. Go to bed.".into(),
            ],
            tone: Tone::Works,
            interval: Some(Interval { effect: 1.2, low: 0.8, high: 1.6, unit: "% efficiency per extra hour, that day".into() }),
        }
    }

    fn pixel(png: &[u8], x: u32, y: u32) -> (u8, u8, u8) {
        let pixels = Pixmap::decode_png(png).expect("a PNG");
        let colour = pixels.pixel(x, y).expect("inside").demultiply();
        (colour.red(), colour.green(), colour.blue())
    }

    #[test]
    fn a_finding_is_a_picture_of_the_size_that_links_have() {
        let png = png(&sleep()).expect("a picture");
        if let Ok(path) = std::env::var("LEGWORK_PICTURE") {
            std::fs::write(path, &png).expect("written");
        }
        let pixels = Pixmap::decode_png(&png).expect("a PNG");
        assert_eq!((pixels.width(), pixels.height()), SIZE);
        assert!(png.len() < 200_000, "{} bytes", png.len());
        assert_eq!(pixel(&png, 2, 2), (0xfa, 0xf8, 0xf4), "paper");
        // The number is marked, and the sentence is there: ink and marker are both on it.
        let colours: Vec<(u8, u8, u8)> =
            pixels.pixels().iter().map(resvg::tiny_skia::PremultipliedColorU8::demultiply).map(|c| (c.red(), c.green(), c.blue())).collect();
        assert!(colours.iter().filter(|c| **c == (0xe6, 0xf9, 0x5a)).count() > 1000, "a marker");
        assert!(colours.iter().filter(|c| **c == (0x1b, 0x19, 0x16)).count() > 3000, "ink");
    }

    #[test]
    fn whatever_an_athlete_calls_a_measure_is_drawn_and_nothing_but_drawn() {
        let of = |name: &str| Picture { about: name.to_owned(), sentence: [name.to_owned(), String::new(), name.to_owned()], ..sleep() };
        for name in [
            "",
            "<image href=\"/etc/passwd\"/>",
            "</text></svg>&amp;&lol;",
            "散歩 \u{0}\u{7}\u{feff}",
            &"Kältewanderung ".repeat(300),
            &"x".repeat(5000),
        ] {
            let png = png(&of(name)).expect("a picture");
            assert!(png.len() < 400_000, "{name:.20}: {} bytes", png.len());
        }
    }

    #[test]
    fn the_same_finding_is_the_same_picture() {
        assert_eq!(png(&sleep()).expect("one"), png(&sleep()).expect("another"));
    }
}
