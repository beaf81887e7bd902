//! Line icons, 24 by 24, drawn with the current colour.

use domain::activities::Kind;
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
    /// Somebody running.
    Run,
    /// A bicycle.
    Ride,
    /// Somebody swimming.
    Swim,
    /// Hills.
    Walk,
    /// A barbell.
    Strength,
    /// An oar.
    Row,
    /// Skis.
    Ski,
    /// Somebody seated.
    Yoga,
    /// An arrow from one leg to the next.
    Transition,
    /// A cross that takes something away.
    Remove,
    /// Lines that get shorter.
    Sort,
    /// A tick.
    Tick,
    /// A star.
    Star,
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
            Self::Run => {
                "M13 8.5 10 13l4 3-1 5M10 13l-1.5 4-4.5 1M13 8.5 9 9l-2.5 3M13 8.5l2.5 3h3.5M13.7 4.5a1.8 1.8 0 1 0 3.6 0a1.8 1.8 0 1 0-3.6 0"
            }
            Self::Ride => "M2 16a4 4 0 1 0 8 0a4 4 0 1 0-8 0M14 16a4 4 0 1 0 8 0a4 4 0 1 0-8 0M6 16 9.5 9H15l3 7M9.5 9l4 7M15 9l-.5-3H17",
            Self::Swim => "M2 18c2 0 2-1.5 4-1.5S8 18 10 18s2-1.5 4-1.5S16 18 18 18s2-1.5 4-1.5M4 13l6-5 4 5M15.5 9a2 2 0 1 0 4 0a2 2 0 1 0-4 0",
            Self::Walk => "M2.5 19 9 8l4 6.5 2.5-3.5 6 8z",
            Self::Strength => "M4 9.5v5M7 7v10M17 7v10M20 9.5v5M7 12h10",
            Self::Row => "M3 17c2 0 2-1.5 4.5-1.5s2.5 1.5 4.5 1.5 2.5-1.5 4.5-1.5 2.5 1.5 4.5 1.5M5 5l12 9M17 14l3-1-2-3z",
            Self::Ski => "M3 15l17 5M8 7l4 4-3 5M12 11l4 1M12.2 5a1.8 1.8 0 1 0 3.6 0a1.8 1.8 0 1 0-3.6 0",
            Self::Yoga => "M12 8v6M12 10l-6 4M12 10l6 4M5 19h14l-7-5zM10.2 4.5a1.8 1.8 0 1 0 3.6 0a1.8 1.8 0 1 0-3.6 0",
            Self::Transition => "M4 8h13M14 5l3 3-3 3M20 16H7M10 13l-3 3 3 3",
            Self::Remove => "M6 6l12 12M18 6 6 18",
            Self::Sort => "M7 4v16M7 20l-3-3M7 20l3-3M14 6h7M14 12h5M14 18h3",
            Self::Tick => "M5 12l5 5 9-11",
            Self::Star => "M12 4l2.5 5.2 5.5.8-4 4 1 5.7-5-2.7-5 2.7 1-5.7-4-4 5.5-.8z",
            Self::GroundTruth => "M9 3h6M10 3v6l-5 9a2 2 0 0 0 2 3h10a2 2 0 0 0 2-3l-5-9V3M8 15h8",
        }
    }

    /// The icon of a kind of activity.
    #[must_use]
    pub const fn of_kind(kind: Kind) -> Self {
        match kind {
            Kind::Run | Kind::TrailRun | Kind::Treadmill => Self::Run,
            Kind::Walk | Kind::Hike => Self::Walk,
            Kind::Ride => Self::Ride,
            Kind::Swim | Kind::OpenWater => Self::Swim,
            Kind::Row => Self::Row,
            Kind::Ski => Self::Ski,
            Kind::Strength => Self::Strength,
            Kind::Yoga => Self::Yoga,
            Kind::Transition => Self::Transition,
            Kind::Other => Self::Activities,
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
