//! What others see of an activity: which parts, and where its route begins and ends for them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::activities::{ChartSeries, Split, Summary};
use crate::list::Page;
use crate::{Problem, ProblemKind};

mod route;

pub use route::{TrackPoint, seen, start};

/// Radii that can be chosen for a privacy zone, in metres.
pub const RADII_M: [u32; 4] = [200, 500, 1000, 2000];

/// The radius that a form chose, in metres; the second one where it chose none.
///
/// # Errors
/// When it is none of [`RADII_M`]: a zone must not be smaller than the athlete believes.
pub fn chosen_radius_m(chosen: Option<&str>) -> Result<u32, Problem> {
    let Some(chosen) = chosen else { return Ok(RADII_M[1]) };
    let known = chosen.parse().ok().filter(|radius| RADII_M.contains(radius));
    known.ok_or_else(|| Problem::new(ProblemKind::Invalid, "Choose one of the sizes that a zone can have."))
}
/// Metres of a degree of latitude.
const DEGREE_M: f64 = 111_195.0;
/// How far the centre of the hidden circle lies from that of the zone, at least and at most, in metres. The edge of the hidden circle can be fitted
/// to a few dozen routes, and the mean of where they begin lies half-way between the two centres: both have to miss the front door.
const MOVED_M: (f64, f64) = (570.0, 650.0);
/// What is hidden beyond the farthest point of a zone, in metres: positions have errors.
const MARGIN_M: f64 = 50.0;

/// Who sees a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Only the athlete.
    #[default]
    Me,
    /// Coaches and owners of the athlete's organisations.
    Organisation,
    /// Everyone who has the link.
    Everybody,
}

impl Audience {
    /// All of them, the smallest first.
    pub const ALL: [Self; 3] = [Self::Me, Self::Organisation, Self::Everybody];

    /// The key in the database and in forms.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Me => "me",
            Self::Organisation => "organisation",
            Self::Everybody => "everybody",
        }
    }

    /// As people read it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Me => "Only me",
            Self::Organisation => "My organisations’ coaches",
            Self::Everybody => "Everybody",
        }
    }

    /// The audience of a key; an unknown key means only the athlete.
    #[must_use]
    pub fn parse(key: &str) -> Self {
        Self::ALL.into_iter().find(|a| a.key() == key).unwrap_or_default()
    }
}

/// Who sees which part of an activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Sharing {
    /// Times, distance, pace.
    pub training: Audience,
    /// Route and altitude.
    pub map: Audience,
    /// Heart rate.
    pub heart_rate: Audience,
}

impl Sharing {
    /// What an audience sees; nothing when training is not for it.
    #[must_use]
    pub fn to(self, audience: Audience) -> Option<VisibleParts> {
        let visible = |part: Audience| part == Audience::Everybody || (part == audience && audience != Audience::Me);
        visible(self.training).then(|| VisibleParts { map: visible(self.map), heart_rate: visible(self.heart_rate) })
    }
}

/// What others see of an activity besides times, distance and pace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisibleParts {
    /// Route and altitude.
    pub map: bool,
    /// Heart rate, and what is computed from it.
    pub heart_rate: bool,
}

/// An activity as another user sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shared {
    /// The athlete's name.
    pub athlete: String,
    /// Whether the data is synthetic.
    pub synthetic: bool,
    /// The audience that the athlete previews; `None` for other viewers.
    pub preview: Option<Audience>,
    /// Which parts are shown.
    pub parts: VisibleParts,
    /// The metrics, computed from what is shown alone.
    pub summary: Summary,
    /// Splits, as long as the sport and the viewer's units have them.
    pub splits: Vec<Split>,
    /// For charts and route.
    pub series: ChartSeries,
}

/// The activities that an athlete shares with the viewer, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SharedPage {
    /// The athlete's name.
    pub athlete: String,
    /// Whether the data is synthetic.
    pub synthetic: bool,
    /// Which parts are shown.
    pub parts: VisibleParts,
    /// A page of them, of at most [`SHARED_PAGE_SIZE`]: fewer where some cannot be shown.
    pub page: Page<Summary>,
}

/// Activities on a page of shared activities. Each is recomputed from what may be seen, so they are few.
pub const SHARED_PAGE_SIZE: u32 = 10;

/// A location around which nobody else sees a route. What is hidden is a larger circle around a shifted centre, which contains the whole zone: its
/// edge, where all routes begin for others, reveals neither where the zone's centre is nor how far away.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PrivacyZone {
    /// Identifies it for removal.
    pub id: Uuid,
    /// Name given by the athlete.
    pub name: String,
    /// Latitude of the centre of the hidden circle, degrees north.
    pub latitude_deg: f64,
    /// Longitude of the centre of the hidden circle, degrees east.
    pub longitude_deg: f64,
    /// Radius around the location itself that the athlete chose, in metres.
    pub radius_m: f64,
    /// Radius of the hidden circle, in metres.
    pub hidden_m: f64,
    /// Whether routes that only pass through are hidden inside it as well.
    pub everything: bool,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

impl PrivacyZone {
    /// Whether it hides a position.
    #[must_use]
    pub fn hides(&self, latitude_deg: f64, longitude_deg: f64) -> bool {
        metres((self.latitude_deg, self.longitude_deg), (latitude_deg, longitude_deg)) <= self.hidden_m
    }
}

/// The shift of the hidden circle's centre, in metres to the north and to the east; `turn` and `reach` are random, from 0 to 1, and must be
/// unpredictable.
#[must_use]
pub fn shift(turn: f64, reach: f64) -> (f64, f64) {
    let (near, far) = MOVED_M;
    // The square root spreads centres evenly over the ring.
    let (angle, metres) = (turn * std::f64::consts::TAU, (near * near + reach * (far * far - near * near)).sqrt().min(far));
    (metres * angle.cos(), metres * angle.sin())
}

/// The radius of the hidden circle of a zone with this shift. It does not reveal the length of the shift: it is the same for all shifts, except the
/// longer ones of zones that were created when less was hidden, which it reveals roughly.
#[must_use]
pub fn hidden_m(radius_m: f64, (north_m, east_m): (f64, f64)) -> f64 {
    let far = north_m.hypot(east_m);
    radius_m + if far <= MOVED_M.1 + 1e-6 { MOVED_M.1 } else { (far / 250.0).ceil() * 250.0 } + MARGIN_M
}

/// A position moved by metres to the north and to the east.
#[must_use]
pub fn jitter(latitude_deg: f64, longitude_deg: f64, (north_m, east_m): (f64, f64)) -> (f64, f64) {
    let east = east_m / (DEGREE_M * latitude_deg.to_radians().cos().max(0.01));
    ((latitude_deg + north_m / DEGREE_M).clamp(-90.0, 90.0), (longitude_deg + east + 540.0).rem_euclid(360.0) - 180.0)
}

/// Metres between two positions, given in degrees north and east (equirectangular: exact enough for the size of a zone).
#[must_use]
pub fn metres(a: (f64, f64), b: (f64, f64)) -> f64 {
    let north = (b.0 - a.0) * DEGREE_M;
    // The shorter way round, for zones near the date line.
    let east = ((b.1 - a.1 + 540.0).rem_euclid(360.0) - 180.0) * DEGREE_M * f64::midpoint(a.0, b.0).to_radians().cos();
    north.hypot(east)
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn zone(latitude_deg: f64, hidden_m: f64) -> PrivacyZone {
        PrivacyZone {
            id: Uuid::nil(),
            name: "home".into(),
            latitude_deg,
            longitude_deg: 3.2,
            radius_m: 100.0,
            hidden_m,
            everything: false,
            created_at: DateTime::default(),
        }
    }

    #[test]
    fn a_zone_has_a_listed_radius_or_is_refused() {
        assert_eq!((chosen_radius_m(None), chosen_radius_m(Some("2000"))), (Ok(500), Ok(2000)));
        for unknown in ["", "0", "501", "9999999", "-200", "500 m"] {
            assert_eq!(chosen_radius_m(Some(unknown)).map_err(|p| p.kind), Err(ProblemKind::Invalid), "{unknown}");
        }
    }

    #[test]
    fn an_audience_sees_what_is_for_it_or_for_everybody() {
        let sharing = Sharing { training: Audience::Organisation, map: Audience::Me, heart_rate: Audience::Everybody };
        assert_eq!(sharing.to(Audience::Organisation), Some(VisibleParts { map: false, heart_rate: true }));
        assert_eq!(sharing.to(Audience::Everybody), None, "nothing without the training itself");
        assert_eq!(Sharing::default().to(Audience::Me), None, "the athlete has pages of their own");
    }

    #[test]
    fn the_hidden_circle_contains_the_whole_zone_and_does_not_reveal_its_centre() {
        for latitude in [0.0, 55.9, -67.0, 89.0] {
            for step in 0..100 {
                let shift = shift(f64::from(step) / 100.0, f64::from(step * 37 % 100) / 99.0);
                let far = shift.0.hypot(shift.1);
                assert!((570.0 - 1e-9..=650.0 + 1e-9).contains(&far), "{far}");
                assert!((hidden_m(500.0, shift) - 1200.0).abs() < 1e-6, "the same whatever the shift");
                let (latitude_deg, longitude_deg) = jitter(latitude, 179.999, shift);
                let zone = PrivacyZone { latitude_deg, longitude_deg, hidden_m: hidden_m(500.0, shift), ..zone(0.0, 0.0) };
                for turn in 0..36 {
                    let angle = f64::from(turn).to_radians() * 10.0;
                    let edge = jitter(latitude, 179.999, (499.0 * angle.cos(), 499.0 * angle.sin()));
                    assert!(zone.hides(edge.0, edge.1), "{latitude} {step} {turn}");
                }
            }
        }
    }
}
