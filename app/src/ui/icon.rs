//! Line icons, 24 by 24, drawn with the current colour.

use leptos::prelude::*;

/// The icons that the app uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    /// A house.
    Home,
    /// A zigzag.
    Activities,
    /// A sheet with two rings.
    Calendar,
    /// A lens.
    Discovery,
    /// A written page.
    Journal,
    /// An arrow into a tray.
    Import,
    /// A wheel.
    Settings,
    /// A plus.
    Log,
    /// Three dots.
    More,
    /// A flask.
    GroundTruth,
    /// A rising curve.
    Performance,
    /// A fork and a knife.
    Nutrition,
}

impl Icon {
    const fn path(self) -> &'static str {
        match self {
            Self::Home => "M3 11 12 4l9 7M5 10v10h14V10",
            Self::Activities => "M3 17l5-6 4 4 4-8 5 7",
            Self::Calendar => "M4 6h16v14H4zM4 10h16M8 3v5M16 3v5",
            Self::Discovery => "M18 11a7 7 0 1 1-14 0 7 7 0 0 1 14 0ZM20 20l-4-4M8 11h6M11 8v6",
            Self::Journal => "M4 4h16v16H4zM8 9h8M8 13h8M8 17h5",
            Self::Import => "M12 3v12M7 10l5 5 5-5M4 17v3h16v-3",
            Self::Settings => "M15 12a3 3 0 1 1-6 0 3 3 0 0 1 6 0ZM12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2 2M16.4 16.4l2 2M5.6 18.4l2-2M16.4 7.6l2-2",
            Self::Log => "M12 5v14M5 12h14",
            Self::More => "M5 12h.01M12 12h.01M19 12h.01",
            Self::Performance => "M3 20h18M3 15c4 0 5-3 8-3s3 2 5-1 2-6 5-6",
            Self::Nutrition => "M6 3v8a3 3 0 0 0 6 0V3M9 11v10M18 3c-2 2-3 5-3 8h3v10",
            Self::GroundTruth => "M9 3h6M10 3v6l-5 9a2 2 0 0 0 2 3h10a2 2 0 0 0 2-3l-5-9V3M8 15h8",
        }
    }

    /// The SVG; the text next to it says the same, so it is hidden from screen readers.
    pub fn draw(self) -> impl IntoView {
        view! {
            <svg viewBox="0 0 24 24" aria-hidden="true">
                <path d=self.path() />
            </svg>
        }
    }
}
